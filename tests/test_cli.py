"""The command line: what it leaves, what it says, how it ends."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import typer

from grader.cli import app, main

HERE = Path(__file__).parent
MINI = HERE / "cases" / "mini"


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


Cli = Callable[..., Ended]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    """Runs the command line in an empty folder, with the assignments of the tests."""
    monkeypatch.setenv("GRADER_ASSIGNMENTS", str(HERE / "assignments"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Ended:
        capsys.readouterr()
        try:
            main([str(a) for a in arguments])
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        out, err = capsys.readouterr()
        return Ended(code, out, err)

    return run


@pytest.fixture
def classroom(tmp_path: Path) -> Path:
    """A folder of hand-ins."""
    root = tmp_path / "class"
    for name in ("right", "overflows", "returns_nan", "empty_notebook"):
        shutil.copytree(MINI / name, root / name, ignore=shutil.ignore_patterns("expected.json"))
    return root


def test_list_shows_the_assignments(cli: Cli) -> None:
    ended = cli("list")
    assert ended.code == 0
    assert re.search(
        r"mini +A small assignment for tests +31 January 2026.* +10 +4 public, 3 hidden", ended.out
    )


@pytest.mark.parametrize("arguments", [("list",), ("check", "mini", "mini.py"), ("check",), ("validate",)])
def test_a_folder_of_assignments_that_does_not_exist_is_named(
    arguments: tuple[str, ...], cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADER_ASSIGNMENTS", str(tmp_path / "nowhere"))
    ended = cli(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert f"there is no folder {tmp_path / 'nowhere'}, which GRADER_ASSIGNMENTS names: set it" in ended.err


def test_the_path_of_an_assignment_needs_no_folder_of_assignments(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADER_ASSIGNMENTS", str(tmp_path / "nowhere"))
    assert cli("check", HERE / "assignments" / "mini", MINI / "right" / "mini.py").code == 0


def test_a_right_hand_in_passes_its_check(cli: Cli, tmp_path: Path) -> None:
    page, results = tmp_path / "page.html", tmp_path / "results.json"
    ended = cli("check", "mini", MINI / "right" / "mini.py", "--html", page, "--json", results)
    assert ended.code == 0, ended
    assert "public 5/5; 5 hidden points not run here" in ended.out
    assert "softmax_vectorised" not in ended.out + page.read_text("utf-8") + results.read_text("utf-8")
    document = json.loads(results.read_text("utf-8"))
    assert (document["schema"], document["assignment"]) == (1, "mini")
    assert {c["outcome"] for c in document["submissions"][0]["checks"]} == {"passed"}


def test_a_folder_of_ones_own_is_one_hand_in(cli: Cli, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    right = (MINI / "right" / "mini.py").read_text("utf-8")
    (work / "mini.py").write_text(f"{right}\nfrom extra import softmax\n", "utf-8")
    (work / "extra.py").write_text(right, "utf-8")
    assert "public 5/5" in cli("check", "mini", work).out


def test_a_wrong_hand_in_fails_its_check_with_a_sentence(cli: Cli) -> None:
    ended = cli("check", "mini", MINI / "returns_nan" / "mini.py")
    assert ended.code == 1
    assert "entries are not finite" in " ".join(ended.out.split())
    assert "public 2/5" in ended.out


def test_a_class_leaves_everything_that_it_should(cli: Cli, classroom: Path, tmp_path: Path) -> None:
    out, copy = tmp_path / "out", tmp_path / "copy.json"
    ended = cli("grade", "mini", classroom, "-o", out, "--json", copy, "--unsafe-no-isolation", "--jobs", 1)
    assert ended.code == 1, ended  # one cannot be read
    names = {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()}
    assert {"index.html", "grades.sqlite", "grades.csv", "results.json"} <= names
    assert {f"students/{k}.html" for k in ("right", "overflows", "returns-nan", "empty-notebook")} <= names
    assert copy.read_bytes() == (out / "results.json").read_bytes()
    rows = {s["key"]: s for s in json.loads(copy.read_text("utf-8"))["submissions"]}
    assert {k: (s["state"], s["points"]) for k, s in rows.items()} == {
        "right": ("graded", 10.0),
        "overflows": ("graded", 9.0),
        "returns-nan": ("graded", 6.0),
        "empty-notebook": ("unreadable", 0.0),
    }
    assert set(rows["right"]) >= {
        "key",
        "name",
        "identifier",
        "files",
        "message",
        "out_of",
        "late",
        "final",
        "checks",
    }
    assert set(rows["right"]["checks"][0]) >= {
        *("check", "group", "visibility", "outcome", "points", "out_of", "message", "mistakes")
    }


@pytest.mark.parametrize("below", ["", "results"])
def test_results_do_not_go_among_the_hand_ins(cli: Cli, classroom: Path, below: str) -> None:
    before = sorted(classroom.rglob("*"))
    ended = cli("grade", "mini", classroom, "-o", classroom / below, "--unsafe-no-isolation")
    assert ended.code == 2
    assert "would be taken for a hand-in" in ended.err
    assert sorted(classroom.rglob("*")) == before


def test_report_makes_the_same_files_again(cli: Cli, classroom: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    cli("grade", "mini", classroom, "-o", out, "--unsafe-no-isolation", "--jobs", 1, "--after-due")
    made = {
        p: p.read_bytes() for p in out.rglob("*") if p.is_file() and p.suffix in (".html", ".csv", ".json")
    }
    for path in made:
        path.unlink()
    assert cli("report", out, "--after-due").code == 0
    assert {p: p.read_bytes() for p in made} == made


def test_a_second_run_runs_nothing_again(cli: Cli, classroom: Path, tmp_path: Path) -> None:
    arguments = ("grade", "mini", classroom, "-o", tmp_path / "out", "--unsafe-no-isolation", "--jobs", 1)
    cli(*arguments)
    before = (tmp_path / "out" / "results.json").read_bytes()
    ended = cli(*arguments)
    assert "unchanged since last time" in ended.out
    assert (tmp_path / "out" / "results.json").read_bytes() == before


def test_french_is_spoken_on_request(cli: Cli) -> None:
    ended = cli("check", "mini", MINI / "returns_nan" / "mini.py", "--lang", "fr")
    assert "5 points cachés non vérifiés ici" in ended.out
    assert "ne sont pas" in " ".join(ended.out.split())


def bad_inputs(tmp_path: Path) -> dict[str, tuple[list[object], str]]:
    """Command lines that cannot be right, and a piece of what is said."""
    out = tmp_path / "out"
    right = MINI / "right" / "mini.py"
    not_zip = tmp_path / "class.zip"
    not_zip.write_bytes(b"this is no zip")
    cut_zip = tmp_path / "cut.zip"
    with zipfile.ZipFile(cut_zip, "w") as archive:
        archive.writestr("Ada Example_1_assignsubmission_file/mini.py", "x = 1\n" * 1000)
    cut_zip.write_bytes(cut_zip.read_bytes()[:-40])
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("a,b\n1,2\n", "utf-8")
    empty = tmp_path / "nobody"
    empty.mkdir()
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "grades.sqlite").write_bytes(b"not a database" * 100)
    grade = ["grade", "mini"]
    end = ["-o", out, "--unsafe-no-isolation", "--jobs", 1]
    return {
        "unknown TP": (["check", "tp99", right], "there is no assignment 'tp99'"),
        "missing file": (["check", "mini", tmp_path / "nothing.py"], "nothing.py"),
        "missing source": ([*grade, tmp_path / "nothing", *end], "nothing"),
        "not a zip": ([*grade, not_zip, *end], "class.zip"),
        "cut zip": ([*grade, cut_zip, *end], "cut.zip"),
        "empty folder": ([*grade, empty, *end], "no hand-in"),
        "wrong worksheet": ([*grade, MINI / "right", "--worksheet", sheet, *end], "sheet.csv"),
        "missing worksheet": ([*grade, MINI / "right", "--worksheet", tmp_path / "no.csv", *end], "no.csv"),
        "no database": ([*grade, MINI / "right", "-o", foreign, "--unsafe-no-isolation"], "foreign"),
        "report of nothing": (["report", tmp_path / "nothing"], "nothing"),
        "no folder for json": (
            [*grade, MINI / "right", "--json", tmp_path / "no" / "f.json", *end],
            "f.json",
        ),
        "folder for json": ([*grade, MINI / "right", "--json", empty, *end], "nobody is a folder"),
        "no folder for a page": (
            ["check", "mini", right, "--html", tmp_path / "no" / "x.html"],
            f"there is no folder {tmp_path / 'no'}: make it, or name another file for --html",
        ),
        "folder for a page": (["check", "mini", right, "--html", empty], "nobody is a folder: name a file"),
        "long name for results": (
            ["check", "mini", right, "--json", tmp_path / ("x" * 300)],
            "name another file for --json",
        ),
        "folder for a proof": (["validate", "mini", "--html", empty], "nobody is a folder: name a file"),
        "portable unasked": (
            [*grade, MINI / "right", "-o", out, "--isolation", "portable"],
            "--unsafe-no-isolation",
        ),
        "unknown verb": (["grad"], "grad"),
        "unknown tier": ([*grade, right, "-o", out, "--isolation", "perfect"], "perfect"),
    }


def files_of(folder: Path) -> dict[Path, bytes]:
    """Every file but the lock of a run."""
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != ".grader.lock"}


BAD_INPUTS = (
    *("unknown TP", "missing file", "missing source", "not a zip", "cut zip", "empty folder"),
    *("wrong worksheet", "missing worksheet", "no database", "report of nothing", "no folder for json"),
    *("folder for json", "no folder for a page", "folder for a page", "long name for results"),
    *("folder for a proof", "portable unasked", "unknown verb", "unknown tier"),
)


@pytest.mark.parametrize("name", BAD_INPUTS)
def test_bad_input_gets_a_sentence_and_loses_nothing(name: str, cli: Cli, tmp_path: Path) -> None:
    arguments, words = bad_inputs(tmp_path)[name]
    before = files_of(tmp_path)
    ended = cli(*arguments)
    assert ended.code == 2
    assert words in " ".join(ended.err.split())
    assert "Traceback" not in ended.err
    assert files_of(tmp_path) == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("option", ["--html", "--json"])
def test_a_page_that_cannot_be_written_takes_nothing_from_what_is_shown(option: str, cli: Cli) -> None:
    ended = cli("check", "mini", MINI / "right" / "mini.py", option, "/dev/full")
    assert ended.code == 2
    assert "public 5/5" in ended.out
    assert ended.err.startswith("grader: /dev/full cannot be written (No space left on device): name another")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_results_that_cannot_be_copied_take_nothing_from_the_summary(cli: Cli, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ("-o", out, "--unsafe-no-isolation", "--jobs", 1, "--json", "/dev/full")
    ended = cli("grade", "mini", MINI / "right", *arguments)
    assert ended.code == 2
    assert "class page" in ended.out
    assert "/dev/full cannot be written" in ended.err


def test_an_output_folder_of_another_assignment_is_refused(cli: Cli, classroom: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    cli("grade", "mini", classroom, "-o", out, "--unsafe-no-isolation", "--jobs", 1)
    other = tmp_path / "assignments" / "other"
    shutil.copytree(HERE / "assignments" / "mini", other)
    shutil.copy(HERE / "reference" / "mini.py", other / "other.py")
    before = (out / "grades.sqlite").read_bytes()
    ended = cli("grade", other, classroom, "-o", out, "--unsafe-no-isolation", "--jobs", 1)
    assert ended.code == 2
    assert "mini" in ended.err
    assert (out / "grades.sqlite").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("list",), "grader: stopped\n"),
        (
            ("grade", "mini", MINI / "right", "-o", "out", "--unsafe-no-isolation", "--jobs", 1),
            "grader: stopped; what was graded is kept, and the same command goes on\n",
        ),
    ],
)
def test_ctrl_c_is_told_in_one_line(
    arguments: tuple[object, ...],
    words: str,
    cli: Cli,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "assignments" / "mini"
    shutil.copytree(HERE / "assignments" / "mini", folder)
    (tmp_path / "reference").mkdir()
    shutil.copy(HERE / "reference" / "mini.py", tmp_path / "reference")
    (folder / "checks" / "public" / "test_stop.py").write_text("raise KeyboardInterrupt\n", "utf-8")
    monkeypatch.setenv("GRADER_ASSIGNMENTS", str(folder.parent))
    assert cli(*arguments) == (130, "", words)


def _commands() -> dict[str, typer.core.TyperCommand]:
    found = {}
    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        subcommands = getattr(command, "commands", None)
        if subcommands:
            found |= {f"{name} {sub}": c for sub, c in subcommands.items()}
        else:
            found[name] = command
    return found


@pytest.mark.parametrize("name", sorted(_commands()))
def test_every_verb_has_help_an_example_and_its_place_in_the_readme(name: str) -> None:
    command = _commands()[name]
    words = command.help or ""
    assert words.splitlines()[0].endswith(".")
    assert f"Example: grader {name}" in " ".join(words.split())
    assert f"grader {name.split()[0]}" in (HERE.parent / "README.md").read_text("utf-8")
    for parameter in command.params:
        assert getattr(parameter, "help", None) or parameter.name == "help", parameter.name


def test_a_lab_is_written_released_checked_and_graded_by_commands_alone(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADER_ASSIGNMENTS", str(tmp_path / "assignments"))
    assert cli("new", "tp6", "--title", "Mean squared error").code == 0
    assert cli("validate", "tp6", "--isolation", "portable", "--no-mutants").code == 0
    assert cli("release", "tp6", "-o", tmp_path / "tp6.zip").code == 0
    with zipfile.ZipFile(tmp_path / "tp6.zip") as archive:
        archive.extractall(tmp_path / "home")
    (home,) = (tmp_path / "home").iterdir()
    monkeypatch.delenv("GRADER_ASSIGNMENTS")
    monkeypatch.chdir(home)
    starter = cli("check", "tp6.py")
    assert (starter.code, starter.out.count("passed")) == (1, 0)
    shutil.copy(tmp_path / "reference" / "tp6.py", home / "tp6.py")
    assert cli("check", "tp6.py").code == 0
    work = tmp_path / "class" / "Ada Example"
    work.mkdir(parents=True)
    shutil.copy(home / "tp6.py", work)
    monkeypatch.chdir(tmp_path)
    graded = cli("grade", "tp6", work.parent, "-o", tmp_path / "out", "--unsafe-no-isolation", "--jobs", 1)
    assert graded.code == 0, graded
    (row,) = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))["submissions"]
    assert row["points"] == row["out_of"]
