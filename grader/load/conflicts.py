"""Merge-conflict markers that were left in a file."""

from __future__ import annotations

import re

_MARK = re.compile(r"^(<{7}|\|{7}|={7}|>{7})(?:[ \t].*)?$", re.MULTILINE)


MAX_CHARACTERS = 8_000_000  # of a text that is looked at


def has_conflict(words: str) -> bool:
    """Does the text hold a whole conflict: where it begins, where sides change, where it ends?"""
    if len(words) > MAX_CHARACTERS or "<<<<<<<" not in words:
        return False
    return {"<", "=", ">"} <= {m[1][0] for m in _MARK.finditer(words)}


def one_side(words: str, *, first: bool) -> str:
    """The text with one side of each conflict: the first (one's own) or the second (the other's)."""
    kept: list[str] = []
    side = ""  # "": outside a conflict
    for line in words.split("\n"):
        mark = _MARK.match(line)
        if mark is None:
            if not side or side == ("<" if first else "="):
                kept.append(line)
        elif mark[1][0] == "<" or side:
            side = "" if mark[1][0] == ">" else mark[1][0]
        else:
            kept.append(line)  # a line of === outside a conflict is a heading
    return "\n".join(kept)
