"""Run an item of pytest: make its fixtures, call its function, end its fixtures.

pytest's own way costs as much as a small check, for every check of every student. Where an item has nothing
but functions for fixtures, each made anew for it, there is nothing to decide: the order is known when the
item is found. All others, with wider scopes, parameters or `request`, are left to pytest.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_DIRECT = "get_direct_param_fixture_func"  # how pytest gives a value of `parametrize`


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A fixture to be made from those before it."""

    name: str
    make: Callable[..., Any]
    arguments: tuple[str, ...]
    is_generator: bool


class _Other(Exception):
    """This is pytest's to do."""


@dataclass(slots=True)
class _Order:
    """The steps of an item, found from what its function asks for."""

    item: Any
    given: dict[str, Any]
    steps: dict[str, _Step] = field(default_factory=dict)

    def find(self, name: str, above: tuple[str, ...] = ()) -> None:
        """Add the fixture called `name` after all that it is made from. Raises _Other."""
        if name in self.steps or name in self.given:
            return
        definitions = self.item._fixtureinfo.name2fixturedefs.get(name)
        if not definitions or name in above or name == "request":
            raise _Other
        definition = definitions[-1]
        make, arguments = definition.func, tuple(definition.argnames)
        if getattr(make, "__name__", "") == _DIRECT and name in _parameters(self.item):
            self.given[name] = _parameters(self.item)[name]
            return
        if definition.scope != "function" or definition.params is not None or not _is_plain(make):
            raise _Other
        for argument in arguments:
            self.find(argument, (*above, name))
        is_generator = inspect.isgeneratorfunction(make)
        self.steps[name] = _Step(name=name, make=make, arguments=arguments, is_generator=is_generator)


def _parameters(item: Any) -> dict[str, Any]:
    return dict(item.callspec.params) if hasattr(item, "callspec") else {}


def _is_plain(function: Any) -> bool:
    return not (inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function))


class ItemRunner:
    """How one item is run, again and again."""

    def __init__(self, item: Any) -> None:
        self._item = item
        self.path: Path = item.path  # of the file of checks
        self._given: dict[str, Any] = {}
        self._steps: tuple[_Step, ...] | None = None  # None: pytest knows
        self._arguments: tuple[str, ...] = ()
        if getattr(item, "instance", None) is None and _is_plain(item.obj):
            order = _Order(item, self._given)
            try:
                for name in item.fixturenames:
                    order.find(name)
            except _Other:
                return
            self._steps, self._arguments = tuple(order.steps.values()), tuple(item._fixtureinfo.argnames)

    def end_session(self) -> None:
        """End what pytest keeps for later items, as fixtures of a module."""
        self._item.session._setupstate.teardown_exact(None)

    def run(self, raised: Callable[[BaseException], None]) -> None:
        """Run it; `raised` is told of what is raised when it is, before fixtures end."""
        if self._steps is None:
            _run_by_pytest(self._item, raised)
        else:
            self._run(self._steps, raised)

    def _run(self, steps: Sequence[_Step], raised: Callable[[BaseException], None]) -> None:
        values = dict(self._given)
        running: list[tuple[str, Generator[Any, None, None]]] = []
        try:
            for step in steps:
                made = step.make(**{name: values[name] for name in step.arguments})
                if step.is_generator:
                    generator, made = made, _first(made, step.name)
                    running.append((step.name, generator))
                values[step.name] = made
            self._item.obj(**{name: values[name] for name in self._arguments})
        except BaseException as error:  # outcomes are read from it
            raised(error)
        for name, generator in reversed(running):
            try:
                _finish(generator, name)
            except BaseException as error:
                raised(error)


def _first(generator: Generator[Any, None, None], name: str) -> Any:
    try:
        return next(generator)
    except StopIteration:
        raise ValueError(f"the fixture {name} did not yield a value") from None


def _finish(generator: Generator[Any, None, None], name: str) -> None:
    for _ in generator:
        raise ValueError(f"the fixture {name} has more than one yield")


def _run_by_pytest(item: Any, raised: Callable[[BaseException], None]) -> None:
    """As `_pytest.runner.runtestprotocol` has it, without its reports and hooks, which nobody reads here."""
    state = item.session._setupstate
    # another file's fixtures are torn down first: pytest does so only where it knows what comes next
    state.teardown_exact(item)
    item._initrequest()  # as for every item that is run again
    try:
        state.setup(item)
        item.runtest()
    except BaseException as error:
        raised(error)
    try:
        state.teardown_exact(item.parent)  # keeps the fixtures of its module and session
    except BaseException as error:
        raised(error)
    finally:
        item._request, item.funcargs = False, None
