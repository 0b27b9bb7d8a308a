"""A program that is parsed, and what is to be run of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import slicing, transform


@dataclass(slots=True)
class Unit:
    """A unit on its way: what was parsed of it, and what came of it."""

    label: str
    parsed: transform.Parsed = field(default_factory=transform.Parsed)
    errors: list[dict[str, object]] = field(default_factory=list)
    done: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Units that are parsed, and what is to be run of them; all of it where there is no slice."""

    units: list[Unit]
    slice: slicing.Slice | None

    @property
    def statements(self) -> Iterator[ast.stmt]:
        """All of them, in their order."""
        return (s for unit in self.units for s in unit.parsed.statements)

    def modules(self) -> set[str]:
        """The modules that running it, and calling what is asked for, imports."""
        if self.slice is None:
            return slicing.modules_imported(self.statements)
        parts = (leaf for s in self.statements if id(s) in self.slice.kept for leaf, _ in slicing.leaves(s))
        return slicing.modules_imported(part for part in parts if id(part) in self.slice.read)
