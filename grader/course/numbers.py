"""Exact numbers: read as written, rounded once, written as people read them."""

from __future__ import annotations

from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction

NOISE = Decimal("1e-9")  # points in results.json are binary: 2.0999999999999996 stands for 2.1


class Rounding(StrEnum):
    """Where a number in the very middle of two steps goes."""

    HALF_UP = "half up"
    HALF_EVEN = "half even"  # to the even multiple of the step


def exact(value: Decimal | int) -> Fraction:
    """`value`, nothing lost."""
    return Fraction(value)


def without_noise(value: Decimal | int) -> Fraction:
    """The decimal number that a binary one stands for: to nine decimals."""
    with localcontext() as context:
        context.prec = 50
        return Fraction(Decimal(value).quantize(NOISE))


def round_to(value: Fraction, step: Fraction, rule: Rounding) -> Fraction:
    """The multiple of `step` that is nearest to `value` >= 0."""
    steps = value / step
    below = steps.numerator // steps.denominator
    rest = steps - below
    half = Fraction(1, 2)
    if rest > half or (rest == half and (rule is Rounding.HALF_UP or below % 2 == 1)):
        below += 1
    return below * step


def shown(value: Fraction, *, places: int = 4) -> str:
    """`value` with a decimal point; what has more than `places` decimals is marked with an ellipsis."""
    scaled = value * 10**places
    cut = abs(scaled.numerator) // scaled.denominator
    digits = f"{cut:0{places + 1}d}"
    whole, rest = digits[:-places], digits[-places:].rstrip("0")
    sign = "\N{MINUS SIGN}" if value < 0 else ""
    if scaled.denominator != 1:
        return f"{sign}{whole}.{digits[-places:]}…"
    return f"{sign}{whole}" + (f".{rest}" if rest else "")


def plain(value: Fraction) -> str:
    """A rounded `value` for a program: a decimal point, up to nine decimals, no ellipsis."""
    return f"{Decimal(value.numerator) / Decimal(value.denominator):.9f}".rstrip("0").rstrip(".")
