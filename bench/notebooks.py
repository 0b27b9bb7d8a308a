"""Made-up classes of TP4: the reference's notebook, rewritten, with known mistakes, and training at its end.

Everybody draws other random numbers: initial weights, dropout masks and the order of examples, and so all
trained networks, are different in every notebook. Those without a mistake write in turn in five styles.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import jupytext
import numpy as np

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "reference" / "tp4.py"
MISTAKES = ROOT / "assignments" / "tp4" / "mistakes"
VARIANTS = ROOT / "assignments" / "tp4" / "variants"
STYLES = ("einsum_style", "modules_in_a_list", "one_hot_style", "relu_gradient_one_at_zero")  # and as it is
MARKERS = ("# BEGIN SOLUTION", "# END SOLUTION")
RIGHT_PER_WRONG = 2  # every third notebook has a mistake
TRAINING_S = 1.0  # CPU of a notebook's own training on this machine, about as long as students' experiments
EPOCHS = "num_epochs=100,"  # of the reference on two moons: made more until training takes that long
SMALL = "def softmax(logits):\n    return logits  # student {number}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandIn:
    """One student's notebook, and the same as a script."""

    name: str
    notebook: bytes
    script: str


@cache
def _epochs() -> int:
    """How many epochs on two moons fill `TRAINING_S` here, after the reference's on digits."""
    names: dict[str, Any] = {"__name__": "reference"}
    exec(compile(REFERENCE.read_text("utf-8"), str(REFERENCE), "exec"), names)
    rng = np.random.default_rng(0)
    moons = (*_split(rng.normal(size=(500, 2)), rng.integers(0, 2, size=500), 300), 20, 20)
    digits = (*_split(rng.normal(size=(1797, 64)), rng.integers(0, 10, size=1797), 1257), 3, 32)
    seconds = []
    for sizes, (*data, epochs, batch_size) in (((2, 16, 2), moons), ((64, 32, 10), digits)):
        net = names["TwoLayerPerceptron"](*sizes)
        begin = time.process_time()
        names["train"](net, *data, num_epochs=epochs, batch_size=batch_size, seed=0)
        seconds.append((time.process_time() - begin) / epochs)
    return max(100, round((TRAINING_S - 30 * seconds[1]) / seconds[0]))


def _split(X: Any, y: Any, size: int) -> tuple[Any, Any, Any, Any]:
    return X[:size], y[:size], X[size:], y[size:]


def make_class(size: int) -> Iterator[HandIn]:
    """Notebooks no two of which have the same bytes; the same ones at every call in one process."""
    cells = _cells()
    for number, overlay in enumerate(islice(_interleaved(), size), start=1):
        yield _hand_in(f"Student {number:05d}", cells, overlay, number)


def make_small_class(size: int) -> Iterator[HandIn]:
    """Notebooks with one wrong function in them: what grading costs when there is next to nothing to run."""
    for number in range(1, size + 1):
        source = SMALL.format(number=number)
        yield HandIn(
            name=f"Student {number:05d}",
            notebook=_notebook([{"cell_type": "code", "source": source}]),
            script=source,
        )


def write_class(hand_ins: Iterator[HandIn], folder: Path) -> Path:
    """One sub-folder per student."""
    for hand_in in hand_ins:
        path = folder / hand_in.name / "tp4.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(hand_in.notebook)
    return folder


def _interleaved() -> Iterator[str]:
    """Two right ones in the next two styles, then one with the next mistake, and so on."""
    styles = cycle(["", *((VARIANTS / f"{name}.py").read_text("utf-8") for name in STYLES)])
    for path in cycle(sorted(MISTAKES.glob("*.py"))):
        yield from islice(styles, RIGHT_PER_WRONG)
        yield path.read_text("utf-8")


def _cells() -> list[dict[str, str]]:
    document = jupytext.reads(REFERENCE.read_text("utf-8"), fmt="py:percent")
    return [{"cell_type": cell.cell_type, "source": _unmarked(cell.source)} for cell in document.cells]


def _unmarked(source: str) -> str:
    source = source.replace(EPOCHS, f"num_epochs={_epochs()},")
    lines = source.splitlines(keepends=True)
    return "".join(line for line in lines if line.strip() not in MARKERS)


def _hand_in(name: str, cells: list[dict[str, str]], overlay: str, number: int) -> HandIn:
    """The reference's cells with seeds of one's own; after the last definition the style or the mistake."""
    training = next(at for at, cell in enumerate(cells) if "__main__" in cell["source"])
    own = [{"cell_type": "code", "source": f"number = {number}\n"}]
    own += [{"cell_type": "code", "source": overlay}] if overlay else []
    mine = [_seeded(cell, number) for cell in (*cells[:training], *own, *cells[training:])]
    script = "\n\n".join(cell["source"] for cell in mine if cell["cell_type"] == "code")
    return HandIn(name=name, notebook=_notebook(mine), script=script)


def _seeded(cell: dict[str, str], number: int) -> dict[str, str]:
    return cell | {"source": cell["source"].replace("default_rng(seed)", f"default_rng({number}_000 + seed)")}


def _notebook(cells: list[dict[str, str]]) -> bytes:
    """nbformat 4.5 by hand: the same bytes with every version of nbformat."""
    document = {
        "cells": [_cell(cell, number) for number, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, indent=1).encode()


def _cell(cell: dict[str, str], number: int) -> dict[str, object]:
    written: dict[str, object] = {
        "cell_type": cell["cell_type"],
        "id": f"cell-{number}",
        "metadata": {},
        "source": cell["source"],
    }
    if cell["cell_type"] == "code":
        written |= {"execution_count": None, "outputs": []}
    return written
