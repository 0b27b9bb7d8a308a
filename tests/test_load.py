"""Loading as the rest of the grader sees it; the oddities of hand-ins have their own folders and test."""

import json
from collections.abc import Iterator

import pytest

from grader import load
from grader.model import HandedFile, Submission
from tests.loading.forks import Forks

WANTED = load.Wanted(patterns=("tp4*.ipynb", "*.py"), names=("softmax", "relu"))


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    asked = Forks()
    yield asked
    asked.close()


def notebook(*sources: str) -> bytes:
    cells = [{"cell_type": "code", "source": s.splitlines(True), "outputs": []} for s in sources]
    return json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}).encode()


def submission(**files: bytes) -> Submission:
    handed = tuple(HandedFile(path=p.replace("__", "."), content=c) for p, c in files.items())
    return Submission(key="s", name="Student 07", files=handed)


def test_a_notebook_becomes_one_unit_per_code_cell() -> None:
    loaded = load.read(submission(tp4__ipynb=notebook("x = 1", "def relu(x): return x")), WANTED)
    assert loaded.program is not None
    assert [u.label for u in loaded.program.units] == ["cell 1", "cell 2"]


def test_the_file_that_defines_most_is_graded() -> None:
    loaded = load.read(
        submission(tp4__ipynb=notebook("x = 1"), work__py=b"def softmax(o): pass\ndef relu(x): pass"), WANTED
    )
    assert loaded.program is not None and loaded.program.path == "work.py"


@pytest.mark.parametrize("mode", ["definitions", "all"])
def test_a_cell_that_fails_costs_itself_only(forks: Forks, mode: str) -> None:
    units = [
        {"label": "cell 1", "source": "import numpy as np\n%matplotlib inline\n"},
        {"label": "cell 2", "source": "def broken(:\n  pass"},
        {"label": "cell 3", "source": "SHIFT = len([1])\ndef softmax(o):\n    return np.exp(o) + SHIFT\n"},
        {"label": "cell 4", "source": "history = softmax(missing)"},
    ]
    got = forks.load(
        {"units": units, "mode": mode, "names": ["softmax"]}, {}, ("softmax(0.0)", "'history' in globals()")
    )
    assert got["values"] == [2.0, False]
    sentences = [str(t) for t in load.notes_of(got["report"])]
    assert any("cell 2 does not compile" in s for s in sentences)
    assert (mode == "all") == any("cell 4, line 1 raised NameError" in s for s in sentences)


def test_a_trace_shows_the_student_lines_only(forks: Forks) -> None:
    source = "import numpy as np\ndef f(x):\n    return np.linalg.inv(x)\nf(np.zeros((2, 2)))\n"
    got = forks.load({"units": [{"label": "cell 9", "source": source}], "mode": "all"})
    (error,) = got["report"]["units"][0]["errors"]
    assert error["exception"] == "LinAlgError"
    assert [(f["label"], f["line"], f["source"]) for f in error["frames"]] == [
        ("cell 9", 4, "f(np.zeros((2, 2)))"),
        ("cell 9", 3, "return np.linalg.inv(x)"),
    ]


def test_a_report_of_nonsense_gives_no_sentence() -> None:
    nonsense = [None, 3, {}, {"notes": 5}, {"notes": [1, {"code": "x"}, {"code": "unit_failed", "args": {}}]}]
    nonsense.append({"notes": [{"code": "line_not_run", "args": {"label": ["x"], "line": "y"}}]})
    assert [load.notes_of(n) for n in nonsense] == [()] * len(nonsense)


def test_bare_loading_runs_no_call_that_only_makes_a_value(forks: Forks) -> None:
    source = "import os\nRATE = 0.5\nW = os._exit(3)\ndef f():\n    return RATE\n"
    units = [{"label": "cell 1", "source": source}]
    assert "died" in forks.load({"units": units, "mode": "definitions", "names": ["W"]})
    got = forks.load({"units": units, "mode": "bare", "names": ["f", "W"]}, {}, ("f()",))
    assert got["values"] == [0.5]


def test_statements_that_are_needed_share_one_budget(forks: Forks) -> None:
    loop = "while True:\n    W{0} = 1\n"
    source = (
        "".join(loop.format(n) for n in range(6)) + f"def f():\n    return {[f'W{n}' for n in range(6)]}\n"
    )
    source = source.replace("'", "")
    units = [{"label": "tp4.py", "source": source}]
    got = forks.load({"units": units, "names": ["f"], "statement_s": 0.2}, {}, ("f() == [1] * 6",))
    assert got["values"] == [True]
    stopped = [n for n in got["report"]["notes"] if n["code"] == "too_slow"]
    assert len(stopped) == 6


def test_an_earlier_definition_can_be_asked_for(forks: Forks) -> None:
    units = [
        {"label": "cell 1", "source": "def relu(x):\n    return max(x, 0)\n"},
        {"label": "cell 2", "source": "\ndef relu(x):\n    return x\n"},
    ]
    got = forks.load({"units": units, "names": ["relu"]}, {}, ("relu(-1)",))
    assert got["values"] == [-1]
    assert got["report"]["places"] == {"relu": [["cell 1", 1], ["cell 2", 2]]}
    got = forks.load({"units": units, "names": ["relu"], "without": [["cell 2", 2]]}, {}, ("relu(-1)",))
    assert got["values"] == [0]


def test_a_frame_leads_back_to_its_cell(forks: Forks) -> None:
    units = [{"label": "cell 5", "source": "import inspect\n\ndef f(x):\n    return 1 / x\n"}]
    got = forks.load(
        {"units": units, "names": ["f"]},
        {},
        (
            "f.__code__.co_filename",
            "__import__('grader.worker.running', fromlist=['x']).label_of(f.__code__.co_filename)",
            "__import__('inspect').getsource(f)",
        ),
    )
    assert got["values"] == ["<cell 5>", "cell 5", "def f(x):\n    return 1 / x\n"]
