"""Recorded answers of the oracle, in a file that students get in place of the reference."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from pathlib import Path

from grader.errors import AssignmentError
from grader.worker import wire


def write_answers(answers: Mapping[str, bytes]) -> bytes:
    """The file for `answers` (digest of requests -> frame); the same answers give the same bytes."""
    return zlib.compress(wire.encode({digest: answers[digest] for digest in sorted(answers)}), 9)


def read_answers(path: Path) -> dict[str, bytes]:
    """The answers in the file at `path`."""
    try:
        answers = wire.decode(zlib.decompress(path.read_bytes()))
    except (OSError, zlib.error, wire.WireError) as error:
        raise AssignmentError(f"{path} cannot be read ({error})", "unpack the handout again") from None
    return {str(k): bytes(v) for k, v in answers.items()}
