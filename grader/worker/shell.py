"""What stands for IPython in student code: magics and shell lines that do no harm and are told."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Sequence
from contextlib import suppress

from .record import Record

# nothing is lost when these are left out, so nobody needs to be told
_HARMLESS = (
    "matplotlib load_ext reload_ext autoreload config precision capture time timeit who whos reset "
    "store tensorflow_version aimport xmode colors pdb env set_env history hist save notebook "
    "lsmagic pinfo pinfo2 pdoc psource"
)
_SILENT = frozenset(_HARMLESS.split())
_DONE = frozenset(["run", "cd", "pylab"])


class Shell:
    """Answers the calls that IPython's transformer makes of magics and shell lines."""

    def __init__(self, run_file: Callable[[str], None]) -> None:
        self._run_file = run_file
        self.user_ns: dict[str, object] = {}

    def run_line_magic(self, name: str, line: str = "", *_: object, **__: object) -> None:
        """`%name line`."""
        if name == "run":
            self._run_file(line)
        elif name == "cd":
            _change_folder(line)
        elif name == "pylab":
            exec("import numpy, numpy as np, matplotlib.pyplot as plt; from numpy import *", self.user_ns)

    def getoutput(self, command: str, *_: object, **__: object) -> list[str]:
        """`names = !command`."""
        return []

    magic = run_line_magic

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("__"):
            raise AttributeError(name)
        return _nothing


def tell_not_run(statements: Sequence[ast.stmt], label: str, record: Record) -> None:
    """Note the magics and shell lines among these statements that will do nothing."""
    for statement in statements:
        for node in ast.walk(statement):
            line = _line(node)
            if line:
                record.add("line_not_run", label=label, line=line)


def _line(node: ast.AST) -> str:
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr=attr),
            args=[ast.Constant(value=str(first)), *rest],
        ):
            if attr in ("system", "getoutput"):
                return f"!{first}".strip()
            if attr in ("run_line_magic", "run_cell_magic", "magic") and first.split()[0:1] != []:
                name = first.split()[0]
                more = str(rest[0].value) if rest and isinstance(rest[0], ast.Constant) else ""
                return "" if name in _SILENT or name in _DONE else f"%{first} {more}".strip()
    return ""


def _nothing(*_: object, **__: object) -> None:
    return None


def _change_folder(line: str) -> None:
    with suppress(OSError):
        os.chdir(line.strip().strip("\"'"))
