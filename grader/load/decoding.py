"""Bytes of any encoding to text."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.MULTILINE)
_ONE_BYTE = frozenset(
    [
        "cp1252",
        "iso8859-1",
        "iso8859-15",
        "mac-roman",
        "gbk",
        "gb2312",
        "big5",
        "shift_jis",
        "euc_kr",
        "cp949",
    ]
)
_SAMPLE = 500_000  # bytes on either side of a fault


def decode(content: bytes) -> str:
    """The text that `content` is, in the first encoding that fits; line ends are newlines, no NUL is left."""
    words = _decoded(content)
    return words.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def is_wide(content: bytes) -> bool:
    """Is it UTF-16 or UTF-32?"""
    return _wide_encoding(content) != ""


def _wide_encoding(content: bytes) -> str:
    for mark, encoding in _MARKS[1:]:
        if content.startswith(mark):
            return encoding
    head = content[:4096]
    few, half = len(head) // 4, len(head) // 2
    odd, even = head[1::2].count(0), head[0::2].count(0)
    if odd > few and even < half // 10:
        return "utf-16-le"
    return "utf-16-be" if even > few and odd < half // 10 else ""


def _decoded(content: bytes) -> str:
    wide = _wide_encoding(content)
    if wide:
        return content.decode(wide, "replace").removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        sample = content[max(0, error.start - _SAMPLE) : error.start + _SAMPLE]
    # a few faults in a text that is UTF-8 otherwise are damage; else it is an old code page
    lenient = sample.decode("utf-8", "replace")
    faults = lenient.count("\ufffd")
    others = len(sample) - len(lenient) + faults  # more bytes than characters: there is real UTF-8 in it
    if others > faults:
        return content.decode("utf-8", "replace").removeprefix("\ufeff")
    return content.decode(_cookie(content) or "cp1252", "replace")


def _cookie(content: bytes) -> str:
    """The encoding that a module names in its first two lines, where Python knows it."""
    found = _COOKIE.search(b"\n".join(content[:400].split(b"\n")[:2]))
    try:
        name = codecs.lookup(found[1].decode()).name if found else ""
    except LookupError:
        return ""
    return name if name in _ONE_BYTE else ""
