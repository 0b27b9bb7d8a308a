"""`grader review`: the desk of the teaching assistants."""

from __future__ import annotations

import getpass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from grader.cli import common
from grader.errors import GraderError


def review(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The output folder of grader grade.")],
    author: Annotated[
        str | None, typer.Option(help="Who signs decisions; by default, who is logged in.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 0,
    lang: common.Lang = None,
) -> None:
    """Walk the queue, correct and comment, in a local web application; Ctrl-C ends it.

    Example: grader review results --author "Ada Example"
    """
    if find_spec("starlette") is None or find_spec("uvicorn") is None:
        raise GraderError("the review desk needs starlette and uvicorn", "pip install 'grader[review]'")
    from grader.review import serve  # noqa: PLC0415 (an extra)

    console = common.results()

    def announce(address: str) -> None:
        console.print(address, markup=False, soft_wrap=True)

    serve(
        out,
        port,
        author=author or getpass.getuser(),
        language=common.language_of(lang).code,
        announce=announce,
    )
