"""What web services tell, brought into the form of Moodle's own zip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from grader.moodle.languages import Status
from grader.moodle.names import clean
from grader.moodle.roster import Roster
from grader.moodle.webservice import Handed, Person, RemoteAssignment, RemoteFile
from grader.moodle.worksheet import Row

_PAGE = '<!DOCTYPE html><html><head><meta charset="UTF-8"></head><body>{text}</body></html>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One file of the zip to be made: downloaded, or the text that a student wrote in Moodle."""

    name: str  # in the zip
    file: RemoteFile | None = None
    content: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """What `grader moodle fetch` puts into its zip."""

    roster: Roster
    pieces: tuple[Piece, ...]
    ambiguous: tuple[str, ...] = ()  # students of whom it is not known in which team they handed in
    unnumbered: tuple[str, ...] = ()  # students to whom Moodle has not given an Identifier yet


DEFAULT_GROUP = "Default group"


def assemble(
    assignment: RemoteAssignment,
    people: Sequence[Person],
    identifiers: Mapping[int, str],
    records: Sequence[Handed],
    extensions: Mapping[int, datetime],
) -> Download:
    """Roster and files under the names that Moodle's own zip has."""
    own = {record.user: record for record in records if record.user}
    teams = {record.group: record for record in records if not record.user}
    rows, ambiguous, unnumbered, pieces = [], [], [], []
    names: dict[int, str] = {0: DEFAULT_GROUP}
    for person in sorted(people, key=lambda one: int(identifiers.get(one.user, "0"))):
        identifier = identifiers.get(person.user)
        if identifier is None:
            unnumbered.append(person.name)
            continue
        names.update(person.groups)
        record, group = own.get(person.user), None
        if assignment.has_teams:
            group, record = _team(person, own.get(person.user), teams)
            if group is None and record is None and own.get(person.user):
                ambiguous.append(person.name)
        elif record is not None:
            owner = "Participant" if assignment.is_blind else clean(person.name)
            pieces += _pieces(f"{owner}_{identifier}", record)
        row = _row(person, identifier, record, extensions.get(person.user))
        if assignment.has_teams:
            row = replace(row, group=names.get(group, "") if group is not None else "")
        rows.append(row)
    for number, record in teams.items():
        name = clean(names.get(number, f"Group {number}"))
        pieces += _pieces(f"{name}_{number}" if number else name, record)
    roster = Roster(rows=tuple(rows), has_teams=assignment.has_teams, due=assignment.due)
    return Download(
        roster=roster, pieces=tuple(pieces), ambiguous=tuple(ambiguous), unnumbered=tuple(unnumbered)
    )


def _row(person: Person, identifier: str, record: Handed | None, extension: datetime | None) -> Row:
    status = record.status if record is not None else Status.NOTHING
    return Row(
        identifier=identifier,
        name=person.name,
        status=status,
        submitted=None if record is None or status is Status.NOTHING else record.modified,
        extension=extension,
    )


def _team(
    person: Person, own: Handed | None, teams: Mapping[int, Handed]
) -> tuple[int | None, Handed | None]:
    """In which team a student handed in; Moodle lists all their groups, those of other activities too."""
    candidates = [number for number, _ in person.groups if number in teams]
    if len(candidates) > 1 and own is not None:
        candidates = [number for number in candidates if teams[number].modified == own.modified]
    if len(candidates) == 1:
        return candidates[0], teams[candidates[0]]
    if not candidates and own is not None and 0 in teams:
        return 0, teams[0]
    return None, None


def _pieces(owner: str, record: Handed) -> list[Piece]:
    pieces = [Piece(name=f"{owner}_assignsubmission_file/{file.path}", file=file) for file in record.files]
    if record.online_text.strip():
        page = _PAGE.format(text=record.online_text)
        name = f"{owner}_assignsubmission_onlinetext/onlinetext.html"
        pieces.append(Piece(name=name, content=page.encode()))
    return pieces
