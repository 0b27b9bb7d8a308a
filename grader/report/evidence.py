"""What a check attached, made ready for the page: each picture with its words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import singledispatch

from markupsafe import Markup

from grader.i18n import Language
from grader.model import (
    Array,
    Chart,
    Compared,
    Confusion,
    Example,
    GradientEntries,
    Regions,
    Trace,
)
from grader.report import pictures
from grader.report.numbers import aligned, index_of, shape_words, short

GRID_ROWS, GRID_COLUMNS = 10, 8  # larger arrays are shown as heat maps
FIRST = 6  # differing entries listed
TABLE = 9  # rows of a picture's table


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A matrix as a table; `marked` tells the cells that differ."""

    caption: str
    rows: tuple[tuple[str, ...], ...]
    marked: tuple[tuple[bool, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of words under a header; a row that needs attention is marked."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marked: tuple[bool, ...]
    more: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One piece of evidence as the template takes it."""

    kind: str
    title: str = ""
    words: str = ""  # says what the picture shows
    grids: tuple[Grid, ...] = ()
    images: tuple[tuple[str, Markup], ...] = ()  # caption, picture
    table: Table | None = None
    code: str = ""
    trace: Trace | None = None
    confusion: tuple[tuple[tuple[int, str], ...], ...] = ()  # count and class of its shade


@singledispatch
def show(evidence: object, language: Language) -> Shown:
    """`evidence` made ready for the page."""
    raise TypeError(f"{type(evidence).__name__} cannot be shown")


def _matrix(values: tuple[float, ...], shape: tuple[int, ...]) -> tuple[tuple[float, ...], ...]:
    """The values in rows as long as the last axis; what was cut off is missing."""
    wide = max(1, shape[-1] if shape else 1)
    return tuple(values[i : i + wide] for i in range(0, len(values), wide))


def _as_grid(array: Array, cells: list[str], marks: tuple[bool, ...], caption: str) -> Grid:
    wide = max(1, array.shape[-1] if array.shape else 1)
    starts = range(0, len(cells), wide)
    return Grid(
        caption=caption,
        rows=tuple(tuple(cells[i : i + wide]) for i in starts),
        marked=tuple(tuple(marks[i : i + wide]) for i in starts),
    )


def _small(array: Array) -> bool:
    wide = array.shape[-1] if array.shape else 1
    return (
        array.is_whole
        and 1 <= wide <= GRID_COLUMNS
        and len(array.values) <= wide * GRID_ROWS
        and len(array.shape) <= 3
    )


def _ratio(got: float, expected: float) -> str:
    if not (math.isfinite(got) and math.isfinite(expected)) or expected == 0:
        return ""
    return "× " + short(got / expected, 4)


def _first_entries(compared: Compared, marks: tuple[bool, ...], language: Language) -> Table:
    got, expected = compared.got, compared.expected
    places = [i for i, m in enumerate(marks) if m and i < len(expected.values)]
    listed = places[:FIRST]
    numbers = aligned([got.values[i] for i in listed] + [expected.values[i] for i in listed])
    rows = tuple(
        (
            index_of(p, got.shape),
            numbers[k],
            numbers[k + len(listed)],
            _ratio(got.values[p], expected.values[p]),
        )
        for k, p in enumerate(listed)
    )
    left = len(places) - len(listed)
    more = (
        language.ngettext("and {n} more entry", "and {n} more entries", left).format(n=left) if left else ""
    )
    _ = language.gettext
    header = (_("entry"), _("yours"), _("expected"), _("yours / expected"))
    return Table(header=header, rows=rows, marked=(False,) * len(rows), more=more)


def _compared_words(compared: Compared, marks: tuple[bool, ...], language: Language) -> str:
    _ = language.gettext
    got, expected = compared.got, compared.expected
    if got.shape != expected.shape:
        return _("Shape {got}, expected {expected}.").format(
            got=shape_words(got.shape), expected=shape_words(expected.shape)
        )
    n, size = sum(marks), len(got.values)
    if size == 1:
        return ""
    words = language.ngettext(
        "{n} of {size} entry shown differs.", "{n} of {size} entries shown differ.", size
    ).format(n=n, size=size)
    if not got.is_whole:
        words += " " + _("Only the first {size} of shape {shape} are shown.").format(
            size=size, shape=shape_words(got.shape)
        )
    return words


@show.register
def _(evidence: Compared, language: Language) -> Shown:
    got, expected = evidence.got, evidence.expected
    _ = language.gettext
    alike = got.shape == expected.shape
    marks = tuple(evidence.differs[: len(got.values)])
    marks += (False,) * (len(got.values) - len(marks))
    words = _compared_words(evidence, marks, language)
    if _small(got) and _small(expected):
        cells = aligned(got.values + expected.values)
        cut = len(got.values)
        grids = (
            _as_grid(got, cells[:cut], marks, _("yours")),
            _as_grid(
                expected, cells[cut:], marks if alike else (False,) * len(expected.values), _("expected")
            ),
        )
        return Shown(kind="compared", title=evidence.name, words=words, grids=grids)
    table = _first_entries(evidence, marks, language) if alike else None
    return Shown(
        kind="compared",
        title=evidence.name,
        words=words,
        images=_heat_maps(evidence, marks, language),
        table=table,
    )


def _heat_maps(
    compared: Compared, marks: tuple[bool, ...], language: Language
) -> tuple[tuple[str, Markup], ...]:
    _ = language.gettext
    got, expected = compared.got, compared.expected
    finite = [abs(v) for v in got.values + expected.values if math.isfinite(v)]
    most = max(finite, default=0.0)
    rows, flags = _matrix(got.values, got.shape), _matrix(marks, got.shape)
    scale = _("colours from {low} to {high}").format(low=short(-most, 3), high=short(most, 3))
    plain: tuple[tuple[bool, ...], ...] = ()
    of = _("{what} of {name}, {scale}")
    images = [
        (_("yours"), rows, tuple(tuple(bool(f) for f in row) for row in flags)),
        (_("expected"), _matrix(expected.values, expected.shape), plain),
    ]
    made = [
        (
            f"{what} · {scale}" if i == 0 else what,
            pictures.heat_map(grid, marked, most, of.format(what=what, name=compared.name, scale=scale)),
        )
        for i, (what, grid, marked) in enumerate(images)
    ]
    if got.shape == expected.shape:
        gaps = tuple(a - b for a, b in zip(got.values, expected.values, strict=False))
        widest = max((abs(v) for v in gaps if math.isfinite(v)), default=0.0)
        what = _("difference")
        scale = _("colours from {low} to {high}").format(low=short(-widest, 3), high=short(widest, 3))
        label = of.format(what=what, name=compared.name, scale=scale)
        made.append((f"{what} · {scale}", pictures.heat_map(_matrix(gaps, got.shape), plain, widest, label)))
    return tuple(made)


@show.register
def _(evidence: Example, language: Language) -> Shown:
    return Shown(kind="example", title=language.gettext("Try it yourself"), code=evidence.code)


@show.register
def _(evidence: Trace, language: Language) -> Shown:
    return Shown(kind="trace", title=language.gettext("Where it happened in your code"), trace=evidence)


@show.register
def _(evidence: Chart, language: Language) -> Shown:
    _ = language.gettext
    lasts = [
        _("{label}: {first} at first, {last} at the end, between {low} and {high}").format(
            label=s.label or evidence.y_label,
            first=short(s.y[0]),
            last=short(s.y[-1]),
            low=short(min(s.y)),
            high=short(max(s.y)),
        )
        for s in evidence.series
        if s.y
    ]
    label = evidence.title + ". " + "; ".join(lasts)
    return Shown(
        kind="chart",
        title=evidence.title,
        images=(("", pictures.line_chart(evidence, label)),),
        table=_chart_table(evidence, language),
    )


def _chart_table(chart: Chart, language: Language) -> Table | None:
    """The points of the lines that share their x, at most `TABLE` of them."""
    if not chart.series or not chart.series[0].x:
        return None
    same = [
        s for s in chart.series[: pictures.MAX_SERIES] if s.x == chart.series[0].x and len(s.y) == len(s.x)
    ]
    if not same:
        return None
    kept = [pictures.thinned(s, TABLE) for s in same]
    xs = aligned([x for x, _ in kept[0]])
    columns = [aligned([y for _, y in points]) for points in kept]
    rows = tuple((x, *(c[i] for c in columns)) for i, x in enumerate(xs))
    left = len(same[0].x) - len(rows)
    more = (
        language.ngettext(
            "{n} point between these is left out", "{n} points between these are left out", left
        ).format(n=left)
        if left
        else ""
    )
    header = (chart.x_label, *(s.label or chart.y_label for s in same))
    return Table(header=header, rows=rows, marked=(False,) * len(rows), more=more)


@show.register
def _(evidence: GradientEntries, language: Language) -> Shown:
    _ = language.gettext
    n = min(len(evidence.labels), len(evidence.analytic), len(evidence.numeric))
    wrong = tuple(
        not math.isclose(a, b, rel_tol=1e-4, abs_tol=1e-7)
        for a, b in zip(evidence.analytic[:n], evidence.numeric[:n], strict=True)
    )
    cells = aligned(evidence.analytic[:n] + evidence.numeric[:n])
    # those that differ come first: they are what the reader looks for
    order = sorted(range(n), key=lambda i: not wrong[i])[:TABLE]
    rows = tuple(
        (evidence.labels[i], cells[i], cells[n + i], _ratio(evidence.analytic[i], evidence.numeric[i]))
        for i in order
    )
    words = language.ngettext(
        "{wrong} of {n} entry differs from the slope of your own loss.",
        "{wrong} of {n} entries differ from the slope of your own loss.",
        n,
    ).format(wrong=sum(wrong), n=n)
    left = n - len(rows)
    return Shown(
        kind="gradient",
        title=evidence.name,
        words=words,
        images=(("", pictures.gradient_scatter(evidence, language, f"{evidence.name}. {words}")),),
        table=Table(
            header=(_("entry"), _("yours"), _("central differences"), _("ratio")),
            rows=rows,
            marked=tuple(wrong[i] for i in order),
            more=language.ngettext("and {n} more entry", "and {n} more entries", left).format(n=left)
            if left
            else "",
        ),
    )


def _misplaced(regions: Regions) -> int:
    """How many examples lie where the grid gives another class, or outside all that is known."""
    rows = regions.grid
    x_low, x_high = regions.x_range
    y_low, y_high = regions.y_range
    if not rows or not rows[0] or not all(map(math.isfinite, (x_low, x_high, y_low, y_high))):
        return len(regions.points)
    wide, high = (x_high - x_low) or 1.0, (y_high - y_low) or 1.0
    wrong = 0
    for x, y, c in regions.points:
        if not (math.isfinite(x) and math.isfinite(y)):
            wrong += 1
            continue
        row = rows[min(len(rows) - 1, max(0, int((y - y_low) / high * len(rows))))]
        wrong += not row or row[min(len(row) - 1, max(0, int((x - x_low) / wide * len(row))))] != c
    return wrong


@show.register
def _(evidence: Regions, language: Language) -> Shown:
    wrong = _misplaced(evidence)
    n = len(evidence.points)
    words = language.ngettext(
        "{wrong} of {n} example lies in the area of another class.",
        "{wrong} of {n} examples lie in the area of another class.",
        n,
    ).format(wrong=wrong, n=n)
    image = pictures.region_map(evidence, language, f"{evidence.title}. {words}")
    return Shown(kind="regions", title=evidence.title, words=words, images=(("", image),))


@show.register
def _(evidence: Confusion, language: Language) -> Shown:
    counts = [row[:12] for row in evidence.counts[:12]]
    wrong = [(n, i, j) for i, row in enumerate(counts) for j, n in enumerate(row) if i != j and n > 0]
    total = sum(map(sum, counts))
    right = sum(row[i] for i, row in enumerate(counts) if i < len(row))
    words = language.gettext("{right} of {total} right.").format(right=right, total=total)
    if wrong:
        n, i, j = max(wrong, key=lambda w: (w[0], -w[1], -w[2]))
        words += " " + language.gettext("Most often {i} was taken for {j}: {n} times.").format(i=i, j=j, n=n)
    most = max((n for n, _, _ in wrong), default=0)
    shades = tuple(
        tuple(
            (n, "right" if i == j else f"w{math.ceil(4 * n / most)}" if most and n else "w0")
            for j, n in enumerate(row)
        )
        for i, row in enumerate(counts)
    )
    return Shown(kind="confusion", title=evidence.title, words=words, confusion=shades)
