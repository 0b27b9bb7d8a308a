"""The sample class is what its script makes, and Moodle's form is kept."""

from __future__ import annotations

import csv
import importlib.util
import io
import re
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[2] / "submissions"
ENTRY = re.compile(r"^([^_/]*)_(\d+)_assignsubmission_file/(.+)$")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_class", FOLDER / "make_class.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_class"] = module
    spec.loader.exec_module(module)
    return module


def _entries(content: bytes) -> dict[str, tuple[bytes, tuple[int, ...]]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {i.filename: (archive.read(i), i.date_time) for i in archive.infolist()}


def _plain(path: str, content: bytes) -> object:
    return _entries(content) if path.endswith(".zip") else content


def test_the_class_in_the_repository_is_what_the_script_makes(script: ModuleType, tmp_path: Path) -> None:
    script.write_class(tmp_path)
    made, kept = (_entries((folder / "tp4.zip").read_bytes()) for folder in (tmp_path, FOLDER))
    assert made.keys() == kept.keys()
    for name, (content, date) in made.items():
        assert date == kept[name][1]
        assert _plain(name, content) == _plain(name, kept[name][0]), name
    assert (tmp_path / "tp4.csv").read_bytes() == (FOLDER / "tp4.csv").read_bytes()


def test_loose_files_and_zip_hold_the_same(script: ModuleType) -> None:
    loose = {p.relative_to(FOLDER / "tp4").as_posix() for p in (FOLDER / "tp4").rglob("*") if p.is_file()}
    inside = {ENTRY.match(n) for n in _entries((FOLDER / "tp4.zip").read_bytes())}
    assert loose == {f"{m[1]} {m[2]}/{m[3]}" for m in inside if m}


def test_every_participant_has_one_row_and_only_those_with_files_an_entry(script: ModuleType) -> None:
    text = (FOLDER / "tp4.csv").read_text("utf-8-sig")
    rows = {r["Identifier"].removeprefix("Participant "): r for r in csv.DictReader(io.StringIO(text))}
    folders = {m[2]: m[1] for n in _entries((FOLDER / "tp4.zip").read_bytes()) if (m := ENTRY.match(n))}
    everyone = script.people()
    assert len(rows) == len(everyone) >= 24
    assert folders == {str(p.identifier): script.moodle_name(p.name) for p in everyone if p.files}
    assert [i for i in rows if i not in folders] == ["52030"]
    assert len({r["Full name"] for r in rows.values()}) < len(rows)  # namesakes


def test_mistakes_made_on_purpose_are_known_ones(script: ModuleType) -> None:
    bank = {p.stem for p in (FOLDER.parent / "assignments" / "tp4" / "mistakes").glob("*.py")}
    assert {m for p in script.people() for m in p.mistakes} <= bank
