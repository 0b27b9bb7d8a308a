"""Fixtures of checks: made and ended as pytest would, whoever makes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.checks import fixtures
from grader.checks.plugin import CheckRunner
from grader.model import Outcome
from tests.fakes import run, suite

TRACED = '''
SAID = []

def traced(name, value=None):
    SAID.append(name + "+")
    yield value
    SAID.append(name + "-")

@pytest.fixture
def first(rng):
    yield from traced("first", rng.integers(1000))

@pytest.fixture
def second(first):
    SAID.append("second")
    return first + 1

@pytest.fixture(autouse=True)
def always():
    yield from traced("always")

@pytest.mark.check(points=1, seeds=2)
def test_trace(student, second, first):
    """Tells."""
    SAID.append(f"{second - first}")
    if len(SAID) > 6:
        fail(" ".join(SAID))

@pytest.mark.check(points=1)
@pytest.mark.parametrize("wanted", [2, 3])
def test_given(student, wanted, first, attach):
    """double(x) is 2x."""
    if student.call("double", wanted) != 2 * wanted or wanted == 3:
        fail(f"{wanted} {len(SAID)}")
'''
BY_PYTEST = """
@pytest.fixture{how}
def it({asks}):
    return {gives}

@pytest.mark.check(points=1)
def test_it(student, it):
    \"\"\"It is 3.\"\"\"
    if it != 3:
        fail("it is not 3")
"""
CODE = "def double(x): return 2 * x"


def _told(folder: Path) -> dict[str, tuple[Outcome, str]]:
    return {n: (r.outcome, str(r.message)) for n, r in run(suite(folder, public=TRACED), CODE).items()}


def test_fixtures_are_made_and_ended_in_pytests_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = _told(tmp_path / "ours")
    assert ours["trace"][0] is Outcome.FAILED and "always+ first+ second 1 first- always-" in ours["trace"][1]
    assert ours["given"][0] is Outcome.FAILED
    monkeypatch.setattr(
        fixtures.ItemRunner, "run", lambda self, raised: fixtures._run_by_pytest(self._item, raised)
    )
    assert _told(tmp_path / "pytests") == ours


@pytest.mark.parametrize(
    ("how", "asks", "gives"),
    [
        ("(scope='module')", "", "3"),
        ("(params=[3])", "request", "request.param"),
        ("", "request", "len(request.fixturename) + 1"),
        ("", "", "3"),
    ],
)
def test_fixtures_of_every_kind_are_to_be_had(tmp_path: Path, how: str, asks: str, gives: str) -> None:
    checks = suite(tmp_path, public=BY_PYTEST.format(how=how, asks=asks, gives=gives))
    assert run(checks, CODE)["it"].outcome is Outcome.PASSED


@pytest.mark.parametrize(
    "body", ["yield 3; yield 4", "if False: yield 3", "raise KeyError", "yield 3; raise KeyError"]
)
def test_a_fixture_that_does_not_work_breaks_its_check_and_no_other(tmp_path: Path, body: str) -> None:
    source = BY_PYTEST.format(how="", asks="", gives="3").replace("return 3", body)
    checks = suite(
        tmp_path, public=source, hidden=BY_PYTEST.format(how="", asks="", gives="3").replace("_it", "_other")
    )
    found = run(checks, CODE)
    assert found["it"].outcome is Outcome.BROKEN
    assert found["other"].outcome is Outcome.PASSED


def test_checks_of_plain_fixtures_need_no_session_of_pytest(tmp_path: Path) -> None:
    runner = CheckRunner(suite(tmp_path, public=TRACED))
    assert all(item._steps is not None for items in runner._cases.values() for item in items)
