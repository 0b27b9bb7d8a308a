"""Python source as HTML whose words are coloured: what Pygments' lexer finds, sought faster.

Statement by statement and method by method, each made once for all the students who wrote it alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby, takewhile
from typing import Any

from markupsafe import escape
from pygments.lexers.python import PythonLexer
from pygments.token import Token, _TokenType

from grader.report.kept import kept

_STYLES: tuple[tuple[_TokenType, str], ...] = (
    (Token.Comment, "tc"),
    (Token.Literal.String, "ts"),
    (Token.String, "ts"),
    (Token.Number, "tn"),
    (Token.Keyword, "tk"),
    (Token.Operator.Word, "tk"),
    (Token.Name.Function, "td"),
    (Token.Name.Class, "td"),
    (Token.Name.Decorator, "td"),
    (Token.Name.Builtin, "tb"),
    (Token.Name.Exception, "tb"),
)
_FLAGS = ((re.IGNORECASE, "i"), (re.MULTILINE, "m"), (re.DOTALL, "s"), (re.VERBOSE, "x"))
_GLOBAL_FLAGS = re.compile(r"\A\(\?[aiLmsux]+\)")
# where a statement may begin, or a method
_BEGIN = re.compile(r"^(?=[a-zA-Z_@]|[ \t]+(?:@|(?:def|class|async)\b))", re.MULTILINE)
PIECES = 4_096  # of code, kept: starters and answers that students share
_LONG = 2_000  # characters of an expression that takes longer to compile again than it will save
_REFERRING = re.compile(r"\\[1-9]|\(\?P|\(\?\(")  # to a group by its number or name
# How rules of a kind are written, and what stands wherever one of them matches. Where none of a kind can
# match they are passed over at once; a kind that is written otherwise is only slower.
_KINDS = (
    (re.compile(r"(\(\?i\))?\([a-zA-Z\[\]|?]*\)\(([\"'])\2*\)"), r"[a-zA-Z]*[\"']"),  # opens a string
    (re.compile(r"(\(\?<!\\\.\))?\([(a-zA-Z_][\w|?:()\\ ]*\)\\b"), "[a-zA-Z_]"),  # one of some words
    (re.compile(r"\(?(\\d|0\[).*"), r"[\d.]"),  # a number
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """One of Pygments' rules."""

    expression: re.Pattern[str]
    action: Any  # the kind of what it finds, or what tells the kinds of its groups, or None
    target: Any  # the state to go to, or several, or how many to go back; None to stay


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """The rules of one state: the first ones as one expression, the others one by one."""

    match: Callable[[str, int], re.Match[str] | None]
    rules: dict[int | None, _Rule]  # by the group that is last where one of the first matched
    others: tuple[_Rule, ...]

    def find(self, text: str, at: int) -> tuple[_Rule, re.Match[str]] | None:
        """The first rule that matches there."""
        found = self.match(text, at)
        if found is not None:
            return self.rules[found.lastindex], found
        for rule in self.others:
            found = rule.expression.match(text, at)
            if found is not None:
                return rule, found
        return None


@cache
def _class_of(kind: _TokenType) -> str:
    return next((name for parent, name in _STYLES if kind in parent), "")


@cache
def _lexer() -> PythonLexer:
    return PythonLexer(stripnl=False, ensurenl=False)


def _opening(rule: _Rule) -> str:
    """What stands at any place where `rule` matches; empty if nothing is known."""
    return next((at for form, at in _KINDS if form.fullmatch(rule.expression.pattern)), "")


def _alternative(rule: _Rule) -> str:
    """The rule's expression among others, its flags inside, an empty group after it."""
    flags = "".join(letter for flag, letter in _FLAGS if rule.expression.flags & flag)
    return f"(?{flags}:{_GLOBAL_FLAGS.sub('', rule.expression.pattern)})()"


@cache
def _rules() -> dict[str, list[_Rule]]:
    """Pygments' rules by the name of their state; none if they cannot be put together."""
    states = {
        name: [_Rule(expression=match.__self__, action=action, target=to) for match, action, to in rules]
        for name, rules in _lexer()._tokens.items()
    }
    every = (rule.expression.pattern for rules in states.values() for rule in rules)
    return {} if any(map(_REFERRING.search, every)) else states


@cache
def _state(name: str) -> _State:
    """The first alternative that matches is the first rule that matches.

    Pygments asks one rule after the other: some forty calls for each word.
    """
    rules = _rules()[name]
    first = list(takewhile(lambda rule: len(rule.expression.pattern) < _LONG, rules))
    parts = []
    for opening, alike in groupby(first, key=_opening):
        inner = "|".join(map(_alternative, alike))
        parts.append(f"(?={opening})(?:{inner})" if opening else inner)
    numbered: dict[int | None, _Rule] = {}
    number = 0
    for rule in first:
        number += rule.expression.groups + 1
        numbered[number] = rule
    match = re.compile("|".join(parts) or "(?!)").match
    return _State(match=match, rules=numbered, others=tuple(rules[len(first) :]))


def _moved(stack: list[str], target: Any) -> list[str]:
    """The stack of states after a rule sent it to `target`; one state always stays."""
    if isinstance(target, int):
        return stack[:1] if abs(target) >= len(stack) else stack[:target]
    for state in (target,) if isinstance(target, str) else target:
        if state == "#pop":
            stack = stack[:-1] if len(stack) > 1 else stack
        else:
            stack = [*stack, stack[-1] if state == "#push" else state]
    return stack


def tokens(source: str) -> Iterator[tuple[_TokenType, str]]:
    """What `PythonLexer` finds in `source`."""
    if not _rules():
        yield from _lexer().get_tokens(source)
        return
    yield from _found(_lexer()._preprocess_lexer_input(source), [])


def _found(code: str, ended: list[bool]) -> Iterator[tuple[_TokenType, str]]:
    """What is found in `code`; at the end `ended` is told whether any code may follow."""
    stack, at = ["root"], 0
    state = _state("root")
    while at < len(code):
        hit = state.find(code, at)
        if hit is None:  # an error, which ends with its line
            if code[at] == "\n":
                stack, state = ["root"], _state("root")
            yield (Token.Text.Whitespace if code[at] == "\n" else Token.Error), code[at]
            at += 1
            continue
        rule, found = hit
        if type(rule.action) is _TokenType:
            yield rule.action, found[0]
        elif rule.action is not None:  # it asks for groups by their numbers in its own expression
            own = rule.expression.match(code, at)
            yield from ((kind, words) for _, kind, words in rule.action(_lexer(), own))
        at = found.end()
        if rule.target is not None:
            stack = _moved(stack, rule.target)
            state = _state(stack[-1])
    ended.append(stack == ["root"])


def code_lines(source: str) -> list[str]:
    """Each line of Python source as HTML, its words escaped and coloured."""
    if not _rules():
        return _html(tokens(source)).split("\n")
    code = _lexer()._preprocess_lexer_input(source)
    made = []
    for piece in _BEGIN.split(code):
        html, is_whole = _piece(piece)
        made.append(html)
        if not is_whole:  # what looked like another statement is inside of a string
            return _made(code)[0].split("\n")
    return "".join(made).split("\n")


def _made(code: str) -> tuple[str, bool]:
    """Code as HTML, and whether any code may follow it."""
    ended: list[bool] = []
    html = _html(_found(code, ended))
    return html, ended[0]


_piece = kept(_made, most=PIECES)


def _html(found: Iterable[tuple[_TokenType, str]]) -> str:
    made: list[str] = []
    bare: list[str] = []  # words without a colour, to be escaped together
    for kind, words in found:
        name = _class_of(kind)
        if not name:
            bare.append(words)
            continue
        made.append(str(escape("".join(bare))))
        bare.clear()
        lines = str(escape(words)).split("\n")
        made.append("\n".join(f'<span class="{name}">{line}</span>' if line else "" for line in lines))
    made.append(str(escape("".join(bare))))
    return "".join(made)
