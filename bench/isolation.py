"""How long a submission waits for its sandbox: `python -m bench.isolation [TIER]`.

From request to ready, out of a warm zygote, beside the cold start of the same sandbox in the same run.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Sequence

from grader.model import Limits, Tier
from grader.sandbox import diagnose
from grader.sandbox.forking import ForkSlot

PRELOADS: dict[str, tuple[str, ...]] = {
    "numpy": (),
    "numpy, scikit-learn, matplotlib, IPython": (
        "sklearn.datasets",
        "sklearn.linear_model",
        "sklearn.ensemble",
        "matplotlib.pyplot",
        "IPython",
    ),
}
_LIMITS = Limits()


def main(arguments: Sequence[str] | None = None) -> None:
    """Print medians and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m bench.isolation", description=__doc__)
    parser.add_argument("tier", nargs="?", default="auto", help="auto, or a tier")
    parser.add_argument("--warm", type=int, default=50)
    parser.add_argument("--cold", type=int, default=5)
    options = parser.parse_args(arguments)
    tier = diagnose().tier if options.tier == "auto" else Tier(options.tier)
    sys.stdout.write(f"tier {tier.value}, load average {os.getloadavg()[0]:.1f}\n")
    for name, preload in PRELOADS.items():
        cold = [_cold_s(tier, preload) for _ in range(options.cold)]
        with ForkSlot(tier=tier, preload=preload, workspace=None) as slot:
            _ready_s(slot)
            warm = [_ready_s(slot) for _ in range(options.warm)]
        _print(name, warm, cold)


def _ready_s(slot: ForkSlot) -> float:
    began = time.perf_counter()
    run, _ = slot.run(_LIMITS, needs_all=True)
    run.wait_until_ready()
    ready_s = time.perf_counter() - began
    run.close()
    return ready_s


def _cold_s(tier: Tier, preload: tuple[str, ...]) -> float:
    with ForkSlot(tier=tier, preload=preload, workspace=None) as slot:
        return _ready_s(slot)


def _print(name: str, warm: Sequence[float], cold: Sequence[float]) -> None:
    ready, start = statistics.median(warm), statistics.median(cold)
    sys.stdout.write(
        f"{name}\n  request to ready, median of {len(warm)}: {ready * 1e3:7.1f} ms"
        f" (fastest {min(warm) * 1e3:.1f})\n"
        f"  cold start, median of {len(cold)}:       {start * 1e3:7.1f} ms\n"
        f"  ratio:                          {start / ready:7.1f}\n"
    )


if __name__ == "__main__":
    main()
