"""Other graders, in environments of their own, on the same notebooks with equivalent tests."""

from __future__ import annotations

import json
import math
import re
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Usage, measure
from bench.notebooks import HandIn

CHECKS = Path(__file__).with_name("peer_checks.py")
COMMON = ("ipykernel", "numpy", "scikit-learn", "matplotlib")
PACKAGES = {"nbconvert": "nbconvert", "otter": "otter-grader", "nbgrader": "nbgrader"}
ENV = {"MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One of the others, installed."""

    name: str
    folder: Path  # its environment

    @property
    def python(self) -> str:
        """Its interpreter."""
        return str(self.folder / "bin" / "python")

    def command(self, name: str) -> str:
        """One of its commands."""
        return str(self.folder / "bin" / name)

    def version(self) -> str:
        """As installed."""
        question = f"from importlib.metadata import version; print(version({PACKAGES[self.name]!r}))"
        return subprocess.run(
            [self.python, "-c", question], check=True, capture_output=True, text=True
        ).stdout.strip()


def install(name: str, folder: Path) -> Peer:
    """The peer in its own environment, made when it is not there."""
    peer = Peer(name=name, folder=folder / name)
    if not Path(peer.python).exists():
        subprocess.run([sys.executable, "-m", "venv", str(peer.folder)], check=True)
        pip = [peer.python, "-m", "pip", "install", "--quiet", PACKAGES[name], *COMMON]
        subprocess.run(pip, check=True, stderr=subprocess.DEVNULL)
    return peer


def run_scripts(class_: Sequence[HandIn], work: Path, python: str) -> list[Usage]:
    """The students' code as plain scripts: no grader at all."""
    usages = []
    for number, hand_in in enumerate(class_):
        path = work / f"{number}.py"
        path.write_text(hand_in.script, "utf-8")
        usages.append(measure([python, str(path)], env=ENV, cwd=work))
    return usages


def run_nbconvert(peer: Peer, class_: Sequence[HandIn], work: Path) -> list[Usage]:
    """`jupyter nbconvert --execute`, one notebook at a time: no tests."""
    usages = []
    for number, hand_in in enumerate(class_):
        path = work / f"{number}.ipynb"
        path.write_bytes(hand_in.notebook)
        command = [peer.command("jupyter-nbconvert"), "--to", "notebook", "--execute", "--allow-errors"]
        usages.append(measure([*command, str(path), "--output", f"{number}-run"], env=ENV, cwd=work))
    return usages


def check_names() -> list[str]:
    """The functions of `peer_checks`."""
    return re.findall(r"^def (check_\w+)", CHECKS.read_text("utf-8"), re.MULTILINE)


# --- Otter ------------------------------------------------------------------------------------------------


def run_otter(peer: Peer, class_: Sequence[HandIn], work: Path) -> list[Usage]:
    """`otter run`, which is Otter without containers, one notebook at a time."""
    tests = work / "tests"
    tests.mkdir()
    source = CHECKS.read_text("utf-8")
    for name in check_names():
        test = (
            "from otter.test_files import test_case\n\nOK_FORMAT = False\n"
            f'name = "{name}"\npoints = 1\n\n\n'
            f"@test_case(points=1)\ndef test_{name}(env):\n    scope = {{}}\n    exec({source!r}, scope)\n"
            f'    scope["{name}"](env)\n'
        )
        (tests / f"{name}.py").write_text(test, "utf-8")
    generate = [peer.command("otter"), "generate", "-t", str(tests), "-o", str(work / "autograder.zip")]
    _must(measure([*generate, "--no-requirements", "--no-environment"], cwd=work, log=work / "generate.log"))
    usages = []
    for number, hand_in in enumerate(class_):
        folder = work / str(number)
        folder.mkdir()
        (folder / "tp4.ipynb").write_bytes(hand_in.notebook)
        command = [peer.command("otter"), "run", "-a", str(work / "autograder.zip"), "-o", str(folder)]
        usage = measure(
            [*command, "--no-logo", str(folder / "tp4.ipynb")],
            env={**ENV, "PATH": f"{peer.folder}/bin:/usr/bin:/bin"},
            cwd=folder,
            log=folder / "log",
        )
        usages.append(_must(usage))
    return usages


def otter_points(work: Path) -> float:
    """What `run_otter` gave to all of the class."""
    found = [json.loads(path.read_text("utf-8")) for path in work.glob("*/results.json")]
    return math.fsum(test.get("score") or 0.0 for results in found for test in results["tests"])


# --- nbgrader ---------------------------------------------------------------------------------------------


def run_nbgrader(peer: Peer, class_: Sequence[HandIn], work: Path) -> tuple[Usage, Usage]:
    """`nbgrader autograde`, then `nbgrader generate_feedback`, for the whole class."""
    (work / "nbgrader_config.py").write_text(
        f'c = get_config()\nc.CourseDirectory.root = {str(work)!r}\nc.CourseDirectory.course_id = "bench"\n'
        "c.ExecutePreprocessor.timeout = 120\n",
        "utf-8",
    )
    source = work / "source" / "tp4" / "tp4.ipynb"
    source.parent.mkdir(parents=True)
    source.write_bytes(_with_tests(class_[0].notebook))
    nbgrader = peer.command("nbgrader")
    env = {**ENV, "PATH": f"{peer.folder}/bin:/usr/bin:/bin"}
    _must(measure([nbgrader, "generate_assignment", "tp4"], cwd=work, env=env, log=work / "generate.log"))
    for number, hand_in in enumerate(class_):
        path = work / "submitted" / f"s{number}" / "tp4" / "tp4.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(_with_tests(hand_in.notebook))
    # a student's mistake makes it exit with 1 in some versions: the results are counted instead
    graded = measure([nbgrader, "autograde", "tp4"], cwd=work, env=env, log=work / "autograde.log")
    told = measure([nbgrader, "generate_feedback", "tp4"], cwd=work, env=env, log=work / "feedback.log")
    done = len(list((work / "feedback").rglob("*.html")))
    if done != len(class_):
        raise RuntimeError(f"nbgrader made {done} pages for {len(class_)} students:\n{graded.output[-3000:]}")
    return graded, told


def nbgrader_points(work: Path) -> float:
    """What `run_nbgrader` gave to all of the class."""
    database = sqlite3.connect(work / "gradebook.db")
    (points,) = database.execute("SELECT total(auto_score) FROM grade").fetchone()
    database.close()
    return float(points)


def _with_tests(notebook: bytes) -> bytes:
    """A notebook with nbgrader's cells: the checks' source, then one locked test cell per check."""
    document = json.loads(notebook)
    cells = document["cells"]
    cells.append(_nbgrader_cell("checks", CHECKS.read_text("utf-8"), points=None))
    for name in check_names():
        cells.append(_nbgrader_cell(name, f"{name}(globals())", points=1))
    return json.dumps(document).encode()


def _nbgrader_cell(name: str, source: str, *, points: int | None) -> dict[str, object]:
    metadata: dict[str, object] = {
        "schema_version": 3,
        "grade_id": name,
        "locked": True,
        "solution": False,
        "grade": points is not None,
        "task": False,
    }
    if points is not None:
        metadata["points"] = points
    return {
        "cell_type": "code",
        "id": name.replace("_", "-"),
        "metadata": {"nbgrader": metadata},
        "source": source,
        "execution_count": None,
        "outputs": [],
    }


def _must(usage: Usage) -> Usage:
    if usage.status != 0:
        raise RuntimeError(f"ended with {usage.status}:\n{usage.output[-3000:]}")
    return usage
