"""Answer a check's requests about the student's names, in the student's process.

A request is a dict: `do` is "call", "create", "get", "set", "make", "all" or "end"; `on` is None for the
student's names or the handle of an object; `name` is looked up there, dots walk attributes. A call has `args`
and `kwargs`, or `each`: arguments for each of many calls, whose values come in one answer. It gives its
value, or what `gives` says: its "arguments" as the call left them, or what was "observed". What is created or
made, and what is got `as` a number, is kept under the number that the request gives. "all" has `requests`,
done in order up to the first that fails. An answer is a dict with one of `value`, `raised`, `missing`; that
to "all" has the answers as its value.
"""

from __future__ import annotations

import itertools
import linecache
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import CodeType, TracebackType
from typing import Any

import numpy as np

from . import sources, tracing, wire
from .wire import Handle

_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]{6,16}\b")  # of an object: another one in every run
MAX_MESSAGE = 2000
MAX_FRAMES = 20
MAX_ITEMS = 1_000_000
MAX_DEPTH = wire.MAX_DEPTH - 8  # of a value: what is around it is nested, too
Answer = dict[str, object]


class Missing(Exception):
    """A name that is not there."""


def serve(
    read_exactly: Callable[[int], bytes], write: Callable[[bytes], None], namespace: dict[str, Any]
) -> None:
    """Answer until "end" or the end of the stream."""
    answerer = Answerer(namespace)
    while True:
        try:
            request = wire.read_value(read_exactly)
        except EOFError:
            return
        if request["do"] == "end":
            return
        write(wire.encode(answerer.answer(request)))


class Answerer:
    """The student's names, and the objects that a check has made of them so far."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._objects: dict[int, object] = {}
        self._numbers = itertools.count()

    def answer(self, request: dict[str, Any]) -> Answer:
        """The answer to one request; whatever the student's code raises is a part of it."""
        try:
            return self._do(request)
        except Missing as error:
            return {"missing": str(error)}
        except BaseException as error:  # SystemExit and KeyboardInterrupt are answers of a student too
            return {"raised": describe(error, self._namespace)}

    def _do(self, request: dict[str, Any]) -> Answer:
        do = request["do"]
        if do == "all":
            return {"value": self._all(request["requests"])}
        if do == "make":
            made = eval(_compiled(request["expression"]), self._namespace)
            return {"value": self._keep(made, request["as"])}
        if do == "set":
            return self._set(request)
        found = self._find(request.get("on"), request["name"])
        if do == "get":
            return {"value": self._keep(found, request["as"]) if "as" in request else self._out(found)}
        if request.get("each") is not None:
            return {"value": tuple(self._out(found(*self._in(args))) for args in request["each"])}
        args = tuple(self._in(a) for a in request["args"])
        kwargs = {k: self._in(v) for k, v in request["kwargs"].items()}
        if do == "create":
            return {"value": self._keep(found(*args, **kwargs), request["as"])}
        if request.get("gives") == "observed":
            return self._observe(found, args, kwargs)
        value = found(*args, **kwargs)
        if request.get("gives") == "arguments":
            return {"value": tuple(self._out(a) for a in args)}
        if request.get("collect") is not None:
            value = _first(value, request["collect"])
        return {"value": self._out(value)}

    def _all(self, requests: tuple[dict[str, Any], ...]) -> list[Answer]:
        answers: list[Answer] = []
        for request in requests:
            answers.append(self.answer(request))
            if "value" not in answers[-1]:
                break
        return answers

    def _set(self, request: dict[str, Any]) -> Answer:
        path, _, last = request["name"].rpartition(".")
        holder = self._find(request["on"], path) if path else self._in(request["on"])
        setattr(holder, last, self._in(request["value"]))
        return {"value": None}

    def _observe(self, found: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Answer:
        value, seen = tracing.watch(found, args, kwargs)
        return {
            "value": self._out(value),
            "inputs": tuple(self._out(a) for a in args),
            "instructions": seen.instructions,
            "functions": list(seen.functions),
        }

    def _find(self, on: Handle | None, path: str) -> Any:
        first, *rest = path.split(".")
        if on is None:
            if first not in self._namespace:
                raise Missing(first)
            found = self._namespace[first]
        else:
            found = self._in(on)
            rest = [first, *rest]
        for name in rest:
            try:
                found = getattr(found, name)
            except AttributeError:
                raise Missing(f"{type(found).__name__}.{name}") from None
        return found

    def _in(self, value: Any) -> Any:
        if isinstance(value, Handle):
            if value.id not in self._objects:
                raise Missing(value.type_name)
            return self._objects[value.id]
        if isinstance(value, (list, tuple)):
            return type(value)(self._in(v) for v in value)
        return value

    def _keep(self, value: object, number: int | None = None) -> Handle:
        number = next(self._numbers) if number is None else number
        self._objects[number] = value
        name = type(value).__name__
        if isinstance(value, np.ndarray):
            name = f"array of {value.dtype}"
        return Handle(number, name)

    def _out(self, value: object, depth: int = 0) -> object:
        """`value` as the wire carries it; what it does not carry stays here behind a handle."""
        if value is None or isinstance(value, (bool, np.generic)):
            return value if not isinstance(value, np.generic) else self._scalar(value)
        if isinstance(value, int):
            return int(value) if value.bit_length() <= wire.MAX_INT_BITS else self._keep(value)
        if isinstance(value, float):
            return float(value)
        if isinstance(value, str):
            return str(value)[:MAX_ITEMS]
        if isinstance(value, np.ndarray):
            plain = np.array(value, subok=False)
            return plain if wire.carries(plain) else self._keep(value)
        if isinstance(value, (list, tuple)) and depth < MAX_DEPTH and len(value) <= MAX_ITEMS:
            items = [self._out(v, depth + 1) for v in value]
            return tuple(items) if isinstance(value, tuple) else items
        if isinstance(value, dict) and depth < MAX_DEPTH and all(type(k) is str for k in value):
            return {k: self._out(v, depth + 1) for k, v in value.items()}
        return self._keep(value)

    def _scalar(self, value: np.generic) -> object:
        return value if wire.carries(np.asarray(value)) else self._keep(value)


@lru_cache(maxsize=64)
def _compiled(expression: str) -> CodeType:
    """Known mistakes are all asked the same, in one process."""
    return compile(expression, "<string>", "eval")


def failure(request: Mapping[str, Any], answer: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The part of an answer that is no value, if there is one."""
    if "value" not in answer:
        return answer
    parts = answer["value"] if request["do"] == "all" else ()
    return next((part for part in parts if "value" not in part), None)


def _first(iterable: Any, limit: int) -> tuple[Any, ...]:
    items: list[Any] = []
    for item in iterable:
        if len(items) >= limit:
            break
        items.append(item)
    return tuple(items)


def describe(error: BaseException, namespace: dict[str, Any]) -> Answer:
    """An exception as plain data, with the lines of the student's own code only."""
    try:
        message = str(error)
    except BaseException:  # a student's own __str__ may do anything
        message = ""
    return {
        "type": type(error).__name__[:200],
        "message": _ADDRESS.sub("", wire.clean(message[:MAX_MESSAGE])),
        "memory": isinstance(error, MemoryError),
        "frames": own_frames(error.__traceback__, namespace),
    }


def own_frames(traceback: TracebackType | None, namespace: dict[str, Any]) -> list[Answer]:
    """The frames of a traceback that run code that was handed in, outermost first."""
    frames: list[Answer] = []
    while traceback is not None:
        frame = traceback.tb_frame
        code = frame.f_code
        label = sources.label_of(code.co_filename)
        if label or frame.f_globals is namespace:
            line = traceback.tb_lineno
            frames.append(
                {
                    "label": wire.clean(label or code.co_filename.strip("<>"))[:200],
                    "line": line,
                    "function": code.co_name[:200],
                    "source": wire.clean(linecache.getline(code.co_filename, line).strip()[:500]),
                }
            )
        traceback = traceback.tb_next
    return frames if len(frames) <= MAX_FRAMES else frames[:3] + frames[-(MAX_FRAMES - 3) :]
