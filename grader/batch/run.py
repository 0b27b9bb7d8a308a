"""A batch: every submission of a class ends with a result in the store, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from grader.batch.cache import Conditions, brought_up_to_date, origin_of, reuse
from grader.batch.events import BatchSummary, Began, Failed, Finished, OnEvent, Retrying, Started
from grader.batch.work import Again, Answer, Executor, Start, Task
from grader.discover import Entry, Status
from grader.model import Graded, HandedFile, State, Submission, SubmissionResult, text
from grader.store import Record, Store

FAILURE = "failure/"  # under this name and a key, the store keeps why we failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One hand-in and all whose it is, each with their row in the class."""

    members: tuple[tuple[int, Entry], ...]

    @property
    def position(self) -> int:
        """Of the first of them."""
        return self.members[0][0]


def works_of(entries: Sequence[Entry]) -> tuple[Work, ...]:
    """The entries, those who share one hand-in together."""
    shared: dict[str, list[tuple[int, Entry]]] = {}
    for position, entry in enumerate(entries):
        shared.setdefault(f"work {entry.work}" if entry.work else entry.key, []).append((position, entry))
    return tuple(Work(members=tuple(members)) for members in shared.values())


@dataclass(slots=True, kw_only=True)
class Batch:
    """One batch over one store. Only this writes results to it."""

    store: Store
    works: Sequence[Work]
    fetch: Callable[[Entry], Submission]
    conditions: Conditions
    fresh: bool
    on_event: OnEvent
    _running: dict[int, tuple[Work, Submission]] = field(default_factory=dict)
    _states: dict[str, State] = field(default_factory=dict)
    _reused: int = 0

    def run(self, executor: Executor) -> BatchSummary:
        """Grade what is not known yet. Memory holds what is being graded, not the class.

        A hand-in that is not in this source, but was in an earlier one, keeps its result.
        """
        self.works = [work for work in self.works if not self._is_kept(work.members[0][1])]
        total = sum(len(work.members) for work in self.works)
        self.on_event(Started(total=total, slots=executor.slots))
        for report in executor.run(self._tasks()):
            _, whose = self._running[report.position]
            match report:
                case Start():
                    self.on_event(Began(key=whose.key, name=whose.name, where=report.where))
                case Again():
                    self.on_event(Retrying(key=whose.key, name=whose.name, reason=report.reason))
                case Answer():
                    self._take(report)
        return self._summary(total)

    def _is_kept(self, entry: Entry) -> bool:
        lacks_files = not entry.parts and entry.status in (Status.SUBMITTED, Status.DRAFT, Status.REOPENED)
        known = self.store.known(entry.key) if lacks_files else None
        return known is not None and known.state in (State.GRADED, State.NEEDS_REVIEW)

    def _tasks(self) -> Iterator[Task]:
        """The hand-ins to run. Called for one whenever there is room; those to reuse are kept on the way."""
        for work in self._in_order():
            submission = self.fetch(work.members[0][1])
            known = None if self.fresh else reuse(self.store, submission, self.conditions)
            if known is not None:
                self._keep(work, submission, known)
                self._tell(work, known, 0.0, is_reused=True)
                continue
            self._running[work.position] = (work, _light(submission))
            yield Task(position=work.position, submission=submission)

    def _in_order(self) -> Sequence[Work]:
        """Those never run before first, in the order of the class; then from the longest to the shortest."""
        seconds = self.store.durations()
        return sorted(
            self.works,
            key=lambda work: (-seconds.get(work.members[0][1].key, float("inf")), work.position),
        )

    def _take(self, answer: Answer) -> None:
        """Keep an answer."""
        work, submission = self._running.pop(answer.position)
        graded = answer.graded or _undecided(submission, self.conditions)
        reasons = [words for words in (answer.failure, answer.log) if words]
        with self.store.together():
            self._keep(work, submission, graded)
            if reasons:
                self.store.keep(FAILURE + submission.key, "\n".join(reasons).encode("utf-8", "replace"))
            else:
                self.store.forget(FAILURE + submission.key)
        if reasons:
            self.on_event(Failed(key=submission.key, name=submission.name, reason="\n".join(reasons)))
        self._tell(work, graded, answer.seconds)

    def _keep(self, work: Work, submission: Submission, graded: Graded) -> None:
        """Write the result of every member, unless it is there already."""
        records = []
        for position, entry in work.members:
            own = replace(
                submission,
                key=entry.key,
                name=entry.name,
                identifier=entry.identifier,
                extension=entry.extension,
            )
            result = brought_up_to_date(graded.result, own, submission.notes, self.conditions)
            record = Record(
                graded=replace(graded, result=result),
                position=position,
                origin=origin_of(own, entry.recipient),
            )
            if not self.store.holds(record):
                records.append(record)
        if records:
            self.store.put_all(records)

    def _tell(self, work: Work, graded: Graded, seconds: float, *, is_reused: bool = False) -> None:
        for _, entry in work.members:
            self._states[entry.key] = graded.result.state
            self._reused += is_reused
            self.on_event(
                Finished(
                    key=entry.key,
                    name=entry.name,
                    state=graded.result.state,
                    outcomes=tuple(check.outcome for check in graded.result.checks),
                    seconds=seconds,
                    is_reused=is_reused,
                )
            )

    def _summary(self, total: int) -> BatchSummary:
        states = list(self._states.values())
        keys = self.store.keys()
        return BatchSummary(
            total=total,
            reused=self._reused,
            states=tuple((state, states.count(state)) for state in State if state in states),
            needs_review=tuple(k for k in keys if self._states.get(k) is State.NEEDS_REVIEW),
            left_over=tuple(k for k in keys if k not in self._states),
            tier=self.store.tier(),
        )


def _light(submission: Submission) -> Submission:
    """`submission` without the bytes, which are needed by the process that grades it and nobody else."""
    files = tuple(HandedFile(path=file.path, content=b"") for file in submission.files)
    return replace(submission, files=files)


def _undecided(submission: Submission, conditions: Conditions) -> Graded:
    """The result where we failed: no verdict, and a person must look."""
    return Graded(
        result=SubmissionResult(
            key=submission.key,
            name=submission.name,
            identifier=submission.identifier,
            files=tuple(file.path for file in submission.files),
            state=State.NEEDS_REVIEW,
            out_of=conditions.card.points,
            message=text("The grader itself failed on this submission: a person must look."),
            notes=submission.notes,
        )
    )
