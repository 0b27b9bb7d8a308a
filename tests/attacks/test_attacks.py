"""Every attempt in every tier that is to be had here: contained, or a gap that docs/security.md tells of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.errors import SandboxError
from grader.model import Tier
from grader.sandbox import Slot, open_slot

from . import limits, network, processes, protocol, reading, scoring, writing
from .attempt import ATTEMPTS, Attempt
from .runner import run

AREAS = (reading, writing, network, processes, limits, protocol, scoring)


@pytest.fixture(scope="module", params=list(Tier))
def slot(request: pytest.FixtureRequest) -> Iterator[Slot]:
    try:
        slot = open_slot(isolation=request.param, preload=())
    except SandboxError as error:
        pytest.skip(str(error))
    with slot:
        yield slot


def _marked(attempt: Attempt) -> object:
    return pytest.param(attempt, id=attempt.name, marks=[pytest.mark.slow] if attempt.slow else [])


@pytest.mark.parametrize("attempt", [_marked(a) for a in ATTEMPTS])
def test_what_student_code_attempts_is_contained(slot: Slot, attempt: Attempt) -> None:
    if slot.tier not in attempt.tiers:
        pytest.skip("not run in this tier")
    found = run(attempt, slot)
    if slot.tier in attempt.may:
        return
    expected = slot.tier not in attempt.gaps
    assert found.contained == expected, found.why or "this gap is closed: take it off the list"


def test_the_suite_covers_every_area() -> None:
    assert len(ATTEMPTS) >= 40
    assert {a.area for a in ATTEMPTS} == {
        "reading",
        "writing",
        "network",
        "processes",
        "limits",
        "protocol",
        "score",
    }
