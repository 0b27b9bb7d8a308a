"""Loads a hand-in: its units, run in order in one namespace, and a report of what was met and done.

A unit that fails costs itself only. Everything here runs in the submission's process, beside student code.

`load` takes a dict of which only "units" must be there:

    units       [{"source", "label"}]
    mode        "definitions", "all", or "bare": nothing but imports, functions, classes and literals
    names       that checks look up
    imports     that are allowed beside the standard library; None for all
    data        folder in which data is found by file name, or None
    repairs     kinds of small faults to put right: "python2", "quotes", "spaces", "tabs"
    aliases     {name: [other names that count]}
    signatures  {name or "Class.method": [its arguments in order]}
    accepted    {name: [other orders of its arguments that count]}
    without     [[label, line]] of statements to leave out
    elsewhere   modules that another zygote has: where they are needed, nothing is run, and Elsewhere raised
    statement_s CPU seconds for one statement that definitions need

The files handed in lie in the working directory. The report is plain data: {"units": [{"label", "status",
"errors"}], "notes": [{"code", "args"}], "defined": {name: kind}, "places": {name: [[label, line]]}, "near":
{name: found}, "repairs": [kind]}.
"""

from __future__ import annotations

import importlib
import os
import sys
import types
from collections.abc import Mapping
from typing import Any

from . import nearby, oldnumpy, sources
from .execution import Elsewhere, Loading

__all__ = ["Elsewhere", "label_of", "load", "trace_of"]

trace_of = sources.trace_of
label_of = sources.label_of


def load(request: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The namespace that a hand-in makes, and a report of it as plain data."""
    loading = Loading(request)
    _arrange(loading)
    units = [(str(unit["label"]), str(unit["source"])) for unit in request["units"]]
    module = _main_module(units)
    loading.run_main(module, units)
    try:
        _look_for_missing(loading, module)
        signatures = dict(request.get("signatures") or {})
        _accept_orders(loading, module, signatures, request.get("accepted") or {})
        _compare_signatures(loading, module, signatures)
    except BaseException as error:  # student objects may answer anything when they are looked at
        loading.record.add("not_compared", message=sources.message_of(error))
    return module.__dict__, _report(loading, module.__dict__)


def _arrange(loading: Loading) -> None:
    os.environ["MPLBACKEND"] = "Agg"  # plots go nowhere
    sys.argv = ["student"]
    oldnumpy.restore(loading.builtins)
    real = importlib.import_module

    def import_module(name: str, package: str | None = None) -> types.ModuleType:
        frame = sys._getframe(1)
        if frame.f_builtins is not loading.builtins:
            return real(name, package)
        level = len(name) - len(name.lstrip("."))
        return loading.importer(name.lstrip("."), frame.f_globals, None, ("__name__",), level)

    importlib.import_module = import_module
    importlib.reload = lambda module: module
    _keep_inside()


def _keep_inside() -> None:
    """Ignore changes of folder that lead out of the work's, as paths of other machines do."""
    root, real = os.path.realpath("."), os.chdir

    def chdir(path: Any) -> None:
        target = os.path.realpath(os.fspath(path)) if isinstance(path, str | os.PathLike) else ""
        if os.path.isdir(target) and f"{target}/".startswith(f"{root}/"):
            real(target)

    os.chdir = chdir


def _main_module(units: list[tuple[str, str]]) -> types.ModuleType:
    """The module that the work becomes: `__main__`, as in a notebook, or the name of its file."""
    label = units[0][0] if len(units) == 1 else ""
    name = label.rpartition("/")[2].removesuffix(".py") if label.endswith(".py") else "__main__"
    module = types.ModuleType(name)
    if name != "__main__":
        module.__file__ = label
    sys.modules[name] = module
    return module


# --- what is asked for and not there --------------------------------------------------------------------


def _look_for_missing(loading: Loading, module: types.ModuleType) -> None:
    namespace = module.__dict__
    for name in loading.names:
        if name in namespace:
            continue
        alias = next((a for a in loading.aliases.get(name, ()) if a in namespace), "")
        if alias:
            namespace[name] = namespace[alias]
            loading.record.add("alias_used", name=name, found=alias)
        elif not loading.take_from_files(module, name):
            _tell_near(loading, namespace, name)


def _tell_near(loading: Loading, namespace: dict[str, Any], name: str) -> None:
    own = [n for n in loading.definers if n in namespace and n not in loading.names]
    owner = nearby.method_of(name, namespace, loading.definers)
    near = nearby.nearest(name, own)
    if owner:
        loading.record.add("name_inside", name=name, owner=owner, label=loading.definers[owner][-1][0])
    elif near:
        loading.near[name] = near
        loading.record.add("name_near", name=name, found=near, label=loading.definers[near][-1][0])


def _accept_orders(
    loading: Loading,
    module: types.ModuleType,
    signatures: dict[str, list[str]],
    accepted: Mapping[str, list[list[str]]],
) -> None:
    """Functions with their arguments in an order that the author accepts are called in that order."""
    for name, orders in accepted.items():
        if name not in module.__dict__ or name not in signatures:
            continue
        changed = nearby.reordered(module.__dict__[name], signatures[name], orders)
        if changed is not None:
            module.__dict__[name] = changed
            del signatures[name]
            loading.record.add("order_accepted", name=name)


def _compare_signatures(
    loading: Loading, module: types.ModuleType, signatures: Mapping[str, list[str]]
) -> None:
    for name, asked in signatures.items():
        owner, _, method = name.partition(".")
        value = module.__dict__.get(owner)
        if method:
            value = _method(loading, owner, value, method)
            asked = ["self", *asked]
        if value is None:
            continue
        differs = nearby.compare(asked, value)
        if differs:
            first = 1 if method else 0
            has = (nearby.parameters(value) or [])[first:]
            loading.record.add(
                "signature", name=name, differs=differs, asked=", ".join(asked[first:]), found=", ".join(has)
            )


def _method(loading: Loading, owner: str, value: object, method: str) -> object:
    """The method of a class; tells the one that was probably meant where there is none."""
    if not isinstance(value, type):
        return None
    found = getattr(value, method, None)
    near = "" if found else nearby.nearest(method, [n for n in vars(value) if not n.startswith("__")])
    if near:
        label = loading.definers[owner][-1][0] if owner in loading.definers else ""
        loading.near[f"{owner}.{method}"] = f"{owner}.{near}"
        loading.record.add("name_near", name=f"{owner}.{method}", found=f"{owner}.{near}", label=label)
    return found


def _report(loading: Loading, namespace: dict[str, Any]) -> dict[str, Any]:
    for name in loading.names:
        places = loading.definers.get(name, [])
        if len(places) > 1:
            loading.record.add("defined_twice", name=name, first=places[0][0], last=places[-1][0])
    return {
        "units": loading.units,
        "notes": loading.record.notes,
        "defined": {name: _kind(namespace[name]) for name in loading.names if name in namespace},
        "places": {n: [list(p) for p in loading.definers.get(n, [])[:20]] for n in loading.names},
        "repairs": sorted(loading.repaired),
        "near": loading.near,
    }


def _kind(value: object) -> str:
    if isinstance(value, type):
        return "class"
    return "function" if callable(value) else "value"
