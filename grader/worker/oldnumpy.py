"""Names that NumPy no longer has, answered for student code as NumPy's own notes say to replace them."""

from __future__ import annotations

import ast
import math
import sys
from collections.abc import Iterable
from typing import Any

import numpy as np

NAMES: dict[str, Any] = {
    "int": int,
    "float": float,
    "bool": bool,
    "object": object,
    "complex": complex,
    "str": str,
    "long": int,
    "unicode": str,
    "int0": np.intp,
    "uint0": np.uintp,
    "bool8": np.bool_,
    "float_": np.float64,
    "complex_": np.complex128,
    "unicode_": np.str_,
    "string_": np.bytes_,
    "object0": np.object_,
    "cfloat": np.complex128,
    "singlecomplex": np.complex64,
    "longfloat": np.longdouble,
    "Inf": np.inf,
    "Infinity": np.inf,
    "infty": np.inf,
    "PINF": np.inf,
    "NINF": -np.inf,
    "NaN": np.nan,
    "NAN": np.nan,
    "PZERO": 0.0,
    "NZERO": -0.0,
    "product": np.prod,
    "cumproduct": np.cumprod,
    "alltrue": np.all,
    "sometrue": np.any,
    "round_": np.round,
    "row_stack": np.vstack,
    "in1d": lambda a, b, **k: np.isin(a, b, **k).ravel(),
    "trapz": np.trapezoid,
    "asfarray": lambda a, dtype=np.float64: np.asarray(a, dtype=dtype),
    "asscalar": lambda a: np.asarray(a).item(),
    "msort": lambda a: np.sort(a, axis=0),
    "mat": np.asmatrix,
    "math": math,
    "rank": np.ndim,
    "issubclass_": issubclass,
    "float96": np.longdouble,
}


def used(statements: Iterable[ast.stmt]) -> list[str]:
    """Spellings in these statements that NumPy no longer has."""
    found = {
        node.attr
        for statement in statements
        for node in ast.walk(statement)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in ("np", "numpy")
        and node.attr in NAMES
        and node.attr not in np.__dict__
    }
    return sorted(found)


def rewrite(statement: ast.stmt) -> ast.stmt:
    """The statement with `reshape(..., newshape=...)` as NumPy has it now."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "reshape":
            for keyword in node.keywords:
                keyword.arg = "shape" if keyword.arg == "newshape" else keyword.arg
    return statement


def restore(student_builtins: dict[str, Any]) -> None:
    """Answer the old names where code that has these builtins asks; libraries see NumPy as it is."""
    original = np.__getattr__

    def answer(name: str) -> Any:
        if name in NAMES and sys._getframe(1).f_builtins is student_builtins:
            return NAMES[name]
        return original(name)

    vars(np)["__getattr__"] = answer
