"""Find the checks in pytest's items, and refuse what an author got wrong."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Iterable, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from grader.checks.suite import CheckMark, Suite
from grader.errors import AssignmentError
from grader.model import Check, Text, Visibility, text

PREFIX = "test_"


def check_name(item: pytest.Item) -> str:
    """The check that an item is a case of."""
    return getattr(item, "originalname", item.name).removeprefix(PREFIX)


def mark_of(definition: pytest.Item) -> CheckMark:
    """The marker of a check; raises AssignmentError where it is missing or wrong."""
    where = f"{definition.path}: {getattr(definition, 'originalname', definition.name)}"
    marker = definition.get_closest_marker("check")
    if marker is None:
        raise AssignmentError(f"{where} has no marker", "write @pytest.mark.check(points=…) above it")
    try:
        values = dict(marker.kwargs)
        if "after" in values:
            values["after"] = (
                (values["after"],) if isinstance(values["after"], str) else tuple(values["after"])
            )
        if values.get("visibility") is not None:
            values["visibility"] = Visibility(values["visibility"])
        mark = CheckMark(*marker.args, **values)
    except (TypeError, ValueError) as error:
        raise AssignmentError(
            f"{where}: {error}", "see the arguments of check(…) in docs/authoring.md"
        ) from None
    if not mark.points > 0:
        raise AssignmentError(f"{where} has points = {mark.points}", "give it points > 0")
    if mark.seeds < 1:
        raise AssignmentError(f"{where} has seeds = {mark.seeds}", "give it seeds >= 1")
    return mark


def not_collected(path: Path, error: BaseException) -> AssignmentError:
    """What to say of a file of checks that `error` kept from being imported."""
    if isinstance(error, pytest.Collector.CollectError):  # pytest's, around what Python said
        error = error.__cause__ or error
    if isinstance(error, SyntaxError) and Path(error.filename or "").is_file():  # or a file that it imports
        where, words = f"{error.filename}: line {error.lineno}", error.msg
    else:
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if Path(f.filename) == path]
        where = f"{path}: line {lines[-1]}" if lines else str(path)
        words = (str(error).strip().splitlines() or [""])[-1]
    return AssignmentError(
        f"{where} cannot be collected: {type(error).__name__}: {words}", "run it with Python and mend it"
    )


def checks_of(items: Sequence[pytest.Item], suite: Suite) -> tuple[Check, ...]:
    """The checks, in an order in which each comes after those that it waits for."""
    folders = {f.path: f.visibility for f in suite.files}
    found: dict[str, tuple[Check, Path]] = {}
    for item in items:
        name = check_name(item)
        if name in found:
            if found[name][1] != item.path:
                raise AssignmentError(
                    f"{item.path}: check {name!r} exists in {found[name][1]} too",
                    "give each check its own name",
                )
            continue
        mark = mark_of(item)
        check = Check(
            name=name,
            title=_title(item),
            group=mark.group or item.path.stem.removeprefix(PREFIX).replace("_", " "),
            points=mark.points,
            visibility=mark.visibility or folders[item.path],
            after=mark.after,
        )
        found[name] = (check, item.path)
    return _in_order({name: check for name, (check, _) in found.items()}, suite.root)


def _title(item: pytest.Item) -> Text:
    words = inspect.getdoc(getattr(item, "function", None)) or ""
    if not words:
        raise AssignmentError(
            f"{item.path}: {item.name} has no docstring", "write one sentence that says what is right"
        )
    return text(words.splitlines()[0])


def _in_order(checks: dict[str, Check], root: Path) -> tuple[Check, ...]:
    for check in checks.values():
        for name in check.after:
            if name not in checks and not _is_elsewhere(name, root):
                raise AssignmentError(
                    f"{root}: check {check.name!r} comes after {name!r}, which does not exist",
                    "name a check without its test_",
                )
    known = {name: [a for a in check.after if a in checks] for name, check in checks.items()}
    try:
        ranks = _stable_order(known)
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise AssignmentError(f"{root}: checks wait for each other: {circle}", "cut one `after`") from None
    return tuple(checks[name] for name in ranks)


def _is_elsewhere(name: str, root: Path) -> bool:
    """Is it a check of a file that is not run now, as when only public ones are?"""
    return any(f"def {PREFIX}{name}(" in path.read_text("utf-8") for path in root.rglob(f"{PREFIX}*.py"))


def _stable_order(waits_for: dict[str, list[str]]) -> Iterable[str]:
    """The author's order, changed only where a check would come before one that it waits for."""
    tuple(TopologicalSorter(waits_for).static_order())  # raises CycleError
    done: dict[str, None] = {}

    def visit(name: str) -> None:
        for earlier in waits_for[name]:
            visit(earlier)
        done.setdefault(name)

    for name in waits_for:
        visit(name)
    return done
