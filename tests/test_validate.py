"""The grader of the grader."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from grader.assignment import Assignment, load_assignment
from grader.errors import AssignmentError
from grader.model import Outcome
from grader.skeleton import write_skeleton
from grader.validate import Validation, validate, weak
from grader.validate.accepted import FILE, Survivor, read_accepted
from grader.validate.mutants import mutants_of
from grader.validate.page import validation_page
from grader.validate.proving import Finding, prove_mistakes, prove_programs
from grader.validate.trying import Probe, Seeded, Tried, weaknesses


def change(root: Path, path: str, old: str, new: str) -> Assignment:
    """A skeleton with one thing changed."""
    write_skeleton("tp5", root, title="Changed")
    file = root / path
    assert old in file.read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    return load_assignment(root / "assignments" / "tp5")


def about(findings: Sequence[Finding]) -> str:
    return "\n".join(p for f in findings for p in f.problems)


# --- what is not sound --------------------------------------------------------------------------------------


def test_a_mistake_that_no_check_catches_is_told(tmp_path: Path) -> None:
    mistake = "assignments/tp5/mistakes/summed.py"
    assignment = change(tmp_path, mistake, "np.sum((p - y) ** 2)", "np.mean((p - y) ** 2)")

    assert "no check catches it" in about(prove_mistakes(assignment.folder, 0))


def test_two_mistakes_that_are_the_same_are_a_tie(tmp_path: Path) -> None:
    write_skeleton("tp5", tmp_path, title="Tie")
    folder = tmp_path / "assignments" / "tp5" / "mistakes"
    (folder / "again.py").write_bytes((folder / "summed.py").read_bytes())

    found = prove_mistakes(folder.parent, 0)

    assert {f.name: f.ties for f in found if f.ties} == {"again": ("summed",), "summed": ("again",)}
    assert about(found) == ""


def test_programs_that_earn_too_much_or_too_little_are_told(tmp_path: Path) -> None:
    given = "    return np.mean((p - y) ** 2)\n    # BEGIN SOLUTION\n"
    assignment = change(
        tmp_path, "reference/tp5.py", "    # BEGIN SOLUTION\n    return np", given + "    return np"
    )
    variant = assignment.folder / "variants" / "with_loops.py"
    variant.write_text(variant.read_text("utf-8").replace("2.0", "3.0"), "utf-8")

    words = about(prove_programs(assignment.folder, 0, "portable"))

    assert "loss_value gives 1 points" in words  # to the starter
    assert "gradient_value: failed" in words  # the variant


def test_what_is_right_must_stay_right_with_other_seeds() -> None:
    runs = [Seeded("", 1, (("a", Outcome.PASSED),)), Seeded("float32", 1, (("a", Outcome.FAILED),))]

    assert list(weak.unstable_right(runs)) == ["float32 does not pass a with seed 1: failed"]


def test_checks_that_kill_few_mutants_are_not_sound(tmp_path: Path) -> None:
    idle = "    idle = 1\n    idle = 2\n    return np.mean("
    assignment = change(tmp_path, "reference/tp5.py", "    return np.mean(", idle)

    found = validate(assignment, seed=0, isolation="portable")

    assert found.problems == ("8 of 12 mutants lose points: fewer than 95 %",)
    assert not found.is_sound
    assert "mutant keeps all points: mean_squared_error: idle = 1 => pass" in found.weak_spots


# --- mutants ----------------------------------------------------------------------------------------------


def mutants(body: str) -> list[str]:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    source = f"def f(x):\n    # BEGIN SOLUTION\n{lines}\n    # END SOLUTION\n"
    return [m.id.removeprefix("f: ") for m in mutants_of(source)]


def test_operators_axes_constants_and_lines_are_mutated() -> None:
    found = mutants("y = x - x.max(axis=1)\nreturn y.T @ x")

    assert found == [
        "y = x - x.max(axis=1) => pass",
        "y = x - x.max(axis=1) => y = x + x.max(axis=1)",
        "y = x - x.max(axis=1) => y = x - x.max()",
        "y = x - x.max(axis=1) => y = x - x.min(axis=1)",
        "y = x - x.max(axis=1) => y = x - x.max(axis=0)",
        "return y.T @ x => return x @ y.T",
        "return y.T @ x => return y @ x",
    ]


def test_only_solutions_are_mutated() -> None:
    assert mutants_of("def f(x):\n    return x + 1\n") == ()


def test_docstrings_are_not_mutated() -> None:
    assert mutants('"""1 + 1."""\nreturn x') == []


def test_a_mutant_compiles_and_differs() -> None:
    source = "def f(x):\n    # BEGIN SOLUTION\n    return x > 0\n    # END SOLUTION\n"

    for mutant in mutants_of(source):
        names: dict[str, object] = {}
        exec(compile(mutant.source, "mutant", "exec"), names)
        assert [names["f"](x) for x in (-1, 0, 1, 2)] != [False, False, True, True]  # type: ignore[operator]


# --- mutants.toml -----------------------------------------------------------------------------------------


def test_a_survivor_that_is_explained_does_not_count(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('[[survivor]]\nmutant = "a => b"\nreason = "the same"\n')
    tried = (Tried("a => b", "", "passed"), Tried("c => d", "some_check", "failed"))

    accepted = read_accepted(tmp_path)

    assert weak.mutant_share(tried, accepted) == (1, 1)
    assert weak.unexplained(tried, accepted) == ()


def test_an_explanation_of_nothing_is_told() -> None:
    accepted = {"a => b": Survivor(mutant="a => b", reason="the same")}

    assert list(weak.stale((Tried("a => b", "some_check", "failed"),), accepted)) == [
        "mutants.toml explains what does not survive: a => b"
    ]


@pytest.mark.parametrize("words", ['[[survivor]]\nmutant = "a"\n', "[[survivor]\n", "survivors = 3\n"])
def test_a_wrong_list_of_survivors_is_one_sentence(tmp_path: Path, words: str) -> None:
    (tmp_path / FILE).write_text(words)

    with pytest.raises(AssignmentError, match=r"mutants\.toml"):
        read_accepted(tmp_path)


# --- weak spots -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.ones((3, 3)) + np.eye(3), "is square"),
        (np.zeros((4, 3)), "is zero throughout"),
        (np.full(4, 2.0), "is constant"),
    ],
)
def test_inputs_that_hide_mistakes_are_told(array: np.ndarray, words: str) -> None:
    assert any(words in w for w in weaknesses(array))


def test_inputs_that_hide_nothing_are_not_told() -> None:
    assert weaknesses(np.arange(12.0).reshape(4, 3)) == []
    assert weaknesses(np.zeros(4, dtype=int)) == []  # labels


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Validation:
    root = tmp_path_factory.mktemp("author")
    write_skeleton("tp5", root, title="Sound")
    assignment = load_assignment(root / "assignments" / "tp5")
    return validate(assignment, seed=0, isolation="portable", with_mutants=False)


def test_a_check_that_alone_catches_a_mistake_is_told(sound: Validation) -> None:
    assert "check loss_value alone catches summed" in sound.weak_spots


def test_a_verdict_that_changes_with_the_seed_is_told(sound: Validation) -> None:
    other = Seeded("summed", 1, (("loss_value", Outcome.PASSED),))

    assert list(weak.unstable_mistakes(sound.mistakes, [other])) == [
        "check loss_value says failed of mistake summed, but passed with seed 1"
    ]


def test_a_slow_check_is_told() -> None:
    assert list(weak.slow_checks([Probe("training", 3.25, ()), Probe("shapes", 0.01, ())])) == [
        "check training takes 3.2 s on the reference"
    ]


def test_the_page_shows_who_catches_what(sound: Validation) -> None:
    page = validation_page([sound])

    assert "✔ Sound." in page
    assert 'class="named" title="summed, loss_value: failed"' in page
    assert "<script" not in page


def test_the_page_escapes_what_an_author_wrote(sound: Validation) -> None:
    card = dataclasses.replace(sound.card, id="<b>tp5</b>")

    assert "<b>tp5" not in validation_page([dataclasses.replace(sound, card=card)])
