"""Check in the notebook: `%load_ext grader`, then `%check`, `%check softmax`, `%check --fresh`."""

from __future__ import annotations

from typing import Any

from grader.notebook.magic import check, run_line

__all__ = ["check", "register"]


def register(shell: Any) -> None:
    """Give the magic `%check` to an IPython shell."""
    shell.register_magic_function(run_line, magic_kind="line", magic_name="check")
