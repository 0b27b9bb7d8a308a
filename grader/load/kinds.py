"""What kind of file it is, by its bytes first and its name second."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePosixPath

from grader.load.decoding import decode
from grader.model import HandedFile, Text, text


class Kind(StrEnum):
    """What a file is to us."""

    NOTEBOOK = "notebook"
    MODULE = "module"
    JUNK = "junk"  # made by a system or a program, never by a student
    WEB_PAGE = "web page"
    PDF = "pdf"
    DOCUMENT = "document"
    PICTURE = "picture"
    ARCHIVE = "archive"  # of a kind that we do not open
    LINK = "link"
    EMPTY = "empty"
    OTHER = "other"


_JUNK_PARTS = frozenset(
    [
        "__MACOSX",
        ".ipynb_checkpoints",
        "__pycache__",
        ".git",
        ".venv",
        "venv",
        ".idea",
        ".vscode",
        ".pytest_cache",
    ]
)
_JUNK_NAMES = frozenset([".DS_Store", "Thumbs.db", "desktop.ini", "thumbs.db"])
_MAGIC = (
    (b"%PDF", Kind.PDF),
    (b"7z\xbc\xaf\x27\x1c", Kind.ARCHIVE),
    (b"Rar!", Kind.ARCHIVE),
    (b"PK\x03\x04", Kind.DOCUMENT),
    (b"\xd0\xcf\x11\xe0", Kind.DOCUMENT),
    (b"{\\rtf", Kind.DOCUMENT),
    (b"\x89PNG", Kind.PICTURE),
    (b"\xff\xd8\xff", Kind.PICTURE),
    (b"GIF8", Kind.PICTURE),
)
_NOTEBOOK = re.compile(r'"(?:cell_type|worksheets|nbformat)"\s*:')
_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_PYTHON = re.compile(r"^(?:import \w|from [\w.]+ import |def \w+\(|class \w+|# %%|%matplotlib)", re.MULTILINE)
_LINK = re.compile(r"\s*(?:\[InternetShortcut\].*|<\?xml.*)?\S*https?://\S+\s*", re.DOTALL)
_HEAD = 65_536


def kind_of(file: HandedFile) -> Kind:
    """The kind of a file that was handed in."""
    path = PurePosixPath(file.path)
    name = path.name.lower()
    if _is_junk(path):
        return Kind.JUNK
    if not file.content.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        return Kind.EMPTY
    for magic, kind in _MAGIC:
        if file.content.startswith(magic):
            return kind
    head = decode(file.content[:_HEAD])
    if _PAGE.match(head):
        return Kind.WEB_PAGE
    if name.endswith(".ipynb") or (_looks_like_json(head) and _is_notebook(file, head)):
        return Kind.NOTEBOOK
    if name.endswith((".py", ".pyw")):
        return Kind.MODULE
    if len(file.content) < 2000 and _LINK.fullmatch(head):
        return Kind.LINK
    is_text = name.endswith((".txt", ".py.txt")) or "." not in name
    return Kind.MODULE if is_text and len(_PYTHON.findall(head)) >= 2 else Kind.OTHER


def _is_junk(path: PurePosixPath) -> bool:
    name = path.name
    return (
        name.startswith(("._", "~$", ".~"))
        or name in _JUNK_NAMES
        or name.endswith((".pyc", "~"))
        or not _JUNK_PARTS.isdisjoint(path.parts[:-1])
        or "-checkpoint." in name
    )


def _looks_like_json(head: str) -> bool:
    return head.lstrip().startswith(("{", "["))


def _is_notebook(file: HandedFile, head: str) -> bool:
    if _NOTEBOOK.search(head):
        return True
    # outputs may push everything else behind the first bytes; the format's number stands at the end
    return _NOTEBOOK.search(decode(file.content[-_HEAD:])) is not None


def what_to_hand_in(kinds: frozenset[Kind], names: str) -> Text:
    """Why none of the files can be graded, and what to hand in instead."""
    if Kind.WEB_PAGE in kinds:
        return text(
            "{names}: a notebook exported as a web page cannot be run. Hand in the notebook itself, the file"
            " that ends in .ipynb.",
            names=names,
        )
    if Kind.PDF in kinds:
        return text(
            "{names}: a PDF cannot be run. Hand in the notebook itself, the file that ends in .ipynb.",
            names=names,
        )
    if Kind.ARCHIVE in kinds:
        return text(
            "{names}: this archive cannot be opened. Hand in the notebook itself or a .zip.",
            names=names,
        )
    if Kind.LINK in kinds:
        return text(
            "{names}: a link is not the work. Hand in the notebook itself, the .ipynb file.", names=names
        )
    if Kind.DOCUMENT in kinds or Kind.PICTURE in kinds:
        return text(
            "{names}: a document or a picture cannot be run. Hand in the notebook, the .ipynb file.",
            names=names,
        )
    if kinds <= {Kind.EMPTY, Kind.JUNK}:
        return text("{names}: the file is empty. Save the notebook and hand it in again.", names=names)
    return text("{names}: there is no notebook and no Python module among the files.", names=names)
