"""Vet what a student's code gave. Each tells only the first rung that fails:
kind, shape, dtype, finite, values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.checks.compare import difference
from grader.checks.outcomes import CheckFailed, StudentError
from grader.checks.student import Observation, Student, StudentObject, Value
from grader.model import Text, text, verbatim

Array = NDArray[Any]
Shape = tuple[int, ...]


def expect_array(
    value: Value, *, name: str, shape: Shape | Sequence[Shape] | None = None, finite: bool = True
) -> Array:
    """`value` as an array of real numbers.

    Parameters
    ----------
    value
        What came back from the student.
    name
        How the student knows it: "softmax(O)".
    shape
        The shape expected, or several that are accepted: the result has the first of them.
    finite
        Are NaN and infinities refused?

    Returns
    -------
    Array
        float32 or float16 as it came, all else as float64.

    Raises
    ------
    CheckFailed
        On the first rung that does not hold.
    """
    if not isinstance(value, np.ndarray):
        got = _kind(value)
        if shape is None:
            raise CheckFailed(text("{name} is {got}, expected an array.", name=name, got=got))
        expected = _shapes(shape)
        raise CheckFailed(
            text("{name} is {got}, expected an array of shape {shape}.", name=name, got=got, shape=expected)
        )
    array = expect_shape(value, shape, name=name) if shape is not None else value
    if array.dtype.kind not in "fiub":
        raise CheckFailed(
            text("{name} holds {dtype}, expected real numbers.", name=name, dtype=str(array.dtype))
        )
    if array.dtype not in (np.float32, np.float16):
        array = array.astype(np.float64)
    if finite:
        _refuse_not_finite(array, name)
    return array


def expect_shape(array: Array, shape: Shape | Sequence[Shape], *, name: str) -> Array:
    """`array` in the shape expected: the first of those accepted."""
    accepted = _accepted(shape)
    if array.shape in accepted:
        return array.reshape(accepted[0])
    if len(array.shape) == 2 and array.shape[::-1] == accepted[0] and accepted[0][0] != accepted[0][1]:
        raise CheckFailed(
            text(
                "{name} has shape {got}, expected {shape}: rows and columns are exchanged.",
                name=name,
                got=str(array.shape),
                shape=_shapes(shape),
            )
        )
    raise CheckFailed(
        text(
            "{name} has shape {got}, expected {shape}.", name=name, got=str(array.shape), shape=_shapes(shape)
        )
    )


def expect_scalar(value: Value, *, name: str, finite: bool = True) -> float:
    """`value` as a float: a Python number, a NumPy scalar, or an array of one entry."""
    if isinstance(value, np.ndarray):
        if value.size != 1:
            raise CheckFailed(
                text("{name} has shape {got}, expected a single number.", name=name, got=str(value.shape))
            )
        value = value.reshape(())[()]
    if isinstance(value, complex | np.complexfloating) or not isinstance(
        value, (bool, int, float, np.generic)
    ):
        raise CheckFailed(text("{name} is {got}, expected a number.", name=name, got=_kind(value)))
    number = float(value)
    if finite and not math.isfinite(number):
        raise CheckFailed(text("{name} is {got}, expected a finite number.", name=name, got=str(number)))
    return number


def expect_close(
    got: Array | float, expected: Array | float, *, name: str, rtol: float = 1e-6, atol: float = 1e-8
) -> None:
    """`got` equals `expected` within atol + rtol * |expected|, at least at the precision `got` has."""
    mine = np.asarray(got)
    right = np.asarray(expected, dtype=np.float64)
    if mine.shape != right.shape:
        expect_shape(mine, right.shape, name=name)
    found = difference(mine, right, name=name, rtol=rtol, atol=atol)
    if found is None:
        return
    place = f"[{', '.join(map(str, found.first))}]" if found.first else ""
    numbers = text(
        "{name}{place} is {got}, expected {expected}.",
        name=name,
        place=place,
        got=f"{float(mine[found.first]):.8g}",
        expected=f"{float(right[found.first]):.8g}",
    )
    raise CheckFailed(
        _told(found.wrong, found.size, found.largest, found.pattern, name),
        numbers=numbers,
        evidence=(found.compared,),
    )


def _told(wrong: int, size: int, largest: float, pattern: Text, name: str) -> Text:
    far = f"{100 * largest:.3g} %"
    if size == 1:
        words = text("{name} is wrong, by {far} of the larger value.", name=name, far=far)
    else:
        words = text(
            "{name}: {wrong} of {size} entries are wrong, by up to {far} of the larger value.",
            name=name,
            wrong=wrong,
            size=size,
            far=far,
        )
    return text("{words} {pattern}", words=words, pattern=pattern) if pattern else words


def expect_equal(got: Value, expected: object, *, name: str) -> None:
    """`got` is `expected`, for whole numbers, text and tuples of these; a list does for a tuple."""
    plain = _plain(got)
    if plain != _plain(expected):
        numbers = text(
            "{name} is {got}, expected {expected}.", name=name, got=_short(plain), expected=_short(expected)
        )
        raise CheckFailed(text("{name} is wrong.", name=name), numbers=numbers)


def expect_unchanged(
    after: Observation | Sequence[Value], inputs: Sequence[Array], *, names: Sequence[str]
) -> None:
    """A call left its arguments as they were. `inputs` are the first arguments, in order.

    `after` is what `observe` or `arguments_after` gave.
    """
    left = after.inputs_after if isinstance(after, Observation) else after
    for before, now, name in zip(inputs, left, names, strict=False):
        same = isinstance(now, np.ndarray) and now.shape == before.shape
        if not (same and np.array_equal(now, before, equal_nan=True)):
            raise CheckFailed(
                text("The call changed its argument {name}: work on a copy of it.", name=name), mistake=None
            )


def expect_raises(student: Student | StudentObject, name: str, /, *args: Value, exception: str) -> None:
    """The call raises an exception of the class named."""
    student.flush()
    try:
        student.call(name, *args)
    except StudentError as error:
        if error.trace.exception == exception:
            return
        raise CheckFailed(
            text(
                "{name} raised {got}, expected {exception}.",
                name=name,
                got=error.trace.exception,
                exception=exception,
            )
        ) from None
    raise CheckFailed(text("{name} raised nothing, expected {exception}.", name=name, exception=exception))


def _refuse_not_finite(array: Array, name: str) -> None:
    bad = ~np.isfinite(array)
    if not bad.any():
        return
    first = np.unravel_index(int(np.argmax(bad)), array.shape) if array.ndim else ()
    place = f"[{', '.join(str(int(i)) for i in first)}]" if array.ndim else ""
    raise CheckFailed(
        text(
            "{name}: {count} of {size} entries are not finite; the first is {name}{place} = {value}.",
            name=name,
            count=int(bad.sum()),
            size=int(array.size),
            place=place,
            value=str(float(array[first])),
        )
    )


def _accepted(shape: Shape | Sequence[Shape]) -> tuple[Shape, ...]:
    several = tuple(s for s in shape if not isinstance(s, int))
    return several or (tuple(n for n in shape if isinstance(n, int)),)


def _shapes(shape: Shape | Sequence[Shape]) -> str:
    return " or ".join(str(s) for s in _accepted(shape))


def _kind(value: Value) -> Text:
    if value is None:
        return text("None (is a return missing?)")
    if isinstance(value, np.ndarray):
        return text("an array of shape {shape}", shape=str(value.shape))
    if isinstance(value, StudentObject):
        return text("an object of type {kind}", kind=value.type_name)
    if isinstance(value, np.generic):
        return text("a single number")
    kinds: dict[type, Text] = {
        bool: text("True or False"),
        int: text("a single number"),
        float: text("a single number"),
        str: text("a piece of text"),
        tuple: text("a tuple"),
        list: text("a list"),
        dict: text("a dictionary"),
    }
    return kinds.get(type(value)) or verbatim(type(value).__name__)


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    return tuple(_plain(v) for v in value) if isinstance(value, (list, tuple)) else value


def _short(value: object) -> str:
    words = repr(value) if not isinstance(value, StudentObject) else value.type_name
    return words if len(words) <= 200 else words[:199] + "…"
