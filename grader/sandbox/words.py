"""Why a student's process was stopped or died, in a sentence."""

from __future__ import annotations

import signal

from grader.checks.connection import Interrupted
from grader.model import Limits, Outcome, text

MEGABYTE = 1 << 20
_NAMES = {number.value: number.name for number in signal.Signals}
_MEANINGS = {
    "SIGSEGV": "segmentation fault",
    "SIGABRT": "abort",
    "SIGFPE": "arithmetic fault",
    "SIGILL": "illegal instruction",
    "SIGBUS": "bus error",
}


class WorkerBroken(RuntimeError):
    """The sandbox did not do what we built it for: no verdict about anybody's code."""


def _whole(number: float) -> int | float:
    """5.0 is told as 5."""
    return int(number) if number == int(number) else number


def too_long_to_load(limits: Limits) -> Interrupted:
    """The wall limit of loading."""
    sentence = text("Loading took longer than {limit_s} s and was stopped.", limit_s=_whole(limits.load_s))
    return Interrupted(Outcome.TIMEOUT, sentence)


def too_long(limits: Limits) -> Interrupted:
    """The wall limit of a check."""
    sentence = text("This took longer than {limit_s} s and was stopped.", limit_s=_whole(limits.check_s))
    return Interrupted(Outcome.TIMEOUT, sentence)


def too_much_memory(limits: Limits, seen_bytes: int) -> Interrupted:
    """The memory of the whole tree of processes."""
    sentence = text(
        "It used {seen_mb} MB of memory and was stopped; the limit is {limit_mb} MB.",
        seen_mb=seen_bytes // MEGABYTE,
        limit_mb=limits.memory_bytes // MEGABYTE,
    )
    return Interrupted(Outcome.MEMORY, sentence)


def too_many_processes(limits: Limits) -> Interrupted:
    """The number of processes."""
    sentence = text(
        "It started more than {limit} processes or threads and was stopped.", limit=limits.processes
    )
    return Interrupted(Outcome.CRASHED, sentence)


def too_much_output(limits: Limits) -> Interrupted:
    """What was printed."""
    sentence = text(
        "It printed more than {limit_mb} MB and was stopped.", limit_mb=limits.output_bytes // MEGABYTE
    )
    return Interrupted(Outcome.CRASHED, sentence)


def too_many_files(limit: int) -> Interrupted:
    """The number of files."""
    return Interrupted(Outcome.CRASHED, text("It made more than {limit} files and was stopped.", limit=limit))


def nonsense() -> Interrupted:
    """Something on the wire that is no answer."""
    return Interrupted(Outcome.CRASHED, text("The process sent something that is not an answer."))


def silent() -> Interrupted:
    """A loaded submission that no longer reacts."""
    return Interrupted(Outcome.CRASHED, text("The process did not react any more after loading."))


def given_up(times: int) -> Interrupted:
    """A submission whose process died too often."""
    sentence = text("The process died {times} times; it was not started again.", times=times)
    return Interrupted(Outcome.CRASHED, sentence)


def died(exit_code: int | None) -> Interrupted:
    """The process ended by itself or by a signal, as `Popen.returncode` says."""
    if exit_code is None:
        return Interrupted(Outcome.CRASHED, text("The process ended before it answered."))
    if exit_code >= 0:
        sentence = text("The process ended itself with exit code {code} before it answered.", code=exit_code)
        return Interrupted(Outcome.CRASHED, sentence)
    name = _NAMES.get(-exit_code, str(-exit_code))
    if name == "SIGXCPU":
        return Interrupted(Outcome.TIMEOUT, text("It used more processor time than allowed and was stopped."))
    words = f"{name} ({_MEANINGS[name]})" if name in _MEANINGS else name
    return Interrupted(Outcome.CRASHED, text("The process was ended by signal {signal}.", signal=words))
