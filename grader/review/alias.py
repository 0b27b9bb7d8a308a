"""Marking without names: what a submission is called, and names blotted out of what it says."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

from grader.model import CheckResult, Correction, Document, Graded, SubmissionResult, Text, Trace
from grader.store import Store

BLOT = "█████"
SHORTEST = 3  # letters of a part of a name; shorter ones are also words
LONGEST = 300  # characters of a name
SHORTEST_SECRET = 4  # of a number or a file's name: "a" would blot every a
_SALT = "desk_salt"


def salt(store: Store, make: Callable[[], str]) -> bytes:
    """What makes aliases of this folder differ from those of another: made once, kept in the store."""
    kept = store.setting(_SALT)
    if not kept:
        kept = make()
        store.set_setting(_SALT, kept)
    return kept.encode()


def alias(key: str, secret: bytes) -> str:
    """A name for a submission that tells nothing about who handed it in; the same for all TAs."""
    return "s" + hmac.new(secret, key.encode(), hashlib.sha256).hexdigest()[:10]


def _bare(words: str) -> str:
    """`words` without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", words) if not unicodedata.combining(c))


def names_pattern(*names: str) -> re.Pattern[str] | None:
    """What finds the parts of these names, with or without accents, in any case."""
    words = [part for name in names for part in re.split(r"[\W\d_]+", name[:LONGEST])]
    parts = {part for part in words if len(part) >= SHORTEST}
    forms = sorted({f for p in parts for f in (p, _bare(p))}, key=lambda f: (-len(f), f))
    if not forms:
        return None
    return re.compile(
        "(?<![^\\W\\d_])(?:" + "|".join(map(re.escape, forms)) + ")(?![^\\W\\d_])", re.IGNORECASE
    )


def message_without_names(result: SubmissionResult) -> Text:
    """What is said of a submission as a whole, without the student's name."""
    pattern = names_pattern(result.name)
    return _text(result.message, lambda words: pattern.sub(BLOT, words)) if pattern else result.message


def without_names(graded: Graded, name: str) -> Graded:
    """`graded` with the student's name, number and files' names blotted out wherever people read them."""
    result = graded.result
    pattern = names_pattern(name)

    def blot(words: str) -> str:
        words = pattern.sub(BLOT, words) if pattern else words
        for secret in (result.key, result.identifier, *result.files):
            if secret and SHORTEST_SECRET <= len(secret) <= LONGEST:
                words = words.replace(secret, BLOT)
        return words

    return replace(
        graded,
        result=replace(
            result,
            name="",
            identifier=None,
            files=(),
            message=_text(result.message, blot),
            notes=tuple(_text(note, blot) for note in result.notes),
            checks=tuple(_check(check, blot) for check in result.checks),
        ),
        document=_document(graded.document, blot) if graded.document else None,
    )


def corrections_without_names(corrections: tuple[Correction, ...], name: str) -> tuple[Correction, ...]:
    """Reasons often address the student by name."""
    pattern = names_pattern(name)
    if pattern is None:
        return corrections
    return tuple(replace(c, reason=pattern.sub(BLOT, c.reason)) for c in corrections)


def _text(words: Text, blot: Callable[[str], str]) -> Text:
    args = tuple(
        (k, _text(v, blot) if isinstance(v, Text) else blot(v) if isinstance(v, str) else v)
        for k, v in words.args
    )
    return Text(words.template, args)


def _check(check: CheckResult, blot: Callable[[str], str]) -> CheckResult:
    evidence = tuple(
        replace(
            e,
            message=blot(e.message),
            exception=blot(e.exception),
            frames=tuple(replace(f, source=blot(f.source), label=blot(f.label)) for f in e.frames),
        )
        if isinstance(e, Trace)
        else e
        for e in check.evidence
    )
    return replace(
        check,
        message=_text(check.message, blot),
        numbers=_text(check.numbers, blot),
        detail=blot(check.detail),
        evidence=evidence,
    )


def _document(document: Document, blot: Callable[[str], str]) -> Document:
    return Document(
        path="",
        cells=tuple(
            replace(
                cell,
                source=blot(cell.source),
                label=blot(cell.label),
                outputs=tuple(map(blot, cell.outputs)),
            )
            for cell in document.cells
        ),
    )
