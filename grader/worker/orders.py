"""The host's order for one check, and what is told of the end of its child: a few numbers, of fixed size.

Both are exchanged for every check of every student. What is told is a stranger's claim.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from . import wire

_ORDER = struct.Struct(">QId")
_END = struct.Struct(">QidQ")
ORDER_BYTES = _ORDER.size
_LARGEST_STATUS = 1 << 16
_LARGEST_BYTES = 1 << 50
_LONGEST_S = 1e6


@dataclass(frozen=True, slots=True)
class Order:
    """Fork a child for one check."""

    number: int
    seed: int  # of 32 bits
    check_s: float

    def packed(self) -> bytes:
        """ORDER_BYTES of them."""
        return _ORDER.pack(self.number, self.seed, self.check_s)

    @classmethod
    def read(cls, packed: bytes) -> Order:
        """What `packed` gave."""
        return cls(*_ORDER.unpack(packed))


@dataclass(frozen=True, slots=True)
class End:
    """How the child of one check ended."""

    number: int  # of its order
    status: int  # of wait(2); -1 where what was told is none
    cpu_s: float = 0.0
    memory_bytes: int = 0

    def framed(self) -> bytes:
        """A frame that holds this and no value."""
        told = _END.pack(self.number, self.status, self.cpu_s, self.memory_bytes)
        return wire.framed(told)

    @classmethod
    def read(cls, frame: bytes) -> End:
        """What a frame tells, vetted: what cannot be is not taken. Raises WireError."""
        told = wire.unframed(frame)
        if len(told) != _END.size:
            raise wire.WireError("not the end of a check")
        number, status, cpu_s, memory = _END.unpack(told)
        return cls(
            number=number,
            status=status if 0 <= status < _LARGEST_STATUS else -1,
            cpu_s=cpu_s if 0 <= cpu_s < _LONGEST_S else 0.0,
            memory_bytes=memory if memory < _LARGEST_BYTES else 0,
        )
