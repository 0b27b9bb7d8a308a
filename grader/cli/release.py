"""`grader release`: what students get."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.cli import common, writing
from grader.errors import SourceError
from grader.release import make_handout


def release(
    tp: common.Tp,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="ZIP", help="The handout.")],
) -> None:
    """Pack what students get: starter, public checks with recorded answers, and grader itself.

    Example: grader release tp4 -o tp4.zip
    """
    assignment = common.assignment_called(tp)
    if not out.parent.is_dir():
        raise SourceError(f"{out}: there is no folder {out.parent}", "make it, or name another file")
    if out.is_dir():
        raise SourceError(f"{out} is a folder", f"name a file: {out / assignment.id}.zip")
    with common.progress().status("recording answers") as status:
        handout = make_handout(
            assignment, seed=common.DEFAULT_SEED, on_step=lambda step: status.update(f"trying {step}")
        )
    writing.write(out, handout.content, "-o")
    console = common.results()
    for path in handout.paths:
        console.print(path, markup=False, soft_wrap=True)
    console.print(
        f"{out}: {len(handout.content) / 1024:.0f} kB, {handout.answers} recorded answers",
        markup=False,
        soft_wrap=True,
    )
