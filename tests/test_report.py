"""Pages from values: who sees what, what strangers' words become, what a page weighs."""

from __future__ import annotations

import html
import math
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.i18n import language
from grader.model import (
    Array,
    CheckResult,
    Compared,
    Correction,
    Graded,
    Outcome,
    State,
    Text,
    Visibility,
    text,
    verbatim,
)
from grader.report import Audience, StudentView, class_page, class_row, seen_by, student_page
from grader.report.evidence import show
from grader.report.figures import check_figures, correlation, mistake_figures, spread
from grader.report.notebook import markdown
from grader.report.numbers import aligned, index_of, nice_ticks, quantile
from grader.report.page import OUTCOMES
from grader.report.plain import plain, spelled_out, with_code
from grader.report.svg import number
from grader.store import Comment
from tests.pages import hostile, synthetic

EN = language("en")
GOLDEN = Path(__file__).parent / "pages" / "golden"


def page_of(audience: str = "student", *, after_due: bool = True, **more: object) -> str:
    view = StudentView(
        card=synthetic.card(), graded=synthetic.everything(), audience=audience, after_due=after_due, **more
    )  # type: ignore[arg-type]
    return student_page(view, language="en")


def words_of(page: str) -> str:
    """What a reader reads."""
    body = page.partition("<body")[2]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


# --- who sees what ------------------------------------------------------------------------------------


@pytest.mark.parametrize("after_due", [False, True])
def test_students_never_see_numbers_evidence_or_details_of_hidden_checks(after_due: bool) -> None:
    page = page_of(after_due=after_due)

    assert "SECRET" not in page
    assert "loss_stable" not in page and "800 apart" not in page
    assert "The loss is not finite." in page  # the pattern is told


def test_what_opens_after_the_due_date_is_closed_before() -> None:
    before, after = words_of(page_of(after_due=False)), words_of(page_of(after_due=True))

    assert "keeps the mean" not in before and "is not divided by 1 − rate" not in before
    assert "keeps the mean" in after and "is not divided by 1 − rate" in after


def test_staff_see_everything() -> None:
    page = page_of("staff", after_due=False)

    assert "SECRET-DETAIL" in page and "SECRET-NUMBER" in page and "800 apart" in page
    assert "isolation: medium" in page and "participant" in page


def test_what_is_left_out_is_not_in_the_value() -> None:
    result = synthetic.everything().result

    seen = seen_by(result, Audience.STUDENT, after_due=True)

    for before, after in zip(result.checks, seen.checks, strict=True):
        assert after.detail == ""
        assert (after.points, after.outcome, after.group) == (before.points, before.outcome, before.group)
        if before.visibility is not Visibility.PUBLIC:
            assert (after.evidence, after.numbers) == ((), Text())
        if before.visibility is Visibility.HIDDEN:
            assert after.check != before.check and after.title == Text() and after.hypotheses == ()


@pytest.mark.parametrize("visibility", [Visibility.HIDDEN, Visibility.AFTER_DUE])
def test_an_exception_cannot_quote_the_input_of_a_hidden_check(visibility: Visibility) -> None:
    message = text(
        "{call} raised {exception}: {words} ({where}, line {line})",
        call="f(X)", exception="E", words="SECRET-INPUT", where="cell 4", line=14,
    )  # fmt: skip
    graded = synthetic.everything()
    checks = tuple(
        replace(c, visibility=visibility, outcome=Outcome.ERROR, points=0.0, message=message)
        for c in graded.result.checks
    )

    view = StudentView(
        card=synthetic.card(),
        graded=replace(graded, result=replace(graded.result, checks=checks)),
        after_due=True,
    )
    page = student_page(view, language="en")

    assert "SECRET-INPUT" not in page
    assert "Your code raised an error in cell 4, line 14." in page


def test_a_correction_of_a_hidden_check_does_not_name_it() -> None:
    correction = Correction(key="ada-example", check="loss_stable", points=0.5, reason="close", author="ta1")

    words = words_of(page_of(corrections=(correction,)))

    assert "loss_stable" not in words and "logits" not in words
    assert "Hidden check" in words and "close" in words and "ta1" not in words


# --- what the page says ---------------------------------------------------------------------------------


def test_points_corrections_and_lateness_stay_apart() -> None:
    correction = Correction(key="ada-example", check="linear_backward", points=1.0, reason="r", author="ta1")

    words = words_of(page_of(corrections=(correction,)))

    assert re.search(r"checks 2\.7 changed by a teacher \+1 late −2 final 1\.7", words)
    assert "0 → 1" in words


def test_what_did_not_pass_comes_first_and_what_passed_is_folded() -> None:
    page = page_of()

    assert page.index('id="todo"') < page.index('id="waiting"') < page.index('id="done"')
    assert re.search(r"<details>\s*<summary><h2 id=\"done\">", page)


def test_every_outcome_has_its_word_and_its_icon() -> None:
    page = page_of("staff")

    for outcome, words in OUTCOMES.items():
        assert str(words) in page
        assert f'id="i-{outcome.value}"' in page and f'href="#i-{outcome.value}"' in page


def test_every_kind_of_state_has_a_page() -> None:
    for state in (State.NOTHING_SUBMITTED, State.UNREADABLE):
        graded = synthetic.without_checks("c", "Chloé Example", state, text("Nothing was handed in."))

        words = words_of(student_page(StudentView(card=synthetic.card(), graded=graded), language="en"))

        assert "Nothing was handed in." in words and "0 / 20" in words


def test_comments_are_markdown_without_anything_alive() -> None:
    body = "Look at **slide 12**. <script>alert(1)</script><img src=http://a.invalid/x>"
    comment = Comment(
        id=1, key="ada-example", check="linear_backward", body=body, author="ta", made_at=datetime.now(UTC)
    )

    page = page_of(comments=(comment,))

    assert "<strong>slide 12</strong>" in page
    assert "alert(1)" not in page and "a.invalid" not in page


def test_the_same_values_give_the_same_bytes() -> None:
    rows = [class_row(graded) for graded in synthetic.students(30)]

    assert page_of() == page_of()
    assert class_page(synthetic.card(), rows, language="en", tier=None) == class_page(
        synthetic.card(), list(rows), language="en", tier=None
    )


def test_a_page_asks_nothing_of_anybody() -> None:
    rows = [class_row(graded) for graded in synthetic.students(30)]
    for page in (page_of(), class_page(synthetic.card(), rows, language="en", tier=None)):
        assert "default-src 'none'" in page
        assert not re.search(r"(src|href|action)=[\"']?(https?:|//)", page)
        assert "unsafe" not in page.partition("<style>")[0]


def test_anonymous_pages_have_no_name_and_no_file() -> None:
    page = page_of("staff", anonymous=True)

    assert "Ada Example" not in page and "tp4.ipynb</code>" not in page


# --- strangers' words -----------------------------------------------------------------------------------


def test_escapes_controls_and_bidi_marks_are_shown_as_what_they_are() -> None:
    assert plain("\x1b[31mred\x1b[0m") == "red"
    assert plain("a\u202eb\u2066c\x00\ud800") == "a[U+202E]b[U+2066]c[U+0000][U+D800]"
    assert plain("two\r\nlines\tand") == "two\nlines\tand"
    assert plain("e" + "\u0301" * 500) == "e" + "\u0301" * 4


@given(st.text(st.characters(codec=None), max_size=300))
def test_plain_text_can_be_written_and_holds_no_control(words: str) -> None:
    shown = plain(words)

    shown.encode("utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", shown)
    assert plain(shown) == shown


@given(
    st.text(
        st.characters() | st.sampled_from("\x00\t\n\x1b\x7f\x85\u202e\u2028\ud83d\ude00\ufeff\U000e0041é€😀")
    )
)
def test_hidden_characters_are_spelled_out_wherever_they_are(words: str) -> None:
    one_by_one = "".join(map(spelled_out, words))

    assert spelled_out(words) == one_by_one
    assert spelled_out("page " * 50 + words) == "page " * 50 + one_by_one


def test_hidden_characters_have_their_number() -> None:
    assert spelled_out("a\x00é\u202eb\ud800\n") == "a[U+0000]é[U+202E]b[U+D800]\n"


def test_backticks_become_code_and_nothing_else_becomes_markup() -> None:
    assert with_code("`a<b` & <i>") == "<code>a&lt;b</code> &amp; &lt;i&gt;"


def test_markdown_keeps_text_tables_and_formulas_only() -> None:
    shown = markdown(
        "# T\n\n|a|b|\n|-|-|\n|1|2|\n\n$x$ <b onclick=x>b</b> <img src=x> [j](javascript:a) [m](http://m/)"
    )

    assert "<h3>T</h3>" in shown and "<table>" in shown and "<b>b</b>" in shown
    assert "img" not in shown and "javascript" not in shown and "onclick" not in shown
    assert '<a href="http://m/"' in shown


def test_formulas_are_mathml_and_nothing_in_them_is_alive() -> None:
    shown = markdown(
        "$\\frac{a}{b}$\n\n$$x_1^2$$\n\n$\\href{javascript:alert(1)}{x}$ $\\style{color:red}{x}$ $\\frac$"
    )

    assert "<mfrac>" in shown and '<math display="block">' in shown and "<msubsup>" in shown
    assert "href" not in re.sub(r"\\\\href", "", shown).replace("\\href", "") and "style=" not in shown


@pytest.mark.parametrize(
    "tex", ["{" * 590, "\\frac" * 100, "\\left(" * 90, "x^x^x", "\\text{<script>}", "&" * 500]
)
def test_formulas_that_cannot_be_read_stay_as_they_are_written(tex: str) -> None:
    assert "<script" not in markdown(f"$${tex}$$")


def test_a_hostile_submission_fits_in_two_megabytes_and_little_time() -> None:
    view = StudentView(
        card=hostile.card(), graded=hostile.graded(), corrections=hostile.corrections(), audience="staff"
    )
    start = time.process_time()

    page = student_page(view, language="fr")

    assert time.process_time() - start < 8
    assert len(page.encode("utf-8")) < 2_000_000
    assert "<script>window" not in page and "onerror='" not in page


# --- numbers and pictures -------------------------------------------------------------------------------


def test_numbers_of_an_array_share_their_decimals() -> None:
    assert aligned([0.5, 12.25, -3.0]) == ["0.50", "12.25", "-3.00"]
    assert aligned([1.0, 2.0, 30.0]) == ["1", "2", "30"]
    assert aligned([1e-9, 1.0]) == ["1.000e-09", "1.000e+00"]
    assert aligned([math.nan, math.inf, -math.inf, 0.0]) == ["nan", "inf", "-inf", "0"]


def test_places_are_counted_from_the_last_axis() -> None:
    assert index_of(7, (2, 5)) == "[1, 2]"
    assert index_of(0, ()) == "[]"


@given(st.floats(allow_nan=True), st.floats(allow_nan=True))
def test_ticks_are_few_and_finite_whatever_the_range(low: float, high: float) -> None:
    ticks = nice_ticks(low, high)

    assert 1 <= len(ticks) <= 20
    assert all(map(math.isfinite, ticks))


def test_small_arrays_are_tables_with_the_differing_entries_marked() -> None:
    got = Array(shape=(2, 2), dtype="float64", values=(1.0, 2.0, 3.0, 4.0))
    expected = replace(got, values=(1.0, 2.5, 3.0, 4.0))

    shown = show(Compared(name="W", got=got, expected=expected, differs=(False, True, False, False)), EN)

    assert [g.rows for g in shown.grids] == [
        (("1.0", "2.0"), ("3.0", "4.0")),
        (("1.0", "2.5"), ("3.0", "4.0")),
    ]
    assert shown.grids[0].marked == ((False, True), (False, False))
    assert shown.words == "1 of 4 entries shown differ."


def test_large_arrays_are_heat_maps_with_the_first_entries_in_numbers() -> None:
    shown = show(synthetic._large(), EN)

    assert [caption.partition(" ")[0] for caption, _ in shown.images] == ["yours", "expected", "difference"]
    assert all('role="img" aria-label="' in image for _, image in shown.images)
    assert shown.table is not None and shown.table.rows[0] == ("[0, 10]", "0.796", "0.398", "× 2")
    assert shown.table.more == "and 67 more entries"


@pytest.mark.parametrize("piece", hostile.evidence(), ids=lambda e: type(e).__name__)
def test_nonsense_in_evidence_is_drawn_without_failing(piece: object) -> None:
    shown = show(piece, EN)

    assert sum(len(image) for _, image in shown.images) < 300_000
    assert not any("<script" in image or " nan" in image for _, image in shown.images)


def test_every_picture_says_in_words_what_it_shows() -> None:
    for check in synthetic.everything().result.checks:
        for piece in check.evidence:
            shown = show(piece, EN)
            assert all(re.search(r'aria-label="[^"]{10,}"', image) for _, image in shown.images)


@pytest.mark.parametrize(
    ("value", "words"),
    [(-0.001, "0"), (0.0, "0"), (12.0, "12"), (100.0, "100"), (1.005, "1"), (-2.346, "-2.35")],
)
def test_numbers_of_a_picture_are_short(value: float, words: str) -> None:
    assert number(value) == words


# --- the class ------------------------------------------------------------------------------------------


def test_discrimination_is_the_correlation_with_the_rest() -> None:
    assert correlation([0, 1, 0, 1], [1, 3, 1, 3]) == pytest.approx(1.0)
    assert correlation([0, 1, 0, 1], [3, 1, 3, 1]) == pytest.approx(-1.0)
    assert correlation([1, 1, 1], [1, 2, 3]) is None


def test_figures_count_those_who_were_graded_only() -> None:
    rows = [class_row(graded) for graded in synthetic.students(40)]
    ran = [row for row in rows if row.was_run]

    figures = {f.check.name: f for f in check_figures(synthetic.card().checks, rows)}
    backward = [o for row in ran for name, o, _ in row.outcomes if name == "linear_backward"]

    assert figures["linear_backward"].n == len(ran) < len(rows)
    assert figures["linear_backward"].passed == backward.count(Outcome.PASSED) / len(ran)
    assert figures["linear_backward"].mistakes[0][0] == "missing_mean"


def test_mistakes_name_everyone_who_shares_them_once() -> None:
    rows = [class_row(graded) for graded in synthetic.students(40)]

    for mistake in mistake_figures(rows):
        keys = [row.key for row in mistake.rows]
        assert len(set(keys)) == len(keys)
        assert set(keys) == {row.key for row in rows if any(m == mistake.id for _, m in row.mistakes)}


def test_full_marks_lie_in_the_last_bin() -> None:
    rows = [class_row(Graded(result=synthetic.result("a", "Ada Example", set())))]

    assert spread(rows, 20.0).bins == (0,) * 19 + (1,)
    assert quantile([1.0, 2.0, 3.0, 4.0], 0.25) == 1.75


def test_who_needs_a_person_comes_first_until_reviewed() -> None:
    broken = Graded(result=synthetic.result("a", "Ada Example", {"validate_changes_nothing"}))

    asked = class_page(synthetic.card(), [class_row(broken)], language="en", tier=None)
    done = class_page(synthetic.card(), [class_row(broken, is_reviewed=True)], language="en", tier=None)

    assert asked.index('id="queue"') < asked.index('id="students"')
    assert 'id="queue"' not in done


def test_a_class_of_500_renders_in_three_seconds_and_three_megabytes() -> None:
    rows = [class_row(graded) for graded in synthetic.students(500)]
    assert sum(len(row.outcomes) for row in rows) > 9_000
    start = time.process_time()

    page = class_page(synthetic.card(), rows, language="en", tier=None)

    assert time.process_time() - start <= 3
    assert len(page.encode("utf-8")) <= 3_000_000


def test_an_author_s_sentence_may_hold_braces() -> None:
    check = CheckResult(
        check="binary",
        group="Loss",
        visibility=Visibility.PUBLIC,
        outcome=Outcome.PASSED,
        points=1,
        out_of=1,
        title=text("targets t in {0, 1}"),
        message=verbatim("set {x}"),
    )
    result = replace(synthetic.result("a", "Ada Example", set()), checks=(check,))

    words = words_of(
        student_page(StudentView(card=synthetic.card(), graded=Graded(result=result)), language="fr")
    )

    assert "targets t in {0, 1}" in words and "set {x}" in words


# --- golden files -----------------------------------------------------------------------------------------


def outline_of(page: str) -> str:
    """What a page says, a line per block: the part of a page whose changes a person should look at."""
    body = page.partition("<body")[2].partition(">")[2].partition("<script>")[0]
    body = re.sub(r"<svg class=\"sprite\".*?</svg>", "", body, flags=re.DOTALL)
    body = re.sub(r"<(?:p|li|tr|h\d|div|section|article|summary|dt|figure|table|pre)\b[^>]*>", "\n", body)
    body = re.sub(r"<svg[^>]* aria-label=\"([^\"]*)\".*?</svg>", r" [picture: \1] ", body, flags=re.DOTALL)
    body = re.sub(r"</t[dh]>", " | ", body)
    lines = (
        re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", line))).strip(" |")
        for line in body.split("\n")
    )
    return "\n".join(line for line in lines if line) + "\n"


@pytest.mark.parametrize("name", ["student.en", "student.fr", "staff.en", "class.en", "class.fr"])
def test_pages_say_what_they_said(name: str, request: pytest.FixtureRequest) -> None:
    kind, _, code = name.partition(".")
    if kind == "class":
        rows = [class_row(graded) for graded in synthetic.students(12)]
        page = class_page(synthetic.card(), rows, language=code, tier=None)
    else:
        view = StudentView(
            card=synthetic.card(), graded=synthetic.everything(), audience=kind, after_due=True
        )
        page = student_page(view, language=code)
    golden = GOLDEN / f"{name}.txt"
    if request.config.getoption("--update-golden"):
        golden.write_text(outline_of(page), encoding="utf-8")

    assert outline_of(page) == golden.read_text(encoding="utf-8")
