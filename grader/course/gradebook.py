"""From marks to grades, exactly, with every step in words. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from grader.course.marks import Gathered, Mark, Student
from grader.course.numbers import round_to, shown
from grader.course.rules import LateRule, Missing, Part, Rules, Work
from grader.errors import CourseError
from grader.model import Text, text, verbatim

DAY_S = 86_400


class Standing(StrEnum):
    """How a work enters its part."""

    COUNTED = "counted"
    DROPPED = "dropped"  # not among the best
    EXCUSED = "excused"
    MISSING = "missing"  # counts as nothing handed in


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkGrade:
    """What one work brings to one student."""

    id: str
    name: str
    standing: Standing
    points: Fraction  # as they count, lateness taken off
    out_of: Fraction  # full marks as they count
    weight: Fraction
    steps: tuple[Text, ...] = ()
    doubt: Text = Text()

    @property
    def share(self) -> Fraction:
        """Of full marks; above 1 only where the rules let bonus points count."""
        return self.points / self.out_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PartGrade:
    """What one part brings; `grade` is None where all of it is excused."""

    id: str
    name: str
    works: tuple[WorkGrade, ...]
    weight: Fraction
    at_least: Fraction | None
    grade: Fraction | None  # on the course's scale, rounded if the part's rule says so
    steps: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseGrade:
    """How one student's grade came about; `grade` is None where there is none."""

    student: Student
    parts: tuple[PartGrade, ...]
    unrounded: Fraction | None
    grade: Fraction | None
    steps: tuple[Text, ...]
    doubts: tuple[Text, ...] = ()  # why it is not final yet

    @property
    def is_final(self) -> bool:
        """Can this grade be handed on?"""
        return not self.doubts


def grade_class(rules: Rules, gathered: Gathered) -> tuple[CourseGrade, ...]:
    """The grade of every student in the class list, in its order."""
    out_of = dict(gathered.out_of)
    check_weights(rules, out_of)
    found: dict[tuple[str, str], list[Mark]] = {}
    for mark in gathered.marks:
        found.setdefault((mark.student, mark.work), []).append(mark)
    return tuple(
        grade_student(rules, student, {w.id: found.get((student.id, w.id), []) for w in rules.works}, out_of)
        for student in gathered.students
    )


def check_weights(rules: Rules, out_of: Mapping[str, Fraction]) -> None:
    """Refuse best-of among works whose weights turn out unequal: then dropping one is no clear favour."""
    for part in rules.part:
        if part.best_of is not None and len({weight_of(w, out_of[w.id]) for w in part.work}) > 1:
            problem = (
                f"part {part.id!r}: best_of needs works of equal weight, these are out of different points"
            )
            raise CourseError(problem, "give each the same points, or a weight")


def points_of(work: Work, out_of: Fraction) -> Fraction:
    """What full marks of `work` count for."""
    return work.points or out_of


def weight_of(work: Work, out_of: Fraction) -> Fraction:
    """The weight of `work` in its part."""
    return work.weight or points_of(work, out_of)


def grade_student(
    rules: Rules, student: Student, marks: Mapping[str, Sequence[Mark]], out_of: Mapping[str, Fraction]
) -> CourseGrade:
    """The grade of one student from the marks of each work (several where a group handed in twice)."""
    excuses = {e.work: e.reason for e in rules.excused if e.student == student.id}
    parts = []
    for part in rules.part:
        works = [grade_work(rules, w, marks[w.id], out_of[w.id], excuses.get(w.id, "")) for w in part.work]
        parts.append(grade_part(rules, part, works))
    unrounded, steps = join_parts(rules, parts)
    doubts = tuple(w.doubt for p in parts for w in p.works if w.doubt)
    lacking = [w.name for p in parts for w in p.works if w.standing is Standing.MISSING]
    if lacking and rules.missing is Missing.NO_GRADE:
        words = text(
            "No grade: {works} is missing, and the rules give no grade then.", works=", ".join(lacking)
        )
        unrounded, steps = None, (words,)
    if unrounded is None:
        return CourseGrade(
            student=student, parts=tuple(parts), unrounded=None, grade=None, steps=steps, doubts=doubts
        )
    grade = round_to(unrounded, rules.step, rules.rounding)
    last = rounding_step(rules, rules.step, grade)
    return CourseGrade(
        student=student,
        parts=tuple(parts),
        unrounded=unrounded,
        grade=grade,
        steps=(*steps, last),
        doubts=doubts,
    )


def rounding_step(rules: Rules, step: Fraction, grade: Fraction) -> Text:
    """How a grade was rounded, in words."""
    return text(
        "Rounded once, {rule}, to a multiple of {step}: {grade}.",
        rule=rules.rounding.value,
        step=shown(step),
        grade=shown(grade),
    )


# --- one work -----------------------------------------------------------------------------------------


def grade_work(rules: Rules, work: Work, marks: Sequence[Mark], out_of: Fraction, excuse: str) -> WorkGrade:
    """The best of `marks` as it counts; none is a missing work."""
    full = points_of(work, out_of)
    base = WorkGrade(
        id=work.id,
        name=work.name,
        standing=Standing.MISSING,
        points=Fraction(0),
        out_of=full,
        weight=weight_of(work, out_of),
    )
    reason = excuse or next((m.excused for m in marks if m.excused), "")
    if reason:
        words = text("Excused ({reason}): left out, the rest counts for more.", reason=reason)
        return replace(base, standing=Standing.EXCUSED, steps=(words,))
    counted = [_counted(rules, work, mark, base) for mark in marks if mark.points is not None]
    if not counted:
        doubt = next((m.doubt for m in marks if m.doubt), Text())
        words = text("Nothing handed in, or absent: 0 of {full} points.", full=shown(full))
        return replace(base, steps=(words,), doubt=doubt)
    best = max(counted, key=lambda w: (w.points, [str(s) for s in w.steps]))  # the same, whatever the order
    if len(counted) > 1:
        words = text("The group handed in {n} times: the best one counts.", n=len(counted))
        return replace(best, steps=(words, *best.steps))
    return best


def _counted(rules: Rules, work: Work, mark: Mark, base: WorkGrade) -> WorkGrade:
    """One mark: scaled, cut at the maximum, then lateness taken off, never below 0."""
    assert mark.points is not None
    full, out_of = base.out_of, mark.out_of
    steps = [text("{points} of {out_of} points.", points=shown(mark.points), out_of=shown(out_of))]
    if mark.by:
        steps.insert(0, text("Handed in by {name}.", name=mark.by))
    points = mark.points * full / out_of
    if full != out_of:
        steps.append(
            text(
                "Full marks count for {full} points here: {points} × {full} / {out_of} = {now}.",
                full=shown(full),
                points=shown(mark.points),
                out_of=shown(out_of),
                now=shown(points),
            )
        )
    if work.maximum is not None and points > work.maximum:
        points = work.maximum
        steps.append(text("More than {maximum} points do not count.", maximum=shown(work.maximum)))
    penalty, words, doubt = _penalty(work.late or rules.late, mark, work, full, points)
    left = max(Fraction(0), points - penalty)
    if words:
        steps.append(words)
    if penalty:
        steps.append(
            text(
                "{points} − {penalty} = {left}.",
                points=shown(points),
                penalty=shown(penalty),
                left=shown(left),
            )
            if penalty <= points
            else text("No less than 0 is left.")
        )
    return replace(
        base, standing=Standing.COUNTED, points=left, steps=tuple(steps), doubt=mark.doubt or doubt
    )


def days_late(late_s: int, *, grace_s: int) -> int:
    """Days begun after the due date; within the grace none, beyond it counted from the due date."""
    return math.ceil(Fraction(late_s, DAY_S)) if late_s > grace_s else 0


def _penalty(
    rule: LateRule | None, mark: Mark, work: Work, full: Fraction, points: Fraction
) -> tuple[Fraction, Text, Text]:
    """Points off for lateness, in words, and a doubt where nobody knows when it was handed in."""
    if work.marks is not None:
        return Fraction(0), Text(), Text()
    if mark.late_s is None:
        doubt = text("{work}: nobody can tell when it was handed in", work=work.name)
        return Fraction(0), text("When it was handed in is not known: nothing is taken off."), doubt
    if rule is None:
        penalty = mark.penalty * full / mark.out_of
        words = text("Late: the assignment's rule takes {penalty} off.", penalty=shown(penalty))
        return penalty, words if penalty else Text(), Text()
    days = days_late(mark.late_s, grace_s=rule.grace_s)
    lost = days * rule.per_day if rule.cap is None else min(days * rule.per_day, rule.cap)
    if not lost:
        return Fraction(0), Text(), Text()
    if rule.unit == "points":
        words = text(
            "Late, {days} day(s) begun at {per_day} points each: {lost} points off.",
            days=days,
            **_off(rule, lost),
        )
        return lost, words, Text()
    penalty = min(lost, Fraction(100)) / 100 * points
    words = text(
        "Late, {days} day(s) begun at {per_day} % of the points each: {lost} % off.",
        days=days,
        **_off(rule, lost),
    )
    return penalty, words, Text()


def _off(rule: LateRule, lost: Fraction) -> dict[str, Text | int | float | str]:
    return {"per_day": shown(rule.per_day), "lost": shown(lost)}


# --- one part ---------------------------------------------------------------------------------------------


def grade_part(rules: Rules, part: Part, works: Iterable[WorkGrade]) -> PartGrade:
    """The weighted mean of the works' shares, on the course's scale."""
    kept, steps = _best(part, list(works))
    counting = [w for w in kept if w.standing in (Standing.COUNTED, Standing.MISSING)]
    result = PartGrade(
        id=part.id,
        name=part.name,
        works=tuple(kept),
        weight=part.weight,
        at_least=part.at_least,
        grade=None,
        steps=(text("All of it is excused: the other parts count for more."),),
    )
    if not counting:
        return result
    total = sum((w.weight for w in counting), Fraction(0))
    grade = sum((w.weight * w.share for w in counting), Fraction(0)) / total * rules.out_of
    steps.append(
        text(
            "{formula} = {grade}.",
            formula=verbatim(_part_formula(counting, rules.out_of, total)),
            grade=shown(grade),
        )
    )
    if part.step is not None:
        grade = round_to(grade, part.step, rules.rounding)
        steps.append(rounding_step(rules, part.step, grade))
    return replace(result, grade=grade, steps=tuple(steps))


def _part_formula(works: Sequence[WorkGrade], scale: Fraction, total: Fraction) -> str:
    if all(w.weight == w.out_of for w in works):
        sum_ = " + ".join(shown(w.points) for w in works)
        return f"({sum_}) / {shown(total)} × {shown(scale)}"
    sum_ = " + ".join(f"{shown(w.weight)} × {shown(w.points)} / {shown(w.out_of)}" for w in works)
    return f"({sum_}) / {shown(total)} × {shown(scale)}"


def _best(part: Part, works: list[WorkGrade]) -> tuple[list[WorkGrade], list[Text]]:
    """`works` with those marked that are not among the best."""
    if part.best_of is None:
        return works, []
    counting = [w for w in works if w.standing is not Standing.EXCUSED]
    ranked = sorted(counting, key=lambda w: (-w.share, w.id))
    dropped = {w.id for w in ranked[part.best_of :]}
    words = text("Only the best {k} count.", k=part.best_of)
    marked = [
        replace(
            w,
            standing=Standing.DROPPED,
            steps=(*w.steps, text("Dropped: not among the best {k}.", k=part.best_of)),
        )
        if w.id in dropped
        else w
        for w in works
    ]
    return marked, [words]


# --- the course -----------------------------------------------------------------------------------------


def join_parts(rules: Rules, parts: Sequence[PartGrade]) -> tuple[Fraction | None, tuple[Text, ...]]:
    """The unrounded grade of the course, and how it came about."""
    graded = [(p, p.grade) for p in parts if p.grade is not None]
    if not graded:
        return None, (text("No grade: everything is excused."),)
    total = sum((p.weight for p, _ in graded), Fraction(0))
    mean = sum((p.weight * g for p, g in graded), Fraction(0)) / total
    formula = " + ".join(f"{shown(p.weight)} × {shown(g)}" for p, g in graded)
    steps = [
        text(
            "{formula} = {grade}.",
            formula=verbatim(f"({formula}) / {shown(total)}"),
            grade=shown(mean),
        )
    ]
    bound = [(p, g) for p, g in graded if p.at_least is not None]
    under = [(p, g) for p, g in bound if p.at_least is not None and g < p.at_least]
    if not under:
        return mean, tuple(steps)
    # never above the mean: otherwise reaching the threshold could lower the grade
    lower = min(mean, min(g for _, g in bound))
    for p, g in under:
        steps.append(
            text(
                "{part} is {grade}, under the {at_least} that it needs.",
                part=p.name,
                grade=shown(g),
                at_least=shown(p.at_least or Fraction(0)),
            )
        )
    steps.append(text("So the lower one stands: {grade}.", grade=shown(lower)))
    return lower, tuple(steps)
