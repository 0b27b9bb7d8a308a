"""Lateness and totals."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model import CheckResult, Outcome, Visibility
from grader.score import LatePolicy, LateUnit, lateness, shown, total

DUE = datetime(2026, 12, 6, 22, 59, tzinfo=UTC)
TWO_A_DAY = LatePolicy(per_day=2.0, grace_s=300)


def late(
    seconds: int, policy: LatePolicy = TWO_A_DAY, *, points: float = 15.0, extension: int | None = None
) -> float:
    moment = DUE + timedelta(seconds=seconds)
    until = None if extension is None else DUE + timedelta(seconds=extension)
    return lateness(moment, DUE, until, policy, points=points, out_of=20.0).penalty


@pytest.mark.parametrize(
    ("seconds", "penalty"),
    [(-1, 0), (0, 0), (1, 0), (300, 0), (301, 2), (86_400, 2), (86_401, 4), (10 * 86_400, 20)],
)
def test_a_day_begun_costs_two_points_once_the_grace_is_over(seconds: int, penalty: float) -> None:
    assert late(seconds) == penalty


def test_percent_is_of_the_points_earned() -> None:
    assert late(86_401, LatePolicy(per_day=10, unit=LateUnit.PERCENT), points=12.0) == pytest.approx(2.4)


def test_a_cap_bounds_what_lateness_costs() -> None:
    assert late(9 * 86_400, LatePolicy(per_day=2, cap=5)) == 5


def test_an_extension_moves_the_due_date_but_never_earlier() -> None:
    assert late(86_400, extension=86_400) == 0
    assert late(86_401, extension=86_400) == 0  # within the grace
    assert late(86_701, extension=86_400) == 2
    assert late(0, extension=-86_400) == 0


def test_when_moodle_takes_its_own_penalty_ours_is_nothing_and_says_so() -> None:
    result = lateness(
        DUE + timedelta(days=2), DUE, None, LatePolicy(per_day=2, apply=False), points=15.0, out_of=20.0
    )

    assert (result.seconds, result.penalty) == (172_800, 0.0)
    assert str(result.message) == "Handed in 2 d 0 h late; Moodle takes its own penalty off."


def test_without_a_time_lateness_is_unknown_and_costs_nothing() -> None:
    result = lateness(None, DUE, None, TWO_A_DAY, points=15.0, out_of=20.0)

    assert (result.seconds, result.penalty) == (None, 0.0)
    assert str(result.message) == "Nobody can tell when this was handed in."


def test_the_message_says_how_late_and_what_it_cost() -> None:
    result = lateness(DUE + timedelta(hours=44, minutes=11), DUE, None, TWO_A_DAY, points=15.0, out_of=20.0)

    assert str(result.message) == (
        "Handed in 1 d 20 h late, 2 day(s) begun at 2 points each: 4 points taken off."
    )


policies = st.builds(
    LatePolicy,
    per_day=st.floats(0, 100),
    unit=st.sampled_from(LateUnit),
    grace_s=st.integers(0, 10**5),
    cap=st.none() | st.floats(0, 100),
)


@given(policies, st.integers(0, 10**7), st.integers(0, 10**7), st.floats(0, 20))
def test_handing_in_later_never_gains_points(policy: LatePolicy, one: int, other: int, points: float) -> None:
    early, later = sorted((one, other))

    assert 0 <= late(early, policy, points=points) <= late(later, policy, points=points) <= 20


@pytest.mark.parametrize(
    ("seconds", "extension", "penalty"), [(86_400, None, 2), (86_401, None, 20), (86_401, 90_000, 0)]
)
def test_after_the_cut_off_nothing_counts_but_an_extension_does(
    seconds: int, extension: int | None, penalty: float
) -> None:
    policy = LatePolicy(per_day=2, cut_off=DUE + timedelta(days=1))

    assert late(seconds, policy, extension=extension) == penalty


@given(st.lists(st.floats(0, 2), max_size=30), st.randoms())
def test_a_total_does_not_depend_on_the_order(points: list[float], chance: random.Random) -> None:
    results = [
        CheckResult(
            check=str(n),
            group="",
            visibility=Visibility.PUBLIC,
            outcome=Outcome.PARTIAL,
            points=earned,
            out_of=2.0,
        )
        for n, earned in enumerate(points)
    ]
    shuffled = results.copy()
    chance.shuffle(shuffled)

    assert total(results) == total(shuffled)


@pytest.mark.parametrize(
    ("points", "out_of", "seen"),
    [
        (9.996, 10, 9.99),
        (9.994, 10, 9.99),
        (10.0, 10, 10.0),
        (0.7 * 3, 2.1, 2.1),
        (0.1 + 0.2, 1, 0.3),
        (1.5049, 1.505, 1.5),
        (0.004, 1, 0.0),
        (19.999999, 20, 19.99),
        (12.345, 20, 12.35),
        (0.999, 1, 0.99),
    ],
)
def test_points_are_shown_to_the_nearest_but_never_up_to_full_marks(
    points: float, out_of: float, seen: float
) -> None:
    assert shown(points, out_of) == seen


@given(st.floats(0, 1), st.integers(1, 4000))
def test_shown_points_are_full_only_when_earned(share: float, hundredths: int) -> None:
    out_of = hundredths / 100

    if share < 1 - 1e-9:
        assert shown(share * out_of, out_of) < out_of


@pytest.mark.parametrize(
    "slip", [{"per_day": -1.0}, {"per_day": float("nan")}, {"grace_s": -1}, {"cap": -1.0}]
)
def test_a_policy_that_makes_no_sense_cannot_be_built(slip: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be 0 or more"):
        LatePolicy(**slip)
