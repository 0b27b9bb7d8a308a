"""What is made of a text that many students' pages share, made once per process."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

LONGEST = 4_000  # characters of a text that is worth keeping
MOST = 256  # texts; those longest not asked for go first

T = TypeVar("T")


def kept(make: Callable[[str], T], *, most: int = MOST) -> Callable[[str], T]:
    """`make`, a pure function of a text, that remembers what it lately gave of short texts."""
    remembering = lru_cache(maxsize=most)(make)

    @wraps(make)
    def give(words: str) -> T:
        return remembering(words) if len(words) <= LONGEST else make(words)

    return give
