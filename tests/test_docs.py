"""The documentation: its commands run, its references are whole, it builds."""

from __future__ import annotations

import dataclasses
import io
import shlex
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner

from grader import checks
from grader.assignment import load_assignment
from grader.assignment.settings import Settings
from grader.assignment.starter import to_notebook
from grader.checks.suite import CheckMark
from grader.cli import app
from grader.release import make_handout
from grader.skeleton import write_skeleton

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
MAY_WARN = ("doctor",)  # exit code 1 says that this machine could do better


def commands(page: str) -> list[list[str]]:
    """The lines that begin with $ in the blocks marked `console`."""
    blocks = (DOCS / page).read_text("utf-8").split("```console\n")[1:]
    lines = [line for block in blocks for line in block.partition("```")[0].splitlines()]
    return [shlex.split(line[2:]) for line in lines if line.startswith("$ ")]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An instructor's folder, with a hand-in."""
    write_skeleton("tp5", tmp_path, title="Mean squared error")
    source = (tmp_path / "reference" / "tp5.py").read_text("utf-8")
    (tmp_path / "tp5.ipynb").write_bytes(to_notebook(source))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GRADER_ASSIGNMENTS", raising=False)
    return tmp_path


@pytest.fixture
def handout(course: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A student's folder, with all the work done."""
    packed = make_handout(load_assignment(course / "assignments" / "tp5"), seed=0)
    home = course / "home"
    zipfile.ZipFile(io.BytesIO(packed.content)).extractall(home)
    (home / "tp5" / "tp5.ipynb").write_bytes((course / "tp5.ipynb").read_bytes())
    monkeypatch.chdir(home / "tp5")
    return home / "tp5"


def run_all(page: str) -> None:
    found = commands(page)
    assert found, f"{page} shows no command"
    for words in found:
        assert words[0] == "grader"
        result = CliRunner().invoke(app, words[1:])
        allowed = (0, 1) if words[1] in MAY_WARN else (0,)
        assert result.exit_code in allowed, f"{words}: {result.output}"


@pytest.mark.parametrize("page", ["students.md", "students.fr.md"])
def test_what_students_are_told_to_type_works_in_the_handout(handout: Path, page: str) -> None:
    run_all(page)


@pytest.mark.parametrize("page", ["instructors.md", "tas.md", "authoring.md"])
def test_what_staff_is_told_to_type_works(course: Path, page: str) -> None:
    run_all(page)


def keys(section: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in section.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from keys(kind, f"{prefix}{name}.")
        else:
            yield prefix + name


def test_every_key_of_the_settings_is_explained() -> None:
    words = (DOCS / "authoring.md").read_text("utf-8")

    assert [key for key in keys(Settings) if f"| `{key}` |" not in words] == []


def test_every_argument_of_the_marker_is_explained() -> None:
    words = (DOCS / "authoring.md").read_text("utf-8")

    assert [f.name for f in dataclasses.fields(CheckMark) if f"| `{f.name}` |" not in words] == []


def test_every_comparison_of_the_kit_is_explained() -> None:
    words = (DOCS / "authoring.md").read_text("utf-8")

    assert [n for n in checks.__all__ if n.startswith("expect_") and f"`{n}(" not in words] == []


@pytest.mark.filterwarnings("ignore")  # of the tool that builds
def test_the_documentation_builds_without_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    pytest.importorskip("mkdocs")
    from mkdocs.commands.build import build  # noqa: PLC0415 (an extra)
    from mkdocs.config import load_config  # noqa: PLC0415

    build(load_config(str(ROOT / "mkdocs.yml"), strict=True, site_dir=str(tmp_path / "site")))

    assert (tmp_path / "site" / "students.fr" / "index.html").is_file()
