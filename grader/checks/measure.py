"""Accuracy as a curve, and vectorisation by counting instructions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from grader.checks.expect import expect_scalar
from grader.checks.outcomes import CheckFailed, PartialCredit
from grader.checks.student import Student, StudentObject, Value
from grader.model import Chart, Series, text


def expect_accuracy(values: Sequence[Value], *, floor: float, target: float, name: str) -> None:
    """The mean of accuracies over seeds: no points up to `floor`, all from `target`, linear between.

    Parameters
    ----------
    values
        One accuracy per seed, each in [0, 1]; computed here from the student's parameters or predictions,
        not by the student.
    floor, target
        In [0, 1], floor < target.
    name
        Of what was trained, for the message.
    """
    accuracies = [expect_scalar(v, name=name) for v in values]
    mean = float(np.mean(accuracies))
    share = (mean - floor) / (target - floor)
    if share >= 1:
        return
    chart = Chart(
        title=name,
        x_label="seed",
        y_label="accuracy",
        series=(Series(label="accuracy", x=tuple(range(1, len(accuracies) + 1)), y=tuple(accuracies)),),
        thresholds=(("no points", floor), ("all points", target)),
    )
    words = text(
        "{name}: {mean} % right on average over {seeds} seeds; points grow from {floor} % to {target} %.",
        name=name,
        mean=f"{100 * mean:.1f}",
        seeds=len(accuracies),
        floor=f"{100 * floor:g}",
        target=f"{100 * target:g}",
    )
    if share <= 0:
        raise CheckFailed(words, evidence=(chart,))
    raise PartialCredit(share, words, evidence=(chart,))


def expect_vectorised(
    student: Student | StudentObject,
    name: str,
    make_args: Callable[[int], tuple[Value, ...]],
    *,
    small: int = 8,
    large: int = 64,
) -> None:
    """The call executes no more Python instructions for `large` rows than for `small` ones.

    `make_args(n)` gives the arguments for n rows. A comprehension, `map`, `np.vectorize` and
    `apply_along_axis` over rows are loops too, and counted.
    """
    student.call(name, *make_args(small))  # lazy imports and caches of a first call are not the student's
    sizes = (small, (small + large) // 2, large)
    counts = [student.observe(name, *make_args(n)).instructions for n in sizes]
    if min(counts) < 0:
        raise CheckFailed(
            text("{name} switches Python's tracing off, so its work cannot be counted.", name=name)
        )
    per_row = (counts[-1] - counts[0]) / (large - small)
    if per_row < 0.5:
        return
    chart = Chart(
        title=f"instructions of {name}",
        x_label="rows",
        y_label="instructions",
        series=(Series(label=name, x=sizes, y=tuple(float(c) for c in counts)),),
    )
    raise CheckFailed(
        text(
            "{name} loops over the examples: {count} Python instructions for each further row, where array "
            "operations need none.",
            name=name,
            count=f"{per_row:.0f}",
        ),
        evidence=(chart,),
    )
