"""`python -m grader`, and the command `grader`."""

import os

from grader import BLAS_THREADS


def main() -> None:
    """Run the command line, with linear algebra on one core: a run has as many processes as there are.

    To be said before NumPy is imported; and a process with threads cannot be copied.
    """
    for name in BLAS_THREADS:
        os.environ.setdefault(name, "1")
    from grader.cli import main as run  # noqa: PLC0415 - see above

    run()


if __name__ == "__main__":
    main()
