"""Hand-ins, worksheet and roster brought together: everybody once, nobody lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from grader.discover.entries import Entry, each_once
from grader.discover.sources import Found
from grader.errors import MoodleError
from grader.model import Text, text
from grader.moodle import Row, Status, clean, make_keys, same_name, slug

_SEVERAL = text("There are several hand-ins of this student; all files were taken together.")


def without_list(found: Sequence[Found]) -> tuple[Entry, ...]:
    """One entry per owner, in the order found: there is nothing to compare with but Moodle's numbers."""
    owners: dict[str, list[Found]] = {}
    for at, whose in enumerate(found):
        number = whose.number if whose.is_moodle else None
        owners.setdefault(f"{at}" if number is None else f"number {number}", []).append(whose)
    return _keyed([_entry_of(theirs) for theirs in owners.values()])


def with_list(
    found: Sequence[Found], rows: Sequence[Row], *, has_teams: bool, due: datetime | None
) -> tuple[tuple[Entry, ...], tuple[Text, ...]]:
    """One entry per row, then those whom the list does not know; and what staff should look at."""
    matches = _teams(found, rows) if has_teams else _people(found, rows)
    used = {id(whose) for candidates in matches.values() for whose in candidates}
    strangers = [whose for whose in found if id(whose) not in used]
    if found and len(strangers) == len(found) and any(whose.is_moodle for whose in found):
        raise MoodleError(
            f"none of the {len(found)} hand-ins is of somebody in the worksheet",
            "is it the worksheet of another assignment? Download both from the same one",
        )
    entries = [_row_entry(row, matches.get(row.identifier, ()), has_teams=has_teams, due=due) for row in rows]
    for whose in strangers:
        entry = _entry(whose)
        entries.append(
            replace(entry, notes=(*entry.notes, text("The worksheet has no row for this hand-in.")))
        )
    return _keyed(entries), _warnings(entries, strangers)


def _entry(whose: Found) -> Entry:
    return Entry(
        key="",
        name=whose.name,
        identifier=whose.number,
        parts=tuple(whose.parts),
        notes=each_once(whose.notes),
    )


def _entry_of(theirs: Sequence[Found]) -> Entry:
    """The entry of one owner, from one download or several."""
    entries = [_entry(whose) for whose in theirs]
    if len(entries) == 1:
        return entries[0]
    notes = [note for entry in entries for note in entry.notes]
    return replace(
        entries[0],
        parts=tuple(part for entry in entries for part in entry.parts),
        notes=each_once([*notes, _SEVERAL]),
    )


def _keyed(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    keys = make_keys((entry.name, entry.identifier) for entry in entries)
    return tuple(
        replace(entry, key=key, work=entry.work or key) for entry, key in zip(entries, keys, strict=True)
    )


def _people(found: Sequence[Found], rows: Sequence[Row]) -> dict[str, tuple[Found, ...]]:
    numbers = {row.identifier for row in rows}
    matches: dict[str, tuple[Found, ...]] = {}
    for whose in found:
        identifier = whose.number if whose.is_moodle else _by_label(whose.name, rows)
        if identifier is not None and identifier in numbers:
            matches[identifier] = (*matches.get(identifier, ()), whose)
    return matches


def _by_label(label: str, rows: Sequence[Row]) -> str | None:
    """The participant that a folder or file is named after; None where two could be meant.

    By number, name or e-mail; a number tells namesakes apart, but is not believed against a name, as it may
    be of another kind. A short number must stand alone: "group 4" is not participant 4.
    """
    alone = re.fullmatch(r"(?:participant)?\W*(\d+)", label.strip(), re.IGNORECASE)
    in_label = {str(int(digits)) for digits in re.findall(r"\d{4,18}", label)}
    if alone is not None:
        in_label.add(str(int(alone[1][:18])))
    words = re.sub(r"\d{4,}", "", label)
    numbered = {row.identifier for row in rows if row.identifier in in_label}
    named = {row.identifier for row in rows if _is_named_after(label, row) or _is_named_after(words, row)}
    meant = numbered & named if numbered and named else numbered | named
    return meant.pop() if len(meant) == 1 else None


def _is_named_after(label: str, row: Row) -> bool:
    if same_name(row.name, label) or slug(label) in make_keys([(row.name, row.identifier)]):
        return True
    if slug(row.name) and slug(row.name) == slug(label):
        return True
    account, _, _ = row.email.partition("@")
    return bool(account) and label.strip().casefold() in (row.email.casefold(), account.casefold())


def _teams(found: Sequence[Found], rows: Sequence[Row]) -> dict[str, tuple[Found, ...]]:
    """Per participant, the hand-ins of a team of the same name: more than one where names are ambiguous."""
    by_group: dict[str, tuple[Found, ...]] = {}
    for group in {row.group or "" for row in rows}:
        exact = tuple(whose for whose in found if whose.name == clean(group))
        by_group[group] = exact or tuple(whose for whose in found if same_name(whose.name, group))
    return {row.identifier: by_group[row.group or ""] for row in rows}


def _row_entry(row: Row, matched: Sequence[Found], *, has_teams: bool, due: datetime | None) -> Entry:
    problem = Text()
    if has_teams and len(matched) > 1:
        problem = text(
            "{count} teams are called “{team}”; it is not known which is whose.",
            count=len(matched),
            team=row.group or "",
        )
        matched = ()
    notes = [note for whose in matched for note in whose.notes]
    parts = [part for whose in matched for part in whose.parts]
    if row.status is Status.SUBMITTED and not parts and not problem:
        problem = text("Moodle says that it was submitted, but no file of it is here: is the download whole?")
    if len(matched) > 1:
        notes.append(_SEVERAL)
    notes += _about_status(row, has_files=bool(parts) or bool(problem))
    team_number = matched[0].number if has_teams and matched else None
    return Entry(
        key="",
        name=row.name,
        identifier=row.identifier,
        status=row.status,
        handed_in=None if row.status is Status.NOTHING else _handed_in(row, due),
        extension=row.extension,
        team=row.group if has_teams else None,
        team_number=team_number,
        work=f"team-{team_number or slug(row.group or '') or 'none'}" if has_teams and matched else "",
        parts=tuple(parts),
        notes=each_once(notes),
        problem=problem,
    )


def _about_status(row: Row, *, has_files: bool) -> list[Text]:
    if row.status is Status.DRAFT:
        return [text("This is a draft: it was never submitted.")]
    if row.status is Status.REOPENED:
        return [text("The attempt was reopened and nothing new has been submitted.")]
    if row.status is Status.NOTHING and has_files:
        return [text("The worksheet says that nothing was submitted, yet there are files: is it an old one?")]
    return []


def _handed_in(row: Row, due: datetime | None) -> datetime | None:
    """When it came in: to the second where the status tells how late, else the start of the minute."""
    if row.submitted is None or row.late_s is None or due is None:
        return row.submitted
    deadline = due if row.extension is None else max(due, row.extension)
    exact = deadline + timedelta(seconds=row.late_s)
    return exact if row.submitted <= exact < row.submitted + timedelta(minutes=1) else row.submitted


def _warnings(entries: Sequence[Entry], strangers: Sequence[Found]) -> tuple[Text, ...]:
    warnings: list[Text] = []
    if strangers:
        names = ", ".join(
            f"{whose.name} ({whose.number})" if whose.number else whose.name for whose in strangers[:10]
        )
        warnings.append(
            text(
                "{count} hand-in(s) have no row in the worksheet: {names}.", count=len(strangers), names=names
            )
        )
    without = [entry.name for entry in entries if entry.is_absent]
    if without:
        warnings.append(
            text(
                "{count} submitted without a file, or the zip lacks it: {names}.",
                count=len(without),
                names=", ".join(without),
            )
        )
    return tuple(warnings)
