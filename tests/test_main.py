"""The command as it is started: in a process of its own, whatever its terminal can show."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MINI = HERE / "cases" / "mini"
COMMAND = (sys.executable, "-m", "grader")


def environment(**more: str) -> dict[str, str]:
    """Of a process that finds grader and the assignments of the tests."""
    found = {"PYTHONPATH": str(HERE.parent), "GRADER_ASSIGNMENTS": str(HERE / "assignments")}
    return {**os.environ, **found, **more}


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_what_the_terminal_cannot_show_is_replaced(encoding: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        [*COMMAND, "check", "mini", str(MINI / "right" / "mini.py"), "--lang", "fr"],
        env=environment(PYTHONIOENCODING=encoding),
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"5/5" in ended.stdout
    assert "? réussi".encode(encoding, "replace") in ended.stdout


def test_ctrl_c_while_modules_are_imported_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt\n", "utf-8")  # in place of the real one
    ended = subprocess.run(
        [*COMMAND, "list"],
        env=environment(PYTHONPATH=f"{tmp_path}{os.pathsep}{HERE.parent}"),
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr.split(b"\n")) == (
        130,
        b"",
        [b"grader: stopped", b""],
    )
