"""An assignment as bytes, to be unpacked and verified on another machine."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from grader import __version__
from grader.assignment import Assignment, load_assignment
from grader.batch.work import FolderRecipe, Grade
from grader.errors import AssignmentError
from grader.model import Tier
from grader.sandbox import open_slot

_DATE = (1980, 1, 1, 0, 0, 0)  # the same assignment gives the same bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """All that a machine without our files needs to grade; a Recipe."""

    assignment: str  # its id
    reference: str  # path of the reference in the archive; empty when there is none
    archive: bytes
    digest: str  # of the assignment, checked after unpacking
    version: str  # of the grader
    isolation: str
    seed: int

    @contextmanager
    def open(self) -> Iterator[Grade]:
        """A desk over an unpacked copy."""
        if self.version != __version__:
            raise AssignmentError(
                f"this machine has grader {__version__}, the run {self.version}",
                "install the same version on every machine",
            )
        with TemporaryDirectory(prefix="grader-") as name:
            folder = self._unpack(Path(name))
            recipe = FolderRecipe(folder=folder, isolation=self.isolation, seed=self.seed)
            with recipe.open() as grade:
                yield grade

    def tier(self) -> Tier:
        """What a slot turns out to have on the machine where this is asked."""
        with open_slot(isolation=self.isolation, preload=()) as slot:
            return slot.tier

    def _unpack(self, root: Path) -> Path:
        with zipfile.ZipFile(io.BytesIO(self.archive)) as archive:
            archive.extractall(root)  # made by `pack` of the run that asks us to run its checks anyway
        folder = root / "assignments" / self.assignment
        digest = load_assignment(folder).digest
        if digest != self.digest:
            raise AssignmentError(
                f"the assignment arrived changed ({digest[:12]}, not {self.digest[:12]})",
                "run the same command again",
            )
        return folder


def pack(assignment: Assignment, *, isolation: str, seed: int) -> Parcel:
    """The parcel of an assignment; the same assignment gives the same bytes."""
    buffer = io.BytesIO()
    root = f"assignments/{assignment.id}"
    reference = ""
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(assignment.folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                name = f"{root}/{path.relative_to(assignment.folder).as_posix()}"
                archive.writestr(zipfile.ZipInfo(name, _DATE), path.read_bytes())
        outside = assignment.reference
        if outside is not None and not outside.is_relative_to(assignment.folder):
            reference = f"reference/{outside.name}"
            archive.writestr(zipfile.ZipInfo(reference, _DATE), outside.read_bytes())
    return Parcel(
        assignment=assignment.id,
        reference=reference,
        archive=buffer.getvalue(),
        digest=assignment.digest,
        version=__version__,
        isolation=isolation,
        seed=seed,
    )
