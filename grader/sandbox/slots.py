"""Slots: one zygote each, started when needed, replaced when dead."""

from __future__ import annotations

import sys
from pathlib import Path

from grader.errors import SandboxError
from grader.model import Tier
from grader.sandbox.alone import AloneSlot
from grader.sandbox.diagnosis import BEST_FIRST, Refused, try_tier
from grader.sandbox.forking import ForkSlot
from grader.sandbox.interface import Session, Slot

__all__ = ["Session", "Slot", "open_slot"]


def open_slot(
    *, isolation: str | Tier, preload: tuple[str, ...], workspace: Path | None = None, fork: bool = True
) -> Slot:
    """A slot of the tier asked for; "auto" takes the best that holds here. Raises SandboxError."""
    if not fork or not sys.platform.startswith("linux"):
        if isolation not in ("auto", Tier.PORTABLE):
            raise SandboxError(f"the {isolation} tier needs Linux", "ask for `--isolation auto`")
        return AloneSlot(workspace=workspace)
    if isolation == "auto":
        return _best(preload, workspace)
    tier = Tier(isolation)
    if tier is Tier.PORTABLE:
        return ForkSlot(tier=tier, preload=preload, workspace=workspace)
    found = try_tier(tier, preload=preload, workspace=workspace)
    if isinstance(found, Refused):
        raise SandboxError(
            str(found.reason).rstrip("."), "see `grader doctor`, or ask for `--isolation auto`"
        )
    return found[0]


def _best(preload: tuple[str, ...], workspace: Path | None) -> Slot:
    for tier in BEST_FIRST[:-1]:
        found = try_tier(tier, preload=preload, workspace=workspace)
        if not isinstance(found, Refused):
            return found[0]
    return ForkSlot(tier=Tier.PORTABLE, preload=preload, workspace=workspace)
