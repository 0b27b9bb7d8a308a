"""Which checks a student means by a word: a check, a group, or a name of the assignment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grader.assignment import Assignment
from grader.errors import SourceError
from grader.model import Check, Visibility


def select(assignment: Assignment, words: Sequence[str]) -> frozenset[str]:
    """The names of the checks meant; all the public ones when nothing is said. Raises SourceError."""
    public = assignment.public_card().checks
    if not words:
        return frozenset(c.name for c in public)
    return frozenset(name for word in words for name in _meant(assignment, public, word))


def _meant(assignment: Assignment, public: Sequence[Check], word: str) -> list[str]:
    wanted = word.lower()
    exact = [c.name for c in public if c.name == word]
    group = [c.name for c in public if c.group.lower() == wanted]
    prefix = [c.name for c in public if c.name.lower().startswith(wanted)]
    for found in (exact, group, prefix, _using(assignment, public, word)):
        if found:
            return found
    groups = ", ".join(dict.fromkeys(c.group for c in public))
    raise SourceError(f"there is no check called {word!r}", f"say one of {groups}, or nothing for all")


def _using(assignment: Assignment, public: Sequence[Check], word: str) -> list[str]:
    """The checks whose source has the word in quotes, as `student.call("softmax", …)` has."""
    if word not in assignment.settings.names:
        return []
    sources = [f.path.read_text("utf-8") for f in assignment.suite.only(Visibility.PUBLIC).files]
    pieces = [piece for source in sources for piece in source.split("\ndef test_")[1:]]
    bodies = {piece.partition("(")[0]: piece for piece in pieces}
    return [c.name for c in public if f'"{word}"' in bodies.get(c.name, "")]


def with_ancestors(checks: Iterable[Check], chosen: frozenset[str]) -> frozenset[str]:
    """`chosen`, and all the checks that they build on: a verdict depends on these."""
    after = {c.name: c.after for c in checks}
    found: set[str] = set()
    waiting = [name for name in chosen if name in after]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [a for a in after[name] if a in after]
    return frozenset(found)
