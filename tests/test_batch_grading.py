"""A class graded for real: one small assignment, real processes, real files."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import pytest

from bench.own import tiny_assignments
from grader.assignment import load_assignment
from grader.batch import BatchSummary, Event, Finished, doubts, grade_class, grading, kept_worksheet
from grader.batch.parcel import pack
from grader.discover import find
from grader.errors import AssignmentError, StoreError
from grader.grade.build import build_of, digest_of_sources

HAND_INS = {
    "ada": "def softmax(logits):\n    return logits\n",
    "bob": "def softmax(logits):\n    return logits[0]\n",
    "eve": "import os\nos._exit(0)\ndef softmax(logits): return logits\n",
    "kim": "def softmax(logits:\n",
}


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return tiny_assignments(tmp_path) / "tiny"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "class"
    folder.mkdir()
    for name, words in HAND_INS.items():
        (folder / f"{name}.py").write_text(words)
    return folder


def grade(
    tiny: Path, source: Path, out: Path, *, worksheet: Path | None = None, **options: object
) -> tuple[BatchSummary, list[Event]]:
    events: list[Event] = []
    settings = {"jobs": 1, "isolation": "portable", "seed": 0, "language": "en", "on_event": events.append}
    summary = grade_class(
        find([source], worksheet=worksheet, timezone="UTC"),
        assignment=load_assignment(tiny),
        out=out,
        **(settings | options),
    )
    return summary, events


def points(out: Path) -> dict[str, str]:
    with (out / "grades.csv").open(encoding="utf-8") as file:
        return {row["key"]: row["points"] for row in csv.DictReader(file)}


def derived(out: Path) -> dict[str, bytes]:
    names = [out / "results.json", out / "grades.csv", *sorted((out / "students").iterdir())]
    return {path.name: path.read_bytes() for path in names}


def test_everybody_has_a_row_a_page_and_the_points_deserved(tiny: Path, source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    summary, _ = grade(tiny, source, out)
    assert summary.total == 4
    found = points(out)
    assert (found["ada"], found["bob"]) == ("1.0", "0.0")
    assert found.keys() == HAND_INS.keys()
    assert {path.stem for path in (out / "students").iterdir()} == HAND_INS.keys()


def test_two_processes_give_the_bytes_of_one_and_a_second_run_runs_nothing(
    tiny: Path, source: Path, tmp_path: Path
) -> None:
    grade(tiny, source, tmp_path / "one")
    grade(tiny, source, tmp_path / "two", jobs=2)
    before = derived(tmp_path / "two")
    assert before == derived(tmp_path / "one")
    summary, events = grade(tiny, source, tmp_path / "two", jobs=2)
    assert summary.reused == 4
    assert all(event.is_reused for event in events if isinstance(event, Finished))
    assert derived(tmp_path / "two") == before


def test_a_changed_check_runs_everything_again(tiny: Path, source: Path, tmp_path: Path) -> None:
    grade(tiny, source, tmp_path / "out")
    check = tiny / "checks" / "public" / "test_softmax.py"
    check.write_text(check.read_text().replace("(3, 4)", "(5, 4)"))
    summary, _ = grade(tiny, source, tmp_path / "out")
    assert summary.reused == 0


def test_a_changed_grader_runs_everything_again(
    tiny: Path, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grade(tiny, source, tmp_path / "out")
    _, events = grade(tiny, source, tmp_path / "out")
    assert all(e.is_reused for e in events if isinstance(e, Finished))
    monkeypatch.setattr(grading, "build_of", lambda imports: "0.1.0+other")
    _, events = grade(tiny, source, tmp_path / "out")
    assert not any(e.is_reused for e in events if isinstance(e, Finished))


def test_a_build_changes_with_a_source_and_with_what_is_installed(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    seen = {digest_of_sources(tmp_path), digest_of_sources(tmp_path, ["numpy"])}
    for content in ("a = 1\n", "a = 2\n"):
        (tmp_path / "sub" / "one.py").write_text(content)
        seen.add(digest_of_sources(tmp_path))
    (tmp_path / "sub" / "one.py").rename(tmp_path / "sub" / "two.py")
    assert len(seen | {digest_of_sources(tmp_path)}) == 5
    assert build_of(("numpy", "no_such_package")) == build_of(("numpy.linalg",)) != build_of(())


def test_a_folder_of_another_assignment_is_refused_before_anything_is_written(
    tiny: Path, source: Path, tmp_path: Path
) -> None:
    grade(tiny, source, tmp_path / "out")
    before = derived(tmp_path / "out")
    other = tiny.with_name("other")
    tiny.rename(other)
    settings = other / "assignment.toml"
    settings.write_text(f'reference = "tiny.py"\n{settings.read_text()}')
    with pytest.raises(StoreError, match="holds the results of tiny, not of other"):
        grade(other, source, tmp_path / "out")
    assert derived(tmp_path / "out") == before


def test_a_folder_with_other_files_is_left_as_it_is(tiny: Path, source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "sub").mkdir(parents=True)
    (out / "index.html").write_text("mine")
    (out / "sub" / ".movie.partial").write_text("mine")
    with pytest.raises(StoreError, match="holds other files and no results"):
        grade(tiny, source, out)
    assert [p.read_text() for p in (out / "index.html", out / "sub" / ".movie.partial")] == ["mine"] * 2


def test_the_worksheet_of_an_earlier_run_is_kept_for_the_next(
    tiny: Path, source: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    card = load_assignment(tiny).card
    assert kept_worksheet(out, card) is None
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        "Identifier,Full name,Status,Grade,Last modified (grade)\n"
        "Participant 7,ada,Submitted for grading,,-\nParticipant 8,zoe,No submission,,-\n",
        encoding="utf-8-sig",
    )
    grade(tiny, source, out, worksheet=sheet)
    kept = kept_worksheet(out, card)
    assert kept is not None
    again = find([source], worksheet=kept, timezone="UTC")
    assert [entry.key for entry in again.entries][:2] == ["ada-7", "zoe-8"]
    assert kept_worksheet(out, dataclasses.replace(card, id="other")) is None


def test_an_interrupted_run_and_mixed_rules_are_told(tiny: Path, source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    grade(tiny, source, out)
    assert doubts(out) == ()
    check = next((tiny / "checks").rglob("test_*.py"))
    check.write_text(check.read_text("utf-8") + "# other\n", "utf-8")

    def stop(event: Event) -> None:
        if isinstance(event, Finished):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade(tiny, source, out, on_event=stop)
    told = " ".join(map(str, doubts(out)))
    assert "did not end" in told
    assert "earlier version" in told
    grade(tiny, source, out)
    assert doubts(out) == ()


def test_a_linked_folder_is_no_part_of_an_assignment(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tiny / "data").symlink_to(tmp_path / "shared")
    with pytest.raises(AssignmentError, match="data is a link to a folder"):
        load_assignment(tiny)


def test_a_parcel_is_the_same_each_time_and_verified_where_it_arrives(tiny: Path) -> None:
    assignment = load_assignment(tiny)
    parcel = pack(assignment, isolation="portable", seed=0)
    assert pack(load_assignment(tiny), isolation="portable", seed=0) == parcel
    with parcel.open():
        pass
    changed = dataclasses.replace(parcel, digest="0" * 64)
    with pytest.raises(AssignmentError, match="arrived changed"), changed.open():
        pass
    older = dataclasses.replace(parcel, version="0.0.1")
    with pytest.raises(AssignmentError, match=r"the run 0\.0\.1: install the same version"), older.open():
        pass


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_cluster_gives_the_files_of_the_local_run(tiny: Path, source: Path, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    grade(tiny, source, tmp_path / "local")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1", silence_logs=50
    ) as cluster:
        grade(tiny, source, tmp_path / "far", scheduler=cluster.scheduler_address, unsafe=True)
    assert derived(tmp_path / "far") == derived(tmp_path / "local")
