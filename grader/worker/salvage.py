"""What can be had of a unit that does not compile: why it does not, and the pieces of it that do."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

MAX_LINES = 20_000
MAX_TRIES = 3000
MAX_PIECE = 60  # starts of statements that one piece may span
QUOTES = dict.fromkeys(map(ord, "“”„‟«»″"), '"') | dict.fromkeys(map(ord, "‘’‚‛′"), "'")
SPACES = dict.fromkeys([0xA0, 0x2007, 0x202F, 0x3000, *range(0x2000, 0x200B)], " ") | dict.fromkeys(
    [0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD], ""
)
_CONTINUES = re.compile(r"(else|elif|except|finally|case)\b|[)\]}]")
_PRINT = re.compile(r"(^|[:;])\s*print\s+[^\s(=.,\[]|(^|[:;])\s*print\s*$|(^|[:;])\s*print\s*>>")
_PYTHON2 = re.compile(r"^\s*(except\s+[\w.]+\s*,\s*\w+\s*:|raise\s+\w+\s*,|exec\s+[\"'\w])|<>|`\w+`|\b\d+L\b")


def cause(error: SyntaxError, source: str) -> str:
    """The kind of fault: "quotes", "spaces", "tabs", "python2", "unfinished" or "syntax"."""
    line = _line(source, error.lineno or 1)
    words = str(error.msg)
    if isinstance(error, TabError) or (isinstance(error, IndentationError) and "\t" in line):
        return "tabs"
    if words.startswith("invalid") and "character" in words:
        at = line[max(0, (error.offset or 1) - 1) :][:1]
        if at and ord(at) in QUOTES:
            return "quotes"
        if at and ord(at) in SPACES:
            return "spaces"
    if "Missing parentheses in call to" in words or _PRINT.search(line) or _PYTHON2.search(line):
        return "python2"
    if "never closed" in words or "unexpected EOF" in words or "expected an indented block" in words:
        return "unfinished"
    return "syntax"


def _line(source: str, number: int) -> str:
    lines = source.split("\n")
    return lines[number - 1] if 0 < number <= len(lines) else ""


def pieces(source: str, filename: str) -> list[ast.stmt]:
    """The statements of a unit that compile when it is taken apart where statements begin."""
    lines = source.split("\n")[:MAX_LINES]
    starts = [i for i, line in enumerate(lines) if _begins(line)] + [len(lines)]
    found: list[ast.stmt] = []
    first, tries = 0, 0
    while first < len(starts) - 1 and tries < MAX_TRIES:
        for last in range(first + 1, min(first + MAX_PIECE, len(starts) - 1) + 1):
            tries += 1
            piece = "\n".join(lines[starts[first] : starts[last]])
            statements = _compiled(piece, filename, starts[first])
            if statements is not None:
                found.extend(statements)
                first = last
                break
        else:
            first += 1
    return found


def _begins(line: str) -> bool:
    return bool(line) and not line[0].isspace() and line[0] != "#" and not _CONTINUES.match(line)


def _compiled(piece: str, filename: str, line: int) -> list[ast.stmt] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            module = ast.parse(piece, filename)
            compile(module, filename, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    for statement in module.body:
        ast.increment_lineno(statement, line)
    return module.body


# --- repairs: small and certain, made only where the author asks for them ---------------------------------


def repaired(source: str, kind: str, line: int) -> str:
    """`source` with one kind of fault put right, at `line` where the fault is of one line."""
    if kind == "quotes":
        return _on_line(source, line, QUOTES)
    if kind == "spaces":
        return _on_line(source, line, SPACES)
    if kind == "tabs":
        return "\n".join(_without_tabs(source))
    if kind == "python2":
        return "\n".join(_python3_lines(source.split("\n")))
    return source


def _on_line(source: str, line: int, table: dict[int, str]) -> str:
    lines = source.split("\n")
    if 0 < line <= len(lines):
        lines[line - 1] = lines[line - 1].translate(table)
    return "\n".join(lines)


def _without_tabs(source: str) -> Iterator[str]:
    for line in source.split("\n"):
        body = line.lstrip(" \t")
        yield line[: len(line) - len(body)].expandtabs(8) + body


_STATEMENT = re.compile(r"^(\s*(?:(?:if|elif|for|while|else|try|with)\b[^#\"']*?:\s*)?)print\b\s*(.*)$")


def _python3_lines(lines: list[str]) -> Iterator[str]:
    waiting = 0  # open brackets of a print that goes on
    for line in lines:
        if waiting:
            waiting += _open_brackets(line)
            yield line + ")" if waiting <= 0 else line
            continue
        found = _STATEMENT.match(line)
        if found and not _is_call(found[2]):
            waiting = max(0, _open_brackets(found[2]))
            yield found[1] + _print_call(found[2], closed=waiting == 0)
            continue
        line = re.sub(r"^(\s*except\s+[\w.]+|\s*except\s*\([^)]*\))\s*,\s*(\w+)\s*:", r"\1 as \2:", line)
        line = re.sub(r"^(\s*raise\s+[\w.]+)\s*,\s*(.+)$", r"\1(\2)", line)
        yield line.replace(" <> ", " != ")


def _is_call(rest: str) -> bool:
    return rest.startswith(("(", "=", ".")) and not re.match(r"\(.*\)\s*%|\(.*\)\s*,", rest)


def _print_call(rest: str, *, closed: bool) -> str:
    body, mark, comment = _without_comment(rest)
    body = body.rstrip()
    end = ""
    target = re.match(r">>\s*([\w.]+)\s*,?\s*(.*)$", body)
    if target:
        body, end = target[2], f", file={target[1]}" if target[2] else f"file={target[1]}"
    if body.endswith(","):
        body, end = body[:-1], ', end=" "' + end
    return f"print({body}{end}" + (")" if closed else "") + (f"  {mark}{comment}" if mark else "")


def _without_comment(rest: str) -> tuple[str, str, str]:
    quote = ""
    for at, character in enumerate(rest):
        if quote:
            quote = "" if character == quote and rest[at - 1] != "\\" else quote
        elif character in "\"'":
            quote = character
        elif character == "#":
            return rest[:at], "#", rest[at + 1 :]
    return rest, "", ""


def _open_brackets(line: str) -> int:
    body = re.sub(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|#.*", "", line)
    return sum(map(body.count, "([{")) - sum(map(body.count, ")]}"))
