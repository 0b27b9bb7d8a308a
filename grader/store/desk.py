"""What people decide: corrections, comments, marks; and the log that says who, what and when."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from grader.errors import StoreError
from grader.model import Correction, SubmissionResult
from grader.store.database import Database

MACHINE = ""  # the author of what no person did


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the log."""

    id: int
    made_at: datetime
    author: str
    action: str  # "correct" | "withdraw" | "comment" | "delete" | "review" | "unreview" | "undo" | "regrade"
    key: str
    version: int  # of the submission after it
    detail: str  # JSON: what was there `before` and `after`

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M} {self.author or 'grader'}: {self.action} {self.detail}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What a person wrote to the student about one check (or, with check = "", about all)."""

    id: int
    key: str
    check: str
    body: str  # Markdown, to be sanitised where it is shown
    author: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """Who has looked at a submission, and when."""

    key: str
    author: str
    made_at: datetime


class Conflict(StoreError):
    """Somebody else changed the submission since it was read; nothing was written."""

    def __init__(self, key: str, entries: tuple[Entry, ...]) -> None:
        super().__init__(key, "")
        self.args = (key, entries)

    @property
    def key(self) -> str:
        """Of the submission."""
        return str(self.args[0])

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What was written meanwhile, oldest first."""
        entries: tuple[Entry, ...] = self.args[1]
        return entries

    @property
    def problem(self) -> str:
        """Who did what."""
        return f"{self.key} was changed meanwhile ({'; '.join(map(str, self.entries))})"

    @property
    def fix(self) -> str:
        """What to do about it."""
        return "read it again, then decide again"


class Desk:
    """The people's part of a store. Every change names the version that it was based on.

    The version of a submission is 0 at first and grows by 1 with each change that a person makes.
    Methods return the new version, and raise `Conflict` if another version is there.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    # --- reading -----------------------------------------------------------------------------------

    def version(self, key: str) -> int:
        """The version of one submission."""
        row = self._database.row("SELECT number FROM version WHERE key = ?", key)
        return int(str(row[0])) if row else 0

    def corrections(self, key: str) -> tuple[Correction, ...]:
        """The corrections of one submission that hold now."""
        rows = self._database.rows(
            "SELECT name, points, reason, author FROM correction WHERE key = ? ORDER BY name", key
        )
        return tuple(
            Correction(
                key=key,
                check=str(name),
                points=None if points is None else float(str(points)),
                reason=str(reason),
                author=str(author),
            )
            for name, points, reason, author in rows
        )

    def comments(self, key: str) -> tuple[Comment, ...]:
        """The comments on one submission, oldest first."""
        rows = self._database.rows(
            "SELECT id, name, body, author, made_at FROM comment WHERE key = ? ORDER BY id", key
        )
        return tuple(
            Comment(
                id=int(str(id_)),
                key=key,
                check=str(name),
                body=str(body),
                author=str(author),
                made_at=datetime.fromisoformat(str(at)),
            )
            for id_, name, body, author, at in rows
        )

    def reviewed(self, key: str) -> Reviewed | None:
        """The mark that a person has been through this submission."""
        row = self._database.row("SELECT author, made_at FROM reviewed WHERE key = ?", key)
        if row is None:
            return None
        return Reviewed(key=key, author=str(row[0]), made_at=datetime.fromisoformat(str(row[1])))

    def history(self, key: str | None = None, *, after_version: int = -1) -> tuple[Entry, ...]:
        """The log, oldest first: of all, or of one submission since a version of it."""
        rows = self._database.rows(
            "SELECT id, made_at, author, action, key, version, detail FROM log"
            " WHERE (? IS NULL OR key = ?) AND version > ? ORDER BY id",
            key,
            key,
            after_version,
        )
        return tuple(
            Entry(
                id=int(str(id_)),
                made_at=datetime.fromisoformat(str(at)),
                author=str(author),
                action=str(action),
                key=str(of),
                version=int(str(version)),
                detail=str(detail),
            )
            for id_, at, author, action, of, version, detail in rows
        )

    # --- deciding ----------------------------------------------------------------------------------

    def correct(self, correction: Correction, *, version: int) -> int:
        """Put a person's points for a check in place of the machine's."""
        if not correction.reason.strip():
            raise StoreError("a correction needs a reason", "say in a few words why the points change")
        if correction.points is not None and not 0 <= correction.points < math.inf:
            raise StoreError(f"{correction.points} is no number of points", "give a number from 0 up")
        with self._change(correction.key, correction.author, version) as change:
            before = self._correction(correction.key, correction.check)
            after = {"points": correction.points, "reason": correction.reason, "author": correction.author}
            self._set_correction(correction.key, correction.check, after)
            return change("correct", {"check": correction.check, "before": before, "after": after})

    def withdraw(self, key: str, check: str, *, author: str, version: int) -> int:
        """Let the machine's points for a check stand again."""
        with self._change(key, author, version) as change:
            before = self._correction(key, check)
            self._set_correction(key, check, None)
            return change("withdraw", {"check": check, "before": before, "after": None})

    def comment(self, key: str, check: str, body: str, *, author: str, version: int) -> int:
        """Write to the student."""
        with self._change(key, author, version) as change:
            id_ = self._set_comment(None, key, {"check": check, "body": body, "author": author})
            return change("comment", {"id": id_, "check": check, "body": body})

    def delete_comment(self, key: str, id: int, *, author: str, version: int) -> int:
        """Take a comment back; the log keeps it."""
        with self._change(key, author, version) as change:
            before = next((c for c in self.comments(key) if c.id == id), None)
            if before is None:
                raise StoreError(f"{key} has no comment {id}", "read it again")
            self._set_comment(id, key, None)
            return change(
                "delete", {"id": id, "check": before.check, "body": before.body, "by": before.author}
            )

    def mark(self, key: str, *, author: str, version: int, reviewed: bool = True) -> int:
        """Say that a person has been through this submission, or must again."""
        with self._change(key, author, version) as change:
            before = self.reviewed(key)
            self._set_reviewed(key, author if reviewed else None)
            action = "review" if reviewed else "unreview"
            return change(action, {"before": before.author if before else None})

    def undo(self, key: str, *, author: str, version: int) -> int:
        """Take back the last change to a submission that has not been taken back yet."""
        with self._change(key, author, version) as change:
            entries = self.history(key)
            undone = {json.loads(e.detail)["id"] for e in entries if e.action == "undo"}
            candidates = [e for e in entries if e.author and e.action != "undo" and e.id not in undone]
            if not candidates:
                raise StoreError(f"nothing of {key} is left to undo", "read it again")
            self._revert(candidates[-1])
            return change("undo", {"id": candidates[-1].id, "action": candidates[-1].action})

    def note_result(self, result: SubmissionResult) -> None:
        """Log that the machine has another opinion on a submission that people have dealt with."""
        row = self._database.row("SELECT number FROM version WHERE key = ?", result.key)
        if row is not None:
            detail = {"state": str(result.state), "points": [c.points for c in result.checks]}
            self._log(result.key, MACHINE, "regrade", int(str(row[0])), detail)

    # --- in a transaction ---------------------------------------------------------------------------

    @contextmanager
    def _change(
        self, key: str, author: str, version: int
    ) -> Iterator[Callable[[str, dict[str, object]], int]]:
        """A transaction on one submission whose version is `version`; gives what logs the change."""
        if not author.strip():
            raise StoreError("a change needs an author", "say who you are")
        with self._database.write() as connection:
            if self._database.row("SELECT 1 FROM result WHERE key = ?", key) is None:
                raise StoreError(f"there is no submission {key}", "read the list again")
            if self.version(key) != version:
                raise Conflict(key, self.history(key, after_version=version))
            connection.execute("INSERT OR REPLACE INTO version VALUES (?, ?)", (key, version + 1))

            def log(action: str, detail: dict[str, object]) -> int:
                self._log(key, author, action, version + 1, detail)
                return version + 1

            yield log

    def _log(self, key: str, author: str, action: str, version: int, detail: Mapping[str, object]) -> None:
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO log (made_at, author, action, key, version, detail) VALUES (?, ?, ?, ?, ?, ?)",
                (self._now(), author, action, key, version, json.dumps(detail)),
            )

    def _revert(self, entry: Entry) -> None:
        """Put back what was there before `entry`."""
        detail = json.loads(entry.detail)
        match entry.action:
            case "correct" | "withdraw":
                self._set_correction(entry.key, detail["check"], detail["before"])
            case "comment":
                self._set_comment(detail["id"], entry.key, None)
            case "delete":
                content = {"check": detail["check"], "body": detail["body"], "author": detail["by"]}
                self._set_comment(detail["id"], entry.key, content)
            case "review" | "unreview":
                self._set_reviewed(entry.key, detail["before"])

    def _correction(self, key: str, check: str) -> dict[str, object] | None:
        for correction in self.corrections(key):
            if correction.check == check:
                return {
                    "points": correction.points,
                    "reason": correction.reason,
                    "author": correction.author,
                }
        return None

    def _set_correction(self, key: str, check: str, content: Mapping[str, object] | None) -> None:
        with self._database.write() as connection:
            connection.execute("DELETE FROM correction WHERE key = ? AND name = ?", (key, check))
            if content is not None:
                connection.execute(
                    "INSERT INTO correction VALUES (?, ?, ?, ?, ?, ?)",
                    (key, check, content["points"], content["reason"], content["author"], self._now()),
                )

    def _set_comment(self, id: int | None, key: str, content: dict[str, str] | None) -> int:
        with self._database.write() as connection:
            if content is None:
                connection.execute("DELETE FROM comment WHERE id = ?", (id,))
                return id or 0
            cursor = connection.execute(
                "INSERT INTO comment (id, key, name, body, author, made_at) VALUES (?, ?, ?, ?, ?, ?)",
                (id, key, content["check"], content["body"], content["author"], self._now()),
            )
            return int(cursor.lastrowid or 0)

    def _set_reviewed(self, key: str, author: str | None) -> None:
        with self._database.write() as connection:
            connection.execute("DELETE FROM reviewed WHERE key = ?", (key,))
            if author is not None:
                connection.execute("INSERT INTO reviewed VALUES (?, ?, ?)", (key, author, self._now()))

    def _now(self) -> str:
        return self._clock().astimezone(UTC).isoformat(timespec="microseconds")
