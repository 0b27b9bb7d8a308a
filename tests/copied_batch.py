"""A batch graded by copies of a process: `python -m tests.copied_batch FOLDER OPENING ORDER…`; tells JSON.

By itself because only a process with one thread can be copied, which a test's seldom is.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from contextlib import closing
from pathlib import Path

from grader.batch.forkserver import ForkServer, Loaded, can_copy
from grader.batch.pool import Pool
from grader.errors import SandboxError
from tests.batch_fakes import entries, opened, run_batch


def main(folder: Path, opening: str, orders: list[str]) -> None:
    """Grade; say who was graded how often, in how many processes, and what the server had to do for it."""
    told: dict[str, object] = {"can_copy": can_copy()}

    def prepare() -> Loaded:
        with (folder / "prepared").open("a") as file:
            file.write(f"{os.getpid()} {os.getppid()}\n")
        return lambda recipe: dataclasses.replace(recipe, opening=opening)  # type: ignore[type-var]

    with opened(folder) as (store, recipe), closing(ForkServer(prepare)) as server:
        try:
            summary, _ = run_batch(store, entries(*orders), Pool(recipe, 2, starter=server))
            told["needs_review"] = summary.needs_review
        except SandboxError as error:
            told["error"] = str(error)
        told["runs"] = {key: recipe.runs(key) for key in store.keys()}  # noqa: SIM118 - a method
        told["failures"] = {
            key: words.decode() for key in told["runs"] if (words := store.kept(f"failure/{key}"))
        }
    told["prepared"] = [line.split() for line in (folder / "prepared").read_text().splitlines()]
    told["own"] = str(os.getpid())
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
