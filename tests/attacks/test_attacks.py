"""Every attempt in every tier that is to be had here: contained, or a gap that docs/security.md tells of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from grader.errors import SandboxError
from grader.model import Tier
from grader.sandbox import Slot, open_slot

from . import limits, network, processes, protocol, reading, scoring, writing
from .attempt import ATTEMPTS, Attempt
from .runner import run
from .table import PAGE, documented

AREAS = (reading, writing, network, processes, limits, protocol, scoring)


# Everything runs by default in the strong tier; elsewhere what differs there, and documented gaps.
CHEAP = {
    Tier.STRONG_FLAT: ("writing", "processes"),
    Tier.MEDIUM: ("reading", "writing", "network", "processes"),
}


class Slots:
    """One slot of each tier, opened when it is first asked for."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._slots: dict[Tier, Slot | SandboxError] = {}

    def of(self, tier: Tier) -> Slot:
        """The slot; skips the test where there is none."""
        if tier not in self._slots:
            try:
                self._slots[tier] = self._stack.enter_context(open_slot(isolation=tier, preload=()))
            except SandboxError as error:
                self._slots[tier] = error
        slot = self._slots[tier]
        if isinstance(slot, SandboxError):
            pytest.skip(str(slot))
        return slot


@pytest.fixture(scope="module")
def slots() -> Iterator[Slots]:
    with ExitStack() as stack:
        yield Slots(stack)


def _case(tier: Tier, attempt: Attempt) -> object:
    telling = tier is Tier.STRONG or tier in attempt.gaps or attempt.area in CHEAP.get(tier, ())
    slow = attempt.slow or not telling
    return pytest.param(
        tier, attempt, id=f"{tier.value}-{attempt.name}", marks=[pytest.mark.slow] if slow else []
    )


@pytest.mark.parametrize(
    ("tier", "attempt"),
    [_case(tier, a) for tier in Tier for a in ATTEMPTS if tier in a.tiers],
)
def test_what_student_code_attempts_is_contained(slots: Slots, tier: Tier, attempt: Attempt) -> None:
    found = run(attempt, slots.of(tier))
    if tier in attempt.may:
        return
    expected = tier not in attempt.gaps
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


def test_the_page_on_security_tells_every_attempt_and_every_gap() -> None:
    lines = [line.split(" | ") for line in PAGE.read_text(encoding="utf-8").splitlines()]
    told = {
        cells[0].removeprefix("| "): [c.rstrip(" |") for c in cells[2:]] for cells in lines if len(cells) > 3
    }
    for attempt in ATTEMPTS:
        cells = told[f"{attempt.area}: {attempt.name.replace('_', ' ')}"]
        for tier, cell in zip(Tier, cells, strict=True):
            assert documented(attempt, tier) in (cell, cell[-1]), f"{attempt.name}, {tier.value}"
