"""The handout of an assignment: a folder, as a zip."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from grader.assignment import ANSWERS, STARTER, Assignment
from grader.assignment.answers import write_answers
from grader.assignment.starter import cut_solution, to_notebook
from grader.errors import AssignmentError
from grader.model import Visibility
from grader.release.archive import pack
from grader.release.recording import record_answers
from grader.release.wheel import make_wheel

_PAGES = ("HOW-TO-CHECK.md", "HOW-TO-CHECK.fr.md")
_LAST_CELL = """\
# To check your work here, take the # off the next lines and run them. HOW-TO-CHECK.md says more.
# %pip install --quiet {wheel}
# %load_ext grader
# %check"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """What `release` gives."""

    paths: tuple[str, ...]  # of the files in it
    answers: int  # recorded
    content: bytes  # the zip


def make_handout(
    assignment: Assignment, *, seed: int, on_step: Callable[[str], None] = lambda step: None
) -> Handout:
    """The handout of an assignment. The same assignment and grader give the same bytes.

    Raises AssignmentError where public checks would not do at home what they do in class.
    """
    _refuse_mixed_folders(assignment)
    answers = record_answers(assignment, seed=seed, on_step=on_step)
    on_step("wheel")
    return pack_handout(assignment, answers)


def pack_handout(assignment: Assignment, answers: Mapping[str, bytes]) -> Handout:
    """The handout with these answers, recorded before."""
    if assignment.reference is None:
        raise AssignmentError(f"{assignment.folder} has no reference", "release the instructor's folder")
    name, wheel = make_wheel(assignment.folder.parent)
    files = {name: wheel} | _starter(assignment, assignment.reference, name) | _pages(assignment, name)
    for path, content in _assignment_files(assignment).items():
        files[f"assignments/{assignment.id}/{path}"] = content
    files[f"assignments/{assignment.id}/{ANSWERS}"] = write_answers(answers)
    files[f"assignments/{assignment.id}/{STARTER}"] = files[f"{assignment.id}.py"]
    rooted = {f"{assignment.id}/{path}": content for path, content in files.items()}
    return Handout(paths=tuple(sorted(rooted)), answers=len(answers), content=pack(rooted))


def _refuse_mixed_folders(assignment: Assignment) -> None:
    """What students run at home is the folder public/: markers must not say otherwise."""
    checks = {c.name: c for c in assignment.card.checks}
    sources = {f.path: f.path.read_text("utf-8") for f in assignment.suite.only(Visibility.PUBLIC).files}
    for check in checks.values():
        in_public = any(f"def test_{check.name}(" in source for source in sources.values())
        if in_public is not (check.visibility is Visibility.PUBLIC):
            raise AssignmentError(
                f"{assignment.folder}: check {check.name} is {check.visibility.value}, "
                f"but lies in {'public' if in_public else 'hidden'}/",
                "move it to the other folder, or change its visibility",
            )
        hidden = [n for n in check.after if checks[n].visibility is not Visibility.PUBLIC]
        if in_public and hidden:
            raise AssignmentError(
                f"{assignment.folder}: public check {check.name} comes after {hidden[0]}, which is hidden",
                "let public checks build on public ones only",
            )


def _starter(assignment: Assignment, reference: Path, wheel: str) -> dict[str, bytes]:
    source = cut_solution(reference.read_text("utf-8"), path=reference)
    return {
        f"{assignment.id}.py": source.encode(),
        f"{assignment.id}.ipynb": to_notebook(source, _LAST_CELL.format(wheel=wheel)),
    }


def _pages(assignment: Assignment, wheel: str) -> dict[str, bytes]:
    found = {p.name: p.read_bytes() for p in sorted(assignment.folder.glob("instructions*.md"))}
    part = assignment.public_card().checks[0].group
    for name in _PAGES:
        page = (resources.files("grader.release") / "pages" / name).read_text("utf-8")
        for word, said in (("{tp}", assignment.id), ("{wheel}", wheel), ("{part}", part)):
            page = page.replace(word, said)
        found[name] = page.encode()
    return found


def _assignment_files(assignment: Assignment) -> dict[str, bytes]:
    """Settings, public checks, what they share, and data. Named one by one: nothing else gets out."""
    folder = assignment.folder
    checks = folder / "checks"
    paths = [folder / "assignment.toml", *checks.glob("*.py"), *checks.glob("*.npz")]
    paths += (checks / "public").rglob("*.py")
    if assignment.data is not None:
        paths += [p for p in assignment.data.rglob("*") if p.is_file()]
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(paths)}
