"""IPython's transformer of cells, without the rest of IPython.

`import IPython` brings a shell, a history in SQLite and traitlets: a third of the memory that is copied with
every fork, of which nothing is used here.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any

_NAME = "IPython"
_TRANSFORMER = f"{_NAME}.core.inputtransformer2"


def _alone() -> ModuleType:
    """The module, imported from a package of which nothing else is run. Raises ImportError."""
    spec = importlib.util.find_spec(_NAME)
    if spec is None or spec.submodule_search_locations is None:
        raise ImportError(f"{_NAME} is not installed")
    bare = ModuleType(_NAME)
    bare.__path__ = list(spec.submodule_search_locations)
    sys.modules[_NAME] = bare
    try:
        return importlib.import_module(_TRANSFORMER)
    finally:
        for name in [n for n in sys.modules if n == _NAME or n.startswith(f"{_NAME}.")]:
            del sys.modules[name]


def _transformer() -> ModuleType:
    if _NAME in sys.modules:  # as in a notebook's own process
        return importlib.import_module(_TRANSFORMER)
    try:
        return _alone()
    except ImportError:  # this version needs more of it
        return importlib.import_module(_TRANSFORMER)


TransformerManager: Any = _transformer().TransformerManager  # untyped in some versions
