"""`grader grade`: a class in, a folder of results out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from grader.assignment import Assignment
from grader.batch.cache import Conditions
from grader.batch.derive import UNFINISHED, WORKSHEET, write_derived
from grader.batch.events import BatchSummary, Deriving, OnEvent
from grader.batch.forkserver import ForkServer, can_copy
from grader.batch.parcel import pack
from grader.batch.pool import Pool
from grader.batch.processes import Fresh, Starter
from grader.batch.run import Batch, works_of
from grader.batch.work import Executor, FolderRecipe, Inline, SlotRecipe, load_all, slot_for
from grader.discover import ClassList, Entry, fetch
from grader.errors import SandboxError
from grader.grade.build import build_of
from grader.model import SubmissionResult, Tier
from grader.moodle import may_be_one
from grader.store import Store, create_or_open
from grader.store.files import sweep

PATIENCE_FACTOR, PATIENCE_EXTRA_S = 4.0, 120.0


@contextmanager
def got_ready(assignment: Assignment, *, jobs: int) -> Iterator[Starter]:
    """What `grade_class` starts processes with, if it is to use `jobs` of this machine: begins at once."""
    if jobs > 1 and can_copy():
        with closing(ForkServer(partial(load_all, assignment))) as server:
            yield server
    else:
        yield Fresh()


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
    unsafe: bool = False,
    starter: Starter | None = None,
    on_event: OnEvent = lambda event: None,
) -> BatchSummary:
    """Grade everybody in `class_list`, and leave all files in `out`. Goes on where an earlier run stopped.

    `starter` is of `got_ready` for this assignment; without one, each process loads everything anew. With
    `scheduler`, on a Dask cluster; `unsafe` lets machines grade that cannot isolate. Raises StoreError,
    SandboxError or AssignmentError; what was graded until then is kept.
    """
    with create_or_open(out, assignment.card) as store, ExitStack() as stack:
        _prepare(store, class_list, assignment)
        people = under_known_keys(class_list.entries, store)
        if scheduler is None:
            local = partial(_local, stack, starter=starter)
            executor, tier = local(assignment, jobs=jobs, isolation=isolation, seed=seed)
        else:
            cluster = partial(_remote, stack, scheduler, unsafe=unsafe)
            executor, tier = cluster(assignment, isolation=isolation, seed=seed)
        store.set_setting("isolation", str(tier))
        batch = Batch(
            store=store,
            works=works_of(people),
            fetch=partial(fetch, clock=ZoneInfo(assignment.card.timezone)),
            conditions=_conditions(assignment, seed, tier),
            fresh=fresh,
            on_event=on_event,
        )
        store.set_setting(UNFINISHED, "yes")
        summary = batch.run(executor)
        store.set_setting(UNFINISHED, "")
        tell = partial(_tell, on_event)
        write_derived(out, language=language, after_due=after_due, jobs=jobs, on_progress=tell)
    return summary


def under_known_keys(entries: Sequence[Entry], store: Store) -> tuple[Entry, ...]:
    """`entries`, each under the key that its person has in `store`, however the name was written then.

    A key has the name in it; Moodle's number tells who it is, and what people decided is kept by key.
    """
    present = {entry.key for entry in entries}
    earlier: dict[str, SubmissionResult] = {}
    for key in store.keys():  # noqa: SIM118 - a method, not a mapping
        graded = store.get(key, with_document=False) if key not in present else None
        if graded is not None and graded.result.identifier is not None:
            earlier[graded.result.identifier] = graded.result
    return tuple(_under_known_key(entry, earlier.get(entry.identifier or ""), store) for entry in entries)


def _under_known_key(entry: Entry, earlier: SubmissionResult | None, store: Store) -> Entry:
    if earlier is None or store.known(entry.key) is not None or not may_be_one(entry.name, earlier.name):
        return entry
    work = earlier.key if entry.work == entry.key else entry.work
    return replace(entry, key=earlier.key, work=work)


def _tell(on_event: OnEvent, done: int, total: int) -> None:
    on_event(Deriving(done=done, total=total))


def _conditions(assignment: Assignment, seed: int, tier: Tier) -> Conditions:
    return Conditions(
        card=assignment.card,
        late=assignment.late_policy(),
        assignment=assignment.digest,
        grader=build_of(assignment.settings.imports.allowed),
        seed=seed,
        tier=tier,
    )


def _local(
    stack: ExitStack,
    assignment: Assignment,
    *,
    jobs: int,
    isolation: str,
    seed: int,
    starter: Starter | None,
) -> tuple[Executor, Tier]:
    if jobs <= 1:
        slot = stack.enter_context(slot_for(assignment, isolation))
        return Inline(SlotRecipe(assignment=assignment, slot=slot, seed=seed)), slot.tier
    recipe = FolderRecipe(folder=assignment.folder, isolation=isolation, seed=seed)
    pool = Pool(recipe, jobs, patience_s=_patience_s(assignment), starter=starter)
    return pool, recipe.tier()


def _remote(
    stack: ExitStack, scheduler: str, assignment: Assignment, *, isolation: str, seed: int, unsafe: bool
) -> tuple[Executor, Tier]:
    """The cluster, and the tier that all of its machines have."""
    try:
        from grader.batch.cluster import Cluster  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise SandboxError(
            "Dask is not installed here", "install the extra: pip install 'grader[cluster]'"
        ) from error
    parcel = pack(assignment, isolation=isolation, seed=seed)
    cluster = stack.enter_context(Cluster(scheduler, parcel, digest=assignment.digest))
    tier = cluster.tier()
    if tier is Tier.PORTABLE and not unsafe:
        raise SandboxError(
            f"a machine of the cluster at {scheduler} cannot keep student code apart",
            "run `grader doctor` there, or repeat with --unsafe-no-isolation for code that you trust",
        )
    cluster.use(replace(parcel, isolation=str(tier)))
    return cluster, tier


def _patience_s(assignment: Assignment) -> float:
    """When a grading process is taken to hang: well after every limit that it enforces itself."""
    limits = assignment.limits()
    checks = len(assignment.card.checks)
    return PATIENCE_FACTOR * (limits.load_s + checks * limits.check_s) + PATIENCE_EXTRA_S


def _prepare(store: Store, class_list: ClassList, assignment: Assignment) -> None:
    """Clear up after a killed run; keep what deriving files will need of the source and the settings."""
    sweep(store.out)
    with store.together():
        store.set_setting("timezone", assignment.card.timezone)
        store.set_setting("max_upload_mb", str(assignment.settings.moodle.max_upload_mb))
        if class_list.worksheet is not None:
            store.keep(WORKSHEET, class_list.worksheet.table.to_bytes())
            store.set_setting("timezone", class_list.worksheet.timezone)
        if class_list.is_moodle:
            store.set_setting("is_moodle", "yes")
