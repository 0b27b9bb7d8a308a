"""`grader check --ready`, and what a student means who names little."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.assignment import Assignment, load_assignment
from grader.cli import app
from grader.cli.choosing import newest_file, only_assignment
from grader.cli.watching import changes
from grader.errors import SourceError
from grader.grade import grade_submission, open_desk
from grader.model import HandedFile, Submission
from grader.ready import Point, Verdict, look_over
from grader.sandbox import Slot, open_slot
from grader.skeleton import write_skeleton


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("course")
    write_skeleton("tp5", root, title="Mean squared error")
    return root


@pytest.fixture(scope="module")
def assignment(root: Path) -> Assignment:
    return load_assignment(root / "assignments" / "tp5")


@pytest.fixture(scope="module")
def slot() -> Iterator[Slot]:
    with open_slot(isolation="portable", preload=("numpy",)) as slot:
        yield slot


def look(assignment: Assignment, slot: Slot, name: str, content: str | bytes) -> tuple[Point, ...]:
    data = content if isinstance(content, bytes) else content.encode()
    submission = Submission(key="you", name="", files=(HandedFile(path=name, content=data),))
    return look_over(submission, assignment, slot, seed=0)


def bad(points: tuple[Point, ...]) -> list[str]:
    return [f"{p.verdict.value}: {p.found} {p.todo}" for p in points if p.verdict is not Verdict.GOOD]


def notebook(*sources: str, output: str = "") -> str:
    outputs = [{"output_type": "stream", "name": "stdout", "text": output}] if output else []
    cell = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": outputs}
    document = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}}
    return json.dumps(document | {"cells": [cell | {"source": s} for s in sources]})


def test_the_reference_is_ready(assignment: Assignment, slot: Slot) -> None:
    assert assignment.reference is not None

    assert bad(look(assignment, slot, "tp5.py", assignment.reference.read_bytes())) == []


def test_a_strange_name_is_told_with_a_better_one(assignment: Assignment, slot: Slot) -> None:
    assert "warning: work.py is not a name that is looked for first. Call it tp5.py." in bad(
        look(assignment, slot, "work.py", "x = 1")
    )


def test_names_that_are_missing_are_named(assignment: Assignment, slot: Slot) -> None:
    found = bad(look(assignment, slot, "tp5.py", "def mean_squared_error(p, y): return 0"))

    assert any(words.startswith("problem: Not defined: loss_gradient.") for words in found)


def test_imports_that_are_not_allowed_are_named(assignment: Assignment, slot: Slot) -> None:
    found = bad(look(assignment, slot, "tp5.py", "import torch\nx = torch.zeros(3)"))

    assert any("torch" in words and words.startswith("problem") for words in found)


def test_a_cell_that_fails_from_a_clean_start_is_named(assignment: Assignment, slot: Slot) -> None:
    found = bad(look(assignment, slot, "tp5.ipynb", notebook("x = 1", "y = not_there + 1")))

    assert any("do not run to their end: cell 2." in words for words in found)


def test_paths_of_data_are_told(assignment: Assignment, slot: Slot) -> None:
    source = "import numpy as np\ndef data():\n    return np.load('C:/Users/me/train.npy')\n"

    found = bad(look(assignment, slot, "tp5.py", source))

    assert any("It reads C:/Users/me/train.npy" in words for words in found)


def test_large_outputs_are_told_with_their_cell(assignment: Assignment, slot: Slot) -> None:
    found = bad(look(assignment, slot, "tp5.ipynb", notebook("x = 1", output="y" * 2_000_000)))

    assert any("most of it in cell 1" in words for words in found)


def test_what_is_no_notebook_is_said_to_be_none(assignment: Assignment, slot: Slot) -> None:
    assert bad(look(assignment, slot, "tp5.ipynb", b"\x00\x01"))[-1].startswith("problem:")


# --- naming little ----------------------------------------------------------------------------------------


def test_the_only_assignment_needs_no_name(root: Path) -> None:
    assert only_assignment(root / "x.py", ()).name == "tp5"


def test_among_several_the_files_name_decides(root: Path, tmp_path: Path) -> None:
    for tp in ("tp6", "tp7"):
        write_skeleton(tp, tmp_path, title=tp)

    assert only_assignment(tmp_path / "TP7_final.py", ()).name == "tp7"
    with pytest.raises(SourceError, match=r"several assignments here \(tp6, tp7\)"):
        only_assignment(tmp_path / "work.py", ())


def test_without_a_file_the_newest_with_the_right_name_is_taken(tmp_path: Path) -> None:
    for age, name in enumerate(["other.py", "tp5.ipynb", "tp5.py"]):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, ns=(10**18 - age, 10**18 - age))

    assert newest_file(tmp_path, ["tp5*.ipynb", "tp5*.py", "*.py"]).name == "tp5.ipynb"


def test_a_file_that_is_saved_is_noticed_once(tmp_path: Path) -> None:
    file = tmp_path / "tp5.py"
    file.write_text("a")
    pauses = iter(["bb", None, "", "ccc"])  # saved, left alone, empty for a moment, saved

    def pause() -> None:
        words = next(pauses)
        if words is not None:
            file.write_text(words)

    noticed = changes(file, pause=pause)
    seen = []
    for _ in range(3):
        next(noticed)
        seen.append(file.read_text())

    assert seen == ["bb", "", "ccc"]


def test_check_in_a_folder_needs_neither_assignment_nor_file(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    monkeypatch.delenv("GRADER_ASSIGNMENTS", raising=False)
    (root / "tp5.py").write_bytes((root / "reference" / "tp5.py").read_bytes())

    result = CliRunner().invoke(app, ["check", "--lang", "en"])

    assert result.exit_code == 0, result.output
    assert "public 2/2; 2 hidden points not run here" in result.output


def test_check_ready_says_so(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    monkeypatch.delenv("GRADER_ASSIGNMENTS", raising=False)
    (root / "tp5.py").write_bytes((root / "reference" / "tp5.py").read_bytes())

    result = CliRunner().invoke(app, ["check", "--ready", "tp5.py", "--lang", "en"])

    assert result.exit_code == 0, result.output
    assert "Ready to be handed in." in result.output


# --- without fork -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fork", [True, False])
def test_the_verdicts_are_the_same_where_there_is_no_fork(assignment: Assignment, fork: bool) -> None:
    source = "import numpy as np\ndef mean_squared_error(p, y): return np.mean((p - y) ** 2)\n"
    slow = "def loss_gradient(p, y):\n    while True:\n        pass\n"
    file = HandedFile(path="tp5.py", content=(source + slow).encode())
    settings = assignment.settings.model_copy(
        update={"limits": assignment.settings.limits.model_copy(update={"check_s": 0.5})}
    )
    hurried = dataclasses.replace(assignment, settings=settings)

    with open_slot(isolation="portable", preload=(), fork=fork) as slot:
        desk = open_desk(hurried, slot, seed=0, public_only=True)
        found = grade_submission(Submission(key="you", name="", files=(file,)), desk).result.checks

    assert [(r.check, r.outcome.value) for r in found] == [
        ("loss_value", "passed"),
        ("gradient_value", "timeout"),
    ]
