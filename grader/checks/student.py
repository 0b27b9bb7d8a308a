"""`student`: the proxy through which a check uses the student's code. Nothing of it runs here.

What comes back was rebuilt from plain data: arrays, numbers, text, tuples, lists, dicts. It is a claim:
vet it with `grader.checks.expect` before computing with it.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from grader.checks.connection import Connection, Interrupted
from grader.checks.outcomes import StudentError, StudentMemory, StudentMissing
from grader.checks.reproduce import Exchange
from grader.model import Frame, Outcome, Trace, text
from grader.worker.wire import Handle

Value = Any  # ndarray | NumPy scalar | bool | int | float | str | tuple | list | dict | None | StudentObject


_PLAIN = frozenset([bool, int, float, str, type(None), np.ndarray])  # hold no object of the student's
_OWN = 1 << 40  # numbers from here on are ours, those below the student's process gives


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A call, and what it did."""

    value: Value
    inputs_after: tuple[Value, ...]  # the arguments as they were after the call
    instructions: int  # Python instructions executed; -1 where the call switched counting off
    functions: tuple[str, ...]  # NumPy's functions that were called: "numpy.exp"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A request that waits to be sent."""

    request: dict[str, Any]
    shown: Callable[[], str]  # as people read it, should it come to that
    later: Later | None = None  # who waits for its answer


class Later:
    """A value that comes with the next answer. Looked at earlier, it has all that waits sent."""

    def __init__(self, student: Student, vet: Callable[[Mapping[str, Any]], Value]) -> None:
        self._student = student
        self._vet = vet
        self._answer: Mapping[str, Any] | None = None

    @property
    def value(self) -> Value:
        """Raises what went wrong in what was asked, up to this."""
        if self._answer is None:
            self._student.flush()
        if self._answer is None:
            raise RuntimeError("this was not answered: something asked before it failed")
        return self._vet(self._answer)

    def answered(self, answer: Mapping[str, Any]) -> None:
        """It is there."""
        self._answer = answer


class Questions:
    """What can be asked of the student's names, or of an object, to be answered later.

    The methods of `Student` and `StudentObject` that give a value, but for these nothing is sent: several
    questions, to several objects too, are sent together when the first value is looked at.
    """

    def __init__(self, student: Student, on: StudentObject | None = None) -> None:
        self._student = student
        self._on = on

    def call(self, name: str, /, *args: Value, **kwargs: Value) -> Later:
        """As `Student.call`."""
        return self._call(name, args, kwargs, lambda answer: self._student._wrap(answer["value"]))

    def call_each(self, name: str, /, arguments: Sequence[tuple[Value, ...]]) -> Later:
        """As `Student.call_each`."""
        each = tuple(tuple(_sent(a) for a in args) for args in arguments)
        request = {"do": "call", "on": self._handle(), "name": name, "each": each}
        first = arguments[0] if arguments else ()
        shown = partial(_shown, self._label(name), first, {})
        return self._ask(request, shown, lambda answer: self._several(answer, len(each)))

    def collect(self, name: str, /, *args: Value, limit: int = 1000, **kwargs: Value) -> Later:
        """As `Student.collect`."""
        request = {"do": "call", "name": name, "collect": limit} | _arguments(args, kwargs)
        return self._ask(request, partial(_shown, name, args, kwargs), self._several)

    def arguments_after(self, name: str, /, *args: Value, **kwargs: Value) -> Later:
        """As `Student.arguments_after`."""
        vet = partial(self._several, size=len(args))
        return self._call(name, args, kwargs, vet, gives="arguments")

    def observe(self, name: str, /, *args: Value, **kwargs: Value) -> Later:
        """As `Student.observe`."""

        def vet(answer: Mapping[str, Any]) -> Observation:
            wrapped = {k: self._student._wrap(v) for k, v in answer.items()}
            inputs, count, functions = (wrapped.get(k) for k in ("inputs", "instructions", "functions"))
            if not (isinstance(inputs, tuple) and type(count) is int and isinstance(functions, list)):
                raise garbled()
            if len(inputs) != len(args):
                raise garbled()
            return Observation(
                value=wrapped["value"],
                inputs_after=inputs,
                instructions=count,
                functions=tuple(str(f) for f in functions),
            )

        return self._call(name, args, kwargs, vet, gives="observed")

    def get(self, name: str) -> Later:
        """As `Student.get`."""
        on = {} if self._on is None else {"on": self._on.handle}
        request = {"do": "get"} | on | {"name": name}
        return self._ask(
            request,
            partial(self._label, name),
            lambda answer: self._student._wrap(answer["value"]),
        )

    def _handle(self) -> Handle | None:
        return None if self._on is None else self._on.handle

    def _label(self, name: str) -> str:
        return name if self._on is None else f"{self._on.name}.{name}"

    def _call(
        self,
        name: str,
        args: tuple[Value, ...],
        kwargs: dict[str, Value],
        vet: Callable[[Mapping[str, Any]], Value],
        **how: str,
    ) -> Later:
        """`how` is for the request: `gives="arguments"`."""
        request = {"do": "call", "on": self._handle(), "name": name} | how | _arguments(args, kwargs)
        return self._ask(request, partial(_shown, self._label(name), args, kwargs), vet)

    def _ask(
        self,
        request: dict[str, Any],
        shown: Callable[[], str],
        vet: Callable[[Mapping[str, Any]], Value],
    ) -> Later:
        later = Later(self._student, vet)
        self._student._waiting.append(_Asked(request=request, shown=shown, later=later))
        return later

    def _several(self, answer: Mapping[str, Any], size: int | None = None) -> tuple[Value, ...]:
        """Values that must be a tuple, of this size."""
        values = self._student._wrap(answer["value"])
        if not isinstance(values, tuple) or (size is not None and len(values) != size):
            raise garbled()
        return values


class _Names:
    """What the student's names and objects have in common: questions that are answered at once."""

    later: Questions

    def call(self, name: str, /, *args: Value, **kwargs: Value) -> Value:
        """What the student's function or method `name` returns."""
        return self.later.call(name, *args, **kwargs).value

    def call_each(self, name: str, /, arguments: Sequence[tuple[Value, ...]]) -> tuple[Value, ...]:
        """What it returns for each tuple of arguments, one after the other.

        One request, where `call` would take as many as there are tuples: some dozens save milliseconds.
        """
        values: tuple[Value, ...] = self.later.call_each(name, arguments).value
        return values

    def arguments_after(self, name: str, /, *args: Value, **kwargs: Value) -> tuple[Value, ...]:
        """The arguments in order, as a call left them. Cheaper than `observe`, which also counts."""
        values: tuple[Value, ...] = self.later.arguments_after(name, *args, **kwargs).value
        return values

    def observe(self, name: str, /, *args: Value, **kwargs: Value) -> Observation:
        """A call with the state of its arguments afterwards, its instructions and NumPy functions."""
        observation: Observation = self.later.observe(name, *args, **kwargs).value
        return observation

    def get(self, name: str) -> Value:
        """The value of a global of the student's, or of an object's attribute; dots walk on: "fc1.W"."""
        return self.later.get(name).value


class Student(_Names):
    """The student's names. The oracle has the same methods.

    What gives nothing back (`create`, `make`, and `tell`, `set` and `part` of objects) is sent together with
    the next question, or by `flush`: each message wakes two processes. What goes wrong in it is raised then.
    So it is with questions of `later`, whose values are looked at when they are needed.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: list[_Asked] = []
        self._numbers = itertools.count(_OWN)  # of objects
        self.later = Questions(self)
        self.exchanges: list[Exchange] = []  # what was asked, with the answers where they came

    def create(self, name: str, /, *args: Value, **kwargs: Value) -> StudentObject:
        """An object made by the student's class `name`; it stays in the student's process."""
        request = {"do": "create", "name": name} | _arguments(args, kwargs)
        return self._make_later(request, partial(_shown, name, args, kwargs), name)

    def collect(self, name: str, /, *args: Value, limit: int = 1000, **kwargs: Value) -> tuple[Value, ...]:
        """The first `limit` items of the iterable that the student's function returns."""
        values: tuple[Value, ...] = self.later.collect(name, *args, limit=limit, **kwargs).value
        return values

    def make(self, expression: str, *, name: str = "") -> StudentObject:
        """The value of an expression in the student's names; it stays in the student's process.

        For arguments that are functions: `student.make("lambda w: (w ** 2).sum()")`. Messages call it `name`.
        """
        name = name or expression
        return self._make_later({"do": "make", "expression": expression}, lambda: name, name)

    def has(self, name: str) -> bool:
        """Is `name` defined?"""
        self.flush()
        try:
            self.get(name)
        except StudentMissing:
            return False
        return True

    def flush(self) -> None:
        """Send what waits to be sent, before something catches what a question raises."""
        if self._waiting:
            self._send()

    def _make_later(self, request: dict[str, Any], shown: Callable[[], str], name: str) -> StudentObject:
        handle = Handle(next(self._numbers), name)
        self._waiting.append(_Asked(request=request | {"as": handle.id}, shown=shown))
        return StudentObject(self, handle, name)

    def _send(self) -> None:
        """Have all that waits answered; raises what the first that failed stands for."""
        waiting, self._waiting = self._waiting, []
        first = len(self.exchanges)
        self.exchanges += [(asked.request, {}) for asked in waiting]
        answers = self._answers([asked.request for asked in waiting])
        for position, (answer, asked) in enumerate(zip(answers, waiting, strict=False), start=first):
            self.exchanges[position] = (asked.request, answer)
            if "missing" in answer:
                name = str(answer["missing"])[:200]
                raise StudentMissing(text("{name} is not defined.", name=name))
            if "raised" in answer:
                raise _raised(answer["raised"], asked.shown())
            if "value" not in answer or _is_kept_elsewhere(asked.request, answer["value"]):
                raise garbled()
            if asked.later is not None:
                asked.later.answered(answer)

    def _answers(self, requests: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
        """One for each request, up to the first that failed."""
        if len(requests) == 1:
            return [self._connection.ask(requests[0])]
        answer = self._connection.ask({"do": "all", "requests": tuple(requests)})
        answers = answer.get("value")
        if not isinstance(answers, list) or not answers or not all(isinstance(a, dict) for a in answers):
            raise garbled()
        if len(answers) != len(requests) and (len(answers) > len(requests) or "value" in answers[-1]):
            raise garbled()
        return answers

    def _wrap(self, value: Value) -> Value:
        if isinstance(value, Handle):
            return StudentObject(self, value, value.type_name)
        if isinstance(value, (list, tuple)) and not _PLAIN.issuperset(map(type, value)):
            return type(value)([self._wrap(v) for v in value])
        return value


class StudentObject(_Names):
    """An object in the student's process."""

    def __init__(self, student: Student, handle: Handle, name: str) -> None:
        self._student = student
        self.handle = handle
        self.name = name  # as people know it: "Linear"
        self.later = Questions(student, self)

    @property
    def type_name(self) -> str:
        """What its class is called; a claim."""
        return self.handle.type_name

    def tell(self, method: str, /, *args: Value, **kwargs: Value) -> None:
        """Call a method for what it does. `call` where the check uses the value."""
        request = {"do": "call", "on": self.handle, "name": method} | _arguments(args, kwargs)
        self._wait(request, partial(_shown, f"{self.name}.{method}", args, kwargs))

    def get_each(self, *wanted: str | tuple[Value, ...]) -> tuple[Value, ...]:
        """The values of attributes, "dW", and of calls, ("backward", out_grad), in this order at once."""
        asked = [self.later.get(w) if isinstance(w, str) else self.later.call(*w) for w in wanted]
        return tuple(later.value for later in asked)

    def part(self, attribute: str) -> StudentObject:
        """The object that an attribute holds; it stays in the student's process."""
        label = f"{self.name}.{attribute}"
        request = {"do": "get", "on": self.handle, "name": attribute}
        return self._student._make_later(request, lambda: label, label)

    def set(self, attribute: str, value: Value) -> None:
        """Set an attribute; dots walk on."""
        request = {"do": "set", "on": self.handle, "name": attribute, "value": _sent(value)}
        self._wait(request, lambda: f"{self.name}.{attribute}")

    def flush(self) -> None:
        """As `Student.flush`."""
        self._student.flush()

    def _wait(self, request: dict[str, Any], shown: Callable[[], str]) -> None:
        self._student._waiting.append(_Asked(request=request, shown=shown))


def _arguments(args: tuple[Value, ...], kwargs: dict[str, Value]) -> dict[str, Any]:
    return {"args": tuple(_sent(a) for a in args), "kwargs": {k: _sent(v) for k, v in kwargs.items()}}


def _sent(value: Value) -> Value:
    """What is sent, as it is now: a check may write to its arrays before the message leaves."""
    if isinstance(value, StudentObject):
        return value.handle
    if isinstance(value, np.ndarray):
        is_fixed = value.flags.owndata and not value.flags.writeable
        return value if is_fixed else value.copy()
    if isinstance(value, (list, tuple)):
        return type(value)([_sent(v) for v in value])
    return value


def _shown(name: str, args: tuple[Value, ...], kwargs: dict[str, Value]) -> str:
    """The call as people read it, with shapes in place of arrays: softmax(array (4, 3))."""
    parts = [_argument(a) for a in args] + [f"{k}={_argument(v)}" for k, v in kwargs.items()]
    return f"{name}({', '.join(parts)})"


def _argument(value: Value) -> str:
    if isinstance(value, np.ndarray):
        return f"array {value.shape}"
    if isinstance(value, StudentObject):
        return value.name
    if isinstance(value, (bool, int, float, np.generic)) or value is None:
        return f"{value:.6g}" if isinstance(value, (float, np.floating)) else str(value)
    return json.dumps(value)[:40] if isinstance(value, str) else type(value).__name__


def garbled() -> Interrupted:
    """What a process ends with that answers as no worker of ours does."""
    return Interrupted(
        Outcome.CRASHED, text("The process gave an answer that makes no sense, and was stopped.")
    )


def _is_kept_elsewhere(request: Mapping[str, Any], value: object) -> bool:
    """Does the answer name another object than the one that was to be made?"""
    return "as" in request and not (isinstance(value, Handle) and value.id == request["as"])


def _raised(raised: Any, shown: str) -> StudentError | StudentMemory | Interrupted:
    try:
        return _understood(raised, shown)
    except (KeyError, TypeError, ValueError, AttributeError):
        return garbled()


def _understood(raised: Mapping[str, Any], shown: str) -> StudentError | StudentMemory:
    if raised.get("memory") is True:
        return StudentMemory(text("{call} ran out of memory.", call=shown))
    frames = tuple(
        Frame(
            label=str(f["label"])[:200],
            anchor="",
            line=int(f["line"]),
            function=str(f["function"])[:200],
            source=str(f["source"])[:500],
        )
        for f in list(raised["frames"])[:20]
    )
    trace = Trace(exception=str(raised["type"])[:200], message=str(raised["message"])[:500], frames=frames)
    return StudentError(shown, trace)
