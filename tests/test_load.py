import json

from grader import load
from grader.model import HandedFile, Submission
from grader.worker import running

WANTED = load.Wanted(patterns=("tp4*.ipynb", "*.py"), names=("softmax", "relu"))


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


def test_the_file_that_defines_most_is_graded_and_the_choice_told() -> None:
    loaded = load.read(
        submission(tp4__ipynb=notebook("x = 1"), work__py=b"def softmax(o): pass\ndef relu(x): pass"), WANTED
    )
    assert loaded.program is not None and loaded.program.path == "work.py"
    assert "work.py was graded" in str(loaded.notes[0])


def test_a_cell_that_fails_costs_itself_only() -> None:
    units = [
        {"label": "cell 1", "source": "import numpy as np\n%matplotlib inline\n"},
        {"label": "cell 2", "source": "def broken(:\n  pass"},
        {"label": "cell 3", "source": "SHIFT = len([1])\ndef softmax(o):\n    return np.exp(o) + SHIFT\n"},
        {"label": "cell 4", "source": "history = softmax(missing)"},
    ]
    for mode in ("definitions", "all"):
        namespace, report = running.load({"units": units, "mode": mode, "names": ["softmax"]})
        assert namespace["softmax"](0.0) == 2.0
        assert "history" not in namespace
        sentences = [str(t) for t in load.notes_of(report)]
        assert any("cell 2 does not compile" in s for s in sentences)
        assert (mode == "all") == any("cell 4, line 1 raised NameError" in s for s in sentences)
