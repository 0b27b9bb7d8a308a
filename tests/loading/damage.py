"""Random damage to a hand-in's bytes."""

from __future__ import annotations

import json
import random

_SCRAPS = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"\\", b"[", b"]", b"{", b"}", b",", b"\n<<<<<<< H\n", b"\r",
    b"\n=======\n", b"\n>>>>>>> b\n", b"\xe2\x80\x9c", b"\xa0", b"'''", b"null", b"1e999", b"[" * 3000, b"\t",
    b"(" * 3000, b"-" * 5000, b"if x:\n pass\n" + b"elif x:\n pass\n" * 1500, b"\n" + b"not " * 900 + b"x\n",
    b'"outputs": [', b'"source": [', b'"cell_type": "code"', b"\\ud800", b"%%bash\\n", b"!", b"lambda:" * 500,
)  # fmt: skip
# three right, three wrong: damage must not make more of them right
FUNCTIONS = (
    "def softmax(o):\n    e = np.exp(o - np.max(o))\n    return e / e.sum()\n",
    "def relu(x):\n    return np.maximum(x, 0)\n",
    "SCALE = 3.0\ndef scaled(x):\n    return SCALE * x\n",
    "def mean(x):\n    return np.sum(x)\n",
    "def loss(p, c):\n    return np.log(p[c])\n",
    "def step(w, g):\n    return w + 0.1 * g\n",
)
EXPECTED = {
    "softmax(np.zeros(2))": [0.5, 0.5],
    "relu(np.array([-1.0, 2.0]))": [0.0, 2.0],
    "scaled(2.0)": 6.0,
    "mean(np.array([1.0, 3.0]))": 2.0,
    "loss(np.array([1.0, 0.5]), 0) + loss(np.array([1.0, 0.5]), 1) > 0": True,
    "step(1.0, 1.0)": 0.9,
}
NAMES = ("softmax", "relu", "scaled", "mean", "loss", "step")


def half_right_notebook() -> bytes:
    """A notebook whose first three functions are right and whose last three are wrong."""
    cells = [
        {
            "cell_type": "code",
            "execution_count": number,
            "metadata": {},
            "outputs": [{"name": "stdout", "output_type": "stream", "text": ["[1, 2]\n", '{"a": 1}\n']}],
            "source": source.splitlines(keepends=True),
        }
        for number, source in enumerate(("import numpy as np\n", *FUNCTIONS))
    ]
    cells.insert(1, {"cell_type": "markdown", "metadata": {}, "source": ["# Réseau\n", "über 神经\n"]})
    document = {"cells": cells, "metadata": {"language": "python"}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=1, ensure_ascii=False).encode()


def half_right_module() -> bytes:
    """The same as a module."""
    return "\n\n".join(("import numpy as np\n", *FUNCTIONS)).encode()


def damaged(content: bytes, seed: int) -> bytes:
    """`content` with one to four random damages."""
    rng = random.Random(seed)
    for _ in range(rng.choice((1, 1, 2, 4))):
        content = _damage(content, rng)
    return content


def _damage(content: bytes, rng: random.Random) -> bytes:
    size = len(content)
    at = rng.randrange(size + 1)
    end = min(size, at + rng.choice((1, 3, 30, 300)))
    match rng.randrange(8):
        case 0:
            return content[:at]
        case 1:
            return content[:at] + content[end:]
        case 2:
            return content[:at] + content[at:end] * rng.choice((2, 3)) + content[end:]
        case 3:
            return content[:at] + rng.choice(_SCRAPS) + content[at:]
        case 4:
            return content[:at] + rng.randbytes(end - at) + content[end:]
        case 5:
            other = rng.randrange(size + 1)
            return content[:at] + content[other : other + 200] + content[at:]
        case 6:
            find, put = rng.choice(
                ((b"\n", b"\r\n"), (b'"', b""), (b",", b""), (b"    ", b"\t"), (b"\n", b""))
            )
            return content.replace(find, put, rng.choice((1, 5, 10**6)))
        case _:
            words = content.decode("utf-8", "replace")
            return words.encode(rng.choice(("utf-16", "utf-16-le", "cp1252", "utf-8-sig")), "replace")
