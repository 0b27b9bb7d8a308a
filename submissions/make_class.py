"""Make the sample class: a Moodle zip, its worksheet, and the same hand-ins as loose files.

    python submissions/make_class.py [FOLDER]

All people are made up. Each hand-in is the reference or another style (`styles/`), as it is or with pieces
changed into a known mistake (`slips.toml`). The same sources give the same files.
"""

from __future__ import annotations

import base64
import io
import json
import shutil
import struct
import sys
import tomllib
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from grader.assignment.starter import cut_solution

HERE = Path(__file__).parent
SOLUTION_MARKS = ("# BEGIN SOLUTION", "# END SOLUTION")
DUE = datetime(2026, 12, 6, 23, 59)  # in Paris, as Moodle writes it
Files = dict[str, bytes]


# --- sources ---


def reference() -> str:
    """TP4's solution as a student would hand it in."""
    lines = (HERE.parent / "reference" / "tp4.py").read_text("utf-8").splitlines()
    return "\n".join(line for line in lines if line.strip() not in SOLUTION_MARKS) + "\n"


def starter() -> str:
    """TP4 as it was given out."""
    path = HERE.parent / "reference" / "tp4.py"
    return cut_solution(path.read_text("utf-8"), path=path)


def style(name: str) -> str:
    """A program in another hand than the reference's."""
    return (HERE / "styles" / f"{name}.py").read_text("utf-8")


@cache
def slips() -> dict[str, list[dict[str, str]]]:
    """What students write in place of a piece of a right solution."""
    return tomllib.loads((HERE / "slips.toml").read_text("utf-8"))


def change(source: str, *names: str) -> str:
    """`source` with the slips named, each of whose pieces must be there exactly once."""
    for name in names:
        for slip in slips()[name]:
            if source.count(slip["old"]) != 1:
                raise ValueError(f"{name}: {slip['old']!r} occurs {source.count(slip['old'])} times")
            source = source.replace(slip["old"], slip["new"])
    return source


# --- notebooks ---


def notebook(source: str, *, extra: Iterable[str] = (), minor: int = 5, run: bool = True) -> bytes:
    """A percent-format source as a notebook that was run: counts, printed lines, a plot."""
    cells: list[dict[str, object]] = []
    pieces = [(code, "code") for code in extra]
    pieces += [_piece(p) for p in source.split("# %%")[1:]]
    count = 0
    for number, (text, kind) in enumerate(pieces):
        cell: dict[str, object] = {
            "cell_type": kind,
            "metadata": {},
            "source": text.splitlines(keepends=True),
        }
        if minor >= 5:
            cell["id"] = f"cell-{number:02d}"
        if kind == "code":
            count += run
            cell |= {
                "execution_count": count if run else None,
                "outputs": _outputs(text, count) if run else [],
            }
        cells.append(cell)
    metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "version": "3.12.3"},
    }
    document = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": minor}
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def _piece(piece: str) -> tuple[str, str]:
    head, _, body = piece.partition("\n")
    if "[markdown]" in head:
        return "\n".join(
            line.removeprefix("#").removeprefix(" ") for line in body.strip().splitlines()
        ), "markdown"
    return body.strip("\n"), "code"


def _outputs(code: str, count: int) -> list[dict[str, object]]:
    outputs: list[dict[str, object]] = []
    if "print(" in code:
        outputs.append({"output_type": "stream", "name": "stdout", "text": [f"0.9{count}\n"]})
    if "plt.show" in code:
        picture = base64.b64encode(_picture()).decode() + "\n"
        data = {"image/png": picture, "text/plain": ["<Figure size 640x480 with 1 Axes>"]}
        outputs.append({"output_type": "display_data", "metadata": {}, "data": data})
    return outputs


def _picture(width: int = 160, height: int = 100) -> bytes:
    """A rising curve as a PNG."""
    rows = b""
    for y in range(height):
        line = bytearray(b"\xff" * width)
        for x in range(width):
            if abs(height - 10 - 80 * x / (x + 20) - y) < 1.5:
                line[x] = 60
        rows += b"\x00" + bytes(line)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


MAGICS = (
    "%matplotlib inline\n%load_ext autoreload\n%autoreload 2\n!pip install -q numpy matplotlib",
    "from google.colab import drive\ndrive.mount('/content/drive')",
    "name = input('Your name? ')",
    "def unfinished(:\n    return",
    "import pandas as pd\ndf = pd.read_csv('data/moons.csv')",
)


# --- the class ---


@dataclass(frozen=True)
class Person:
    """One made-up student and what was handed in."""

    name: str
    identifier: int
    files: Files
    days_late: float = -1.0
    status: str = "Submitted for grading"
    mistakes: tuple[str, ...] = ()  # of the bank, as the checks must name them


def _nb(*names: str, source: str | None = None, run: bool = True, minor: int = 5) -> Files:
    return {"tp4.ipynb": notebook(change(source or reference(), *names), run=run, minor=minor)}


def _py(source: str, name: str = "tp4.py") -> Files:
    return {name: source.encode("utf-8")}


def _split_in_two(source: str) -> Files:
    """The modules in a file of their own, which the notebook imports."""
    head, tail = source.split("# %% [markdown]\n# ## 5. The perceptron")
    imports = "# %%\nimport numpy as np\nfrom layers import Dropout, Linear, ReLU, SoftmaxCrossEntropy\n"
    return {
        "tp4.ipynb": notebook(f"{imports}\n# %% [markdown]\n# ## 5. The perceptron{tail}"),
        "layers.py": head.encode("utf-8"),
        "README.txt": b"run tp4.ipynb, layers.py must lie beside it\n",
        ".ipynb_checkpoints/tp4-checkpoint.ipynb": notebook(starter(), run=False),
    }


def _zipped(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path, (2026, 12, 5, 12, 0, 0)), content)
    return buffer.getvalue()


def people() -> tuple[Person, ...]:
    """The whole class."""
    return _right_ones() + _mistaken_ones() + _odd_ones()


def _right_ones() -> tuple[Person, ...]:
    french = style("compact")
    chinese = change(french, "einsum").replace("Couche linéaire", "线性层")
    return (
        Person("Ada Example", 52017, _nb()),
        Person("Élodie Exemple-Démo", 52003, {"TP4 réseau de neurones.ipynb": notebook(french, minor=4)}),
        Person("Sam Sample", 52008, _py(change(french, "single_precision"))),
        Person("Jean-Fictif de La Test", 52011, _split_in_two(reference())),
        Person("Tom Tardy", 52009, _nb(), days_late=2.4),
        Person("测试 学生", 52002, {"作业4 神经网络.ipynb": notebook(chinese)}),
        Person("Max Magicson", 52022, {"tp4.ipynb": notebook(french, extra=MAGICS, minor=2)}),
        Person("Vera Vectorless", 52031, _nb("loops", source=french)),
    )


def _mistaken_ones() -> tuple[Person, ...]:
    def person(name: str, identifier: int, *mistakes: str, **options: Any) -> Person:
        return Person(name, identifier, _nb(*mistakes), mistakes=mistakes, **options)

    keepdims, wrong_axis = "bias_gradient_keepdims", "softmax_over_wrong_axis"
    as_module = _py(change(reference(), keepdims), "my_net_v2_final.py")
    return (
        person("Sam Sample", 52021, "missing_mean"),
        person("Drew Draftonly", 52005, "bias_gradient_mean", status="Draft (not submitted)"),
        person("Lena Lately", 52026, "softmax_overflows", days_late=0.8),
        person("Gus Gatherer", 52004, "labels_shuffled_apart"),
        person("Mila Maskwell", 52020, "relu_mask_on_output_gradient"),
        person("Theo Turner", 52013, "transposed_gradient"),
        person("Inès Inférence", 52024, "dropout_without_rescaling", "dropout_in_inference"),
        person("Nora Nonlin", 52018, "no_activation"),
        person("Kim Klassen", 52027, "classes_from_labels"),
        person("Ravi Reluman", 52010, "relu_on_scores", "step_adds"),
        person("Ivan Inplace", 52032, "changes_output_gradient"),
        person("Bea Biaswell", 52035, "bias_on_weights"),
        person("Olga Onceover", 52036, "shuffles_once"),
        Person("Under_Score Dummy_Name", 52019, as_module, mistakes=(keepdims,)),
        Person("Otto Overtop", 52006, _py(change(reference(), wrong_axis)), mistakes=(wrong_axis,)),
        Person(
            "Fiona O'Placeholder",
            52014,
            {"tp4_final.zip": _zipped(_nb("log_of_underflow"))},
            mistakes=("log_of_underflow",),
        ),
    )


def _odd_ones() -> tuple[Person, ...]:
    misspelt = reference().replace("TwoLayerPerceptron", "TwoLayerPercepton")
    unfinished = reference() + "\n\ndef last_minute(\n    print('forgot to close this'\n"
    return (
        Person("Noor Nobody", 52030, {}, status="No submission"),
        Person("Bruno Brokenson", 52023, {"tp4.ipynb": _nb()["tp4.ipynb"][:5000]}),
        Person("Emma Emptiness", 52029, {"tp4.ipynb": b""}),
        Person("Luc Loopwell", 52012, _nb("loop")),
        Person("Carla Crashley", 52007, _nb("exit")),
        Person("Nils Nullpoint", 52025, _nb("segfault")),
        Person("Prosper Printwell", 52016, _py(style("fake_score"))),
        Person("Pat Patcher", 52028, _nb(source=style("patched_comparison"))),
        Person("Lia Librarian", 52001, _py(style("library_model"))),
        Person("Zoé Zérault", 52015, _nb(source=starter(), run=False)),
        Person("Wanda Wordslip", 52033, _nb(source=misspelt)),
        Person("Quentin Quickly", 52034, _py(unfinished)),
    )


# --- as Moodle writes them ---


def handed_in(person: Person) -> datetime:
    """When: late ones after the due date, the others in the week before it."""
    if person.days_late > 0:
        return DUE + timedelta(days=person.days_late)
    return DUE - timedelta(hours=3 + 4 * (person.identifier % 30), minutes=person.identifier % 53)


def moodle_name(name: str) -> str:
    """A name as it stands in the zip: what a file name cannot hold is deleted, `_` is a space."""
    return "".join(c for c in name.replace("_", " ") if c not in "&<>\"`|':\\/")


def moodle_zip(people: Iterable[Person]) -> bytes:
    """ "Download all submissions", with folders."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for person in sorted(people, key=lambda p: p.name.split()[-1]):
            at = handed_in(person).timetuple()
            for path, content in person.files.items():
                folder = f"{moodle_name(person.name)}_{person.identifier}_assignsubmission_file"
                info = zipfile.ZipInfo(f"{folder}/{path}", (*at[:5], 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, content)
    return buffer.getvalue()


HEADER = ("Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade")
HEADER += ("Grade can be changed", "Last modified (submission)", "Last modified (grade)", "Feedback comments")


def worksheet(people: Iterable[Person]) -> bytes:
    """The offline grading worksheet, as an English session downloads it before grading."""
    rows: list[Iterable[str]] = [HEADER]
    for number, person in enumerate(people, start=1):
        at = handed_in(person)
        date = f"{at:%A}, {at.day} {at:%B %Y}, {at.hour % 12 or 12}:{at:%M %p}"
        rows.append(
            (
                f"Participant {person.identifier}",
                person.name,
                f"b{number:02d}@example.invalid",
                _status(person),
                *("", "20.00", "Yes", date if person.files else "-", "-", ""),
            )
        )
    lines = (",".join(map(_cell, row)) for row in rows)
    return b"\xef\xbb\xbf" + "".join(f"{line}\n" for line in lines).encode("utf-8")


def _cell(text: str) -> str:
    """A cell as Moodle writes it: in quotes where it holds a blank, a comma or a quote."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if any(c in text for c in ' ,"') else text


def _status(person: Person) -> str:
    if person.days_late > 0:
        days, hours = int(person.days_late), round(24 * (person.days_late % 1))
        late = f"{days} days {hours} hours" if days else f"{hours} hours"
        return f"{person.status} - {late} late -  - "
    if not person.files:
        return f"{person.status} - Assignment is overdue by: 3 days 9 hours -  - "
    return f"{person.status} -  - "


def write_class(folder: Path) -> None:
    """The zip, the worksheet and the loose files, in `folder`."""
    everyone = people()
    (folder / "tp4.zip").write_bytes(moodle_zip(everyone))
    (folder / "tp4.csv").write_bytes(worksheet(everyone))
    shutil.rmtree(folder / "tp4", ignore_errors=True)
    for person in everyone:
        for path, content in person.files.items():
            target = folder / "tp4" / f"{moodle_name(person.name)} {person.identifier}" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


if __name__ == "__main__":
    write_class(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
