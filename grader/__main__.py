"""`python -m grader`, and the command `grader`."""

import io
import os
import sys

from grader import BLAS_THREADS
from grader.errors import ExitCode


def main() -> None:
    """Run the command line, with linear algebra on one core: a run has as many processes as there are.

    To be said before NumPy is imported; and a process with threads cannot be copied.
    """
    for name in BLAS_THREADS:
        os.environ.setdefault(name, "1")
    for stream in (sys.stdout, sys.stderr):
        _let_show_anything(stream)
    try:
        from grader.cli import main as run  # noqa: PLC0415 - see above

        run()
    except KeyboardInterrupt:  # during the imports, which take a while
        sys.stderr.write("grader: stopped\n")
        sys.exit(ExitCode.STOPPED)


def _let_show_anything(stream: object) -> None:
    """A terminal or a pipe whose encoding has no ✔ shows a question mark instead of ending the run."""
    if isinstance(stream, io.TextIOWrapper) and stream.errors in ("strict", "surrogateescape"):
        stream.reconfigure(errors="replace")


if __name__ == "__main__":
    main()
