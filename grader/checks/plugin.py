"""Checks are pytest tests that run here: pytest finds them once, and they are run for each student.

`student` is a proxy, and outcomes are values.
"""

from __future__ import annotations

import hashlib
import logging
import os
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import cast

import numpy as np
import pytest

from grader.checks.cases import CaseResult, combine, result_of
from grader.checks.collect import check_name, checks_of, mark_of, not_collected
from grader.checks.connection import Connection, FrameConnection
from grader.checks.diagnose import diagnose
from grader.checks.fixtures import ItemRunner
from grader.checks.oracle import LocalConnection
from grader.checks.recall import Walk
from grader.checks.reproduce import example
from grader.checks.student import Student
from grader.checks.suite import Case, CheckMark, Mistake, Run, Suite
from grader.errors import AssignmentError
from grader.model import Check, CheckResult, Evidence, Outcome, Text, Visibility, text

# Plugins of pytest that a run of checks has no use for: each costs time in every submission.
_OFF = (
    *("cacheprovider", "terminal", "capture", "logging", "warnings", "junitxml", "doctest", "faulthandler"),
    *("stepwise", "tmpdir", "pastebin", "unraisableexception", "threadexception", "debugging", "recwarn"),
    *("setuponly", "setupplan", "skipping", "unittest", "subtests"),
)
_TO_TRY = (Outcome.FAILED, Outcome.ERROR, Outcome.TIMEOUT, Outcome.MEMORY, Outcome.CRASHED)
_COSTLY = (Outcome.TIMEOUT, Outcome.MEMORY, Outcome.CRASHED)  # one seed of these is enough

log = logging.getLogger(__name__)


def collect_checks(suite: Suite) -> tuple[Check, ...]:
    """What the suite checks; raises AssignmentError where its files are wrong."""
    return CheckRunner(suite).checks


def run_checks(suite: Suite, run: Run) -> tuple[CheckResult, ...]:
    """The result of every check of the suite, in its order."""
    return CheckRunner(suite).run(run)


def _options(suite: Suite) -> list[str]:
    options = [word for name in _OFF for word in ("-p", f"no:{name}")]
    # pytest names the modules it imports after their path below rootdir and keeps them in sys.modules:
    # below "/" two assignments that both have a test_softmax.py do not get each other's.
    options += ["--import-mode=importlib", f"--rootdir={suite.root.anchor}", f"--confcutdir={suite.root}"]
    options += ["-c", os.devnull, "--strict-markers", "--disable-plugin-autoload"]
    return [*options, *(str(f.path) for f in suite.files)]


class CheckRunner:
    """A suite, collected once: its checks, to be run for as many students as there are.

    Also the plugin of pytest's session that finds them. The items that pytest gives outlive that session: a
    session for each student would cost more than many students' code does. Files of checks are imported once.
    Raises AssignmentError where they are wrong.
    """

    def __init__(self, suite: Suite) -> None:
        self.suite = suite
        self.checks: tuple[Check, ...] = ()
        self._cases: dict[str, list[ItemRunner]] = {}
        self._marks: dict[str, CheckMark] = {}
        self._fault: BaseException | None = None
        self._run: Run | None = None
        self._results: dict[str, CheckResult] = {}
        self._student: Student | None = None
        self._case: Case | None = None
        self._raised: BaseException | None = None
        self._attached: list[Evidence] = []
        if suite.files:
            pytest.main(_options(suite), plugins=[self])
        if self._fault is not None:
            raise self._fault

    def run(self, run: Run) -> tuple[CheckResult, ...]:
        """The result of every check, in the suite's order."""
        self._run, self._results = run, {}
        try:
            for check in self.checks:
                if run.only is None or check.name in run.only:
                    result = self._run_check(check, self._cases[check.name])
                    self._results[check.name] = result
                    run.on_result(result)
            return tuple(self._results.values())
        finally:
            for items in self._cases.values():
                items[0].end_session()
                break
            self._run, self._student = None, None

    # --- pytest's hooks ---

    def pytest_configure(self, config: pytest.Config) -> None:
        """Name the marker."""
        config.addinivalue_line(
            "markers", "check(points, group, after, seeds, timeout_s, visibility): a check"
        )

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """A check that draws numbers is run once per seed."""
        if "rng" in metafunc.fixturenames:
            try:
                seeds = mark_of(metafunc.definition).seeds
            except AssignmentError as error:
                self._fault = error
                seeds = 1
            metafunc.parametrize("seed_index", range(seeds))

    def pytest_exception_interact(
        self, node: pytest.Item | pytest.Collector, call: pytest.CallInfo[object], report: object
    ) -> None:
        """A file of checks that cannot be imported is its author's mistake."""
        if isinstance(node, pytest.Collector) and self._fault is None and call.excinfo is not None:
            self._fault = not_collected(node.path, call.excinfo.value)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """A person's Ctrl-C is not pytest's, which would go on as if there were no checks."""
        if isinstance(excinfo.value, KeyboardInterrupt):
            self._fault = excinfo.value

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """The items are kept, and run later."""
        try:
            if self._fault is None:
                self.checks = checks_of(session.items, self.suite)
                for item in session.items:
                    self._cases.setdefault(check_name(item), []).append(ItemRunner(item))
                    self._marks[check_name(item)] = mark_of(item)
        except Exception as error:  # carried out of pytest, which would swallow it
            self._fault = error
        return True

    # --- fixtures ---

    @pytest.fixture
    def student(self) -> Iterator[Student]:
        """The student's code."""
        assert self._student is not None
        yield self._student
        if self._raised is None:
            self._student.flush()

    @pytest.fixture
    def reference(self) -> Iterator[Student]:
        """The oracle, with the methods of `student`."""
        assert self._run is not None
        connection = self._run.oracle.connect()
        yield Student(connection)
        connection.close()

    @pytest.fixture
    def rng(self, seed_index: int) -> np.random.Generator:
        """Numbers that depend on the run's seed, the check and the case, and on nothing else."""
        assert self._run is not None and self._case is not None
        return np.random.default_rng(seed_for(self._run.seed, self._case.check, seed_index))

    @pytest.fixture
    def attach(self) -> Iterator[object]:
        """Keeps evidence for the page, whatever becomes of the check."""
        return self._attached.append  # type: ignore[return-value]

    # --- running ---

    def _run_check(self, check: Check, items: Sequence[ItemRunner]) -> CheckResult:
        assert self._run is not None
        blocking = [n for n in check.after if n in self._results and not _is_enough(self._results[n])]
        if blocking:
            titles = {c.name: c.title for c in self.checks}
            reason = text(
                "Not run: it builds on “{title}”, which did not pass.",
                title=_without_stop(titles[blocking[0]]),
            )
            return combine(check, [CaseResult(outcome=Outcome.SKIPPED, message=reason)])
        try:
            connection = self._run.connect(self._case_of(check, 0))
        except Exception as error:
            return combine(check, [result_of(error, (), (), items[0].path)])
        try:
            walk = self._walk(check, connection)
            if walk is not None and walk.result is not None:
                return walk.result
            found = self._run_cases(check, items, walk or connection)
        finally:
            connection.close()
        if walk is not None and walk.has_strayed():
            assert self._run.recall is not None
            self._run.recall.distrust(check.name)
            log.warning(
                "check %s asks something else after the same answers: it must depend on its seed and the "
                "answers alone, and on nothing that earlier runs left",
                check.name,
            )
            return self._run_check(check, items)
        result = self._judge(check, items, found)
        if walk is not None:
            walk.conclude(result)
        return result

    def _walk(self, check: Check, connection: Connection) -> Walk | None:
        """The line as one that remembers, where that is wanted and can be had."""
        assert self._run is not None
        recall = self._run.recall
        if recall is None or not recall.trusts(check.name) or not _carries_frames(type(connection)):
            return None
        return Walk(recall, check.name, cast(FrameConnection, connection))

    def _case_of(self, check: Check, index: int) -> Case:
        return Case(check=check.name, index=index, timeout_s=self._marks[check.name].timeout_s)

    def _run_cases(
        self, check: Check, items: Sequence[ItemRunner], connection: Connection
    ) -> list[CaseResult]:
        """Every case of a check, over one line and within one limit of time."""
        found: list[CaseResult] = []
        for index, item in enumerate(items):
            result = self._execute(item, self._case_of(check, index), connection)
            found.append(self._with_example(check, result))
            if result.outcome in _COSTLY:
                break
        return found

    def _judge(self, check: Check, items: Sequence[ItemRunner], found: list[CaseResult]) -> CheckResult:
        """The verdict, and the known mistakes that it is consistent with."""
        assert self._run is not None
        diagnoses = self._run.diagnoses
        named: tuple[str, ...] = ()
        if self._marks[check.name].diagnose:
            named = diagnose(
                found,
                diagnoses.mistakes,
                reference=diagnoses.reference,
                known=partial(diagnoses.answers_of, check=check.name, seed=self._run.seed),
                run=lambda m, i: self._run_mistake(m, items[i], found[i]),
            )
        return combine(check, found, named, diagnoses.mistakes)

    def _with_example(self, check: Check, result: CaseResult) -> CaseResult:
        """A public check that did not pass, with its calls to be pasted and tried."""
        if (
            check.visibility is not Visibility.PUBLIC
            or result.outcome not in _TO_TRY
            or self._student is None
        ):
            return result
        shown = example(self._student.exchanges)
        return replace(result, evidence=(*result.evidence, shown)) if shown else result

    def _run_mistake(self, mistake: Mistake, item: ItemRunner, student: CaseResult) -> CaseResult:
        assert self._run is not None and student.case is not None
        key = (mistake.id, student.case, self._run.seed)
        known = self._run.diagnoses.runs
        if key not in known:
            known[key] = self._execute(item, student.case, LocalConnection(mistake.fresh()))
        result: CaseResult = known[key]
        return result

    def _execute(self, item: ItemRunner, case: Case, connection: Connection) -> CaseResult:
        """One run of a check's function; whatever happens in it is a value."""
        self._student, self._case, self._raised, self._attached = Student(connection), case, None, []
        item.run(self._tell)
        result = result_of(self._raised, self._student.exchanges, tuple(self._attached), item.path, case=case)
        if result.outcome is Outcome.BROKEN and self._raised is not None:
            log.error(
                "check %s is broken:\n%s", case.check, "".join(traceback.format_exception(self._raised))
            )
        return result

    def _tell(self, error: BaseException) -> None:
        self._raised = self._raised or error


@cache
def _carries_frames(kind: type) -> bool:
    return issubclass(kind, FrameConnection)


def _without_stop(title: Text) -> Text:
    return Text(title.template.removesuffix("."), title.args)


def _is_enough(result: CheckResult) -> bool:
    return result.outcome in (Outcome.PASSED, Outcome.PARTIAL)


def seed_for(*parts: object) -> int:
    """A seed of 64 bits that depends on `parts` alone, in every process and on every machine."""
    digest = hashlib.sha256("\0".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big")
