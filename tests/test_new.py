"""`grader new`: a skeleton that is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.errors import AssignmentError
from grader.skeleton import write_skeleton
from grader.validate import validate


def test_a_new_assignment_validates_with_all_its_mutants_caught(tmp_path: Path) -> None:
    write_skeleton("tp5", tmp_path, title="Mean squared error")

    found = validate(load_assignment(tmp_path / "assignments" / "tp5"), seed=0, isolation="portable")

    assert found.is_sound
    assert found.killed[0] == found.killed[1] > 0


def test_a_title_may_hold_quotes_and_accents(tmp_path: Path) -> None:
    write_skeleton("tp5", tmp_path, title='The "réseau"')

    assert str(load_assignment(tmp_path / "assignments" / "tp5").card.title) == 'The "réseau"'


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    write_skeleton("tp5", tmp_path, title="Once")

    with pytest.raises(AssignmentError, match="is there already"):
        write_skeleton("tp5", tmp_path, title="Twice")


@pytest.mark.parametrize("name", ["5tp", "tp 5", "../tp5", "class", ""])
def test_an_id_that_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(AssignmentError, match="does not do as an id"):
        write_skeleton(name, tmp_path, title="x")
    assert list(tmp_path.iterdir()) == []
