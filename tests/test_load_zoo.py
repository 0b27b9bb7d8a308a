"""Every oddity of tests/cases/loading: what is loaded, what is told, and that both modes agree."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader import load
from tests.loading.cases import case_names, read_case
from tests.loading.forks import Forks

WANTED = load.Wanted(patterns=("tp4*.ipynb", "tp4*.py", "*.ipynb", "*.py"), names=("softmax", "relu"))


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    asked = Forks()
    yield asked
    asked.close()


@pytest.mark.parametrize("name", case_names())
def test_what_is_handed_in_is_loaded_and_told(name: str, forks: Forks, tmp_path: Path) -> None:
    case = read_case(name)
    expected = case.expected
    loaded = load.read(case.submission, WANTED)
    if "problem" in expected:
        assert loaded.program is None
        assert expected["problem"] in str(loaded.problem)
        _assert_told(expected.get("notes", []), [str(n) for n in loaded.notes])
        return
    assert loaded.program is not None, str(loaded.problem)
    assert loaded.program.path == expected.get("graded", loaded.program.path)
    units = [{"source": u.source, "label": u.label} for u in loaded.program.units]
    files = {f.path: f.content for f in loaded.program.files}
    for mode in expected.get("modes", ["definitions", "all"]):
        got = forks.load(case.request(units, mode, tmp_path), files, tuple(expected["values"]))
        assert "report" in got, got
        notes = [str(n) for n in (*loaded.notes, *load.notes_of(got["report"]))]
        values = dict(zip(expected["values"], got["values"], strict=True))
        assert values == expected["values"], (mode, notes)
        _assert_told(expected.get("notes", []) + expected.get(f"notes_{mode}", []), notes)
        if expected.get("quiet"):
            assert notes == [], mode
        if mode == "all":
            statuses = {u["label"]: u["status"] for u in got["report"]["units"]}
            assert expected.get("units_all", {}).items() <= statuses.items()
        assert got["report"]["repairs"] == expected.get("repairs", [])


def _assert_told(expected: list[str], notes: list[str]) -> None:
    for words in expected:
        assert any(words in note for note in notes), (words, notes)


def test_there_are_at_least_eighty_oddities_each_with_its_sentence() -> None:
    cases = [read_case(name) for name in case_names()]
    assert len(cases) >= 80
    for case in cases:
        assert re.fullmatch(r"[a-z0-9_]+", case.name)
        assert case.expected["oddity"].endswith(".")
