"""Strangers' text made harmless to look at: no escape sequences, no controls, no reversed reading."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from grader.report.kept import kept

# CSI and OSC sequences of terminals, and two-character escapes
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but for tab and newline
    "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"  # change the order of reading, or hide
    "\u2028\u2029\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"  # lines, halves of pairs, tags
)
_HARMLESS = b"\t\n" + bytes(range(0x20, 0x7F))
# a letter carries a few marks; a tower of them covers its neighbours
_TOWER = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
_CODE = re.compile(r"`([^`\n]{1,200})`")

LIMIT = 4_000  # characters of any one piece of text that is not the notebook
ELLIPSIS = " […]"


def _seen(match: re.Match[str]) -> str:
    return f"[U+{ord(match[0]):04X}]"


def spelled_out(words: str) -> str:
    """`words` with each control or hidden character as its number, "[U+202E]"."""
    # a page is ASCII but for some signs: the rest is looked through, a hundredth of it
    rest = words.encode("utf-8", "surrogatepass").translate(None, _HARMLESS)
    if _UNSEEN.search(rest.decode("utf-8", "surrogatepass")) is None:
        return words
    return _UNSEEN.sub(_seen, words)


def plain(words: str, *, limit: int = LIMIT) -> str:
    """`words` as text that shows what it holds: controls spelled out, cut after `limit` characters."""
    if len(words) > limit:
        words = words[:limit] + ELLIPSIS
    if words.isascii() and words.isprintable():
        return words
    words = _ANSI.sub("", words.replace("\r\n", "\n"))
    return _TOWER.sub(r"\1", spelled_out(words))


def finalize(value: object) -> object:
    """What Jinja puts in a page for `value`: text made plain, our own markup as it is."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return plain(value)


@kept
def with_code(words: str) -> Markup:
    """A sentence in which `backticks` become code."""
    parts = _CODE.split(plain(words))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if i % 2 else escape(part) for i, part in enumerate(parts)
    )
