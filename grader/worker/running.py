"""Loads a hand-in: its units, run in order in one namespace, and a report of what was met and done.

A unit that fails costs itself only. Everything here runs in the submission's process, beside student code.
"""

from __future__ import annotations

import ast
import builtins
import os
import sys
import types
from collections.abc import Mapping, Sequence
from typing import Any

from . import slicing, sources, transform
from .record import Record
from .shell import Shell

MAX_ERRORS = 20  # per unit


class Loading:
    """One hand-in while it is being loaded."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self.record = Record()
        self.everything = request.get("mode") == "all"
        self.names: tuple[str, ...] = tuple(request.get("names") or ())
        self.module = types.ModuleType("__main__")
        self.namespace: dict[str, Any] = self.module.__dict__
        self.shell = Shell(self.record, self.run_file)
        self.flags = 0
        self.units: list[dict[str, object]] = []

    def run(self, units: Sequence[Mapping[str, str]]) -> None:
        """Run all units, or what the definitions in them need."""
        parsed = [self._parse(unit["source"], unit["label"]) for unit in units]
        kept = None
        if not self.everything:
            statements = [s for _, parts, _ in parsed for s in parts]
            kept = {id(s): s for s in slicing.definitions(statements, self.names)}
        for label, parts, errors in parsed:
            self._run_unit(label, parts, errors, kept)

    def _parse(self, source: str, label: str) -> tuple[str, tuple[ast.stmt, ...], list[dict[str, object]]]:
        filename = sources.register(label, source)
        try:
            return label, transform.parse(source, filename, label, self.record).statements, []
        except SyntaxError as error:
            self.record.add(
                "unit_broken", label=label, line=error.lineno or 1, message=sources.message_of(error)
            )
            return label, (), [sources.trace_of(error)]

    def _run_unit(
        self,
        label: str,
        statements: Sequence[ast.stmt],
        errors: list[dict[str, object]],
        kept: dict[int, ast.stmt] | None,
    ) -> None:
        chosen = [s for s in statements if kept is None or id(s) in kept]
        done = 0
        for statement in chosen:
            if errors and kept is None and not isinstance(statement, slicing.TAKEN):
                continue  # as in a notebook, what follows an error in a cell is not run
            error = self._run_statement(statement, label)
            if error is None:
                done += 1
            elif len(errors) < MAX_ERRORS:
                errors.append(error)
        self.units.append({"label": label, "status": _status(statements, done, errors), "errors": errors})

    def _run_statement(self, statement: ast.stmt, label: str) -> dict[str, object] | None:
        module = ast.Module(body=[statement], type_ignores=[])
        try:
            exec(compile(module, f"<{label}>", "exec", dont_inherit=True), self.namespace)
        except BaseException as error:
            trace = sources.trace_of(error)
            self.record.add(
                "unit_failed",
                label=label,
                line=statement.lineno,
                exception=str(trace["exception"]),
                message=str(trace["message"]),
            )
            return trace
        return None

    def run_file(self, line: str) -> None:
        """`%run file`."""
        self.record.add("line_not_run", line=f"%run {line}")


def _status(statements: Sequence[ast.stmt], done: int, errors: Sequence[object]) -> str:
    if errors:
        return "partly" if done else "failed"
    if not statements:
        return "empty"
    return "run" if done else "skipped"


def load(request: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The namespace that a hand-in makes, and a report of it as plain data."""
    os.environ["MPLBACKEND"] = "Agg"
    loading = Loading(request)
    builtins.get_ipython = lambda: loading.shell  # type: ignore[attr-defined]
    builtins.input = _no_input
    sys.modules["__main__"] = loading.module
    loading.run(request["units"])
    defined = {name: _kind(loading.namespace[name]) for name in loading.names if name in loading.namespace}
    return loading.namespace, {
        "units": loading.units,
        "notes": loading.record.notes,
        "defined": defined,
    }


def _kind(value: object) -> str:
    if isinstance(value, type):
        return "class"
    return "function" if callable(value) else "value"


def _no_input(prompt: object = "") -> str:
    raise EOFError("input() has nobody to ask here")
