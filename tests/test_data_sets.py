"""The data sets that lie beside the checks."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np

from grader.assignment import list_assignments, load_assignment

ASSIGNMENTS = Path(__file__).parent.parent / "assignments"


def test_they_are_those_of_scikit_learn() -> None:
    expected = runpy.run_path(str(ASSIGNMENTS / "keep_data.py"))["data_sets"]()
    assert {p.relative_to(ASSIGNMENTS).as_posix() for p in ASSIGNMENTS.rglob("*.npz")} == set(expected)
    for path, arrays in expected.items():
        with np.load(ASSIGNMENTS / path) as kept:
            assert set(kept) == set(arrays)
            for name, array in arrays.items():
                np.testing.assert_allclose(kept[name], array, rtol=1e-12, err_msg=f"{path}: {name}")


def test_grading_needs_to_import_nothing_for_them() -> None:
    for folder in list_assignments([ASSIGNMENTS]):
        imported = load_assignment(folder).imported_by_checks()
        assert not {name for name in imported if name.startswith(("sklearn", "scipy"))}, folder.name
