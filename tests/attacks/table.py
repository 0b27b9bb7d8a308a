"""Run every attempt in every tier, write the table of docs/security.md: `python -m tests.attacks.table`."""

from __future__ import annotations

import sys
from pathlib import Path

from grader.errors import SandboxError
from grader.model import Tier
from grader.sandbox import open_slot

from . import limits, network, processes, protocol, reading, scoring, writing
from .attempt import ATTEMPTS, Attempt
from .runner import run

AREAS = (reading, writing, network, processes, limits, protocol, scoring)
PAGE = Path(__file__).parents[2] / "docs" / "security.md"
BEGIN = "<!-- table: made by `python -m tests.attacks.table`, do not edit -->"
END = "<!-- end of table -->"
_MAY = "~"


def head() -> list[str]:
    """The table's first lines."""
    tiers = " | ".join(t.value for t in Tier)
    return [f"| attempt | what it does | {tiers} |", "| --- | --- |" + " --- |" * len(Tier)]


def documented(attempt: Attempt, tier: Tier) -> str:
    """The cell that the suite expects; `~` where it depends on the system and the user."""
    if tier not in attempt.tiers:
        return "not run"
    if tier in attempt.may:
        return _MAY
    return "gap" if tier in attempt.gaps else "held"


def rows(cells: dict[tuple[str, Tier], str]) -> list[str]:
    """One line for each attempt, in order of areas."""
    lines = []
    for attempt in ATTEMPTS:
        found = " | ".join(cells[attempt.name, tier] for tier in Tier)
        name = attempt.name.replace("_", " ")
        lines.append(f"| {attempt.area}: {name} | {attempt.does} | {found} |")
    return lines


def main() -> int:
    """Measure and write; 1 when something is not as documented."""
    cells: dict[tuple[str, Tier], str] = {}
    surprises = []
    for tier in Tier:
        try:
            slot = open_slot(isolation=tier, preload=())
        except SandboxError as error:
            print(f"{tier.value}: {error}", file=sys.stderr)
            return 1
        with slot:
            for attempt in ATTEMPTS:
                expected = documented(attempt, tier)
                cell = expected
                if expected != "not run":
                    cell = "held" if run(attempt, slot).contained else "gap"
                if expected not in (cell, _MAY):
                    surprises.append(f"{tier.value}: {attempt.name} is {cell}, documented as {expected}")
                cells[attempt.name, tier] = f"{cell} {_MAY}" if expected == _MAY else cell
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    table = "\n".join([BEGIN, "", *head(), *rows(cells), "", END])
    PAGE.write_text(before + table + after, encoding="utf-8")
    print(*surprises, sep="\n", file=sys.stderr)
    return 1 if surprises else 0


if __name__ == "__main__":
    sys.exit(main())
