"""Large hand-ins; run as a script on one, it reads it and prints what that cost."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

MB = 1_000_000


def _notebook(outputs: object) -> bytes:
    cell = {"cell_type": "code", "metadata": {}, "outputs": outputs, "source": ["def softmax(o): ...\n"]}
    return json.dumps({"cells": [cell] * 10, "nbformat": 4, "metadata": {}}, ensure_ascii=False).encode()


def _image() -> bytes:
    return _notebook([{"output_type": "display_data", "data": {"image/png": "iVBORw0K" * 620_000}}])


def _lines() -> bytes:
    return _notebook([{"output_type": "stream", "text": ['epoch 3 "loss" 神经 [0.1]\n'] * 130_000}])


def _nested() -> bytes:
    return _notebook([{"data": {"x": [{"a": [[7, {}]]}] * 220_000}}])


KINDS: dict[str, Callable[[], bytes]] = {
    "image": _image,
    "lines": _lines,
    "nested": _nested,
    "image cut": lambda: _image()[: -3 * MB],
    "lines cut": lambda: _lines()[: -3 * MB],
    "nested cut": lambda: _nested()[: -3 * MB],
    "utf-16": lambda: _lines().decode()[: 25 * MB].encode("utf-16"),
    "brackets": lambda: b'{"cells":[' * (5 * MB),
    "strings": lambda: b'{"cells":[' + b'"",' * (16 * MB),
    "starts": lambda: b'{"cell_type":"code","source":["x' * (MB + MB // 2),
    "outputs without end": lambda: b'"outputs":["source":' * (MB * 5 // 2),
    "escapes": lambda: b'{"cells":[{"cell_type":"code","source":"' + b"\\n" * (24 * MB) + b'"}]}',
    "one line of latin-1": lambda: (
        b'{"cells":[{"cell_type":"code","source":"' + b"\xe9" * (49 * MB) + b'"}]}'
    ),
    "conflicts": lambda: b"<<<<<<< a\n=======\n>>>>>>> b\n" * (MB * 17 // 10),
    "zeros": lambda: b"{" + b"\0" * (50 * MB),
    "documents": lambda: b"{}" * (25 * MB),
    "half starts": lambda: b'{"cell_type":"code","source":["x\\n","y\\n",' * 50_000,
}


def read(path: Path) -> None:
    """Print what reading a file took in this process: CPU seconds, also as looks, and the highest memory.

    A look is one search by a small expression through as many characters as the file may have bytes: what a
    machine is fast at differs by more than any bound in seconds allows.
    """
    file = HandedFile(path="tp4.ipynb", content=path.read_bytes())
    wanted = load.Wanted(patterns=("*.ipynb",), names=("softmax",))
    begin = time.process_time()
    loaded = load.read(Submission(key="s", name="n", files=(file,)), wanted)
    cost = {
        "cpu_s": time.process_time() - begin,
        "bytes": _highest_bytes(),
        "read": loaded.program is not None,
    }
    begin = time.process_time()
    re.search(r"y[a-m]z", "xy" * (25 * MB))
    cost["looks"] = cost["cpu_s"] / (time.process_time() - begin)
    sys.stdout.write(json.dumps(cost))


def _highest_bytes() -> int:
    """The most memory that this process ever held; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    words = status.read_text() if status.exists() else ""
    found = re.search(r"VmHWM:\s+(\d+) kB", words)
    return int(found[1]) * 1024 if found else 0


if __name__ == "__main__":
    from grader import load
    from grader.model import HandedFile, Submission

    read(Path(sys.argv[1]))
