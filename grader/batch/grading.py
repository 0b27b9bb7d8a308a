"""`grader grade`: a class in, a folder of results out."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from grader import __version__
from grader.assignment import Assignment
from grader.batch.cache import Conditions
from grader.batch.derive import WORKSHEET, derive
from grader.batch.events import BatchSummary, Deriving, OnEvent
from grader.batch.files import sweep
from grader.batch.pool import Pool
from grader.batch.run import Batch, works_of
from grader.batch.work import Executor, FolderRecipe, Inline
from grader.discover import ClassList, fetch
from grader.store import Store, create_or_open

PATIENCE_FACTOR, PATIENCE_EXTRA_S = 4.0, 120.0


def grade_class(
    class_list: ClassList,
    *,
    assignment: Assignment,
    out: Path,
    jobs: int,
    isolation: str,
    seed: int,
    language: str,
    fresh: bool = False,
    scheduler: str | None = None,
    after_due: bool = False,
    on_event: OnEvent = lambda event: None,
) -> BatchSummary:
    """Grade everybody in `class_list` and leave all files in `out`; goes on where an earlier run stopped.

    Raises StoreError, SandboxError or AssignmentError; what was graded until then is kept.
    """
    with create_or_open(out, assignment.card) as store:
        sweep(out)
        _keep_context(store, class_list, assignment)
        recipe = FolderRecipe(folder=assignment.folder, isolation=isolation, seed=seed)
        conditions = Conditions(
            card=assignment.card,
            late=assignment.late_policy(),
            assignment=assignment.digest,
            grader=__version__,
            seed=seed,
            tier=recipe.tier(),
        )
        store.set_setting("isolation", str(conditions.tier))
        batch = Batch(
            store=store,
            works=works_of(class_list.entries),
            fetch=partial(fetch, clock=ZoneInfo(assignment.card.timezone)),
            conditions=conditions,
            fresh=fresh,
            on_event=on_event,
        )
        summary = batch.run(_executor(recipe, jobs, assignment))
        derive(
            out,
            language=language,
            after_due=after_due,
            jobs=jobs,
            on_progress=lambda done, total: on_event(Deriving(done=done, total=total)),
        )
    return summary


def _executor(recipe: FolderRecipe, jobs: int, assignment: Assignment) -> Executor:
    return Inline(recipe) if jobs <= 1 else Pool(recipe, jobs, patience_s=_patience_s(assignment))


def _patience_s(assignment: Assignment) -> float:
    """When a grading process is taken to hang: well after every limit that it enforces itself."""
    limits = assignment.limits()
    checks = len(assignment.card.checks)
    return PATIENCE_FACTOR * (limits.load_s + checks * limits.check_s) + PATIENCE_EXTRA_S


def _keep_context(store: Store, class_list: ClassList, assignment: Assignment) -> None:
    """What deriving files will need of the source and the settings."""
    with store.together():
        store.set_setting("timezone", assignment.card.timezone)
        if class_list.worksheet is not None:
            store.keep(WORKSHEET, class_list.worksheet.table.to_bytes())
            store.set_setting("timezone", class_list.worksheet.timezone)
        if class_list.is_moodle:
            store.set_setting("is_moodle", "yes")
