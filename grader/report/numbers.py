"""Numbers of an array as people compare them: one format for all, aligned on the point."""

from __future__ import annotations

import math
from collections.abc import Sequence


def _special(value: float) -> str:
    if math.isnan(value):
        return "nan"
    return "inf" if value > 0 else "-inf"


def _decimals(size: float, digits: int) -> int:
    return max(0, digits - 1 - math.floor(math.log10(size)))


def aligned(values: Sequence[float], *, digits: int = 4) -> list[str]:
    """Each of `values` with the same decimals; in powers of ten where that would be too wide.

    About `digits` significant digits of the largest; whole numbers stay whole.
    """
    sizes = [abs(v) for v in values if math.isfinite(v) and v != 0]
    if not sizes:
        return [_special(v) if not math.isfinite(v) else "0" for v in values]
    if all(float(v).is_integer() for v in values if math.isfinite(v)) and max(sizes) < 1e6:
        return [_of(v, "d") for v in values]
    if max(sizes) >= 1e6 or max(sizes) < 1e-3 or max(sizes) / min(sizes) > 1e5:
        return [_of(v, f".{digits - 1}e") for v in values]
    decimals = min(6, max(_decimals(max(sizes), digits), min(digits, _decimals(min(sizes), 2))))
    finite = [v for v in values if math.isfinite(v)]
    while decimals > 0 and all(_of(v, f".{decimals}f").endswith("0") for v in finite):
        decimals -= 1
    return [_of(v, f".{decimals}f") for v in values]


def _of(value: float, spec: str) -> str:
    if not math.isfinite(value):
        return _special(value)
    return format(int(value) if spec == "d" else value + 0.0, spec)


def short(value: float, digits: int = 4) -> str:
    """One number, `digits` significant digits."""
    if not math.isfinite(value):
        return _special(value)
    return format(value + 0.0, f".{digits}g")


def index_of(position: int, shape: Sequence[int]) -> str:
    """Where entry `position` of the flattened array lies: "[1, 2]"."""
    index: list[str] = []
    for n in reversed(shape):
        position, i = divmod(position, n) if n else (0, 0)
        index.insert(0, str(i))
    return "[" + ", ".join(index) + "]"


def shape_words(shape: Sequence[int]) -> str:
    """A shape as NumPy prints it: "(3,)", "(3, 4)"."""
    return str(tuple(shape))


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """About `count` round numbers that cover [low, high]."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return [0.0, 1.0]
    low, high = max(min(low, high), -1e300), min(max(low, high), 1e300)
    largest = max(abs(low), abs(high))
    if high - low <= max(1e-9 * largest, 1e-290):
        pad = largest * 0.5 if largest > 1e-290 else 0.5
        low, high = low - pad, high + pad
    raw = (high - low) / max(1, count - 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [float(f"{i * step:.12g}") + 0.0 for i in range(first, last + 1)]


def median(values: Sequence[float]) -> float:
    """The middle one; the mean of the two in the middle. 0 of none."""
    return quantile(values, 0.5)


def quantile(values: Sequence[float], share: float) -> float:
    """The `share`-quantile, linear between neighbours (NumPy's default). 0 of none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    i = math.floor(place)
    if i + 1 >= len(ordered):
        return ordered[-1]
    return ordered[i] + (ordered[i + 1] - ordered[i]) * (place - i)
