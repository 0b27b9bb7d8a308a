"""`Store`: everything that a run found out and people decided about one class and one assignment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from grader.errors import StoreError
from grader.model import (
    Card,
    Cost,
    Document,
    Graded,
    Provenance,
    State,
    SubmissionResult,
    Tier,
    from_json,
    to_json,
)
from grader.store import schema
from grader.store.database import NAME, Database, pack, unpack
from grader.store.desk import Desk
from grader.store.locking import RunLock

LOCK_NAME = ".grader.lock"
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time now; the clock of a store that is given no other."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a submission without reading its result."""

    key: str
    position: int
    state: State
    provenance: Provenance | None
    origin: str  # what `Store.put` was given: kept for the caller, not understood here


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One submission's result as it is to be kept."""

    graded: Graded
    position: int  # of its row among the others
    origin: str = ""


def lock(out: Path) -> RunLock:
    """Keeps other runs out of a folder, as `create_or_open` does, without opening the database."""
    return RunLock(out / LOCK_NAME)


def is_being_written(out: Path) -> bool:
    """Does a grading run hold the folder now?"""
    try:
        with lock(out):
            return False
    except StoreError:
        return True


def create_or_open(out: Path, card: Card, *, clock: Clock = utc_now) -> Store:
    """The store of a grading run: creates folder and database, and keeps other runs out.

    Raises StoreError if `out` belongs to another assignment or another run, or cannot be used.
    """
    _make_folder(out)
    stack = ExitStack()
    with stack:
        stack.enter_context(lock(out))
        database = Database(out / NAME)
        stack.callback(database.close)
        _claim(database, card, out)
        return Store(database, clock=clock, closing=stack.pop_all())
    raise AssertionError("unreachable")


def open_existing(out: Path, *, clock: Clock = utc_now) -> Store:
    """The store of a folder that was graded, for reading it and for what people decide."""
    path = out / NAME
    try:
        is_there = path.is_file()
    except OSError:  # a name that is too long, for one
        is_there = False
    if not is_there:
        raise StoreError(f"{out} holds no {NAME}", "give the folder that `grader grade … -o FOLDER` wrote")
    stack = ExitStack()
    with stack:
        database = Database(path)
        stack.callback(database.close)
        if not database.is_ours:
            raise StoreError(f"{path} is empty", "run `grader grade` again; it goes on where it stopped")
        return Store(database, clock=clock, closing=stack.pop_all())
    raise AssertionError("unreachable")


class Store:
    """The truth about one output folder. A context manager; use one per thread."""

    def __init__(self, database: Database, *, clock: Clock, closing: ExitStack) -> None:
        self._database = database
        self._clock = clock
        self._closing = closing
        self.desk = Desk(database, clock)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database, and of the folder."""
        self._closing.close()

    @property
    def out(self) -> Path:
        """The output folder."""
        return self._database.path.parent

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is written inside is kept all or not at all."""
        with self._database.write():
            yield

    # --- the assignment, and what the run wants kept ---------------------------------------------

    def card(self) -> Card:
        """The assignment, as of the last run."""
        return from_json(Card, self.setting("card"))

    def setting(self, name: str) -> str:
        """What `set_setting` kept; empty if nothing."""
        row = self._database.row("SELECT value FROM meta WHERE name = ?", name)
        return str(row[0]) if row else ""

    def set_setting(self, name: str, value: str) -> None:
        """Keep a short text under a name."""
        with self._database.write() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def keep(self, name: str, content: bytes) -> None:
        """Keep a file's bytes under a name: Moodle's worksheet, from which ours is derived."""
        with self._database.write() as connection:
            connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, content))

    def kept(self, name: str) -> bytes | None:
        """The bytes that `keep` was given."""
        row = self._database.row("SELECT content FROM kept WHERE name = ?", name)
        return bytes(row[0]) if row and isinstance(row[0], bytes) else None

    def forget(self, name: str) -> None:
        """Drop what was kept under a name."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM kept WHERE name = ?", (name,))

    # --- results -----------------------------------------------------------------------------------

    def put(self, graded: Graded, position: int, *, origin: str = "") -> None:
        """Keep one result in place of an earlier one; what people decided about it stays."""
        self.put_all([Record(graded=graded, position=position, origin=origin)])

    def put_all(self, records: Iterable[Record]) -> None:
        """Keep several results in one transaction."""
        with self._database.write() as connection:
            for record in records:
                before = self._database.row("SELECT body FROM result WHERE key = ?", record.graded.result.key)
                for statement, values in _statements(record):
                    connection.executemany(statement, values)
                if before is not None and not _keeps(before[0], record.graded.result):
                    self.desk.note_result(record.graded.result)

    def holds(self, record: Record) -> bool:
        """Is this very result there already, at this position?"""
        result = record.graded.result
        row = self._database.row("SELECT position, body, origin FROM result WHERE key = ?", result.key)
        return (
            row is not None
            and (row[0], row[2]) == (record.position, record.origin)
            and _keeps(row[1], result)
        )

    def place(self, places: Sequence[tuple[str, int]]) -> None:
        """Give submissions other positions."""
        with self._database.write() as connection:
            connection.executemany(
                "UPDATE result SET position = ? WHERE key = ?", [(at, key) for key, at in places]
            )

    def keys(self) -> tuple[str, ...]:
        """All keys, in the order of the class."""
        return tuple(
            str(key) for (key,) in self._database.rows("SELECT key FROM result ORDER BY position, key")
        )

    def get(self, key: str, *, with_document: bool = True) -> Graded | None:
        """All that is known of one submission."""
        row = self._database.row(
            "SELECT r.body, d.body FROM result r LEFT JOIN document d USING (key) WHERE key = ?", key
        )
        if row is None:
            return None
        document = from_json(Document, unpack(row[1])) if with_document and row[1] is not None else None
        return Graded(
            result=from_json(SubmissionResult, unpack(row[0])), document=document, costs=self.costs(key)
        )

    def iterate(self, *, with_documents: bool = True) -> Iterator[Graded]:
        """All submissions in the order of the class, one at a time; nothing stays locked between."""
        for key in self.keys():
            graded = self.get(key, with_document=with_documents)
            if graded is not None:
                yield graded

    def known(self, key: str) -> Known | None:
        """What the last run left about a submission."""
        row = self._database.row(
            "SELECT key, position, state, provenance, origin FROM result WHERE key = ?", key
        )
        if row is None:
            return None
        provenance = from_json(Provenance, str(row[3])) if row[3] else None
        return Known(
            key=str(row[0]),
            position=int(str(row[1])),
            state=State(str(row[2])),
            provenance=provenance,
            origin=str(row[4]),
        )

    def costs(self, key: str) -> tuple[Cost, ...]:
        """What loading and each check of one submission took."""
        rows = self._database.rows(
            "SELECT name, wall_s, cpu_s, memory_bytes FROM cost WHERE key = ? ORDER BY ordinal", key
        )
        return tuple(
            Cost(check=str(name), wall_s=_real(wall), cpu_s=_real(cpu), memory_bytes=int(_real(memory)))
            for name, wall, cpu, memory in rows
        )

    def durations(self) -> dict[str, float]:
        """Seconds that each submission took when it was last run."""
        rows = self._database.rows("SELECT key, sum(wall_s) FROM cost GROUP BY key")
        return {str(key): _real(wall) for key, wall in rows}

    def states(self) -> dict[State, int]:
        """How many submissions ended in each state."""
        rows = self._database.rows("SELECT state, count(*) FROM result GROUP BY state")
        return {State(str(state)): int(_real(count)) for state, count in rows}

    def sharing(self, mistake: str) -> tuple[tuple[str, str], ...]:
        """Key and check of each submission whose numbers are those of a known mistake."""
        rows = self._database.rows(
            "SELECT m.key, m.name FROM made m JOIN result r USING (key)"
            " WHERE m.mistake = ? ORDER BY r.position, m.key, m.name",
            mistake,
        )
        return tuple((str(key), str(name)) for key, name in rows)

    def tier(self) -> Tier | None:
        """The weakest isolation under which any of the results was made."""
        seen = {provenance.tier for provenance in self._provenances()}
        return max(seen, key=list(Tier).index) if seen else None

    def is_mixed(self) -> bool:
        """Were some of the results made by another version of the assignment than others?"""
        return len({provenance.assignment for provenance in self._provenances()}) > 1

    def _provenances(self) -> Iterator[Provenance]:
        for (words,) in self._database.rows("SELECT DISTINCT provenance FROM result WHERE provenance <> ''"):
            yield from_json(Provenance, str(words))


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        is_foreign = not (out / NAME).exists() and any(p.name != LOCK_NAME for p in out.iterdir())
    except FileExistsError:
        raise StoreError(f"{out} is a file", "give a folder to write to") from None
    except OSError as error:
        raise StoreError(
            f"the folder {out} cannot be made ({error.strerror})", "choose another output folder"
        ) from error
    if is_foreign:
        raise StoreError(
            f"{out} holds other files and no results of the grader", "give a new or an empty output folder"
        )


def _claim(database: Database, card: Card, out: Path) -> None:
    """Make the database that of `card`'s assignment, or see that it is."""
    if database.is_ours:
        row = database.row("SELECT value FROM meta WHERE name = 'card'")
        owner = from_json(Card, str(row[0])).id if row else card.id
        if owner != card.id:
            raise StoreError(
                f"{out} holds the results of {owner}, not of {card.id}", "choose another output folder"
            )
    with database.write() as connection:
        if not database.is_ours:
            schema.create(connection)
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('card', ?)", (to_json(card),))


def _statements(record: Record) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
    """What keeps `record`: statements, each with its rows."""
    graded, result = record.graded, record.graded.result
    key = result.key
    provenance = to_json(result.provenance) if result.provenance else ""
    yield (
        "INSERT INTO result VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
        " position = excluded.position, state = excluded.state, body = excluded.body,"
        " provenance = excluded.provenance, origin = excluded.origin",
        [(key, record.position, str(result.state), pack(to_json(result)), provenance, record.origin)],
    )
    for table in ("verdict", "made", "document", "cost"):
        yield f"DELETE FROM {table} WHERE key = ?", [(key,)]
    yield (
        "INSERT INTO verdict VALUES (?, ?, ?, ?, ?, ?)",
        [(key, i, c.check, str(c.outcome), c.points, c.out_of) for i, c in enumerate(result.checks)],
    )
    yield (
        "INSERT OR IGNORE INTO made VALUES (?, ?, ?)",
        [(key, mistake, c.check) for c in result.checks for mistake in c.mistakes],
    )
    if graded.document is not None:
        yield "INSERT INTO document VALUES (?, ?)", [(key, pack(to_json(graded.document)))]
    yield (
        "INSERT INTO cost VALUES (?, ?, ?, ?, ?, ?)",
        [(key, i, c.check, c.wall_s, c.cpu_s, c.memory_bytes) for i, c in enumerate(graded.costs)],
    )


def _keeps(body: object, result: SubmissionResult) -> bool:
    """Is `result` what `body` says? By value: an int that a check gave for a float comes back as one."""
    return body == pack(to_json(result)) or from_json(SubmissionResult, unpack(body)) == result


def _real(value: object) -> float:
    """A number out of a row."""
    if not isinstance(value, int | float):
        raise TypeError(f"{value!r} is not a number")
    return float(value)
