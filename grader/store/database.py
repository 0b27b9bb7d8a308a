"""A connection to `grades.sqlite`, with SQLite's failures turned into sentences."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import StoreError
from grader.store import schema

NAME = "grades.sqlite"
BUSY_S = 10.0  # how long to wait for another process that is writing; its transactions take milliseconds


class Database:
    """The one connection of a `Store`; `write` gives a transaction, all or nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with sentences(path):
            # A rollback journal, not a write-ahead log: it also holds on network disks, and the one
            # file is whole whenever nobody writes. FULL: what was committed survives a power cut.
            self._connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
        try:
            with sentences(path):
                self._connection.execute("PRAGMA journal_mode = DELETE")
                self._connection.execute("PRAGMA synchronous = FULL")
                self._connection.execute("PRAGMA foreign_keys = ON")
                self.is_ours = schema.examine(self._connection, path)
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def rows(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """All rows of a query. Nothing stays locked afterwards."""
        with sentences(self.path):
            return self._connection.execute(statement, values).fetchall()

    def row(self, statement: str, *values: object) -> tuple[object, ...] | None:
        """The first row of a query."""
        rows = self.rows(statement, *values)
        return rows[0] if rows else None

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction; inside another one, a part of it."""
        if self._connection.in_transaction:
            yield self._connection
            return
        with sentences(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


@contextmanager
def sentences(path: Path) -> Iterator[None]:
    """Turn what SQLite raises about the file, the disk or other processes into a StoreError."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise  # a rule of ours is broken: a bug
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code not in _WORDS:
            raise  # a bug of ours
        problem, fix = _WORDS[code]
        raise StoreError(f"{path} {problem}", fix) from error


_WORDS = {
    sqlite3.SQLITE_BUSY: (
        "is locked by another program",
        "close what has it open (a review desk, a database browser) and run the same command again",
    ),
    sqlite3.SQLITE_LOCKED: ("is locked by another program", "close it and run the same command again"),
    sqlite3.SQLITE_FULL: (
        "cannot grow: the disk is full",
        "free some space and run the same command again; it goes on where it stopped",
    ),
    sqlite3.SQLITE_NOTADB: ("is not a database", "choose another output folder"),
    sqlite3.SQLITE_CORRUPT: (
        "is damaged",
        "restore it from a backup, or move it away and grade again",
    ),
    sqlite3.SQLITE_READONLY: ("cannot be written", "give yourself the right to write to its folder"),
    sqlite3.SQLITE_PERM: ("cannot be written", "give yourself the right to write to its folder"),
    sqlite3.SQLITE_CANTOPEN: (
        "cannot be opened",
        "check that its folder exists and that you may write to it",
    ),
    sqlite3.SQLITE_IOERR: (
        "cannot be read or written: the disk reports an error",
        "check the disk and its free space, then run the same command again; it goes on where it stopped",
    ),
}


_LEVEL = 3  # of zlib: 6 takes twice as long, for 6 % fewer bytes


def pack(words: str) -> bytes:
    """`words` as they are kept: UTF-8, compressed; the same words give the same bytes."""
    return zlib.compress(words.encode("utf-8", "surrogatepass"), _LEVEL)


def unpack(packed: object) -> str:
    """The words that `pack` was given."""
    if not isinstance(packed, bytes):
        raise TypeError(f"packed text is {type(packed).__name__}, not bytes")
    return zlib.decompress(packed).decode("utf-8", "surrogatepass")
