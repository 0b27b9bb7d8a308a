"""The sentences that people may read, found in the sources.

`python -m tests.pages.catalogue` writes the catalogues anew and lists what is not translated.

Ours are in calls of `text`, `gettext` and `ngettext` and in the templates' `trans` blocks. Authors' are the
titles of assignments, the docstrings of checks and known mistakes, and what checks give to `fail` and `text`.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("fr",)
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "text": None,
    "fail": None,
}
Sentence = str | tuple[str, ...]


def po_path(language: str) -> Path:
    """Where the catalogue of a language lies."""
    return ROOT / "grader" / "locale" / language / "LC_MESSAGES" / "messages.po"


def _of_python(path: Path) -> Iterator[Sentence]:
    with path.open("rb") as file:
        for _, sentence, _, _ in extract("python", file, KEYWORDS, options={"encoding": "utf-8"}):
            yield tuple(sentence[:2]) if isinstance(sentence, tuple) else sentence


def _of_template(path: Path) -> Iterator[Sentence]:
    options = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}
    with path.open("rb") as file:
        for _, sentence, _, _ in extract("jinja2.ext:babel_extract", file, KEYWORDS, options=options):
            yield tuple(sentence[:2]) if isinstance(sentence, tuple) else sentence


def _first_line(node: ast.Module | ast.FunctionDef) -> str:
    words = ast.get_docstring(node) or ""
    return words.splitlines()[0] if words else ""


def _of_assignment(folder: Path) -> Iterator[Sentence]:
    settings = tomllib.loads((folder / "assignment.toml").read_text("utf-8"))
    yield settings["title"]
    for path in sorted(folder.glob("checks/**/*.py")):
        yield from _of_python(path)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield _first_line(node)
    for path in sorted(folder.glob("mistakes/*.py")):
        yield _first_line(ast.parse(path.read_text("utf-8"))).rstrip(".")


def sentences() -> dict[Sentence, str]:
    """Every sentence, with the file that it was met in first."""
    found: dict[Sentence, str] = {}
    for path in sorted((ROOT / "grader").rglob("*.py")):
        for sentence in _of_python(path):
            found.setdefault(sentence, path.relative_to(ROOT).as_posix())
    for path in sorted((ROOT / "grader").rglob("*.j2")):
        for sentence in _of_template(path):
            found.setdefault(sentence, path.relative_to(ROOT).as_posix())
    for path in sorted((ROOT / "assignments").glob("*/assignment.toml")):
        for sentence in _of_assignment(path.parent):
            found.setdefault(sentence, path.parent.relative_to(ROOT).as_posix())
    return {
        s: where for s, where in found.items() if (s if isinstance(s, str) else s[0]) not in ("", "{words}")
    }


def read(language: str) -> Catalog:
    """The catalogue as it is."""
    return read_po(BytesIO(po_path(language).read_bytes()), locale=language)


def update(language: str) -> list[Sentence]:
    """Write the catalogue anew: sentences no longer used go, new ones come without a translation."""
    old = read(language)
    new = Catalog(locale=language, project="grader", charset="utf-8", fuzzy=False)
    missing = []
    for sentence, where in sorted(sentences().items(), key=lambda item: (item[1], str(item[0]))):
        key = sentence if isinstance(sentence, str) else sentence[0]
        before = old.get(key)
        said = before.string if before is not None and before.string else ""
        if not said or (isinstance(said, (list, tuple)) and not all(said)):
            missing.append(sentence)
            if where.startswith("assignments"):
                continue  # an author may leave a language out; English is shown
        new.add(sentence, said, locations=[(where, 0)])
    buffer = BytesIO()
    write_po(
        buffer, new, width=0, omit_header=True, no_location=False, sort_output=False, include_lineno=False
    )
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    head += '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
    po_path(language).write_text(head + buffer.getvalue().decode("utf-8"), encoding="utf-8")
    return missing


if __name__ == "__main__":
    for code in LANGUAGES:
        for sentence in update(code):
            sys.stdout.write(f"{code}: {sentence!r}\n")
