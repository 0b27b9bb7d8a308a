"""Watch a call: how many Python instructions it executes and which functions of NumPy it uses.

Counting is exact on any machine, where timing is not: a vectorised function executes the same number of
instructions for 8 rows as for 64.
"""

from __future__ import annotations

import builtins
import gc
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

MAX_FUNCTIONS = 500


@dataclass(frozen=True)
class Seen:
    """What a call did."""

    instructions: int  # -1: the call switched the counting off
    functions: tuple[str, ...]  # of NumPy, "numpy.broadcast_shapes"; sorted


def watch(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Seen]:
    """What `function` returns, and what it did meanwhile, the functions that it calls included.

    `map` and `filter` run as Python loops meanwhile: their own loops are in C, where nothing counts them.
    """
    counter = _Counter()
    originals = builtins.map, builtins.filter
    builtins.map, builtins.filter = _map, _filter  # type: ignore[assignment,misc]
    collects = gc.isenabled()
    gc.disable()  # finalisers and callbacks of a collection would be counted, in one call and not in the next
    sys.setprofile(counter.profile)
    sys.settrace(counter.trace)
    try:
        value = function(*args, **kwargs)
        undisturbed = sys.gettrace() == counter.trace
    finally:
        sys.settrace(None)
        sys.setprofile(None)
        if collects:
            gc.enable()
        builtins.map, builtins.filter = originals  # type: ignore[misc]
    functions = tuple(sorted(counter.functions)[:MAX_FUNCTIONS])
    return value, Seen(counter.instructions if undisturbed else -1, functions)


def _map(function: Callable[..., Any], *iterables: Any) -> Iterator[Any]:
    for arguments in zip(*iterables, strict=False):
        yield function(*arguments)


def _filter(function: Callable[[Any], Any] | None, iterable: Any) -> Iterator[Any]:
    for item in iterable:
        if function(item) if function is not None else item:
            yield item


class _Counter:
    def __init__(self) -> None:
        self.instructions = 0
        self.functions: set[str] = set()

    def trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        return self._inside

    def _inside(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "opcode":
            self.instructions += 1
        return self._inside

    def profile(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            self._note(frame.f_globals.get("__name__"), frame.f_code.co_name)
        elif event == "c_call":
            owner = getattr(argument, "__self__", None)
            module = getattr(argument, "__module__", None) or type(owner).__module__
            self._note(module, getattr(argument, "__name__", None))

    def _note(self, module: object, name: object) -> None:
        of_numpy = isinstance(module, str) and module.split(".")[0] == "numpy"
        if of_numpy and isinstance(name, str) and len(self.functions) < MAX_FUNCTIONS:
            self.functions.add(f"numpy.{name}")
