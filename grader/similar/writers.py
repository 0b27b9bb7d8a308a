"""How many wrote a thing: hand-ins that are nearly the same count as one writer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import TypeVar

T = TypeVar("T")
SAME = 0.98  # share of all fingerprints of two hand-ins that both have; names and layout do not matter
ALIKE = 0.7  # the same of what is not in the reference: code that is not the expected answer is seldom alike
LONG = 100  # fingerprints, some fifteen lines: shorter hand-ins may well be the same by chance


def writers_of(hashes: Mapping[str, frozenset[int]], reference: frozenset[int]) -> dict[str, str]:
    """The writer of each hand-in: the first key of the group in which each is nearly the same as another."""
    own = {key: found - reference for key, found in hashes.items()}
    near = [*_near(hashes, SAME), *_near(own, ALIKE)]
    return {key: min(group) for group in groups(hashes, near) for key in group}


def _near(hashes: Mapping[str, frozenset[int]], least: float) -> Iterator[tuple[str, str]]:
    """Pairs with at least that share of fingerprints in common; of equal ones, enough to join them."""
    equal: dict[frozenset[int], list[str]] = defaultdict(list)
    for key in sorted(hashes):
        if len(hashes[key]) >= LONG:
            equal[hashes[key]].append(key)
    for first, *others in equal.values():
        yield from ((first, other) for other in others)
    by_length = sorted(equal, key=len)
    for at, short in enumerate(by_length):
        for long in by_length[at + 1 :]:
            if len(short) < least * len(long):
                break  # too short for all that follow
            both = len(short & long)
            if both >= least * (len(short) + len(long) - both):
                yield equal[short][0], equal[long][0]


def groups(keys: Iterable[str], close: Iterable[tuple[str, str]]) -> set[frozenset[str]]:
    """The keys, put together where a chain of close pairs leads from one to the other."""
    group = {key: {key} for key in keys}
    for a, b in close:
        if group[a] is not group[b]:
            joined = group[a] | group[b]
            for key in joined:
                group[key] = joined
    return {frozenset(found) for found in group.values()}


def count_writers(found: Mapping[str, Set[T]], writers: Mapping[str, str]) -> Counter[T]:
    """How many writers have each thing that was found per key."""
    theirs: dict[str, set[T]] = defaultdict(set)
    for key, things in found.items():
        theirs[writers.get(key, key)] |= things
    counts: Counter[T] = Counter()
    for things in theirs.values():
        counts.update(things)
    return counts
