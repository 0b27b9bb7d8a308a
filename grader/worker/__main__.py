"""Start a worker by this file's path: `python -s -P …/worker/__main__.py zygote|alone`.

The package is loaded from its own folder under a name of its own, so that no folder of ours is on the path
of the student's imports.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys

NAME = "grader_worker"


def start(role: str) -> None:
    """Run the module that plays `role`; does not return before it has ended."""
    folder = os.path.dirname(os.path.abspath(__file__))
    spec = importlib.util.spec_from_file_location(
        NAME, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    if spec is None or spec.loader is None:
        raise ImportError(folder)
    package = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = package
    spec.loader.exec_module(package)
    importlib.import_module(f"{NAME}.{role}").main()


if __name__ == "__main__":
    start(sys.argv[1] if sys.argv[1:] in (["zygote"], ["alone"]) else "zygote")
