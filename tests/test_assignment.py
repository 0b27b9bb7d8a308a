"""An assignment's folder: what is said of what is wrong in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.errors import AssignmentError

HERE = Path(__file__).parent


@pytest.fixture
def mini(tmp_path: Path) -> Path:
    """The assignment of the tests, with a reference of its own, to be spoilt."""
    folder = tmp_path / "assignments" / "mini"
    shutil.copytree(HERE / "assignments" / "mini", folder)
    (tmp_path / "reference").mkdir()
    shutil.copy(HERE / "reference" / "mini.py", tmp_path / "reference")
    return folder


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"x = 1\ndef f(:\n", r"mini\.py: line 2 is not Python \(invalid syntax\): mend it"),
        (b"x = 1\nreturn x\n", r"mini\.py: line 2 is not Python \('return' outside function\): mend it"),
        ("é = 1\n".encode("latin-1"), r"mini\.py is not Python \('utf-8' codec .*\): save it"),
        (b"x = 1\0\n", r"mini\.py.* is not Python \(source code string cannot contain null bytes\)"),
    ],
)
def test_a_reference_that_is_not_python_is_told_with_its_line(mini: Path, source: bytes, words: str) -> None:
    reference = mini.parents[1] / "reference" / "mini.py"
    reference.write_bytes(source)
    with pytest.raises(AssignmentError, match=words) as caught:
        load_assignment(mini)
    assert str(caught.value).startswith(str(reference))


def test_a_file_beside_the_checks_that_is_not_python_is_told_with_its_line(mini: Path) -> None:
    (mini / "checks" / "shared.py").write_text("def f(:\n", "utf-8")
    with pytest.raises(AssignmentError, match=r"shared\.py: line 1 is not Python"):
        load_assignment(mini).imported_by_checks()


def test_a_known_mistake_that_is_not_python_is_told_with_its_line(mini: Path) -> None:
    (mini / "mistakes" / "wrong.py").write_text('"""Wrong."""\n\ndef f(:\n', "utf-8")
    with pytest.raises(AssignmentError, match=r"wrong\.py: line 3 is not Python"):
        load_assignment(mini)
