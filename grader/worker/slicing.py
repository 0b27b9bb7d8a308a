"""Which statements of a program its definitions need.

Imports, functions and classes are always taken. Of the rest, a statement is taken when it binds or changes
a name that what is asked for needs: what decorators, defaults, bases and class bodies read when they are
defined, and what functions read as global when they are called, followed from the names asked for. So
constants, seeds and tables that functions use are made, and training, plots and reading data are not.
An import that nothing asked for reads may wait for ever where it only costs time.
"""

from __future__ import annotations

import ast
import dis
import inspect
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import CodeType

Block = ast.If | ast.Try | ast.With
_BLOCKS = (ast.If, ast.Try, ast.With)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)
TAKEN = (*_DEFINITIONS, *_IMPORTS)
_IMMEDIATE = frozenset(["<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"])
_READS = frozenset(["LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"])
# calls that set the stage for everything after them
_SETTERS = "seed seterr seterrcall setrecursionlimit set_printoptions filterwarnings simplefilter chdir"
_SETTINGS = frozenset(_SETTERS.split())
_SHELL = frozenset(["run_line_magic", "run_cell_magic"])
_PATHS = frozenset(["append", "insert", "extend"])
# methods that change the object they are called on
_CHANGERS = (
    "append extend insert update add setdefault register pop remove sort reverse fill discard clear setflags"
)
_CHANGES = frozenset(_CHANGERS.split())
# called on an object as a statement, any other method may change it; these train, show or draw from it
_USERS = (
    "fit train step forward backward loss validate evaluate predict shuffle plot show draw savefig print info"
    " head describe summary write flush close"
)
_USES = frozenset(_USERS.split())


@dataclass(slots=True)
class Facts:
    """What one statement binds, changes and reads."""

    binds: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)  # objects behind these names
    now: set[str] = field(default_factory=set)  # read when it runs
    later: set[str] = field(default_factory=set)  # read when what it defines is called
    always: bool = False
    is_definition: bool = False
    is_import: bool = False
    is_function: bool = False  # binds one name to something that may be a function as it stands
    passes: set[str] = field(default_factory=set)  # given to the call whose value it binds


@dataclass(frozen=True, slots=True)
class Slice:
    """What is taken of a program, by identity."""

    kept: frozenset[int]
    read: frozenset[int]  # of these and in them: what is read to make or to call what is asked for
    waiting: frozenset[int] = frozenset()  # imports that are not kept because nobody asked reads them


def definitions(
    statements: Iterable[ast.stmt],
    wanted: Iterable[str],
    *,
    can_wait: Callable[[ast.stmt], bool] = lambda statement: False,
) -> Slice:
    """The statements that define `wanted` (all that is defined when empty) and its needs.

    Blocks (`if`, `try`, `with`) are cut down to what is needed of them. `can_wait` tells the imports that do
    nothing but bind names.
    """
    statements = list(statements)
    try:
        return _definitions(statements, set(wanted), can_wait)
    except RecursionError:  # blocks nested too deeply, as a thousand `elif` are
        return _whole(s for s in statements if isinstance(s, TAKEN))


def bare(statements: Iterable[ast.stmt]) -> Slice:
    """Imports, functions, classes and constants written out: what can be had when their needs do no good."""
    return _whole(s for s in statements if isinstance(s, TAKEN) or _is_literal(s))


def _whole(statements: Iterable[ast.stmt]) -> Slice:
    kept = frozenset(id(s) for s in statements)
    return Slice(kept, kept)


def _is_literal(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Assign):
        return False
    allowed = (
        ast.Constant,
        ast.Tuple,
        ast.List,
        ast.Dict,
        ast.Set,
        ast.Name,
        ast.Load,
        ast.UnaryOp,
        ast.USub,
    )
    return all(isinstance(node, allowed) for node in ast.walk(statement.value))


def _definitions(statements: list[ast.stmt], wanted: set[str], can_wait: Callable[[ast.stmt], bool]) -> Slice:
    facts: dict[int, Facts] = {}
    imports: list[ast.stmt] = []
    for statement in statements:
        for leaf, headers in leaves(statement):
            facts[id(leaf)] = facts_of(leaf)
            facts[id(leaf)].now |= headers
            if isinstance(leaf, _IMPORTS):
                imports.append(leaf)
    read = _read(facts, wanted)
    waiting = {id(s) for s in imports if id(s) not in read and can_wait(s)}
    kept = read | {key for key, fact in facts.items() if fact.always} - waiting
    cut = (_cut(statement, kept) for statement in statements)
    whole = frozenset(id(statement) for statement in cut if statement is not None)
    return Slice(whole, frozenset(read), frozenset(waiting))


def _read(facts: dict[int, Facts], wanted: set[str]) -> set[int]:
    """The statements that make what is wanted, and what is read to make or to call it.

    `from m import *` may make anything.
    """
    read = {key for key, fact in facts.items() if fact.is_import and "*" in fact.binds}
    defined = {name for fact in facts.values() if fact.is_definition for name in fact.binds}
    imported = {name for fact in facts.values() if fact.is_import for name in fact.binds}
    globals_set_by = _setters(facts)
    needed: set[str] = set()
    todo = list(wanted or defined)
    for fact in facts.values():
        if fact.always:
            todo.extend(fact.now)
    by_name: dict[str, list[int]] = {}
    for key, fact in facts.items():
        for name in fact.binds | (fact.changes - imported):
            if fact.is_definition or name not in defined or name not in fact.binds or _rebinds(fact, defined):
                by_name.setdefault(name, []).append(key)
    while todo:
        name = todo.pop()
        if name in needed:
            continue
        needed.add(name)
        keys = by_name.get(name, []) or globals_set_by.get(name, [])
        for key in keys:
            read.add(key)
            todo.extend(facts[key].now | facts[key].later)
    return read


def _rebinds(fact: Facts, defined: set[str]) -> bool:
    """May a statement give a function's name to another function? `accuracy = accuracy(X, y)` does not."""
    return fact.is_import or fact.is_function or not fact.passes.isdisjoint(defined)


def _setters(facts: dict[int, Facts]) -> dict[str, list[int]]:
    """For names that only functions bind (`global`): the statements that call such a function."""
    found: dict[str, list[int]] = {}
    for fact in facts.values():
        if not fact.is_definition:
            continue
        for name in fact.later:
            if name.startswith("global "):
                callers = [k for k, f in facts.items() if not f.is_definition and f.now & fact.binds]
                found.setdefault(name.removeprefix("global "), []).extend(callers)
    return found


def names_defined(statement: ast.stmt) -> list[str]:
    """Functions and classes that a statement defines, and names that it assigns, also inside blocks."""
    found: list[str] = []
    for leaf, _ in leaves(statement):
        match leaf:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.append(name)
            case ast.Assign(targets=targets):
                found.extend(t.id for t in targets if isinstance(t, ast.Name))
    return found


def modules_imported(nodes: Iterable[ast.AST]) -> set[str]:
    """The modules, dotted, that these statements import, also when functions in them are called."""
    found: set[str] = set()
    for node in nodes:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Import):
                found.update(alias.name for alias in inner.names)
            elif isinstance(inner, ast.ImportFrom) and inner.module and not inner.level:
                found.add(inner.module)
    return found


def names_read(statements: Iterable[ast.stmt]) -> set[str]:
    """All names that stand in these statements."""
    return {n.id for s in statements for n in ast.walk(s) if isinstance(n, ast.Name)}


# --- leaves: statements that are taken or left as a whole --------------------------------------------


def leaves(
    statement: ast.stmt, headers: frozenset[str] = frozenset()
) -> Iterator[tuple[ast.stmt, frozenset[str]]]:
    """Each statement that is not a block, with the names that the blocks around it read."""
    if not isinstance(statement, _BLOCKS):
        yield statement, headers
        return
    headers |= _header(statement)
    for body in _bodies(statement):
        for inner in body:
            yield from leaves(inner, headers)


def _header(block: Block) -> frozenset[str]:
    match block:
        case ast.If(test=test):
            read: list[ast.AST] = [test]
        case ast.With(items=items):
            read = list(items)
        case _:
            read = [h.type for h in block.handlers if h.type is not None]
    nodes = (node for part in read for node in ast.walk(part))
    return frozenset(n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))


def _bodies(block: Block) -> Iterator[list[ast.stmt]]:
    yield block.body
    if isinstance(block, ast.Try):
        for handler in block.handlers:
            yield handler.body
        yield block.finalbody
    if not isinstance(block, ast.With):
        yield block.orelse


def _cut(statement: ast.stmt, kept: set[int]) -> ast.stmt | None:
    if not isinstance(statement, _BLOCKS):
        return statement if id(statement) in kept else None
    if not any(id(leaf) in kept for leaf, _ in leaves(statement)):
        return None
    for body in _bodies(statement):
        had = bool(body)
        body[:] = [s for s in (_cut(inner, kept) for inner in body) if s is not None]
        if had and not body:
            body.append(ast.copy_location(ast.Pass(), statement))
    return statement


# --- facts ----------------------------------------------------------------------------------------------


def facts_of(statement: ast.stmt) -> Facts:
    """What a statement binds, changes and reads, from its syntax tree and its byte code."""
    facts = Facts(
        is_definition=isinstance(statement, _DEFINITIONS), is_import=isinstance(statement, _IMPORTS)
    )
    facts.always = facts.is_definition or facts.is_import or _is_setting(statement)
    _bound(statement, facts)
    _rebound(statement, facts)
    code = _compiled(statement)
    if code is not None:
        _reads(code, facts, now=True)
    return facts


def _compiled(statement: ast.stmt) -> CodeType | None:
    module = ast.Module(body=[statement], type_ignores=[])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code: CodeType = compile(module, "<slice>", "exec", dont_inherit=True)
            return code
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _reads(code: CodeType, facts: Facts, *, now: bool) -> None:
    for instruction in dis.get_instructions(code):
        name = instruction.argval
        if instruction.opname in _READS:
            (facts.now if now else facts.later).add(name)
        elif instruction.opname == "STORE_GLOBAL":
            facts.later.add(f"global {name}")
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            is_body = not constant.co_flags & inspect.CO_OPTIMIZED  # of a class
            _reads(constant, facts, now=now and (is_body or constant.co_name in _IMMEDIATE))


def _bound(statement: ast.stmt, facts: Facts) -> None:
    if isinstance(statement, _DEFINITIONS):
        facts.binds.add(statement.name)
        return
    for node in _own_nodes(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                facts.binds.add(name)
            case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
                facts.changes.add(_root(node))
            case ast.alias(name=name, asname=asname):
                facts.binds.add(asname or name.partition(".")[0])
            case ast.Call(func=ast.Attribute(attr=method) as target) if method in _CHANGES:
                facts.changes.add(_root(target))
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr=method) as target)) if method not in _USES:
                facts.changes.add(_root(target))
            case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[target, *_]):
                facts.changes.add(_root(target))
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                facts.binds.add(name)
    facts.changes.discard("")


def _rebound(statement: ast.stmt, facts: Facts) -> None:
    match statement:
        case ast.Assign(targets=[ast.Name()], value=ast.Name() | ast.Attribute() | ast.Lambda()):
            facts.is_function = True
        case ast.Assign(targets=[ast.Name()], value=ast.Call(args=args)):
            facts.passes = {a.id for a in args if isinstance(a, ast.Name)}


def _own_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement, without the bodies of functions and classes in it."""
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, (*_DEFINITIONS, ast.Lambda)):
            todo.extend(ast.iter_child_nodes(node))


def _root(node: ast.AST) -> str:
    """`x` of `x.a[0].b`; empty when it does not start at a name."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_setting(statement: ast.stmt) -> bool:
    """Is it a call such as `np.random.seed(0)`, `sys.path.append("..")` or `%run helper.py`?"""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Attribute(attr="path"), attr=method))):
            return method in _PATHS
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=method))):
            return method in _SETTINGS or method in _SHELL
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return name in _SETTINGS
    return False
