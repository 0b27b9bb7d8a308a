"""The TPs' checks judge right programs right, in our process; `grader validate` does so in the worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.assignment import Assignment, load_assignment
from grader.assignment.oracles import Overlay, names_of
from grader.checks.oracle import LocalConnection
from grader.checks.plugin import CheckRunner, run_checks
from grader.checks.suite import Run
from grader.model import CheckResult, Outcome, Visibility

FOLDER = Path(__file__).parents[2] / "assignments"
TPS = ("tp2", "tp3", "tp4")

# What the course has seen, each in at least one TP.
ASKED_FOR = [
    "missing_mean",
    "mean_twice",
    "mean_over_classes",
    "mean_over_features",
    "loss_summed",
    "bias_gradient_mean",
    "bias_gradient_summed",
    "sign_flipped",
    "labels_not_subtracted",
    "softmax_over_wrong_axis",
    "softmax_overflows",
    "maximum_over_all",
    "log_of_every_class",
    "transposed_gradient",
    "relu_mask_missing",
    "relu_mask_inverted",
    "relu_mask_on_output_gradient",
    "relu_mask_from_output",
    "weights_forgotten_in_chain",
    "gradient_for_weights",
    "bias_gradient_keepdims",
    "bias_gradient_forgotten",
    "gradient_accumulates",
    "step_adds",
    "learning_rate_twice",
    "last_example_only",
    "labels_shuffled_apart",
    "last_batch_dropped",
    "shuffles_once",
    "dropout_without_rescaling",
    "dropout_other_mask_in_backward",
    "dropout_in_inference",
    "argmax_over_wrong_axis",
    "bias_on_weights",
    "nominal_batch_size",
    "classes_from_labels",
    "relu_on_scores",
    "log_of_underflow",
]


@pytest.fixture(scope="module", params=TPS)
def assignment(request: pytest.FixtureRequest) -> Assignment:
    return load_assignment(FOLDER / request.param)


def test_students_before_leave_nothing_behind(assignment: Assignment) -> None:
    """Files of checks are imported once for all of them: what they keep must not change."""
    assert assignment.reference is not None
    runner, oracle = CheckRunner(assignment.suite), assignment.oracle()

    def results(overlay: Overlay | None) -> tuple[CheckResult, ...]:
        fresh = names_of(reference, overlay)
        return runner.run(Run(connect=lambda case: LocalConnection(fresh()), oracle=oracle, seed=1))

    reference = assignment.reference
    first = results(None)
    some = assignment.mistakes[::12]
    alone = [_results(assignment, overlay) for overlay in some]
    assert [results(overlay) for overlay in some] == alone
    assert results(None) == first


def _results(assignment: Assignment, overlay: Overlay | None) -> tuple[CheckResult, ...]:
    assert assignment.reference is not None
    fresh = names_of(assignment.reference, overlay)
    return run_checks(
        assignment.suite,
        Run(connect=lambda case: LocalConnection(fresh()), oracle=assignment.oracle(), seed=1),
    )


def test_the_reference_and_every_variant_earn_all_points_with_a_seed_of_their_own(
    assignment: Assignment,
) -> None:
    assert len(assignment.variants) >= 8
    for overlay in (None, *assignment.variants):
        lost = [c for c in _results(assignment, overlay) if c.outcome is not Outcome.PASSED]
        assert not lost, f"{overlay.id if overlay else 'reference'}: {lost[0].check}: {lost[0].message}"


def test_about_a_third_of_the_points_is_hidden(assignment: Assignment) -> None:
    hidden = sum(c.points for c in assignment.card.checks if c.visibility is not Visibility.PUBLIC)
    assert 0.25 <= hidden / assignment.card.points <= 0.4


def test_every_mistake_that_was_asked_for_is_in_a_bank() -> None:
    banks = {m.id for tp in TPS for m in load_assignment(FOLDER / tp).mistakes}
    assert set(ASKED_FOR) <= banks
    assert len(banks) >= 30


def test_a_diagnosis_completes_a_sentence(assignment: Assignment) -> None:
    for mistake in assignment.mistakes:
        words = str(mistake.words)
        assert 5 < len(words) <= 110
        assert not words.endswith("."), mistake.id
        is_name = words.startswith(("P[", *assignment.settings.names))
        assert is_name or not words[0].isupper(), mistake.id


def test_an_assignment_tells_students_every_name_that_is_looked_up(assignment: Assignment) -> None:
    instructions = (assignment.folder / "instructions.md").read_text("utf-8")
    for name in assignment.settings.names:
        assert f"`{name}(" in instructions
