"""Grades, comments and feedback pages to Moodle, each read back: none lost, none sent twice.

Moodle answers `null` both for "saved" and for "ignored", so only what is read back counts. Before anything
is sent again we look whether Moodle has it already.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from grader.errors import MoodleError
from grader.exchange.client import Service, Unanswered
from grader.exchange.fetching import find_assignment
from grader.exchange.journal import Journal, Sent, digest
from grader.model import State, Text, text, verbatim
from grader.moodle import comment_html
from grader.moodle.webservice import (
    Feedback,
    RemoteAssignment,
    RemoteFile,
    ServiceError,
    read_feedback,
    read_grades,
    read_mappings,
    read_participants,
    same_comment,
    save_grade,
)

PAGE = "feedback.html"
_ATTEMPTS = 3
_MAX_PAGE_BYTES = 256 << 20
_STOPPERS = frozenset({"invalidtoken", "accessexception", "requireloginerror", "servicenotavailable"})


class Fate(StrEnum):
    """What becomes of one participant's result."""

    TO_SEND = "to send"
    SAME = "same"  # Moodle has it already
    REFUSED = "refused"  # not sent, for the reason given
    SENT = "sent"  # and read back
    IGNORED = "ignored"  # sent, but Moodle does not hold it
    FAILED = "failed"  # not known; push again


@dataclass(frozen=True, slots=True, kw_only=True)
class PushItem:
    """One participant's result, as it is to stand in Moodle."""

    identifier: str
    name: str
    grade: float
    comment: str = ""  # HTML; "": the comment that is there stays
    page: bytes | None = None  # the feedback page; None: files that are there stay


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRow:
    """One participant in the plan, and what came of it."""

    item: PushItem
    user: int | None
    before: Feedback
    fate: Fate
    why: Text = Text()


@dataclass(frozen=True, slots=True, kw_only=True)
class PushReport:
    """A plan, or what came of it. `stopped` says why the rest was not tried."""

    assignment: RemoteAssignment
    rows: tuple[PushRow, ...]
    stopped: Text = Text()

    def count(self, fate: Fate) -> int:
        """How many rows ended so."""
        return sum(row.fate is fate for row in self.rows)

    @property
    def is_complete(self) -> bool:
        """Does Moodle hold everything that was to be there?"""
        return all(row.fate in (Fate.SENT, Fate.SAME) for row in self.rows)


def read_items(out: Path) -> tuple[PushItem, ...]:
    """The established results in an output folder of `grader grade`: graded, and with an Identifier."""
    path = out / "results.json"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        rows = document["submissions"]
        items = [_item(out, row) for row in rows if row["state"] == State.GRADED and row["identifier"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MoodleError(f"{path} cannot be read", "give the output folder of `grader grade`") from error
    return tuple(items)


def _item(out: Path, row: dict[str, object]) -> PushItem:
    page = out / "students" / f"{row['key']}.html"
    final, out_of = float(str(row["final"])), float(str(row["out_of"]))
    return PushItem(
        identifier=str(row["identifier"]),
        name=str(row["name"]),
        grade=final,
        comment=comment_html([f"{final:g} / {out_of:g}", str(row["message"])]),
        page=page.read_bytes() if page.is_file() else None,
    )


# --- planning ---------------------------------------------------------------------------------------------


def plan_push(
    service: Service,
    number: int,
    items: Sequence[PushItem],
    journal: Path,
    *,
    overwrite: bool = False,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> PushReport:
    """What a push would do to assignment `number`; nothing is sent."""
    assignment = find_assignment(service, number)
    if assignment.maximum is None:
        raise MoodleError(
            f"{assignment.name} is not graded in points",
            "set a maximum grade in Moodle, or grade it by hand there",
        )
    sent = Journal(journal, _target(service, assignment)).read()
    users = _users(service, assignment)
    grades = _grades(service, assignment)
    rows = []
    for done, item in enumerate(items):
        tell(done, len(items))
        row = _row(assignment, item, users.get(item.identifier))
        if row.user is not None and not row.why:
            held = _held(service, assignment, row.user, grades)
            row = _compared(row, held, sent.get(item.identifier), assignment, service, overwrite=overwrite)
        rows.append(row)
    tell(len(items), len(items))
    return PushReport(assignment=assignment, rows=tuple(rows))


def _target(service: Service, assignment: RemoteAssignment) -> str:
    return f"{service.site} {assignment.cmid}"


def _users(service: Service, assignment: RemoteAssignment) -> dict[str, int]:
    """The user behind each Identifier, participants only: others would get stray records."""
    people = service.ask("mod_assign_list_participants", assignid=assignment.id, groupid=0, filter="")
    mappings = service.ask("mod_assign_get_user_mappings", assignmentids=[assignment.id])
    known = {person.user for person in read_participants(people)}
    return {
        identifier: user
        for user, identifier in read_mappings(mappings, assignment.id).items()
        if user in known
    }


def _row(assignment: RemoteAssignment, item: PushItem, user: int | None) -> PushRow:
    why = Text()
    if user is None:
        why = text("This number is of no participant of the assignment.")
    elif not 0 <= item.grade <= (assignment.maximum or 0):
        why = text("The maximum in Moodle is {maximum}.", maximum=f"{assignment.maximum:g}")
    return PushRow(item=item, user=user, before=Feedback(), fate=Fate.REFUSED, why=why)


def _compared(
    row: PushRow,
    held: Feedback,
    sent: Sent | None,
    assignment: RemoteAssignment,
    service: Service,
    *,
    overwrite: bool,
) -> PushRow:
    row = replace(row, before=held)
    if _holds(service, assignment, row.item, held, sent):
        return replace(row, fate=Fate.SAME)
    conflict = Text() if overwrite else _conflict(row, sent)
    return replace(row, fate=Fate.REFUSED if conflict else Fate.TO_SEND, why=conflict)


def _conflict(row: PushRow, sent: Sent | None) -> Text:
    """Is there something in Moodle that did not come from us and would be lost?"""
    item, before = row.item, row.before
    ours = sent is not None and before.grade is not None and _same(sent.grade, before.grade)
    if before.grade is not None and not _same(before.grade, item.grade) and not ours:
        return text("Moodle already holds the grade {grade}.", grade=f"{before.grade:g}")
    theirs = before.comment.strip() and not (sent and sent.comment == _comment_digest(before.comment))
    if item.comment and theirs and not same_comment(before.comment, item.comment):
        return text("Moodle already holds another comment.")
    return Text()


def _comment_digest(comment: str) -> str:
    return digest(" ".join(comment.split()))


# --- sending ----------------------------------------------------------------------------------------------


def push(
    service: Service,
    plan: PushReport,
    journal: Path,
    *,
    tell: Callable[[int, int], None] = lambda done, of: None,
    pause: Callable[[float], None] = time.sleep,
) -> PushReport:
    """Send what is planned, one participant at a time, and read each back."""
    log = Journal(journal, _target(service, plan.assignment))
    rows, stopped = [], Text()
    for done, row in enumerate(plan.rows):
        tell(done, len(plan.rows))
        if row.fate is not Fate.TO_SEND or stopped:
            rows.append(row)
            continue
        try:
            rows.append(_send(service, plan.assignment, row, log, pause))
        except ServiceError as error:
            rows.append(replace(row, fate=Fate.FAILED, why=verbatim(error.problem)))
            if error.code in _STOPPERS:
                stopped = verbatim(str(error))
        except MoodleError as error:
            rows.append(replace(row, fate=Fate.FAILED, why=verbatim(error.problem)))
            stopped = verbatim(str(error))
    tell(len(plan.rows), len(plan.rows))
    return PushReport(assignment=plan.assignment, rows=tuple(rows), stopped=stopped)


def _send(
    service: Service, assignment: RemoteAssignment, row: PushRow, log: Journal, pause: Callable[[float], None]
) -> PushRow:
    assert row.user is not None
    item = row.item
    sent = Sent(
        grade=item.grade,
        comment=_comment_digest(item.comment or row.before.comment),
        file=digest(item.page),
        is_verified=False,
    )
    for attempt in range(_ATTEMPTS):
        draft = service.upload(_files(service, row)) if item.page is not None else None
        log.write(item.identifier, sent)
        try:
            service.tell(
                "mod_assign_save_grade",
                save_grade(
                    assignment.id,
                    row.user,
                    grade=item.grade,
                    comment=item.comment or row.before.comment,
                    draft_item=draft,
                ),
            )
            is_answered = True
        except Unanswered:
            is_answered = False
            pause(2.0**attempt)
        held = _held(service, assignment, row.user)
        if _holds(service, assignment, item, held, sent):
            log.write(item.identifier, replace(sent, is_verified=True))
            return replace(row, fate=Fate.SENT)
        if is_answered:
            return replace(row, fate=Fate.IGNORED, why=_difference(item, held))
    return replace(row, fate=Fate.FAILED, why=text("Moodle did not answer, and does not hold it."))


def _difference(item: PushItem, held: Feedback) -> Text:
    if not _same(held.grade, item.grade):
        return text(
            "Moodle holds {grade} instead: is the grade locked or overridden in the gradebook?",
            grade="-" if held.grade is None else f"{held.grade:g}",
        )
    if item.comment and not same_comment(held.comment, item.comment):
        return text("Moodle does not hold the comment: are feedback comments switched on?")
    return text("Moodle does not hold the page: are feedback files switched on?")


def _files(service: Service, row: PushRow) -> list[tuple[str, bytes]]:
    """Our page, and the feedback files that are there already: a draft area replaces them all."""
    assert row.item.page is not None
    others = [
        (file.path, service.download(file, _MAX_PAGE_BYTES)) for file in row.before.files if file.path != PAGE
    ]
    return [*others, (PAGE, row.item.page)]


def _held(
    service: Service, assignment: RemoteAssignment, user: int, grades: dict[int, float | None] | None = None
) -> Feedback:
    """What Moodle holds; the grade also where the rest is hidden, as a marking workflow does."""
    status = service.ask("mod_assign_get_submission_status", assignid=assignment.id, userid=user)
    feedback = read_feedback(status)
    if feedback.grade is not None:
        return feedback
    known = grades if grades is not None else _grades(service, assignment)
    return replace(feedback, grade=known.get(user))


def _grades(service: Service, assignment: RemoteAssignment) -> dict[int, float | None]:
    return read_grades(service.ask("mod_assign_get_grades", assignmentids=[assignment.id]), assignment.id)


def _holds(
    service: Service, assignment: RemoteAssignment, item: PushItem, held: Feedback, sent: Sent | None
) -> bool:
    """Does Moodle hold exactly what is to be there?

    Where a workflow hides comment and page, what the journal says was sent with this grade has to do.
    """
    if not _same(held.grade, item.grade):
        return False
    if assignment.has_workflow and not held.comment and not held.files:
        return sent is not None and sent.file == digest(item.page) and _is_comment(sent, item)
    if item.comment and not same_comment(held.comment, item.comment):
        return False
    return item.page is None or _holds_page(service, item.page, held.files)


def _is_comment(sent: Sent, item: PushItem) -> bool:
    return not item.comment or sent.comment == _comment_digest(item.comment)


def _holds_page(service: Service, page: bytes, files: Sequence[RemoteFile]) -> bool:
    for file in files:
        if file.path == PAGE and file.size == len(page):
            return service.download(file, _MAX_PAGE_BYTES) == page
    return False


def _same(one: float | None, other: float | None) -> bool:
    """The same grade, as far as Moodle's five decimals go."""
    return one is not None and other is not None and abs(one - other) < 6e-6
