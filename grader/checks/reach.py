"""Which names of the reference use which, and which of them a mistake changes, read from their sources.

A mistake of one function answers as the reference does wherever that function is not used. Most questions of
most checks are of this kind, and need not be put to it.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from typing import Any

_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_ASSIGNS = (ast.Assign, ast.AnnAssign, ast.AugAssign)


def names_in(node: ast.AST) -> frozenset[str]:
    """Every name that stands in a piece of source."""
    return frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name)) | frozenset(
        name for n in ast.walk(node) if isinstance(n, (ast.Global, ast.Nonlocal)) for name in n.names
    )


def uses(source: str) -> dict[str, frozenset[str]]:
    """By each name that a source gives a value at its top, the names that stand where it does so."""
    found: dict[str, frozenset[str]] = {}
    for node in ast.parse(source).body:
        if ast.unparse(node).startswith("if __name__ =="):  # it is read by others, and nothing of this runs
            continue
        inside = names_in(node)
        for name in _given(node) if isinstance(node, (*_DEFINES, *_ASSIGNS)) else inside:
            found[name] = found.get(name, frozenset()) | inside
    return found


def _given(node: ast.stmt) -> frozenset[str]:
    """The names to which a definition or an assignment gives a value, or a part of one."""
    if isinstance(node, _DEFINES):
        return frozenset([node.name])
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", node)]
    return frozenset().union(*map(names_in, targets))


def reach(used: Mapping[str, frozenset[str]], names: frozenset[str]) -> frozenset[str]:
    """`names` and all that is used by them, by what they use, and so on."""
    seen: set[str] = set()
    left = set(names)
    while left:
        name = left.pop()
        seen.add(name)
        left |= used.get(name, frozenset()) - seen
    return frozenset(seen)


def changes(source: str) -> frozenset[str]:
    """The names whose value or behaviour a source may change for code that was there before it.

    What it defines; every name of a statement that runs at once: `Value.relu = …` changes Value.
    """
    found: set[str] = set()
    for node in ast.parse(source).body:
        if isinstance(node, _DEFINES):
            found.add(node.name)
            found |= {name for n in ast.walk(node) if isinstance(n, ast.Global) for name in n.names}
            found |= {name for decorator in node.decorator_list for name in names_in(decorator)}
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        else:
            found |= names_in(node)
    return frozenset(found)


def asked_for(request: Mapping[str, Any]) -> frozenset[str]:
    """The names that a request of a check asks for; objects were asked for when they were made."""
    if request["do"] == "all":
        return frozenset().union(*map(asked_for, request["requests"]))
    if request["do"] == "make":
        return _in_expression(request["expression"])
    return frozenset() if request.get("on") is not None else frozenset([request["name"].split(".")[0]])


@cache
def _in_expression(expression: str) -> frozenset[str]:
    return names_in(ast.parse(expression, mode="eval"))
