"""Slots: one zygote each, started when needed, replaced when dead."""

from __future__ import annotations

import sys
from pathlib import Path

from grader.errors import SandboxError
from grader.model import Tier
from grader.sandbox import packages
from grader.sandbox.alone import AloneSlot
from grader.sandbox.diagnosis import BEST_FIRST, Refused, try_tier
from grader.sandbox.forking import ForkSlot
from grader.sandbox.interface import Session, Slot

__all__ = ["Session", "Slot", "find_packages", "open_slot"]


def find_packages(imports: tuple[str, ...], preload: tuple[str, ...]) -> None:
    """Find what a slot with these arguments will show, which takes a while, for copies of this process."""
    if sys.platform.startswith("linux"):
        packages.shown((*imports, *preload))


def open_slot(
    *,
    isolation: str | Tier,
    preload: tuple[str, ...],
    workspace: Path | None = None,
    imports: tuple[str, ...] | None = None,
    fork: bool = True,
) -> Slot:
    """A slot of the tier asked for; "auto" takes the best that holds here. Raises SandboxError.

    Parameters
    ----------
    isolation
        "auto" or a tier.
    preload
        Modules that are imported once, before any student code. Nothing secret.
    workspace
        Where temporary folders are made.
    imports
        Modules that student code may import: in the strong tiers the packages of others are not there at
        all. None shows every package installed.
    fork
        False: a fresh process for each check, as where forking is not to be had.
    """
    if not fork or not sys.platform.startswith("linux"):
        if isolation not in ("auto", Tier.PORTABLE):
            raise SandboxError(f"the {isolation} tier needs Linux", "ask for `--isolation auto`")
        return AloneSlot(workspace=workspace)
    tiers = BEST_FIRST if isolation == "auto" else (Tier(isolation),)
    for tier in tiers:
        if tier is Tier.PORTABLE:
            break
        found = try_tier(tier, preload=preload, workspace=workspace, imports=imports)
        if not isinstance(found, Refused):
            return found[0]
        if isolation != "auto":
            problem = str(found.reason).rstrip(".")
            raise SandboxError(problem, "see `grader doctor`, or ask for `--isolation auto`")
    return ForkSlot(tier=Tier.PORTABLE, preload=preload, workspace=workspace)
