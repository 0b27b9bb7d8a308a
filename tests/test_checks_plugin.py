"""Checks as pytest tests: outcomes, order, seeds, diagnosis, the author's slips."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.checks import Student
from grader.checks.connection import Interrupted
from grader.checks.oracle import LocalConnection, Oracle, OracleError
from grader.checks.outcomes import StudentError, StudentMissing
from grader.checks.plugin import CheckRunner, collect_checks, run_checks
from grader.checks.suite import Diagnoses, Mistake, Run
from grader.errors import AssignmentError
from grader.model import CheckResult, Compared, Example, Outcome, Visibility, text, verbatim
from tests.fakes import names, run, student, suite

REFERENCE = "def double(x): return 2 * x"
DOUBLE = '''
@pytest.mark.check(points=2, group="Doubling")
def test_double(student, reference, rng):
    """double(x) is twice x."""
    x = rng.normal(size=3)
    got = expect_array(student.call("double", x), shape=(3,), name="double(x)")
    expect_close(got, reference.call("double", x), name="double(x)")
'''


@pytest.mark.parametrize(
    ("code", "outcome", "words"),
    [
        ("def double(x): return x + x", Outcome.PASSED, ""),
        ("def double(x): return 3 * x", Outcome.FAILED, r"1.5 times"),
        ("def double(x): raise KeyError('k')", Outcome.ERROR, "double(array (3,)) raised KeyError: 'k'"),
        ("def double(x): raise SystemExit", Outcome.ERROR, "SystemExit"),
        ("def double(x): return double(x)", Outcome.ERROR, "RecursionError"),
        ("def double(x): raise MemoryError", Outcome.MEMORY, "ran out of memory"),
        ("", Outcome.MISSING, "double is not defined"),
        ("double = 3", Outcome.ERROR, "not callable"),
        ("def double(x): return object()", Outcome.FAILED, "an object of type object"),
    ],
)
def test_what_the_students_code_does_decides_the_outcome(
    tmp_path: Path, code: str, outcome: Outcome, words: str
) -> None:
    result = run(suite(tmp_path, public=DOUBLE), code, reference=REFERENCE)["double"]
    assert result.outcome is outcome
    assert words in str(result.message)
    assert result.points == (2 if outcome is Outcome.PASSED else 0)


@pytest.mark.parametrize("outcome", [Outcome.TIMEOUT, Outcome.MEMORY, Outcome.CRASHED])
def test_an_interruption_is_the_outcome(tmp_path: Path, outcome: Outcome) -> None:
    class Cut(LocalConnection):
        def ask(self, message: Mapping[str, object]) -> Mapping[str, Any]:
            raise Interrupted(outcome, text("The limit was reached."))

    result = run(suite(tmp_path, public=DOUBLE), "", reference=REFERENCE, connect=lambda case: Cut({}))[
        "double"
    ]
    assert result.outcome is outcome
    assert str(result.message) == "The limit was reached."


def test_partial_credit_is_a_share_of_the_points(tmp_path: Path) -> None:
    check = '''
@pytest.mark.check(points=4)
def test_half(student):
    """Half."""
    expect_accuracy([0.5, 0.7], floor=0.4, target=0.8, name="accuracy")
'''
    result = run(suite(tmp_path, public=check), "")["half"]
    assert result.outcome is Outcome.PARTIAL
    assert result.points == pytest.approx(2.0)


@pytest.mark.parametrize(
    "body",
    [
        "1 / 0",
        "student.call('double', object())",
        "np.testing.assert_allclose(1, 2)",
        "reference.call('nothing')\n    raise TypeError",
        "student.call('double', np.ones(3)) + 'a'",
    ],
)
def test_a_fault_of_ours_is_broken_and_never_a_verdict(tmp_path: Path, body: str) -> None:
    check = f'''
@pytest.mark.check(points=1)
def test_bad(student, reference):
    """Bad."""
    {body}
'''
    result = run(suite(tmp_path, public=check), REFERENCE, reference=REFERENCE)["bad"]
    assert result.outcome is Outcome.BROKEN
    assert result.points == 0


def test_an_oracle_that_raises_is_our_fault(tmp_path: Path) -> None:
    result = run(suite(tmp_path, public=DOUBLE), REFERENCE, reference="def double(x): return 1 / 0")["double"]
    assert result.outcome is Outcome.BROKEN
    assert "ZeroDivisionError" in result.detail


def test_an_assert_of_the_author_is_a_verdict_and_shows_no_values(tmp_path: Path) -> None:
    check = '''
@pytest.mark.check(points=1)
def test_plain(student):
    """Plain."""
    assert student.call("double", 4) == 8, "double(4) is not 8"
'''
    result = run(suite(tmp_path, public=check), "def double(x): return 9")["plain"]
    assert (result.outcome, str(result.message)) == (Outcome.FAILED, "double(4) is not 8")


def test_a_check_waits_for_another_and_says_which(tmp_path: Path) -> None:
    later = '''
@pytest.mark.check(points=1, after="double")
def test_a_later_one(student):
    """Later."""
'''
    checks = suite(tmp_path, public=later + DOUBLE)
    assert [c.name for c in collect_checks(checks)] == ["double", "a_later_one"]
    results = run(checks, "def double(x): return x", reference=REFERENCE)
    assert results["a_later_one"].outcome is Outcome.SKIPPED
    assert "“double(x) is twice x”" in str(results["a_later_one"].message)


def test_every_seed_must_pass(tmp_path: Path) -> None:
    lucky = "calls = []\ndef double(x):\n    return 2 * x if x[0] > 0 else x"
    many = DOUBLE.replace("points=2", "points=2, seeds=6")
    result = run(suite(tmp_path, public=many), lucky, reference=REFERENCE)["double"]
    assert result.outcome is Outcome.FAILED


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    checks = suite(tmp_path, public=DOUBLE)
    first, again, other = (
        run(checks, "def double(x): return x", reference=REFERENCE, seed=s) for s in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_a_known_mistake_is_named_and_another_is_not(tmp_path: Path) -> None:
    mistakes = {"thrice": "def double(x): return 3 * x", "squared": "def double(x): return x * x"}
    checks = suite(tmp_path, public=DOUBLE)
    found = run(checks, "def double(x): return x + x + x", reference=REFERENCE, mistakes=mistakes)["double"]
    assert found.mistakes == ("thrice",)
    other = run(checks, "def double(x): return 5 * x", reference=REFERENCE, mistakes=mistakes)["double"]
    assert other.mistakes == ()


def test_a_mistake_that_the_check_names_is_taken(tmp_path: Path) -> None:
    check = '''
@pytest.mark.check(points=1)
def test_named(student):
    """Named."""
    fail("The labels are shuffled apart.", mistake="thrice")
'''
    mistakes = {"thrice": "def double(x): return 3 * x"}
    assert run(suite(tmp_path, public=check), "", mistakes=mistakes)["named"].mistakes == ("thrice",)


def test_a_mistake_that_one_seed_names_and_another_does_not_is_not_taken(tmp_path: Path) -> None:
    check = '''
@pytest.mark.check(points=1, seeds=3)
def test_named(student, rng, seed_index):
    """Named."""
    fail("Wrong.", mistake="thrice" if seed_index == 0 else None)
'''
    mistakes = {"thrice": "def double(x): return 3 * x", "twice": ""}
    found = run(suite(tmp_path, public=check), "", mistakes=mistakes)["named"]
    assert found.mistakes == ()


def test_visibility_is_that_of_the_folder_unless_the_check_says_when(tmp_path: Path) -> None:
    hidden = '''
@pytest.mark.check(points=1)
def test_never(student):
    """Never."""

@pytest.mark.check(points=1, visibility="after_due")
def test_later(student):
    """Later."""
'''
    found = {c.name: c.visibility for c in collect_checks(suite(tmp_path, public=DOUBLE, hidden=hidden))}
    assert found == {"double": Visibility.PUBLIC, "never": Visibility.HIDDEN, "later": Visibility.AFTER_DUE}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('@pytest.mark.check(points=0)\ndef test_a(): "T"', r"points = 0: give it points > 0"),
        ('def test_a(): "T"', "has no marker"),
        ('@pytest.mark.check(point=1)\ndef test_a(): "T"', "unexpected keyword argument 'point'"),
        ("@pytest.mark.check(points=1)\ndef test_a(): pass", "has no docstring"),
        (
            '@pytest.mark.check(points=1, after="b")\ndef test_a(): "T"',
            "comes after 'b', which does not exist",
        ),
        ('@pytest.mark.check(points=1, visibility="x")\ndef test_a(): "T"', "'x' is not a valid Visibility"),
        (
            "x = 1\ndef broken(:",
            r"^/.*/test_.*\.py: line \d+ cannot be collected: SyntaxError: invalid syntax:",
        ),
        ("import nothing_of_this_name", r"^/.*\.py: line \d+ cannot be collected: Module.*No module named"),
        ("x = 1\n1 / 0", r"^/.*\.py: line \d+ cannot be collected: ZeroDivisionError: division by zero:"),
        ("exec('a b')", r"^/.*\.py: line \d+ cannot be collected: SyntaxError: invalid syntax"),
    ],
)
def test_an_authors_slip_is_told_with_file_and_fix(tmp_path: Path, source: str, words: str) -> None:
    with pytest.raises(AssignmentError, match=words):
        collect_checks(suite(tmp_path, public=source))


def test_checks_that_wait_for_each_other_are_refused(tmp_path: Path) -> None:
    circle = "".join(
        f'@pytest.mark.check(points=1, after="{b}")\ndef test_{a}(): "T"\n' for a, b in ("ab", "bc", "ca")
    )
    with pytest.raises(AssignmentError, match="wait for each other"):
        collect_checks(suite(tmp_path, public=circle))


def test_recorded_answers_give_the_same_verdicts_as_the_oracle(tmp_path: Path) -> None:
    checks = suite(tmp_path, public=DOUBLE)
    live = Oracle(names(REFERENCE))
    codes = (REFERENCE, "def double(x): return 3 * x", "")

    def results(oracle: Oracle) -> list[Any]:
        runs = (Run(connect=lambda _, c=c: LocalConnection(names(c)()), oracle=oracle, seed=0) for c in codes)
        return [run_checks(checks, r) for r in runs]

    expected = results(live)
    assert results(Oracle(None, live.answers())) == expected


LASTING = """
IMPORTED = []

@pytest.fixture(scope="session")
def kept(request):
    IMPORTED.append("open")
    request.addfinalizer(lambda: IMPORTED.append("closed"))

@pytest.mark.check(points=1, diagnose=False)
def test_double(student, kept):
    \"\"\"double(x) is 2x.\"\"\"
    if student.call("double", 3) != 6:
        fail(" ".join(IMPORTED))
"""


def test_a_runner_serves_many_students_with_one_import_and_ends_its_fixtures_after_each(
    tmp_path: Path,
) -> None:
    runner = CheckRunner(suite(tmp_path, public=LASTING))
    oracle = Oracle(names(REFERENCE))

    def result(code: str) -> CheckResult:
        run = Run(connect=lambda _: LocalConnection(names(code)()), oracle=oracle, seed=0)
        return runner.run(run)[0]

    assert result(REFERENCE).outcome is Outcome.PASSED
    assert str(result("def double(x): return x").message) == "open closed open"
    assert result(REFERENCE).outcome is Outcome.PASSED
    assert str(result("def double(x): return x").message) == "open closed open closed open closed open"


def test_many_calls_in_one_request_give_what_single_calls_give() -> None:
    code = "def add(a, b): return a + b\ndef fail_at(x): return 1 / (x - 2)"
    person = student(code)
    arguments = [(float(i), np.arange(i)) for i in range(4)]
    singly = [person.call("add", *pair) for pair in arguments]
    at_once = person.call_each("add", arguments)
    assert [v.tolist() for v in at_once] == [v.tolist() for v in singly]
    assert person.call_each("add", []) == ()
    with pytest.raises(StudentError, match="ZeroDivisionError"):
        person.call_each("fail_at", [(1,), (2,), (3,)])


KEEPER = """
class Keeper:
    def __init__(self, x): self.x = x; self.seen = []
    def add(self, y): self.seen.append(y.sum()); return self.seen
    def fail(self): raise ValueError("on purpose")
"""


class Counted(LocalConnection):
    """Counts the messages."""

    messages = 0

    def ask(self, message: Mapping[str, object]) -> Mapping[str, Any]:
        self.messages += 1
        return super().ask(message)


def test_what_gives_nothing_back_goes_with_the_next_question() -> None:
    line = Counted(names(KEEPER)())
    person = Student(line)
    array = np.ones(3)
    keeper = person.create("Keeper", array)
    keeper.tell("add", array)
    keeper.set("y", array)
    array += 1  # what was told is what it was then
    assert line.messages == 0
    assert [np.asarray(v).tolist() for v in keeper.get_each("x", "seen", "y")] == [[1] * 3, [3], [1] * 3]
    assert line.messages == 1
    assert len(person.exchanges) == 6
    assert all(answer for _, answer in person.exchanges)
    assert keeper.get_each() == ()
    assert person.has("Keeper") and not person.has("keeper")


def test_calls_and_attributes_are_answered_in_their_order_at_once() -> None:
    line = Counted(names(KEEPER)())
    keeper = Student(line).create("Keeper", 1)
    _, seen, _, more = keeper.get_each(("add", np.ones(2)), "seen", ("add", np.ones(4)), "seen")
    assert (seen, more) == ([2], [2, 4])
    assert line.messages == 1


def test_an_object_that_an_attribute_holds_stays_where_it_is() -> None:
    line = Counted(names(f"{KEEPER}\nclass Two:\n    def __init__(self):\n        self.inner = Keeper(5)")())
    person = Student(line)
    inner = person.create("Two").part("inner")
    inner.tell("add", np.ones(3))
    assert inner.get_each("x", "seen") == (5, [3])
    assert line.messages == 1
    with pytest.raises(StudentMissing, match=r"Two\.outer"):
        person.create("Two").part("outer").get("x")


def test_an_error_in_what_waited_is_raised_by_the_question_and_ends_it() -> None:
    person = student(KEEPER)
    keeper = person.create("Keeper", 1)
    keeper.tell("fail")
    keeper.tell("add", np.ones(2))
    with pytest.raises(StudentError, match=r"fail.*ValueError: on purpose"):
        keeper.get("seen")
    assert keeper.get("seen") == []
    missing = person.create("Nowhere")
    with pytest.raises(StudentMissing, match="Nowhere"):
        missing.flush()


def test_what_nobody_asks_about_is_done_all_the_same(tmp_path: Path) -> None:
    check = """
@pytest.mark.check(points=1)
def test_made(student):
    \"\"\"A Keeper can be made without arguments.\"\"\"
    student.create("Keeper")
"""
    result = run(suite(tmp_path, public=check), KEEPER, reference=KEEPER)["made"]
    assert result.outcome is Outcome.ERROR
    assert "Keeper()" in str(result.message)


def test_an_oracle_that_fails_within_a_message_is_our_fault() -> None:
    person = Student(Oracle(names(KEEPER)).connect())
    keeper = person.create("Keeper", 1)
    keeper.tell("fail")
    with pytest.raises(OracleError, match="on purpose"):
        keeper.get("seen")


@pytest.mark.parametrize("answer", [{"value": 3}, {"value": (1,)}, {"value": (1, 2, 3)}], ids=str)
def test_as_many_values_as_calls_or_none(answer: Mapping[str, Any]) -> None:
    class Forger:
        def ask(self, message: Mapping[str, object]) -> Mapping[str, Any]:
            return answer

        def close(self) -> None: ...

    with pytest.raises(Interrupted, match="no sense"):
        Student(Forger()).call_each("f", [(1,), (2,)])


@pytest.mark.parametrize("body", ["pytest.skip('not now')", "pytest.fail('no')", "raise SystemExit"])
def test_a_check_that_leaves_by_another_door_is_broken_and_the_others_run(tmp_path: Path, body: str) -> None:
    odd = f'@pytest.mark.check(points=1)\ndef test_odd(student):\n    "T"\n    {body}\n'
    results = run(suite(tmp_path, public=odd + DOUBLE), REFERENCE, reference=REFERENCE)
    assert results["odd"].outcome is Outcome.BROKEN
    assert results["double"].outcome is Outcome.PASSED


def test_a_question_that_was_not_recorded_is_our_fault() -> None:
    with pytest.raises(OracleError, match="no recorded answer"):
        Oracle(None, {}).connect().ask({"do": "get", "name": "x"})


def test_what_was_asked_before_does_not_tell_in_the_oracle_s_answer() -> None:
    oracle = Oracle(
        names("def first(x):\n    return int(x.argmax())\ndef kind(x):\n    return type(x).__name__\n")
    )
    near = np.array([1.5, 1.5 + 1e-11])
    asked = [("first", near), ("first", near[::-1]), ("kind", 2.0), ("kind", np.array(2.0))]
    assert [Student(oracle.connect()).call(*one) for one in asked] == [1, 0, "float", "ndarray"]


def test_the_oracle_computes_the_same_question_once() -> None:
    oracle = Oracle(names("calls = []\ndef f():\n    calls.append(1)\n    return len(calls)"))
    ask = {"do": "call", "name": "f", "args": (), "kwargs": {}}
    first, second = oracle.connect(), oracle.connect()
    assert [first.ask(ask)["value"], first.ask(ask)["value"]] == [1, 2]
    assert [second.ask(ask)["value"], second.ask(ask)["value"]] == [1, 2]


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"value": None},
        {"value": 3},
        {"raised": 3},
        {"raised": {"type": "E", "message": "m", "frames": [3]}},
        {"raised": {"type": "E", "message": "m", "frames": [{"line": "x"}]}},
        {"value": None, "inputs": 3, "instructions": "many", "functions": None},
    ],
    ids=str,
)
def test_an_answer_that_no_worker_gives_is_a_crash_and_no_fault_of_ours(
    tmp_path: Path, answer: dict[str, object]
) -> None:
    class Forged(LocalConnection):
        def ask(self, message: Mapping[str, object]) -> Mapping[str, Any]:
            return answer

    check = '''
@pytest.mark.check(points=1)
def test_forged(student):
    """Forged."""
    student.create("A")
    student.collect("b")
    student.observe("c", 1)
'''
    result = run(suite(tmp_path, public=check), "", connect=lambda case: Forged({}))["forged"]
    assert result.outcome is Outcome.CRASHED
    assert "makes no sense" in str(result.message)


def test_a_public_check_that_failed_can_be_tried_by_pasting_its_calls(tmp_path: Path) -> None:
    wrong = "def double(x): return 3 * x"
    result = run(suite(tmp_path, public=DOUBLE), wrong, reference=REFERENCE)["double"]
    (code,) = (e.code for e in result.evidence if isinstance(e, Example))
    namespace = names(wrong)()
    exec(code.replace("double(", "got = double("), namespace)
    (compared,) = (e for e in result.evidence if isinstance(e, Compared))
    assert tuple(namespace["got"]) == compared.got.values


def test_a_hidden_check_gives_no_calls_away(tmp_path: Path) -> None:
    result = run(suite(tmp_path, hidden=DOUBLE), "def double(x): return 3 * x", reference=REFERENCE)["double"]
    assert not any(isinstance(e, Example) for e in result.evidence)


def test_objects_are_named_where_they_are_pasted(tmp_path: Path) -> None:
    check = '''
@pytest.mark.check(points=1)
def test_object(student):
    """Object."""
    layer = student.create("Layer", 3, lr=0.5)
    layer.set("w", np.array([1.0, np.nan]))
    layer.call("forward", np.float32([[1, 2]]))
    fail("no")
'''
    code = "class Layer:\n    def __init__(self, n, lr): pass\n    def forward(self, X): return X"
    found = run(suite(tmp_path, public=check), code)["object"]
    assert found.outcome is Outcome.FAILED, found
    (shown,) = found.evidence
    assert isinstance(shown, Example)
    assert shown.code.splitlines()[2:] == [
        "layer_1 = Layer(3, lr=0.5)",
        "layer_1.w = np.array([1.0, np.nan])",
        "layer_1.forward(np.array([[1.0, 2.0]], dtype=np.float32))",
    ]


COUNTED = """
@pytest.mark.check(points=1)
def test_counted(student, rng):
    "f works on whole arrays, and g doubles."
    expect_vectorised(student, "f", lambda n: (rng.normal(size=(n, 2)),))
    expect_close(expect_scalar(student.call("g", 1.0), name="g(x)"), 2.0, name="g(x)")
"""


def test_a_mistake_is_named_also_when_others_were_asked_more_after_the_same_answers(tmp_path: Path) -> None:
    """Counts of instructions are not compared, but a check asks on by them."""
    reference = "def f(X):\n    return X.sum(axis=1)\ndef g(x):\n    return 2 * x"
    loops = "def f(X):\n    return np.array([row.sum() for row in X])"
    mistakes = {"loops": loops, "halves": "def g(x):\n    return x / 2"}
    bank = [
        Mistake(id=name, words=verbatim(name), fresh=names(f"{reference}\n{overlay}"))
        for name, overlay in mistakes.items()
    ]
    runner = CheckRunner(suite(tmp_path, public=COUNTED))
    diagnoses, oracle = Diagnoses(mistakes=tuple(bank)), Oracle(names(reference))
    found = []
    for code in (mistakes["halves"], loops, mistakes["halves"]):
        fresh = names(f"{reference}\n{code}")
        run = Run(connect=lambda _, f=fresh: LocalConnection(f()), oracle=oracle, seed=0, diagnoses=diagnoses)
        found.append(runner.run(run)[0].mistakes)
    assert found == [("halves",), ("loops",), ("halves",)]
