"""`%check`: the public checks in a kernel."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from grader.assignment import Assignment, load_assignment
from grader.checks.connection import Interrupted
from grader.checks.timed import TimedConnection
from grader.errors import SourceError
from grader.i18n import language
from grader.model import CheckResult, Outcome, Visibility, text
from grader.notebook.display import Note, Shown, differences, summary
from grader.notebook.live import run_live
from grader.notebook.saved import find_notebook, from_history
from grader.notebook.selecting import select, with_ancestors
from grader.skeleton import write_skeleton

EN = language("en")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("course")
    write_skeleton("tp5", root, title="Mean squared error")
    return root


@pytest.fixture(scope="module")
def assignment(folder: Path) -> Assignment:
    return load_assignment(folder / "assignments" / "tp5")


def kernel(source: str) -> dict[str, Any]:
    """The names that a kernel would have."""
    names: dict[str, Any] = {"__name__": "__main__", "np": np}
    exec(source, names)
    return names


RIGHT = "def mean_squared_error(p, y): return np.mean((p - y) ** 2)\n"
WRONG = "def loss_gradient(p, y): return 2.0 * (p - y)\n"


def live(assignment: Assignment, source: str, *words: str) -> dict[str, CheckResult]:
    results = run_live(assignment, kernel(source), seed=0, only=select(assignment, words))
    return {r.check: r for r in results}


# --- the checks on live objects ---------------------------------------------------------------------------


def test_live_objects_get_the_outcomes_and_sentences_of_the_grading(assignment: Assignment) -> None:
    found = live(assignment, RIGHT + WRONG)

    assert found["loss_value"].outcome is Outcome.PASSED
    assert found["gradient_value"].outcome is Outcome.FAILED
    assert "Every entry is 5 times the expected one." in str(found["gradient_value"].message)


def test_what_is_not_defined_is_missing(assignment: Assignment) -> None:
    assert {r.outcome for r in live(assignment, "").values()} == {Outcome.MISSING}


def test_checking_leaves_the_kernel_s_random_numbers_alone(assignment: Assignment) -> None:
    np.random.seed(7)
    expected = np.random.random(3)
    np.random.seed(7)

    live(assignment, "def mean_squared_error(p, y): return np.random.random()\n")

    assert np.array_equal(np.random.random(3), expected)


def test_what_the_code_prints_is_dropped(assignment: Assignment, capsys: pytest.CaptureFixture[str]) -> None:
    live(assignment, "def mean_squared_error(p, y): print('noise'); return 0.0\n")

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("handler", [signal.default_int_handler, signal.SIG_IGN, signal.SIG_DFL])
def test_a_loop_is_stopped_after_the_limit(handler: Any) -> None:
    before = signal.signal(signal.SIGINT, handler)  # a shell's background jobs ignore interrupts
    try:
        _expect_loop_stopped()
        assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, before)


def _expect_loop_stopped() -> None:
    names = kernel("def f():\n    while True:\n        pass\n")
    line = TimedConnection(names, limit_s=0.2, seed=0)

    with pytest.raises(Interrupted, match="was stopped"):
        line.ask({"do": "call", "on": None, "name": "f", "args": (), "kwargs": {}})


def test_an_interrupt_by_a_person_is_no_answer() -> None:
    names = kernel("def f(): raise KeyboardInterrupt\n")
    line = TimedConnection(names, limit_s=10, seed=0)

    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        line.ask({"do": "call", "on": None, "name": "f", "args": (), "kwargs": {}})


# --- which checks are meant ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("loss_value", {"loss_value"}),
        ("gradient", {"gradient_value"}),
        ("Loss", {"loss_value"}),
        ("mean_squared_error", {"loss_value"}),
        ("grad", {"gradient_value"}),
    ],
)
def test_a_word_means_a_check_a_group_or_a_function(
    assignment: Assignment, word: str, expected: set[str]
) -> None:
    assert select(assignment, [word]) == expected


def test_an_unknown_word_names_the_groups(assignment: Assignment) -> None:
    with pytest.raises(SourceError, match="say one of Loss, Gradient, or nothing for all"):
        select(assignment, ["nonsense"])


def test_what_a_check_builds_on_is_run_with_it() -> None:
    tp4 = load_assignment(Path(__file__).parent.parent / "assignments" / "tp4")
    public = [c for c in tp4.card.checks if c.visibility is Visibility.PUBLIC]
    last = next(c for c in public if c.after)

    assert with_ancestors(public, frozenset({last.name})) >= {last.name, *last.after}


# --- what is shown ----------------------------------------------------------------------------------------


def test_what_a_student_wrote_is_not_live_in_the_display(assignment: Assignment) -> None:
    found = live(assignment, "def mean_squared_error(p, y): raise ValueError('<script>alert(1)</script>')\n")
    shown = Shown(tuple(found.values()), text("In memory:"), "", EN)

    assert "<script>" not in shown._repr_html_()
    assert "&lt;script&gt;" in shown._repr_html_()


def test_hidden_points_are_told_when_all_public_checks_are_shown(assignment: Assignment) -> None:
    found = tuple(live(assignment, RIGHT).values())

    assert summary(found, assignment, EN) == "public 1/2; 2 hidden points not run here"
    assert summary(found[:1], assignment, EN) == "1/1"


def test_a_kernel_that_differs_from_a_fresh_run_is_told(assignment: Assignment) -> None:
    here, there = live(assignment, RIGHT), live(assignment, "")

    told = differences(tuple(here.values()), there, EN)

    assert [str(t) for t in told] == ["loss_value: here passed, from the start not found."]
    assert "from the start not found" in Note(text("They differ."), told, EN)._repr_html_()


# --- the notebook that the kernel belongs to ----------------------------------------------------------------


def test_the_editor_says_which_notebook_it_is(tmp_path: Path) -> None:
    for name in ("a.ipynb", "b.ipynb"):
        (tmp_path / name).write_text("{}")

    assert find_notebook({}, {"JPY_SESSION_NAME": "x/b.ipynb"}, tmp_path, ["*.ipynb"]) == tmp_path / "b.ipynb"
    said = {"__vsc_ipynb_file__": str(tmp_path / "a.ipynb")}
    assert find_notebook(said, {}, tmp_path, ["*.ipynb"]) == tmp_path / "a.ipynb"
    assert find_notebook({}, {}, tmp_path, ["*.ipynb"]) is None


def test_history_becomes_a_notebook_without_our_own_magics() -> None:
    names = {"In": ["", "%load_ext grader", "x = 1", "%check", "y = x"]}

    notebook = from_history(names, "tp5")

    cells = nbformat.reads(notebook.content.decode(), as_version=4).cells
    assert [c.source for c in cells] == ["x = 1", "y = x"]


def test_importing_grader_is_light() -> None:
    code = "import sys, grader; sys.exit(len({'numpy', 'IPython', 'pytest', 'typer'} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def run_in_kernel(folder: Path, *sources: str) -> list[str]:
    """What each cell shows, in a real kernel."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    client = NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    return ["\n".join(_words(o) for o in cell.get("outputs", [])) for cell in notebook.cells]


def _words(output: dict[str, Any]) -> str:
    return str(output.get("data", {}).get("text/plain") or output.get("text", ""))


@pytest.mark.filterwarnings("ignore")  # of the kernel's client
def test_check_works_in_a_real_kernel(folder: Path) -> None:
    saved = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import numpy as np\n" + WRONG)])
    nbformat.write(saved, folder / "tp5.ipynb")

    shown = run_in_kernel(
        folder,
        "%load_ext grader",
        "import numpy as np\n" + RIGHT + WRONG,
        "%check",
        "import grader\ngrader.check('gradient', live=True)",
        "%check --fresh Loss",
        "%check nonsense",
    )

    assert "✔ loss_value 1/1" in shown[2]
    assert "✘ gradient_value 0/1: loss_gradient(p, y): 5 of 5 entries are wrong" in shown[2]
    assert "loss_value: here passed, from the start not found." in shown[2]
    assert "gradient_value" in shown[3] and "loss_value" not in shown[3]
    assert "tp5.ipynb, as it was saved last, run from the start:" in shown[4]
    assert "loss_value 0/1" in shown[4]
    assert shown[5].startswith("UsageError: there is no check called 'nonsense'")
