"""What stands in student code for packages that are not here: it does nothing, or says so when it is used.

`Inert` answers for packages that only decorate (progress bars, widgets, Colab, plots). `Absent` answers for
everything else that may not be had: importing it costs nothing, using it raises ImportError with the reason.
"""

from __future__ import annotations

import functools
import pickle
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn

_DECORATING = (
    "IPython ipywidgets google seaborn plotly bokeh altair tabulate termcolor colorama wandb tensorboard"
    " tensorboardX line_profiler memory_profiler graphviz pydot torchviz torchsummary torchinfo nb_black"
    " jupyterthemes otter pydrive gdown kaggle kaggle_secrets nbextensions jupyter_core jupyter_dash"
    " lab_black watermark ipdb pudb icecream pytest nose typeguard beartype numba"
    " ipython_genutils imgcat celluloid"
)
DECORATING = frozenset(_DECORATING.split())
BARS = frozenset(["tqdm", "progressbar", "fastprogress", "alive_progress", "progress"])
# of a package that is absent: calls that set its stage only, and what they answer
_HARMLESS: dict[str, object] = {
    "manual_seed": None,
    "manual_seed_all": None,
    "seed": None,
    "set_seed": None,
    "is_available": False,
    "set_random_seed": None,
    "set_option": None,
    "set_printoptions": None,
    "set_default_dtype": None,
    "set_verbosity": None,
}


class Inert:
    """Every use of it does nothing; a function given to it alone comes back, as from a decorator."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and isinstance(args[0], types.FunctionType | type):
            return args[0]
        return self

    def __getattr__(self, name: str) -> Inert:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __mro_entries__(self, bases: object) -> tuple[type, ...]:
        return ()

    def __getitem__(self, key: object) -> Inert:
        return self

    def __setitem__(self, key: object, value: object) -> None: ...

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __enter__(self) -> Inert:
        return self

    def __exit__(self, *_: object) -> None: ...


class Bar(Inert):
    """A progress bar that shows nothing: iterating it iterates what it was given."""

    def __init__(self, items: Iterable[Any] = (), *_: Any, **__: Any) -> None:
        self._items = items

    def __call__(self, *_: Any, **__: Any) -> Any:
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)  # type: ignore[arg-type]


def _bar(items: Iterable[Any] = (), *_: Any, **__: Any) -> Bar:
    return Bar(items if items is not None else ())


def _bar_range(*limits: int, **_: Any) -> Bar:
    return Bar(range(*limits))


class Absent:
    """A name of a package that is not here; any use of it raises ImportError with the reason."""

    def __init__(self, path: str, why: str) -> None:
        self.__path, self.__why = path, why

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in _HARMLESS:
            answer = _HARMLESS[name]
            return lambda *_, **__: answer
        return Absent(f"{self.__path}.{name}", self.__why)

    def __instancecheck__(self, instance: object) -> bool:
        return False

    def __getitem__(self, key: object) -> Absent:  # as in annotations
        return self

    def __or__(self, other: object) -> Absent:
        return self

    def __setattr__(self, name: str, value: object) -> None:
        if name.startswith("_Absent"):
            object.__setattr__(self, name, value)

    __ror__ = __or__

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise ImportError(self.__why.format(name=self.__path), name=self.__path)

    __call__ = __iter__ = __len__ = __bool__ = __float__ = __int__ = __index__ = _refuse
    __mro_entries__ = __enter__ = __exit__ = __next__ = __neg__ = __lt__ = __gt__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _refuse
    __matmul__ = __rmatmul__ = __pow__ = __rpow__ = __array__ = _refuse


class StandIn(types.ModuleType):
    """A module all of whose names are made by `make`; importing its submodules works."""

    def __init__(self, name: str, make: Callable[[str], object]) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self.__all__: list[str] = []
        self.__dict__["_make"] = make

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.__dict__["_make"](name)


def decorating(name: str) -> StandIn | None:
    """A stand-in for a package that only decorates; None for any other."""
    top = name.partition(".")[0]
    if top in BARS:
        return StandIn(name, lambda attribute: _named_bar(name, attribute))
    if top in DECORATING:
        return StandIn(name, lambda attribute: _named_inert(attribute))
    return None


def _named_bar(module: str, attribute: str) -> object:
    if attribute in ("trange", "tnrange"):
        return _bar_range
    return (
        StandIn(f"{module}.{attribute}", lambda a: _named_bar(module, a)) if _is_folder(attribute) else _bar
    )


def _is_folder(attribute: str) -> bool:
    return attribute in ("auto", "notebook", "std", "autonotebook", "rich", "bar", "contrib")


def _named_inert(attribute: str) -> object:
    if attribute == "prange":
        return range
    return (lambda: Inert()) if attribute == "get_ipython" else Inert()


def absent(name: str, why: str) -> StandIn:
    """A stand-in for a package that may not be had; `why` is a sentence with {name} in it."""
    return StandIn(name, lambda attribute: getattr(Absent(name, why), attribute))


OLD_PYTHON = frozenset(["past", "six", "future", "builtins_py2"])
_OLD_NAMES: dict[str, object] = {
    "xrange": range,
    "range": range,
    "basestring": str,
    "unicode": str,
    "text_type": str,
    "long": int,
    "raw_input": input,
    "reduce": functools.reduce,
    "zip": zip,
    "map": map,
    "filter": filter,
    "input": input,
    "cPickle": pickle,
    "pickle": pickle,
    "PY2": False,
    "PY3": True,
}
PYTHON2_NAMES = {n: _OLD_NAMES[n] for n in ("xrange", "basestring", "unicode", "long", "raw_input", "reduce")}


def old_python(name: str) -> StandIn:
    """`past`, `six` and `future`: Python 2's names for what Python 3 has."""
    return StandIn(name, lambda attribute: _old(name, attribute))


def _old(module: str, attribute: str) -> object:
    if attribute in _OLD_NAMES:
        return _OLD_NAMES[attribute]
    return StandIn(f"{module}.{attribute}", lambda a: _old(attribute, a))
