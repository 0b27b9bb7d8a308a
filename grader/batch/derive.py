"""Everything in an output folder but the database: made from the database alone, again at any time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.batch.cache import Origin
from grader.batch.processes import context, single_threaded
from grader.errors import GraderError
from grader.i18n import language as language_of
from grader.model import Card, Correction, Outcome, State, SubmissionResult, from_json
from grader.moodle import GradeChange, Recipient, Worksheet, feedback_zip, read_worksheet
from grader.report import ClassRow, StudentView, class_page, class_row, student_page
from grader.score import shown
from grader.store import Store, grades_head, grades_line, lock, open_existing, results_json, standing
from grader.store.files import sweep, write_file

WORKSHEET = "moodle/worksheet.csv"  # also the name under which the store keeps Moodle's own
FEEDBACK = "moodle"
PAGE = "feedback.html"
CHUNK = 8  # pages that a process writes before it says so
WORTH_A_PROCESS = 250  # pages: to start one and to warm it up costs as much as dozens of them


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pages:
    """Some students' pages to write, for a process of its own."""

    out: Path
    language: str
    after_due: bool
    keys: tuple[str, ...]


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
        _write_pages(out, keys, language=language, after_due=after_due, jobs=jobs, on_progress=on_progress)
        _write_tables(store, language=language)
        _write_moodle(store)


def _write_tables(store: Store, *, language: str) -> None:
    """JSON, CSV and the class page, in one walk through the results: reading them is most of the work."""
    card, translate = store.card(), language_of(language).gettext
    class_rows: list[ClassRow] = []
    lines = [grades_head(card)]

    def rows() -> Iterator[tuple[SubmissionResult, Sequence[Correction]]]:
        for graded in store.iterate(with_documents=False):
            key = graded.result.key
            corrections = store.desk.corrections(key)
            is_reviewed = store.desk.reviewed(key) is not None
            class_rows.append(class_row(graded, corrections, is_reviewed=is_reviewed))
            lines.append(grades_line(card, (graded.result, corrections)))
            yield graded.result, corrections

    write_file(store.out / "results.json", results_json(store, rows=rows(), translate=translate))
    write_file(store.out / "grades.csv", lines)
    page = class_page(card, class_rows, language=language, tier=store.tier())
    write_file(store.out / "index.html", [page])


# --- pages ------------------------------------------------------------------------------------------------


def _write_pages(
    out: Path,
    keys: Sequence[str],
    *,
    language: str,
    after_due: bool,
    jobs: int,
    on_progress: Callable[[int, int], None],
) -> None:
    """The students' pages, in several processes where there are many: they are most of the work."""
    chunks = [
        _Pages(out=out, language=language, after_due=after_due, keys=tuple(keys[at : at + CHUNK]))
        for at in range(0, len(keys), CHUNK)
    ]
    done = 0
    processes = min(jobs, len(keys) // WORTH_A_PROCESS)
    if processes <= 1:
        for chunk in chunks:
            done += write_pages(chunk)
            on_progress(done, len(keys))
        return
    with single_threaded(), context().Pool(processes) as pool:
        for count in pool.imap_unordered(_write_or_say, chunks):
            if isinstance(count, GraderError):
                raise count
            done += count
            on_progress(done, len(keys))


def _write_or_say(pages: _Pages) -> int | GraderError:
    """A GraderError as a value: `Pool` would lose its type where it cannot be built from its message."""
    try:
        return write_pages(pages)
    except GraderError as error:
        return error


def write_pages(pages: _Pages) -> int:
    """Write some students' pages; gives how many."""
    with open_existing(pages.out) as store:
        card = store.card()
        for key in pages.keys:
            page = _page(store, card, key, pages)
            if page is not None:
                write_file(pages.out / "students" / f"{key}.html", [page])
    return len(pages.keys)


def _page(store: Store, card: Card, key: str, pages: _Pages) -> str | None:
    graded = store.get(key)
    if graded is None:
        return None
    view = StudentView(
        card=card,
        graded=graded,
        corrections=store.desk.corrections(key),
        comments=store.desk.comments(key),
        after_due=pages.after_due,
    )
    return student_page(view, language=pages.language)


# --- Moodle -------------------------------------------------------------------------------------------------


def _write_moodle(store: Store) -> None:
    """The worksheet with grades in, and the zips of feedback, for classes that came from Moodle."""
    original = store.kept(WORKSHEET)
    if original is not None:
        worksheet = read_worksheet(original, timezone=store.setting("timezone") or "UTC")
        write_file(store.out / WORKSHEET, [worksheet.write(dict(_changes(store, worksheet)))])
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


def _changes(store: Store, worksheet: Worksheet) -> Iterator[tuple[str, GradeChange]]:
    """The grades that are established, by Identifier."""
    if worksheet.scale:
        return
    rows = {row.identifier for row in worksheet.rows}
    for graded in store.iterate(with_documents=False):
        result = graded.result
        corrections = store.desk.corrections(result.key)
        is_reviewed = store.desk.reviewed(result.key) is not None
        if result.identifier not in rows or not (is_reviewed or _is_established(result, corrections)):
            continue
        row = standing(result, corrections)
        out_of = row.out_of if worksheet.maximum is None else worksheet.maximum
        grade = row.final if out_of == row.out_of else shown(row.final / row.out_of * out_of, out_of)
        yield result.identifier, GradeChange(grade=min(grade, out_of))


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
