"""The worker's notes as sentences. What comes in is a stranger's data: vetted, bounded, never trusted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.model import Text, text

MAX_NOTES = 60
MAX_WORDS = 300


def notes_of(report: object) -> tuple[Text, ...]:
    """Sentences for what the worker says that loading met; what makes no sense is left out."""
    notes = report.get("notes") if isinstance(report, dict) else None
    found: list[Text] = []
    for note in notes if isinstance(notes, list | tuple) else ():
        sentence = _sentence(note)
        if sentence and sentence not in found:
            found.append(sentence)
        if len(found) == MAX_NOTES:
            break
    return tuple(found)


def _sentence(note: object) -> Text:
    if not isinstance(note, dict) or not isinstance(note.get("args"), dict):
        return Text()
    make = _SENTENCES.get(str(note.get("code"))[:40])
    if make is None:
        return Text()
    try:
        return make(_Args(note["args"]))
    except (KeyError, TypeError, ValueError):
        return Text()


class _Args:
    """A note's arguments, each of the kind asked for or an error."""

    def __init__(self, args: dict[Any, Any]) -> None:
        self._args = args

    def words(self, key: str) -> str:
        value = self._args[key]
        if type(value) is not str:
            raise TypeError(key)
        return "".join(c if c.isprintable() else " " for c in value[:MAX_WORDS])

    def number(self, key: str) -> int:
        value = self._args[key]
        if type(value) is not int or not 0 <= value < 10**9:
            raise TypeError(key)
        return value


def _unit_broken(a: _Args) -> Text:
    return text(
        "{label} does not compile: line {line}, {message}. What could be read of the rest was used.",
        label=a.words("label"),
        line=a.number("line"),
        message=a.words("message"),
    )


def _unit_failed(a: _Args) -> Text:
    return text(
        "{label}, line {line} raised {exception}: {message}",
        label=a.words("label"),
        line=a.number("line"),
        exception=a.words("exception"),
        message=a.words("message"),
    )


def _line_not_run(a: _Args) -> Text:
    return text("`{line}` was not run.", line=a.words("line"))


def _cell_not_run(a: _Args) -> Text:
    return text("{label} was not run: {magic} is not Python.", label=a.words("label"), magic=a.words("magic"))


_SENTENCES: dict[str, Callable[[_Args], Text]] = {
    "unit_broken": _unit_broken,
    "unit_failed": _unit_failed,
    "line_not_run": _line_not_run,
    "cell_not_run": _cell_not_run,
}
