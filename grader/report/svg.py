"""SVG from plain numbers: elements, axes and the scales between data and paper."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup, escape

from grader.report.numbers import nice_ticks, short
from grader.report.plain import plain

HUGE = 1e300  # beyond, the difference of two numbers may be infinite


LONGEST = 40_000  # characters of an attribute: a line of a chart is long, words are cut where they are made


@cache
def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def number(value: float) -> str:
    """A number of a picture: at most two decimals, no minus zero."""
    return f"{value:z.2f}".rstrip("0").rstrip(".")


def _attribute(value: object) -> str:
    if isinstance(value, float):
        return number(value)
    if isinstance(value, str) and value.isascii() and value.isalnum() and len(value) <= LONGEST:
        return value  # nothing in it to spell out or to escape
    return str(escape(plain(str(value), limit=LONGEST)))


def tag(name: str, *children: Markup | str, **attributes: object) -> Markup:
    """One element; `class_` and `font_size` are the attributes class and font-size."""
    given = "".join(
        f' {_name(key)}="{_attribute(value)}"' for key, value in attributes.items() if value is not None
    )
    if not children:
        return Markup(f"<{name}{given}/>")
    inner = "".join(str(c) if isinstance(c, Markup) else str(escape(plain(c))) for c in children)
    return Markup(f"<{name}{given}>{inner}</{name}>")


def picture(width: float, height: float, children: Iterable[Markup], *, label: str, class_: str) -> Markup:
    """An image with a name for those who cannot see it."""
    return tag(
        "svg",
        *children,
        viewBox=f"0 0 {width:g} {height:g}",
        width=f"{width:g}",
        height=f"{height:g}",
        class_=class_,
        role="img",
        aria_label=plain(label, limit=600),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """From data to paper along one axis."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Where `value` lies on paper; outside values stop at the edge."""
        span = self.high - self.low
        if not math.isfinite(value):
            value = self.high if value > 0 else self.low
        if not (math.isfinite(span) and math.isfinite(value)):
            return self.start
        share = (value - self.low) / (span or 1.0)
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """A frame with two scales and their ticks."""

    x: Scale
    y: Scale
    x_ticks: tuple[float, ...]
    y_ticks: tuple[float, ...]


def axes_for(
    xs: Sequence[float],
    ys: Sequence[float],
    *,
    width: float,
    height: float,
    left: float = 52,
    top: float = 12,
) -> Axes:
    """Axes that show all finite points, on round numbers."""
    x_seen = [max(-HUGE, min(HUGE, v)) for v in xs if math.isfinite(v)] or [0.0, 1.0]
    y_seen = [max(-HUGE, min(HUGE, v)) for v in ys if math.isfinite(v)] or [0.0, 1.0]
    x_ticks = nice_ticks(min(x_seen), max(x_seen), 6)
    y_ticks = nice_ticks(min(y_seen), max(y_seen))
    left = max(left, 30 + 7.0 * max(len(short(t)) for t in y_ticks))
    # data starts at the first point, not at the round number before it
    x_low, x_high = min(x_seen), max(x_seen)
    are_whole = all(float(x).is_integer() for x in x_seen)  # epochs and seeds have no halves
    if x_low == x_high:
        x_low, x_high = x_ticks[0], x_ticks[-1]
    return Axes(
        x=Scale(low=x_low, high=x_high, start=left, end=width - 14),
        y=Scale(low=y_ticks[0], high=y_ticks[-1], start=height - 40, end=top),
        x_ticks=tuple(
            t for t in x_ticks if x_low <= t <= x_high and (float(t).is_integer() or not are_whole)
        ),
        y_ticks=tuple(y_ticks),
    )


def frame(axes: Axes, *, x_label: str, y_label: str) -> list[Markup]:
    """Grid lines, ticks and the labels of both axes."""
    x, y = axes.x, axes.y
    parts = []
    for t in axes.y_ticks:
        parts.append(tag("line", class_="grid", x1=x.start, x2=x.end, y1=y(t), y2=y(t)))
        parts.append(tag("text", short(t), class_="tick end", x=x.start - 7, y=y(t) + 4))
    for t in axes.x_ticks:
        parts.append(tag("line", class_="axis", x1=x(t), x2=x(t), y1=y.start, y2=y.start + 4))
        parts.append(tag("text", short(t), class_="tick mid", x=x(t), y=y.start + 17))
    parts.append(tag("line", class_="axis", x1=x.start, x2=x.end, y1=y.start, y2=y.start))
    parts.append(tag("text", x_label, class_="name mid", x=(x.start + x.end) / 2, y=y.start + 34))
    parts.append(
        tag(
            "text",
            y_label,
            class_="name mid",
            x=12.0,
            y=(y.start + y.end) / 2,
            transform=f"rotate(-90 12 {(y.start + y.end) / 2:g})",
        )
    )
    return parts
