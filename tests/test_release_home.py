"""At home as in class: every TP's handout, in the environment that its own wheel makes."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grader.assignment import Assignment, load_assignment
from grader.assignment.oracles import names_of
from grader.assignment.starter import to_notebook
from grader.checks.oracle import LocalConnection, Oracle
from grader.checks.plugin import run_checks
from grader.checks.suite import Run
from grader.discover import fetch, find
from grader.grade import Desk, grade_submission, open_desk
from grader.model import CheckResult, Submission, Visibility
from grader.release import make_handout
from grader.sandbox import open_slot

ROOT = Path(__file__).parent.parent
TPS = ("tp2", "tp3", "tp4")
pytestmark = pytest.mark.slow

KERNEL = """
import sys
import nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
notebook.cells = [c for c in notebook.cells if "__main__" not in c.source]
notebook.cells += [nbformat.v4.new_code_cell(s) for s in ("%load_ext grader", "%check --live --lang en")]
NotebookClient(notebook, timeout=300, kernel_name="python3", allow_errors=True).execute()
print(notebook.cells[-1]["outputs"][0]["data"]["text/plain"])
"""


@pytest.fixture(scope="module", params=TPS)
def assignment(request: pytest.FixtureRequest) -> Assignment:
    return load_assignment(ROOT / "assignments" / request.param)


@pytest.fixture(scope="module")
def folder(assignment: Assignment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked handout."""
    where = tmp_path_factory.mktemp("home")
    packed = make_handout(assignment, seed=0)
    zipfile.ZipFile(io.BytesIO(packed.content)).extractall(where)
    return where / assignment.id


@pytest.fixture(scope="module")
def home(assignment: Assignment, folder: Path) -> Assignment:
    return load_assignment(folder / "assignments" / assignment.id)


def verdicts(results: tuple[CheckResult, ...]) -> list[tuple[str, str, float]]:
    public = [r for r in results if r.visibility is Visibility.PUBLIC]
    return [(r.check, r.outcome.value, r.points) for r in public]


def test_the_bank_gets_the_same_public_verdicts_at_home_and_in_class(
    assignment: Assignment, home: Assignment
) -> None:
    assert assignment.reference is not None
    there, here = assignment.oracle(), home.oracle()

    def run(of: Assignment, oracle: Oracle, overlay: object) -> tuple[CheckResult, ...]:
        fresh = names_of(assignment.reference, overlay)  # type: ignore[arg-type]
        setup = Run(connect=lambda case: LocalConnection(fresh()), oracle=oracle, seed=0)
        return run_checks(of.suite.only(Visibility.PUBLIC), setup)

    differing = [
        overlay.id
        for overlay in (*assignment.mistakes, *assignment.variants)
        if verdicts(run(assignment, there, overlay)) != verdicts(run(home, here, overlay))
    ]

    assert differing == []


def test_the_demo_class_gets_the_same_public_verdicts_at_home_and_in_class(
    assignment: Assignment, home: Assignment
) -> None:
    source = ROOT / "submissions" / f"{assignment.id}.zip"
    if not source.is_file():
        pytest.skip(f"no class handed in {assignment.id}")
    people = [fetch(e) for e in find([source], timezone="Europe/Paris").entries]
    with (
        open_slot(isolation="auto", preload=assignment.preload()) as strong,
        open_slot(isolation="portable", preload=home.preload()) as portable,
    ):
        klass = open_desk(assignment, strong, seed=0)
        alone = open_desk(home, portable, seed=0, public_only=True)
        differing = [p.key for p in people if _graded(p, klass) != _graded(p, alone)]

    assert differing == []


def _graded(submission: Submission, desk: Desk) -> list[tuple[str, str, float]]:
    return verdicts(grade_submission(submission, desk).result.checks)


@pytest.fixture(scope="module")
def python(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the handout's wheel, and the kernel that Jupyter would bring."""
    where = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", where], check=True)
    found = where / ("Scripts" if os.name == "nt" else "bin") / "python"
    wheel = next(folder.glob("*.whl"))
    command = [found, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, "ipykernel"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return found


def in_environment(python: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    keep = ("PATH", "HOME", "TMPDIR", "SYSTEMROOT")
    environment = {k: os.environ[k] for k in keep if k in os.environ} | {"LANG": "C.UTF-8"}
    command = [str(python), *words]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def test_in_an_environment_of_its_own_the_handout_grades_starter_and_reference(
    assignment: Assignment, folder: Path, python: Path
) -> None:
    assert assignment.reference is not None
    notebook = f"{assignment.id}.ipynb"
    points = f"{assignment.public_points():g}"
    script = folder.parent / "kernel.py"
    script.write_text(KERNEL)

    for content, expected, code in (
        ((folder / notebook).read_bytes(), f"public 0/{points};", 1),
        (to_notebook(assignment.reference.read_text("utf-8")), f"public {points}/{points};", 0),
    ):
        (folder / notebook).write_bytes(content)
        terminal = in_environment(python, folder, "-m", "grader", "check", notebook)
        kernel = in_environment(python, folder, str(script), notebook)

        assert terminal.returncode == code, terminal.stdout + terminal.stderr
        assert expected in terminal.stdout
        assert expected in kernel.stdout, kernel.stdout + kernel.stderr
        assert "broken" not in terminal.stdout + kernel.stdout
