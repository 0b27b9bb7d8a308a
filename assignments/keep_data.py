"""Data sets that checks train on, kept in files beside the checks: `python assignments/keep_data.py`.

So verdicts do not hang on the release of scikit-learn that a machine has, and no run of the grader needs to
import it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_digits, make_circles, make_moons

Arrays = dict[str, np.ndarray[Any, Any]]
HERE = Path(__file__).parent


def digits() -> Arrays:
    """1797 pictures of 8 × 8 pixels, from 0 to 16, and their classes."""
    X, y = load_digits(return_X_y=True)
    return {"X": X.astype(np.uint8), "y": y}


def drawn(make: Any, seeds: tuple[int, ...], **options: Any) -> Arrays:
    """Points and their classes, X_1 and y_1 of the seed 1 and so on."""
    found: Arrays = {}
    for seed in seeds:
        X, y = make(noise=0.15, random_state=seed, **options)
        found |= {f"X_{seed}": X, f"y_{seed}": y}
    return found


def data_sets() -> dict[str, Arrays]:
    """The arrays of every file."""
    return {
        **dict.fromkeys((f"{tp}/checks/digits.npz" for tp in ("tp2", "tp3", "tp4", "svm")), digits()),
        "activations/checks/moons.npz": drawn(make_moons, (1, 2), n_samples=400),
        "tp4/checks/moons.npz": drawn(make_moons, (1, 2, 3, 11), n_samples=600),
        "tp4/checks/circles.npz": drawn(make_circles, (8, 9), n_samples=600, factor=0.4),
    }


if __name__ == "__main__":
    for path, arrays in data_sets().items():
        np.savez_compressed(HERE / path, **arrays)
