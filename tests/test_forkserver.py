"""Grading processes that are copies of one that was got ready once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from grader import BLAS_THREADS
from grader.batch.forkserver import can_copy

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="copies are made on Linux only")


def batch_of_copies(folder: Path, *orders: str, opening: str = "") -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.copied_batch", str(folder), opening, *orders],
        cwd=Path(__file__).parents[1],
        env={**os.environ, **dict.fromkeys(BLAS_THREADS, "1")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_what_is_loaded_is_loaded_once_whoever_dies(tmp_path: Path) -> None:
    told = batch_of_copies(tmp_path, "pass", "die once", "fail", "die", "raise", "pass")
    assert told["can_copy"]
    assert told["runs"] == {"s0": 1, "s1": 2, "s2": 1, "s3": 2, "s4": 1, "s5": 1}
    assert told["needs_review"] == ["s3", "s4"]
    assert told["failures"]["s3"] == "the grading process died (signal 9), 2 times"
    assert "a bug of ours" in told["failures"]["s4"]
    ((_, parent),) = told["prepared"]  # once, in a process of its own
    assert parent == told["own"]


def test_the_server_is_gone_when_the_batch_is(tmp_path: Path) -> None:
    told = batch_of_copies(tmp_path, "pass")
    ((server, _),) = told["prepared"]
    assert not Path(f"/proc/{server}").exists()


def test_copies_that_cannot_start_end_the_batch_with_a_sentence(tmp_path: Path) -> None:
    told = batch_of_copies(tmp_path, "pass", "pass", opening="die")
    assert told["error"].startswith("grading processes cannot start: the last one died (exit code 3)")
    assert told["runs"] == {}


def test_what_staff_can_mend_comes_out_of_a_copy_as_it_is(tmp_path: Path) -> None:
    told = batch_of_copies(tmp_path, "pass", opening="refuse")
    assert told["error"].startswith("no isolation here")


def test_a_process_with_other_threads_is_not_copied() -> None:
    waiting = threading.Event()
    thread = threading.Thread(target=waiting.wait)
    thread.start()
    try:
        assert not can_copy()
    finally:
        waiting.set()
        thread.join()
