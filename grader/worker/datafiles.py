"""Data read by any path is found by its file name: in the data folder or among the files handed in."""

from __future__ import annotations

import ast
import os
from typing import Any

from .record import Record

MAX_FILES = 5000
_real_open = open


class DataFiles:
    """The files that paths in student code may mean, by name."""

    def __init__(self, folder: str | None, record: Record) -> None:
        self._record = record
        self._known: dict[str, str] = {}
        for root in (folder, "."):
            for path in _files(root) if root else ():
                self._known.setdefault(os.path.basename(path).lower(), os.path.abspath(path))

    def find(self, path: str) -> str:
        """Where the file meant by `path` lies, when there is none at `path` itself; empty otherwise."""
        if not path or len(path) > 500 or "://" in path or "\0" in path:
            return ""
        name = path.replace("\\", "/").rpartition("/")[2]
        found = self._known.get(name.lower(), "")
        if not found or os.path.exists(path):
            return ""
        self._record.add("data_found", path=path, name=name)
        return found

    def rewrite(self, statement: ast.stmt) -> ast.stmt:
        """The statement with paths of known files replaced by where they lie."""
        if not self._known:
            return statement
        changed: ast.stmt = _Paths(self).visit(statement)
        return changed

    def open(self, file: Any, *args: Any, **kwargs: Any) -> Any:
        """Stands for `open` in student code."""
        try:
            return _real_open(file, *args, **kwargs)
        except FileNotFoundError:
            found = self.find(os.fspath(file)) if isinstance(file, str | os.PathLike) else ""
            if not found:
                raise
            return _real_open(found, *args, **kwargs)


class _Paths(ast.NodeTransformer):
    def __init__(self, files: DataFiles) -> None:
        self._files = files

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        return node if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return self._replaced(node, node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return self._replaced(node, node.values[-1]) if node.values else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        if isinstance(node.op, ast.Add) and isinstance(node.right, ast.Constant):
            found = self._replaced(node, node.right)
            if found is not node:
                return found
        return self.generic_visit(node)

    def _replaced(self, node: ast.expr, path: ast.expr) -> ast.expr:
        if not isinstance(path, ast.Constant) or not isinstance(path.value, str):
            return node
        found = self._files.find(path.value)
        return ast.copy_location(ast.Constant(found), node) if found else node


def _files(root: str) -> list[str]:
    found: list[str] = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(n for n in folders if not n.startswith("."))
        found.extend(os.path.join(folder, n) for n in sorted(names) if "." in n.strip("."))
        if len(found) >= MAX_FILES:
            break
    return [p for p in found[:MAX_FILES] if not p.endswith((".py", ".ipynb", ".pyc"))]
