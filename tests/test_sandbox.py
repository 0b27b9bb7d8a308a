"""Slots, sessions and limits, as the other stages use them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from grader.checks.connection import Interrupted
from grader.errors import SandboxError
from grader.model import HandedFile, Limits, Outcome, Tier
from grader.sandbox import Session, Slot, open_slot
from grader.sandbox.forking import ForkSlot

LIMITS = Limits(load_s=20, check_s=0.5, memory_bytes=200 << 20, output_bytes=1 << 20)
SOURCE = """
import os, random, signal, sys, time
import numpy as np
counter = [0]
def add(a, b): return a + b
def count():
    counter[0] += 1
    return counter[0]
def draw(): return random.random(), float(np.random.random())
def loop():
    while True: pass
def leave(): os._exit(3)
def fault():
    import ctypes; ctypes.string_at(0)
def hog():
    held = []
    while True: held.append(np.ones(1_000_000))
def flood():
    while True: print("x" * 10_000)
def kill_parent():
    os.kill(os.getppid(), signal.SIGKILL); time.sleep(5)
def read(path):
    with open(path) as file: return file.read()
def daemon():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0: time.sleep(1000)
        os._exit(0)
    os.wait()
    return os.getpid()
def work_apart(seconds):
    if os.fork() == 0:
        if os.fork() == 0:
            os.setsid()
            while time.process_time() < seconds: pass
            open("done", "w").close()
            while True: time.sleep(1)
        os._exit(0)
    os.wait()
    while not os.path.exists("done"): time.sleep(0.01)
def environment(): return sorted(os.environ)
def arguments(): return [sys.argv, sys.orig_argv]
def say(words): print(words)
def complain(): raise ValueError(f"bad {Layer()}")
class Layer: pass
"""
NAMES = [line[4:].partition("(")[0] for line in SOURCE.splitlines() if line.startswith("def ")]


@pytest.fixture(scope="module", params=[*(t.value for t in Tier), "alone"])
def slot(request: pytest.FixtureRequest) -> Iterator[Slot]:
    try:
        alone = request.param == "alone"
        slot = open_slot(isolation="auto" if alone else request.param, preload=(), fork=not alone)
    except SandboxError as error:
        pytest.skip(str(error))
    with slot:
        yield slot


@pytest.fixture
def session(slot: Slot) -> Iterator[Session]:
    with load(slot) as session:
        yield session


def load(slot: Slot, source: str = SOURCE, *, limits: Limits = LIMITS, mode: str = "definitions") -> Session:
    request: dict[str, object] = {
        "units": [{"source": source, "label": "cell 1"}],
        "path": "tp.py",
        "mode": mode,
        "names": NAMES,
        "aliases": {},
        "imports": ["numpy"],
        "repairs": [],
        "data": None,
    }
    files = [HandedFile(path="notes/a.txt", content=b"mine")]
    return slot.load(request, files, limits, seed=7)


def call(session: Session, name: str, *args: object, seed: int = 1, limits: Limits = LIMITS) -> Any:
    connection = session.begin(limits=limits, seed=seed)
    try:
        return connection.ask({"do": "call", "on": None, "name": name, "args": args, "kwargs": {}})["value"]
    finally:
        connection.close()


def test_a_function_of_the_student_is_called(session: Session) -> None:
    assert call(session, "add", 2, 3) == 5


def test_every_check_sees_the_state_just_after_loading(session: Session) -> None:
    assert [call(session, "count") for _ in range(3)] == [1, 1, 1]


def test_random_numbers_depend_on_the_seed_of_the_check_alone(session: Session) -> None:
    first, second, third = (call(session, "draw", seed=s) for s in (5, 6, 5))
    assert first == third != second


def test_files_handed_in_lie_beside_the_code(session: Session) -> None:
    assert call(session, "read", "notes/a.txt") == "mine"


def test_the_environment_is_ours_alone(session: Session) -> None:
    assert not {"PWD", "SHELL", "VIRTUAL_ENV"} & set(call(session, "environment"))
    assert call(session, "arguments") == [["student"], []]


@pytest.mark.parametrize(
    ("name", "outcome", "words"),
    [
        ("loop", Outcome.TIMEOUT, "longer than 0.5 s"),
        ("leave", Outcome.CRASHED, "exit code 3"),
        ("fault", Outcome.CRASHED, "SIGSEGV (segmentation fault)"),
        ("hog", Outcome.MEMORY, "the limit is 200 MB"),
        ("flood", Outcome.CRASHED, "more than 1 MB"),
        ("kill_parent", Outcome.CRASHED, "ended"),
    ],
)
def test_what_stops_one_check_leaves_the_next_alone(
    request: pytest.FixtureRequest, session: Session, name: str, outcome: Outcome, words: str
) -> None:
    if request.node.callspec.params["slot"] == "alone" and name in ("hog", "kill_parent"):
        pytest.skip("without fork memory is not watched, and the parent is this very process")
    limits = LIMITS if name == "loop" else Limits(check_s=20, memory_bytes=200 << 20, output_bytes=1 << 20)
    with pytest.raises(Interrupted, match=outcome.name) as caught:
        call(session, name, limits=limits)
    assert words in str(caught.value.message)
    assert call(session, "add", 1, 1) == 2


def test_a_check_leaves_no_process_behind(request: pytest.FixtureRequest, session: Session) -> None:
    if request.node.callspec.params["slot"] == "alone":
        pytest.skip("without fork a process that leaves its group is not found")
    call(session, "daemon")
    assert call(session, "add", 1, 1) == 2


def test_what_a_process_took_that_outlives_its_parent_is_counted(slot: Slot) -> None:
    if not isinstance(slot, ForkSlot):
        pytest.skip("without fork there is no process that hears of it")
    with load(slot) as session:
        call(session, "work_apart", 0.3, limits=Limits(check_s=20))
    assert sum(cost.cpu_s for cost in session.costs) > 0.3


def test_loading_that_takes_too_long_is_stopped(slot: Slot) -> None:
    with pytest.raises(Interrupted, match="TIMEOUT") as caught:
        load(slot, "while True: pass", limits=Limits(load_s=0.3), mode="all")
    assert "0.3 s" in str(caught.value.message)


def test_what_a_student_s_code_raises_is_the_same_in_every_run(session: Session) -> None:
    connection = session.begin(limits=LIMITS, seed=1)
    answer = connection.ask({"do": "call", "on": None, "name": "complain", "args": (), "kwargs": {}})
    connection.close()
    assert answer["raised"]["message"].endswith(".Layer object>")


def test_what_is_printed_is_kept_apart_from_answers(session: Session) -> None:
    assert call(session, "say", "hello there") is None
    session.close()
    assert "hello there" in session.output
