"""What was sent to Moodle, line by line: a push that was cut off goes on where it stood."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from grader.errors import MoodleError


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What we last sent for one participant."""

    grade: float | None
    comment: str  # SHA-256 of the comment, as sent
    file: str  # SHA-256 of the feedback file
    is_verified: bool  # read back and found as sent


def digest(content: str | bytes | None) -> str:
    """SHA-256, or "" for nothing."""
    if content is None:
        return ""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


class Journal:
    """An append-only file of what was sent for one assignment of one site."""

    def __init__(self, path: Path, target: str) -> None:
        self._path = path
        self._target = target

    def read(self) -> dict[str, Sent]:
        """The last line of each participant; a line cut off by a crash is passed over."""
        if not self._path.exists():
            return {}
        last: dict[str, Sent] = {}
        for line in self._path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                entry = json.loads(line)
                if entry["target"] != self._target:
                    raise MoodleError(
                        f"{self._path} is of another assignment ({entry['target']})",
                        "push from the folder of this assignment, or move that file away",
                    )
                last[str(entry["identifier"])] = Sent(
                    grade=entry["grade"],
                    comment=str(entry["comment"]),
                    file=str(entry["file"]),
                    is_verified=bool(entry["verified"]),
                )
            except (ValueError, KeyError, TypeError):
                continue
        return last

    def write(self, identifier: str, sent: Sent) -> None:
        """Append a line and see it on the disk before anything is sent."""
        entry = {
            "target": self._target,
            "identifier": identifier,
            "grade": sent.grade,
            "comment": sent.comment,
            "file": sent.file,
            "verified": sent.is_verified,
        }
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"\n{json.dumps(entry)}" if _is_cut(self._path) else json.dumps(entry))
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())


def _is_cut(path: Path) -> bool:
    """Does the file end in the middle of a line?"""
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"
