"""What every student's process is forked from holds no more than it needs: each fork copies it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEAVY = ("IPython", "traitlets", "asyncio", "ssl", "sqlite3", "logging")


def told(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_zygote_without_libraries_is_light() -> None:
    program = "import sys, grader.worker.zygote as z; z.preload([]); print(*sorted(sys.modules))"
    loaded = set(told(program).split())
    assert "numpy" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_cells_are_read_as_ipython_reads_them() -> None:
    program = """
import sys
from grader.worker.ipython import TransformerManager
assert "IPython" not in sys.modules
lines = ["%matplotlib inline", "!ls", "files = !ls", "np.dot?", "a = %time 3", ">>> 1"]
cells = [line + "\\nx = 1\\n" for line in lines]
mine = [TransformerManager().transform_cell(cell) for cell in cells]
from IPython.core.inputtransformer2 import TransformerManager as Theirs
assert Theirs is not TransformerManager
assert mine == [Theirs().transform_cell(cell) for cell in cells]
print("alike")
"""
    assert told(program) == "alike"


def test_where_ipython_is_at_work_its_own_is_taken() -> None:
    program = """
from IPython.core.inputtransformer2 import TransformerManager as theirs
from grader.worker.ipython import TransformerManager as mine
print(mine is theirs)
"""
    assert told(program) == "True"
