"""Hand-ins compared with each other."""

from __future__ import annotations

import dataclasses
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.cli import main
from grader.model import Cell, Document
from grader.similar import write_page
from grader.similar.comparing import Comparison, compare
from grader.similar.writers import count_writers, writers_of
from grader.similar.writing import Handout, comments_of, handout_of, units_of, writing_of
from grader.store import create_or_open, lock
from tests.class_fakes import CARD, make_graded

STARTER = '''import numpy as np

def softmax(logits):
    """Probabilities of each row."""
    raise NotImplementedError("to be written")

def train(model, X, y):
    # each epoch takes every example once
    raise NotImplementedError("to be written")
'''
USUAL = """
def softmax(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
"""
ODD = """
def train(model, X, y):
    # my dear loop goes backwards today
    history = {}
    for epoch in range(17, 3, -1):
        for row in sorted(set(range(len(X))), key=lambda j: (j * 7919) % len(X)):
            history.setdefault(epoch, []).append(model.step(X[row : row + 1] * 1.0, y[row : row + 1]))
    return [sum(values) / max(1, len(values)) for values in history.values()]
"""
PLAIN = (
    "losses = []\nfor epoch in range(9):\n    order = np.random.permutation(len(X))\n"
    "    losses.append(model.step(X[order], y[order]))\nreturn losses",
    "order = np.arange(len(X))[::-1].copy()\nnp.random.shuffle(order)\n"
    "return np.array([model.fit(X, y, order=order) for _ in range(10)]).mean(axis=0)",
    "rng = np.random.default_rng(0)\nfor epoch in range(3):\n    for i in rng.permutation(len(X)):\n"
    "        model.forward(X[i])\n        model.backward(y[i])\n        model.step()",
    "batches = np.array_split(np.column_stack([X, y]), 8)\nwhile batches:\n    batch = batches.pop()\n"
    "    model.update(batch[:, :-1], batch[:, -1])\nreturn model.score(X, y)",
    "both = list(zip(X, y))\nimport random\nrandom.shuffle(both)\n"
    "return [model.learn(x, t) for x, t in both if t is not None]",
    "n, d = X.shape\nW = np.zeros((d, 3))\nW -= 0.1 * X.T @ (softmax(X @ W) - np.eye(3)[y]) / n\n"
    "model.W = W\nreturn [float(np.mean(np.argmax(X @ W, axis=1) == y))]",
    "accuracy = lambda: np.mean(model.predict(X) == y)\nbest = accuracy()\nmodel.step()\n"
    "return max(best, accuracy())",
    "try:\n    return model.train(X, y)\nexcept AttributeError:\n    return None",
)


def train(body: str) -> str:
    return "def train(model, X, y):\n" + "".join(f"    {line}\n" for line in body.splitlines())


def document(*cells: str) -> Document:
    return Document(
        path="tp4.ipynb",
        cells=tuple(
            Cell(kind="code", source=source, label=f"cell {i}", anchor=f"cell-{i}")
            for i, source in enumerate(cells)
        ),
    )


def compared(
    hand_ins: dict[str, Document],
    mistakes: dict[str, list[tuple[str, str]]] | None = None,
    reference: str = "",
) -> Comparison:
    handout = handout_of(STARTER)
    writings = [writing_of(key, key.title(), found, handout) for key, found in hand_ins.items()]
    return compare(writings, mistakes or {}, handout, reference)


def keys_of(found: Comparison) -> list[tuple[str, ...]]:
    """The clusters by their keys."""
    return [tuple(writing.key for writing in cluster) for cluster in found.clusters]


def ordinary_class() -> dict[str, Document]:
    return {f"s{i}": document(STARTER, USUAL, train(body)) for i, body in enumerate(PLAIN)}


def test_two_who_share_an_odd_function_come_first() -> None:
    found = compared(ordinary_class() | {"ada": document(USUAL, ODD), "bob": document(STARTER, ODD, USUAL)})
    first = found.pairs[0]
    assert {first.first.key, first.second.key} == {"ada", "bob"}
    assert first.rarity > 0.8
    assert ("ada", "bob") in keys_of(found)


def test_the_usual_answer_brings_nobody_together() -> None:
    hand_ins = {f"s{i}": document(STARTER, USUAL) for i in range(8)}
    assert compared(hand_ins).pairs == ()


@pytest.mark.parametrize(("copies", "others"), [(2, 0), (5, 0), (30, 0), (2, 7), (3, 7), (4, 7), (12, 8)])
def test_a_group_of_copies_is_found_whatever_its_share_of_the_class(copies: int, others: int) -> None:
    honest = dict(list(ordinary_class().items())[:others])
    copied = {f"copy{i:02}": document(STARTER, USUAL, ODD) for i in range(copies)}
    found = compared(honest | copied)
    assert keys_of(found) == [tuple(copied)]
    assert {key for pair in found.pairs for key in (pair.first.key, pair.second.key)} <= set(copied)
    assert all(pair.comments == ("my dear loop goes backwards today",) for pair in found.pairs)


@pytest.mark.parametrize("size", range(2, 9))
def test_a_small_class_of_honest_students_has_no_pairs(size: int) -> None:
    assert compared(dict(list(ordinary_class().items())[:size])).pairs == ()


def test_hand_ins_that_are_nearly_the_same_have_one_writer_and_short_ones_their_own() -> None:
    own = frozenset(range(200))
    hashes = {
        "a": own,
        "b": own | {200},
        "c": frozenset(range(1, 202)),
        "d": frozenset(range(150)),
        "e": frozenset(range(9)),
        "f": frozenset(range(9)),
    }
    assert writers_of(hashes, own) == {"a": "a", "b": "a", "c": "a", "d": "d", "e": "e", "f": "f"}


def test_beyond_the_reference_alike_is_near_enough_and_within_it_is_not() -> None:
    reference = frozenset(range(1000))
    usual = {"a": reference | {1001}, "b": reference - set(range(50))}
    copies = {"c": frozenset(range(950, 1200)), "d": frozenset(range(990, 1220))}
    writers = writers_of(usual | copies, reference)
    assert writers == {"a": "a", "b": "b", "c": "c", "d": "c"}


def test_copies_with_a_few_changes_are_found_where_the_reference_is_known() -> None:
    more = """
def draw(model, grid, axes):
    for depth, (left, right) in enumerate(zip(grid[:-1], grid[1:], strict=True)):
        shade = 1.0 / (2 + depth) if left < right else model.shade(left - right)
        axes.fill_between([left, right], shade, -shade, alpha=0.25 + shade / 8, label=str(depth))
    axes.set_xlim(min(grid) - 0.5, max(grid) + 0.5)
    axes.legend(loc="lower left", ncols=len(grid) // 3)
"""
    changes = (
        ("ncols=len(grid) // 3", ""),
        ("min(grid) - 0.5", "-1"),
        ("alpha=0.25 + shade / 8", "alpha=0.5"),
    )
    copied = {f"copy{i}": document(USUAL, ODD, more.replace(*change)) for i, change in enumerate(changes)}
    found = compared(ordinary_class() | copied, reference=STARTER + USUAL)
    assert keys_of(found) == [tuple(copied)]
    assert len(found.pairs) == 3


def test_what_one_writer_handed_in_often_is_counted_once() -> None:
    counts = count_writers({"a": {"x"}, "b": {"x", "y"}, "c": {"y"}}, {"a": "a", "b": "a", "c": "c"})
    assert counts == {"x": 1, "y": 2}


def test_cells_may_come_in_any_order() -> None:
    handout = handout_of(STARTER)
    one = writing_of("a", "A", document(USUAL, ODD), handout)
    other = writing_of("a", "A", document(ODD, USUAL), handout)
    assert one == other


def test_what_was_handed_out_is_nobodys_writing() -> None:
    writing = writing_of("a", "A", document(STARTER), handout_of(STARTER))
    assert writing.units == ()
    assert writing.comments == frozenset()


def test_names_and_layout_do_not_hide_a_copy() -> None:
    renamed = (
        ODD.replace("history", "journal").replace("epoch", "t").replace("row", "k").replace("    ", "\t")
    )
    found = compared(ordinary_class() | {"ada": document(ODD), "bob": document(renamed)})
    assert {found.pairs[0].first.key, found.pairs[0].second.key} == {"ada", "bob"}


def test_a_comment_that_two_wrote_is_shown() -> None:
    found = compared(ordinary_class() | {"ada": document(ODD), "bob": document(ODD)})
    assert found.pairs[0].comments == ("my dear loop goes backwards today",)


def test_a_rare_mistake_in_common_counts_and_a_frequent_one_does_not() -> None:
    hand_ins = ordinary_class()
    mistakes = {key: [("loss", "frequent")] for key in hand_ins}
    mistakes["s0"].append(("loss", "rare"))
    mistakes["s5"].append(("loss", "rare"))
    pairs = {(p.first.key, p.second.key): p.mistakes for p in compared(hand_ins, mistakes).pairs}
    assert pairs["s0", "s5"] == ("rare",)
    assert all("frequent" not in made for made in pairs.values())


def test_the_same_class_gives_the_same_comparison() -> None:
    hand_ins = ordinary_class() | {"ada": document(ODD), "bob": document(ODD)}
    assert compared(hand_ins) == compared(dict(reversed(hand_ins.items())))


@pytest.mark.parametrize("source", ["def f(:", "", "\x00", "(" * 500, "x = " + "[" * 90 + "]" * 90, "'''"])
def test_what_is_no_python_is_compared_as_text(source: str) -> None:
    compared({"a": document(source), "b": document(source), "c": document(USUAL)})


@given(st.text(max_size=200))
def test_any_text_has_units_and_comments(source: str) -> None:
    list(units_of(source))
    list(comments_of(source))


def test_nobody_to_compare_is_no_error() -> None:
    assert compare([], {}, Handout()).pairs == ()


def page_of(out: Path, hand_ins: dict[str, Document], language: str = "en") -> str:
    with create_or_open(out, CARD) as store:
        for position, (key, found) in enumerate(hand_ins.items()):
            store.put(dataclasses.replace(make_graded(key), document=found), position)
    return write_page(out, STARTER, language=language).path.read_text("utf-8")


@pytest.mark.parametrize("hand_ins", [{}, {"ada": document(ODD)}])
def test_the_page_says_that_fewer_than_two_cannot_be_compared(
    hand_ins: dict[str, Document], tmp_path: Path
) -> None:
    page = page_of(tmp_path, hand_ins)
    assert "There is nothing to compare" in page
    assert "No two hand-ins" not in page


def test_the_page_says_how_many_were_compared_and_how_many_could_not_be_read(tmp_path: Path) -> None:
    with create_or_open(tmp_path, CARD) as store:
        store.put(dataclasses.replace(make_graded("eve"), document=None), 99)
    page = page_of(tmp_path, ordinary_class())
    assert "8 hand-ins compared" in page
    assert "1 student without one that could be read" in page
    assert "A run was still writing" not in page


def test_the_page_says_that_a_run_was_still_writing(tmp_path: Path) -> None:
    page_of(tmp_path, ordinary_class())
    with lock(tmp_path):
        written = write_page(tmp_path, STARTER, language="fr")
    assert written.is_partial
    assert "Une exécution écrivait encore" in written.path.read_text("utf-8")


@pytest.mark.parametrize("code", ["en", "fr"])
def test_the_terminal_says_how_much_was_compared(
    code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page_of(tmp_path, ordinary_class())
    with lock(tmp_path), pytest.raises(SystemExit, match="0"):
        main(["similar", str(tmp_path), "--lang", code])
    out, err = capsys.readouterr()
    assert out == f"{tmp_path / 'similar.html'}\n"
    assert (
        err.splitlines()
        == {
            "en": [
                "8 hand-ins compared",
                "! A run was still writing: what it graded later is missing here."
                " Compare again when it has ended.",
            ],
            "fr": [
                "8 copies comparées",
                "! Une exécution écrivait encore : ce qu'elle a noté ensuite manque ici."
                " Comparez à nouveau quand elle sera terminée.",
            ],
        }[code]
    )


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        (("Participant 7", "Participant 8"), ("Participant 7", "Participant 8")),
        ((None, None), ("ada", "b&b")),
    ],
)
def test_students_of_one_name_are_told_apart_and_lead_to_their_pages(
    numbers: tuple[str | None, str | None], shown: tuple[str, str], tmp_path: Path
) -> None:
    with create_or_open(tmp_path, CARD) as store:
        for position, (key, number) in enumerate(zip(("ada", "b&b"), numbers, strict=True)):
            graded = make_graded(key)
            result = dataclasses.replace(graded.result, name="Sam Sample", identifier=number)
            store.put(dataclasses.replace(graded, result=result, document=document(ODD)), position)
    page = write_page(tmp_path, STARTER, language="en").path.read_text("utf-8")
    whose = [f"<bdi>Sam Sample</bdi> <small>{escape(number)}</small>" for number in shown]
    links = [
        f'<a href="students/{key}.html">{who}</a>' for key, who in zip(("ada", "b%26b"), whose, strict=True)
    ]
    assert f"<li>{links[0]}, {links[1]}</li>" in page
    assert f"{whose[0]} · {whose[1]}" in page
    assert all(f"<figcaption>{link}</figcaption>" in page for link in links)


def test_the_page_says_that_nothing_rare_is_shared(tmp_path: Path) -> None:
    page = page_of(tmp_path, ordinary_class())
    assert "No two hand-ins have much code" in page
    assert "There is nothing to compare" not in page


def test_the_page_shows_pairs_and_runs_nothing(tmp_path: Path) -> None:
    evil = ODD.replace("# my dear loop", "# <script>alert(1)</script> my dear loop")
    page = page_of(tmp_path, ordinary_class() | {"ada": document(evil), "bob": document(evil)})
    assert "Student ada" in page
    assert "<script>alert" not in page
    assert "no point is taken off" in page
    assert "more than 2 hand-ins and more than 25% of all" in page
