"""The names of Moodle's files: how a submission's folder is called, and how a feedback file must be."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

# clean_param(..., PARAM_FILE) deletes these (lib/classes/param.php).
_UNCLEAN = re.compile(r"""[\x00-\x1f\x7f-\x9f&<>"`|':\\/]""")
_PLUGIN = r"_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<rest>.*))?"
_STRICT = re.compile(rf"(?P<name>[^_]*)_(?P<number>\d+){_PLUGIN}", re.DOTALL)
_TEAMLESS = re.compile(rf"(?P<name>[^_]*){_PLUGIN}", re.DOTALL)
_GARBLED = re.compile(rf"(?P<name>.*?)_(?P<number>\d+){_PLUGIN}", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose a file is, as Moodle's folder or file name tells."""

    name: str  # cleaned by Moodle; garbled by some unpackers
    number: str | None  # Identifier, or the group's number; None for the group of those without one
    plugin: str  # "file" or "onlinetext"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryName:
    """An entry of the "Download all submissions" zip, taken apart."""

    owner: Owner
    path: str  # below the owner's folder; "" for the folder itself
    flat: bool  # "Download submissions in folders" was off


def parse_entry(path: str) -> EntryName | None:
    """Whose `path` (relative, posix) is, or None when its first part is no name that Moodle writes.

    Only the first part counts: a student chooses the names of all that follow.
    """
    first, _, below = path.partition("/")
    match = _STRICT.fullmatch(first) or _TEAMLESS.fullmatch(first) or _GARBLED.fullmatch(first)
    if match is None:
        return None
    groups = match.groupdict()
    owner = Owner(name=groups["name"], number=groups.get("number"), plugin=groups["plugin"])
    rest = groups["rest"] or ""
    if not rest:  # Moodle before 4.1 ends the folder's name with one more "_"
        return EntryName(owner=owner, path=below, flat=False)
    return EntryName(owner=owner, path=f"{rest}/{below}" if below else rest, flat=True)


def clean(name: str) -> str:
    """`name` as Moodle writes it at the head of an entry: `_` is a space, unsafe characters are gone."""
    return clean_file(name.replace("_", " "))


def clean_file(name: str) -> str:
    """`name` as Moodle keeps a file's name: unsafe characters are gone."""
    cleaned = _UNCLEAN.sub("", name)
    return "" if cleaned in {".", ".."} else cleaned


def same_name(one: str, other: str) -> bool:
    """Do both texts name the same person or group, whichever way Unicode spells the accents?"""
    return _folded(one) == _folded(other)


def may_be_one(one: str, other: str) -> bool:
    """Could both be names of one person, who married, or whose name Moodle hid?"""
    first, second = set(_folded(one).split()), set(_folded(other).split())
    return bool(first & second) or not {"participant"}.isdisjoint(first | second)


@lru_cache(maxsize=8192)
def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", clean(name)).casefold().split())


@lru_cache(maxsize=8192)
def slug(text: str, *, limit: int = 40) -> str:
    """`text` in [a-z0-9-], without accents; "" when no Latin letter or digit is in it."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return "-".join(re.findall(r"[a-z0-9]+", ascii_text))[:limit].strip("-")


def make_keys(people: Iterable[tuple[str, str | None]]) -> tuple[str, ...]:
    """A key for each (name, identifier), stable and unique: `ada-example-41881`.

    A key depends on its own person only, except where two without identifier would share one: those get
    a short hash of their name, and a count when even the names are the same.
    """
    wanted = [(name, identifier, _key(name, identifier)) for name, identifier in people]
    counts: dict[str, int] = {}
    for _, _, key in wanted:
        counts[key] = counts.get(key, 0) + 1
    taken = {key for key, count in counts.items() if count == 1}
    keys = []
    for name, _, key in wanted:
        if counts[key] > 1:
            key = _first_free(
                f"{key}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:6]}", taken
            )
            taken.add(key)
        keys.append(key)
    return tuple(keys)


def _key(name: str, identifier: str | None) -> str:
    parts = [slug(name) or "student"]
    if identifier is not None:
        number = slug(identifier)
        if parts[0].split("-")[-1] != number:  # "Participant 41886" already says it
            parts.append(number)
    return "-".join(part for part in parts if part)


def _first_free(key: str, taken: set[str]) -> str:
    if key not in taken:
        return key
    count = 2
    while f"{key}-{count}" in taken:
        count += 1
    return f"{key}-{count}"


def feedback_folder(name: str, number: str) -> str:
    """The folder under which Moodle takes feedback files of participant (or group) `number`."""
    return f"{clean(name)[:80].strip(' .')}_{number}_assignfeedback_file"
