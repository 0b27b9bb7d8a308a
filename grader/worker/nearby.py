"""Names that are nearly what is asked for: told, never taken unless the author lists them."""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

CLOSE = 0.8


def nearest(wanted: str, names: Iterable[str]) -> str:
    """The name among `names` that was probably meant by `wanted`; empty when none is close."""
    plain = {_plain(n): n for n in sorted(names, reverse=True)}
    target = _plain(wanted)
    if target in plain:
        return plain[target]
    close = difflib.get_close_matches(target, list(plain), n=1, cutoff=CLOSE)
    if close:
        return plain[close[0]]
    longer = [p for p in sorted(plain) if len(target) > 3 and (p.startswith(target) or p.endswith(target))]
    return plain[longer[0]] if longer else ""


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()


def method_of(wanted: str, namespace: Mapping[str, Any], classes: Iterable[str]) -> str:
    """The class, among `classes`, of which `wanted` is a method; empty when there is none."""
    for name in classes:
        found = namespace.get(name)
        if isinstance(found, type) and wanted in vars(found):
            return name
    return ""


def parameters(value: object) -> list[str] | None:
    """The names of the arguments that can be given by position; None where there is no telling."""
    try:
        found = inspect.signature(value).parameters.values()  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    if any(p.kind is p.VAR_POSITIONAL for p in found):
        return None
    return [p.name for p in found if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]


def compare(asked: Sequence[str], value: object) -> str:
    """How the arguments differ from those asked for: "order", "fewer", "more" or ""."""
    has = parameters(value)
    if has and asked and asked[0] == "self":
        has[0] = "self"  # whatever it is called
    if has is None or list(asked) == has[: len(asked)]:
        return "more" if has and _required(value) > len(asked) else ""
    if len(has) < len(asked):
        return "fewer"
    same = [_plain(n) for n in has[: len(asked)]]
    if sorted(same) == sorted(map(_plain, asked)) and same != [_plain(n) for n in asked]:
        return "order"
    return "more" if _required(value) > len(asked) else ""


def reordered(value: Any, asked: Sequence[str], accepted: Iterable[Sequence[str]]) -> Any:
    """`value` as a function that takes its arguments as asked, where it has them in an accepted other order.

    None where its order is none of those accepted.
    """
    has = [_plain(n) for n in parameters(value) or ()][: len(asked)]
    wanted = [_plain(n) for n in asked]
    orders = [[_plain(n) for n in order] for order in accepted]
    if has == wanted or has not in orders or sorted(has) != sorted(wanted):
        return None
    places = [wanted.index(name) for name in has]

    @functools.wraps(value)
    def call(*args: Any, **kwargs: Any) -> Any:
        if len(args) < len(places):
            return value(*args, **kwargs)
        return value(*(args[p] for p in places), *args[len(places) :], **kwargs)

    return call


def _required(value: object) -> int:
    try:
        found = inspect.signature(value).parameters.values()  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return 0
    return sum(p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD for p in found)
