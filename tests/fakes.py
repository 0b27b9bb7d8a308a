"""A student's code in our own process, where a test needs no isolation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from grader.checks.connection import Connection
from grader.checks.oracle import LocalConnection, Oracle
from grader.checks.plugin import run_checks
from grader.checks.student import Student
from grader.checks.suite import Case, CheckFile, Diagnoses, Mistake, Run, Suite
from grader.model import CheckResult, Visibility, verbatim

HEAD = """
import numpy as np
import pytest
from grader.checks import *
"""


def names(source: str) -> Callable[[], dict[str, Any]]:
    """Gives the names that a source defines, anew at each call."""

    def fresh() -> dict[str, Any]:
        namespace: dict[str, Any] = {"__name__": "student"}
        exec(compile("import numpy as np\n" + source, "<student>", "exec"), namespace)
        return namespace

    return fresh


def student(source: str) -> Student:
    """A proxy over a source."""
    return Student(LocalConnection(names(source)()))


def suite(folder: Path, *, public: str = "", hidden: str = "") -> Suite:
    """A suite of at most one public and one hidden file of checks."""
    files = []
    for visibility, source in ((Visibility.PUBLIC, public), (Visibility.HIDDEN, hidden)):
        if source:
            path = folder / visibility.value / f"test_{visibility.value}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(HEAD + source, "utf-8")
            files.append(CheckFile(path=path, visibility=visibility))
    return Suite(root=folder, files=tuple(files))


def run(
    checks: Suite,
    code: str,
    *,
    reference: str = "",
    mistakes: Mapping[str, str] | None = None,
    seed: int = 0,
    connect: Callable[[Case], Connection] | None = None,
) -> dict[str, CheckResult]:
    """The results of a suite on a student's source, by name."""
    bank = (
        Mistake(id=name, words=verbatim(name), fresh=names(f"{reference}\n{overlay}"))
        for name, overlay in (mistakes or {}).items()
    )
    setup = Run(
        connect=connect or (lambda case: LocalConnection(names(code)())),
        oracle=Oracle(names(reference)),
        seed=seed,
        diagnoses=Diagnoses(mistakes=tuple(bank)),
    )
    return {r.check: r for r in run_checks(checks, setup)}
