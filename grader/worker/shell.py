"""What stands for IPython in student code: magics and shell lines that do no harm and are told."""

from __future__ import annotations

import os
from collections.abc import Callable

from .record import Record

# nothing is lost when these are left out, so nobody needs to be told
_HARMLESS = (
    "matplotlib load_ext reload_ext autoreload config precision capture time timeit who whos reset "
    "store tensorflow_version aimport xmode colors pdb env set_env history hist save notebook "
    "lsmagic pinfo pinfo2 pdoc psource"
)
_SILENT = frozenset(_HARMLESS.split())


class Shell:
    """Answers the calls that IPython's transformer makes of magics and shell lines."""

    def __init__(self, record: Record, run_file: Callable[[str], None]) -> None:
        self._record = record
        self._run_file = run_file
        self.user_ns: dict[str, object] = {}

    def run_line_magic(self, name: str, line: str = "", *_: object, **__: object) -> None:
        """`%name line`."""
        if name == "run":
            self._run_file(line)
        elif name == "cd":
            _change_folder(line)
        elif name not in _SILENT:
            self._record.add("line_not_run", line=f"%{name} {line}".strip())

    def run_cell_magic(self, name: str, line: str, cell: str) -> None:
        """`%%name line` inside a block, which IPython itself would not accept."""
        self._record.add("line_not_run", line=f"%%{name} {line}".strip())

    def system(self, command: str) -> None:
        """`!command`."""
        self._record.add("line_not_run", line=f"!{command}".strip())

    def getoutput(self, command: str, *_: object, **__: object) -> list[str]:
        """`names = !command`."""
        self._record.add("line_not_run", line=f"!{command}".strip())
        return []

    magic = run_line_magic

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("__"):
            raise AttributeError(name)
        return _nothing


def _nothing(*_: object, **__: object) -> None:
    return None


def _change_folder(line: str) -> None:
    folder = line.strip().strip("\"'")
    if os.path.isdir(folder):
        os.chdir(folder)
