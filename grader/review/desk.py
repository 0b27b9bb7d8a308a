"""What the desk shows: the queue, one submission, those who share a mistake, the log."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.i18n import Language
from grader.model import CheckResult, Graded, State, Text, text
from grader.report import StudentView
from grader.review.alias import (
    BLOT,
    alias,
    corrections_without_names,
    message_without_names,
    names_pattern,
    without_names,
)
from grader.store import Comment, Entry, Store, standing

PHRASES = 20
REASONS = 20
ACTIONS: dict[str, Text] = {
    "correct": text("changed points"),
    "withdraw": text("let the machine's points stand"),
    "comment": text("commented"),
    "delete": text("deleted a comment"),
    "review": text("marked as reviewed"),
    "unreview": text("marked as not reviewed"),
    "undo": text("undid the last change"),
    "regrade": text("was graded again with another result"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who sits at the desk."""

    author: str
    anonymous: bool
    csrf: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flash:
    """What the last request has to say."""

    notice: str = ""
    alert: str = ""
    meanwhile: tuple[str, ...] = ()
    lost: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the templates of the desk need beside the page itself."""

    csrf: str
    author: str
    anonymous: bool
    reviewed_n: int
    total_n: int
    notice: str = ""
    alert: str = ""
    meanwhile: tuple[str, ...] = ()
    lost: str = ""
    url: str = ""
    version: int = 0
    previous: str = ""
    next: str = ""
    reviewed_by: str = ""
    last_change: str = ""
    has_whole: bool = False
    comments: tuple[Comment, ...] = ()
    phrases: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    sharing: Mapping[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """One line of the queue."""

    key: str
    url: str
    name: str
    state: State
    message: Text
    final: float
    change: float
    reviewed_by: str
    mistakes: tuple[tuple[str, str], ...]  # mistake, check

    @property
    def is_urgent(self) -> bool:
        """Could no verdict be established?"""
        return self.state in (State.NEEDS_REVIEW, State.UNREADABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """One student among those who share a mistake."""

    alias: str
    url: str
    name: str
    version: int
    points: float
    is_corrected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the log, in words."""

    when: str
    author: str
    url: str
    name: str
    what: str


class Office:
    """A store seen by one session: with names, or without."""

    def __init__(self, store: Store, session: Session, secret: bytes, tongue: Language) -> None:
        self.store = store
        self.session = session
        self._secret = secret
        self.tongue = tongue

    # --- names -----------------------------------------------------------------------------------------

    def handle(self, key: str) -> str:
        """What stands for a submission in addresses."""
        return alias(key, self._secret) if self.session.anonymous else key

    def url(self, key: str) -> str:
        """Where the page of a submission is."""
        return f"/s/{self.handle(key)}"

    def key_of(self, handle: str) -> str | None:
        """The submission that a key or an alias stands for."""
        keys = self.store.keys()
        if handle in keys:
            return handle
        return next((key for key in keys if alias(key, self._secret) == handle), None)

    def name(self, key: str, name: str) -> str:
        """How a student is called."""
        return alias(key, self._secret) if self.session.anonymous else name

    # --- pages -----------------------------------------------------------------------------------------

    def queue(self) -> tuple[Queued, ...]:
        """All submissions: what needs a person first, then the class in its order."""
        lines = [self._queued(graded) for graded in self.store.iterate(with_documents=False)]
        if self.session.anonymous:
            lines.sort(key=lambda q: q.name)  # the order of the class is that of the names
        return tuple(sorted(lines, key=lambda q: not q.is_urgent))

    def _queued(self, graded: Graded) -> Queued:
        result = graded.result
        row = standing(result, self.store.desk.corrections(result.key))
        mark = self.store.desk.reviewed(result.key)
        message = result.message
        if self.session.anonymous:
            message = message_without_names(result)
        return Queued(
            key=result.key,
            url=self.url(result.key),
            name=self.name(result.key, result.name),
            state=result.state,
            message=message,
            final=row.final,
            change=row.correction,
            reviewed_by=mark.author if mark else "",
            mistakes=tuple((m, c.check) for c in result.checks for m in c.mistakes),
        )

    def desk(self, queue: Sequence[Queued], flash: Flash) -> Desk:
        """The bar on top of every page."""
        return Desk(
            csrf=self.session.csrf,
            author=self.session.author,
            anonymous=self.session.anonymous,
            reviewed_n=sum(bool(q.reviewed_by) for q in queue),
            total_n=len(queue),
            notice=flash.notice,
            alert=flash.alert,
            meanwhile=flash.meanwhile,
            lost=flash.lost,
            phrases=self._phrases(),
            reasons=self._reasons(),
        )

    def submission(self, key: str, flash: Flash) -> tuple[StudentView, Desk] | None:
        """The page of one submission, and its desk."""
        graded = self.store.get(key)
        if graded is None:
            return None
        queue = self.queue()
        at = next((i for i, q in enumerate(queue) if q.key == key), 0)
        store, desk = self.store, self.store.desk
        corrections, comments = desk.corrections(key), desk.comments(key)
        name = graded.result.name
        if self.session.anonymous:
            graded = without_names(graded, name)
            corrections = corrections_without_names(corrections, name)
            comments = tuple(replace(c, body=self._hide(c.body, name)) for c in comments)
        view = StudentView(
            card=store.card(),
            graded=graded,
            corrections=corrections,
            comments=comments,
            audience="staff",
            after_due=True,
            anonymous=self.session.anonymous,
        )
        mark = desk.reviewed(key)
        base = self.desk(queue, flash)
        fields = {name: getattr(base, name) for name in base.__slots__}
        fields |= {
            "url": self.url(key),
            "version": desk.version(key),
            "previous": queue[at - 1].url if at else "",
            "next": queue[at + 1].url if at + 1 < len(queue) else "",
            "reviewed_by": mark.author if mark else "",
            "last_change": self._last_change(key),
            "has_whole": any(c.check == "" for c in corrections),
            "comments": comments,
            "sharing": dict(Counter(pair for q in queue for pair in set(q.mistakes))),
        }
        return view, Desk(**fields)

    def sharing(self, mistake: str, check: str) -> tuple[Shared, ...]:
        """Those whose check shows a mistake."""
        found = []
        for key, of in self.store.sharing(mistake):
            graded = self.store.get(key, with_document=False) if of == check else None
            if graded is None:
                continue
            points = next((c.points for c in graded.result.checks if c.check == check), 0.0)
            decided = [c.points for c in self.store.desk.corrections(key) if c.check == check]
            found.append(
                Shared(
                    alias=self.handle(key),
                    url=self.url(key),
                    name=self.name(key, graded.result.name),
                    version=self.store.desk.version(key),
                    points=points if not decided or decided[0] is None else decided[0],
                    is_corrected=bool(decided),
                )
            )
        return tuple(sorted(found, key=lambda s: s.name) if self.session.anonymous else found)

    def log(self, key: str | None = None) -> tuple[Line, ...]:
        """Who did what, the latest first."""
        names = {g.result.key: g.result.name for g in self.store.iterate(with_documents=False)}
        entries = self.store.desk.history(key)
        return tuple(
            Line(
                when=f"{e.made_at:%Y-%m-%d %H:%M} UTC",
                author=e.author or "grader",
                url=self.url(e.key),
                name=self.name(e.key, names.get(e.key, e.key)),
                what=self._hide(self.words(e), names.get(e.key, "")),
            )
            for e in reversed(entries)
        )

    def _hide(self, words: str, name: str) -> str:
        pattern = names_pattern(name) if self.session.anonymous else None
        return pattern.sub(BLOT, words) if pattern else words

    def said(self, entry: Entry) -> str:
        """Who did what, for the page of that submission."""
        graded = self.store.get(entry.key, with_document=False)
        name = graded.result.name if graded else ""
        return f"{entry.author or 'grader'}: {self._hide(self.words(entry), name)}"

    def words(self, entry: Entry) -> str:
        """What an entry of the log says, names and all."""
        detail = json.loads(entry.detail)
        action = ACTIONS.get(entry.action)
        said = self.tongue.gettext(action.template) if action else entry.action
        parts = [said]
        if detail.get("check"):
            parts.append(str(detail["check"]))
        after = detail.get("after")
        if isinstance(after, dict):
            if after.get("points") is not None:
                parts.append(f"→ {self.tongue.number(float(after['points']))}")
            parts.append(f"({after.get('reason', '')})")
        if entry.action in ("comment", "delete"):
            parts.append(f"“{str(detail.get('body', ''))[:120]}”")
        return " ".join(parts)

    # --- what was said before -----------------------------------------------------------------------------

    def _last_change(self, key: str) -> str:
        entries = self.store.desk.history(key)
        undone = {json.loads(e.detail)["id"] for e in entries if e.action == "undo"}
        left = [e for e in entries if e.author and e.action != "undo" and e.id not in undone]
        return self.said(left[-1]) if left else ""

    def _written(self, action: str) -> list[str]:
        """What was written with an action; without names, only what names nobody."""
        names = {}
        if self.session.anonymous:
            names = {g.result.key: g.result.name for g in self.store.iterate(with_documents=False)}
        said = []
        for entry in self.store.desk.history():
            if entry.action != action:
                continue
            detail = json.loads(entry.detail)
            words = str(detail["body"] if action == "comment" else detail["after"]["reason"])
            pattern = names_pattern(names.get(entry.key, ""))
            if words and not (pattern and pattern.search(words)):
                said.append(words)
        return said

    def _phrases(self) -> tuple[str, ...]:
        """Comments written before, the most used first."""
        return tuple(body for body, _ in Counter(self._written("comment")).most_common(PHRASES))

    def _reasons(self) -> tuple[str, ...]:
        return tuple(reason for reason, _ in Counter(self._written("correct")).most_common(REASONS))


def check_of(graded: Graded | None, name: str) -> CheckResult | None:
    """The result of one check."""
    return next((c for c in graded.result.checks if c.check == name), None) if graded else None
