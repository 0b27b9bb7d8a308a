"""Processes of ours: how they are started and told what to do, on one core each."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from typing import Protocol

from grader import BLAS_THREADS
from grader.batch.work import Recipe, perform
from grader.errors import GraderError


class Process(Protocol):
    """A process that was started, seen from where that was done."""

    @property
    def exit_code(self) -> int | None:
        """Negative for a signal; None before it has been waited for, or where nobody could tell."""

    def wait(self, seconds: float | None = None) -> bool:
        """Has it ended within this time?"""

    def stop(self, number: signal.Signals) -> None:
        """Send it a signal, if it is still there."""

    def close(self) -> None:
        """Free what it holds here. It has ended."""


class Starter(Protocol):
    """Starts grading processes."""

    def start(self, recipe: Recipe, channel: Connection, name: str) -> Process:
        """One that grades by `recipe` for who holds the other end of `channel`, which stays open here."""


class Fresh:
    """Starts processes that load everything themselves: anywhere, from any process."""

    def start(self, recipe: Recipe, channel: Connection, name: str) -> Process:
        """A new one."""
        process = context().Process(target=serve, args=(recipe, channel), name=name, daemon=False)
        with single_threaded():
            process.start()
        return _Started(process)


class _Started:
    """A process of `multiprocessing`."""

    def __init__(self, process: BaseProcess) -> None:
        self._process = process

    @property
    def exit_code(self) -> int | None:
        return self._process.exitcode

    def wait(self, seconds: float | None = None) -> bool:
        self._process.join(seconds)
        return not self._process.is_alive()

    def stop(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            if number is signal.SIGTERM:
                self._process.terminate()
            else:
                self._process.kill()

    def close(self) -> None:
        self._process.close()


def context() -> ForkServerContext | SpawnContext:
    """Processes that share one import of our modules where the system can."""
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(["grader.batch"])
    return server


@contextmanager
def single_threaded() -> Iterator[None]:
    """Inside, processes are started whose linear algebra keeps to one core: there is one per core."""
    before = {name: os.environ.get(name) for name in BLAS_THREADS}
    os.environ.update(dict.fromkeys(BLAS_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def serve(recipe: Recipe, channel: Connection) -> None:
    """The life of a grading process. Ends when told to, or when the run at the other end is gone."""
    if hasattr(os, "setsid"):
        os.setsid()  # Ctrl-C is for the run: it must not look like a crash of the student's code
    try:
        with recipe.open() as grade:
            channel.send("ready")
            while (task := channel.recv()) is not None:
                channel.send(perform(task, grade))
    except GraderError as error:
        channel.send(error)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
