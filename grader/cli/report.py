"""`grader report`: pages and tables made again from the database."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from grader.batch import Deriving, derive, doubts
from grader.cli import common
from grader.cli.progress import shown_progress
from grader.store import open_existing


def report(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The output folder of grader grade.")],
    lang: common.Lang = None,
    after_due: common.AfterDue = None,
) -> None:
    """Derive pages, CSV, JSON, worksheet and feedback zip again from the database in OUT.

    Example: grader report results --lang fr
    """
    tongue = common.language_of(lang)
    with open_existing(out) as store:
        due = store.card().due
    with shown_progress(common.progress()) as on_event:
        derive(
            out,
            language=tongue.code,
            after_due=common.is_after(due, after_due),
            jobs=os.cpu_count() or 1,
            on_progress=lambda done, total: on_event(Deriving(done=done, total=total)),
        )
    common.print_doubts(doubts(out), tongue)
    common.results().print(str(out / "index.html"), markup=False, soft_wrap=True)
