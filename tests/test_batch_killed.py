"""Runs that are killed at any moment go on, and end as if nothing had happened."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from grader import BLAS_THREADS

ROOT = Path(__file__).parents[1]
DERIVED = ("index.html", "results.json", "grades.csv")


def start(folder: Path, size: int, jobs: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.killable_batch", str(folder), str(size), str(jobs)]
    one_thread = {
        **os.environ,
        **dict.fromkeys(BLAS_THREADS, "1"),
    }  # as the command line has it: to be copied
    return subprocess.Popen(command, cwd=ROOT, env=one_thread, stdout=subprocess.PIPE)


def finish(folder: Path, size: int, jobs: int) -> None:
    with start(folder, size, jobs) as process:
        assert process.wait(120) == 0


def kill_after(folder: Path, size: int, jobs: int, dots: int, delay_s: float) -> bool:
    """Kill a run when it has kept so many results, and a little later; False if it ended by itself."""
    with start(folder, size, jobs) as process:
        assert process.stdout is not None
        for _ in range(dots):
            if not process.stdout.read(1):
                break
        try:
            process.wait(delay_s)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        return process.wait() == -signal.SIGKILL


def contents(folder: Path) -> dict[str, bytes]:
    out = folder / "out"
    files = [out / name for name in DERIVED] + sorted((out / "students").glob("*"))
    return {path.name: path.read_bytes() for path in files}


def kill_often(tmp_path: Path, *, kills: int, size: int, jobs: int, seed: int) -> None:
    undisturbed, disturbed = tmp_path / "undisturbed", tmp_path / "disturbed"
    finish(undisturbed, size, jobs)
    draw = random.Random(seed)
    killed = 0
    while killed < kills:
        # Few results per life, so that the work lasts for all the deaths; each death at another instant.
        killed += kill_after(disturbed, size, jobs, draw.randint(0, 3), draw.uniform(0.0, 0.03))
        left = not (disturbed / "out" / "index.html").exists()
        if not left and killed < kills:  # the end has been reached: begin anew, and count on
            disturbed = tmp_path / f"disturbed-{killed}"
    finish(disturbed, size, jobs)
    assert contents(disturbed) == contents(undisturbed)
    assert not list((disturbed / "out").rglob(".*.partial"))


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_a_run_that_is_killed_goes_on_and_ends_as_if_undisturbed(tmp_path: Path) -> None:
    kill_often(tmp_path, kills=3, size=12, jobs=2, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_fifty_kills_change_no_byte(tmp_path: Path, jobs: int) -> None:
    kill_often(tmp_path, kills=50, size=120, jobs=jobs, seed=jobs)


@pytest.mark.slow
def test_kills_while_pages_are_written_change_no_byte(tmp_path: Path) -> None:
    size = 30
    finish(tmp_path / "undisturbed", size, 2)
    finish(tmp_path / "disturbed", size, 2)
    draw = random.Random(0)
    for _ in range(15):
        kill_after(tmp_path / "disturbed", size, 2, 0, draw.uniform(0.5, 2.0))
    finish(tmp_path / "disturbed", size, 2)
    assert contents(tmp_path / "disturbed") == contents(tmp_path / "undisturbed")


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_the_processes_of_a_killed_run_end_too(tmp_path: Path) -> None:
    assert kill_after(tmp_path, 400, 2, 4, 0.05)
    graders = [int(path.stem) for path in tmp_path.glob("*.pid")]
    assert len(graders) == 2
    deadline = time.monotonic() + 20
    while any(map(is_alive, graders)) and time.monotonic() < deadline:
        threading.Event().wait(0.02)
    assert not any(map(is_alive, graders))


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
