"""Outputs out of a notebook's bytes before anything is built of them: they are most of the bytes.

Found by scanning, not by parsing: a key `"outputs"` outside any string, and the value behind it, skipped by a
regular expression whose every repetition is possessive, so that neither time nor memory depends on its shape.
"""

from __future__ import annotations

import re

MAX_KEPT = 64_000  # bytes of one cell's outputs that are read
MAX_ALL_KEPT = 2_000_000
_DEPTH = 12
_MAX_UNENDED = 3  # values without an end that are looked for: each look may go through the whole file
_MAX_PARTS = 100_000
MAX_QUOTES = 1_000_000
MAX_MARKS = 600_000
# the quote before the word begins a string: one that ended a string could not be followed by a word
_KEY = re.compile(rb'(?<!\\)"(?:outputs|attachments|widgets)"\s*+:\s*+(?=[\[{])')
_STRING = rb'"(?:[^"\\]++|\\.)*+"'


def _value() -> re.Pattern[bytes]:
    inner = rb"(?!)"
    for _ in range(_DEPTH):
        inner = rb'[\[{](?:[^"\[\]{}]++|' + _STRING + rb"|" + inner + rb")*+[\]}]"
    return re.compile(inner, re.DOTALL)


_VALUE = _value()
_NEXT = re.compile(rb'"source"\s*+:|\{\s*+"cell_type"\s*+:|"cell_type"\s*+:')
_ANY_STRING = re.compile(_STRING, re.DOTALL)


def without_outputs(content: bytes) -> tuple[bytes, bool]:
    """The notebook without large outputs, attachments and widget states; and was anything left out?"""
    if len(content) < MAX_KEPT:
        return content, False
    parts: list[bytes] = []
    done, kept, unended, view = 0, 0, 0, memoryview(content)
    while len(parts) < _MAX_PARTS and (key := _KEY.search(content, done)) is not None:
        value = _VALUE.match(content, key.end()) if unended < _MAX_UNENDED else None
        unended += value is None
        size = value.end() - key.end() if value else MAX_KEPT + 1
        if value and size <= MAX_KEPT and kept + size <= MAX_ALL_KEPT:
            kept += size
            parts.append(bytes(view[done : value.end()]))
            done = value.end()
            continue
        opening = content[key.end() : key.end() + 1]
        parts += [bytes(view[done : key.end()]), b"[]" if opening == b"[" else b"{}"]
        done, joint = (value.end(), b"") if value else _resume(content, key.end())
        parts.append(joint)
    if not parts:
        return content, False
    parts.append(bytes(view[done:]))
    return b"".join(parts), True


def _resume(content: bytes, start: int) -> tuple[int, bytes]:
    """Where to read on after a value that does not end, and what joins the two sides."""
    found = _NEXT.search(content, start)
    if found is None:
        return len(content), b""
    return found.start(), b"}," if found[0].startswith(b"{") else b","


def is_buildable(content: bytes) -> bool:
    """May this JSON be built: does it hold a bounded number of values?"""
    if content.count(b'"') > MAX_QUOTES:
        return False
    bare = _ANY_STRING.sub(b"", content)
    return bare.count(b",") + bare.count(b"[") + bare.count(b"{") <= MAX_MARKS
