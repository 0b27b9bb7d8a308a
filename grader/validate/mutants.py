"""Systematic mutants: the reference with one small thing changed, in each place where something can be.

Only what lies between the solution markers is changed. A mutant is named by what it changes, not by line
numbers, so that the name survives edits elsewhere.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from grader.assignment.starter import BEGIN, END

_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Gt: (ast.LtE, ast.GtE),
    ast.GtE: (ast.Lt, ast.Gt),
    ast.Lt: (ast.GtE, ast.LtE),
    ast.LtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.Is: (ast.IsNot,),
}
_NAMES = {
    "sum": "mean",
    "mean": "sum",
    "max": "min",
    "min": "max",
    "maximum": "minimum",
    "argmax": "argmin",
    "zeros": "ones",
    "ones": "zeros",
    "zeros_like": "ones_like",
    "ones_like": "zeros_like",
    "permutation": "arange",
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change, and the whole source with it."""

    id: str  # "Linear.backward: out_grad.sum(axis=0) => out_grad.sum(axis=1)"
    source: str


@dataclass(slots=True)
class _Place:
    """A node, and where it hangs."""

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    statement: ast.stmt
    owner: str  # "Linear.backward"

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def mutants_of(source: str) -> tuple[Mutant, ...]:
    """The mutants of a reference, each once, in the order of its lines."""
    tree = ast.parse(source)
    ranges = _solution_lines(source)
    unchanged = ast.unparse(tree)
    found: dict[str, Mutant] = {}
    for place in list(_places(tree, None, "")):
        if getattr(place.node, "lineno", place.statement.lineno) not in ranges:
            continue
        before = _shown(place.statement)
        for changed in _changes(place.node):
            place.put(changed)
            after = _shown(place.statement) if place.node is not place.statement else _shown(changed)
            mutated = ast.unparse(ast.fix_missing_locations(tree))
            place.put(place.node)
            name = f"{place.owner}: {before} => {after}"
            if mutated != unchanged:
                found.setdefault(name, Mutant(name, mutated + "\n"))
    return tuple(found.values())


def _solution_lines(source: str) -> frozenset[int]:
    inside, lines = False, set()
    for number, line in enumerate(source.splitlines(), start=1):
        mark = line.strip()
        inside = (inside or mark == BEGIN) and mark != END
        if inside:
            lines.add(number)
    return frozenset(lines)


def _places(node: ast.AST, statement: ast.stmt | None, owner: str) -> Iterator[_Place]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        owner = f"{owner}.{node.name}" if owner else node.name
    for field, value in ast.iter_fields(node):
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST):
                continue
            inner = child if isinstance(child, ast.stmt) else statement
            if inner is not None:
                yield _Place(child, node, field, index, inner, owner)
            yield from _places(child, inner, owner)


def _shown(node: ast.AST) -> str:
    """The first line of a statement, without the body that hangs below it."""
    return ast.unparse(ast.fix_missing_locations(node)).splitlines()[0].strip()


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.BinOp(left, ast.MatMult() as operator, right):
            yield ast.BinOp(right, operator, left)
        case ast.BinOp(left, operator, right) if type(operator) in _OPERATORS:
            yield ast.BinOp(left, _OPERATORS[type(operator)](), right)
        case ast.AugAssign(target, operator, value):
            if type(operator) in _OPERATORS:
                yield ast.AugAssign(target, _OPERATORS[type(operator)](), value)
            yield ast.Pass()
        case ast.Compare(left, [operator], rights) if type(operator) in _COMPARISONS:
            for other in _COMPARISONS[type(operator)]:
                yield ast.Compare(left, [other()], rights)
        case ast.UnaryOp(ast.USub() | ast.Not(), operand) if not isinstance(operand, ast.Constant):
            yield operand
        case ast.Constant(value) if isinstance(value, (bool, int, float)):
            yield ast.Constant(_other(value))
        case ast.Attribute(value, "T"):
            yield value
        case ast.Attribute(value, name) if name in _NAMES:
            yield ast.Attribute(value, _NAMES[name], node.ctx)
        case ast.Call(function, args, keywords) if keywords:
            for i in range(len(keywords)):
                yield ast.Call(function, args, keywords[:i] + keywords[i + 1 :])
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.Assign() | ast.Delete():
            yield ast.Pass()
        case ast.Expr(value) if not isinstance(value, ast.Constant):
            yield ast.Pass()


def _other(value: bool | int | float) -> bool | int | float:
    if isinstance(value, bool):
        return not value
    return 1 - value if value in (0, 1) else value + 1
