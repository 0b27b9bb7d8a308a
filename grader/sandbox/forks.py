"""The processes of one submission on Linux: forked from a zygote, and a fork of that for each check."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import socket
import time
from collections.abc import Mapping
from typing import Any

from grader.checks.connection import Interrupted
from grader.model import Cost, Limits
from grader.sandbox import processes, words
from grader.sandbox.lines import Late, Line, message_of, packed
from grader.sandbox.watch import Watch
from grader.sandbox.zygotes import Zygote
from grader.worker.namespaces import INODES
from grader.worker.orders import End, Order
from grader.worker.wire import WireError

START_S = 30.0  # for what is ours: until a forked process says that it is ready
_REACT_S = 5.0  # until a loaded submission has forked, at least
_STATUS_S = 1.0
_GRACE_S = 0.2  # for the child of a check to end by itself
_READY = packed({"ready": True})  # what such a child says first


class Elsewhere(Exception):
    """The submission needs what another zygote has preloaded; nothing of it has run."""


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
        self._top = zygote.uncounted(self.root) or zygote.pid  # all that the student starts stays below it
        self._owed = 0  # children of checks of whose end nothing was heard
        self.keep: tuple[int, ...] = ()
        self._chain: processes.Chain | None = None
        self.number = 0
        self.was_dying = False
        self.ended: End | None = None
        self.costs: list[Cost] = []
        self.forks_s = 0.0  # beside loading and checks; known when it is closed

    def wait_until_ready(self) -> None:
        """Until it is confined; no student code has run yet, so that what fails is ours: WorkerBroken."""
        self.line.allow(START_S)
        try:
            message = self._hear_of_it()
        except (Interrupted, Late) as error:
            raise words.WorkerBroken(f"no process for the submission: {error!r}") from error
        if "ready" not in message:
            raise words.WorkerBroken("the process for the submission is not ready")
        self.keep = self._zygote.keepers(self.root)
        pids = self.keep if self._top in self.keep else (self._top, *self.keep)
        self._chain = processes.chain_of(pids)

    def load(self, payload: Mapping[str, object], limits: Limits) -> Mapping[str, Any]:
        """The worker's report; raises Interrupted or WorkerBroken."""
        self.wait_until_ready()
        self.line.allow(limits.load_s)
        try:
            self.line.send(payload)
            message = self._hear_of_it()
        except Late:
            self.watch.stop(words.too_long_to_load(limits))
            raise words.too_long_to_load(limits) from None
        except (OSError, EOFError, WireError) as error:
            raise self._why(error) from None
        if "elsewhere" in message and payload.get("elsewhere"):
            raise Elsewhere
        if not isinstance(message.get("report"), dict):
            raise words.nonsense()
        report: Mapping[str, Any] = message["report"]
        return report

    def _hear_of_it(self) -> Mapping[str, Any]:
        """What the submission's process has to say of its start."""
        try:
            message = self.line.receive()
        except (OSError, EOFError, WireError) as error:
            raise self._why(error) from None
        if "broken" in message:
            raise words.WorkerBroken(str(message["broken"]))
        return message

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
        if code is None:  # perhaps by the student's hand in the weaker tiers: then a person looks
            raise words.WorkerBroken("the zygote died")
        return words.too_many_files(INODES) if self._zygote.too_many_files else words.died(code)

    def is_alive(self) -> bool:
        """Is the process that checks are forked from still there?"""
        return not processes.has_ended(self.root)

    def is_orphan(self) -> bool:
        """Has the zygote died? Then the process is perhaps still there, but will not be for long."""
        return not self._zygote.is_alive()

    def begin(self, limits: Limits, seed: int, check: str) -> ForkConnection:
        """Fork the child for one check."""
        self.number += 1
        self.ended = None
        if self._chain is None or not self._chain.is_alone():
            processes.end_descendants(self._top, keep=self.keep, ours=(self._top, *self.keep[:-1]))
        self.watch.renew(limits, keep=self.keep)
        ours, theirs = socket.socketpair()
        connection = ForkConnection(self, Line(ours, ends=(self.root,)), limits, check)
        patience_s = max(limits.check_s, _REACT_S)
        order = Order(self.number, seed, limits.check_s)
        try:
            self.line.allow(patience_s)
            self.line.send_with_fd(theirs.fileno(), order.packed())
            theirs.close()
            connection.wait_until_ready(patience_s)
            while self._owed and self.line.has_frame():  # of earlier checks, heard of late
                self._hear()
            connection.end_with(self.line)
            self._owed += 1
        except (OSError, EOFError, WireError, Late) as error:
            theirs.close()
            self.was_dying = isinstance(error, (OSError, EOFError))
            self.kill()
            connection.close()
            raise words.silent() from None
        return connection

    def sweep(self) -> None:
        """End all but the loaded submission."""
        if not processes.end_descendants(self._top, keep=self.keep):
            self.kill()

    def hear_of_end(self, patience_s: float) -> None:
        """How the child of the current check ended, as its parent tells: a claim, good for messages."""
        self.line.allow(patience_s)
        with contextlib.suppress(OSError, EOFError, WireError, Late):
            while self.ended is None:
                self._hear()

    def _hear(self) -> None:
        frame = self.line.receive_frame()
        self._owed -= 1
        end = End.read(frame)
        if end.number == self.number:
            self.ended = end

    def kill(self) -> None:
        """End the submission."""
        if self.keep:
            self._kill_loaded()
        processes.kill(self.root)

    def _kill_loaded(self) -> None:
        """End the process that checks are forked from, also where the zygote, and so the tree, is lost."""
        if self.is_alive():
            with contextlib.suppress(OSError):
                os.killpg(self.keep[-1], signal.SIGKILL)

    def close(self) -> None:
        """End it and free what it held."""
        if self.keep:  # its first process then ends by itself, and tells what was used
            self._kill_loaded()
        else:
            self.kill()
        self.line.close()
        self._zygote.clean()
        self.forks_s = max(0.0, self._zygote.used_s - math.fsum(cost.cpu_s for cost in self.costs))
        self.watch.close()
        if self._chain is not None:
            self._chain.close()
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
        if self._line.receive_frame() != _READY:
            raise WireError("not ready")

    def end_with(self, line: Line) -> None:
        """What comes on `line` now tells that the child has ended, even if others hold its line open."""
        self._line.end_with(line.fileno())

    def ask(self, message: Mapping[str, object]) -> Mapping[str, Any]:
        """The answer to one request."""
        return self.read(self.exchange(packed(message)))

    def exchange(self, frame: bytes) -> bytes:
        """The frame that answers a frame. Our own time between two of them is not charged."""
        if self._fate is not None:
            raise self._fate
        began = time.monotonic()
        self._line.allow(self._left_s)
        try:
            self._line.send_frame(frame)
            return self._line.receive_frame()
        except Late:
            self._fate = words.too_long(self._limits)
            self._run.watch.stop(self._fate)
        except WireError:
            raise self._refuse() from None
        except (OSError, EOFError):
            self._fate = self._why()
        finally:
            self._left_s -= time.monotonic() - began
        raise self._fate

    def read(self, answer: bytes) -> Mapping[str, Any]:
        """What a frame that came says."""
        try:
            return message_of(answer)
        except WireError:
            raise self._refuse() from None

    def _refuse(self) -> Interrupted:
        self._fate = words.nonsense()
        self._run.sweep()
        return self._fate

    def _why(self) -> Interrupted:
        self._run.hear_of_end(_STATUS_S)
        if self._run.ended is None:  # its parent is gone, too
            return self._run.why_it_ended()
        return self._run.watch.verdict or words.died(_exit_code(self._run.ended.status))

    def close(self) -> None:
        """End the child and all that it started.

        It ends by itself when its line closes: then there is nothing to kill, and the next check, which looks
        for what was left behind in any case, is the only one to look.
        """
        if self._closed:
            return
        self._closed = True
        self._line.close()
        self._run.hear_of_end(_GRACE_S)
        if self._run.ended is None:
            self._run.sweep()
            self._run.hear_of_end(_STATUS_S)
        ended = self._run.ended
        self._run.costs.append(
            Cost(
                check=self._check,
                wall_s=time.monotonic() - self._began,
                cpu_s=ended.cpu_s if ended else 0.0,
                memory_bytes=max(self._run.watch.peak_bytes, ended.memory_bytes if ended else 0),
            )
        )


def _exit_code(status: int) -> int | None:
    """Negative for a signal; None where that is not known."""
    is_known = status >= 0 and (os.WIFEXITED(status) or os.WIFSIGNALED(status))
    return os.waitstatus_to_exitcode(status) if is_known else None
