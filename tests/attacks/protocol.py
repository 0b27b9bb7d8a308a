"""Attempts on the line between the grader and the student's process."""

from __future__ import annotations

from grader.model import Outcome

from .attempt import attempt, either, ended, not_through

CRASHED, TIMEOUT = Outcome.CRASHED, Outcome.TIMEOUT
is_stopped = ended(CRASHED, TIMEOUT)


@attempt("protocol", is_stopped)
def garbage(w):
    """Write noise into the line."""
    speak(bytes(range(255, -1, -1)) * 100)
    return True


@attempt("protocol", is_stopped)
def a_huge_length(w):
    """Announce a header of 4 GB."""
    speak(b"\xff\xff\xff\xff")
    return True


@attempt("protocol", is_stopped)
def huge_buffers(w):
    """Announce arrays of 10 GB."""
    speak(frame({"v": {"d": {"value": {"a": [0, "<f8", [1250000000]]}}}, "b": [10**10]}))
    return True


@attempt("protocol", is_stopped)
def many_buffers(w):
    """Announce a million arrays."""
    speak(frame({"v": 1, "b": [1 << 25] * 100_000}))
    return True


@attempt("protocol", is_stopped)
def an_array_of_objects(w):
    """Send an array whose items are pointers."""
    speak(frame({"v": {"d": {"value": {"a": [0, "|O", [1]]}}}, "b": [8]}, b"\1" * 8))
    return True


@attempt("protocol", is_stopped)
def an_array_of_a_wrong_size(w):
    """Send an array that is shorter than its shape says."""
    speak(frame({"v": {"d": {"value": {"a": [0, "<f8", [1000, 1000]]}}}, "b": [8]}, b"\1" * 8))
    return True


@attempt("protocol", is_stopped)
def negative_sizes(w):
    """Send negative sizes and indices."""
    speak(frame({"v": {"d": {"value": {"a": [-1, "<f8", [-1]]}}}, "b": [-8]}))
    return True


@attempt("protocol", is_stopped)
def nesting_of_frames(w):
    """Send a header of a hundred thousand brackets."""
    speak(frame(b"[" * 100_000))
    return True


@attempt("protocol", is_stopped)
def a_bomb_of_lists(w):
    """Send a header that grows when it is read."""
    speak(frame(b'{"v":[' + b"[]," * 1_300_000 + b'[]],"b":[]}'))
    return True


@attempt("protocol", is_stopped)
def a_number_of_many_digits(w):
    """Send an integer of a million digits."""
    speak(frame(b'{"v":' + b"9" * 1_000_000 + b',"b":[]}'))
    return True


@attempt("protocol", is_stopped)
def a_pickle(w):
    """Send a pickle that would run a command when it is loaded."""
    import pickle

    class Command:
        def __reduce__(self):
            return os.system, ("touch " + w["folder"] + "/left",)

    speak(pickle.dumps(Command()))
    return True


@attempt("protocol", is_stopped)
def something_that_is_no_message(w):
    """Send a frame that is a list."""
    speak(frame({"v": [1, 2], "b": []}))
    return True


@attempt("protocol", lambda seen: seen.value in (None, 7) and seen.outcome in (None, CRASHED))
def an_answer_before_the_question_ends(w):
    """Send an answer of one's own, twice: it counts as the student's answer, and for this check alone."""
    speak(answer(7) + answer(8))
    return True


@attempt("protocol", not_through)
def late_answers(w):
    """Leave a process that answers the questions of the next check."""
    if os.fork() == 0:
        name_me(w["mark"])
        while True:
            speak(answer(1))
            time.sleep(0.001)
    return 1


@attempt("protocol", either(not_through, is_stopped))
def an_answer_after_the_end(w):
    """Answer and end at once."""
    speak(answer(5))
    os._exit(0)


@attempt("protocol", is_stopped)
def silence(w):
    """Close every line and wait."""
    for fd in sockets():
        os.close(fd)
    time.sleep(20)


@attempt("protocol", is_stopped)
def half_an_answer(w):
    """Send half of an answer and wait."""
    speak(answer([1] * 1000)[:100])
    time.sleep(20)


@attempt("protocol", not_through, at_load=True)
def a_report_of_ones_own(w):
    """Send the report of loading oneself, with names that are not there."""
    speak(frame({"v": {"d": {"report": {"d": {"units": [], "defined": {"d": {}}}}}}, "b": []}))


@attempt("protocol", not_through, at_load=True)
def a_fault_of_ours_claimed(w):
    """Claim that the sandbox is broken: no verdict, and a person looks."""
    speak(frame({"v": {"d": {"broken": "x" * 100_000}}, "b": []}))


@attempt("protocol", not_through, at_load=True)
def ends_of_checks_claimed(w):
    """Flood the submission's own line with ends of checks to come."""
    for number in range(1, 200):
        speak(struct.pack(">IIQidQ", 0, 28, number, -1, float("nan"), 1 << 63))


@attempt("protocol", lambda seen: not isinstance(seen.value, bool) or seen.outcome is CRASHED)
def handles_that_lie(w):
    """Send a handle with a huge number and a huge name."""
    speak(frame({"v": {"d": {"value": {"h": [10**18, "x" * 1_000_000]}}}, "b": []}))
    return True


@attempt("protocol", lambda seen: seen.value is None or "\udc80" not in str(seen.value))
def text_that_no_file_holds(w):
    """Send lone surrogates and control characters."""
    return "\udc80\x00\x1b[2J"
