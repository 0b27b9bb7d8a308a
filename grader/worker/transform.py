"""From a cell's text to statements: magics and shell lines become calls that `shell.Shell` answers."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass

from .ipython import TransformerManager
from .record import Record

# cell magics whose body is not Python of this notebook's: never run
_FOREIGN = (
    "bash sh script system sx ! html HTML javascript js latex markdown svg SVG cmd perl ruby pypy "
    "python python2 python3 R sql bigquery cython Cython writetemplate powershell pwsh mermaid"
)
FOREIGN = frozenset(_FOREIGN.split())
WRITERS = frozenset(["writefile", "file"])
# line magics that hold an expression or statement of Python
INLINE = frozenset(["time", "timeit", "prun", "memit", "lprun", "mprun", "snakeviz", "debug"])
_CELL_MAGIC = re.compile(r"\s*%%(!|\w+)[ \t]*([^\n]*)\n?")
_OPTIONS = re.compile(r"(?:-\w+(?:[ =]?\d+)?\s+)*")


@dataclass(frozen=True, slots=True)
class Parsed:
    """Statements of a unit, and a file that it writes instead (`%%writefile`)."""

    statements: tuple[ast.stmt, ...] = ()
    writes: str = ""  # path
    body: str = ""  # what it writes
    appends: bool = False


def parse(source: str, filename: str, label: str, record: Record) -> Parsed:
    """The statements of a unit; raises SyntaxError where it is no Python even without its magics."""
    try:
        return Parsed(statements=_parse(source, filename))
    except SyntaxError:
        pass
    magic = _CELL_MAGIC.match(source)
    if magic:
        name, args = magic[1], magic[2].strip()
        if name in WRITERS:
            path = args.split()[-1].strip("\"'") if args.split() else ""
            return Parsed(writes=path, body=source[magic.end() :], appends="-a" in args.split())
        if name in FOREIGN:
            record.add("cell_not_run", label=label, magic=f"%%{name}")
            return Parsed()
        # the magic's line stays as an empty one: line numbers hold
        source = "\n" * source.count("\n", 0, magic.end()) + source[magic.end() :]
        return parse(source, filename, label, record)
    return Parsed(statements=_inlined(_parse(plain(source), filename), filename))


def plain(source: str) -> str:
    """`source` with IPython's own syntax turned into calls of `get_ipython()`. Raises SyntaxError."""
    try:
        transformed: str = TransformerManager().transform_cell(source)
    except (ValueError, LookupError, AttributeError, AssertionError, RecursionError, MemoryError) as error:
        raise SyntaxError(str(error) or "cannot be read", ("", 1, 1, "")) from None
    return transformed


def _parse(source: str, filename: str) -> tuple[ast.stmt, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return tuple(ast.parse(source, filename).body)
        except (ValueError, RecursionError, MemoryError) as error:  # NUL bytes, nesting too deep
            raise SyntaxError(str(error) or "nested too deeply", (filename, 1, 1, "")) from None


def _inlined(statements: tuple[ast.stmt, ...], filename: str) -> tuple[ast.stmt, ...]:
    module = ast.Module(body=list(statements), type_ignores=[])
    try:
        return tuple(_Inline(filename).visit(module).body)
    except RecursionError:
        return statements


class _Inline(ast.NodeTransformer):
    """Puts the statement of `%time statement` in its place."""

    def __init__(self, filename: str) -> None:
        self._filename = filename

    def visit_Expr(self, node: ast.Expr) -> ast.stmt | list[ast.stmt]:
        magic = line_magic(node)
        if magic is None or magic[0] not in INLINE:
            return node
        try:
            body = _parse(_OPTIONS.sub("", magic[1], count=1), self._filename)
        except SyntaxError:
            return node
        for statement in body:
            ast.increment_lineno(statement, node.lineno - 1)
        return list(body) or ast.copy_location(ast.Pass(), node)


def line_magic(node: ast.stmt) -> tuple[str, str] | None:
    """Name and arguments of a statement that is one line magic; None for any other statement."""
    match node:
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr="run_line_magic"),
                args=[ast.Constant(value=str(name)), ast.Constant(value=str(rest))],
            )
        ):
            return name, rest
    return None
