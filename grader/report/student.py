"""The page of one student: what happened, what to do next, every check, the notebook beside it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache, partial

from markupsafe import Markup

from grader.i18n import Language, language
from grader.model import (
    Card,
    CheckResult,
    Correction,
    Cost,
    Graded,
    Outcome,
    State,
    SubmissionResult,
    Tier,
    Trace,
)
from grader.report import notebook
from grader.report.evidence import Shown, show
from grader.report.page import macro, render, say
from grader.report.seen import Audience, is_open, seen_by
from grader.store import Comment, Standing, standing

EVIDENCE_LIMIT = 600_000  # characters of HTML of all evidence on a page
FIRST_STEPS = 3
NOTES = 60
KEPT = 512  # pieces of pages, most of which many students share


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentView:
    """All that the page of one student is made of."""

    card: Card
    graded: Graded
    corrections: tuple[Correction, ...] = ()
    comments: tuple[Comment, ...] = ()
    audience: str = "student"  # "student" | "staff"
    after_due: bool = False
    anonymous: bool = False  # no name, no number, no name of a file


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """One check as the template takes it."""

    result: CheckResult
    title: str
    points: float
    correction: Correction | None
    comments: tuple[Markup, ...]
    evidence: tuple[Shown, ...]
    is_cut: bool
    places: tuple[tuple[str, str, str], ...]  # name, anchor and label of what it is about in the notebook

    @property
    def is_done(self) -> bool:
        """Is there nothing left to do?"""
        return self.result.outcome is Outcome.PASSED


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """The points of one group."""

    name: str
    points: float
    out_of: float
    open: int  # checks that did not pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a person decided about one check or the whole."""

    title: str
    before: float
    after: float
    reason: str
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the template needs, decided."""

    result: SubmissionResult
    standing: Standing
    groups: tuple[GroupView, ...]
    to_do: tuple[CheckView, ...]
    waiting: tuple[CheckView, ...]
    done: tuple[CheckView, ...]
    first_steps: tuple[CheckView, ...]
    changes: tuple[Change, ...]
    comments: tuple[Markup, ...]
    cells: tuple[notebook.ShownCell, ...]
    cells_left: int
    costs: tuple[Cost, ...]
    tier: Tier | None


def _points_now(view: StudentView) -> dict[str, float]:
    """The points of each check, those that a person gave in place of the machine's."""
    points = {check.check: check.points for check in view.graded.result.checks}
    decided = {c.check: c.points for c in view.corrections if c.points is not None and c.check in points}
    return points | decided


def _titles(result: SubmissionResult, view: StudentView, tongue: Language) -> dict[str, str]:
    """How each check is called on this page."""
    titles = {}
    for check in result.checks:
        title = say(check.title, tongue) or check.check.replace("_", " ")
        if view.audience != Audience.STAFF and not is_open(check, after_due=view.after_due):
            title = tongue.gettext("Hidden check")
        titles[check.check] = title
    return titles


def _places(
    check: CheckResult, title: str, cells: tuple[notebook.ShownCell, ...]
) -> tuple[tuple[str, str, str], ...]:
    """Where the notebook defines what the check is about: its group, or a name in its title."""
    words = set(title.replace("(", " ").replace("`", " ").replace(".", " ").split()) | {check.group}
    found = {
        name: (name, cell.anchor, cell.label) for cell in cells for name in cell.defines if name in words
    }
    return tuple(found.values())[:3]


def _evidence(result: SubmissionResult, tongue: Language) -> dict[str, tuple[tuple[Shown, ...], bool]]:
    """What each check attached, as long as it fits, and whether something did not."""
    left = EVIDENCE_LIMIT
    shown: dict[str, tuple[tuple[Shown, ...], bool]] = {}
    for check in result.checks:
        kept: list[Shown] = []
        for piece in check.evidence:
            made = show(piece, tongue)
            left -= sum(len(image) for _, image in made.images) + 2_000
            if left > 0:
                kept.append(made)
        shown[check.check] = (tuple(kept), len(kept) < len(check.evidence))
    return shown


def _raised(
    result: SubmissionResult, titles: dict[str, str]
) -> tuple[dict[str, frozenset[int]], dict[str, tuple[tuple[str, str], ...]]]:
    """The lines and the checks that raised, by the anchor of their cell."""
    lines: dict[str, set[int]] = defaultdict(set)
    checks: dict[str, dict[str, str]] = defaultdict(dict)
    for check in result.checks:
        for trace in (e for e in check.evidence if isinstance(e, Trace)):
            for frame in trace.frames:
                lines[frame.anchor].add(frame.line)
            if trace.frames:
                checks[trace.frames[-1].anchor][check.check] = titles[check.check]
    return (
        {anchor: frozenset(found) for anchor, found in lines.items()},
        {anchor: tuple(found.items()) for anchor, found in checks.items()},
    )


def _groups(checks: tuple[CheckView, ...]) -> tuple[GroupView, ...]:
    names = dict.fromkeys(check.result.group for check in checks)
    return tuple(
        GroupView(
            name=name,
            points=sum(c.points for c in checks if c.result.group == name),
            out_of=sum(c.result.out_of for c in checks if c.result.group == name),
            open=sum(not c.is_done for c in checks if c.result.group == name),
        )
        for name in names
    )


def _comments(view: StudentView, aliases: dict[str, str]) -> dict[str, tuple[Markup, ...]]:
    said: dict[str, list[Markup]] = defaultdict(list)
    for comment in view.comments:
        check = aliases.get(comment.check, "")
        said[check].append(notebook.markdown(comment.body))
    return {check: tuple(bodies) for check, bodies in said.items()}


def _corrections(view: StudentView, aliases: dict[str, str]) -> dict[str, Correction]:
    """Corrections by the name that their check has on this page."""
    return {aliases[c.check]: c for c in view.corrections if c.check in aliases}


def _changes(
    view: StudentView, titles: dict[str, str], aliases: dict[str, str], tongue: Language
) -> tuple[Change, ...]:
    whole = view.graded.result
    machine = {check.check: check.points for check in whole.checks}
    return tuple(
        Change(
            title=titles.get(aliases.get(c.check, ""), tongue.gettext("whole submission")),
            before=machine.get(c.check, standing(whole, ()).points),
            after=c.points,
            reason=c.reason,
            author=c.author,
        )
        for c in view.corrections
        if c.points is not None
    )


def decide(view: StudentView, tongue: Language) -> Page:
    """Everything that the page says, in the order in which it says it."""
    whole = view.graded.result
    result = seen_by(whole, Audience(view.audience), after_due=view.after_due)
    aliases = {a.check: b.check for a, b in zip(whole.checks, result.checks, strict=True)}
    titles = _titles(result, view, tongue)
    lines, raised = _raised(result, titles)
    cells: tuple[notebook.ShownCell, ...] = ()
    cells_left = 0
    if view.graded.document is not None:
        cells, cells_left = notebook.show_cells(view.graded.document, hits=lines, raised=raised)
    points = _points_now(view)
    corrections, comments = _corrections(view, aliases), _comments(view, aliases)
    evidence = _evidence(result, tongue)
    checks = tuple(
        CheckView(
            result=check,
            title=titles[check.check],
            points=points[original.check],
            correction=corrections.get(check.check),
            comments=comments.get(check.check, ()),
            evidence=evidence[check.check][0],
            is_cut=evidence[check.check][1],
            places=_places(check, titles[check.check], cells),
        )
        for original, check in zip(whole.checks, result.checks, strict=True)
    )
    to_do = tuple(c for c in checks if c.result.outcome not in (Outcome.PASSED, Outcome.SKIPPED))
    staff = view.audience == Audience.STAFF
    return Page(
        result=result,
        standing=standing(whole, view.corrections),
        groups=_groups(checks),
        to_do=to_do,
        waiting=tuple(c for c in checks if c.result.outcome is Outcome.SKIPPED),
        done=tuple(c for c in checks if c.is_done),
        first_steps=tuple(c for c in to_do if c.result.outcome is not Outcome.BROKEN)[:FIRST_STEPS],
        changes=_changes(view, titles, aliases, tongue),
        comments=comments.get("", ()),
        cells=cells,
        cells_left=cells_left,
        costs=view.graded.costs if staff else (),
        tier=whole.provenance.tier if staff and whole.provenance else None,
    )


def _article(check: CheckView, form: Markup | str, *, code: str, staff: bool) -> Markup:
    """One check with all that is said of it."""
    if check.evidence or form:  # the student's own, and nobody else's
        return macro("check.html.j2", "article", code)(check, staff, form)
    return _kept_article(check, code, staff)


@lru_cache(maxsize=KEPT)
def _kept_article(check: CheckView, code: str, staff: bool) -> Markup:
    return macro("check.html.j2", "article", code)(check, staff, "")


@lru_cache(maxsize=KEPT)
def _entry(check: str, title: str, outcome: Outcome, code: str) -> Markup:
    """One check in the index."""
    return macro("check.html.j2", "entry", code)(check, title, outcome)


def student_page(view: StudentView, *, language: str) -> str:
    """The page of one student as one HTML file."""
    return _render(view, language, None)


def desk_page(view: StudentView, desk: object, *, language: str) -> str:
    """The same with the forms of the review desk; `desk` is what their template needs."""
    return _render(view, language, desk)


def _render(view: StudentView, code: str, desk: object) -> str:
    tongue = language(code)
    page = decide(view, tongue)
    at_desk = desk is not None
    return render(
        "review_student.html.j2" if at_desk else "student.html.j2",
        code,
        styles=("base.css", "student.css", *(("review.css",) if at_desk else ())),
        scripts=("student.js", *(("review.js",) if at_desk else ())),
        forms=at_desk,
        article=partial(_article, code=code, staff=view.audience == Audience.STAFF),
        entry=lambda check: _entry(check.result.check, check.title, check.result.outcome, code),
        desk=desk,
        page=page,
        card=view.card,
        due=tongue.date(view.card.due, view.card.timezone) if view.card.due else "",
        name=tongue.gettext("Anonymous") if view.anonymous else view.graded.result.name,
        anonymous=view.anonymous,
        staff=view.audience == Audience.STAFF,
        was_graded=page.result.state in (State.GRADED, State.NEEDS_REVIEW),
        notes=page.result.notes[:NOTES],
        notes_left=max(0, len(page.result.notes) - NOTES),
    )
