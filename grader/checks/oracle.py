"""Code of staff's, run in our process behind the same line as a student's: the oracle, and known mistakes.

An `Oracle` remembers what it answered. The same requests get the same answers without being computed
again, and what it remembers can be handed to students in place of the reference.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np

from grader.worker import wire
from grader.worker.serve import Answerer, failure

MAX_REMEMBERED = 20_000  # answers; checks that depend on a student's numbers would fill memory otherwise

Namespace = dict[str, Any]
K = TypeVar("K")
V = TypeVar("V")


class OracleError(Exception):
    """The oracle raised or has no answer: our fault, never the student's."""


class LocalConnection:
    """Names in our own process, copied on the way in and out as if they were in another."""

    def __init__(self, namespace: Namespace) -> None:
        self._answerer = Answerer(namespace)

    def ask(self, message: Mapping[str, object]) -> Mapping[str, Any]:
        """The answer to one request."""
        answer: Mapping[str, Any] = wire.decode(self.exchange(wire.encode(dict(message))))
        return answer

    def exchange(self, frame: bytes) -> bytes:
        """The frame that answers a frame."""
        with np.errstate(all="ignore"):  # a known mistake may overflow on purpose
            return wire.encode(self._answerer.answer(wire.decode(frame)))

    def close(self) -> None:
        """Nothing is kept."""


class Oracle:
    """The reference, asked at most once for the same sequence of requests.

    Parameters
    ----------
    fresh
        Gives the reference's names anew. None: only what is in `answers` is known.
    answers
        What was answered before: digest of the requests so far -> frame.
    """

    def __init__(
        self, fresh: Callable[[], Namespace] | None, answers: Mapping[str, bytes] | None = None
    ) -> None:
        self._fresh = fresh
        self._answers = dict(answers or {})
        self._exact: dict[bytes, tuple[str, bytes]] = {}  # requests bit for bit -> digest and frame
        self.used: set[str] = set()  # digests asked for: what a handout needs

    def connect(self) -> OracleConnection:
        """A line on which nothing has been asked yet."""
        return OracleConnection(self)

    def answers(self) -> dict[str, bytes]:
        """What has been asked for, with the answers."""
        return {digest: self._answers[digest] for digest in sorted(self.used) if digest in self._answers}

    def exactly(self, requests: bytes) -> bytes | None:
        """The frame answered before to the very same requests, bit for bit."""
        known = self._exact.get(requests)
        if known is None:
            return None
        self.used.add(known[0])
        return known[1]

    def remembered(self, digest: str) -> bytes | None:
        """The recorded frame, if any. Where the reference is here it answers itself.

        Nearly equal requests share a record, and their answers may differ: which came first must not tell.
        """
        self.used.add(digest)
        return self._answers.get(digest) if self._fresh is None else None

    def remember(self, digest: str, frame: bytes) -> None:
        """Keep an answer; forgets the oldest when there are too many."""
        _keep(self._answers, digest, frame)

    def remember_exactly(self, requests: bytes, digest: str, frame: bytes) -> None:
        """The same for these requests bit for bit: found again without looking at each number."""
        _keep(self._exact, requests, (digest, frame))

    def fresh(self) -> Namespace:
        """The reference's names, just after loading; raises OracleError where only records exist."""
        if self._fresh is None:
            raise OracleError("no recorded answer for this request of a check")
        return self._fresh()


def _keep(table: dict[K, V], key: K, value: V) -> None:
    if len(table) >= MAX_REMEMBERED:
        for old in list(itertools.islice(table, MAX_REMEMBERED // 10)):
            del table[old]
    table[key] = value


def _canonical(value: Any) -> Any:
    """`value` with its real numbers cut to 34 bits: the same request on every machine.

    Answers recorded on one machine are looked up on another, whose exp or sin may differ in the last bits.
    """
    if isinstance(value, dict):
        return {k: _canonical(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, *(_canonical(v) for v in value)]
    if isinstance(value, (float, np.floating)) or (isinstance(value, np.ndarray) and value.dtype.kind == "f"):
        mantissa, exponent = np.frexp(np.asarray(value))
        return [str(np.asarray(value).dtype), np.rint(mantissa.astype(np.float64) * 2.0**34), exponent]
    return value


class OracleConnection:
    """One check's line to the oracle."""

    def __init__(self, oracle: Oracle) -> None:
        self._oracle = oracle
        self._requests = hashlib.sha256()  # all so far, bit for bit
        self._chain = hashlib.sha256()  # the same in canonical form, but for those that wait
        self._waiting: list[Mapping[str, object]] = []
        self._pending: list[bytes] = []  # answered from memory, not yet run
        self._live: LocalConnection | None = None

    def ask(self, message: Mapping[str, object]) -> Mapping[str, Any]:
        """The oracle's answer, remembered or computed; raises OracleError."""
        request = wire.encode(dict(message))
        self._requests.update(request)
        self._waiting.append(message)
        requests = self._requests.digest()
        frame = self._oracle.exactly(requests)
        if frame is None:
            digest = self._digest()
            frame = self._oracle.remembered(digest)
            if frame is None:
                frame = self._compute(request)
                self._oracle.remember(digest, frame)
            else:
                self._pending.append(request)
            self._oracle.remember_exactly(requests, digest, frame)
        else:
            self._pending.append(request)
        answer: Mapping[str, Any] = wire.decode(frame)
        failed = failure(message, answer)
        if failed is not None:
            raise OracleError(f"{message.get('name') or message}: {failed}")
        return answer

    def close(self) -> None:
        """Forget the objects made."""
        self._live = None

    def _digest(self) -> str:
        for earlier in self._waiting:
            self._chain.update(wire.encode(_canonical(dict(earlier))))
        self._waiting.clear()
        return self._chain.hexdigest()

    def _compute(self, request: bytes) -> bytes:
        if self._live is None:
            self._live = LocalConnection(self._oracle.fresh())
        for earlier in self._pending:
            self._live.exchange(earlier)
        self._pending.clear()
        return self._live.exchange(request)
