"""Say how two arrays differ: how many entries, how much, and the pattern when there is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.model import Array as ShownArray
from grader.model import Compared, Text, text

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What tells `got` from `expected`."""

    wrong: int
    size: int
    largest: float  # relative to the larger of the two
    first: tuple[int, ...]
    pattern: Text
    compared: Compared


def tolerances(got: Array, expected: Array, rtol: float, atol: float) -> tuple[float, float]:
    """`rtol` and `atol`, widened to what single precision can hold when `got` is float32 or float16."""
    if got.dtype not in (np.float32, np.float16):
        return rtol, atol
    scale = float(np.max(np.abs(expected), initial=0.0))
    return max(rtol, 1e-4), max(atol, 1e-5 * min(scale, 1e6))


def differing(got: Array, expected: Array, rtol: float, atol: float) -> NDArray[np.bool_]:
    """Which entries differ by more than atol + rtol * |expected|; NaN differs from all."""
    rtol, atol = tolerances(got, expected, rtol, atol)
    with np.errstate(all="ignore"):
        close = np.abs(got.astype(np.float64) - expected) <= atol + rtol * np.abs(expected)
    wrong: NDArray[np.bool_] = ~(close | (got == expected))
    return wrong


def difference(got: Array, expected: Array, *, name: str, rtol: float, atol: float) -> Difference | None:
    """How `got` differs from `expected`, both of one shape; None when it does not."""
    wrong = differing(got, expected, rtol, atol)
    if not wrong.any():
        return None
    got64 = got.astype(np.float64)
    with np.errstate(all="ignore"):
        relative = np.abs(got64 - expected) / np.maximum(np.abs(got64), np.abs(expected))
    first = np.unravel_index(int(np.argmax(wrong)), got.shape) if got.ndim else ()
    return Difference(
        wrong=int(wrong.sum()),
        size=int(got.size),
        largest=float(np.max(relative[wrong], initial=0.0)),
        first=tuple(int(i) for i in first),
        pattern=pattern(got64, expected.astype(np.float64), wrong),
        compared=Compared(
            name=name,
            got=shown(got),
            expected=shown(expected),
            differs=tuple(bool(d) for d in wrong.ravel()[: ShownArray.MAX_SHOWN]),
        ),
    )


def shown(array: Array) -> ShownArray:
    """An array as a plain value, cut to what a page shows."""
    values = tuple(float(v) for v in array.ravel()[: ShownArray.MAX_SHOWN])
    return ShownArray(shape=tuple(array.shape), dtype=str(array.dtype), values=values)


def pattern(got: Array, expected: Array, wrong: NDArray[np.bool_]) -> Text:
    """What the wrong entries have in common, in a sentence; empty when nothing is seen."""
    if not np.isfinite(got).all():
        return Text()
    if not got.any() and expected.any():
        return text("All entries are zero.")
    if _same(got, -expected):
        return text("The sign is opposite everywhere.")
    factor = _ratio(got.ravel(), expected.ravel())
    if factor is not None:
        return text("Every entry is {factor} times the expected one.", factor=f"{factor:.6g}")
    if got.ndim == 2:
        return _pattern_of_matrix(got, expected, wrong)
    return _offset(got, expected)


def _pattern_of_matrix(got: Array, expected: Array, wrong: NDArray[np.bool_]) -> Text:
    rows, columns = got.shape
    if rows == columns and _same(got, expected.T):
        return text("It is the transpose of what is expected.")
    if rows > 1 and columns > 1:
        if all(_ratio(g, e) is not None for g, e in zip(got, expected, strict=True)):
            return text("Each row is its own multiple of the expected row.")
        if all(_ratio(g, e) is not None for g, e in zip(got.T, expected.T, strict=True)):
            return text("Each column is its own multiple of the expected column.")
    wrong_rows = wrong.any(axis=1)
    if rows > 2 and wrong_rows.sum() == 1:
        return text("Only row {row} is wrong.", row=int(np.argmax(wrong_rows)))
    wrong_columns = wrong.any(axis=0)
    if columns > 2 and wrong_columns.sum() == 1:
        return text("Only column {column} is wrong.", column=int(np.argmax(wrong_columns)))
    return _offset(got, expected)


def _offset(got: Array, expected: Array) -> Text:
    offset = got - expected
    if got.size > 1 and np.allclose(offset, offset.flat[0], rtol=1e-6, atol=1e-12):
        return text("Every entry is off by the same amount, {offset}.", offset=f"{float(offset.flat[0]):.6g}")
    return Text()


def _same(a: Array, b: Array) -> bool:
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-5, atol=1e-12))


def _ratio(got: Array, expected: Array) -> float | None:
    """k where got = k * expected throughout, judged on the entries that are not tiny."""
    large = np.abs(expected) > 1e-9 * np.max(np.abs(expected), initial=0.0)
    if not large.any() or np.abs(got[~large]).max(initial=0.0) > 1e-6 * np.abs(got).max(initial=0.0):
        return None
    ratios = got[large] / expected[large]
    k = float(np.median(ratios))
    return k if k != 0 and bool(np.allclose(ratios, k, rtol=1e-5, atol=0)) else None
