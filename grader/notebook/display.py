"""What a notebook shows: a table for the browser, and the same as text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader import score
from grader.assignment import Assignment
from grader.i18n import Language
from grader.model import CheckResult, Outcome, Text, text
from grader.report.page import OUTCOMES, say
from grader.report.plain import plain

_ICONS = {
    Outcome.PASSED: ("✔", "#1a7f37"),
    Outcome.PARTIAL: ("◐", "#9a6700"),
    Outcome.SKIPPED: ("–", "#6e7781"),
}
_WRONG = ("✘", "#cf222e")
_CELL = "text-align:left;vertical-align:top;padding:.2em .8em .2em 0"
_SHOWN_DIFFERENCES = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """Results in one language; Jupyter asks for what it can show."""

    results: tuple[CheckResult, ...]
    heading: Text
    summary: str
    tongue: Language

    def _repr_html_(self) -> str:
        rows = Markup("").join(self._row(r) for r in self.results)
        return str(
            Markup(
                '<div><p>{}</p><table style="border-collapse:collapse">{}</table><p><b>{}</b></p></div>'
            ).format(self._said(self.heading), rows, self.summary)
        )

    def __repr__(self) -> str:
        lines = [self._said(self.heading)]
        for result in self.results:
            icon, _ = _ICONS.get(result.outcome, _WRONG)
            words = self._sentence(result)
            lines.append(f"{icon} {result.check} {self._points(result)}{': ' + words if words else ''}")
        return "\n".join([*lines, self.summary])

    def _row(self, result: CheckResult) -> Markup:
        icon, color = _ICONS.get(result.outcome, _WRONG)
        outcome = self.tongue.gettext(OUTCOMES[result.outcome].template)
        return Markup(
            '<tr><td style="{cell}">{title}<br><code>{check}</code></td>'
            '<td style="{cell};color:{color};white-space:nowrap">{icon} {outcome}</td>'
            '<td style="{cell};white-space:nowrap">{points}</td><td style="{cell}">{words}</td></tr>'
        ).format(
            cell=_CELL,
            title=self._said(result.title),
            check=result.check,
            color=color,
            icon=icon,
            outcome=outcome,
            points=self._points(result),
            words=self._sentence(result),
        )

    def _points(self, result: CheckResult) -> str:
        earned = self.tongue.number(score.shown(result.points, result.out_of))
        return f"{earned}/{self.tongue.number(result.out_of)}"

    def _sentence(self, result: CheckResult) -> str:
        return " ".join(self._said(t) for t in (result.message, result.numbers) if t)

    def _said(self, words: Text) -> str:
        return plain(say(words, self.tongue))


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence of warning, and what it is about."""

    words: Text
    lines: tuple[Text, ...]
    tongue: Language

    def _repr_html_(self) -> str:
        items = Markup("").join(Markup("<li>{}</li>").format(plain(say(t, self.tongue))) for t in self.lines)
        style = "border-left:4px solid #9a6700;padding:.3em .8em"
        return str(
            Markup('<div style="{}"><p>{}</p><ul>{}</ul></div>').format(
                style, plain(say(self.words, self.tongue)), items
            )
        )

    def __repr__(self) -> str:
        return "\n".join(plain(say(t, self.tongue)) for t in (self.words, *self.lines))


def summary(results: Sequence[CheckResult], assignment: Assignment, tongue: Language) -> str:
    """Points of the checks shown; what is hidden is told when they are all of the public ones."""
    out_of = math.fsum(r.out_of for r in results)
    earned = tongue.number(score.shown(score.total(results), out_of))
    if len(results) < len(assignment.public_card().checks):
        return f"{earned}/{tongue.number(out_of)}"
    hidden = tongue.number(assignment.settings.points - out_of)
    words = tongue.gettext("public {earned}/{out_of}; {hidden} hidden points not run here")
    return words.format(earned=earned, out_of=tongue.number(out_of), hidden=hidden)


def differences(
    live: Sequence[CheckResult], fresh: Mapping[str, CheckResult], tongue: Language
) -> tuple[Text, ...]:
    """The checks whose outcome here is not that of a run from the start."""
    found = []
    for result in live:
        other = fresh.get(result.check)
        if other is not None and other.outcome is not result.outcome:
            found.append(
                text(
                    "{check}: here {here}, from the start {there}.",
                    check=result.check,
                    here=tongue.gettext(OUTCOMES[result.outcome].template),
                    there=tongue.gettext(OUTCOMES[other.outcome].template),
                )
            )
    return tuple(found[:_SHOWN_DIFFERENCES])
