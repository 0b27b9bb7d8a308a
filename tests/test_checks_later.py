"""Questions that wait, and are asked together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from grader.checks import Student, StudentError, StudentMissing
from grader.checks.connection import Interrupted
from grader.checks.oracle import LocalConnection

SOURCE = """
import numpy as np


class Scale:
    def __init__(self, by):
        self.by = by

    def forward(self, x):
        self.x = x
        return self.by * x


def double(x):
    return 2 * x


def spoil(x):
    x[:] = 0


def fails():
    raise ValueError("no")
"""


class Counting:
    """A line that counts what goes over it."""

    def __init__(self) -> None:
        names: dict[str, Any] = {"__name__": "student"}
        exec(SOURCE, names)
        self._line = LocalConnection(names)
        self.asked = 0

    def ask(self, message: Mapping[str, object]) -> Mapping[str, Any]:
        self.asked += 1
        return self._line.ask(message)

    def close(self) -> None:
        self._line.close()


def test_questions_to_several_objects_take_one_message() -> None:
    line = Counting()
    student = Student(line)
    twice, thrice = student.create("Scale", 2), student.create("Scale", 3)
    asked = [scale.later.call("forward", np.arange(3.0)) for scale in (twice, thrice)]
    seen, doubled = thrice.later.get("x"), student.later.call("double", 4)
    each = twice.later.call_each("forward", [(1,), (2,)])
    after = student.later.arguments_after("spoil", np.ones(2))
    assert line.asked == 0
    assert [list(later.value) for later in asked] == [[0, 2, 4], [0, 3, 6]]
    assert line.asked == 1
    assert (list(seen.value), doubled.value, each.value) == ([0, 1, 2], 8, (2, 4))
    assert list(after.value[0]) == [0, 0]
    assert line.asked == 1


def test_they_go_with_the_next_question_that_is_asked_at_once() -> None:
    line = Counting()
    student = Student(line)
    first = student.later.call("double", 1)
    assert student.call("double", 2) == 4
    assert first.value == 2
    assert line.asked == 1


def test_what_fails_is_raised_where_a_value_is_first_looked_at() -> None:
    student = Student(Counting())
    good, bad = student.later.call("double", 1), student.later.call("fails")
    unheard = student.later.call("double", 3)
    with pytest.raises(StudentError, match="fails"):
        assert good.value
    assert good.value == 2
    for later in (bad, unheard):
        with pytest.raises(RuntimeError, match="was not answered"):
            assert later.value


def test_a_name_that_is_not_there_is_told_as_ever() -> None:
    student = Student(Counting())
    later = student.later.get("nothing")
    with pytest.raises(StudentMissing):
        assert later.value


def test_answers_of_the_wrong_form_are_no_values() -> None:
    class Lying:
        def ask(self, message: Mapping[str, object]) -> Mapping[str, Any]:
            return {"value": "not a tuple"}

        def close(self) -> None:
            pass

    for ask in (
        lambda later: later.call_each("double", [(1,)]),
        lambda later: later.arguments_after("double", 1),
        lambda later: later.observe("double", 1),
        lambda later: later.collect("double", 1),
    ):
        with pytest.raises(Interrupted):
            assert ask(Student(Lying()).later).value
