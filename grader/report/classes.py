"""The page of a whole class: who needs a person, how it went, what went wrong and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from grader.i18n import Language, language
from grader.model import Card, Outcome, State, Tier
from grader.report.figures import (
    CheckFigures,
    ClassRow,
    MistakeFigures,
    Spread,
    check_figures,
    class_row,
    mistake_figures,
    spread,
)
from grader.report.page import OUTCOMES, render, say
from grader.report.plain import plain
from grader.report.svg import Scale, picture, tag

__all__ = ["ClassRow", "class_page", "class_row"]

# one letter per outcome: 10,000 of them are on the page of a large class
LETTERS: dict[Outcome, str] = {
    Outcome.PASSED: "p",
    Outcome.PARTIAL: "h",
    Outcome.FAILED: "f",
    Outcome.ERROR: "e",
    Outcome.TIMEOUT: "t",
    Outcome.MEMORY: "m",
    Outcome.CRASHED: "c",
    Outcome.MISSING: "g",
    Outcome.SKIPPED: "s",
    Outcome.BROKEN: "b",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One line of the table."""

    row: ClassRow
    name: str
    strip: Markup
    letters: str
    mistakes: str
    late_days: float


def _strip(
    row: ClassRow, names: Sequence[str], words: dict[Outcome, str], titles: dict[str, str]
) -> tuple[Markup, str]:
    """The outcomes as a row of marks, and as letters."""
    found = {name: outcome for name, outcome, _ in row.outcomes}
    letters = "".join(LETTERS[found[name]] if name in found else "-" for name in names)
    if not found:
        return Markup(""), letters
    counts = [f"{n} {words[o]}" for o in Outcome if (n := list(found.values()).count(o))]
    failed = [
        titles[name] for name in names if found.get(name) not in (None, Outcome.PASSED, Outcome.SKIPPED)
    ]
    label = ", ".join(counts) + (": " + "; ".join(failed[:4]) if failed else "")
    marks = "".join(f"<i class={letter}></i>" if letter != "-" else "<i></i>" for letter in letters)
    return Markup(
        f'<span class=strip role=img aria-label="{escape(plain(label, limit=300))}">{marks}</span>'
    ), letters


def _histogram(seen: Spread, out_of: float, tongue: Language) -> Markup:
    """Students per point, with the quartiles above."""
    width, height, left, top, bottom = 560.0, 200.0, 34.0, 34.0, 44.0
    most = max(seen.bins, default=0) or 1
    x = Scale(low=0, high=out_of, start=left, end=width - 8)
    y = Scale(low=0, high=most, start=height - bottom, end=top)
    step = (x.end - x.start) / len(seen.bins)
    _ = tongue.gettext
    parts = [
        tag(
            "rect",
            class_="quartiles",
            x=x(seen.low),
            y=top - 6,
            width=max(1.0, x(seen.high) - x(seen.low)),
            height=y.start - top + 6,
        )
    ]
    for i, n in enumerate(seen.bins):
        if n:
            parts.append(
                tag(
                    "rect",
                    class_="bin",
                    x=x.start + i * step + 1,
                    y=y(n),
                    width=step - 2,
                    height=y.start - y(n),
                )
            )
            parts.append(tag("text", str(n), class_="tick mid", x=x.start + (i + 0.5) * step, y=y(n) - 4))
    parts.append(tag("line", class_="axis", x1=x.start, x2=x.end, y1=y.start, y2=y.start))
    for i in range(5):
        at = out_of * i / 4
        parts.append(tag("text", tongue.number(at), class_="tick mid", x=x(at), y=y.start + 17))
    parts.append(tag("line", class_="median", x1=x(seen.median), x2=x(seen.median), y1=top - 10, y2=y.start))
    side = "end" if seen.median > out_of * 0.75 else ""
    shift = -6 if side else 6
    words = _("median {n}").format(n=tongue.number(seen.median))
    parts.append(tag("text", words, class_=f"tick over {side}", x=x(seen.median) + shift, y=top - 14))
    parts.append(tag("text", _("final points"), class_="name mid", x=(x.start + x.end) / 2, y=height - 6))
    label = _(
        "Histogram of final points. Half of the class lies between {low} and {high}, median {median}."
    ).format(low=tongue.number(seen.low), high=tongue.number(seen.high), median=tongue.number(seen.median))
    return picture(width, height, parts, label=label, class_="chart")


def _rows(
    rows: Sequence[ClassRow], names: Sequence[str], titles: dict[str, str], tongue: Language
) -> tuple[RowView, ...]:
    words = {o: tongue.gettext(t.template) for o, t in OUTCOMES.items()}
    views = []
    for row in rows:
        strip, letters = _strip(row, names, words, titles)
        views.append(
            RowView(
                row=row,
                name=plain(row.name, limit=120),
                strip=strip,
                letters=letters,
                mistakes=" ".join(dict.fromkeys(m for _, m in row.mistakes)),
                late_days=(row.late_s or 0) / 86_400,
            )
        )
    return tuple(views)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFigures:
    """All that the page says about the class."""

    spread: Spread
    checks: tuple[CheckFigures, ...]
    mistakes: tuple[MistakeFigures, ...]
    states: tuple[tuple[State, int], ...]
    queue: tuple[ClassRow, ...]
    has_costs: bool


def _figures(card: Card, rows: Sequence[ClassRow]) -> ClassFigures:
    states = [row.state for row in rows]
    return ClassFigures(
        spread=spread(rows, card.points),
        checks=check_figures(card.checks, rows),
        mistakes=mistake_figures(rows),
        states=tuple((s, states.count(s)) for s in State if s in states),
        queue=tuple(
            row for row in rows if row.state in (State.NEEDS_REVIEW, State.UNREADABLE) and not row.is_reviewed
        ),
        has_costs=any(row.wall_s for row in rows),
    )


def class_page(card: Card, rows: Sequence[ClassRow], *, language: str, tier: Tier | None) -> str:
    """The page of a class as one HTML file; links lead to `students/KEY.html`."""
    return _render(card, rows, language, tier)


def _render(card: Card, rows: Sequence[ClassRow], code: str, tier: Tier | None) -> str:
    tongue = language(code)
    names = [check.name for check in card.checks]
    titles = {check.name: say(check.title, tongue) or check.name for check in card.checks}
    figures = _figures(card, rows)
    mistakes = {id_: say(words, tongue) for id_, words in card.mistakes}
    return render(
        "class.html.j2",
        code,
        styles=("base.css", "class.css"),
        scripts=("class.js",),
        card=card,
        rows=_rows(rows, names, titles, tongue),
        figures=figures,
        histogram=_histogram(figures.spread, card.points, tongue),
        letters=tuple((LETTERS[o], o) for o in Outcome),
        used={o for row in rows for _, o, _ in row.outcomes},
        titles=titles,
        mistake_words=mistakes,
        due=tongue.date(card.due, card.timezone) if card.due else "",
        tier=tier,
    )
