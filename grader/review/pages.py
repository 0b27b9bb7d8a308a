"""The pages of the desk, from the values of `desk`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from grader.model import Text
from grader.report import desk_page
from grader.report.page import render, say
from grader.review.desk import Flash, Office

STYLES = ("base.css", "class.css", "review.css")


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """A mistake that several students share."""

    id: str
    check: str
    words: str
    title: str
    n: int


def _words(office: Office, words: Text, instead: str) -> str:
    return say(words, office.tongue) if words else instead


def queue_page(office: Office, language: str, flash: Flash) -> str:
    """The queue: what needs a person, shared mistakes, the rest of the class."""
    card = office.store.card()
    queue = office.queue()
    titles = {c.name: _words(office, c.title, c.name) for c in card.checks}
    words = {id_: _words(office, said, id_) for id_, said in card.mistakes}
    shared = Counter(pair for q in queue for pair in set(q.mistakes))
    return render(
        "review_queue.html.j2",
        language,
        styles=STYLES,
        scripts=("review.js",),
        forms=True,
        desk=office.desk(queue, flash),
        card=card,
        urgent=[q for q in queue if q.is_urgent and not q.reviewed_by],
        open=[q for q in queue if not q.is_urgent and not q.reviewed_by],
        done=[q for q in queue if q.reviewed_by],
        mistakes=[
            Map(
                id=mistake,
                check=check,
                words=words.get(mistake, mistake),
                title=titles.get(check, check),
                n=n,
            )
            for (mistake, check), n in sorted(shared.items(), key=lambda item: (-item[1], item[0]))
            if n > 1
        ],
    )


def submission_page(office: Office, key: str, language: str, flash: Flash) -> str | None:
    """The page of one submission with the desk's forms."""
    found = office.submission(key, flash)
    return desk_page(found[0], found[1], language=language) if found else None


def shared_page(office: Office, mistake: str, check: str, language: str, flash: Flash) -> str | None:
    """Everyone who made a mistake, and one form for them."""
    card = office.store.card()
    asked = next((c for c in card.checks if c.name == check), None)
    if asked is None:
        return None
    return render(
        "review_shared.html.j2",
        language,
        styles=STYLES,
        scripts=("review.js",),
        forms=True,
        desk=office.desk(office.queue(), flash),
        card=card,
        mistake=mistake,
        check=check,
        words=_words(office, dict(card.mistakes).get(mistake, Text()), mistake),
        title=_words(office, asked.title, asked.name),
        out_of=asked.points,
        rows=office.sharing(mistake, check),
    )


def log_page(office: Office, language: str) -> str:
    """Who did what."""
    return render(
        "review_log.html.j2",
        language,
        styles=STYLES,
        scripts=("review.js",),
        forms=True,
        desk=office.desk(office.queue(), Flash()),
        card=office.store.card(),
        entries=office.log(),
    )
