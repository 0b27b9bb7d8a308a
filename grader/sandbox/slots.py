"""Slots: one zygote each, started when needed, replaced when dead."""

from __future__ import annotations

from pathlib import Path

from grader.errors import SandboxError
from grader.model import Tier
from grader.sandbox.forking import ForkSlot
from grader.sandbox.interface import Session, Slot

__all__ = ["Session", "Slot", "open_slot"]


def open_slot(
    *, isolation: str | Tier, preload: tuple[str, ...], workspace: Path | None = None, fork: bool = True
) -> Slot:
    """A slot of the tier asked for; "auto" takes the best that holds here. Raises SandboxError."""
    if isolation not in ("auto", Tier.PORTABLE):
        raise SandboxError(f"isolation {isolation} is not to be had here", "ask for `--isolation auto`")
    return ForkSlot(tier=Tier.PORTABLE, preload=preload, workspace=workspace)
