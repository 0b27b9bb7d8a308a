"""Runs units statement by statement: the main program, `%run` files and imported modules alike."""

from __future__ import annotations
import __future__

import ast
import builtins
import importlib
import inspect
import os
import re
import signal
import threading
import time
import types
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from . import notebooks, oldnumpy, salvage, slicing, sources, standins, transform
from .datafiles import DataFiles
from .imports import Importer
from .plan import Plan, Unit
from .record import Record
from .shell import Shell, tell_not_run

MAX_ERRORS = 20  # per unit
MAX_FILE_BYTES = 5_000_000  # of a module beside the work
STATEMENT_S = 10.0  # CPU time of one statement that definitions need
LEAST_S = 0.05  # of each, also when together they have taken too long
_GUARDED = (ast.Try, *((ast.TryStar,) if hasattr(ast, "TryStar") else ()))


class Elsewhere(Exception):
    """The work needs modules that another zygote has, where loading would not wait for them."""


class OverBudget(BaseException):
    """A statement that definitions need took too long."""


@dataclass(slots=True)
class Scope:
    """The namespace that units run in, with the compiler's flags that `from __future__` has set in it."""

    module: types.ModuleType
    flags: int = 0


class Loading:
    """One hand-in while it is being loaded."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self.record = Record()
        self.mode = str(request.get("mode"))  # "all", "bare" or "definitions"
        self.everything = self.mode == "all"
        self.names: tuple[str, ...] = tuple(request.get("names") or ())
        self.aliases: dict[str, list[str]] = dict(request.get("aliases") or {})
        self.units: list[dict[str, object]] = []
        self.definers: dict[str, list[tuple[str, int]]] = {}  # where names were defined, in order
        self.repaired: set[str] = set()
        self._functions: dict[str, Any] = {}  # what was defined last under a name and can be called
        self.near: dict[str, str] = {}  # names asked for, and what was found for them
        self._statement_s = float(request.get("statement_s") or STATEMENT_S)
        self._left_s = 2.5 * self._statement_s
        self._repairs = frozenset(request.get("repairs") or ())
        self._without = {(str(label), int(line)) for label, line in request.get("without") or ()}
        self._written: list[str] = []
        self._running = [os.path.basename(str(request.get("path") or ""))]  # files being run, outermost first
        self._main: Scope | None = None
        self._elsewhere = frozenset(m.partition(".")[0] for m in request.get("elsewhere") or ())
        self.importer = Importer(self.record, request.get("imports"), self._run_module)
        self._data = DataFiles(request.get("data"), self.record)
        self.shell = Shell(self.run_file)
        self.builtins = self._student_builtins()

    def _student_builtins(self) -> dict[str, Any]:
        own: dict[str, Any] = {
            "__import__": self.importer,
            "open": self._data.open,
            "input": _no_input,
            "exit": _leave,
            "quit": _leave,
            "display": _nothing,
            "get_ipython": lambda: self.shell,
        }
        old = standins.PYTHON2_NAMES if "python2" in self._repairs else {}
        return {**vars(builtins), **old, **own}

    # --- programs ----------------------------------------------------------------------------------------

    def run_main(self, module: types.ModuleType, units: Sequence[tuple[str, str]]) -> None:
        """Run the work itself; what becomes of each unit goes into the report. Raises Elsewhere before."""
        self._main = Scope(module)
        self.shell.user_ns = module.__dict__
        wanted = [*self.names, *(a for found in self.aliases.values() for a in found)]
        plan = self._plan(units, wanted, everything=self.everything)
        if self._elsewhere and any(m.partition(".")[0] in self._elsewhere for m in plan.modules()):
            raise Elsewhere
        self._run(self._main, plan)
        self._keep_functions(module.__dict__)
        for unit in plan.units:
            self.units.append({"label": unit.label, "status": _status(unit), "errors": unit.errors})

    def run_file(self, line: str) -> None:
        """`%run file`: its definitions, or all of it, into the work's own namespace."""
        words = [w for w in line.split() if not w.startswith("-")]
        path = _found((words or [""])[0].strip("\"'"))
        if not path or path in self._running or self._main is None:
            self.record.add("run_missing", line=f"%run {line}".strip())
            return
        self._run_path(self._main, path, (), everything=self.everything)

    def take_from_files(self, module: types.ModuleType, name: str) -> bool:
        """Take a name that the work lacks from a file that it wrote or that lies beside it."""
        pattern = re.compile(
            rf"^(?:def|class)\s+{re.escape(name)}\b|^{re.escape(name)}\s*=[^=]", re.MULTILINE
        )
        for path in (*self._written, *_code_files()):
            if path in self._running or not any(pattern.search(source) for _, source in _units_of(path)):
                continue
            other = types.ModuleType(path.rpartition("/")[2].rpartition(".")[0])
            self._run_path(Scope(other), path, (name,), everything=False)
            if name in other.__dict__:
                module.__dict__[name] = other.__dict__[name]
                self.record.add("name_from_file", name=name, path=path)
                return True
        return False

    def _run_module(self, module: types.ModuleType, path: str) -> None:
        module.__file__ = path
        self._run_path(Scope(module), path, (), everything=True)

    def _run_path(self, scope: Scope, path: str, wanted: Sequence[str], *, everything: bool) -> None:
        self._running.append(path)
        strict, self.importer.strict = self.importer.strict, False
        try:
            self._run(scope, self._plan(_units_of(path), wanted, everything=everything))
        finally:
            self._running.pop()
            self.importer.strict = strict

    # --- units -------------------------------------------------------------------------------------------

    def _plan(self, sources_: Sequence[tuple[str, str]], wanted: Sequence[str], *, everything: bool) -> Plan:
        units = [self._parse(source, label) for label, source in sources_]
        statements = [s for unit in units for s in unit.parsed.statements]
        if self.mode == "bare":
            return Plan(units, slicing.bare(statements))
        if everything:
            return Plan(units, None)
        return Plan(units, slicing.definitions(statements, wanted, can_wait=self.importer.can_wait))

    def _run(self, scope: Scope, plan: Plan) -> None:
        scope.module.__dict__["__builtins__"] = self.builtins
        for unit in plan.units:
            self._run_unit(scope, unit, plan.slice)

    def _parse(self, source: str, label: str) -> Unit:
        filename = sources.register(label, source)
        unit = Unit(label)
        for _ in range(200):  # each round puts right one fault
            try:
                unit.parsed = transform.parse(source, filename, label, self.record)
                break
            except SyntaxError as error:
                cause = salvage.cause(error, source)
                mended = (
                    salvage.repaired(source, cause, error.lineno or 1) if cause in self._repairs else source
                )
                if mended == source:
                    self._salvage(unit, error, cause, source)
                    break
                self.repaired.add(cause)
                self.record.add("repaired", label=label, repair=cause)
                source = mended
        self._tell_old(unit)
        return unit

    def _tell_old(self, unit: Unit) -> None:
        tell_not_run(unit.parsed.statements, unit.label, self.record)
        old = oldnumpy.used(unit.parsed.statements)
        if old:
            self.record.add("old_numpy", label=unit.label, names=", ".join(old))
        old = sorted(slicing.names_read(unit.parsed.statements) & standins.PYTHON2_NAMES.keys())
        if old and "python2" in self._repairs:
            self.repaired.add("python2")
            self.record.add("repaired", label=unit.label, repair="python2")

    def _salvage(self, unit: Unit, error: SyntaxError, cause: str, source: str) -> None:
        unit.errors.append(sources.trace_of(error))
        line, message = error.lineno or 1, sources.message_of(error)
        self.record.add("unit_broken", label=unit.label, line=line, message=message, cause=cause)
        filename = f"<{unit.label}>"
        with suppress(SyntaxError):
            source = transform.plain(source)
        unit.parsed = transform.Parsed(statements=tuple(salvage.pieces(source, filename)))

    def _run_unit(self, scope: Scope, unit: Unit, slice_: slicing.Slice | None) -> None:
        if unit.parsed.writes:
            self._write(unit)
        is_cell = not unit.label.endswith(".py")
        stopped = bool(unit.errors) and is_cell
        for statement in unit.parsed.statements:
            if slice_ is not None and id(statement) not in slice_.kept:
                unit.done += id(statement) in slice_.waiting
                continue
            if (unit.label, statement.lineno) in self._without:
                continue
            if stopped and slice_ is None and not isinstance(statement, slicing.TAKEN):
                continue  # as in a notebook, what follows an error in a cell is not run
            error = self._run_statement(scope, statement, unit.label)
            if error is None:
                unit.done += 1
                continue
            stopped = is_cell
            if len(unit.errors) < MAX_ERRORS:
                unit.errors.append(error)

    def _write(self, unit: Unit) -> None:
        path = os.path.normpath(unit.parsed.writes)
        if os.path.isabs(path) or path.startswith(".."):
            path = os.path.basename(path)
        try:
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            with open(path, "a" if unit.parsed.appends else "w", encoding="utf-8") as file:
                file.write(unit.parsed.body)
        except OSError as error:
            unit.errors.append(sources.trace_of(error))
            return
        unit.done += 1
        self.record.add("file_written", label=unit.label, path=path)
        if path.endswith(".py") and path not in self._written:
            self._written.append(path)

    # --- statements --------------------------------------------------------------------------------------

    def _run_statement(self, scope: Scope, statement: ast.stmt, label: str) -> dict[str, object] | None:
        self.importer.strict = isinstance(statement, _GUARDED)
        scope.module.__dict__["__builtins__"] = self.builtins  # also where student code took it away
        try:
            code = self._compile(scope, statement, label)
            with self._bounded(statement):
                if code.co_flags & inspect.CO_COROUTINE:
                    asyncio = importlib.import_module("asyncio")  # seldom needed, and large
                    asyncio.run(eval(code, scope.module.__dict__))
                else:
                    exec(code, scope.module.__dict__)
        except OverBudget:
            self.record.add("too_slow", label=label, line=statement.lineno, seconds=self._statement_s)
            return {"exception": "", "message": "", "frames": []}
        except SystemExit:
            self.record.add("exit_called", label=label, line=statement.lineno)
        except BaseException as error:
            return self._failed(error, label, statement.lineno)
        else:
            self._defined(scope, statement, label)
        finally:
            self.importer.strict = False
        return None

    @contextmanager
    def _bounded(self, statement: ast.stmt) -> Iterator[None]:
        """Bound the time of a statement that definitions need, and of all of them together."""
        if self.everything or isinstance(statement, slicing.TAKEN):
            yield
            return
        begin = time.process_time()
        try:
            with _budget(max(min(self._statement_s, self._left_s), LEAST_S)):
                yield
        finally:
            self._left_s -= time.process_time() - begin

    def _compile(self, scope: Scope, statement: ast.stmt, label: str) -> types.CodeType:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for alias in statement.names:
                feature = getattr(__future__, alias.name, None)
                scope.flags |= getattr(feature, "compiler_flag", 0)
        statement = oldnumpy.rewrite(self._data.rewrite(statement))
        module = ast.fix_missing_locations(ast.Module(body=[statement], type_ignores=[]))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            flags = scope.flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            code: types.CodeType = compile(module, f"<{label}>", "exec", flags, dont_inherit=True)
            return code

    def _failed(self, error: BaseException, label: str, line: int) -> dict[str, object]:
        trace = sources.trace_of(error)
        frames = trace["frames"]
        if isinstance(frames, list) and frames and frames[-1]["label"] == label:
            line = frames[-1]["line"]
        self.record.add(
            "unit_failed",
            label=label,
            line=line,
            exception=str(trace["exception"]),
            message=str(trace["message"]),
        )
        return trace

    def _defined(self, scope: Scope, statement: ast.stmt, label: str) -> None:
        if scope is self._main:
            for name in dict.fromkeys(slicing.names_defined(statement)):
                value = scope.module.__dict__.get(name)
                if callable(value):
                    self._functions[name] = value
                elif name in self._functions:
                    continue  # a number in the place of a function: the function is kept
                self.definers.setdefault(name, []).append((label, statement.lineno))

    def _keep_functions(self, namespace: dict[str, Any]) -> None:
        """Give functions asked for their names back, where a value was put there, as in `f = f(x)`."""
        for name in self.names:
            if name in self._functions and not callable(namespace.get(name)):
                namespace[name] = self._functions[name]
                self.record.add("function_kept", name=name, label=self.definers[name][-1][0])


def _status(unit: Unit) -> str:
    if unit.errors:
        return "partly" if unit.done else "failed"
    if not unit.parsed.statements and not unit.parsed.writes:
        return "empty"
    return "run" if unit.done else "skipped"


@contextmanager
def _budget(seconds: float) -> Iterator[None]:
    """Raise OverBudget in the block when it takes more CPU time than this, where the system can tell."""
    in_main = threading.current_thread() is threading.main_thread()
    if not seconds or not in_main or not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)  # again each second: one may be swallowed
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, before)


def _stop(*_: object) -> None:
    raise OverBudget


def _no_input(prompt: object = "") -> str:
    raise EOFError("input() has nobody to ask here")


def _leave(*_: object) -> None:
    raise SystemExit


def _nothing(*_: object, **__: object) -> None: ...


# --- files beside the work ----------------------------------------------------------------------------------


def _units_of(path: str) -> list[tuple[str, str]]:
    """Labels and sources of a file beside the work; none where it cannot be read."""
    try:
        if os.path.getsize(path) > MAX_FILE_BYTES:
            return []
        if path.endswith(".ipynb"):
            return notebooks.code_cells(path)
        with open(path, encoding="utf-8-sig", errors="replace") as file:
            return [(path, file.read().replace("\0", ""))]
    except (OSError, ValueError, RecursionError):
        return []


def _found(path: str) -> str:
    """The file that `%run` means: at this path, with its ending added, or anywhere by its name."""
    for candidate in (path, f"{path}.py", f"{path}.ipynb"):
        if path and os.path.isfile(candidate):
            return os.path.normpath(candidate)
    name = path.replace("\\", "/").rpartition("/")[2]
    return (
        next((p for p in _code_files() if p.rpartition("/")[2] in (name, f"{name}.py")), "") if name else ""
    )


def _code_files() -> list[str]:
    found: list[str] = []
    for folder, folders, names in os.walk("."):
        folders[:] = sorted(n for n in folders if not n.startswith((".", "__")))
        found.extend(
            os.path.normpath(os.path.join(folder, n)) for n in names if n.endswith((".py", ".ipynb"))
        )
        if len(found) > 500:
            break
    return sorted(found[:500], key=lambda p: (p.count("/"), p))
