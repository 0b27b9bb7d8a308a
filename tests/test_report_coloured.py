"""Coloured source is what Pygments makes of it; what is kept is what would be made again."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers.python import PythonLexer

from grader.report import coloured
from grader.report.coloured import code_lines, tokens
from grader.report.kept import LONGEST, MOST, kept
from grader.report.notebook import code, markdown

ROOT = Path(__file__).parents[1]
SOURCES = sorted(
    [
        *(ROOT / "reference").glob("*.py"),
        *(ROOT / "grader/report").glob("*.py"),
        *(ROOT / "tests").glob("*.py"),
    ]
)
WORDS = """
def class import from as lazy match case _ async await for yield lambda return in not None True self print
ValueError __init__ __name__ name.print @wraps @ x2 été 0x1F 1_000 1e-3 .5j 5. 0b1 0o7 # ... -> := == ? $ €
{x:.2f} {{ }} { } %d %(a)s \\ \\n \\x41 \\N{DASH} \\" ( ) [ ] : , ; ! =
" ' \"\"\" \'\'\' r" f" rb' F\'\'\' f\"\"\" u" bR"
"""
FRAGMENTS = [*WORDS.split(), " ", "  ", "\n", "\n    ", "\t", "\r\n", "\ufeff", "\x0c"]


def all_tokens(source: str) -> list[object]:
    return list(tokens(source))


def by_pygments(source: str) -> list[tuple[object, str]]:
    return list(PythonLexer(stripnl=False, ensurenl=False).get_tokens(source))


def assert_is_coloured_as_by_pygments(source: str) -> None:
    found = by_pygments(source)
    assert list(tokens(source)) == found
    assert "\n".join(code_lines(source)) == coloured._html(found)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_source_is_coloured_as_pygments_colours_it(path: Path) -> None:
    assert_is_coloured_as_by_pygments(path.read_text("utf-8")[:20_000])


def test_source_that_was_cut_or_shaken_is_coloured_as_pygments_colours_it() -> None:
    draw = random.Random(0)
    for path in SOURCES[::3]:
        source = path.read_text("utf-8")[:6_000]
        cut, shaken = source[draw.randrange(len(source)) :], "".join(draw.sample(source, len(source)))

        assert_is_coloured_as_by_pygments(cut)
        assert_is_coloured_as_by_pygments(shaken)


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join))
def test_odd_source_is_coloured_as_pygments_colours_it(source: str) -> None:
    assert_is_coloured_as_by_pygments(source)


def test_statements_that_were_seen_before_are_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    source = (ROOT / "reference" / "tp4.py").read_text("utf-8")
    lines = code_lines(source)
    changed = source.replace("class Linear", "first = 1\nclass Linear", 1)
    looked: list[str] = []
    found = coloured._found
    monkeypatch.setattr(
        coloured, "_found", lambda code, ended: [looked.append(code), *found(code, ended)][1:]
    )

    assert len(code_lines(changed)) == len(lines) + 1
    assert looked == ["first = 1\n"]


def test_colouring_costs_less_than_pygments_alone() -> None:
    source = (ROOT / "reference" / "tp4.py").read_text("utf-8")
    seconds = {}
    for colour in (all_tokens, by_pygments):
        colour(source)
        seconds[colour] = min(_cpu_s(colour, source) for _ in range(5))

    assert seconds[all_tokens] < seconds[by_pygments]


def _cpu_s(colour: object, source: str) -> float:
    start = time.process_time()
    colour(source)  # type: ignore[operator]
    return time.process_time() - start


def test_each_line_of_a_string_has_its_colour_and_nothing_in_it_is_alive() -> None:
    lines = code_lines('x = """<b>\n\n&"""  # <i>')

    assert lines == [
        'x = <span class="ts">&#34;&#34;&#34;</span><span class="ts">&lt;b&gt;</span>',
        "",
        '<span class="ts">&amp;</span><span class="ts">&#34;&#34;&#34;</span>'
        '  <span class="tc"># &lt;i&gt;</span>',
    ]


def test_a_cell_that_two_students_share_is_marked_for_each_alone() -> None:
    mine = code("a = 1\nb = 0", "cell-3", frozenset({2}))
    theirs = code("a = 1\nb = 0", "cell-9", frozenset({1}))
    nobodys = code("a = 1\nb = 0", "cell-1", frozenset())

    assert 'id="cell-3-2"' in mine and "cell-9" not in mine
    assert 'id="cell-9-1"' in theirs and "cell-3" not in theirs
    assert "hit" not in nobodys


def test_an_anchor_is_escaped() -> None:
    assert "<b>" not in code("x", "<b>", frozenset({1}))


def test_text_is_sanitised_whether_it_is_met_first_or_again() -> None:
    words = "**bold** <script>alert(1)</script><img src=x onerror=alert(1)>"

    first, again = markdown(words), markdown(words)

    assert first == again
    assert "<strong>bold</strong>" in first and "script" not in first and "<img" not in first


def test_short_texts_are_made_once_and_only_so_many_are_kept() -> None:
    asked: list[str] = []
    make = kept(lambda words: asked.append(words) or len(words))  # type: ignore[func-returns-value]

    assert [make("a"), make("a")] == [1, 1]
    for i in range(MOST):
        make(f"other {i}")
    make("a")
    assert asked.count("a") == 2  # made again once it was the one longest not asked for

    long = "b" * (LONGEST + 1)
    assert [make(long), make(long)] == [LONGEST + 1] * 2
    assert asked.count(long) == 2
