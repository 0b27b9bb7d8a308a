"""Names in our own process behind the line of a student's, with a time limit for each check.

For code that needs no isolation but may loop for ever: a student's own kernel, mutants of the reference.
"""

from __future__ import annotations

import _thread
import random
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from grader.checks.connection import Interrupted
from grader.checks.oracle import LocalConnection
from grader.model import Outcome, text
from grader.worker.serve import failure


class TimedConnection:
    """One check's line; use it in the main thread, which is the one that can be interrupted."""

    def __init__(self, names: dict[str, Any], *, limit_s: float, seed: int) -> None:
        self._line = LocalConnection(names)
        self._limit_s = limit_s
        self._late = threading.Event()
        random.seed(seed)
        np.random.seed(seed)  # as the worker does before each check

    def ask(self, message: Mapping[str, object]) -> Mapping[str, Any]:
        """The answer to one request; raises Interrupted when it takes too long."""
        if self._late.is_set():
            raise self._too_long()
        try:
            answer = self._answer(message)
        except KeyboardInterrupt:
            if not self._late.is_set():
                raise  # a person's
            raise self._too_long() from None
        if self._late.is_set():
            raise self._too_long()
        failed = failure(message, answer) or {}
        if failed.get("raised", {}).get("type") == "KeyboardInterrupt":
            raise KeyboardInterrupt  # a person's, while the code ran
        return answer

    def close(self) -> None:
        """Nothing is kept."""

    def _answer(self, message: Mapping[str, object]) -> Mapping[str, Any]:
        timer = threading.Timer(self._limit_s, self._stop)
        with _interruptible():
            timer.start()
            try:
                return self._line.ask(message)
            finally:
                timer.cancel()
                timer.join()  # an interrupt that was sent arrives in here, not later

    def _stop(self) -> None:
        self._late.set()
        _thread.interrupt_main()

    def _too_long(self) -> Interrupted:
        words = text("It took longer than {limit} s and was stopped.", limit=f"{self._limit_s:g}")
        return Interrupted(Outcome.TIMEOUT, words)


@contextmanager
def _interruptible() -> Iterator[None]:
    """A shell starts what runs in its background with interrupts ignored; then Python's would do nothing."""
    before = signal.getsignal(signal.SIGINT)
    if callable(before):
        yield
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
