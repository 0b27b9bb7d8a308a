"""What students have earned: class list, groups, marks from CSV files, results of `grader grade`."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.course.numbers import exact, without_noise
from grader.course.rules import Rules, Work
from grader.errors import CourseError
from grader.model import State, Text, text
from grader.moodle import clean

ABSENT = frozenset({"", "-", "abs", "abs.", "absent", "absente", "missing"})
EXCUSED = frozenset({"exc", "exc.", "excused", "excusé", "excusée", "dispensé", "dispensée"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """One row of the class list."""

    id: str  # the university's number, or whatever names a person for good
    name: str
    email: str = ""
    numbers: tuple[tuple[str, str], ...] = ()  # work, and the identifier or key of the hand-in there

    def number_in(self, work: str) -> str:
        """The identifier of this student's hand-in for `work`, empty when the list has none."""
        return dict(self.numbers).get(work, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What one student, or a group, earned for one work."""

    student: str  # id
    work: str
    points: Fraction | None  # None: nothing handed in, or absent
    out_of: Fraction
    penalty: Fraction = Fraction(0)  # that the assignment itself took off for lateness
    late_s: int | None = 0  # None: nobody can tell
    excused: str = ""  # the reason, when the work need not be done
    by: str = ""  # who handed in, when it was another member of the group
    doubt: Text = Text()  # why a person should look before this counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """All marks of a class."""

    students: tuple[Student, ...]
    marks: tuple[Mark, ...]
    out_of: tuple[tuple[str, Fraction], ...]  # work, and what its marks are out of
    strangers: tuple[Text, ...] = ()  # hand-ins of nobody in the class list


def gather(rules: Rules, folder: Path) -> Gathered:
    """The marks of all works; paths in `rules` are relative to `folder`."""
    students = read_students(folder / rules.students, works=[w.id for w in rules.works])
    marks: list[Mark] = []
    out_of: list[tuple[str, Fraction]] = []
    strangers: list[Text] = []
    for work in rules.works:
        groups = read_groups(folder / work.groups, students, size=rules.group_size) if work.groups else {}
        if work.marks is not None:
            found = read_marks(folder / work.marks, work, students)
            out_of.append((work.id, work.out_of or Fraction(1)))
        else:
            found, total, lost = read_results(folder / (work.results or ""), work, students, groups)
            out_of.append((work.id, total))
            strangers.extend(lost)
        marks.extend(_shared(found, groups, students))
    _check_excuses(rules, students, folder)
    return Gathered(students=students, marks=tuple(marks), out_of=tuple(out_of), strangers=tuple(strangers))


def _check_excuses(rules: Rules, students: tuple[Student, ...], folder: Path) -> None:
    for excuse in rules.excused:
        if excuse.student not in {s.id for s in students}:
            problem = f"excused: {excuse.student!r} is not in {folder / rules.students}"
            raise CourseError(problem, "write the id as the class list has it")


def _shared(found: Iterable[Mark], groups: Mapping[str, str], students: tuple[Student, ...]) -> list[Mark]:
    """Each mark once for every member of the group that it belongs to."""
    names = {s.id: s.name for s in students}
    shared: list[Mark] = []
    for mark in found:
        group = groups.get(mark.student, mark.student if mark.student in groups.values() else None)
        members = [s for s, g in groups.items() if g == group] if group is not None else [mark.student]
        for member in members:
            by = "" if member == mark.student else names.get(mark.student, mark.by)
            shared.append(
                Mark(
                    student=member,
                    work=mark.work,
                    points=mark.points,
                    out_of=mark.out_of,
                    penalty=mark.penalty,
                    late_s=mark.late_s,
                    excused=mark.excused if member == mark.student else "",
                    by=by,
                    doubt=mark.doubt,
                )
            )
    return shared


# --- CSV files --------------------------------------------------------------------------------------


def read_table(path: Path, *, needed: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV file with their line numbers; comma, semicolon or tab, found from the header."""
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except OSError as e:
        raise CourseError(f"{path}: cannot be read", f"check the path ({e.strerror})") from None
    except UnicodeDecodeError:
        raise CourseError(f"{path}: is not UTF-8", 'save it as "CSV UTF-8"') from None
    first = content.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=separator)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as e:
        raise CourseError(f"{path}: line {reader.line_num}: {e}", "correct that line") from None
    for name in needed:
        if header.count(name) != 1:
            how = "no" if name not in header else "more than one"
            problem = f"{path}: {how} column {name!r}; its columns are: {', '.join(header) or 'none'}"
            raise CourseError(problem, f"give it one column {name!r}")
    for line, row in rows:
        if len(row) != len(header):
            problem = f"{path}: line {line} has {len(row)} cells, the header has {len(header)}"
            raise CourseError(problem, 'put a number like "12,5" in quotes, or separate by semicolons')
    return [(line, dict(zip(header, (c.strip() for c in row), strict=True))) for line, row in rows]


def read_students(path: Path, *, works: Iterable[str] = ()) -> tuple[Student, ...]:
    """The class list: columns id and name; email and one column per work are optional."""
    students: list[Student] = []
    for line, row in read_table(path, needed=("id", "name")):
        if not row["id"] or not row["name"]:
            raise CourseError(f"{path}: line {line}: id or name is empty", "fill it in")
        if any(s.id == row["id"] for s in students):
            raise CourseError(f"{path}: line {line}: id {row['id']!r} was there before", "take one row away")
        students.append(
            Student(
                id=row["id"],
                name=row["name"],
                email=row.get("email", ""),
                numbers=tuple((w, row[w]) for w in works if row.get(w)),
            )
        )
    if not students:
        raise CourseError(f"{path}: no students", "write one row per student")
    return tuple(students)


def read_groups(path: Path, students: tuple[Student, ...], *, size: int) -> dict[str, str]:
    """Group of each student who has one: columns student (the id) and group."""
    known = {s.id for s in students}
    groups: dict[str, str] = {}
    for line, row in read_table(path, needed=("student", "group")):
        student, group = row["student"], row["group"]
        if student not in known:
            raise CourseError(
                f"{path}: line {line}: no student {student!r}", "write the id of the class list"
            )
        if not group:
            raise CourseError(f"{path}: line {line}: the group is empty", "name it, or take the row away")
        if student in groups:
            raise CourseError(f"{path}: line {line}: {student!r} has a group already", "take one row away")
        groups[student] = group
        if list(groups.values()).count(group) > size:
            problem = f"{path}: line {line}: group {group!r} has more than {size} members"
            raise CourseError(problem, "split it, or raise group_size (at most 3)")
    if clash := known & set(groups.values()):
        raise CourseError(f"{path}: group {min(clash)!r} has the id of a student", "rename the group")
    return groups


def read_marks(path: Path, work: Work, students: tuple[Student, ...]) -> list[Mark]:
    """The marks of one CSV column: a number, nothing or "absent", or "excused"."""
    known = {s.id for s in students}
    out_of = work.out_of or Fraction(1)
    marks: list[Mark] = []
    for line, row in read_table(path, needed=("id", work.column)):
        where = f"{path}: line {line}"
        student, cell = row["id"], row[work.column]
        if student not in known:
            raise CourseError(f"{where}: no student {student!r} in the class list", "add the student there")
        if any(m.student == student for m in marks):
            raise CourseError(f"{where}: {student!r} has a mark already", "take one row away")
        word = cell.casefold()
        points = None if word in ABSENT | EXCUSED else _mark(cell, out_of, where)
        marks.append(
            Mark(
                student=student,
                work=work.id,
                points=points,
                out_of=out_of,
                excused="excused" if word in EXCUSED else "",
            )
        )
    return marks


def _mark(cell: str, out_of: Fraction, where: str) -> Fraction:
    """The number in `cell`, with a decimal point or comma."""
    if not re.fullmatch(r"\d{1,6}([.,]\d{1,9})?", cell):
        problem = f"{where}: {cell[:40]!r} is no mark"
        raise CourseError(problem, 'write a number, "absent" or "excused"')
    points = exact(Decimal(cell.replace(",", ".")))
    if points > out_of:
        raise CourseError(f"{where}: {cell} is more than out_of = {out_of}", "correct one of the two")
    return points


# --- results of grader grade ----------------------------------------------------------------------------


def plain_name(name: str) -> str:
    """`name` as it compares: Moodle cleans names in archives, and Unicode spells accents in two ways."""
    return " ".join(unicodedata.normalize("NFKC", clean(name).replace("’", "")).casefold().split())


def read_results(
    path: Path, work: Work, students: tuple[Student, ...], groups: Mapping[str, str]
) -> tuple[list[Mark], Fraction, list[Text]]:
    """The marks in an output folder, what they are out of, and hand-ins of nobody in the class list."""
    file = path / "results.json" if path.is_dir() else path
    rows = _submissions(file)
    owners = _owners(work, students, groups)
    marks: list[Mark] = []
    strangers: list[Text] = []
    for row in rows:
        owner = _owner(row, owners, file)
        if owner is None:
            if row["state"] != State.NOTHING_SUBMITTED:
                words = text(
                    "{work}: the hand-in of {name} is of nobody in the class list",
                    work=work.id,
                    name=row["name"],
                )
                strangers.append(words)
            continue
        if any(m.student == owner for m in marks):
            problem = f"{file}: two hand-ins of {row['name']!r}"
            raise CourseError(
                problem, f"give the class list a column {work.id!r} with the identifier of each"
            )
        marks.append(_result(row, owner, work))
    totals = {mark.out_of for mark in marks}
    if len(totals) > 1:
        raise CourseError(f"{file}: not all are out of the same points", "grade the class again")
    return marks, totals.pop() if totals else _total(rows, file), strangers


def _submissions(file: Path) -> list[dict[str, Any]]:
    """The rows of results.json, as far as the gradebook reads them."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
        rows = [
            {
                "key": str(row["key"]),
                "name": str(row["name"]),
                "identifier": str(row["identifier"] or ""),
                "state": State(row["state"]),
                "points": _before_lateness(row),
                "out_of": without_noise(row["out_of"]),
                "seconds": row["late"]["seconds"],
                "penalty": without_noise(row["late"]["penalty"]),
            }
            for row in document["submissions"]
        ]
    except OSError:
        raise CourseError(f"{file}: cannot be read", "give the folder that grader grade wrote") from None
    except (ValueError, KeyError, TypeError, InvalidOperation) as e:
        problem = f"{file}: is not a file of grader grade ({type(e).__name__}: {e})"
        raise CourseError(problem, "make it again with grader report") from None
    return rows


def _before_lateness(row: Mapping[str, Any]) -> Fraction:
    """What a person's correction left of the machine's points; `final` and its penalty, where they say it."""
    final, penalty = without_noise(row["final"]), without_noise(row["late"]["penalty"])
    if final > 0:
        return final + penalty
    return max(Fraction(0), without_noise(row["points"]) + without_noise(row.get("correction", 0)))


def _total(rows: list[dict[str, Any]], file: Path) -> Fraction:
    if not rows:
        raise CourseError(f"{file}: holds no hand-ins", "grade the class first")
    return Fraction(rows[0]["out_of"])


def _owners(work: Work, students: tuple[Student, ...], groups: Mapping[str, str]) -> dict[str, set[str]]:
    """Who owns a hand-in that says so: by number of this work, by id, by name; ids of students or groups."""
    owners: dict[str, set[str]] = {}
    for student in students:
        if number := student.number_in(work.id):
            owners.setdefault(f"number {number}", set()).add(student.id)
            continue
        owners.setdefault(f"id {student.id}", set()).add(student.id)
        owners.setdefault(f"name {plain_name(student.name)}", set()).add(student.id)
    for group in set(groups.values()):
        owners.setdefault(f"name {plain_name(group)}", set()).add(group)
    return owners


def _owner(row: Mapping[str, Any], owners: Mapping[str, set[str]], file: Path) -> str | None:
    """The id of the student or group whose hand-in this is."""
    wanted = [f"number {row['identifier']}", f"number {row['key']}", f"id {row['identifier']}"]
    for key in (*wanted, f"id {row['key']}", f"name {plain_name(row['name'])}"):
        found = owners.get(key, set())
        if len(found) > 1:
            problem = f"{file}: {row['name']!r} may be any of {', '.join(sorted(found))}"
            raise CourseError(
                problem, "give the class list a column named as the work, with the identifier of each"
            )
        if found:
            return next(iter(found))
    return None


def _result(row: Mapping[str, Any], owner: str, work: Work) -> Mark:
    doubt = Text()
    if row["state"] == State.NEEDS_REVIEW:
        doubt = text("{work}: the verdict needs a person's review", work=work.name)
    elif row["state"] == State.UNREADABLE:
        doubt = text("{work}: the hand-in could not be read", work=work.name)
    missing = row["state"] in (State.NOTHING_SUBMITTED, State.UNREADABLE)
    return Mark(
        student=owner,
        work=work.id,
        points=None if missing else row["points"],
        out_of=row["out_of"],
        penalty=row["penalty"],
        late_s=row["seconds"],
        by=row["name"],
        doubt=doubt,
    )
