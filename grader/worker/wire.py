"""The wire between us and the student's process: data only, in both directions.

A frame is two 4-byte lengths, a JSON header of the first and raw buffers of the second. What is read is a
stranger's claim: sizes are bounded before anything is allocated, dtypes are of a closed list, nothing is
unpickled, imported or evaluated. `decode` gives freshly made plain values or raises WireError.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

DTYPES = frozenset(
    ["|b1", "|i1", "|u1", "<i2", "<i4", "<i8", "<u2", "<u4", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16"]
)
MAX_DEPTH = 24
MAX_INT_BITS = 1024
_LARGE = 1 << 14  # bytes of an array
_LENGTHS = struct.Struct(">II")  # bytes of the header, bytes of the buffers
HEAD = _LENGTHS.size
_AS_THEY_ARE = frozenset([float, bool, type(None)])  # in lists of which nothing needs a look
_to_json = json.JSONEncoder(separators=(",", ":")).encode
_from_json = json.JSONDecoder().decode


class WireError(Exception):
    """A value that the wire does not carry, or bytes that are no frame."""


@dataclass(frozen=True, slots=True)
class Caps:
    """How much one frame may hold."""

    header_bytes: int = 16 << 20
    buffer_bytes: int = 256 << 20


@dataclass(frozen=True, slots=True)
class Handle:
    """An object that stays in the student's process, by its number there."""

    id: int
    type_name: str


DEFAULT_CAPS = Caps()


def encode(value: object) -> bytes:
    """One frame for `value`: None, bool, int, float, str, bytes, list, tuple, dict with text keys, arrays,
    NumPy scalars and handles. Raises WireError for anything else."""
    buffers: list[bytes | memoryview] = []
    tree = _pack(value, buffers, 0)
    sizes = [len(b) for b in buffers]
    header = _to_json({"v": tree, "b": sizes}).encode()
    try:
        lengths = _LENGTHS.pack(len(header), sum(sizes))
    except struct.error as error:
        raise WireError("more than a frame can hold") from error
    return b"".join([lengths, header, *buffers])


def read_frame(read_exactly: Callable[[int], bytes], caps: Caps = DEFAULT_CAPS) -> bytes:
    """The next frame, unread but for its lengths. `read_exactly(n)` gives n bytes or raises (EOFError at the
    end). Raises WireError."""
    lengths = read_exactly(HEAD)
    return lengths + read_exactly(size_of(lengths, caps) - HEAD)


def size_of(start: bytes | bytearray, caps: Caps = DEFAULT_CAPS) -> int:
    """How many bytes a frame has, from its first `HEAD` bytes. Raises WireError where that is too many."""
    header, buffers = _LENGTHS.unpack_from(start)
    if header > caps.header_bytes:
        raise WireError(f"header of {header} bytes")
    if buffers > caps.buffer_bytes:
        raise WireError(f"buffers of {buffers} bytes")
    size: int = HEAD + header + buffers
    return size


def read_value(read_exactly: Callable[[int], bytes], caps: Caps = DEFAULT_CAPS) -> Any:
    """The value of the next frame."""
    return decode(read_frame(read_exactly, caps))


def decode(frame: bytes) -> Any:
    """The value of a frame. Raises WireError."""
    view = memoryview(frame)
    try:
        length, rest = _LENGTHS.unpack_from(view)
        start = HEAD + length
        header = _from_json(str(view[HEAD:start], "utf-8"))
        sizes, tree = header["b"], header["v"]
        if not isinstance(sizes, list) or not all(type(n) is int and n >= 0 for n in sizes):
            raise WireError("buffer sizes")
        if start + rest != len(frame) or sum(sizes) != rest:
            raise WireError("buffers of another size than announced")
        buffers = []
        for size in sizes:
            buffers.append(view[start : start + size])
            start += size
        return _unpack(tree, buffers, 0)
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        OverflowError,
        RecursionError,
        struct.error,
    ) as error:
        raise WireError("not a frame") from error


def framed(content: bytes) -> bytes:
    """One frame for bytes that are no value: they have a form of their own."""
    return _LENGTHS.pack(0, len(content)) + content


def unframed(frame: bytes) -> bytes:
    """What `framed` was given. Raises WireError."""
    if len(frame) < HEAD or _LENGTHS.unpack_from(frame) != (0, len(frame) - HEAD):
        raise WireError("not a frame of bytes")
    return frame[HEAD:]


def carries(array: np.ndarray[Any, Any]) -> bool:
    """Can `array` travel?"""
    return array.dtype.newbyteorder("<").str in DTYPES


def _pack(value: object, buffers: list[bytes | memoryview], depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise WireError("nested too deeply")
    if value is None or type(value) in (bool, float, str):
        return value
    if type(value) is int:
        if value.bit_length() > MAX_INT_BITS:
            raise WireError("integer too large")
        return value
    if type(value) is list:
        return _pack_each(value, buffers, depth)
    if type(value) is tuple:
        return {"t": _pack_each(value, buffers, depth)}
    if type(value) is dict:
        if not all(type(k) is str for k in value):
            raise WireError("keys that are not text")
        return {"d": [[k, _pack(v, buffers, depth + 1)] for k, v in value.items()]}
    if type(value) is bytes:
        buffers.append(value)
        return {"y": len(buffers) - 1}
    if isinstance(value, Handle):
        return {"h": [value.id, value.type_name]}
    if isinstance(value, np.generic):
        return {"s": _pack_array(np.asarray(value), buffers)}
    if type(value) is np.ndarray:
        return {"a": _pack_array(value, buffers)}
    raise WireError(f"no way to send a {type(value).__name__}")


def _pack_each(values: Sequence[object], buffers: list[bytes | memoryview], depth: int) -> list[Any]:
    if _AS_THEY_ARE.issuperset(map(type, values)):
        return list(values)
    return [_pack(v, buffers, depth + 1) for v in values]


def _pack_array(array: np.ndarray[Any, Any], buffers: list[bytes | memoryview]) -> list[Any]:
    if not carries(array):
        raise WireError(f"no way to send an array of {array.dtype}")
    little = array.dtype.newbyteorder("<")
    plain = np.ascontiguousarray(array, dtype=little)
    # what is large is copied once, when the frame is put together
    buffers.append(plain.tobytes() if plain.nbytes < _LARGE else plain.reshape(-1).view(np.uint8).data)
    return [len(buffers) - 1, little.str, list(array.shape)]


def _unpack(tree: Any, buffers: list[memoryview], depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise WireError("nested too deeply")
    kind = type(tree)
    if kind is str:
        return clean(tree)
    if kind is list:
        return _unpack_each(tree, buffers, depth)
    if kind is int and tree.bit_length() > MAX_INT_BITS:
        raise WireError("integer too large")
    if kind is not dict:
        return tree
    if len(tree) != 1:
        raise WireError("not a value")
    ((tag, body),) = tree.items()
    if tag == "t":
        return tuple(_unpack_each(body, buffers, depth))
    if tag == "d":
        return {_key(k): _unpack(v, buffers, depth + 1) for k, v in body}
    if tag == "a":
        return _unpack_array(body, buffers)
    if tag == "s":
        return _unpack_array(body, buffers)[()]
    if tag == "y":
        return bytes(buffers[_index(body)])
    if tag == "h":
        number, type_name = body
        return Handle(_index(number), clean(str(type_name))[:200])
    raise WireError("not a value")


def _unpack_each(trees: list[Any], buffers: list[memoryview], depth: int) -> list[Any]:
    if _AS_THEY_ARE.issuperset(map(type, trees)):
        return trees
    return [_unpack(tree, buffers, depth + 1) for tree in trees]


def _unpack_array(body: Any, buffers: list[memoryview]) -> np.ndarray[Any, Any]:
    index, dtype, shape = body
    if dtype not in DTYPES or len(shape) > 32 or not all(type(n) is int and n >= 0 for n in shape):
        raise WireError("not an array")
    data = buffers[_index(index)]
    if math.prod(shape) * np.dtype(dtype).itemsize != len(data):
        raise WireError("an array of another size than announced")
    return np.frombuffer(data, dtype=dtype).reshape(shape).copy()


def _index(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise WireError("not a number")
    return value


def _key(value: Any) -> str:
    if type(value) is not str:
        raise WireError("keys that are not text")
    return clean(value)


def clean(words: str) -> str:
    """`words` without lone surrogates, which no file can hold."""
    return words if words.isascii() else words.encode("utf-8", "replace").decode("utf-8")
