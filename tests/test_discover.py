"""Sources: zips, folders and files, also hostile ones. Nobody is lost, nothing leaves its folder."""

from __future__ import annotations

import io
import os
import stat
import struct
import tracemalloc
import zipfile
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.discover import Allowance, Entry, Status, fetch, find
from grader.errors import MoodleError, SourceError
from grader.moodle import parse_entry
from grader.moodle.names import clean, make_keys

MOODLE = Path(__file__).parent / "data" / "moodle"
LAB1 = MOODLE / "submissions" / "lab1_en_folders.zip"
ADA = "Ada Example_7_assignsubmission_file"


def pack(entries: dict[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    file = io.BytesIO()
    pairs = list(entries.items()) if isinstance(entries, dict) else entries
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in pairs:
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def only(path: Path, **settings: object) -> Entry:
    (entry,) = find([path], timezone="Europe/Paris", **settings).entries
    return entry


def zip_of(tmp_path: Path, entries: dict[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]]) -> Path:
    path = tmp_path / "class.zip"
    path.write_bytes(pack(entries))
    return path


def paths(entry: Entry, **settings: object) -> list[str]:
    return [file.path for file in fetch(entry, **settings).files]


def said(entry: Entry) -> str:
    submission = fetch(entry)
    return " ".join(str(note) for note in (*submission.notes, submission.problem))


# --- names --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entry", "name", "number", "plugin", "path"),
    [
        ("Ada Example_7_assignsubmission_file/a/b_c.py", "Ada Example", "7", "file", "a/b_c.py"),
        ("Ada Example_7_assignsubmission_file_/x.py", "Ada Example", "7", "file", "x.py"),
        ("Ada Example_7_assignsubmission_file_my_net.py", "Ada Example", "7", "file", "my_net.py"),
        ("Participant_7_assignsubmission_onlinetext/o.html", "Participant", "7", "onlinetext", "o.html"),
        ("Default group_assignsubmission_file/x.py", "Default group", None, "file", "x.py"),
        ("D_faut_7_assignsubmission_file/x.py", "D_faut", "7", "file", "x.py"),  # garbled: é became _
        ("_7_assignsubmission_file/x.py", "", "7", "file", "x.py"),
        (
            "A_7_assignsubmission_file/B_8_assignsubmission_file/x.py",
            "A",
            "7",
            "file",
            "B_8_assignsubmission_file/x.py",
        ),
        (
            "A_7_assignsubmission_file_B_8_assignsubmission_file_x.py",
            "A",
            "7",
            "file",
            "B_8_assignsubmission_file_x.py",
        ),
    ],
)
def test_an_entry_name_tells_whose_it_is(
    entry: str, name: str, number: str | None, plugin: str, path: str
) -> None:
    parsed = parse_entry(entry)

    assert parsed is not None
    assert (parsed.owner.name, parsed.owner.number, parsed.owner.plugin, parsed.path) == (
        name,
        number,
        plugin,
        path,
    )


@given(st.text(), st.integers(0, 10**12), st.booleans(), st.text(min_size=1))
def test_whatever_a_student_is_called_or_calls_a_file_it_stays_theirs(
    name: str, number: int, flat: bool, file: str
) -> None:
    file = file.replace("/", "") or "x"
    entry = parse_entry(f"{clean(name)}_{number}_assignsubmission_file{'_' if flat else '/'}{file}")

    assert entry is not None
    assert (entry.owner.number, entry.path) == (str(number), file)


@given(st.lists(st.tuples(st.text(max_size=10), st.none() | st.integers(0, 99).map(str))))
def test_keys_are_unique_and_safe(people: list[tuple[str, str | None]]) -> None:
    keys = make_keys(people)

    assert len(set(keys)) == len(people)
    assert all(key and set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for key in keys)


def test_a_key_is_the_name_and_the_number() -> None:
    people = [("Élodie Exemple-Démo", "41881"), ("طالب تجريبي", "41877"), ("Participant 41886", "41886")]

    assert make_keys(people) == ("elodie-exemple-demo-41881", "student-41877", "participant-41886")


# --- kinds of sources ---------------------------------------------------------------------------------------


def test_a_folder_has_a_student_per_sub_folder_or_file(tmp_path: Path) -> None:
    for path in ("ada/tp4.ipynb", "ada/data/x.csv", "bob.py", "class.csv", ".hidden/x.py", "__MACOSX/x.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"x")

    classlist = find([tmp_path], timezone="Europe/Paris")

    assert {entry.name: paths(entry) for entry in classlist.entries} == {
        "ada": ["data/x.csv", "tp4.ipynb"],
        "bob": ["bob.py"],
    }
    assert "class.csv" in str(classlist.warnings[0])


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    sources = [tmp_path / "ada" / "tp4.py", tmp_path / "bob" / "tp4.py"]
    for path in sources:
        path.parent.mkdir()
        path.write_bytes(b"x")

    assert [entry.name for entry in find(sources, timezone="UTC").entries] == ["ada tp4", "bob tp4"]


def test_an_unpacked_zip_with_garbled_names_is_matched_by_number(tmp_path: Path) -> None:
    with zipfile.ZipFile(LAB1) as archive:
        for info in archive.infolist():
            owner, _, below = info.filename.partition("/")
            garbled = owner.encode("ascii", "replace").decode().replace("?", "+_")
            target = tmp_path / "unpacked" / garbled / below
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(info))
    worksheet = MOODLE / "worksheets" / "lab1_en.csv"

    unpacked = find([tmp_path], worksheet=worksheet, timezone="Europe/Paris")
    zipped = find([LAB1], worksheet=worksheet, timezone="Europe/Paris")

    assert [(entry.key, entry.name, sorted(paths(entry))) for entry in unpacked.entries] == [
        (entry.key, entry.name, sorted(paths(entry))) for entry in zipped.entries
    ]


@pytest.mark.parametrize("wrapper", ["", "Downloads/"])
@pytest.mark.parametrize("shape", ["{}_assignsubmission_file/tp4.py", "{}_assignsubmission_file_/tp4.py"])
def test_a_zip_packed_again_and_one_of_an_older_moodle_are_read(
    tmp_path: Path, shape: str, wrapper: str
) -> None:
    path = zip_of(tmp_path, {wrapper + shape.format("Ada Example_7"): b"x"})

    entry = only(path)

    assert (entry.name, entry.identifier, paths(entry)) == ("Ada Example", "7", ["tp4.py"])


def test_a_flat_zip_warns_of_lost_files() -> None:
    classlist = find([MOODLE / "submissions" / "lab4_scale_en_flat.zip"], timezone="Europe/Paris")

    assert "Download it again" in str(classlist.warnings[0])


def test_a_zip_that_is_one_hand_in_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "ada.zip"
    path.write_bytes(pack({"tp4.py": b"x", "__MACOSX/._tp4.py": b"", "node_modules/a.js": b""}))

    entry = only(path)

    assert (entry.name, paths(entry)) == ("ada", ["ada.zip/tp4.py"])
    assert "ada.zip was opened: 1 file(s)." in said(entry)


def test_two_downloads_have_everybody_once(tmp_path: Path) -> None:
    first = zip_of(tmp_path, {f"{ADA}/tp4.py": b"x", "Bob Example_8_assignsubmission_file/tp4.py": b"y"})
    second = first.rename(tmp_path / "first.zip"), zip_of(tmp_path, {f"{ADA}/notes.txt": b"z"})

    entries = find([*second, second[0]], timezone="UTC").entries

    assert [(entry.identifier, len(fetch(entry).files)) for entry in entries] == [("7", 2), ("8", 1)]
    assert "several hand-ins of this student" in said(entries[0])


def test_a_zip_of_folders_is_a_class(tmp_path: Path) -> None:
    path = zip_of(tmp_path, {"class/ada/tp4.py": b"x", "class/bob/tp4.py": b"y"})

    assert [entry.name for entry in find([path], timezone="UTC").entries] == ["ada", "bob"]


def test_online_text_does_not_hide_a_file_of_its_name() -> None:
    classlist = find([MOODLE / "submissions" / "lab3_onlinetext_en_folders.zip"], timezone="Europe/Paris")

    entry = next(entry for entry in classlist.entries if entry.identifier == "41917")
    assert sorted(paths(entry)) == ["onlinetext.html", "onlinetext/onlinetext.html"]


def test_nested_zips_are_opened_to_a_depth(tmp_path: Path) -> None:
    inner = pack({"deep.py": b"1"})
    middle = pack({"in.zip": inner, "b.py": b"2"})
    outer = pack({"mid.zip": middle, "a.py": b"3"})
    path = zip_of(tmp_path, {f"{ADA}/all.zip": outer})

    entry = only(path)

    assert paths(entry) == ["all.zip/a.py", "all.zip/mid.zip/b.py", "all.zip/mid.zip/in.zip"]
    assert "zip in a zip in a zip" in said(entry)


def test_an_archive_of_another_kind_is_kept_and_told(tmp_path: Path) -> None:
    entry = only(zip_of(tmp_path, {f"{ADA}/work.rar": b"Rar!"}))

    assert paths(entry) == ["work.rar"]
    assert "of archives, only .zip is read" in said(entry)


# --- who is in the class ------------------------------------------------------------------------------------


def sheet(
    tmp_path: Path, *rows: str, header: str = "Identifier,Full name,Status,Grade,Last modified (grade)"
) -> Path:
    path = tmp_path / "worksheet.csv"
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8-sig")
    return path


def test_everybody_of_the_worksheet_is_there_once_and_strangers_are_told(tmp_path: Path) -> None:
    worksheet = sheet(
        tmp_path,
        "Participant 7,Ada Example,Submitted for grading -  - ,,-",
        "Participant 8,Bob Example,No submission -  - ,,-",
        "Participant 9,Cy Example,Submitted for grading -  - ,,-",
    )
    path = zip_of(tmp_path, {f"{ADA}/tp4.py": b"x", "Dora Example_10_assignsubmission_file/tp4.py": b"y"})

    classlist = find([path], worksheet=worksheet, timezone="UTC")

    assert [(entry.identifier, entry.status, len(entry.parts)) for entry in classlist.entries] == [
        ("7", Status.SUBMITTED, 1),
        ("8", Status.NOTHING, 0),
        ("9", Status.SUBMITTED, 0),
        ("10", Status.UNKNOWN, 1),
    ]
    assert "no file of it is here" in str(classlist.entries[2].problem)
    warnings = " ".join(str(warning) for warning in classlist.warnings)
    assert "Dora Example (10)" in warnings
    assert "1 submitted without a file, or the zip lacks it: Cy Example." in warnings


PEOPLE = (
    (7, "Zoé Example"),
    (8, "Sam"),
    (9, "Sam"),
    (41912, "Al"),
    (52008, "Sam Sample"),
    (52021, "Sam Sample"),
)


@pytest.mark.parametrize(
    ("folder", "identifier"),
    [
        ("Zoe\u0301 Example", "7"),
        ("zoe-example-7", "7"),
        ("Participant 7", "7"),
        ("7", "7"),
        ("group 7", None),
        ("Sam", None),
        ("sam-9", "9"),
        ("Sam Sample 52008", "52008"),
        ("Al", "41912"),
        ("Al_41912_late", "41912"),
        ("Sam 41912", None),
        ("Al or Zoe Example", None),
        ("Zoé Example 41912", None),
    ],
)
def test_a_folder_is_matched_with_one_student_or_none(
    tmp_path: Path, folder: str, identifier: str | None
) -> None:
    worksheet = sheet(tmp_path, *(f"Participant {n},{name},,,-" for n, name in PEOPLE))
    (tmp_path / "class" / folder).mkdir(parents=True)
    (tmp_path / "class" / folder / "tp4.py").write_bytes(b"x")

    entries = find([tmp_path / "class"], worksheet=worksheet, timezone="UTC").entries

    assert [entry.identifier for entry in entries if entry.parts] == [identifier]


def test_folders_named_after_students_are_matched_by_number_or_name(tmp_path: Path) -> None:
    worksheet = sheet(
        tmp_path,
        *(f"Participant {n},{name},,,-" for n, name in PEOPLE),
    )
    for folder in ("zoe-example", "Sam", "work of 41912"):
        (tmp_path / "class" / folder).mkdir(parents=True)
        (tmp_path / "class" / folder / "tp4.py").write_bytes(b"x")

    classlist = find([tmp_path / "class"], worksheet=worksheet, timezone="UTC")

    assert {entry.identifier for entry in classlist.entries if entry.parts} == {"7", "41912", None}
    assert len(classlist.entries) == 7  # which Sam it is, nobody can tell


def test_a_worksheet_of_another_assignment_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MoodleError, match="of somebody in the worksheet"):
        find([LAB1], worksheet=sheet(tmp_path, "Participant 1,Ada,,,-"), timezone="UTC")


def test_members_of_a_team_share_one_hand_in() -> None:
    classlist = find(
        [MOODLE / "submissions" / "project_teams_en_folders.zip"],
        worksheet=MOODLE / "worksheets" / "project_teams_en.csv",
        timezone="Europe/Paris",
    )

    works = [list(members) for _, members in groupby(classlist.entries, key=lambda entry: entry.work)]
    assert [(members[0].team, len(members)) for members in works] == [
        ("Team 1", 3),
        ("team_two", 3),
        ("Équipe n°3 – α/β", 3),
        ('Team 4, "late"', 3),
        ("Default group", 1),
    ]
    assert [members[0].recipient.number if members[0].recipient else None for members in works] == [
        *"1234",
        None,
    ]


def test_two_teams_of_one_name_are_not_mixed_up(tmp_path: Path) -> None:
    header = "Identifier,Status,Group,Grade,Last modified (grade)"
    worksheet = sheet(tmp_path, "Participant 7,,A_B,,-", "Participant 8,,C,,-", header=header)
    names = {f"A B_{n}_assignsubmission_file/tp4.py": b"x" for n in (1, 2)}
    path = zip_of(tmp_path, {**names, "C_3_assignsubmission_file/tp4.py": b"y"})

    ada, bob = find([path], worksheet=worksheet, timezone="UTC").entries[:2]

    assert "2 teams are called" in str(ada.problem)
    assert paths(bob) == ["tp4.py"]


def test_a_draft_says_so() -> None:
    classlist = find([LAB1], worksheet=MOODLE / "worksheets" / "lab1_fr.csv", timezone="Europe/Paris")

    draft = next(entry for entry in classlist.entries if entry.status is Status.DRAFT)
    assert [str(note) for note in draft.notes] == ["This is a draft: it was never submitted."]


# --- what cannot be used ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [b"", b"no zip", b"PK\x05\x06", pack({"a": b"x"})[:-30], b"PK\x03\x04" * 100],
    ids=["empty", "text", "end only", "cut", "heads only"],
)
def test_a_zip_that_is_none_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "class.zip"
    path.write_bytes(content)

    with pytest.raises(SourceError, match="is not a readable zip"):
        find([path], timezone="UTC")


def test_a_missing_source_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        find([tmp_path / "nowhere"], timezone="UTC")


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no hand-in in"):
        find([tmp_path], timezone="UTC")


def test_a_time_zone_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no time zone 'Mars'"):
        find([tmp_path], timezone="Mars")


# --- hostile hand-ins ---------------------------------------------------------------------------------------

EVIL = [
    "../../evil.py",
    "a/../../../evil.py",
    "..\\..\\evil.py",
    "C:\\evil.py",
    "/etc/evil.py",
    "\\\\host\\evil.py",
]


@pytest.mark.parametrize("name", EVIL)
@pytest.mark.parametrize("nested", [False, True])
def test_a_path_that_leaves_its_folder_is_refused_and_the_rest_is_read(
    tmp_path: Path, name: str, nested: bool
) -> None:
    hand_in = {f"{ADA}/all.zip": pack({name: b"x", "ok.py": b"y"})}
    path = zip_of(tmp_path, hand_in if nested else {f"{ADA}/{name}": b"x", f"{ADA}/ok.py": b"y"})

    entry = only(path)

    got = paths(entry)
    assert all(not file.startswith("/") and ".." not in file.split("/") for file in got)
    assert any(file.endswith("ok.py") for file in got)
    if ".." in name or nested:
        assert "points out of its folder" in said(entry)


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def test_links_in_archives_and_folders_are_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path, [(link(f"{ADA}/secret.py"), b"/etc/passwd"), (f"{ADA}/ok.py", b"x")])
    folder = tmp_path / "class" / "bob"
    folder.mkdir(parents=True)
    (folder / "secret.py").symlink_to("/etc/passwd")
    (folder / "outside").symlink_to("/etc")
    os.mkfifo(folder / "pipe.py")
    (folder / "ok.py").write_bytes(b"x")

    for entry in (only(path), only(tmp_path / "class")):
        assert paths(entry) == ["ok.py"]
        assert "it is a link, not a file" in said(entry)


def test_a_bomb_is_refused_within_bounded_memory(tmp_path: Path) -> None:
    bomb = pack({"zeros.py": bytes(300 << 20)})
    path = zip_of(tmp_path, {f"{ADA}/a.zip": bomb, f"{ADA}/ok.py": b"x"})
    tracemalloc.start()

    entry = only(path)
    got = paths(entry)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert got == ["ok.py"]
    assert "too large" in said(entry)
    assert peak < 40 << 20


def test_an_entry_that_is_larger_than_it_says_is_refused(tmp_path: Path) -> None:
    data = bytearray(pack({f"{ADA}/lies.py": bytes(10 << 20), f"{ADA}/ok.py": b"x"}))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<L", 10)
    path = tmp_path / "class.zip"
    path.write_bytes(data)

    entry = only(path)

    assert paths(entry) == ["ok.py"]
    assert "lies.py is damaged in the zip" in said(entry)


def test_an_entry_without_a_name_belongs_to_nobody(tmp_path: Path) -> None:
    data = pack({"x": b"1", f"{ADA}/tp4.py": b"2"})
    at = data.index(b"PK\x01\x02")
    nameless = bytearray(data)
    nameless[at + 28 : at + 30] = b"\x00\x00"  # the name's length; the name becomes an extra field
    nameless[at + 30 : at + 32] = b"\x01\x00"
    path = tmp_path / "class.zip"
    path.write_bytes(nameless)

    assert paths(only(path)) == ["tp4.py"]


@pytest.mark.parametrize("field", [b"\xff\xff\xff\x7f", b"\x00\x00\x00\x00"])
def test_a_nested_zip_that_points_outside_itself_is_left_out(tmp_path: Path, field: bytes) -> None:
    inner = bytearray(pack({"x.py": b"1", "y.py": b"2"}))
    end = inner.index(b"PK\x05\x06")
    inner[end + 16 : end + 20] = field  # where its table of contents begins

    entry = only(zip_of(tmp_path, {f"{ADA}/a.zip": bytes(inner), f"{ADA}/ok.py": b"x"}))

    assert "ok.py" in paths(entry)


def test_a_hundred_thousand_entries_cost_one_student_only(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for n in range(100_000):
            archive.writestr(f"Mallory_6_assignsubmission_file/{n}", b"")
        archive.writestr("Mallory_6_assignsubmission_file/tp4.py", b"x")
        archive.writestr(f"{ADA}/tp4.py", b"x")

    mallory, ada = find([path], timezone="UTC").entries

    assert paths(ada) == ["tp4.py"]
    assert "100001 files were handed in; only 1000 were read." in said(mallory)
    assert "tp4.py" in paths(mallory)


def test_a_nested_zip_of_too_many_entries_is_not_opened(tmp_path: Path) -> None:
    many = pack({str(n): b"" for n in range(200)})
    entry = only(zip_of(tmp_path, {f"{ADA}/many.zip": many}))

    submission = fetch(entry, allowance=Allowance(archive_entries=100))

    assert [file.path for file in submission.files] == ["many.zip"]
    assert "more than 100 files" in str(submission.notes[-1])


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_two_files_of_one_name_the_first_is_taken(tmp_path: Path) -> None:
    twins = [
        (f"{ADA}/tp4.py", b"first"),
        (f"{ADA}/./tp4.py", b"second"),
        (f"{ADA}/tp4.py/inner.py", b"third"),
    ]

    entry = only(zip_of(tmp_path, [*twins, (f"{ADA}/tp4.py", b"fourth")]))

    assert [(file.path, file.content) for file in fetch(entry).files] == [("tp4.py", b"first")]
    assert "is there twice" in said(entry)


def test_a_hand_in_of_which_nothing_can_be_read_has_a_problem(tmp_path: Path) -> None:
    entry = only(zip_of(tmp_path, [(link(f"{ADA}/tp4.py"), b"/etc/passwd")]))

    assert str(fetch(entry).problem) == "None of the files handed in can be read."


def test_a_file_locked_by_a_password_is_refused(tmp_path: Path) -> None:
    data = bytearray(pack({f"{ADA}/tp4.py": b"x"}))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    path = tmp_path / "class.zip"
    path.write_bytes(data)

    assert "needs a password" in said(only(path))


@given(st.binary(max_size=2000), st.integers(0, 3000), st.binary(min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_no_archive_makes_reading_crash(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int, patch: bytes
) -> None:
    data = bytearray(pack({f"{ADA}/tp4.py": b"print(1)" * 20, f"{ADA}/a.zip": pack({"x.py": noise})}))
    at %= len(data)
    data[at : at + len(patch)] = patch
    path = tmp_path_factory.mktemp("noise") / "class.zip"
    path.write_bytes(data)

    try:
        classlist = find([path], timezone="UTC")
    except SourceError:
        return
    for entry in classlist.entries:
        assert sum(len(file.content) for file in fetch(entry).files) < 1 << 20


@given(st.lists(st.tuples(st.text(min_size=1, max_size=30), st.binary(max_size=20)), max_size=8))
@settings(max_examples=60, deadline=None)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_whatever_is_in_a_student_s_zip_stays_in_its_folder(
    tmp_path_factory: pytest.TempPathFactory, entries: list[tuple[str, bytes]]
) -> None:
    named = [(name.encode("utf-8", "replace").decode().replace("\x00", "?"), data) for name, data in entries]
    path = tmp_path_factory.mktemp("names") / "class.zip"
    path.write_bytes(pack([(f"{ADA}/all.zip", pack(named)), ("Bob_8_assignsubmission_file/x.py", b"x")]))

    ada, bob = find([path], timezone="UTC").entries

    files = fetch(ada).files
    assert len({file.path for file in files}) == len(files)
    assert all(file.path.split("/")[0] == "all.zip" and ".." not in file.path.split("/") for file in files)
    assert paths(bob) == ["x.py"]


def test_times_in_the_zip_are_aware_hints() -> None:
    classlist = find([LAB1], timezone="Europe/Paris")

    entry = next(entry for entry in classlist.entries if entry.identifier == "41881")
    assert fetch(entry).files[0].modified == datetime(2025, 1, 31, 17, 2, 10, tzinfo=UTC)
    assert fetch(entry).handed_in is None
