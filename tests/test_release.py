"""The handout: it works without the reference, and holds nothing that students must not see."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from grader.assignment import Assignment, load_assignment
from grader.assignment.oracles import names_of
from grader.assignment.starter import BEGIN, END, cut_solution
from grader.checks.oracle import LocalConnection
from grader.checks.plugin import run_checks
from grader.checks.suite import Run
from grader.errors import AssignmentError
from grader.model import CheckResult, Outcome, Visibility
from grader.release import Handout, make_handout, make_wheel, pack_handout, record_answers
from grader.release.secrets import secret_sentences, without
from grader.skeleton import write_skeleton

ROOT = Path(__file__).parent.parent
TPS = ("tp2", "tp3", "tp4")


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    root = tmp_path_factory.mktemp("author")
    write_skeleton("tp5", root, title="Mean squared error")
    return load_assignment(root / "assignments" / "tp5")


@pytest.fixture(scope="module")
def handout(assignment: Assignment) -> Handout:
    return make_handout(assignment, seed=0)


def unpack(handout: Handout, folder: Path) -> Path:
    zipfile.ZipFile(io.BytesIO(handout.content)).extractall(folder)
    return folder / "tp5"


def run_public(assignment: Assignment, code: Path, *overlay: object) -> tuple[CheckResult, ...]:
    fresh = names_of(code, *overlay)  # type: ignore[arg-type]
    run = Run(connect=lambda case: LocalConnection(fresh()), oracle=assignment.oracle(), seed=0)
    return run_checks(assignment.suite.only(Visibility.PUBLIC), run)


# --- what is inside -----------------------------------------------------------------------------------------


def secret_lines(assignment: Assignment) -> set[str]:
    """Lines that give something away: of solutions, hidden checks, mistakes, variants."""
    assert assignment.reference is not None
    reference = assignment.reference.read_text("utf-8")
    starter = {line.strip() for line in cut_solution(reference, path=assignment.reference).splitlines()}
    secret = {line.strip() for line in reference.splitlines()} - starter
    hidden = [f.path for f in assignment.suite.only(Visibility.HIDDEN).files]
    public = [f.path for f in assignment.suite.only(Visibility.PUBLIC).files]
    shared = [*public, *(assignment.folder / "checks").glob("*.py")]
    public_words = "\n".join(path.read_text("utf-8") for path in shared)
    for path in hidden:
        lines = {line.strip() for line in path.read_text("utf-8").splitlines()}
        secret |= {line for line in lines if line not in public_words}
    for overlay in (*assignment.mistakes, *assignment.variants):
        lines = {line.strip() for line in overlay.source.splitlines()} - starter
        secret |= {line for line in lines if line not in public_words}
    return {line for line in secret if len(line) > 24 and line not in (BEGIN, END)}


def members(content: bytes) -> dict[str, bytes]:
    """All the files in a zip and in the wheels in it."""
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            found[name] = archive.read(name)
            if name.endswith(".whl"):
                found |= {f"{name}!{k}": v for k, v in members(found[name]).items()}
    return found


# lines of Python that any file may have
ORDINARY = (
    "from ",
    "import ",
    "rng = np.random.default_rng",
    "with np.errstate",
    "for start in range(",
    "def __init__(self",
    "order = rng.permutation",
    "order = np.random.default_rng",
    "for x, c in zip(",
)


@pytest.mark.parametrize("tp", TPS)
def test_no_line_of_solutions_hidden_checks_or_bank_is_in_zip_or_wheel(tp: str) -> None:
    assignment = load_assignment(ROOT / "assignments" / tp)
    files = members(pack_handout(assignment, {}).content)
    secrets = {line for line in secret_lines(assignment) if not line.startswith(ORDINARY)}

    leaks = {(line, name) for name, content in files.items() for line in secrets if line.encode() in content}

    assert len(secrets) > 100
    assert leaks == set()


@pytest.mark.parametrize("tp", TPS)
def test_no_hidden_check_mistake_or_variant_is_named_in_zip_or_wheel(tp: str) -> None:
    assignment = load_assignment(ROOT / "assignments" / tp)
    files = members(pack_handout(assignment, {}).content)
    hidden = {c.name for c in assignment.card.checks if c.visibility is not Visibility.PUBLIC}
    named = {f"test_{name}(" for name in hidden} | {f"{o.id}.py" for o in assignment.mistakes}

    everything = b"\n".join([*files.values(), *(name.encode() for name in files)])

    assert {name for name in named if name.encode() in everything} == set()


@pytest.mark.parametrize("tp", TPS)
def test_no_title_of_a_hidden_check_and_no_diagnosis_is_in_zip_or_wheel(tp: str) -> None:
    assignment = load_assignment(ROOT / "assignments" / tp)
    public = {str(c.title) for c in assignment.card.checks if c.visibility is Visibility.PUBLIC}
    titles = {str(c.title) for c in assignment.card.checks} - public
    words = {str(w) for _, w in assignment.card.mistakes}

    files = members(pack_handout(assignment, {}).content)
    # a catalogue breaks its lines
    everything = b"\n".join(files.values()).replace(b'"\n"', b"")

    assert {s for s in titles | words if s.encode() in everything} == set()


def test_a_catalogue_goes_without_what_is_secret_and_keeps_the_rest() -> None:
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    kept, secret = 'msgid "Public."\nmsgstr "Publique."\n', 'msgid "A secret."\nmsgstr "Un secret."\n'

    left = without(f"{head}{secret}\n{kept}".encode(), frozenset({"A secret"}))

    assert left.decode().strip() == (head + kept).strip()


def test_a_sentence_that_is_public_too_is_no_secret(tmp_path: Path) -> None:
    write_skeleton("tp5", tmp_path, title="One")
    hidden = tmp_path / "assignments" / "tp5" / "checks" / "hidden" / "test_more.py"
    hidden.write_text('A = "loss_gradient(p, y)"\nB = "Only here."\n')

    found = secret_sentences(tmp_path / "assignments", ROOT / "grader")

    assert "Only here" in found and "loss_gradient(p, y)" not in found
    assert "Neither function changes its arguments" in found


def test_the_handout_has_what_a_student_needs_and_nothing_else(handout: Handout) -> None:
    names = [p.removeprefix("tp5/") for p in handout.paths]

    assert [n for n in names if not n.endswith(".whl")] == [
        "HOW-TO-CHECK.fr.md",
        "HOW-TO-CHECK.md",
        "assignments/tp5/answers.bin",
        "assignments/tp5/assignment.toml",
        "assignments/tp5/checks/conftest.py",
        "assignments/tp5/checks/public/test_values.py",
        "assignments/tp5/starter.py",
        "instructions.md",
        "tp5.ipynb",
        "tp5.py",
    ]


def test_the_same_assignment_gives_the_same_bytes(assignment: Assignment, handout: Handout) -> None:
    again = make_handout(load_assignment(assignment.folder), seed=0)

    assert again.content == handout.content


def test_the_record_of_the_wheel_is_true() -> None:
    name, content = make_wheel(ROOT / "assignments")
    with zipfile.ZipFile(io.BytesIO(content)) as wheel:
        record = next(n for n in wheel.namelist() if n.endswith(".dist-info/RECORD"))
        rows = [row for row in csv.reader(io.StringIO(wheel.read(record).decode())) if row[1]]
        for path, digest, size in rows:
            data = wheel.read(path)
            expected = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            assert (digest, int(size)) == (f"sha256={expected}", len(data))
        assert {row[0] for row in rows} | {record} == set(wheel.namelist())
    assert name.startswith("grader-0.1.0+")


# --- what it does -------------------------------------------------------------------------------------------


def test_at_home_the_reference_earns_the_public_points(
    assignment: Assignment, handout: Handout, tmp_path: Path
) -> None:
    assert assignment.reference is not None
    home = load_assignment(unpack(handout, tmp_path) / "assignments" / "tp5")

    results = run_public(home, assignment.reference)

    assert home.reference is None
    assert [r.outcome for r in results] == [Outcome.PASSED] * len(results)
    assert sum(r.points for r in results) == assignment.public_points()


def test_at_home_the_starter_earns_nothing_and_breaks_nothing(handout: Handout, tmp_path: Path) -> None:
    folder = unpack(handout, tmp_path)

    results = run_public(load_assignment(folder / "assignments" / "tp5"), folder / "tp5.py")

    assert {r.outcome for r in results} <= {Outcome.ERROR, Outcome.SKIPPED}
    assert sum(r.points for r in results) == 0


def test_at_home_the_arguments_asked_for_are_known(
    assignment: Assignment, handout: Handout, tmp_path: Path
) -> None:
    home = load_assignment(unpack(handout, tmp_path) / "assignments" / "tp5")

    assert home.signatures == assignment.signatures
    assert home.signatures["loss_gradient"] == ("p", "y")


def test_at_home_mistakes_get_the_verdicts_of_the_class(
    assignment: Assignment, handout: Handout, tmp_path: Path
) -> None:
    assert assignment.reference is not None
    home = load_assignment(unpack(handout, tmp_path) / "assignments" / "tp5")
    for mistake in assignment.mistakes:
        there = run_public(assignment, assignment.reference, mistake)
        here = run_public(home, assignment.reference, mistake)
        assert [(r.check, r.outcome, r.points) for r in here] == [
            (r.check, r.outcome, r.points) for r in there
        ]


def change(root: Path, path: str, old: str, new: str) -> Assignment:
    """A skeleton with one thing changed."""
    write_skeleton("tp5", root, title="Changed")
    file = root / path
    assert old in file.read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    return load_assignment(root / "assignments" / "tp5")


PUBLIC = "assignments/tp5/checks/public/test_values.py"


def test_a_check_that_asks_about_the_students_answer_is_refused_by_name(tmp_path: Path) -> None:
    assignment = change(
        tmp_path,
        PUBLIC,
        'expect_close(got, reference.call("loss_gradient", p, y), name="loss_gradient(p, y)")',
        'expect_close(got, 2 * (p - y) / 5 + 0 * reference.call("loss_gradient", got, y), name="it")',
    )

    with pytest.raises(
        AssignmentError, match="check gradient_value asks the reference about what the student"
    ):
        record_answers(assignment, seed=0)


def test_a_reference_that_does_not_pass_is_not_released(tmp_path: Path) -> None:
    assignment = change(
        tmp_path, "reference/tp5.py", "np.mean((p - y) ** 2)", "np.mean((p - y) ** 2).astype(str)"
    )

    with pytest.raises(AssignmentError, match="the reference does not pass loss_value"):
        record_answers(assignment, seed=0)


def test_a_public_check_after_a_hidden_one_is_refused(tmp_path: Path) -> None:
    assignment = change(
        tmp_path,
        PUBLIC,
        'points=1, group="Gradient"',
        'points=1, group="Gradient", after="inputs_kept"',
    )

    with pytest.raises(AssignmentError, match="gradient_value comes after inputs_kept, which is hidden"):
        make_handout(assignment, seed=0)


def test_a_hidden_check_in_the_public_folder_is_refused(tmp_path: Path) -> None:
    assignment = change(
        tmp_path, PUBLIC, 'points=1, group="Gradient"', 'points=1, group="Gradient", visibility="hidden"'
    )

    with pytest.raises(AssignmentError, match="gradient_value is hidden, but lies in public/"):
        make_handout(assignment, seed=0)


def test_a_handout_cannot_be_made_of_a_handout(handout: Handout, tmp_path: Path) -> None:
    home = load_assignment(unpack(handout, tmp_path) / "assignments" / "tp5")

    with pytest.raises(AssignmentError, match="has no reference"):
        make_handout(home, seed=0)
