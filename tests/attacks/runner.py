"""Run an attempt in a slot and look at it from outside."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from grader.checks.connection import Interrupted
from grader.model import HandedFile, Limits
from grader.sandbox import Session, Slot
from grader.sandbox.words import WorkerBroken

from .attempt import Attempt, Seen
from .prelude import PRELUDE
from .world import fresh_world

LIMITS = Limits(
    load_s=10, check_s=1, memory_bytes=200 << 20, processes=24, disk_bytes=32 << 20, output_bytes=4 << 20
)
_OF_A_ZYGOTE = 3  # it may have been started, or started again, meanwhile
_CALL_AT_LOAD = "\nattack({told!r})\n"


@dataclass(frozen=True, kw_only=True)
class Found:
    """The verdict on one attempt in one tier."""

    contained: bool
    why: str


def load(slot: Slot, source: str, *, everything: bool = False) -> Session:
    """A session with this source."""
    request: dict[str, object] = {
        "units": [{"source": source, "label": "cell 1"}],
        "path": "tp.py",
        "mode": "all" if everything else "definitions",
        "names": ["honest", "attack"],
        "aliases": {},
        "imports": ["numpy"],
        "repairs": [],
        "data": None,
    }
    return slot.load(request, [HandedFile(path="mine.txt", content=b"mine")], LIMITS, seed=1)


def ask(session: Session, name: str, *args: object, check_s: float = 20) -> dict[str, Any]:
    """The answer to one call."""
    connection = session.begin(limits=LIMITS.with_check_time(check_s), seed=1)
    try:
        return dict(connection.ask({"do": "call", "on": None, "name": name, "args": args, "kwargs": {}}))
    finally:
        connection.close()


def run(attempt: Attempt, slot: Slot) -> Found:
    """Make the attempt; afterwards the same student's next check and the next student must be served."""
    with fresh_world() as world:
        descriptors = len(os.listdir("/proc/self/fd"))
        if attempt.twice:
            _perform(attempt, slot, world.told())
        answer, fate = _perform(attempt, slot, world.told())
        with load(slot, PRELUDE) as session:
            served = ask(session, "honest", 21)
        raised = answer.get("raised")
        seen = Seen(
            value=answer.get("value"),
            raised=str(raised["type"]) if isinstance(raised, dict) else "",
            fate=fate,
            world=world,
        )
        faults = world.changes()
        if served != {"value": 42}:
            faults.append(f"the next student got {served}")
        if len(os.listdir("/proc/self/fd")) > descriptors + _OF_A_ZYGOTE:
            faults.append("descriptors of ours were left open")
        if not attempt.judge(seen):
            faults.append(f"answered {str(answer)[:200]}, {fate}")
    return Found(contained=not faults, why="; ".join(faults))


def _perform(
    attempt: Attempt, slot: Slot, told: dict[str, object]
) -> tuple[dict[str, Any], Interrupted | None]:
    source = PRELUDE + attempt.source
    try:
        if attempt.at_load:
            source += _CALL_AT_LOAD.format(told=told)
        with load(slot, source, everything=attempt.at_load) as session:
            answer, fate = {}, None
            if not attempt.at_load:
                try:
                    answer = ask(session, "attack", told, check_s=attempt.check_s)
                except Interrupted as error:
                    fate = error
            after = ask(session, "honest", 21)
            if after != {"value": 42} and "honest" not in attempt.source:
                return {"value": f"the next check got {after}"}, fate
            return answer, fate
    except Interrupted as error:
        return {}, error
    except WorkerBroken as error:
        return {"broken": str(error)[:200]}, None
