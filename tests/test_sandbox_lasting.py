"""What must hold over many submissions, and when something of ours dies."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.checks.connection import Interrupted
from grader.errors import SandboxError
from grader.model import Limits, Tier
from grader.sandbox import Session, Slot, open_slot, processes
from grader.sandbox.forking import MAX_LOADS, ForkSlot
from grader.sandbox.words import WorkerBroken
from grader.worker.family import children
from tests.attacks import limits, network, protocol, reading, scoring, writing
from tests.attacks.attempt import ATTEMPTS, Attempt
from tests.attacks.prelude import PRELUDE
from tests.attacks.runner import ask, load, run

AREAS = (limits, network, protocol, reading, scoring, writing)
HARNESS = """
import sys, time
from pathlib import Path
from grader.sandbox import open_slot
from tests.attacks.runner import load
import threading
with open_slot(isolation=sys.argv[1], preload=(), workspace=Path(sys.argv[2])) as slot:
    session = load(slot, '''
import os, time, ctypes
def honest(x):
    ctypes.CDLL(None).prctl(15, b"gr-harness-x", 0, 0, 0)
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
    while True: pass
''')
    connection = session.begin(limits=__import__("grader.model").model.Limits(check_s=60), seed=1)
    threading.Thread(target=connection.ask, args=({
        "do": "call", "on": None, "name": "honest", "args": (1,), "kwargs": {}},), daemon=True).start()
    print("asked", flush=True)
    time.sleep(60)
"""


@pytest.fixture(params=list(Tier))
def slot(request: pytest.FixtureRequest) -> Iterator[Slot]:
    try:
        slot = open_slot(isolation=request.param, preload=())
    except SandboxError as error:
        pytest.skip(str(error))
    with slot:
        yield slot


def _named(name: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and f"({name})" in (entry / "stat").read_text():
                found.append(int(entry.name))
        except OSError:
            continue
    return [pid for pid in found if not processes.is_zombie(pid)]


def _until(seconds: float, holds: object) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    assert _until(5, lambda: processes.is_zombie(pid))


@pytest.mark.parametrize("tier", list(Tier))
def test_nothing_is_left_two_seconds_after_the_grader_was_killed(tier: Tier) -> None:
    with tempfile.TemporaryDirectory() as name:
        workspace = Path(name)
        workspace.chmod(0o755)  # as root another user works there
        _kill_and_look(tier, workspace)


def _kill_and_look(tier: Tier, workspace: Path) -> None:
    harness = subprocess.Popen(
        [sys.executable, "-c", HARNESS, tier.value, str(workspace)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
    )
    with harness:
        assert harness.stdout is not None
        if not harness.stdout.readline():
            pytest.skip("the tier is not to be had here")
        assert _until(20, lambda: len(_named("gr-harness-x")) >= 8)
        harness.send_signal(signal.SIGKILL)
        harness.wait()
        assert _until(2, lambda: not _named("gr-harness-x"))
    assert _until(2, lambda: not any(files for _, _, files in os.walk(workspace)))  # folders go meanwhile


def test_a_zygote_that_died_is_replaced(slot: Slot) -> None:
    assert isinstance(slot, ForkSlot)
    with load(slot, PRELUDE) as session:
        zygote = slot.zygote_pid
        _kill(zygote)
        assert ask(session, "honest", 21) == {"value": 42}
    with load(slot, PRELUDE) as session:
        assert ask(session, "honest", 21) == {"value": 42}
    assert slot.zygote_pid != zygote


LASTING = f"""{PRELUDE}
def attack():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            name_me("gr-lasting")
            time.sleep(60)
        os._exit(0)
    os.wait()
    time.sleep(60)
"""


def test_nothing_is_left_where_a_zygote_was_killed(slot: Slot) -> None:
    assert isinstance(slot, ForkSlot)
    with load(slot, LASTING) as session:
        asking = threading.Thread(target=_ask_for_nothing, args=(session,))
        asking.start()
        assert _until(20, lambda: _named("gr-lasting-x"))
        os.kill(slot.zygote_pid, signal.SIGKILL)
        asking.join()
        assert ask(session, "honest", 21) == {"value": 42}
        assert _until(10, lambda: not _named("gr-lasting-x"))


def _ask_for_nothing(session: Session) -> None:
    with contextlib.suppress(Interrupted, WorkerBroken):
        ask(session, "attack", check_s=60)


def test_zygotes_that_die_again_and_again_are_no_crash_of_the_student(slot: Slot) -> None:
    assert isinstance(slot, ForkSlot)
    with load(slot, PRELUDE) as session:
        for _ in range(MAX_LOADS):
            _kill(slot.zygote_pid)
            assert ask(session, "honest", 21) == {"value": 42}
        _kill(slot.zygote_pid)
        with pytest.raises(WorkerBroken, match="zygotes died"):
            ask(session, "honest", 21)


def test_a_check_whose_zygote_is_killed_is_no_crash_of_the_student(slot: Slot) -> None:
    assert isinstance(slot, ForkSlot)
    with load(slot, f"{PRELUDE}\ndef attack(): time.sleep(60)\n") as session:
        killer = threading.Timer(0.3, os.kill, (slot.zygote_pid, signal.SIGKILL))
        killer.start()
        with pytest.raises(WorkerBroken, match="the zygote died"):
            ask(session, "attack")
        killer.join()
        assert ask(session, "honest", 21) == {"value": 42}


def test_a_zygote_serves_so_many_submissions_and_is_replaced() -> None:
    with ForkSlot(tier=Tier.PORTABLE, preload=(), workspace=None, submissions=2) as slot:
        zygotes = []
        for _ in range(4):
            with load(slot, PRELUDE):
                zygotes.append(slot.zygote_pid)
    assert zygotes[0] == zygotes[1] != zygotes[2] == zygotes[3]


def test_a_step_of_confinement_that_fails_runs_nothing_and_gives_no_verdict() -> None:
    try:
        slot = open_slot(isolation=Tier.STRONG, preload=())
    except SandboxError as error:
        pytest.skip(str(error))
    request: dict[str, object] = {"units": [{"source": "print('run')", "label": "cell 1"}], "mode": "all"}
    with slot, pytest.raises(WorkerBroken, match="mount tmpfs"):
        slot.load(request, [], Limits(disk_bytes=-1), seed=1)


def _honest_results(slot: Slot, n: int) -> object:
    source = f"import numpy as np\ndef honest(x):\n    return np.arange(x) * {n} + np.random.random(x)\n"
    with load(slot, source) as session:
        return ask(session, "honest", 5)["value"].tolist(), sorted(session.report["defined"])


def _mix(slot: Slot, hostile: list[Attempt], number: int) -> None:
    alone = [_honest_results(slot, n) for n in range(number)]
    mixed = []
    for n in range(number):
        run(hostile[n % len(hostile)], slot)
        mixed.append(_honest_results(slot, n))
    assert mixed == alone


def _ours(workspace: Path) -> tuple[int, int, list[Path]]:
    """Descriptors, children and temporary folders of this process."""
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    return descriptors, len(children(os.getpid())), list(workspace.iterdir())


def _resident(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(field))


def _quick(attempt: Attempt) -> bool:
    return not attempt.slow and attempt.area in ("reading", "writing", "score", "network")


def test_honest_submissions_among_hostile_ones_get_the_results_that_they_get_alone(
    tmp_path: Path,
) -> None:
    before = _ours(tmp_path)
    with open_slot(isolation="auto", preload=(), workspace=tmp_path) as slot:
        _mix(slot, [a for a in ATTEMPTS if _quick(a) and slot.tier in a.tiers][::5], 10)
    assert _ours(tmp_path) == before


@pytest.mark.slow
def test_a_hundred_hostile_and_a_hundred_honest_submissions_leave_nothing(tmp_path: Path) -> None:
    before = _ours(tmp_path)
    Path("/proc/self/clear_refs").write_text("5")  # forget the most memory so far, proc(5)
    memory = _resident("VmRSS")
    with open_slot(isolation="auto", preload=(), workspace=tmp_path) as slot:
        _mix(slot, [a for a in ATTEMPTS if not a.slow and slot.tier in a.tiers], 100)
    assert _ours(tmp_path) == before
    assert _resident("VmHWM") - memory < 200 << 20  # a bare grader takes less than 100
