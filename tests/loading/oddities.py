"""Ways in which a good hand-in is odd although its code is intact: each gives the files handed in."""

from __future__ import annotations

import io
import json
import re
import textwrap
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

Files = dict[str, bytes]
REFERENCE = Path(__file__).parents[2] / "reference"


def cells_of(name: str) -> list[dict[str, Any]]:
    """The cells of a reference solution, as a student's notebook would have them."""
    words = re.sub(
        r"^[ \t]*# (?:BEGIN|END) SOLUTION.*\n", "", (REFERENCE / name).read_text("utf-8"), flags=re.M
    )
    cells: list[dict[str, Any]] = []
    for part in re.split(r"^# %%", words, flags=re.M)[1:]:
        head, _, body = part.partition("\n")
        if "[markdown]" in head:
            cells.append(_cell("markdown", re.sub(r"^# ?", "", body, flags=re.M)))
        else:
            cells.append(_cell("code", body.strip("\n") + "\n"))
    return cells


def _cell(kind: str, source: str) -> dict[str, Any]:
    lines: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True)}
    return lines if kind == "markdown" else {**lines, "execution_count": None, "outputs": []}


def dump(cells: list[dict[str, Any]], **more: object) -> bytes:
    """A notebook's bytes."""
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def _with(*sources: str) -> Callable[[list[dict[str, Any]]], Files]:
    """Cells before, between and after the work."""

    def make(cells: list[dict[str, Any]]) -> Files:
        more = [_cell("code", s) for s in sources]
        return {"tp4.ipynb": dump([*more, *cells[:4], *more, *cells[4:], *more])}

    return make


def _bytes(
    change: Callable[[bytes], bytes], name: str = "tp4.ipynb"
) -> Callable[[list[dict[str, Any]]], Files]:
    return lambda cells: {name: change(dump(cells))}


def _sources(change: Callable[[str], str]) -> Callable[[list[dict[str, Any]]], Files]:
    """Each code cell changed."""

    def make(cells: list[dict[str, Any]]) -> Files:
        changed = [
            _cell("code", change("".join(c["source"]))) if c["cell_type"] == "code" else c for c in cells
        ]
        return {"tp4.ipynb": dump(changed)}

    return make


def _old_format(cells: list[dict[str, Any]]) -> Files:
    old = [
        {"cell_type": "code", "input": c["source"], "language": "python", "outputs": [], "collapsed": False}
        if c["cell_type"] == "code"
        else c
        for c in cells
    ]
    return {"tp4.ipynb": json.dumps({"metadata": {}, "nbformat": 3, "worksheets": [{"cells": old}]}).encode()}


def _large_outputs(cells: list[dict[str, Any]]) -> Files:
    image = {"output_type": "display_data", "data": {"image/png": "iVBORw0K" * 100_000}, "metadata": {}}
    lines = {"output_type": "stream", "name": "stdout", "text": ["epoch [1] {loss}\n"] * 20_000}
    return {
        "tp4.ipynb": dump(
            [{**c, "outputs": [image, lines]} if c["cell_type"] == "code" else c for c in cells]
        )
    }


def _zipped(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return buffer.getvalue()


def _script(cells: list[dict[str, Any]]) -> str:
    return "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")


def _written(cells: list[dict[str, Any]]) -> Files:
    return {
        "tp4.ipynb": dump(
            [_cell("code", "%%writefile net.py\n" + _script(cells)), _cell("code", "from net import *\n")]
        )
    }


def _run_elsewhere(cells: list[dict[str, Any]]) -> Files:
    return {
        "tp4.ipynb": dump([_cell("code", "%run layers.ipynb\n"), *cells[-3:]]),
        "layers.ipynb": dump(cells[:-3]),
    }


NOTEBOOKS: dict[str, Callable[[list[dict[str, Any]]], Files]] = {
    "nothing": lambda cells: {"tp4.ipynb": dump(cells)},
    "old_format": _old_format,
    "byte_order_mark": _bytes(lambda b: b"\xef\xbb\xbf" + b),
    "utf16": _bytes(lambda b: b.decode().encode("utf-16")),
    "crlf": _bytes(lambda b: b.replace(b"\n", b"\r\n").replace(b"\\n", b"\\r\\n")),
    "nul_bytes": _bytes(lambda b: b"\0\0" + b + b"\0" * 99),
    "torn_at_the_end": lambda cells: {"tp4.ipynb": dump([*cells, _cell("code", "# notes\n" * 40)])[:-300]},
    "two_documents": _bytes(lambda b: dump([_cell("code", "x = 1\n")]) + b),
    "comma_lost": _bytes(lambda b: b.replace(b"  },\n  {", b"  }\n  {", 1)),
    "ipynb_txt": _bytes(lambda b: b, "tp4.ipynb.txt"),
    "json": _bytes(lambda b: b, "Untitled.json"),
    "large_outputs": _large_outputs,
    "zip": lambda cells: {"rendu.zip": _zipped({"tp/tp4.ipynb": dump(cells), "__MACOSX/._tp4.ipynb": b"x"})},
    "copies": lambda cells: {
        "tp4.ipynb": dump(cells),
        "tp4 (1).ipynb": dump(cells[:3]),
        ".ipynb_checkpoints/tp4-checkpoint.ipynb": b"{}",
    },
    "timed_cells": _sources(lambda s: "%%time\n" + s),
    "indented_cells": _sources(lambda s: textwrap.indent(s, "    ") if '"""' not in s else s),
    "magics": _with("%matplotlib inline\n%load_ext autoreload\n", "!pip install tqdm\n%cd /content\n"),
    "colab": _with("from google.colab import drive\ndrive.mount('/content/drive')\n!ls /content\n"),
    "stand_ins": _with("from tqdm import tqdm\nimport seaborn\nimport torch\ntorch.manual_seed(0)\n"),
    "cells_that_fail": _with("X = load('x')\n", "def half(:\n", "raise KeyError\n", "assert False\n"),
    "asks_and_leaves": _with("n = input('n? ')\n", "exit()\n", "import sys\nsys.exit(1)\n"),
    "plots": _with("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n"),
    "merge_in_a_cell": _with("<<<<<<< HEAD\na = 1\n=======\na = 2\n>>>>>>> main\n"),
    "written_to_a_file": _written,
    "run_elsewhere": _run_elsewhere,
    "trains_for_ever": _with("history = [0]\nwhile True:\n    history.append(1)\n"),
}  # fmt: skip
MODULES: dict[str, Callable[[str], Files]] = {
    "nothing": lambda words: {"tp4.py": words.encode()},
    "byte_order_mark": lambda words: {"tp4.py": b"\xef\xbb\xbf" + words.encode()},
    "crlf": lambda words: {"tp4.py": words.replace("\n", "\r\n").encode()},
    "utf16": lambda words: {"tp4.py": words.encode("utf-16")},
    "txt": lambda words: {"tp4.txt": words.encode()},
    "no_last_newline": lambda words: {"tp4.py": words.rstrip().encode()},
    "colab_export": lambda words: {
        "tp4.py": f"# -*- coding: utf-8 -*-\n!pip install x\n%cd y\n{words}".encode()
    },
    "main_guard": lambda words: {
        "tp4.py": f"{words}\nif __name__ == '__main__':\n    raise SystemExit\n".encode()
    },
    "broken_at_the_end": lambda words: {"tp4.py": f"{words}\n\ndef half(x:\n    return x\n".encode()},
    "fails_at_the_top": lambda words: {"tp4.py": f"print(data)\n{words}\nplot(net)\n".encode()},
    "beside_a_helper": lambda words: {"tp4.py": b"from layers import *\n", "layers.py": words.encode()},
}


def module_of(name: str) -> str:
    """A reference solution as a student's module."""
    return _script(cells_of(name))
