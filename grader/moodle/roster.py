"""Who is in the class, with exact times: what web services tell and a worksheet does not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from grader.errors import MoodleError
from grader.moodle.languages import Status
from grader.moodle.worksheet import Row

ROSTER_NAME = "grader-roster.json"  # at the top of a zip: no student can put a file there
_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The participants of an assignment, as web services tell."""

    rows: tuple[Row, ...]
    has_teams: bool = False
    due: datetime | None = None  # aware, UTC

    def to_bytes(self) -> bytes:
        """The roster as a file."""
        document = {
            "format": _FORMAT,
            "has_teams": self.has_teams,
            "due": _seconds(self.due),
            "participants": [
                {
                    "identifier": row.identifier,
                    "name": row.name,
                    "status": row.status.value,
                    "group": row.group,
                    "submitted": _seconds(row.submitted),
                    "extension": _seconds(row.extension),
                }
                for row in self.rows
            ],
        }
        return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def read_roster(data: bytes) -> Roster:
    """The roster that `Roster.to_bytes` wrote; raises MoodleError on anything else."""
    try:
        document = json.loads(data)
        if document["format"] != _FORMAT:
            raise ValueError("format")
        rows = tuple(
            Row(
                identifier=str(person["identifier"]),
                name=str(person["name"]),
                status=Status(person["status"]),
                group=None if person["group"] is None else str(person["group"]),
                submitted=_moment(person["submitted"]),
                extension=_moment(person["extension"]),
            )
            for person in document["participants"]
        )
        return Roster(rows=rows, has_teams=bool(document["has_teams"]), due=_moment(document["due"]))
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
        raise MoodleError(f"{ROSTER_NAME} cannot be read", "run `grader moodle fetch` again") from error


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(int(seconds), UTC)
