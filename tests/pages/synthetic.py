"""A made-up class for the pages: every outcome, every kind of evidence, every state."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime

from grader.model import (
    Array,
    Card,
    Cell,
    Chart,
    Check,
    CheckResult,
    Compared,
    Confusion,
    Cost,
    Document,
    Evidence,
    Example,
    Frame,
    Graded,
    GradientEntries,
    Lateness,
    Outcome,
    Provenance,
    Regions,
    Series,
    State,
    SubmissionResult,
    Text,
    Tier,
    Trace,
    Visibility,
    text,
    verbatim,
)

PUBLIC, AFTER_DUE, HIDDEN = Visibility.PUBLIC, Visibility.AFTER_DUE, Visibility.HIDDEN

# name, title, group, points, visibility
CHECKS = (
    ("linear_shapes", "`Linear` keeps `W` (n_in, n_out) and `b` (n_out,)", "Linear", 0.5, PUBLIC),
    ("linear_forward", "`Linear.forward` gives XW + b", "Linear", 1.0, PUBLIC),
    (
        "linear_backward",
        "`Linear.backward` gives the gradients of `W`, `b` and the input",
        "Linear",
        1.5,
        PUBLIC,
    ),
    (
        "linear_gradient_check",
        "The gradients of `Linear` are the slopes of its own forward",
        "Linear",
        1.5,
        PUBLIC,
    ),
    ("linear_step", "`Linear.step` moves by exactly −lr · gradient", "Linear", 1.0, PUBLIC),
    ("linear_does_not_accumulate", "A second backward starts afresh", "Linear", 1.0, HIDDEN),
    ("relu_forward", "`ReLU.forward` is max(x, 0)", "ReLU", 0.5, PUBLIC),
    (
        "relu_backward",
        "`ReLU.backward` lets the gradient through where the input was positive",
        "ReLU",
        1.0,
        PUBLIC,
    ),
    ("dropout_rate", "`Dropout` zeroes entries at its rate", "Dropout", 1.0, PUBLIC),
    ("dropout_rescales", "`Dropout` keeps the mean", "Dropout", 1.0, AFTER_DUE),
    ("dropout_same_mask", "`Dropout.backward` uses the mask of forward", "Dropout", 1.0, HIDDEN),
    ("loss_value", "`SoftmaxCrossEntropy.forward` is the mean loss", "Loss", 1.0, PUBLIC),
    ("loss_stable", "The loss stays right for logits 800 apart", "Loss", 1.0, HIDDEN),
    ("loss_backward", "`SoftmaxCrossEntropy.backward` gives (P − Y) / n", "Loss", 1.0, PUBLIC),
    ("network_gradients", "All gradients of `TwoLayerPerceptron`", "Network", 1.0, PUBLIC),
    ("loss_falls", "Training makes the loss fall", "Network", 1.0, PUBLIC),
    ("moons_accuracy", "At least 90 % on two moons", "Network", 1.5, PUBLIC),
    ("digits_accuracy", "At least 85 % on digits", "Network", 1.0, PUBLIC),
    ("validate_changes_nothing", "`validate` changes no parameter", "Network", 0.5, HIDDEN),
    ("vectorised", "No Python loop over the examples", "Network", 1.0, PUBLIC),
)

MISTAKES = (
    ("missing_mean", verbatim("the gradient is not divided by the batch size")),
    ("transposed_gradient", verbatim("the gradient of W is transposed, as the slide writes it")),
    ("relu_mask_on_gradient", verbatim("the mask of ReLU is taken from the gradient instead of the input")),
    ("dropout_without_rescaling", verbatim("what dropout keeps is not divided by 1 − rate")),
    ("no_max_subtraction", verbatim("softmax takes exp of the logits as they are")),
    ("loop_over_examples", verbatim("the examples are gone through one by one")),
)


def card() -> Card:
    """The assignment of the made-up class."""
    return Card(
        id="tp4",
        title=text("Two-layer perceptron with backpropagation"),
        points=20.0,
        due=datetime(2026, 12, 6, 22, 59, tzinfo=UTC),
        timezone="Europe/Paris",
        checks=tuple(
            Check(name=name, title=verbatim(title), group=group, points=points, visibility=visibility)
            for name, title, group, points, visibility in CHECKS
        ),
        mistakes=MISTAKES,
    )


def _array(rows: list[list[float]]) -> Array:
    flat = tuple(v for row in rows for v in row)
    return Array(shape=(len(rows), len(rows[0])), dtype="float64", values=flat)


def _small() -> Compared:
    rng = random.Random(4)
    right = [[rng.gauss(0, 1) for _ in range(4)] for _ in range(3)]
    got = [[v * 7 if i != 1 else v for v in row] for i, row in enumerate(right)]
    return Compared(
        name="dW",
        got=_array(got),
        expected=_array(right),
        differs=tuple(i != 1 for i in range(3) for _ in range(4)),
    )


def _large() -> Compared:
    rng = random.Random(5)
    right = [[rng.gauss(0, 1) for _ in range(16)] for _ in range(12)]
    got = [[v * (2.0 if j > 9 else 1.0) for j, v in enumerate(row)] for row in right]
    got[3][2] = math.nan
    return Compared(
        name="Linear.forward(X)",
        got=_array(got),
        expected=_array(right),
        differs=tuple(j > 9 or (i, j) == (3, 2) for i in range(12) for j in range(16)),
    )


def _scalar() -> Compared:
    one = Array(shape=(), dtype="float64", values=(15.0,))
    two = Array(shape=(), dtype="float64", values=(7.5,))
    return Compared(name="loss", got=one, expected=two, differs=(True,))


def _shapes() -> Compared:
    got = _array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])
    expected = _array([[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]])
    return Compared(name="dW", got=got, expected=expected, differs=(True,) * 6)


def _chart() -> Chart:
    epochs = tuple(float(i) for i in range(1, 31))
    return Chart(
        title="Accuracy on data kept apart",
        x_label="epoch",
        y_label="accuracy",
        series=(
            Series(label="seed 1", x=epochs, y=tuple(0.5 + 0.36 * (1 - math.exp(-e / 6)) for e in epochs)),
            Series(label="seed 2", x=epochs, y=tuple(0.48 + 0.39 * (1 - math.exp(-e / 8)) for e in epochs)),
        ),
        thresholds=(("floor 75 %", 0.75), ("all points from 90 %", 0.9)),
    )


def _counts() -> Chart:
    n = (8.0, 16.0, 32.0, 64.0)
    return Chart(
        title="Python instructions executed",
        x_label="examples",
        y_label="instructions",
        series=(
            Series(label="yours", x=n, y=tuple(40 + 31 * v for v in n)),
            Series(label="vectorised", x=n, y=(96.0,) * 4),
        ),
    )


def _gradient() -> GradientEntries:
    rng = random.Random(6)
    numeric = tuple(rng.gauss(0, 0.4) for _ in range(14))
    return GradientEntries(
        name="W",
        labels=(*(f"W[{i % 5}, {i % 3}]" for i in range(13)), "random direction"),
        analytic=tuple(v * (5 if i % 3 else 1) for i, v in enumerate(numeric)),
        numeric=numeric,
    )


def _regions() -> Regions:
    rng = random.Random(7)
    side = 40

    def answer(x: float, y: float) -> int:
        return int(y < 0.25 + 0.5 * math.sin(2.4 * x + 0.8))

    points = []
    for i in range(90):
        angle = rng.uniform(0, math.pi)
        x, y = (
            (math.cos(angle), math.sin(angle)) if i % 2 == 0 else (1 - math.cos(angle), 0.5 - math.sin(angle))
        )
        points.append((x + rng.gauss(0, 0.12), y + rng.gauss(0, 0.12), i % 2))
    return Regions(
        title="Decision regions on two moons",
        x_range=(-1.5, 2.5),
        y_range=(-1.0, 1.5),
        grid=tuple(
            tuple(answer(-1.5 + 4 * (j + 0.5) / side, -1 + 2.5 * (i + 0.5) / side) for j in range(side))
            for i in range(side)
        ),
        points=tuple(points),
    )


def _confusion() -> Confusion:
    rng = random.Random(8)
    return Confusion(
        title="Confusion on digits",
        counts=tuple(
            tuple(rng.randrange(30, 40) if i == j else rng.choice((0, 0, 0, 0, 1, 2, 5)) for j in range(10))
            for i in range(10)
        ),
    )


def _trace() -> Trace:
    return Trace(
        exception="ValueError",
        message="operands could not be broadcast together with shapes (5,3) (4,3)",
        frames=(
            Frame(
                label="cell 4",
                anchor="cell-4",
                line=14,
                function="backward",
                source="self.dW = self.gradient(g)",
            ),
            Frame(label="cell 4", anchor="cell-4", line=18, function="gradient", source="return self.x + g"),
        ),
    )


EXAMPLE = Example(
    code="""import numpy as np

layer = Linear(4, 3, seed=0)
X = np.array([[0.31, -1.2, 0.7, 0.05], [1.9, 0.4, -0.6, 0.11], [-0.8, 0.2, 1.3, -0.9]])
layer.forward(X)
layer.backward(np.ones((3, 3)))
layer.dW  # expected: the column sums of X in each column
"""
)

RATIO = text("{name} is {ratio} times too large in every entry.", name="dW", ratio=7)
FIRST = text(
    "{name}{index} is {got}, expected {expected}.", name="dW", index="[0, 0]", got="1.4112", expected="0.2016"
)

FAULTS: dict[str, tuple[Outcome, float, Text, Text, tuple[str, ...], tuple[Evidence, ...]]] = {
    "linear_forward": (
        Outcome.FAILED,
        0,
        text("The last six columns of the answer are twice too large."),
        Text(),
        (),
        (_large(), EXAMPLE),
    ),
    "linear_backward": (Outcome.FAILED, 0, RATIO, FIRST, ("missing_mean",), (_small(), EXAMPLE)),
    "linear_gradient_check": (
        Outcome.FAILED,
        0,
        text("9 of 14 entries differ from the slope."),
        Text(),
        ("missing_mean", "transposed_gradient"),
        (_gradient(),),
    ),
    "linear_step": (Outcome.SKIPPED, 0, text("Waits for {check}.", check="linear_backward"), Text(), (), ()),
    "linear_does_not_accumulate": (
        Outcome.SKIPPED,
        0,
        text("Waits for {check}.", check="linear_backward"),
        Text(),
        (),
        (),
    ),
    "relu_backward": (
        Outcome.ERROR,
        0,
        text("{name} raised {error}.", name="ReLU.backward", error="ValueError"),
        Text(),
        (),
        (_trace(), EXAMPLE),
    ),
    "dropout_rate": (Outcome.TIMEOUT, 0, text("Stopped after {n} s.", n=10), Text(), (), ()),
    "dropout_rescales": (
        Outcome.FAILED,
        0,
        text("The mean falls by the rate."),
        text("SECRET-NUMBER 0.123456"),
        ("dropout_without_rescaling",),
        (_scalar(),),
    ),
    "dropout_same_mask": (Outcome.MEMORY, 0, text("Stopped at {n} MB.", n=1024), Text(), (), ()),
    "loss_value": (Outcome.FAILED, 0, text("The loss is twice too large."), Text(), (), (_scalar(), EXAMPLE)),
    "loss_stable": (
        Outcome.FAILED,
        0,
        text("The loss is not finite."),
        text("SECRET-NUMBER for logits 800"),
        ("no_max_subtraction",),
        (_shapes(),),
    ),
    "loss_backward": (
        Outcome.FAILED,
        0,
        text("The gradient has shape {got}, expected {expected}.", got="(2, 3)", expected="(3, 2)"),
        Text(),
        ("transposed_gradient",),
        (_shapes(),),
    ),
    "network_gradients": (
        Outcome.MISSING,
        0,
        text("{name} is not defined.", name="TwoLayerPerceptron"),
        Text(),
        (),
        (),
    ),
    "loss_falls": (Outcome.CRASHED, 0, text("The process died."), Text(), (), ()),
    "moons_accuracy": (
        Outcome.PARTIAL,
        1.1,
        text("{got} on average; all points from {target}.", got="86 %", target="90 %"),
        Text(),
        (),
        (_chart(), _regions()),
    ),
    "digits_accuracy": (
        Outcome.PARTIAL,
        0.6,
        text("{got} on average; all points from {target}.", got="81 %", target="85 %"),
        Text(),
        (),
        (_confusion(),),
    ),
    "validate_changes_nothing": (
        Outcome.BROKEN,
        0,
        text("This check has a fault; a person will look at it."),
        Text(),
        (),
        (),
    ),
    "vectorised": (
        Outcome.FAILED,
        0,
        text("The number of instructions grows with the number of examples."),
        Text(),
        ("loop_over_examples",),
        (_counts(),),
    ),
}

SOURCE = '''class Linear:
    """A layer with weights W and bias b."""

    def __init__(self, n_in, n_out, lr=0.1, seed=0):
        rng = np.random.default_rng(seed)
        self.W = rng.normal(scale=0.1, size=(n_in, n_out))
        self.b = np.zeros(n_out)

    def forward(self, X):
        self.x = X
        return X @ self.W + self.b  # (n, n_out)

    def backward(self, g):
        self.dW = self.gradient(g)
        return g @ self.W.T

    def gradient(self, g):
        return self.x + g
'''


RELU = """class ReLU:
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask
"""


def document(path: str = "tp4.ipynb") -> Document:
    """A short notebook."""
    cells = (
        (
            "markdown",
            "# TP4\nMy **two-layer** perceptron: $\\hat y = s(XW + b)$.\n\n- one\n- two",
            (),
        ),
        ("code", "import numpy as np\nimport matplotlib.pyplot as plt", ()),
        (
            "markdown",
            "## The layers\n\n| name | shape |\n|---|---|\n| `W` | (d, q) |\n\n$$\\frac{1}{n}$$",
            (),
        ),
        ("code", SOURCE, ()),
        (
            "code",
            RELU,
            (),
        ),
        (
            "code",
            "for epoch in range(3):\n    print(f'epoch {epoch}: {0.7 / (epoch + 1):.3f}')",
            ("epoch 0: 0.700\nepoch 1: 0.350\nepoch 2: 0.233",),
        ),
    )
    return Document(
        path=path,
        cells=tuple(
            Cell(kind=kind, source=source, label=f"cell {i}", anchor=f"cell-{i}", outputs=outputs)
            for i, (kind, source, outputs) in enumerate(cells, start=1)
        ),
    )


def result(
    key: str, name: str, faults: set[str], *, late_s: int = 0, penalty: float = 0.0
) -> SubmissionResult:
    """A result in which the checks of `faults` went wrong."""
    words = dict(MISTAKES)
    checks = []
    for check, title, group, points, visibility in CHECKS:
        outcome, earned, message, numbers, mistakes, evidence = (
            FAULTS[check] if check in faults else (Outcome.PASSED, points, Text(), Text(), (), ())
        )
        checks.append(
            CheckResult(
                check=check,
                group=group,
                visibility=visibility,
                outcome=outcome,
                points=earned,
                out_of=points,
                title=verbatim(title),
                message=message,
                numbers=numbers,
                mistakes=mistakes,
                hypotheses=tuple(words[m] for m in mistakes),
                evidence=evidence,
                detail="SECRET-DETAIL of the reference" if outcome is not Outcome.PASSED else "",
            )
        )
    is_broken = any(c.outcome is Outcome.BROKEN for c in checks)
    return SubmissionResult(
        key=key,
        name=name,
        identifier=str(41_000 + len(key) * 7),
        files=("tp4.ipynb",),
        state=State.NEEDS_REVIEW if is_broken else State.GRADED,
        message=text("One check has no verdict.") if is_broken else Text(),
        out_of=20.0,
        checks=tuple(checks),
        notes=(
            text("{file} was chosen among {n} files.", file="tp4.ipynb", n=2),
            text("{label} was skipped: it only trains and draws.", label="cell 6"),
        ),
        lateness=Lateness(
            seconds=late_s,
            penalty=penalty,
            message=text(
                "Handed in {late_by} late, {days} day(s) begun at {per_day} each: {lost} points taken off.",
                late_by="1 d 3 h",
                days=2,
                per_day="1",
                lost="2",
            )
            if late_s
            else Text(),
        ),
        provenance=Provenance(
            submission="0" * 64, assignment="1" * 64, grader="0.1.0", seed=1, tier=Tier.MEDIUM
        ),
    )


def everything() -> Graded:
    """One submission in which everything that can happen happened."""
    return Graded(
        result=result("ada-example", "Ada Example", set(FAULTS), late_s=97_200, penalty=2.0),
        document=document(),
        costs=(
            Cost(check="load", wall_s=0.61, cpu_s=0.58, memory_bytes=92 << 20),
            *(Cost(check=c[0], wall_s=0.02, cpu_s=0.02, memory_bytes=95 << 20) for c in CHECKS),
        ),
    )


def without_checks(key: str, name: str, state: State, message: Text) -> Graded:
    """A submission that was not run."""
    return Graded(
        result=SubmissionResult(
            key=key, name=name, identifier=None, files=(), state=state, out_of=20.0, message=message
        )
    )


def students(n: int, *, seed: int = 1) -> Iterator[Graded]:
    """A class of `n`, most of them good at it."""
    rng = random.Random(seed)
    names = (
        "Ada",
        "Bela",
        "Chloé",
        "Dario",
        "Élise",
        "Farid",
        "Greta",
        "Hugo",
        "Ines",
        "Jonas",
        "Kim",
        "Lou",
    )
    frequent = (
        "linear_backward",
        "loss_stable",
        "dropout_rescales",
        "vectorised",
        "moons_accuracy",
        "relu_backward",
    )
    for i in range(1, n + 1):
        name = f"{names[i % len(names)]} Example {i:02d}"
        key = f"student-{i:04d}"
        if i % 37 == 5:
            yield without_checks(key, name, State.NOTHING_SUBMITTED, text("Nothing was handed in."))
            continue
        if i % 41 == 7:
            yield without_checks(
                key, name, State.UNREADABLE, text("{file} is not a notebook.", file="tp4.ipynb")
            )
            continue
        ability = rng.random()
        faults = {c for c in frequent if rng.random() > 0.35 + 0.6 * ability}
        if "linear_backward" in faults:
            faults |= {"linear_step", "linear_does_not_accumulate"}
        faults |= {
            c
            for c in FAULTS
            if c not in ("validate_changes_nothing", "linear_step") and rng.random() > 0.8 + 0.25 * ability
        }
        if i % 53 == 11:
            faults.add("validate_changes_nothing")
        late = i % 9 == 0
        made = result(key, name, faults, late_s=97_200 if late else 0, penalty=2.0 if late else 0.0)
        yield Graded(
            result=made,
            costs=(
                Cost(
                    check="load",
                    wall_s=0.3 + rng.random(),
                    cpu_s=0.3 + rng.random(),
                    memory_bytes=rng.randrange(80, 200) << 20,
                ),
            ),
        )
