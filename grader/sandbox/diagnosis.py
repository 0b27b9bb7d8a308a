"""What isolation can be had here, found by trying it in a real slot, and why no better."""

from __future__ import annotations

import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.checks.connection import Interrupted
from grader.errors import SandboxError
from grader.model import Limits, Text, Tier, text, verbatim
from grader.sandbox.forking import ForkSlot
from grader.sandbox.words import WorkerBroken

BEST_FIRST = (Tier.STRONG, Tier.STRONG_FLAT, Tier.MEDIUM, Tier.PORTABLE)
# Attempts that succeed in a tier although it holds what it promises; docs/security.md says so.
# The zygote can be signalled below Landlock's ABI 6: then it is replaced.
KNOWN_GAPS = {
    Tier.STRONG: frozenset[str](),
    Tier.STRONG_FLAT: frozenset(["signal the zygote"]),
    Tier.MEDIUM: frozenset(["signal the zygote", "fill the disk"]),
}
_LIMITS = Limits(load_s=30, memory_bytes=256 << 20, processes=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One attempt of the self-test."""

    name: str
    tier: Tier
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """The best tier that holds here."""

    tier: Tier
    probes: tuple[Probe, ...]
    reasons: tuple[Text, ...]  # why it is no better, and what would help


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A tier that cannot be had here."""

    reason: Text
    probes: tuple[Probe, ...] = ()


def try_tier(
    tier: Tier,
    *,
    preload: tuple[str, ...],
    workspace: Path | None,
    imports: tuple[str, ...] | None = None,
) -> tuple[ForkSlot, tuple[Probe, ...]] | Refused:
    """A slot of the tier that has passed its self-test, or why there is none."""
    slot = ForkSlot(tier=tier, preload=preload, workspace=workspace, imports=imports)
    try:
        probes = probe(slot)
    except SandboxError as error:
        slot.close()
        return Refused(reason=_not_installed(error))
    except (WorkerBroken, Interrupted, OSError) as error:
        slot.close()
        return Refused(reason=explain(tier, str(error)))
    gaps = [p.name for p in probes if not p.held and p.name not in KNOWN_GAPS[tier]]
    if gaps:
        slot.close()
        reason = text(
            "The {tier} tier does not hold here: student code could {gaps}.",
            tier=tier.value,
            gaps=", ".join(gaps),
        )
        return Refused(reason=reason, probes=probes)
    return slot, probes


def probe(slot: ForkSlot) -> tuple[Probe, ...]:
    """Make every attempt in this slot."""
    with _bait() as plan:
        limits = {
            "processes": _LIMITS.processes,
            "memory_bytes": _LIMITS.memory_bytes,
            "disk_bytes": _LIMITS.disk_bytes,
        }
        with slot.load({"probes": {**plan, **limits}}, [], _LIMITS, seed=0) as session:
            found = session.report
        if any(Path(str(plan["folder"])).iterdir()):
            found = {**found, "write outside": True}
    return tuple(Probe(name=n, tier=slot.tier, held=worked is False) for n, worked in found.items())


@contextmanager
def _bait() -> Iterator[dict[str, object]]:
    """Things outside that student code must not reach, but for their rights could."""
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="grader-bait-")))
        root.chmod(0o755)
        for name in ("file", "neighbour"):
            (root / name).write_text("secret")
            (root / name).chmod(0o666)
        (root / "folder").mkdir()
        (root / "folder").chmod(0o777)
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        abstract = f"grader-{secrets.token_hex(8)}"
        for address in ("\0" + abstract, str(root / "socket")):
            local = stack.enter_context(socket.socket(socket.AF_UNIX))
            local.bind(address)
            local.listen()
        (root / "socket").chmod(0o777)
        paths = {name: str(root / name) for name in ("file", "neighbour", "folder", "socket")}
        yield {**paths, "port": listener.getsockname()[1], "abstract": abstract}


def diagnose() -> Diagnosis:
    """The best tier that holds here, by a slot of each that is opened and tested."""
    reasons: list[Text] = []
    if not sys.platform.startswith("linux"):
        return Diagnosis(tier=Tier.PORTABLE, probes=(), reasons=(no_sandbox_here(),))
    probes: list[Probe] = []
    for tier in BEST_FIRST[:-1]:
        found = try_tier(tier, preload=(), workspace=None)
        if not isinstance(found, Refused):
            slot, passed = found
            slot.close()
            return Diagnosis(tier=tier, probes=(*probes, *passed), reasons=_unlike(reasons))
        reasons.append(found.reason)
        probes += found.probes
    reasons.append(_portable())
    return Diagnosis(tier=Tier.PORTABLE, probes=tuple(probes), reasons=_unlike(reasons))


def _unlike(reasons: list[Text]) -> tuple[Text, ...]:
    return tuple(dict.fromkeys(reasons))


def no_sandbox_here() -> Text:
    """For macOS and Windows."""
    return text(
        "This system has no supported sandbox. Submissions would run with your rights: they can read your"
        " files and use the network. Grade other people's code on Linux (a virtual machine or WSL2 will do)."
    )


def _portable() -> Text:
    return text(
        "Submissions would run with your rights: they can read your files and use the network."
        " Use it for code that you trust."
    )


def _not_installed(error: Exception) -> Text:
    if shutil.which("bwrap") is None and "bubblewrap" in str(error):
        return text(
            "Strong isolation needs bubblewrap: run `apt install bubblewrap` (or your system's equivalent)."
        )
    return text("{problem}.", problem=str(error))


def explain(tier: Tier, said: str) -> Text:
    """The sentence for what bubblewrap, the kernel or the zygote said."""
    if "max_user_namespaces" in said or "ENOSPC" in said or "No space left" in said:
        return text(
            "The {tier} tier cannot be had: user namespaces are used up or switched off. An administrator can"
            " raise the limit: `sysctl user.max_user_namespaces=15000`.",
            tier=tier.value,
        )
    if "RTM_NEWADDR" in said or "uid map" in said:
        return text(
            "The {tier} tier cannot be had: this system lets only chosen programs make user namespaces."
            " An administrator can enable the AppArmor profile `bwrap-userns-restrict` for bubblewrap.",
            tier=tier.value,
        )
    if "No permissions to create" in said or "Operation not permitted" in said:
        return text(
            "The {tier} tier cannot be had: user namespaces are not allowed here. Inside a container,"
            " start it with user namespaces allowed.",
            tier=tier.value,
        )
    if "Can't find source path" in said:
        return text(
            "The {tier} tier cannot be had: Python lies in a private folder that the sandbox cannot show."
            " Make the virtual environment elsewhere.",
            tier=tier.value,
        )
    if "has no Landlock" in said:
        return text(
            "The {tier} tier cannot be had: the kernel has no Landlock (Linux 5.13 or newer, `lsm=` list).",
            tier=tier.value,
        )
    last = verbatim(said.strip().splitlines()[-1][:300] if said.strip() else "?")
    return text("The {tier} tier cannot be had: {words}", tier=tier.value, words=last)
