"""A CSV file as bytes that can be put back: every cell keeps the characters it was written with."""

from __future__ import annotations

import codecs
from collections import Counter
from dataclasses import dataclass

SEPARATORS = (",", ";", "\t", ":")  # those that Moodle's import form offers
BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what it says, and how it is written."""

    value: str
    raw: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row, with the characters that end it."""

    cells: tuple[Cell, ...]
    end: str  # "\n", "\r\n", "\r" or, at the end of the file, ""

    @property
    def is_blank(self) -> bool:
        """Is there nothing at all in this row?"""
        return len(self.cells) == 1 and not self.cells[0].raw.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A CSV file taken apart; `to_bytes` gives back the very bytes it was read from."""

    lines: tuple[Line, ...]
    separator: str
    encoding: str
    bom: bool

    def to_bytes(self) -> bytes:
        """The file as bytes."""
        rows = (self.separator.join(cell.raw for cell in line.cells) + line.end for line in self.lines)
        content = "".join(rows)
        return ((BOM if self.bom else "") + content).encode(self.encoding)


def read_table(data: bytes) -> Table:
    """`data` as a table; encoding and separator are found from the bytes. Any bytes give a table."""
    content, encoding = _decode(data)
    bom = content.startswith(BOM)
    if bom:
        content = content[1:]
    separator = _separator(content)
    return Table(lines=_lines(content, separator), separator=separator, encoding=encoding, bom=bom)


def quoted(value: str, separator: str) -> Cell:
    """`value` as Moodle writes it: in quotes where needed, and a space is enough to need them."""
    if any(character in value for character in f'{separator}"\n\r\t \\'):
        return Cell(value, '"' + value.replace('"', '""') + '"')
    return Cell(value, value)


def _decode(data: bytes) -> tuple[str, str]:
    """Text and encoding. UTF-8 unless the bytes say otherwise; Excel also writes UTF-16 and Windows-1252."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            pass
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1"), "latin-1"


def _separator(content: str) -> str:
    """The separator that parts the header most often; Moodle's comma when none does."""
    header, in_quotes = [], False
    for character in content:
        if character == '"':
            in_quotes = not in_quotes
        elif character in "\r\n" and not in_quotes:
            break
        elif not in_quotes:
            header.append(character)
    counts = Counter(header)
    return max(SEPARATORS, key=lambda separator: counts[separator])


def _lines(content: str, separator: str) -> tuple[Line, ...]:
    """RFC 4180: quotes are doubled, a backslash is nothing special."""
    lines: list[Line] = []
    cells: list[Cell] = []
    at = 0
    while at < len(content) or cells:
        cell, at = _cell(content, at, separator)
        cells.append(cell)
        if at < len(content) and content[at] == separator:
            at += 1
            continue
        end = _line_end(content, at)
        lines.append(Line(tuple(cells), end))
        cells = []
        at += len(end)
    return tuple(lines)


def _line_end(content: str, at: int) -> str:
    if content.startswith("\r\n", at):
        return "\r\n"
    return content[at] if at < len(content) else ""


def _cell(content: str, at: int, separator: str) -> tuple[Cell, int]:
    """The cell that begins at `at`, and where it ends."""
    start, value = at, ""
    if content.startswith('"', at):
        while True:
            close = content.find('"', at + 1)
            if close < 0:
                return Cell(value + content[at + 1 :], content[start:]), len(content)
            value += content[at + 1 : close]
            if not content.startswith('"', close + 1):
                at = close + 1
                break
            value += '"'
            at = close + 1
    end = at
    while end < len(content) and content[end] not in (separator, "\n", "\r"):
        end += 1
    return Cell(value + content[at:end], content[start:end]), end
