"""The watcher of one submission's processes: what they print, what memory they take, how many they are."""

from __future__ import annotations

import contextlib
import os
import select
import threading
from collections.abc import Collection

from grader.checks.connection import Interrupted
from grader.model import Limits
from grader.sandbox import processes, words
from grader.sandbox.output import KEPT_BYTES, Printed

EVERY_MS = 20  # while it is close to a limit
SELDOM_MS = 250
FILLS_BYTES_PER_MS = 4 << 20  # no process takes memory faster
_SPARE_THREADS = 8  # where the kernel counts, it is asked first
# Times the limit. Above it resident memory counts, whatever is shared: to tell the shares takes time for each
# page of each process, and who maps one file often enough would not be watched meanwhile.
_SHARED_AT_MOST = 16


class Watch:
    """A thread from the start of a submission to its end; it alone kills for a limit.

    `ancestor` is the zygote: whatever the student starts stays below it. `root` is the submission's first
    process.
    """

    def __init__(self, *, ancestor: int, root: int, output: int, limits: Limits, uncounted: int = 0) -> None:
        self._ancestor = ancestor
        self._root = root  # a pidfd
        self._output = output
        self._uncounted = uncounted  # a process of ours
        self._limits = limits
        self._keep: Collection[int] = ()
        self._printed = Printed()
        self._verdict: Interrupted | None = None
        self._lock = threading.Lock()
        self._wake, self._woken = os.pipe()
        self.peak_bytes = 0
        self.fault: Exception | None = None  # of ours, while watching
        self._thread = threading.Thread(target=self._run, name="sandbox-watch", daemon=True)
        self._thread.start()

    @property
    def verdict(self) -> Interrupted | None:
        """The limit that was reached since `renew`."""
        return self._verdict

    @property
    def text(self) -> str:
        """The first of what was printed."""
        return self._printed.text

    def renew(self, limits: Limits, *, keep: Collection[int]) -> None:
        """Count afresh for the next check. From now on a limit ends all but `keep`."""
        with self._lock:
            self._limits, self._keep = limits, keep
            self._printed.renew()
            self._verdict, self.peak_bytes = None, 0

    def measure(self) -> tuple[float, int]:
        """Processor time and the most memory that the submission has taken so far."""
        pids = self._pids()
        self.peak_bytes = max(self.peak_bytes, processes.resident_bytes(pids))
        return processes.cpu_seconds(pids), self.peak_bytes

    def stop(self, verdict: Interrupted) -> None:
        """End what runs, for this reason; the first reason counts."""
        with self._lock:
            if self._verdict is None:
                self._verdict = verdict
            self._end()

    def close(self) -> None:
        """End the thread and read what is left in the pipe."""
        os.close(self._woken)
        self._thread.join()
        os.close(self._wake)
        with contextlib.suppress(OSError):
            os.set_blocking(self._output, False)
            self._printed.add(os.read(self._output, KEPT_BYTES))
        os.close(self._output)

    def _end(self) -> None:
        if not self._keep or not processes.end_descendants(self._ancestor, keep=self._keep):
            self._end_all()

    def _end_all(self) -> None:
        processes.kill(self._root)
        processes.end_descendants(self._ancestor)

    def _run(self) -> None:
        try:
            self._watch()
        except Exception as error:  # nobody would hold the limits any more
            self.fault = error
            self._end_all()

    def _watch(self) -> None:
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        poll.register(self._output, select.POLLIN)
        pause_ms = EVERY_MS
        while True:
            for fd, event in poll.poll(pause_ms):
                if fd == self._wake:
                    return
                if event & select.POLLIN:
                    self._read()
                else:
                    poll.unregister(self._output)
            pause_ms = self._look()

    def _read(self) -> None:
        data = os.read(self._output, 1 << 16)
        if self._printed.add(data) > self._limits.output_bytes:
            self.stop(words.too_much_output(self._limits))

    def _look(self) -> int:
        """Hold the limits; how many milliseconds may pass until the next look."""
        pids = self._pids()
        if processes.threads(pids) > self._limits.processes + _SPARE_THREADS:
            self.stop(words.too_many_processes(self._limits))  # first: the memory of many takes long to tell
        limit = self._limits.memory_bytes
        seen = processes.resident_bytes(pids)
        if limit < seen <= _SHARED_AT_MOST * limit:
            seen = processes.proportional_bytes(pids)
        self.peak_bytes = max(self.peak_bytes, seen)
        if seen > limit:
            self._stop_hog(words.too_much_memory(self._limits, seen))
        return min(max((limit - seen) // FILLS_BYTES_PER_MS, EVERY_MS), SELDOM_MS)

    def _pids(self) -> list[int]:
        return [p for p in processes.descendants(self._ancestor) if p != self._uncounted]

    def _stop_hog(self, verdict: Interrupted) -> None:
        self.stop(verdict)
        if processes.proportional_bytes(self._pids()) > self._limits.memory_bytes:
            self._end_all()  # the loaded submission itself grows
