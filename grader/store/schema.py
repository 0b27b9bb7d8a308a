"""The tables of `grades.sqlite`, and what is asked of a file before it is used as one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from grader.errors import StoreError

APPLICATION = 0x47524452  # "GRDR", SQLite's application_id: whose database this is
VERSION = 1

# One transaction makes them all, so that a run killed here leaves an empty file or a whole database.
# `verdict` repeats what `result.body` says, to be searched with SQL; both are written together.
TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE kept (name TEXT PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE result (
  key TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  state TEXT NOT NULL,
  body BLOB NOT NULL,
  provenance TEXT NOT NULL,
  origin TEXT NOT NULL
);
CREATE INDEX result_position ON result (position, key);
CREATE TABLE verdict (
  key TEXT NOT NULL REFERENCES result (key) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  outcome TEXT NOT NULL,
  points REAL NOT NULL,
  out_of REAL NOT NULL,
  PRIMARY KEY (key, ordinal)
) WITHOUT ROWID;
CREATE INDEX verdict_name ON verdict (name, outcome);
CREATE TABLE made (
  key TEXT NOT NULL REFERENCES result (key) ON DELETE CASCADE,
  mistake TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (mistake, key, name)
) WITHOUT ROWID;
CREATE INDEX made_key ON made (key);
CREATE TABLE document (
  key TEXT PRIMARY KEY REFERENCES result (key) ON DELETE CASCADE,
  body BLOB NOT NULL
);
CREATE TABLE cost (
  key TEXT NOT NULL REFERENCES result (key) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  wall_s REAL NOT NULL,
  cpu_s REAL NOT NULL,
  memory_bytes INTEGER NOT NULL,
  PRIMARY KEY (key, ordinal)
) WITHOUT ROWID;
CREATE TABLE correction (
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  points REAL,
  reason TEXT NOT NULL,
  author TEXT NOT NULL,
  made_at TEXT NOT NULL,
  PRIMARY KEY (key, name)
);
CREATE TABLE comment (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  author TEXT NOT NULL,
  made_at TEXT NOT NULL
);
CREATE INDEX comment_key ON comment (key, id);
CREATE TABLE reviewed (key TEXT PRIMARY KEY, author TEXT NOT NULL, made_at TEXT NOT NULL);
CREATE TABLE version (key TEXT PRIMARY KEY, number INTEGER NOT NULL);
CREATE TABLE log (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  made_at TEXT NOT NULL,
  author TEXT NOT NULL,
  action TEXT NOT NULL,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX log_key ON log (key, id);
CREATE TRIGGER log_is_not_rewritten BEFORE UPDATE ON log
  BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_is_not_shortened BEFORE DELETE ON log
  BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
"""


def examine(connection: sqlite3.Connection, path: Path) -> bool:
    """Is there a database of ours? False for a file still empty; raises StoreError on any other."""
    application, version, tables = (
        connection.execute(question).fetchone()[0]
        for question in (
            "PRAGMA application_id",
            "PRAGMA user_version",
            "SELECT count(*) FROM sqlite_master",
        )
    )
    if not tables and not application:
        return False
    if application != APPLICATION:
        raise StoreError(f"{path} is a database of another program", "choose another output folder")
    if version > VERSION:
        raise StoreError(
            f"{path} was written by a newer grader (layout {version}, this one knows {VERSION})",
            "install the newer version, or choose another output folder",
        )
    return True


def create(connection: sqlite3.Connection) -> None:
    """Make the tables; call it inside a transaction."""
    for statement in _statements(TABLES):
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _statements(script: str) -> list[str]:
    """The statements of `script`; `executescript` would commit before it begins."""
    statements, pending = [], ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return statements
