"""One hand-in in a sandbox: loaded, asked, and loaded again with less when it does not load whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grader.assignment import Assignment
from grader.checks.connection import Connection, Interrupted
from grader.checks.plugin import seed_for
from grader.checks.suite import Case
from grader.load import notes_of
from grader.model import Cost, HandedFile, LoadMode, Program, Text, text
from grader.sandbox import Session, Slot

DATA = "_data"  # in the student's folder: the assignment's data files
_LESS = {LoadMode.ALL: LoadMode.DEFINITIONS, LoadMode.DEFINITIONS: LoadMode.BARE}

Place = list[Any]  # label of a unit and line, as the worker gives them


class Attempt:
    """A hand-in being loaded and asked. A context manager.

    `mode` is the assignment's where it is not given; `without` are statements to leave out.
    """

    def __init__(
        self,
        program: Program,
        assignment: Assignment,
        slot: Slot,
        *,
        seed: int,
        mode: LoadMode | None = None,
        without: Sequence[Place] = (),
    ) -> None:
        self._program = program
        self._assignment = assignment
        self._slot = slot
        self._seed = seed
        self._mode = mode or assignment.settings.load.mode
        self._without = without
        self._limits = assignment.limits()
        self._session: Session | None = None
        self._fault: Exception | None = None
        self.notes: tuple[Text, ...] = ()

    def __enter__(self) -> Attempt:
        try:
            self._load(self._mode)
        except Exception as error:
            self._fault = error
        return self

    def __exit__(self, *exception: object) -> None:
        if self._session is not None:
            self._session.close()

    def connect(self, case: Case) -> Connection:
        """A line for one check; raises what loading ended with."""
        if self._session is None:
            fault = self._fault or RuntimeError("connect outside of the attempt")
            raise fault.with_traceback(None)  # raised once per check: its traceback must not grow
        limits = self._limits
        if case.timeout_s is not None:
            limits = limits.with_check_time(case.timeout_s)
        seed = seed_for("worker", self._seed, case.check, case.index)
        return self._session.begin(limits=limits, seed=seed % 2**32, check=case.check)

    @property
    def costs(self) -> tuple[Cost, ...]:
        """What loading and each check took; all of it after the attempt."""
        return self._session.costs if self._session is not None else ()

    def repairs(self) -> tuple[str, ...]:
        """The kinds of repair that loading needed, of those that the assignment allows."""
        report = self._session.report if self._session is not None else {}
        done = report.get("repairs")
        return tuple(
            r for r in self._assignment.settings.load.repairs if isinstance(done, list) and r in done
        )

    def redefined(self) -> dict[str, Place]:
        """The names looked up that are defined more than once, with the place of the last: a claim."""
        report = self._session.report if self._session is not None else {}
        places = report.get("places")
        found = places if isinstance(places, dict) else {}
        names = [n for n in self._assignment.settings.names if isinstance(found.get(n), list)]
        return {n: list(found[n][-1]) for n in names if len(found[n]) > 1 and isinstance(found[n][-1], list)}

    def _load(self, mode: LoadMode) -> None:
        data = data_files(self._assignment)
        try:
            self._session = self._slot.load(
                request_for(self._program, self._assignment, mode, without=self._without),
                (*self._program.files, *data),
                self._limits,
                seed=seed_for("load", self._seed) % 2**32,
            )
        except Interrupted as error:
            if mode not in _LESS:
                raise
            self._load(_LESS[mode])
            self.notes = (_reason(mode, error.message), *self.notes)
        else:
            self.notes = notes_of(self._session.report)


def _reason(mode: LoadMode, why: Text) -> Text:
    if mode is LoadMode.ALL:
        return text("Running all of it did not end well: {why} Only its definitions were loaded.", why=why)
    return text(
        "Loading its definitions did not end well: {why} Only functions, classes and constants were loaded.",
        why=why,
    )


def data_files(assignment: Assignment) -> tuple[HandedFile, ...]:
    """The assignment's data, to lie beside the hand-in."""
    if assignment.data is None:
        return ()
    root = assignment.data
    paths = [p for p in sorted(root.rglob("*")) if p.is_file()]
    return tuple(
        HandedFile(path=f"{DATA}/{p.relative_to(root).as_posix()}", content=p.read_bytes()) for p in paths
    )


def request_for(
    program: Program,
    assignment: Assignment,
    mode: LoadMode,
    *,
    without: Sequence[Place] = (),
) -> Mapping[str, object]:
    """What the worker is told: the student's units and what concerns loading them. No answer is in it."""
    settings = assignment.settings
    return {
        "units": [{"source": unit.source, "label": unit.label} for unit in program.units],
        "path": program.path,
        "mode": mode.value,
        "names": list(settings.names),
        "aliases": {name: list(others) for name, others in settings.aliases.items()},
        "signatures": {name: list(arguments) for name, arguments in assignment.signatures.items()},
        "accepted": {name: [list(o) for o in orders] for name, orders in settings.accepted.items()},
        "imports": list(settings.imports.allowed),
        "repairs": list(settings.load.repairs),
        "data": DATA if assignment.data is not None else None,
        "without": [list(place) for place in without],
    }
