"""Random damage: no exception of ours, no point that was not earned, bounded time."""

import time
from collections.abc import Iterator

import pytest

from grader import load
from grader.model import HandedFile, Submission
from tests.loading.damage import EXPECTED, NAMES, damaged, half_right_module, half_right_notebook
from tests.loading.forks import Forks

WANTED = load.Wanted(patterns=("tp4*.ipynb", "*.py"), names=NAMES)
GOOD = {"tp4.ipynb": half_right_notebook(), "tp4.py": half_right_module()}
EARNED = 3  # of the undamaged ones
MODES = ("definitions", "all")


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    asked = Forks()
    yield asked
    asked.close()


def _read(path: str, content: bytes) -> load.Loaded:
    begin = time.process_time()
    submission = Submission(key="s", name="n", files=(HandedFile(path=path, content=content),))
    loaded = load.read(submission, WANTED)
    assert time.process_time() - begin < 2.0
    assert (loaded.program is None) == bool(loaded.problem)
    for note in (*loaded.notes, loaded.problem):
        str(note).encode()
    return loaded


def _points(forks: Forks, loaded: load.Loaded, mode: str, which: str) -> int:
    assert loaded.program is not None
    units = [{"source": u.source, "label": u.label} for u in loaded.program.units]
    request = {"units": units, "mode": mode, "names": NAMES, "imports": ["numpy"], "statement_s": 2.0}
    got = forks.load(request, {}, tuple(EXPECTED))
    assert "report" in got, (which, mode, got)
    for note in load.notes_of(got["report"]):
        str(note).encode()
    return sum(a == b for a, b in zip(got["values"], EXPECTED.values(), strict=True))


def _try(forks: Forks, path: str, seeds: range, *, run_every: int) -> None:
    for seed in seeds:
        loaded = _read(path, damaged(GOOD[path], seed))
        if loaded.program is not None and seed % run_every == 0:
            for mode in MODES:
                assert _points(forks, loaded, mode, f"{path}, seed {seed}") <= EARNED, (path, seed, mode)


@pytest.mark.parametrize("path", sorted(GOOD))
def test_undamaged_ones_earn_what_they_deserve(path: str, forks: Forks) -> None:
    assert [_points(forks, _read(path, GOOD[path]), mode, path) for mode in MODES] == [EARNED, EARNED]


@pytest.mark.parametrize("path", sorted(GOOD))
def test_damage_never_breaks_us_nor_earns_a_point(path: str, forks: Forks) -> None:
    _try(forks, path, range(150), run_every=5)


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(GOOD))
def test_five_thousand_damages_never_break_us_nor_earn_a_point(path: str, forks: Forks) -> None:
    _try(forks, path, range(1000, 3500), run_every=1)
