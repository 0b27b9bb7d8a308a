"""Pictures of evidence, drawn by hand as SVG: deterministic, light, coloured by the page's style sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

from markupsafe import Markup

from grader.i18n import Language
from grader.model import Chart, GradientEntries, Regions, Series
from grader.report.numbers import short
from grader.report.svg import Scale, axes_for, frame, number, picture, tag

MAX_POINTS = 400  # per line of a chart
MAX_SERIES = 6
MAX_GRID = 64  # cells along a side
MAX_CLASSES = 4  # in a legend


def thinned(series: Series, most: int) -> list[tuple[float, float]]:
    """At most `most` points of a line, evenly taken, first and last kept."""
    points = list(zip(series.x, series.y, strict=False))
    if len(points) <= most:
        return points
    return [points[round(i * (len(points) - 1) / (most - 1))] for i in range(most)]


def line_chart(chart: Chart, label: str) -> Markup:
    """Lines over a common axis; thresholds are dashed and named."""
    width, height = 460.0, 260.0
    lines = [(s.label, thinned(s, MAX_POINTS)) for s in chart.series[:MAX_SERIES]]
    xs = [x for _, points in lines for x, _ in points]
    ys = [y for _, points in lines for _, y in points] + [h for _, h in chart.thresholds]
    legend = 20.0 if len(lines) > 1 else 0.0
    axes = axes_for(xs, ys, width=width, height=height, top=16 + legend)
    parts = frame(axes, x_label=chart.x_label, y_label=chart.y_label)
    for _, at in chart.thresholds[:4]:
        y = axes.y(at)
        parts.append(tag("line", class_="threshold", x1=axes.x.start, x2=axes.x.end, y1=y, y2=y))
    for i, (name, points) in enumerate(lines):
        parts += _line(points, axes.x, axes.y, i)
        if legend:
            x = axes.x.start + i * (axes.x.end - axes.x.start) / len(lines)
            parts.append(tag("line", class_=f"line s{i}", x1=x, x2=x + 22, y1=12.0, y2=12.0))
            parts.append(tag("text", name[:24], class_="tick", x=x + 28, y=16.0))
    for name, at in chart.thresholds[:4]:  # over the lines
        parts.append(tag("text", name, class_="tick end over", x=axes.x.end - 2, y=axes.y(at) - 5))
    return picture(width, height, parts, label=label, class_="chart")


def _line(points: Sequence[tuple[float, float]], x: Scale, y: Scale, i: int) -> list[Markup]:
    parts = []
    for finite, run in groupby(points, key=lambda p: math.isfinite(p[1]) and math.isfinite(p[0])):
        if not finite:
            continue
        at = [(x(a), y(b)) for a, b in run]
        if len(at) > 1:
            path = " ".join(f"{a:.1f},{b:.1f}" for a, b in at)
            parts.append(tag("polyline", class_=f"line s{i}", points=path))
        if len(points) <= 30:
            parts += [tag("circle", class_=f"dot s{i}", cx=a, cy=b, r=3.0) for a, b in at]
    return parts


def gradient_scatter(entries: GradientEntries, language: Language, label: str) -> Markup:
    """Each entry by its numeric (across) and its analytic value (up); right ones lie on the line."""
    width, height = 300.0, 270.0
    pairs = list(zip(entries.numeric, entries.analytic, strict=False))[:MAX_POINTS]
    both = [v for pair in pairs for v in pair if math.isfinite(v)] or [0.0]
    span = max(map(abs, both)) or 1.0
    axes = axes_for([-span, span], [-span, span], width=width, height=height)
    parts = frame(
        axes, x_label=language.gettext("central differences"), y_label=language.gettext("your gradient")
    )
    ends = {"x1": axes.x(-span), "y1": axes.y(-span), "x2": axes.x(span), "y2": axes.y(span)}
    parts.append(tag("line", class_="threshold", **ends))
    for numeric, analytic in pairs:
        near = math.isclose(numeric, analytic, rel_tol=1e-4, abs_tol=1e-7)
        x, y = axes.x(numeric), axes.y(analytic)
        if near:
            parts.append(tag("circle", class_="dot s2", cx=x, cy=y, r=3.5))
        else:
            parts.append(tag("path", class_="cross", d=f"M{x - 4:.1f} {y - 4:.1f}l8 8m0-8l-8 8"))
    return picture(width, height, parts, label=label, class_="chart")


_SHAPES = (
    "M{x} {y}m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0",  # disc
    "M{x} {y}m-3.2-3.2h6.4v6.4h-6.4z",  # square
    "M{x} {y}m0-4.2l4.2 7.4h-8.4z",  # triangle
    "M{x} {y}m0-4.4l4.4 4.4l-4.4 4.4l-4.4-4.4z",  # diamond
)


def _areas(rows: Sequence[Sequence[int]], x: Scale, y: Scale) -> list[Markup]:
    """One rectangle for each run of equal answers in a row."""
    areas = []
    high = (y.start - y.end) / max(1, len(rows))
    for r, row in enumerate(rows):
        cells = row[:MAX_GRID]
        wide = (x.end - x.start) / max(1, len(cells))
        # written out: there are hundreds, and nothing in them but numbers
        ends = f'y="{number(y.start - (r + 1) * high)}"', f'height="{number(high + 0.4)}"'
        at = 0
        for answer, run in groupby(cells):
            n = len(list(run))
            areas.append(
                Markup(
                    f'<rect class="c{int(answer) % 10}" x="{number(x.start + at * wide)}" {ends[0]}'
                    f' width="{number(n * wide + 0.4)}" {ends[1]}/>'
                )
            )
            at += n
    return areas


def region_map(regions: Regions, language: Language, label: str) -> Markup:
    """What the classifier answers, as areas; the examples on top, one shape per class."""
    width, height, left, top = 420.0, 300.0, 40.0, 10.0
    x = Scale(low=regions.x_range[0], high=regions.x_range[1], start=left, end=width - 10)
    y = Scale(low=regions.y_range[0], high=regions.y_range[1], start=height - 28, end=top)
    rows = regions.grid[:MAX_GRID]
    parts = [tag("g", *_areas(rows, x, y), class_="areas")]
    for a, b, c in regions.points[:MAX_POINTS]:
        shape = _SHAPES[c % len(_SHAPES)].format(x=f"{x(a):.1f}", y=f"{y(b):.1f}")
        parts.append(Markup(f'<path class="example c{int(c) % 10}" d="{shape}"/>'))  # as in `_areas`
    classes = sorted(
        {c for _, _, c in regions.points[:MAX_POINTS]} | {c for row in rows for c in row[:MAX_GRID]}
    )
    for i, c in enumerate(classes[:MAX_CLASSES]):
        place = left + 60 + i * 74
        shape = _SHAPES[c % len(_SHAPES)].format(x=f"{place:g}", y=f"{height - 14:g}")
        parts.append(tag("path", class_=f"example c{c % 10}", d=shape))
        parts.append(
            tag("text", language.gettext("class {c}").format(c=c), class_="tick", x=place + 8, y=height - 10)
        )
    for end, anchor in ((x.low, "start"), (x.high, "end")):
        parts.append(tag("text", short(end), class_="tick", text_anchor=anchor, x=x(end), y=height - 10))
    for end, down in ((y.low, 0.0), (y.high, 9.0)):
        parts.append(tag("text", short(end), class_="tick end", x=left - 6, y=y(end) + down))
    return picture(width, height, parts, label=label, class_="chart")


def level(value: float, most: float) -> str:
    """The class of a heat map's cell: h0 (most negative) .. h4 (about zero) .. h8 (most positive)."""
    if not math.isfinite(value):
        return "hx"
    if most <= 0:
        return "h4"
    return f"h{4 + round(4 * max(-1.0, min(1.0, value / most)))}"


def heat_map(
    rows: Sequence[Sequence[float]], marks: Sequence[Sequence[bool]], most: float, label: str
) -> Markup:
    """A grid coloured by value; marked cells are outlined, cells that are no numbers crossed."""
    columns = max((len(r) for r in rows), default=1) or 1
    side = max(4.0, min(22.0, 210.0 / columns, 210.0 / max(1, len(rows))))
    parts = []
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            x, y = j * side + 1, i * side + 1
            parts.append(tag("rect", class_=level(value, most), x=x, y=y, width=side, height=side))
            if not math.isfinite(value):
                parts.append(tag("path", class_="cross", d=f"M{x:.1f} {y:.1f}l{side:.1f} {side:.1f}"))
    for i, flags in enumerate(marks):
        for j, marked in enumerate(flags):
            if marked and side >= 6:
                parts.append(
                    tag(
                        "rect", class_="mark", x=j * side + 2, y=i * side + 2, width=side - 2, height=side - 2
                    )
                )
    return picture(columns * side + 2, len(rows) * side + 2, parts, label=label, class_="heat")
