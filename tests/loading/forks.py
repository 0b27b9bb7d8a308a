"""A process that loads hand-ins, each in a fork; `Forks` asks it. Run as a script, it is that process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class Forks:
    """Asks the process to load programs and evaluate expressions in what comes out."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        )

    def load(
        self,
        request: dict[str, Any],
        files: dict[str, bytes] | None = None,
        expressions: tuple[str, ...] = (),
    ) -> dict[str, Any]:
        """Report, values of the expressions, and what was printed; or how the child died."""
        with tempfile.TemporaryDirectory() as folder:
            for path, content in (files or {}).items():
                target = Path(folder, "work", path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            Path(folder, "work").mkdir(exist_ok=True)
            order = {"folder": folder, "request": request, "expressions": expressions}
            assert self._process.stdin and self._process.stdout
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
            answer: dict[str, Any] = json.loads(self._process.stdout.readline())
            return answer

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def _serve() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        answer = Path(order["folder"], "answer.json")
        pid = os.fork()
        if pid == 0:
            _child(order, answer)
        _, status = os.waitpid(pid, 0)
        words = answer.read_text() if answer.exists() else json.dumps({"died": status})
        sys.stdout.write(words + "\n")
        sys.stdout.flush()


def _child(order: dict[str, Any], answer: Path) -> None:
    output = os.open(order["folder"] + "/printed", os.O_WRONLY | os.O_CREAT)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    signal.alarm(30)  # a case that hangs fails
    os.chdir(order["folder"] + "/work")
    np.random.seed(0)
    result: dict[str, Any] = {}
    try:
        namespace, result["report"] = running.load(order["request"])
        result["values"] = [_value(expression, namespace) for expression in order["expressions"]]
    except BaseException:
        result = {"broken": traceback.format_exc()}
    answer.write_text(json.dumps(result))
    os._exit(0)


def _value(expression: str, namespace: dict[str, Any]) -> Any:
    try:
        value = eval(expression, {**namespace, "np": np})
        value = list(value) if isinstance(value, tuple) else value
        value = value.tolist() if isinstance(value, np.ndarray | np.generic) else value
        json.dumps(value)
        return value
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    import signal
    import traceback

    import numpy as np

    from grader.worker import running

    _serve()
