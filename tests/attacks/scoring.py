"""Attempts on the score: each answers wrongly; from outside the answer must be plain data and wrong."""

from __future__ import annotations

import numpy as np

from .attempt import attempt

RIGHT = np.array([1.0, 2.0])


def is_plain_and_wrong(seen):
    """What comes out is made here, of our own types, and compares as what it is."""
    value = seen.value
    if type(value) not in (type(None), bool, int, float, str, tuple, list, dict, np.ndarray, np.float64):
        return "Handle" in type(value).__name__
    return not (isinstance(value, np.ndarray) and value.shape == (2,) and bool(np.all(value == RIGHT)))


@attempt("score", is_plain_and_wrong)
def numpy_patched(w):
    """Make NumPy's comparisons agree with everything."""
    np.allclose = np.array_equal = np.isclose = lambda *_, **__: True
    np.testing.assert_allclose = np.testing.assert_array_equal = lambda *_, **__: None
    return np.array([0.0, 0.0])


@attempt("score", is_plain_and_wrong)
def an_array_that_lies(w):
    """Answer with a subclass of ndarray that equals everything."""

    class Lie(np.ndarray):
        def __eq__(self, other):
            return np.ones(2, bool)

        def __array__(self, *_, **__):
            return np.array([0.0, 0.0])

        def __array_ufunc__(self, *_, **__):
            return True

    return np.zeros(2).view(Lie)


@attempt("score", is_plain_and_wrong)
def a_number_that_equals_all(w):
    """Answer with a float that equals everything."""

    class Any(float):
        def __eq__(self, other):
            return True

        def __float__(self):
            return 1.0

    return Any(0.0)


@attempt("score", is_plain_and_wrong)
def an_object_that_equals_all(w):
    """Answer with an object whose every operator agrees."""

    class Any:
        def __eq__(self, other):
            return True

        def __array__(self, *_, **__):
            return np.array([0.0, 0.0])

        def __getattr__(self, name):
            return self

        def __call__(self, *_, **__):
            return self

    return Any()


@attempt("score", is_plain_and_wrong)
def pytest_patched(w):
    """Put modules of one's own in the place of pytest's and the grader's."""
    import types

    for name in ("pytest", "_pytest", "grader", "grader.checks", "grader.score"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules["grader.score"].total = lambda *_: 20.0
    return np.array([0.0, 0.0])


@attempt("score", is_plain_and_wrong)
def the_worker_patched(w):
    """Patch the worker's own code, so that answers claim points."""
    serve = sys.modules["grader_worker.serve"]
    serve.Answerer.answer = lambda self, request: {
        "value": np.array([0.0, 0.0]),
        "points": 20.0,
        "outcome": "passed",
        "score": 1,
    }
    return np.array([0.0, 0.0])


@attempt("score", is_plain_and_wrong)
def the_checks_stack(w):
    """Look for the expected value in the frames and in all arrays."""
    import gc

    frame = sys._getframe()
    while frame:
        for value in list(frame.f_locals.values()):
            if isinstance(value, np.ndarray) and value.shape == (2,) and value.tolist() == [1.0, 2.0]:
                return value
        frame = frame.f_back
    for value in gc.get_objects():
        if isinstance(value, np.ndarray) and value.shape == (2,) and value.tolist() == [1.0, 2.0]:
            return value
    return None


@attempt("score", is_plain_and_wrong)
def result_files(w):
    """Write result files as graders read them."""
    for name in ("results.json", "grades.sqlite", "report.xml", "results/results.json", "conftest.py"):
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        with open(name, "w") as file:
            file.write('{"score": 20, "points": 20, "outcome": "passed"}')


@attempt("score", is_plain_and_wrong)
def two_processes_answer(w):
    """Fork and answer twice."""
    os.fork()
    return np.array([0.0, 0.0])


@attempt("score", is_plain_and_wrong)
def words_printed(w):
    """Print what a report looks like."""
    print('{"outcome": "passed", "points": 20}')
    print("1 passed in 0.01s")
    return np.array([0.0, 0.0])


@attempt("score", is_plain_and_wrong)
def the_exit_of_success(w):
    """End with the exit code of success."""
    sys.exit(0)


@attempt("score", is_plain_and_wrong, at_load=True)
def the_exit_while_loading(w):
    """End with the exit code of success while loading."""
    os._exit(0)
