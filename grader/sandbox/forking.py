"""Slots and sessions on Linux: a zygote, a fork for each submission, a fork of that for each check."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from grader.checks.connection import Interrupted
from grader.model import Cost, HandedFile, Limits, Tier
from grader.sandbox import processes, words
from grader.sandbox.lines import Late, Line
from grader.sandbox.watch import Watch
from grader.sandbox.zygotes import Zygote
from grader.worker.namespaces import INODES
from grader.worker.wire import WireError

START_S = 30.0  # for what is ours: until a forked process says that it is ready
MAX_LOADS = 8  # of one submission: its process may die that often
MAX_SUBMISSIONS = 1000  # of one zygote
_REACT_S = 5.0  # until a loaded submission has forked, at least
_STATUS_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How the child of a check ended."""

    exit_code: int | None
    cpu_s: float

    @classmethod
    def told(cls, message: Mapping[str, Any]) -> Ended:
        """What a stranger tells of it, vetted."""
        status, cpu = message.get("status"), message.get("cpu_s")
        code = None
        if type(status) is int and 0 <= status < 1 << 16 and (os.WIFEXITED(status) or os.WIFSIGNALED(status)):
            code = os.waitstatus_to_exitcode(status)
        return cls(exit_code=code, cpu_s=cpu if type(cpu) is float and 0 <= cpu < 1e6 else 0.0)


class Run:
    """One submission's processes, from fork to end."""

    def __init__(self, zygote: Zygote, limits: Limits) -> None:
        self._zygote = zygote
        ours, theirs = socket.socketpair()
        read, write = os.pipe()
        try:
            self.root = zygote.start(limits, theirs.fileno(), write)
        except BaseException:
            ours.close()
            os.close(read)
            raise
        finally:
            theirs.close()
            os.close(write)
        self.line = Line(ours, ends=(self.root,))
        self.watch = Watch(
            ancestor=zygote.pid,
            root=self.root,
            output=read,
            limits=limits,
            uncounted=zygote.uncounted(self.root),
        )
        self.keep: tuple[int, ...] = ()
        self.number = 0
        self.was_dying = False
        self.ended: Ended | None = None
        self.costs: list[Cost] = []

    def wait_until_ready(self) -> None:
        """Until it is confined; no student code has run yet, so that what fails is ours: WorkerBroken."""
        self.line.allow(START_S)
        try:
            self._expect("ready")
        except (Interrupted, Late) as error:
            raise words.WorkerBroken(f"no process for the submission: {error!r}") from error
        self.keep = self._zygote.keepers(self.root)

    def load(self, payload: Mapping[str, object], limits: Limits) -> Mapping[str, Any]:
        """The worker's report; raises Interrupted or WorkerBroken."""
        self.wait_until_ready()
        self.line.allow(limits.load_s)
        try:
            self.line.send(payload)
            report = self._expect("report")
        except Late:
            self.watch.stop(words.too_long_to_load(limits))
            raise words.too_long_to_load(limits) from None
        except (OSError, EOFError, WireError) as error:
            raise self._why(error) from None
        if not isinstance(report, dict):
            raise words.nonsense()
        return report

    def _expect(self, key: str) -> Any:
        try:
            message = self.line.receive()
        except (OSError, EOFError, WireError) as error:
            raise self._why(error) from None
        if "broken" in message:
            raise words.WorkerBroken(str(message["broken"]))
        if key not in message:
            raise words.nonsense()
        return message[key]

    def _why(self, error: Exception) -> Interrupted:
        if isinstance(error, WireError):
            return words.nonsense()
        return self.why_it_ended()

    def why_it_ended(self) -> Interrupted:
        """What became of the submission's process."""
        processes.has_ended(self.root, wait_s=_STATUS_S)
        if self.watch.fault is not None:
            raise words.WorkerBroken("the watcher of the processes failed") from self.watch.fault
        if self.watch.verdict is not None:
            return self.watch.verdict
        code = self._zygote.exit_code()
        return words.too_many_files(INODES) if self._zygote.too_many_files else words.died(code)

    def is_alive(self) -> bool:
        """Is the process that checks are forked from still there?"""
        return not processes.has_ended(self.root)

    def begin(self, limits: Limits, seed: int, check: str) -> ForkConnection:
        """Fork the child for one check."""
        self.number += 1
        self.ended = None
        processes.end_descendants(self._zygote.pid, keep=self.keep)
        self.watch.renew(limits, keep=self.keep)
        ours, theirs = socket.socketpair()
        connection = ForkConnection(self, Line(ours, ends=(self.root,)), limits, check)
        patience_s = max(limits.check_s, _REACT_S)
        order = {"number": self.number, "seed": seed, "check_s": limits.check_s}
        try:
            self.line.allow(patience_s)
            self.line.send(order, (theirs.fileno(),))
            theirs.close()
            connection.wait_until_ready(patience_s)
            while self.line.has_frame():  # of earlier checks, heard of late
                self._hear()
            connection.end_with(self.line)
        except (OSError, EOFError, WireError, Late) as error:
            theirs.close()
            self.was_dying = isinstance(error, (OSError, EOFError))
            self.kill()
            connection.close()
            raise words.silent() from None
        return connection

    def sweep(self) -> None:
        """End all but the loaded submission."""
        if not processes.end_descendants(self._zygote.pid, keep=self.keep):
            self.kill()

    def hear_of_end(self) -> None:
        """How the child of the current check ended, as its parent tells: a claim, good for messages."""
        self.line.allow(_STATUS_S)
        with contextlib.suppress(OSError, EOFError, WireError, Late):
            while self.ended is None:
                self._hear()

    def _hear(self) -> None:
        message = self.line.receive()
        if message.get("ended") == self.number:
            self.ended = Ended.told(message)

    def kill(self) -> None:
        """End the submission."""
        if self.keep and self.is_alive():
            with contextlib.suppress(OSError):
                os.killpg(self.keep[-1], signal.SIGKILL)  # also where the zygote, and so the tree, is lost
        processes.kill(self.root)

    def close(self) -> None:
        """End it and free what it held."""
        self.kill()
        self.line.close()
        self._zygote.clean()
        self.watch.close()
        os.close(self.root)


class ForkConnection:
    """The line to the child of one check."""

    def __init__(self, run: Run, line: Line, limits: Limits, check: str) -> None:
        self._run = run
        self._check = check
        self._closed = False
        self._line = line
        self._limits = limits
        self._left_s = limits.check_s
        self._began = time.monotonic()
        self._fate: Interrupted | None = None

    def wait_until_ready(self, patience_s: float) -> None:
        """The wall limit does not count before."""
        self._line.allow(patience_s)
        if "ready" not in self._line.receive():
            raise WireError("not ready")

    def end_with(self, line: Line) -> None:
        """What comes on `line` now tells that the child has ended, even if others hold its line open."""
        self._line.end_with(line.fileno())

    def ask(self, message: Mapping[str, object]) -> Mapping[str, Any]:
        """The answer to one request. Our own time between two of them is not charged."""
        if self._fate is not None:
            raise self._fate
        began = time.monotonic()
        self._line.allow(self._left_s)
        try:
            self._line.send(message)
            return self._line.receive()
        except Late:
            self._fate = words.too_long(self._limits)
            self._run.watch.stop(self._fate)
        except WireError:
            self._fate = words.nonsense()
            self._run.sweep()
        except (OSError, EOFError):
            self._fate = self._why()
        finally:
            self._left_s -= time.monotonic() - began
        raise self._fate

    def _why(self) -> Interrupted:
        self._run.hear_of_end()
        if self._run.ended is None:  # its parent is gone, too
            return self._run.why_it_ended()
        return self._run.watch.verdict or words.died(self._run.ended.exit_code)

    def close(self) -> None:
        """End the child and all that it started."""
        if self._closed:
            return
        self._closed = True
        self._line.close()
        self._run.sweep()
        self._run.hear_of_end()
        self._run.costs.append(
            Cost(
                check=self._check,
                wall_s=time.monotonic() - self._began,
                cpu_s=self._run.ended.cpu_s if self._run.ended else 0.0,
                memory_bytes=self._run.watch.peak_bytes,
            )
        )


class ForkSession:
    """One submission, loaded again when its process has died."""

    def __init__(self, slot: ForkSlot, payload: Mapping[str, object], limits: Limits) -> None:
        self._slot = slot
        self._payload = payload
        self._limits = limits
        self._loads = 0
        self._costs: list[Cost] = []
        self._texts: list[str] = []
        self._run: Run | None = None
        self._connection: ForkConnection | None = None
        self.report: Mapping[str, Any] = self._load()

    @property
    def output(self) -> str:
        """The first of what it printed."""
        return "".join(self._texts) + (self._run.watch.text if self._run else "")

    @property
    def costs(self) -> tuple[Cost, ...]:
        """What loading and each check took."""
        return tuple(self._costs) + (tuple(self._run.costs) if self._run else ())

    def begin(self, *, limits: Limits, seed: int, check: str = "") -> ForkConnection:
        """A line for one check; one at a time. `check` is its name in `costs`."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._run is not None and self._run.is_alive():
            try:
                self._connection = self._run.begin(limits, seed, check)
                return self._connection
            except Interrupted:  # it may have been dying; else it is ended now, and asked no second time
                if not self._run.was_dying:
                    raise
        self._load()
        assert self._run is not None
        self._connection = self._run.begin(limits, seed, check)
        return self._connection

    def _load(self) -> Mapping[str, Any]:
        self._end_run()
        if self._loads >= MAX_LOADS:
            raise words.given_up(self._loads)
        self._loads += 1
        began = time.monotonic()
        self._run = self._slot.run(self._limits)
        try:
            report = self._run.load(self._payload, self._limits)
        except BaseException:
            self._end_run()
            raise
        wall_s = time.monotonic() - began
        cpu_s, memory_bytes = self._run.watch.measure()
        cost = Cost(check="load", wall_s=wall_s, cpu_s=cpu_s, memory_bytes=memory_bytes)
        self._costs.append(cost)
        return report

    def _end_run(self) -> None:
        run, self._run = self._run, None
        if run is not None:
            run.close()
            self._costs += run.costs
            self._texts.append(run.watch.text)

    def close(self) -> None:
        """End all that belongs to the submission."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._end_run()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class ForkSlot:
    """A zygote and its replacement."""

    def __init__(
        self,
        *,
        tier: Tier,
        preload: tuple[str, ...],
        workspace: Path | None,
        imports: tuple[str, ...] | None = None,
        submissions: int = MAX_SUBMISSIONS,
    ) -> None:
        self.tier = tier
        self._most = submissions  # of one zygote
        self._imports = imports
        self._preload = preload
        self._workspace = workspace
        self._zygote: Zygote | None = None
        self._served = 0

    def load(
        self, request: Mapping[str, object], files: Sequence[HandedFile], limits: Limits, *, seed: int
    ) -> ForkSession:
        """Run what was handed in, once."""
        payload = {**request, "files": [(f.path, f.content) for f in files], "seed": seed}
        return ForkSession(self, payload, limits)

    def run(self, limits: Limits) -> Run:
        """Fork a process for a submission, from a fresh zygote if the last one died or served its time."""
        if self._zygote is not None and (self._served >= self._most or not self._zygote.is_alive()):
            self._end_zygote()
        if self._zygote is None:
            self._zygote = self._new_zygote()
        self._served += 1
        try:
            return Run(self._zygote, limits)
        except words.WorkerBroken:  # it died, perhaps by the hand of the submission before
            self._end_zygote()
        self._zygote = self._new_zygote()
        return Run(self._zygote, limits)

    def _new_zygote(self) -> Zygote:
        self._served = 0
        return Zygote(tier=self.tier, preload=self._preload, imports=self._imports, workspace=self._workspace)

    @property
    def zygote_pid(self) -> int:
        """The process that all others of this slot come from; 0 when it is not running."""
        return self._zygote.pid if self._zygote is not None else 0

    def _end_zygote(self) -> None:
        zygote, self._zygote = self._zygote, None
        if zygote is not None:
            zygote.close()

    def close(self) -> None:
        """End the slot and all that is in it."""
        self._end_zygote()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
