"""Bytes of any encoding to text."""

from __future__ import annotations

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(content: bytes) -> str:
    """The text that `content` is, in the first encoding that fits; line ends are newlines, no NUL is left."""
    words = _decoded(content)
    return words.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    half = content[:4096]
    if half[1::2].count(0) > len(half) // 4:
        return content.decode("utf-16-le", "replace")
    if half[0::2].count(0) > len(half) // 4:
        return content.decode("utf-16-be", "replace")
    return content.decode("cp1252", "replace")
