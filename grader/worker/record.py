"""What loading met and did, as codes with arguments; the sentences are made elsewhere."""

from __future__ import annotations

MAX_NOTES = 200
MAX_TEXT = 300


class Record:
    """Notes in the order in which they were made; the same note is kept once."""

    def __init__(self) -> None:
        self.notes: list[dict[str, object]] = []
        self._seen: set[tuple[object, ...]] = set()

    def add(self, code: str, **args: str | int | float) -> None:
        """Keep a note, unless it is known already or there are too many."""
        kept = {k: _cut(v) for k, v in args.items()}
        key = (code, *sorted(kept.items()))
        if key in self._seen or len(self.notes) >= MAX_NOTES:
            return
        self._seen.add(key)
        self.notes.append({"code": code, "args": kept})


def _cut(value: str | int | float) -> str | int | float:
    if isinstance(value, str):
        return value[:MAX_TEXT].encode("utf-8", "replace").decode()
    return value
