"""The calls of a check as code that a student can paste into the notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.model import Example
from grader.worker.wire import Handle

MAX_CALLS = 12
MAX_ENTRIES = 120  # of one array; larger ones are not for pasting
MAX_CHARACTERS = 4000

Exchange = tuple[Mapping[str, Any], Mapping[str, Any]]  # what was asked, what came back


def example(exchanges: Sequence[Exchange]) -> Example | None:
    """The calls up to the last; None where they are too many or too large to be pasted."""
    if not exchanges or len(exchanges) > MAX_CALLS:
        return None
    lines = ["import numpy as np", ""]
    names: dict[int, str] = {}
    try:
        for request, answer in exchanges:
            lines.append(_statement(request, answer, names))
    except _TooLarge:
        return None
    code = "\n".join(lines)
    return Example(code=code) if len(code) <= MAX_CHARACTERS else None


class _TooLarge(Exception):
    pass


def _statement(request: Mapping[str, Any], answer: Mapping[str, Any], names: dict[int, str]) -> str:
    do = request["do"]
    if do == "make":
        expression = str(request["expression"])
    elif do == "get":
        expression = _callee(request, names)
    elif do == "set":
        return f"{_callee(request, names)} = {_value(request['value'], names)}"
    elif "each" in request:
        calls = (f"{_callee(request, names)}{_tuple(args, names)}" for args in request["each"])
        expression = f"[{', '.join(calls)}]"
    else:
        arguments = [_value(a, names) for a in request["args"]]
        arguments += [f"{k}={_value(v, names)}" for k, v in request["kwargs"].items()]
        expression = f"{_callee(request, names)}({', '.join(arguments)})"
        if request.get("collect") is not None:
            expression = f"list({expression})"
    value = answer.get("value")
    made = request.get("as", value.id if isinstance(value, Handle) else None)
    if made is None:
        return expression
    names[made] = f"{_stem(request)}_{len(names) + 1}"
    return f"{names[made]} = {expression}"


def _tuple(args: Sequence[Any], names: dict[int, str]) -> str:
    return f"({', '.join(_value(a, names) for a in args)})"


def _callee(request: Mapping[str, Any], names: dict[int, str]) -> str:
    on = request.get("on")
    if on is None:
        return str(request["name"])
    if request["name"] == "__call__":
        return names.get(on.id, "it")
    return f"{names.get(on.id, 'it')}.{request['name']}"


def _stem(request: Mapping[str, Any]) -> str:
    name = str(request.get("name", "f")).rpartition(".")[2].lower()
    return name if name.isidentifier() and not name.startswith("__") else "f"


def _value(value: Any, names: dict[int, str]) -> str:
    if isinstance(value, Handle):
        return names.get(value.id, "it")
    if isinstance(value, np.ndarray):
        if value.size > MAX_ENTRIES:
            raise _TooLarge
        dtype = "" if value.dtype in (np.float64, np.int64) else f", dtype=np.{value.dtype}"
        return f"np.array({value.tolist()!r}{dtype})".replace("nan", "np.nan").replace("inf", "np.inf")
    if isinstance(value, np.generic):
        return repr(value.item())
    if isinstance(value, list):
        return f"[{', '.join(_value(v, names) for v in value)}]"
    if isinstance(value, tuple):
        inner = ", ".join(_value(v, names) for v in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value)
