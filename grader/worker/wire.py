"""The wire between us and the student's process: data only, in both directions.

A frame is two 4-byte lengths, a JSON header of the first and raw buffers of the second. What is read is a
stranger's claim: sizes are bounded before anything is allocated, dtypes are of a closed list, nothing is
unpickled, imported or evaluated. `decode` gives freshly made plain values or raises WireError.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
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
_SENT: frozenset[type] = frozenset([float, bool, type(None), str])  # what JSON says by itself
_TEXT: frozenset[type] = frozenset([str])
# What is taken as it came: text only where no surrogate can be in it.
_TAKEN = _SENT
_TAKEN_IN_DOUBT = _SENT - _TEXT
_TYPES = {name: np.dtype(name) for name in DTYPES}
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
        words = str(view[HEAD:start], "utf-8")
        taken = _TAKEN if words.isascii() and "\\u" not in words else _TAKEN_IN_DOUBT
        header = _from_json(words)
        sizes, tree = header["b"], header["v"]
        if not isinstance(sizes, list) or not all(type(n) is int and n >= 0 for n in sizes):
            raise WireError("buffer sizes")
        if start + rest != len(frame) or sum(sizes) != rest:
            raise WireError("buffers of another size than announced")
        buffers = []
        for size in sizes:
            buffers.append(view[start : start + size])
            start += size
        return _Unpacker(buffers, taken).unpack(tree, 0)
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
    return _little(array.dtype)[1] in DTYPES


@lru_cache
def _little(dtype: np.dtype[Any]) -> tuple[np.dtype[Any], str]:
    """The same in little-endian order, and how it is called."""
    little = dtype.newbyteorder("<")
    return little, little.str


def _pack(value: object, buffers: list[bytes | memoryview], depth: int) -> Any:
    kind = type(value)
    if depth > MAX_DEPTH:
        raise WireError("nested too deeply")
    if kind in _SENT:
        return value
    if kind is np.ndarray:
        return {"a": _pack_array(value, buffers)}  # type: ignore[arg-type]
    if isinstance(value, int) and kind is int:
        if value.bit_length() > MAX_INT_BITS:
            raise WireError("integer too large")
        return value
    if isinstance(value, (tuple, list)) and kind in (tuple, list):
        each = value if _SENT.issuperset(map(type, value)) else [_pack(v, buffers, depth + 1) for v in value]
        return {"t": each} if kind is tuple else each
    if isinstance(value, dict) and kind is dict:
        if not _TEXT.issuperset(map(type, value)):
            raise WireError("keys that are not text")
        if _SENT.issuperset(map(type, value.values())):
            return {"d": value}
        return {"d": {k: _pack(v, buffers, depth + 1) for k, v in value.items()}}
    if isinstance(value, bytes) and kind is bytes:
        buffers.append(value)
        return {"y": len(buffers) - 1}
    if isinstance(value, Handle):
        return {"h": [value.id, value.type_name]}
    if isinstance(value, np.generic):
        return {"s": _pack_array(np.asarray(value), buffers)}
    raise WireError(f"no way to send a {kind.__name__}")


def _pack_array(array: np.ndarray[Any, Any], buffers: list[bytes | memoryview]) -> list[Any]:
    little, name = _little(array.dtype)
    if name not in DTYPES:
        raise WireError(f"no way to send an array of {array.dtype}")
    plain = np.ascontiguousarray(array, dtype=little)
    # what is large is copied once, when the frame is put together
    buffers.append(plain.tobytes() if plain.nbytes < _LARGE else plain.reshape(-1).view(np.uint8).data)
    return [len(buffers) - 1, name, array.shape]


@dataclass(frozen=True, slots=True)
class _Unpacker:
    """Reads the values of one frame."""

    buffers: list[memoryview]
    taken: frozenset[type]

    def unpack(self, tree: Any, depth: int) -> Any:
        """A value; raises WireError, or what a tree of another form leads to."""
        kind = type(tree)
        if kind in self.taken:
            return tree
        if depth > MAX_DEPTH:
            raise WireError("nested too deeply")
        if kind is dict:
            if len(tree) != 1:
                raise WireError("not a value")
            ((tag, body),) = tree.items()
            return self._tagged(tag, body, depth)
        if kind is list:
            return self._each(tree, depth)
        if kind is str:
            return clean(tree)
        if tree.bit_length() > MAX_INT_BITS:
            raise WireError("integer too large")
        return tree

    def _tagged(self, tag: str, body: Any, depth: int) -> Any:
        if tag == "a":
            return self._array(body)
        if tag == "t":
            return tuple(self._each(body, depth))
        if tag == "d":
            return self._dict(body, depth)
        if tag == "s":
            return self._array(body)[()]
        if tag == "y":
            return bytes(self.buffers[_index(body)])
        if tag == "h":
            number, type_name = body
            return Handle(_index(number), clean(str(type_name))[:200])
        raise WireError("not a value")

    def _each(self, trees: list[Any], depth: int) -> list[Any]:
        if type(trees) is not list:
            raise WireError("not a list")
        if self.taken.issuperset(map(type, trees)):
            return trees
        return [self.unpack(tree, depth + 1) for tree in trees]

    def _dict(self, trees: dict[str, Any], depth: int) -> dict[str, Any]:
        if type(trees) is not dict:
            raise WireError("not a dictionary")
        if str not in self.taken:
            return {clean(k): self.unpack(v, depth + 1) for k, v in trees.items()}
        if self.taken.issuperset(map(type, trees.values())):
            return trees
        return {k: self.unpack(v, depth + 1) for k, v in trees.items()}

    def _array(self, body: Any) -> np.ndarray[Any, Any]:
        index, name, shape = body
        if name not in _TYPES or len(shape) > 32 or not all(type(n) is int and n >= 0 for n in shape):
            raise WireError("not an array")
        data, dtype = self.buffers[_index(index)], _TYPES[name]
        if math.prod(shape) * dtype.itemsize != len(data):
            raise WireError("an array of another size than announced")
        return np.ndarray(shape, dtype, data).copy()


def _index(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise WireError("not a number")
    return value


def clean(words: str) -> str:
    """`words` without lone surrogates, which no file can hold."""
    return words if words.isascii() else words.encode("utf-8", "replace").decode("utf-8")
