"""An assignment: a folder of settings, checks, known mistakes and accepted variants, and its reference."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from grader.assignment.answers import read_answers
from grader.assignment.oracles import Overlay, as_program, imports_of, names_of, read_overlays, signatures_of
from grader.assignment.settings import Settings, read_settings
from grader.checks.oracle import Oracle
from grader.checks.plugin import collect_checks
from grader.checks.reach import changes, reach, uses
from grader.checks.suite import CheckFile, Diagnoses, Mistake, Suite
from grader.errors import AssignmentError
from grader.model import Card, Limits, Program, Text, Visibility, text
from grader.score import LatePolicy, LateUnit

ENVIRONMENT = "GRADER_ASSIGNMENTS"
ANSWERS = "answers.bin"  # recorded, in place of the reference: what students get
STARTER = "starter.py"  # beside them: the arguments of what is asked for
_FOLDERS = {"public": Visibility.PUBLIC, "hidden": Visibility.HIDDEN}
_ROUNDING = 1e-9

__all__ = [
    "Assignment",
    "Overlay",
    "as_program",
    "find_assignment",
    "is_assignment",
    "list_assignments",
    "load_assignment",
    "places_to_look",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """All that grading needs to know."""

    folder: Path
    settings: Settings
    suite: Suite
    card: Card
    reference: Path | None  # None in a handout
    mistakes: tuple[Overlay, ...]
    variants: tuple[Overlay, ...]
    signatures: Mapping[str, tuple[str, ...]]  # arguments of what is asked for, by name or "Class.method"
    digest: str  # SHA-256 of all that verdicts depend on

    @property
    def id(self) -> str:
        """ "tp4"."""
        return self.card.id

    @property
    def data(self) -> Path | None:
        """The folder of data files that students' code may read."""
        folder = self.folder / "data"
        return folder if folder.is_dir() else None

    def limits(self) -> Limits:
        """How much a hand-in may take."""
        limits = self.settings.limits
        return Limits(
            load_s=limits.load_s,
            check_s=limits.check_s,
            memory_bytes=limits.memory_mb << 20,
            processes=limits.processes,
            disk_bytes=limits.disk_mb << 20,
            output_bytes=limits.output_mb << 20,
        )

    def late_policy(self) -> LatePolicy:
        """What handing in late costs."""
        late = self.settings.late
        return LatePolicy(
            per_day=late.per_day,
            unit=LateUnit(late.unit),
            grace_s=late.grace_s,
            cap=late.cap,
            cut_off=self.settings.in_utc(late.cut_off),
            apply=not late.by_moodle,
        )

    def oracle(self) -> Oracle:
        """The reference, or the answers recorded from it."""
        if self.reference is not None:
            return Oracle(names_of(self.reference))
        return Oracle(None, read_answers(self.folder / ANSWERS))

    def diagnoses(self) -> Diagnoses:
        """The known mistakes, not run yet; none in a handout."""
        if self.reference is None:
            return Diagnoses()
        used = uses(self.reference.read_text("utf-8"))

        @cache
        def reached(names: frozenset[str]) -> frozenset[str]:
            return reach(used, names)

        def mistake(overlay: Overlay) -> Mistake:
            assert self.reference is not None
            changed = changes(overlay.source)
            return Mistake(
                id=overlay.id,
                words=overlay.words,
                fresh=names_of(self.reference, overlay),
                concerns=lambda names: not changed.isdisjoint(reached(names)),
            )

        right = Mistake(id="", words=Text(), fresh=names_of(self.reference))
        return Diagnoses(mistakes=tuple(map(mistake, self.mistakes)), reference=right)

    def program(self, overlay: Overlay | None = None) -> Program:
        """The reference, or a variant of it, as if a student had handed it in."""
        if self.reference is None:
            raise AssignmentError(f"{self.folder} has no reference", "use the instructor's folder")
        return as_program(self.reference, overlay)

    def public_points(self) -> float:
        """The points of the checks that students run at home too."""
        return math.fsum(c.points for c in self.card.checks if c.visibility is Visibility.PUBLIC)

    def public_card(self) -> Card:
        """The assignment as it is at home: its public checks, and their points."""
        public = tuple(c for c in self.card.checks if c.visibility is Visibility.PUBLIC)
        return replace(self.card, checks=public, points=self.public_points())

    def preload(self) -> tuple[str, ...]:
        """The modules that hand-ins will surely import."""
        imported = imports_of(self.reference) if self.reference else ("numpy",)
        allowed = self.settings.imports.allowed
        return tuple(
            m
            for m in imported
            if any(m == a or m.startswith(f"{a}.") or a.startswith(f"{m}.") for a in allowed)
        )

    def imported_by_checks(self) -> tuple[str, ...]:
        """The modules that grading processes will surely import."""
        found = {m for path in self.suite.root.rglob("*.py") for m in imports_of(path)}
        return tuple(sorted(found))


def load_assignment(folder: Path) -> Assignment:
    """The assignment in `folder`; raises AssignmentError with file and fix."""
    folder = folder.resolve()
    settings = read_settings(folder / "assignment.toml")
    reference = _find_reference(folder, settings)
    suite = _find_suite(folder)
    checks = collect_checks(suite)
    total = sum(c.points for c in checks)
    if reference is not None and abs(total - settings.points) > _ROUNDING:
        raise AssignmentError(
            f"{folder}: the checks add up to {total:g} points, assignment.toml says {settings.points:g}",
            "change the points of a check or `points`",
        )
    mistakes = read_overlays(folder / "mistakes")
    card = Card(
        id=folder.name,
        title=text(settings.title),
        points=settings.points,
        due=settings.in_utc(settings.due),
        timezone=settings.timezone,
        checks=checks,
        mistakes=tuple((m.id, m.words) for m in mistakes),
    )
    return Assignment(
        folder=folder,
        settings=settings,
        suite=suite,
        card=card,
        reference=reference,
        mistakes=mistakes,
        variants=read_overlays(folder / "variants"),
        signatures=_signatures(settings, reference or folder / STARTER),
        digest=_digest(folder, reference),
    )


def is_assignment(folder: Path) -> bool:
    """Is this the folder of one?"""
    return (folder / "assignment.toml").is_file()


def find_assignment(name: str, places: Sequence[Path]) -> Path:
    """The folder of the assignment called `name`, or at that path.

    Raises AssignmentError, which names those that there are.
    """
    if is_assignment(Path(name)):
        return Path(name)
    known = list_assignments(places)
    for folder in known:
        if folder.name == name:
            return folder
    there_are = ", ".join(f.name for f in known) or "none"
    raise AssignmentError(
        f"there is no assignment {name!r} here (there are: {there_are})",
        f"give one of these, the path of an assignment's folder, or set {ENVIRONMENT}",
    )


def list_assignments(places: Sequence[Path]) -> tuple[Path, ...]:
    """The folders of the assignments in the first of `places` that has any."""
    for place in places:
        found = sorted(p.parent for p in place.glob("*/assignment.toml"))
        if found:
            return tuple(found)
    return ()


def places_to_look(environment: Mapping[str, str], here: Path) -> tuple[Path, ...]:
    """Where assignments are looked for: the folder that the environment names, else ./assignments here or
    above, else beside the package (a checkout). Raises AssignmentError where that folder does not exist."""
    named = environment.get(ENVIRONMENT)
    if named:
        if not Path(named).is_dir():
            raise AssignmentError(
                f"there is no folder {named}, which {ENVIRONMENT} names",
                "set it to the folder that holds your assignments, or unset it",
            )
        return (Path(named),)
    beside = Path(__file__).parents[2] / "assignments"
    return (*(p / "assignments" for p in (here, *here.parents)), beside)


def _find_reference(folder: Path, settings: Settings) -> Path | None:
    name = settings.reference or f"{folder.name}.py"
    for place in (folder, folder.parent.parent / "reference"):
        if (place / name).is_file():
            return (place / name).resolve()
    if (folder / ANSWERS).is_file():
        return None
    raise AssignmentError(
        f"{folder}: its reference {name} is not in {folder.parent.parent / 'reference'}",
        "write it there, or name it with `reference = …` in assignment.toml",
    )


def _find_suite(folder: Path) -> Suite:
    root = folder / "checks"
    files = [
        CheckFile(path=path, visibility=visibility)
        for name, visibility in _FOLDERS.items()
        for path in sorted((root / name).glob("test_*.py"))
    ]
    if not files:
        raise AssignmentError(f"{root} has no checks", "write them in public/test_….py and hidden/test_….py")
    return Suite(root=root, files=tuple(files))


def _signatures(settings: Settings, source: Path) -> dict[str, tuple[str, ...]]:
    if not source.is_file():
        return {}
    known = signatures_of(source)
    return {name: arguments for name, arguments in known.items() if name.split(".")[0] in settings.names}


def _digest(folder: Path, reference: Path | None) -> str:
    digest = hashlib.sha256()
    linked = next((p for p in sorted(folder.rglob("*")) if p.is_symlink() and p.is_dir()), None)
    if linked is not None:
        raise AssignmentError(
            f"{linked} is a link to a folder, and what is in that would be no part of the assignment",
            "put a copy of the folder there",
        )
    paths = [p for p in sorted(folder.rglob("*")) if p.is_file() and "__pycache__" not in p.parts]
    for path in [*paths, *([reference] if reference else [])]:
        name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
        digest.update(f"{name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
