"""`grader moodle`: what Moodle would do with our files, and the way there and back by web services."""

from __future__ import annotations

import typer

app = typer.Typer(help="Try an import before Moodle does it; fetch and push by web services.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Try an import before Moodle does it; fetch and push by web services."""
