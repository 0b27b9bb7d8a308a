"""Hand-ins of 50 MB: what reading them costs, each in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.loading.large import KINDS

ROOT = Path(__file__).parents[1]
ALWAYS = ("image", "nested cut")
MOST_LOOKS = 12  # at a file, and what comes of it is small beside them
READABLE = ("image", "lines", "nested", "image cut", "lines cut", "nested cut", "utf-16", "half starts")


@pytest.mark.parametrize(
    "kind", [k if k in ALWAYS else pytest.param(k, marks=pytest.mark.slow) for k in KINDS]
)
def test_fifty_megabytes_are_read_in_bounds(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "tp4.ipynb"
    path.write_bytes(KINDS[kind]())
    script = ROOT / "tests" / "loading" / "large.py"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, str(script), str(path)], capture_output=True, check=True, env=environment, timeout=60
    )
    cost = json.loads(done.stdout)
    assert cost["looks"] <= MOST_LOOKS
    assert cost["bytes"] <= 300_000_000
    assert cost["read"] == (kind in READABLE)
