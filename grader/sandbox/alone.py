"""Slots and sessions without fork: a fresh process for each check, time limits by us. Works everywhere."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from grader.checks.connection import Interrupted
from grader.model import Cost, HandedFile, Limits, Tier
from grader.sandbox import launch, words
from grader.sandbox.lines import CAPS
from grader.sandbox.output import Printed
from grader.worker import wire

_END_S = 5.0
_THREADS_S = 1.0
_WAITING_FRAMES = 4


class _End(Exception):
    """The process closed its pipe."""


class Worker:
    """One process, one loaded submission, at most one check."""

    def __init__(self, payload: Mapping[str, object], limits: Limits, workspace: Path | None) -> None:
        self._limits = limits
        self._folder = tempfile.TemporaryDirectory(
            prefix="grader-", dir=workspace, ignore_cleanup_errors=True
        )
        self.printed = Printed()
        self.fate: Interrupted | None = None
        self._frames: queue.Queue[Any] = queue.Queue(_WAITING_FRAMES)
        self._orders: queue.Queue[bytes | None] = queue.Queue()
        self._process = subprocess.Popen(
            launch.worker_command("alone"),
            env=launch.environment(Path(self._folder.name), os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self._folder.name,
            bufsize=0,
            start_new_session=True,
        )
        self._threads = [
            threading.Thread(target=run, name=f"sandbox-{run.__name__}", daemon=True)
            for run in (self._read, self._write, self._drain)
        ]
        for thread in self._threads:
            thread.start()
        self.send({**payload, "limits": dataclasses.asdict(limits)})

    def send(self, message: Mapping[str, object]) -> None:
        """One frame, whenever the process takes it."""
        self._orders.put(wire.encode(dict(message)))

    def receive(self, seconds: float, late: Interrupted) -> Mapping[str, Any]:
        """The next frame; raises Interrupted."""
        try:
            frame = self._frames.get(timeout=max(0.0, seconds))
        except queue.Empty:
            raise self._stop(late) from None
        if isinstance(frame, dict):
            return frame
        if isinstance(frame, _End):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_END_S)
            raise self._stop(words.died(self._process.returncode))
        raise self._stop(words.nonsense())

    def _stop(self, fate: Interrupted) -> Interrupted:
        self.fate = self.fate or fate
        self.kill()
        return self.fate

    def kill(self) -> None:
        """End the process and those that it started and that did not leave its group."""
        if sys.platform == "win32":
            command = ["taskkill", "/F", "/T", "/PID", str(self._process.pid)]
            subprocess.run(command, check=False, capture_output=True)
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()

    def close(self) -> None:
        """End all and remove its files."""
        self.kill()
        self._process.wait()
        self._orders.put(None)
        if self._have_ended(self._threads):
            for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
                if pipe is not None:
                    pipe.close()
        self._folder.cleanup()

    def _have_ended(self, threads: Sequence[threading.Thread]) -> bool:
        """Have the threads come to their end? A process that left its group can hold our pipes open."""
        until = time.monotonic() + _THREADS_S
        for thread in threads:
            while thread.is_alive() and time.monotonic() < until:
                with contextlib.suppress(queue.Empty):
                    self._frames.get_nowait()  # the reader may wait for room
                thread.join(0.01)
        return not any(thread.is_alive() for thread in threads)

    def _read(self) -> None:
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()

        def read_exactly(size: int) -> bytes:
            parts = bytearray()
            while len(parts) < size:
                part = os.read(descriptor, min(size - len(parts), 1 << 20))
                if not part:
                    raise EOFError
                parts += part
            return bytes(parts)

        try:
            while True:
                self._frames.put(wire.read_value(read_exactly, CAPS))
        except (EOFError, OSError):
            self._frames.put(_End())
        except wire.WireError as error:
            self._frames.put(error)

    def _write(self) -> None:
        assert self._process.stdin is not None
        while (data := self._orders.get()) is not None:
            left = memoryview(data)
            try:
                while left:
                    left = left[self._process.stdin.write(left) or 0 :]
            except OSError:
                return

    def _drain(self) -> None:
        assert self._process.stderr is not None
        with contextlib.suppress(OSError, ValueError):
            while data := os.read(self._process.stderr.fileno(), 1 << 16):
                if self.printed.add(data) > self._limits.output_bytes:
                    self._stop(words.too_much_output(self._limits))
                    return


class AloneConnection:
    """The line to the process of one check."""

    def __init__(self, worker: Worker, limits: Limits, at_end: Callable[[float], None]) -> None:
        self._worker = worker
        self._at_end = at_end
        self._began = time.monotonic()
        self._limits = limits
        self._left_s = limits.check_s

    def ask(self, message: Mapping[str, object]) -> Mapping[str, Any]:
        """The answer to one request."""
        if self._worker.fate is not None:
            raise self._worker.fate
        began = time.monotonic()
        self._worker.send(message)
        try:
            return self._worker.receive(self._left_s, words.too_long(self._limits))
        finally:
            self._left_s -= time.monotonic() - began

    def close(self) -> None:
        """End the process."""
        self._worker.close()
        self._at_end(time.monotonic() - self._began)


class AloneSession:
    """One submission, loaded anew for each check."""

    def __init__(self, payload: Mapping[str, object], limits: Limits, workspace: Path | None) -> None:
        self._payload = payload
        self._limits = limits
        self._workspace = workspace
        self._costs: list[Cost] = []
        self._texts: list[str] = []
        self._worker: Worker | None = None
        self._is_fresh = False
        self.report = self._load()

    @property
    def output(self) -> str:
        """The first of what it printed."""
        return "".join(self._texts) + (self._worker.printed.text if self._worker else "")

    @property
    def costs(self) -> tuple[Cost, ...]:
        """What loading and each check took."""
        return tuple(self._costs)

    def begin(self, *, limits: Limits, seed: int, check: str = "") -> AloneConnection:
        """A line for one check; one at a time."""
        if not self._is_fresh:
            self._load()
        assert self._worker is not None
        self._is_fresh = False
        self._worker.send({"seed": seed})
        message = self._worker.receive(max(limits.check_s, _END_S), words.silent())
        if "ready" not in message:
            raise words.nonsense()
        return AloneConnection(self._worker, limits, self._take_note(check))

    def _take_note(self, check: str) -> Callable[[float], None]:
        return lambda wall_s: self._costs.append(Cost(check=check, wall_s=wall_s))

    def _load(self) -> Mapping[str, Any]:
        self._end_worker()
        began = time.monotonic()
        self._worker = Worker(self._payload, self._limits, self._workspace)
        try:
            message = self._worker.receive(self._limits.load_s, words.too_long_to_load(self._limits))
            if "broken" in message:
                raise words.WorkerBroken(str(message["broken"]))
            if not isinstance(message.get("report"), dict):
                raise words.nonsense()
        except BaseException:
            self._end_worker()
            raise
        self._costs.append(Cost(check="load", wall_s=time.monotonic() - began))
        self._is_fresh = True
        report: dict[str, Any] = message["report"]
        return report

    def _end_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()
            self._texts.append(worker.printed.text)

    def close(self) -> None:
        """End all that belongs to the submission."""
        self._end_worker()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AloneSlot:
    """Nothing but the place where sessions come from."""

    tier = Tier.PORTABLE

    def __init__(self, *, workspace: Path | None) -> None:
        self._workspace = workspace

    def load(
        self, request: Mapping[str, object], files: Sequence[HandedFile], limits: Limits, *, seed: int
    ) -> AloneSession:
        """Run what was handed in, once."""
        payload = {**request, "files": [(f.path, f.content) for f in files], "seed": seed}
        return AloneSession(payload, limits, self._workspace)

    def close(self) -> None:
        """Nothing is open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
