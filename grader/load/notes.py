"""The worker's notes as sentences. What comes in is a stranger's data: vetted, bounded, never trusted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.model import Text, text, verbatim

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
        "{label} does not compile: line {line}, {cause}. The parts of it that do compile were used.",
        label=a.words("label"),
        line=a.number("line"),
        cause=_CAUSES.get(a.words("cause"), verbatim(a.words("message"))),
    )


_CAUSES = {
    "quotes": text("typographic quotes instead of straight ones"),
    "spaces": text("a space that is not the one of the keyboard, copied from elsewhere"),
    "tabs": text("tabs and spaces are mixed in the indentation"),
    "python2": text("Python 2 is written there, not Python 3"),
    "unfinished": text("something that was opened is not finished"),
}
_REPAIRS = {
    "quotes": text("typographic quotes were made straight"),
    "spaces": text("no-break spaces were made plain"),
    "tabs": text("tabs in the indentation were made spaces"),
    "python2": text("Python 2 was read as Python 3"),
}


def _repaired(a: _Args) -> Text:
    return text("{label}: {repair}.", label=a.words("label"), repair=_REPAIRS[a.words("repair")])


def _unit_failed(a: _Args) -> Text:
    return text(
        "{label}, line {line} raised {exception}: {message}",
        label=a.words("label"),
        line=a.number("line"),
        exception=a.words("exception"),
        message=a.words("message"),
    )


def _line_not_run(a: _Args) -> Text:
    return text("{label}: `{line}` was not run.", label=a.words("label"), line=a.words("line"))


def _cell_not_run(a: _Args) -> Text:
    return text("{label} was not run: {magic} is not Python.", label=a.words("label"), magic=a.words("magic"))


def _old_numpy(a: _Args) -> Text:
    return text(
        "{label}: NumPy no longer has {names}; what replaces them was used.",
        label=a.words("label"),
        names=a.words("names"),
    )


def _too_slow(a: _Args) -> Text:
    return text(
        "{label}, line {line} was stopped: it takes long, and functions need what it makes.",
        label=a.words("label"),
        line=a.number("line"),
    )


def _exit_called(a: _Args) -> Text:
    return text("{label}, line {line}: the exit was ignored.", label=a.words("label"), line=a.number("line"))


def _file_written(a: _Args) -> Text:
    return text("{label} wrote {path}, as it asks.", label=a.words("label"), path=a.words("path"))


def _run_missing(a: _Args) -> Text:
    return text("`{line}` was not run: no such file was handed in.", line=a.words("line"))


def _import_found_by_name(a: _Args) -> Text:
    return text(
        "`import {module}` was answered by {path}, which was handed in.",
        module=a.words("module"),
        path=a.words("path"),
    )


def _import_refused(a: _Args) -> Text:
    return text(
        "{module} may not be used in this assignment: what is taken from it raises an error. Allowed are the"
        " standard library and {allowed}.",
        module=a.words("module"),
        allowed=a.words("allowed"),
    )


def _import_stand_in(a: _Args) -> Text:
    return text("{module} was left out: its calls do nothing here.", module=a.words("module"))


def _import_missing(a: _Args) -> Text:
    return text(
        "`import {module}` found nothing: no such file was handed in, and no such package is installed.",
        module=a.words("module"),
    )


def _data_found(a: _Args) -> Text:
    return text("The file meant by {path} was found by its name.", path=a.words("path"))


def _alias_used(a: _Args) -> Text:
    return text(
        "{name} was not found; {found} was taken for it.", name=a.words("name"), found=a.words("found")
    )


def _name_near(a: _Args) -> Text:
    return text(
        "{name} was looked for and not found. {label} defines {found}: rename it to {name}.",
        name=a.words("name"),
        found=a.words("found"),
        label=a.words("label"),
    )


def _name_inside(a: _Args) -> Text:
    return text(
        "{name} was looked for and not found. It is a method of {owner} in {label}: define it outside of the"
        " class.",
        name=a.words("name"),
        owner=a.words("owner"),
        label=a.words("label"),
    )


def _name_from_file(a: _Args) -> Text:
    return text("{name} was taken from {path}.", name=a.words("name"), path=a.words("path"))


def _order_accepted(a: _Args) -> Text:
    return text("{name} takes its arguments in another order, which is accepted.", name=a.words("name"))


def _signature(a: _Args) -> Text:
    values = {"name": a.words("name"), "asked": a.words("asked"), "found": a.words("found")}
    match a.words("differs"):
        case "order":
            return text("{name} takes ({found}); asked for was the order ({asked}).", **values)
        case "fewer":
            return text("{name} takes ({found}); asked for was ({asked}).", **values)
        case "more":
            return text(
                "{name} takes ({found}); it will be called with ({asked}): give the others a default.",
                **values,
            )
    return Text()


def _function_kept(a: _Args) -> Text:
    return text(
        "{name} is a function in {label}, and its name is given to a value elsewhere: the function counts.",
        name=a.words("name"),
        label=a.words("label"),
    )


def _defined_twice(a: _Args) -> Text:
    return text(
        "{name} is defined more than once: the last that works counts, from {last}.",
        name=a.words("name"),
        last=a.words("last"),
    )


_SENTENCES: dict[str, Callable[[_Args], Text]] = {
    "alias_used": _alias_used,
    "cell_not_run": _cell_not_run,
    "data_found": _data_found,
    "defined_twice": _defined_twice,
    "exit_called": _exit_called,
    "file_written": _file_written,
    "function_kept": _function_kept,
    "import_found_by_name": _import_found_by_name,
    "import_missing": _import_missing,
    "import_refused": _import_refused,
    "import_stand_in": _import_stand_in,
    "line_not_run": _line_not_run,
    "name_from_file": _name_from_file,
    "name_inside": _name_inside,
    "name_near": _name_near,
    "old_numpy": _old_numpy,
    "order_accepted": _order_accepted,
    "repaired": _repaired,
    "run_missing": _run_missing,
    "signature": _signature,
    "too_slow": _too_slow,
    "unit_broken": _unit_broken,
    "unit_failed": _unit_failed,
}
