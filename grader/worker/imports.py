"""What `import` does in student code: the standard library and what the assignment allows are imported, files
handed in beside the work are loaded, anything else is answered by a stand-in and told.

Only the student's own modules see this: libraries import as they always do.
"""

from __future__ import annotations

import ast
import builtins
import importlib.util
import os
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from . import standins
from .record import Record

REFUSED = "{name} may not be used in this assignment"
MISSING = "{name} is not here: no such file was handed in and no such package is installed"
# parts of packages that may be imported under another name
_PART_OF = {"mpl_toolkits": "matplotlib", "pylab": "matplotlib", "cycler": "matplotlib"}
_NOW_CALLED = {"cPickle": "pickle", "StringIO": "io", "Queue": "queue", "typing_extensions": "typing"}
MAX_FOLDERS = 200
_real_import = builtins.__import__


class Importer:
    """Stands for `__import__` in student code."""

    def __init__(
        self, record: Record, allowed: Sequence[str] | None, run_file: Callable[[types.ModuleType, str], None]
    ) -> None:
        self._record = record
        self._allowed = None if allowed is None else frozenset(allowed) | {"numpy"}
        self._run_file = run_file
        self._modules: dict[str, types.ModuleType] = {}
        self.strict = False  # raise for what is not here: the import stands in a `try`

    def __call__(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: object = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> types.ModuleType:
        """The module that `import name` binds, or `from name import …` reads from."""
        fromlist = fromlist or ()
        if level:
            name = _absolute(name, globals or {}, level)
            if not name:
                return self._package(fromlist)
        top = name.partition(".")[0]
        if path_of(name):
            return self._beside(name, fromlist)
        if top in sys.stdlib_module_names or self._allows(name):
            return self._real(name, globals, fromlist)
        found = path_of(name.rpartition(".")[2]) or anywhere(name.rpartition(".")[2])
        if found and not (top in _KNOWN or top in standins.DECORATING or _is_installed(top)):
            self._record.add("import_found_by_name", module=name, path=found)
            return self._beside(name, fromlist, found)
        if name in self._modules:
            return self._modules[name]
        return self._stand_in(name, top, fromlist)

    def can_wait(self, statement: ast.stmt) -> bool:
        """Is it an import of libraries only, allowed, there and not imported yet? It costs time then, and
        leaving it out changes nothing and hides nothing, as long as nobody reads what it binds."""
        match statement:
            case ast.Import(names=names):
                modules = {alias.name for alias in names}
            case ast.ImportFrom(module=str(module), names=names, level=0):
                modules = {module, *(f"{module}.{alias.name}" for alias in names)}
            case _:
                return False
        return all(self._is_library(m) for m in modules) and not any(m in sys.modules for m in modules)

    def _is_library(self, name: str) -> bool:
        """Is it, or a thing in it, of an installed package and allowed?"""
        top = name.partition(".")[0]
        is_own = path_of(name) or path_of(top) or top in sys.stdlib_module_names
        return not is_own and _is_installed(top) and self._allows(name)

    # --- real ones ------------------------------------------------------------------------------------

    def _allows(self, name: str) -> bool:
        if self._allowed is None:
            return _is_installed(name.partition(".")[0])
        top, _, rest = name.partition(".")
        return self._leads_to_allowed(_PART_OF.get(top, top) + ("." + rest if rest else ""))

    def allows_path(self, name: str) -> bool:
        """Is this module, or one above it, allowed?"""
        parts = name.split(".")
        return self._allowed is None or any(
            ".".join(parts[:n]) in self._allowed for n in range(1, len(parts) + 1)
        )

    def _leads_to_allowed(self, name: str) -> bool:
        allowed = self._allowed or ()
        return self.allows_path(name) or any(entry.startswith(f"{name}.") for entry in allowed)

    def _real(
        self, name: str, globals: Mapping[str, Any] | None, fromlist: Sequence[str]
    ) -> types.ModuleType:
        module = _real_import(name, globals, None, fromlist, 0)
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names or top in _PART_OF or self.allows_path(module.__name__):
            return module
        return Part(module, self)

    def refuse(self, name: str) -> None:
        """Tell that a package, or a part of one, may not be used."""
        self._record.add("import_refused", module=name, allowed=", ".join(sorted(self._allowed or ())))

    # --- stand-ins --------------------------------------------------------------------------------------

    def _stand_in(self, name: str, top: str, fromlist: Sequence[str]) -> types.ModuleType:
        if name in _NOW_CALLED:
            return _real_import(_NOW_CALLED[name], None, None, ("x",), 0)
        if top in standins.OLD_PYTHON:
            return standins.old_python(name)
        module: types.ModuleType | None = standins.decorating(name)
        if module is not None:
            if top not in ("IPython", "google"):
                self._record.add("import_stand_in", module=top)
        else:
            module = self._absent(name, top)
        return module if fromlist or "." not in name else self._stand_in(top, top, ("x",))

    def _absent(self, name: str, top: str) -> types.ModuleType:
        if top in _KNOWN or _is_installed(top):
            self.refuse(name)
            why = REFUSED
        else:
            self._record.add("import_missing", module=name)
            why = MISSING
        if self.strict:
            raise ModuleNotFoundError(why.format(name=name), name=name)
        return standins.absent(name, why)

    # --- files beside the work -----------------------------------------------------------------------------

    def _package(self, fromlist: Sequence[str]) -> types.ModuleType:
        """`from . import a, b`, where nothing is a package: the files a.py and b.py."""
        package = types.ModuleType("handed_in")
        for item in fromlist:
            if path_of(item):
                setattr(package, item, self._beside(item, ("x",)))
        return package

    def _beside(self, name: str, fromlist: Sequence[str], path: str = "") -> types.ModuleType:
        parts = name.split(".")
        parent: types.ModuleType | None = None
        for n in range(1, len(parts) + 1):
            module = self._file_module(".".join(parts[:n]), path if n == len(parts) else "")
            if parent is not None:
                setattr(parent, parts[n - 1], module)
            parent = module
        assert parent is not None
        for item in fromlist:
            if not hasattr(parent, item) and hasattr(parent, "__path__") and path_of(f"{name}.{item}"):
                setattr(parent, item, self._beside(f"{name}.{item}", ("x",)))
        return parent if fromlist else self._modules[parts[0]]

    def _file_module(self, name: str, path: str) -> types.ModuleType:
        if name in self._modules:
            return self._modules[name]
        module = self._modules[name] = types.ModuleType(name)
        sys.modules.setdefault(name, module)
        path = path or path_of(name)
        is_folder = os.path.isdir(name.replace(".", "/"))
        module.__dict__["__package__"] = name if is_folder else name.rpartition(".")[0]
        if is_folder:
            module.__path__ = [name.replace(".", "/")]
        if path.endswith((".py", ".ipynb")):
            self._run_file(module, path)
        return module


_KNOWN_PACKAGES = (
    "torch torchvision tensorflow keras jax flax pandas scipy sklearn cv2 PIL cupy mxnet theano autograd"
    " xgboost lightgbm statsmodels requests h5py skimage imageio numexpr sympy networkx nltk gensim"
)
_KNOWN = frozenset(_KNOWN_PACKAGES.split())


class Part(types.ModuleType):
    """A package of which only parts are allowed: the others raise when they are reached for."""

    def __init__(self, module: types.ModuleType, importer: Importer) -> None:
        super().__init__(module.__name__)
        self.__dict__["_module"], self.__dict__["_importer"] = module, importer

    def __getattr__(self, name: str) -> Any:
        importer: Importer = self.__dict__["_importer"]
        path = f"{self.__name__}.{name}"
        if name.startswith("__") or importer.allows_path(path):
            return getattr(self.__dict__["_module"], name)
        if importer._leads_to_allowed(path):
            return Part(getattr(self.__dict__["_module"], name), importer)
        importer.refuse(path)
        return standins.Absent(path, REFUSED)


def _is_installed(top: str) -> bool:
    """Is there a package of this name, apart from files handed in that `sys.path` leads to?"""
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError, AttributeError):
        return False
    if spec is None:
        return False
    places = [spec.origin or "", *(spec.submodule_search_locations or ())]
    work = os.path.realpath(".") + os.sep
    return not any(os.path.realpath(place).startswith(work) for place in places if place)


def path_of(name: str) -> str:
    """Where a module handed in lies: a file, a folder, a notebook; empty when there is none."""
    stem = name.replace(".", "/")
    if not name or name.startswith("/"):
        return ""
    for path in (f"{stem}/__init__.py", f"{stem}.py", f"{stem}.ipynb"):
        if os.path.isfile(path):
            return path
    if os.path.isdir(stem) and any(n.endswith((".py", ".ipynb")) for n in os.listdir(stem)):
        return stem
    return ""


def anywhere(stem: str) -> str:
    """A module of this name in any folder handed in, as `sys.path.append("src")` would find it."""
    for seen, (folder, folders, names) in enumerate(os.walk(".")):
        folders[:] = sorted(n for n in folders if not n.startswith((".", "__")))
        for name in (f"{stem}.py", f"{stem}.ipynb"):
            if name in names:
                return os.path.normpath(os.path.join(folder, name))
        if seen > MAX_FOLDERS:
            break
    return ""


def _absolute(name: str, globals: Mapping[str, Any], level: int) -> str:
    package = str(globals.get("__package__") or "")
    parts = package.split(".") if package else []
    parts = parts[: len(parts) - (level - 1)] if level > 1 else parts
    found = ".".join([*parts, name] if name else parts)
    return found if path_of(found) or not name else name
