"""Where student code comes from: file names for the compiler, and tracebacks of the student's own lines.

A unit labelled "cell 7" is compiled under the file name "<cell 7>", and its lines lie in `linecache`, so
that `inspect.getsource` works and a frame's file name leads back to the label. A handed-in module keeps
its path relative to the working directory as its label: "<helper.py>".
"""

from __future__ import annotations

import linecache
import traceback
from types import TracebackType

MAX_MESSAGE = 500  # characters of an exception's message that are kept
MAX_LINE = 200  # characters of a source line that are kept
MAX_FRAMES = 12


def register(label: str, source: str) -> str:
    """The file name to compile `source` under; its lines can be found by it from now on."""
    filename = f"<{label}>"
    lines = [f"{line}\n" for line in source.split("\n")]  # as the compiler counts them
    linecache.cache[filename] = (len(source), None, lines, filename)
    return filename


def label_of(filename: str) -> str:
    """The label of the unit that was compiled under `filename`; empty for code that is not the student's."""
    if filename.startswith("<") and filename.endswith(">") and filename in linecache.cache:
        return filename[1:-1]
    return ""


def line_of(label: str, line: int) -> str:
    """One line of a unit's source as text, cut to size."""
    return linecache.getline(f"<{label}>", line).strip()[:MAX_LINE]


def trace_of(error: BaseException) -> dict[str, object]:
    """An exception of student code as plain data: its type's name, its message, the student's own lines.

    Frames of libraries and of ours are left out; the last of the student's frames is where it happened.
    """
    frames = _frames(error.__traceback__)
    if isinstance(error, SyntaxError) and label_of(str(error.filename)):
        label, line = label_of(str(error.filename)), int(error.lineno or 1)
        frames.append({"label": label, "line": line, "function": "", "source": line_of(label, line)})
    return {
        "exception": _clean(type(error).__name__, 80),
        "message": message_of(error),
        "frames": frames[-MAX_FRAMES:],
    }


def message_of(error: BaseException) -> str:
    """What an exception says, cut to size; empty where its own `__str__`, student code, fails."""
    try:
        words = error.msg if isinstance(error, SyntaxError) else str(error)
        return _clean(str(words), MAX_MESSAGE)
    except BaseException:
        return ""


def _frames(start: TracebackType | None) -> list[dict[str, object]]:
    frames: list[dict[str, object]] = []
    for frame, line in traceback.walk_tb(start):
        label = label_of(frame.f_code.co_filename)
        if label:
            name = frame.f_code.co_name
            function = "" if name == "<module>" else _clean(name, 80)
            frames.append(
                {"label": label, "line": line, "function": function, "source": line_of(label, line)}
            )
            del frames[:-2000]  # a recursion too deep: only the end is shown
    return frames


def _clean(words: str, size: int) -> str:
    return words[:size].encode("utf-8", "replace").decode()
