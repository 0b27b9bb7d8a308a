"""What an attempt is, and the list that the decorator fills."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from grader.checks.connection import Interrupted
from grader.model import Outcome, Tier

from .world import World

S, F, M, P = Tier.STRONG, Tier.STRONG_FLAT, Tier.MEDIUM, Tier.PORTABLE


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What came of an attempt, from outside."""

    value: Any  # what it answered, None when it did not
    raised: str  # the exception that it raised
    fate: Interrupted | None
    world: World

    @property
    def outcome(self) -> Outcome | None:
        """How the process was ended, if it was."""
        return self.fate.outcome if self.fate else None


Judge = Callable[[Seen], bool]


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attempt. `judge` says whether it was contained; the world must be as before in any case."""

    name: str
    area: str
    does: str
    source: str
    judge: Judge
    gaps: frozenset[Tier]  # documented: it succeeds there
    may: frozenset[Tier]  # documented: it depends on the system and the user
    tiers: frozenset[Tier]  # where it is run
    at_load: bool
    twice: bool  # by two students; the second is judged
    slow: bool
    check_s: float  # long where another limit than time must be met first, on a busy machine too


ATTEMPTS: list[Attempt] = []


def no_secret(seen: Seen) -> bool:
    """Nothing that only the outside knows is in the answer."""
    return seen.world.secret not in repr((seen.value, seen.raised, str(seen.fate)))


def not_through(seen: Seen) -> bool:
    """The attempt itself does not say that it succeeded."""
    return seen.value is not True


def ended(*outcomes: Outcome) -> Judge:
    """The process was ended for one of these reasons."""
    return lambda seen: seen.outcome in outcomes


def raised(*names: str) -> Judge:
    """The student's code got an exception."""
    return lambda seen: seen.raised in names


def either(*judges: Judge) -> Judge:
    """One of them is content."""
    return lambda seen: any(judge(seen) for judge in judges)


def attempt(
    area: str,
    judge: Judge = not_through,
    *,
    gaps: Collection[Tier] = (),
    may: Collection[Tier] = (),
    tiers: Collection[Tier] = tuple(Tier),
    at_load: bool = False,
    twice: bool = False,
    slow: bool = False,
    check_s: float = 1.0,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Take a function as student code: its source is sent, its docstring says what it does."""

    def take(function: Callable[..., Any]) -> Callable[..., Any]:
        source = textwrap.dedent(inspect.getsource(function))
        body = source[source.index(f"def {function.__name__}") :]
        ATTEMPTS.append(
            Attempt(
                name=function.__name__,
                area=area,
                does=inspect.getdoc(function) or "",
                source=body.replace(f"def {function.__name__}", "def attack", 1),
                judge=judge,
                gaps=frozenset(gaps),
                may=frozenset(may),
                tiers=frozenset(tiers),
                at_load=at_load,
                twice=twice,
                slow=slow,
                check_s=check_s,
            )
        )
        return function

    return take
