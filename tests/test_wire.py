"""The wire carries plain data exactly, and refuses everything else."""

from __future__ import annotations

import contextlib
import io
import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.worker import wire

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
ARRAYS = hnp.arrays(
    st.sampled_from([np.dtype(d) for d in sorted(wire.DTYPES)]), hnp.array_shapes(min_dims=0, min_side=0)
)


def reader(data: bytes) -> Callable[[int], bytes]:
    """A `read_exactly` over bytes in memory."""
    stream = io.BytesIO(data)

    def read_exactly(n: int) -> bytes:
        piece = stream.read(n)
        if len(piece) < n:
            raise EOFError
        return piece

    return read_exactly


def there_and_back(value: Any) -> Any:
    return wire.read_value(reader(wire.encode(value)))


def frame(header: object, *buffers: bytes) -> bytes:
    data = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack(">II", len(data), sum(map(len, buffers))) + data + b"".join(buffers)


@given(PLAIN)
def test_plain_values_come_back_equal(value: Any) -> None:
    back = there_and_back(value)
    assert back == _cleaned(value)
    assert type(back) is type(value)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return wire.clean(value)
    if isinstance(value, (list, tuple)):
        return type(value)(_cleaned(v) for v in value)
    return {_cleaned(k): _cleaned(v) for k, v in value.items()} if isinstance(value, dict) else value


@given(ARRAYS)
def test_arrays_come_back_bit_for_bit(array: np.ndarray[Any, Any]) -> None:
    back = there_and_back(array)
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    assert back.tobytes() == array.tobytes()


def test_arrays_that_are_no_plain_block_of_memory_arrive_whole() -> None:
    array = np.arange(24.0).reshape(4, 6)[::2, ::-1].astype(">f8")
    np.testing.assert_array_equal(there_and_back(array), array)


def test_a_received_array_is_our_own_and_writable() -> None:
    back = there_and_back(np.zeros(3))
    back[0] = 1.0
    assert back.flags.owndata


@pytest.mark.parametrize(
    "value",
    [object(), {1: 2}, {1, 2}, np.array([object()]), np.array(["a"]), 1 << 5000, np.ma.array([1.0])],
    ids=["object", "number as key", "set", "object array", "text array", "huge integer", "subclass"],
)
def test_what_is_not_plain_is_not_sent(value: object) -> None:
    with pytest.raises(wire.WireError, match=r"send|text|large"):
        wire.encode(value)


@pytest.mark.parametrize(
    "data",
    [
        frame(b"not json"),
        frame([]),
        frame({"v": 1}),
        frame({"v": {"a": [0, "|O", [1]]}, "b": [8]}, b"x" * 8),
        frame({"v": {"a": [0, "<f8", [2]]}, "b": [8]}, b"x" * 8),
        frame({"v": {"a": [0, "<f8", [-1]]}, "b": [8]}, b"x" * 8),
        frame({"v": {"a": [7, "<f8", [1]]}, "b": [8]}, b"x" * 8),
        frame({"v": {"x": 1}, "b": []}),
        frame({"v": {"h": [-1, "a"]}, "b": []}),
        frame({"v": {"d": [[1, 2]]}, "b": []}),
        frame({"v": {"d": 1}, "b": []}),
        frame({"v": {"t": {"a": 1}}, "b": []}),
        frame({"v": {"t": "text"}, "b": []}),
        frame({"v": {"a": [0, ["<f8"], [1]]}, "b": [8]}, b"x" * 8),
        frame({"v": {"a": [0, "<f8", "1"]}, "b": [8]}, b"x" * 8),
        frame({"v": {"a": [0, "<f8", [True]]}, "b": [8]}, b"x" * 8),
        frame({"v": 1, "b": [-1]}),
        frame({"v": 1, "b": ["8"]}),
        frame(b'{"v":' + b"[" * 100 + b"]" * 100 + b',"b":[]}'),
        frame(b'{"v":' + b"[" * 100_000 + b"]" * 100_000 + b',"b":[]}'),
        frame(b'{"v":' + b"9" * 5000 + b',"b":[]}'),
    ],
)
def test_garbage_is_refused(data: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.read_value(reader(data))


def test_a_huge_length_is_refused_before_anything_is_read() -> None:
    asked: list[int] = []

    def read_exactly(n: int) -> bytes:
        asked.append(n)
        return struct.pack(">II", 0xFFFFFFFF, 0)

    with pytest.raises(wire.WireError, match="header of 4294967295 bytes"):
        wire.read_frame(read_exactly)
    assert asked == [8]


def test_huge_buffers_are_refused_before_they_are_read() -> None:
    with pytest.raises(wire.WireError, match="buffers of 4294967295 bytes"):
        wire.read_frame(reader(struct.pack(">II", 2, 0xFFFFFFFF)))


@pytest.mark.parametrize("sizes", [[1 << 40], [4], [16], [8, 8], [16, -8], [4, 4, 4]])
def test_buffers_of_other_sizes_than_came_are_refused(sizes: list[int]) -> None:
    with pytest.raises(wire.WireError):
        wire.decode(frame({"v": 1, "b": sizes}, b"x" * 8))


def test_a_frame_cut_short_or_too_long_is_refused() -> None:
    whole = wire.encode({"value": np.arange(3.0)})
    assert wire.read_frame(reader(whole + b"next")) == whole
    for damaged in (whole[:-1], whole + b"x", whole[:6], b""):
        with pytest.raises(wire.WireError):
            wire.decode(damaged)


@given(st.binary(max_size=200))
def test_random_bytes_never_do_anything_else(data: bytes) -> None:
    with contextlib.suppress(wire.WireError, EOFError):
        wire.read_value(reader(frame(data)))
