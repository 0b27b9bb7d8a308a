"""Who is there beside those that are to be there, as /proc tells."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from grader.sandbox import processes
from grader.sandbox.processes import chain_of
from grader.worker.orders import ORDER_BYTES, End, Order
from grader.worker.wire import WireError, framed

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc")
SLEEPS = "import sys, time; print('up', flush=True); time.sleep(60)"
FORKS = "import os, time; os.fork(); print('up', flush=True); time.sleep(60)"
THREADS = (
    "import threading, time; threading.Thread(target=time.sleep, args=[60], daemon=True).start();"
    "print('up', flush=True); time.sleep(60)"
)


@contextmanager
def running(program: str) -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process.pid
        finally:
            processes.end_descendants(process.pid)
            process.kill()


@pytest.mark.parametrize(("program", "is_alone"), [(SLEEPS, True), (FORKS, False), (THREADS, False)])
def test_a_chain_is_alone_without_children_and_other_threads(program: str, is_alone: bool) -> None:
    with running(program) as pid:
        chain = chain_of([pid])
        assert chain is not None
        assert chain.is_alone() is is_alone
        chain.close()


def test_a_chain_knows_its_members() -> None:
    with running(FORKS) as pid:
        (child,) = processes.descendants(pid)
        for pids, is_alone in (([pid, child], True), ([pid, pid], False), ([child], True)):
            chain = chain_of(pids)
            assert chain is not None
            assert chain.is_alone() is is_alone
            chain.close()


def test_a_chain_whose_member_has_ended_is_not_alone() -> None:
    with running(SLEEPS) as pid:
        chain = chain_of([pid])
        assert chain is not None
    assert not chain.is_alone()
    chain.close()
    assert chain_of([pid]) is None


def test_orders_arrive_as_they_were_sent() -> None:
    order = Order(3, 2**32 - 1, 10.5)
    assert len(order.packed()) == ORDER_BYTES
    assert Order.read(order.packed()) == order


def test_ends_are_vetted() -> None:
    end = End(7, 256, 0.25, 1 << 20)
    assert End.read(end.framed()) == end
    for lie in (
        End(7, -5),
        End(7, 1 << 20),
        End(7, 0, float("nan")),
        End(7, 0, -1.0),
        End(7, 0, 0.0, 1 << 60),
    ):
        read = End.read(lie.framed())
        assert (read.cpu_s, read.memory_bytes) == (0.0, 0)
        assert -1 <= read.status < 1 << 16
    for frame in (b"", framed(b""), framed(b"x" * 27), end.framed()[:-1], end.framed() + b"x"):
        with pytest.raises(WireError):
            End.read(frame)
