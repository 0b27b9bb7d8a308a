"""The gradebook: the lectures' two schemes by hand, and laws that hold for any rules."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.gradebook import CourseGrade, Standing, days_late, grade_class
from grader.course.marks import Gathered, Mark, Student, gather
from grader.course.numbers import Rounding, plain, round_to, shown, without_noise
from grader.course.rules import Rules, read_rules
from grader.errors import CourseError
from tests.course_files import DAY, FOUR_AND_EXAM, TP4_QUARTER, hand_in, write_class, write_csv, write_results


def grade(folder: Path, rules: str) -> dict[str, CourseGrade]:
    (folder / "course.toml").write_text(rules, encoding="utf-8")
    read = read_rules(folder / "course.toml")
    return {g.student.name: g for g in grade_class(read, gather(read, folder))}


def words(result: CourseGrade) -> str:
    steps = [s for p in result.parts for w in p.works for s in w.steps]
    steps += [s for p in result.parts for s in p.steps] + list(result.steps)
    return "\n".join(map(str, steps))


# --- scheme (a) ---


def test_tp4_counts_a_quarter_of_the_course(tmp_path: Path) -> None:
    write_class(tmp_path, ["Ada Example", "Bob Example", "Cid Example"])
    write_results(tmp_path, "tp4", [hand_in("Ada Example", 17.0), hand_in("Bob Example", 9.25)])
    write_csv(tmp_path / "exam.csv", [["id", "mark"], ["s0", "13"], ["s1", "11,5"], ["s2", "12"]])

    grades = grade(tmp_path, TP4_QUARTER)

    # Ada: (25 * 17 + 75 * 13) / 100 = 4.25 + 9.75 = 14, a multiple of 0.5
    assert grades["Ada Example"].grade == 14
    # Bob: 0.25 * 9.25 + 0.75 * 11.5 = 2.3125 + 8.625 = 10.9375; nearest halves 10.5 and 11: 11
    assert grades["Bob Example"].unrounded == Fraction("10.9375")
    assert grades["Bob Example"].grade == 11
    # Cid handed nothing in: 0.25 * 0 + 0.75 * 12 = 9
    assert grades["Cid Example"].grade == 9
    assert "Nothing handed in" in words(grades["Cid Example"])
    assert "(25 × 9.25 + 75 × 11.5) / 100 = 10.9375" in words(grades["Bob Example"])


# --- scheme (b) ---


def four(folder: Path, name: str, points: list[float], late: tuple[int, ...] = (0, 0, 0, 0)) -> None:
    for i, (p, days) in enumerate(zip(points, late, strict=True), start=1):
        write_results(folder, f"a{i}", [hand_in(name, p, out_of=10.0, late_s=days * DAY)])


@pytest.mark.parametrize(
    ("points", "late", "exam", "assignments", "exam_grade", "final"),
    [
        # 8 + 7 + 9 + 6 = 30, / 4 = 7.5 -> 8; 26 / 4 = 6.5 -> 7; (8 + 7) / 2 = 7.5 -> 8
        ([8, 7, 9, 6], (0, 0, 0, 0), "26", 8, 7, 8),
        # a3 one day late: 9 - 2 = 7: 28 / 4 = 7; exam 24 / 4 = 6; 6.5 -> 7
        ([8, 7, 9, 6], (0, 0, 1, 0), "24", 7, 6, 7),
        # a1 five days late: 8 - 10 is no less than 0: 22 / 4 = 5.5 -> 6; exam 40 / 4 = 10; 8
        ([8, 7, 9, 6], (5, 0, 0, 0), "40", 6, 10, 8),
        # 5 + 5 + 5 + 5 = 20 / 4 = 5 < 5.5: the lower one, 5, though the mean is 7.5
        ([5, 5, 5, 5], (0, 0, 0, 0), "40", 5, 10, 5),
        # exam 21 / 4 = 5.25 -> 5 < 5.5: the lower one, 5, though (9 + 5) / 2 = 7
        ([9, 9, 9, 9], (0, 0, 0, 0), "21", 9, 5, 5),
        # exam 22 / 4 = 5.5 -> 6, which is enough; (9 + 6) / 2 = 7.5 -> 8
        ([9, 9, 9, 9], (0, 0, 0, 0), "22", 9, 6, 8),
    ],
)
def test_four_assignments_and_an_exam_with_a_threshold_in_both(
    tmp_path: Path,
    points: list[float],
    late: tuple[int, ...],
    exam: str,
    assignments: int,
    exam_grade: int,
    final: int,
) -> None:
    write_class(tmp_path, ["Ada Example"])
    four(tmp_path, "Ada Example", points, late)
    write_csv(tmp_path / "exam.csv", [["id", "mark"], ["s0", exam]])

    result = grade(tmp_path, FOUR_AND_EXAM)["Ada Example"]

    assert [p.grade for p in result.parts] == [assignments, exam_grade]
    assert result.grade == final


def test_the_page_says_that_the_lower_grade_stands(tmp_path: Path) -> None:
    write_class(tmp_path, ["Ada Example"])
    four(tmp_path, "Ada Example", [9, 9, 9, 9])
    write_csv(tmp_path / "exam.csv", [["id", "mark"], ["s0", "21"]])

    said = words(grade(tmp_path, FOUR_AND_EXAM)["Ada Example"])

    assert "(9 + 9 + 9 + 9) / 40 × 10 = 9" in said
    assert "exam is 5, under the 5.5 that it needs." in said
    assert "So the lower one stands: 5." in said


# --- single rules ---


PRACTICAL = """
title = "Practicals"
students = "students.csv"
out_of = 20
rounding = "half even"
step = 0.01

[[part]]
id = "practicals"
"""


def tp(number: int, more: str = "") -> str:
    return f'[[part.work]]\nid = "tp{number}"\nresults = "out/tp{number}"\n{more}\n'


def practical(folder: Path, points: list[float], **more: Any) -> None:
    write_class(folder, ["Ada Example"])
    for number, p in enumerate(points, start=1):
        write_results(folder, f"tp{number}", [hand_in("Ada Example", p, **more)])


def test_best_of_drops_the_lowest_share(tmp_path: Path) -> None:
    practical(tmp_path, [4.0, 20.0, 10.0])

    result = grade(tmp_path, PRACTICAL + "best_of = 2\n" + tp(1) + tp(2) + tp(3))["Ada Example"]

    assert result.grade == 15
    assert [w.standing for w in result.parts[0].works] == [
        Standing.DROPPED,
        Standing.COUNTED,
        Standing.COUNTED,
    ]


def test_points_above_the_maximum_do_not_count(tmp_path: Path) -> None:
    practical(tmp_path, [20.0])

    result = grade(tmp_path, PRACTICAL + tp(1, "points = 12\nmaximum = 9"))["Ada Example"]

    assert result.parts[0].works[0].points == 9
    assert result.grade == 15  # 9 / 12 * 20


def test_an_excused_work_leaves_its_weight_to_the_others(tmp_path: Path) -> None:
    practical(tmp_path, [4.0, 16.0])
    excuse = '[[excused]]\nstudent = "s0"\nwork = "tp1"\nreason = "ill"\n'

    result = grade(tmp_path, PRACTICAL + tp(1) + tp(2) + excuse)["Ada Example"]

    assert result.grade == 16
    assert "Excused (ill)" in words(result)


def test_all_excused_is_no_grade(tmp_path: Path) -> None:
    practical(tmp_path, [4.0])
    excuse = '[[excused]]\nstudent = "s0"\nwork = "tp1"\n'

    assert grade(tmp_path, PRACTICAL + tp(1) + excuse)["Ada Example"].grade is None


def test_a_missing_work_can_mean_no_grade(tmp_path: Path) -> None:
    practical(tmp_path, [4.0])
    write_results(tmp_path, "tp2", [hand_in("Ada Example", 0.0, state="nothing_submitted")])
    rules = PRACTICAL.replace("[[part]]", 'missing = "no grade"\n[[part]]')

    result = grade(tmp_path, rules + tp(1) + tp(2))["Ada Example"]

    assert result.grade is None
    assert "tp2 is missing" in words(result)


def test_an_exam_mark_may_say_absent_or_excused(tmp_path: Path) -> None:
    write_class(tmp_path, ["Ada Example", "Bob Example"])
    write_results(tmp_path, "tp4", [hand_in("Ada Example", 12.0), hand_in("Bob Example", 12.0)])
    write_csv(tmp_path / "exam.csv", [["id", "mark"], ["s0", "absent"], ["s1", "Excused"]])

    grades = grade(tmp_path, TP4_QUARTER)

    assert grades["Ada Example"].grade == 3
    assert grades["Bob Example"].grade == 12


def test_the_assignments_own_penalty_stands_where_the_course_has_no_late_rule(tmp_path: Path) -> None:
    practical(tmp_path, [15.0], late_s=DAY, penalty=2.0)

    assert grade(tmp_path, PRACTICAL + tp(1))["Ada Example"].grade == 13


def test_a_late_rule_of_the_course_replaces_the_assignments_own(tmp_path: Path) -> None:
    practical(tmp_path, [15.0], late_s=DAY + 1, penalty=2.0)
    late = 'late = { per_day = 10, unit = "percent", cap = 15 }'

    result = grade(tmp_path, PRACTICAL + tp(1, late))["Ada Example"]

    assert result.grade == Fraction("12.75")  # two days begun would be 20 %, the cap is 15 %


@pytest.mark.parametrize(("late_s", "days"), [(0, 0), (300, 0), (301, 1), (DAY, 1), (DAY + 1, 2)])
def test_a_day_begun_counts_as_a_day_and_the_grace_costs_nothing(late_s: int, days: int) -> None:
    assert days_late(late_s, grace_s=300) == days


def test_unknown_lateness_costs_nothing_and_is_not_final(tmp_path: Path) -> None:
    practical(tmp_path, [15.0], late_s=None)

    result = grade(tmp_path, PRACTICAL + tp(1))["Ada Example"]

    assert result.grade == 15
    assert not result.is_final


@pytest.mark.parametrize("state", ["needs_review", "unreadable"])
def test_what_needs_a_person_is_not_final(tmp_path: Path, state: str) -> None:
    practical(tmp_path, [0.0], state=state)

    assert not grade(tmp_path, PRACTICAL + tp(1))["Ada Example"].is_final


def test_a_persons_correction_counts(tmp_path: Path) -> None:
    practical(tmp_path, [15.0], correction=1.5, final=16.5)

    assert grade(tmp_path, PRACTICAL + tp(1))["Ada Example"].grade == Fraction("16.5")


GROUPS = 'groups = "groups.csv"'


def test_one_hand_in_counts_for_the_whole_group(tmp_path: Path) -> None:
    write_class(tmp_path, ["Ada Example", "Bob Example", "Cid Example", "Dan Example"])
    write_csv(tmp_path / "groups.csv", [["student", "group"], ["s0", "g1"], ["s1", "g1"], ["s2", "g1"]])
    write_results(tmp_path, "tp1", [hand_in("Bob Example", 14.0), hand_in("Dan Example", 3.0)])

    grades = grade(tmp_path, PRACTICAL + tp(1, GROUPS))

    assert [g.grade for g in grades.values()] == [14, 14, 14, 3]
    assert "Handed in by Bob Example." in words(grades["Cid Example"])
    assert "Handed in by" not in words(grades["Bob Example"])


def test_a_hand_in_under_the_groups_name_counts_for_its_members(tmp_path: Path) -> None:
    write_class(tmp_path, ["Ada Example", "Bob Example"])
    write_csv(tmp_path / "groups.csv", [["student", "group"], ["s0", "Team 1"], ["s1", "Team 1"]])
    write_results(tmp_path, "tp1", [hand_in("team 1", 11.0)])

    assert [g.grade for g in grade(tmp_path, PRACTICAL + tp(1, GROUPS)).values()] == [11, 11]


def test_the_best_of_a_groups_hand_ins_counts(tmp_path: Path) -> None:
    write_class(tmp_path, ["Ada Example", "Bob Example"])
    write_csv(tmp_path / "groups.csv", [["student", "group"], ["s0", "g"], ["s1", "g"]])
    write_results(tmp_path, "tp1", [hand_in("Ada Example", 11.0), hand_in("Bob Example", 13.0)])

    assert [g.grade for g in grade(tmp_path, PRACTICAL + tp(1, GROUPS)).values()] == [13, 13]


def test_names_are_met_as_moodle_writes_them(tmp_path: Path) -> None:
    write_class(tmp_path, ["Éva O'Placeholder_Two"])
    write_results(tmp_path, "tp1", [hand_in("E\u0301va OPlaceholder Two", 8.0)])

    assert grade(tmp_path, PRACTICAL + tp(1))["Éva O'Placeholder_Two"].grade == 8


def test_a_column_of_identifiers_tells_namesakes_apart(tmp_path: Path) -> None:
    write_class(tmp_path, ["Ada Example", "Ada Example"], tp1=["41", "42"])
    rows = [
        hand_in("Ada Example", 8.0, identifier="42", key="b"),
        hand_in("Ada Example", 9.0, identifier="41"),
    ]
    write_results(tmp_path, "tp1", rows)
    (tmp_path / "course.toml").write_text(PRACTICAL + tp(1), encoding="utf-8")
    rules = read_rules(tmp_path / "course.toml")

    assert [g.grade for g in grade_class(rules, gather(rules, tmp_path))] == [9, 8]


# --- slips of authors ---


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("step = 0.5", "step = 0", "step: must be above 0: write a larger number"),
        ("step = 0.5\n", "", "step: is missing: write for instance: step = 0.5"),
        ('rounding = "half up"', 'rounding = "up"', "rounding: is none of the words known: write one of"),
        ("step = 0.5", "stpe = 0.5", "stpe: is not a key of this table: is step meant?"),
        ("weight = 25", "wieght = 25", "part 1, wieght: is not a key of this table"),
        ("weight = 25", 'weight = "25"', "part 1, weight: must be a number"),
        ("weight = 25", "weight = inf", "part 1, weight: must be a finite number"),
        ("weight = 25", "weight = 25\nat_least = 30", "part 'tp4': at_least is above out_of"),
        ("weight = 25", "weight = 25\nbest_of = 1", "part 1: best_of = 1 of 1 works drops none"),
        (', results = "out/tp4"', "", "part 1, work 1: give one of"),
        (", out_of = 20 }", " }", "part 2, work 1: marks from a file need out_of"),
        ('id = "exam", marks', 'id = "tp4", marks', "two works have id = 'tp4': rename one"),
        ('id = "exam"', 'id = "Exam 1"', "part 2, id: 'Exam 1' is no id: use a-z"),
        ("out_of = 20\n", "out_of = \n", "is not TOML"),
    ],
)
def test_a_slip_in_the_rules_gets_file_key_and_remedy(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    path = tmp_path / "course.toml"
    path.write_text(TP4_QUARTER.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(CourseError) as caught:
        read_rules(path)

    assert str(caught.value).startswith(f"{path}: ")
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["id", "note"], ["s0", "3"]], "no column 'mark'; its columns are: id, note"),
        ([["id", "mark"], ["s9", "3"]], "line 2: no student 's9'"),
        ([["id", "mark"], ["s0", "3"], ["s0", "4"]], "line 3: 's0' has a mark already"),
        ([["id", "mark"], ["s0", "21"]], "line 2: 21 is more than out_of = 20"),
        ([["id", "mark"], ["s0", "-3"]], "line 2: '-3' is no mark"),
        ([["id", "mark"], ["s0", "nan"]], "line 2: 'nan' is no mark"),
        ([["id", "mark"], ["s0", "3", "4"]], "line 2 has 3 cells, the header has 2"),
    ],
)
def test_a_slip_in_the_marks_gets_file_line_and_remedy(
    tmp_path: Path, rows: list[list[str]], sentence: str
) -> None:
    write_class(tmp_path, ["Ada Example"])
    write_results(tmp_path, "tp4", [hand_in("Ada Example", 12.0)])
    write_csv(tmp_path / "exam.csv", rows)

    with pytest.raises(CourseError) as caught:
        grade(tmp_path, TP4_QUARTER)

    assert sentence in str(caught.value)


def test_namesakes_without_identifiers_are_refused(tmp_path: Path) -> None:
    write_class(tmp_path, ["Ada Example", "Ada Example"])
    write_results(tmp_path, "tp1", [hand_in("Ada Example", 8.0)])

    with pytest.raises(CourseError, match="may be any of s0, s1: give the class list a column"):
        grade(tmp_path, PRACTICAL + tp(1))


def test_a_group_of_four_is_refused(tmp_path: Path) -> None:
    write_class(tmp_path, ["Ada", "Bob", "Cid", "Dan"])
    write_csv(tmp_path / "groups.csv", [["student", "group"], *([f"s{i}", "g"] for i in range(4))])
    write_results(tmp_path, "tp1", [hand_in("Ada", 8.0)])

    with pytest.raises(CourseError, match="group 'g' has more than 3 members"):
        grade(tmp_path, PRACTICAL + tp(1, GROUPS))


def test_best_of_works_out_of_different_points_is_refused(tmp_path: Path) -> None:
    practical(tmp_path, [4.0, 4.0])
    write_results(tmp_path, "tp2", [hand_in("Ada Example", 4.0, out_of=10.0)])

    with pytest.raises(CourseError, match="best_of needs works of equal weight"):
        grade(tmp_path, PRACTICAL + "best_of = 1\n" + tp(1) + tp(2))


@pytest.mark.parametrize("content", ["[]", "{", '{"submissions": [{}]}', '{"submissions": []}'])
def test_results_that_are_none_are_refused(tmp_path: Path, content: str) -> None:
    practical(tmp_path, [4.0])
    (tmp_path / "out/tp1/results.json").write_text(content, encoding="utf-8")

    with pytest.raises(
        CourseError, match=r"results\.json: (is not a file of grader grade|holds no hand-ins)"
    ):
        grade(tmp_path, PRACTICAL + tp(1))


# --- numbers ---


@pytest.mark.parametrize(
    ("value", "step", "up", "even"),
    [
        ("2.5", "1", "3", "2"),
        ("3.5", "1", "4", "4"),
        ("2.25", "0.5", "2.5", "2"),
        ("1.005", "0.01", "1.01", "1"),
        ("2.4999", "1", "2", "2"),
    ],
)
def test_the_middle_goes_where_the_rule_says(value: str, step: str, up: str, even: str) -> None:
    assert round_to(Fraction(value), Fraction(step), Rounding.HALF_UP) == Fraction(up)
    assert round_to(Fraction(value), Fraction(step), Rounding.HALF_EVEN) == Fraction(even)


def test_numbers_are_shown_as_they_are_or_marked_as_cut() -> None:
    assert [shown(Fraction(x)) for x in ("0", "7", "7.50", "0.0625")] == ["0", "7", "7.5", "0.0625"]
    assert shown(Fraction(1, 3)) == "0.3333…"
    assert plain(Fraction(29, 2)) == "14.5"
    assert plain(Fraction(20)) == "20"


def test_binary_noise_is_taken_for_the_decimal_it_stands_for() -> None:
    noisy = json.loads("2.0999999999999996", parse_float=__import__("decimal").Decimal)

    assert without_noise(noisy) == Fraction("2.1")


# --- laws ---


STUDENT = Student(id="s", name="Student")
quarters = st.integers(0, 80).map(lambda n: Fraction(n, 4))


@st.composite
def courses(draw: st.DrawFn) -> tuple[Rules, Gathered]:
    """Any rules with one to three parts of one to four works, and marks of one student."""
    parts: list[dict[str, Any]] = []
    marks: list[Mark] = []
    out_of: list[tuple[str, Fraction]] = []
    rule = draw(st.sampled_from(list(Rounding)))
    for p in range(draw(st.integers(1, 3))):
        works: list[dict[str, Any]] = []
        for w in range(draw(st.integers(1, 4))):
            name = f"p{p}w{w}"
            works.append({"id": name, "results": "x", **draw(works_rules())})
            out_of.append((name, Fraction(20)))
            marks += draw(marks_of(name))
        part = {"id": f"p{p}", "weight": draw(st.integers(1, 5)), "work": works}
        if len(works) > 1 and draw(st.booleans()):
            part["best_of"] = draw(st.integers(1, len(works) - 1))
            part["work"] = [{**work, "weight": 1} for work in works]
        if draw(st.booleans()):
            part["at_least"] = draw(st.integers(1, 10))
        if draw(st.booleans()):
            part["step"] = draw(st.sampled_from([Fraction(1, 2), 1]))
        parts.append(part)
    rules = Rules.model_validate(
        {
            "title": "Any",
            "students": "x",
            "out_of": 10,
            "rounding": rule.value,
            "step": draw(st.sampled_from([Fraction(1, 100), Fraction(1, 2), 1])),
            "part": parts,
        }
    )
    return rules, Gathered(students=(STUDENT,), marks=tuple(marks), out_of=tuple(out_of))


@st.composite
def works_rules(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if draw(st.booleans()):
        found["points"] = draw(st.integers(1, 30))
    if draw(st.booleans()):
        found["maximum"] = draw(st.integers(1, 30))
    if draw(st.booleans()):
        unit = draw(st.sampled_from(["points", "percent"]))
        found["late"] = {"per_day": draw(st.integers(0, 5)), "unit": unit}
    return found


@st.composite
def marks_of(draw: st.DrawFn, work: str) -> list[Mark]:
    def mark() -> Mark:
        return Mark(
            student="s",
            work=work,
            points=draw(st.none() | quarters),
            out_of=Fraction(20),
            penalty=Fraction(draw(st.integers(0, 3))),
            late_s=draw(st.sampled_from([0, 1, DAY, 3 * DAY])),
            excused=draw(st.sampled_from(["", "", "", "ill"])),
        )

    return [mark() for _ in range(draw(st.integers(0, 2)))]


def final(rules: Rules, gathered: Gathered) -> CourseGrade:
    return grade_class(rules, gathered)[0]


@settings(max_examples=150, deadline=None)
@given(courses(), st.randoms(use_true_random=False))
def test_order_never_matters(made: tuple[Rules, Gathered], random: Any) -> None:
    rules, gathered = made
    marks = random.sample(gathered.marks, len(gathered.marks))
    parts = tuple(
        p.model_copy(update={"work": tuple(random.sample(p.work, len(p.work)))}) for p in rules.part
    )
    shuffled = rules.model_copy(update={"part": tuple(random.sample(parts, len(parts)))})

    assert final(shuffled, replace(gathered, marks=tuple(marks))).grade == final(rules, gathered).grade


@settings(max_examples=300, deadline=None)
@given(courses(), st.data())
def test_more_points_never_lower_the_grade(made: tuple[Rules, Gathered], data: st.DataObject) -> None:
    rules, gathered = made
    if not gathered.marks:
        return
    which = data.draw(st.integers(0, len(gathered.marks) - 1))
    mark = gathered.marks[which]
    more = min(Fraction(20), (mark.points or Fraction(0)) + data.draw(quarters))
    better = replace(mark, points=more)
    marks = (*gathered.marks[:which], better, *gathered.marks[which + 1 :])

    before, after = final(rules, gathered).grade, final(rules, replace(gathered, marks=marks)).grade

    assert (before is None) == (after is None)
    assert before is None or after is None or after >= before


@settings(max_examples=150, deadline=None)
@given(courses())
def test_the_grade_is_rounded_once(made: tuple[Rules, Gathered]) -> None:
    rules, gathered = made
    unrounded_parts = tuple(p.model_copy(update={"step": None}) for p in rules.part)
    rules = rules.model_copy(update={"part": unrounded_parts})

    result = final(rules, gathered)

    if result.grade is None or result.unrounded is None:
        return
    shares = [p.grade for p in result.parts if p.grade is not None]
    total = sum((p.weight * p.grade for p in result.parts if p.grade is not None), Fraction(0))
    mean = total / sum(p.weight for p in result.parts if p.grade is not None)
    assert result.unrounded == mean or min(shares) <= result.unrounded < mean
    assert abs(result.grade - result.unrounded) <= rules.step / 2
    assert (result.grade / rules.step).denominator == 1


@given(
    quarters, st.sampled_from([Fraction(1, 4), Fraction(1, 2), Fraction(1)]), st.sampled_from(list(Rounding))
)
def test_rounding_again_changes_nothing(value: Fraction, step: Fraction, rule: Rounding) -> None:
    once = round_to(value, step, rule)

    assert round_to(once, step, rule) == once
