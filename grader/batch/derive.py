"""Everything in an output folder but the database: made from the database alone, again at any time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from grader.batch.cache import Origin
from grader.batch.processes import context, single_threaded
from grader.errors import GraderError, StoreError
from grader.i18n import language as language_of
from grader.model import Card, Correction, Outcome, State, SubmissionResult, Text, from_json, text
from grader.moodle import GradeChange, Recipient, Worksheet, feedback_zip, read_worksheet
from grader.report import ClassRow, StudentView, class_page, class_row, student_page
from grader.score import shown
from grader.store import Store, grades_head, grades_line, lock, open_existing, result_line, results_json
from grader.store.files import sweep, write_file

WORKSHEET = "moodle/worksheet.csv"  # also the name under which the store keeps Moodle's own
FEEDBACK = "moodle"
UNFINISHED = "unfinished"  # the setting that says that a run has not come to its end
PAGE = "feedback.html"
CHUNK = 8  # pages that a process writes before it says so
WORTH_A_PROCESS = 250  # pages: to start one and to warm it up costs as much as dozens of them


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chunk:
    """Some students' pages to write, in a process of its own where there are many."""

    out: Path
    language: str
    after_due: bool
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lines:
    """What the files of the class say of one submission: made with its page, for which it is read."""

    row: ClassRow
    csv: str
    json: str
    is_established: bool


def doubts(out: Path) -> tuple[Text, ...]:
    """What whoever reads the grades of `out` must know first."""
    with open_existing(out) as store:
        found = []
        if store.setting(UNFINISHED):
            found.append(text("the last run did not end: hand-ins may be missing; grade again, it goes on"))
        if store.is_mixed():
            found.append(
                text("some results were made by an earlier version of the assignment: grade all again")
            )
    return tuple(found)


def kept_worksheet(out: Path, card: Card) -> bytes | None:
    """Moodle's worksheet as an earlier run of this assignment was given it."""
    with suppress(StoreError), open_existing(out) as store:
        return store.kept(WORKSHEET) if store.card().id == card.id else None
    return None


def derive(
    out: Path,
    *,
    language: str,
    after_due: bool = False,
    jobs: int = 1,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Write every derived file of `out`. `after_due`: may students see what opens after the due date?

    Raises StoreError while a run of grading writes them itself.
    """
    open_existing(out).close()  # leaves no lock in a folder that is not ours
    with lock(out):
        sweep(out)
        write_derived(out, language=language, after_due=after_due, jobs=jobs, on_progress=on_progress)


def write_derived(
    out: Path,
    *,
    language: str,
    after_due: bool,
    jobs: int,
    on_progress: Callable[[int, int], None],
) -> None:
    """The same for who holds the lock of the folder."""
    with open_existing(out) as store:
        keys = store.keys()
        chunks = [
            _Chunk(out=out, language=language, after_due=after_due, keys=tuple(keys[at : at + CHUNK]))
            for at in range(0, len(keys), CHUNK)
        ]
        lines = _write_pages(chunks, len(keys), jobs=jobs, on_progress=on_progress)
        _write_moodle(store, _write_tables(store, lines, language=language))


def _write_tables(store: Store, lines: Iterator[_Lines], *, language: str) -> list[ClassRow]:
    """JSON, CSV and the class page, as the pages are written. Gives the rows with an established grade."""
    card = store.card()
    rows: list[ClassRow] = []
    established: list[ClassRow] = []
    table = [grades_head(card)]

    def listed() -> Iterator[str]:
        for line in lines:
            rows.append(line.row)
            table.append(line.csv)
            if line.is_established:
                established.append(line.row)
            yield line.json

    write_file(store.out / "results.json", results_json(store, lines=listed()))
    write_file(store.out / "grades.csv", table)
    page = class_page(card, rows, language=language, tier=store.tier())
    write_file(store.out / "index.html", [page])
    return established


# --- pages ------------------------------------------------------------------------------------------------


def _write_pages(
    chunks: Sequence[_Chunk], pages: int, *, jobs: int, on_progress: Callable[[int, int], None]
) -> Iterator[_Lines]:
    """The students' pages, in several processes where there are many; what is made with them, in order."""
    processes = min(jobs, pages // WORTH_A_PROCESS)
    written: Iterable[list[_Lines] | GraderError] = map(_write_or_say, chunks)
    with ExitStack() as stack:
        if processes > 1:
            stack.enter_context(single_threaded())
            written = stack.enter_context(context().Pool(processes)).imap(_write_or_say, chunks)
        done = 0
        for found in written:
            if isinstance(found, GraderError):
                raise found
            yield from found
            done += len(found)
            on_progress(done, pages)


def _write_or_say(chunk: _Chunk) -> list[_Lines] | GraderError:
    """A GraderError as a value: `Pool` would lose its type where it cannot be built from its message."""
    try:
        return _write_chunk(chunk)
    except GraderError as error:
        return error


def _write_chunk(chunk: _Chunk) -> list[_Lines]:
    """Write the pages of some students; gives what the class's files say of them."""
    made: list[_Lines] = []
    translate = language_of(chunk.language).gettext
    with open_existing(chunk.out) as store:
        card = store.card()
        for key in chunk.keys:
            view = _view(store, card, key, after_due=chunk.after_due)
            if view is not None:
                page = student_page(view, language=chunk.language)
                write_file(chunk.out / "students" / f"{key}.html", [page])
                is_reviewed = store.desk.reviewed(key) is not None
                made.append(_lines(view, is_reviewed=is_reviewed, translate=translate))
    return made


def _view(store: Store, card: Card, key: str, *, after_due: bool) -> StudentView | None:
    graded = store.get(key)
    if graded is None:
        return None
    return StudentView(
        card=card,
        graded=graded,
        corrections=store.desk.corrections(key),
        comments=store.desk.comments(key),
        after_due=after_due,
    )


def _lines(view: StudentView, *, is_reviewed: bool, translate: Callable[[str], str]) -> _Lines:
    result, corrections = view.graded.result, view.corrections
    return _Lines(
        row=class_row(view.graded, corrections, is_reviewed=is_reviewed),
        csv=grades_line(view.card, (result, corrections)),
        json=result_line((result, corrections), translate=translate),
        is_established=is_reviewed or _is_established(result, corrections),
    )


# --- Moodle -------------------------------------------------------------------------------------------------


def _write_moodle(store: Store, established: Sequence[ClassRow]) -> None:
    """The worksheet with grades in, and the zips of feedback, for classes that came from Moodle."""
    original = store.kept(WORKSHEET)
    if original is not None:
        worksheet = read_worksheet(original, timezone=store.setting("timezone") or "UTC")
        write_file(store.out / WORKSHEET, [worksheet.write(dict(_changes(established, worksheet)))])
    if original is not None or store.setting("is_moodle"):
        folder = store.out / FEEDBACK
        written = set()
        limit = int(store.setting("max_upload_mb") or 100) * 1_000_000
        for name, content in feedback_zip(_feedback(store), limit):
            write_file(folder / name, [content])
            written.add(name)
        for stale in folder.glob("feedback*.zip"):
            if stale.name not in written:
                stale.unlink()


def _changes(established: Sequence[ClassRow], worksheet: Worksheet) -> Iterator[tuple[str, GradeChange]]:
    """The grades that are established, by Identifier."""
    if worksheet.scale:
        return
    rows = {row.identifier for row in worksheet.rows}
    for graded in established:
        if graded.identifier is None or graded.identifier not in rows:
            continue
        final, out_of = graded.standing.final, graded.standing.out_of
        most = out_of if worksheet.maximum is None else worksheet.maximum
        grade = final if most == out_of else shown(final / out_of * most, most)
        yield graded.identifier, GradeChange(grade=min(grade, most))


def _is_established(result: SubmissionResult, corrections: Sequence[Correction]) -> bool:
    """Is the grade one: the machine's, or a person's on the whole or on every check that was not judged?"""
    decided = {c.check for c in corrections if c.points is not None}
    broken = {c.check for c in result.checks if c.outcome is Outcome.BROKEN}
    return result.state is State.GRADED or "" in decided or (bool(broken) and broken <= decided)


def _feedback(store: Store) -> Iterator[tuple[Recipient, str, bytes]]:
    """Whose page is which; those who handed in nothing get none."""
    for key in store.keys():  # noqa: SIM118 - a method, not a mapping
        known = store.known(key)
        if known is None or known.state is State.NOTHING_SUBMITTED or not known.origin:
            continue
        recipient = from_json(Origin, known.origin).recipient
        page = store.out / "students" / f"{key}.html"
        if recipient is not None and page.is_file():
            yield Recipient(name=recipient[0], number=recipient[1]), PAGE, page.read_bytes()
