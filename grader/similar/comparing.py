"""Who wrote what others wrote too: fingerprints of code, weighed by how rare they are."""

from __future__ import annotations

import io
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from copydetect import CodeFingerprint, compare_files

from grader.similar.writers import count_writers, groups, writers_of
from grader.similar.writing import Handout, Writing, source_without

T = TypeVar("T")
K, WINDOW = 25, 1  # copydetect's default k; no fingerprint is left out, since hand-ins are short
SHOWN_PAIRS = 100
CLUSTER_AT = 0.6
LEAST = 0.25  # below, a pair is not shown unless it shares a rare mistake or a comment
COMMON = 0.25  # code that more than this share of the writers wrote tells nothing,
COMMON_WRITERS = 2  # unless they are no more than these
DOUBT = 20  # fingerprints: those with little of their own need more than that in common
RARE = 0.1  # a mistake that at most this share of the writers made, or two of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some of a student's text, shared with the other or not."""

    words: str
    is_shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two hand-ins and what they have in common. For people to judge, never a verdict."""

    first: Writing
    second: Writing
    overlap: float  # share of code in common, the larger of the two
    rarity: float  # the same with each fingerprint weighed by how few wrote it, in [0, 1]
    mistakes: tuple[str, ...]  # rare ones that both made
    comments: tuple[str, ...]  # that both wrote, and few others
    left: tuple[Piece, ...]
    right: tuple[Piece, ...]

    @property
    def strength(self) -> float:
        """By what pairs are ordered: rarity, and a tenth for each rare thing shared beside it."""
        return self.rarity + 0.1 * (len(self.mistakes) + len(self.comments))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What was found in one class."""

    size: int  # hand-ins compared
    pairs: tuple[Pair, ...]  # strongest first
    clusters: tuple[tuple[Writing, ...], ...]  # those that are close to each other, largest first


def compare(
    writings: Sequence[Writing],
    mistakes: Mapping[str, Iterable[tuple[str, str]]],
    handout: Handout,
    reference: str = "",
) -> Comparison:
    """Compare all hand-ins with each other.

    `mistakes` gives, per key, the checks and known mistakes found in a hand-in; `reference` is the source
    of the expected answer.
    """
    base = _fingerprint("handout", handout.source)
    prints = {w.key: _fingerprint(w.key, w.source, boilerplate=base) for w in writings}
    hashes = {key: frozenset(map(int, one.hashes)) for key, one in prints.items()}
    expected = _fingerprint("reference", source_without(reference, handout), boilerplate=base)
    writers = writers_of(hashes, frozenset(map(int, expected.hashes)))
    rare_mistakes = _rare({key: set(made) for key, made in mistakes.items()}, writers)
    rare_comments = _rare({w.key: set(w.comments) for w in writings}, writers)
    rarity = _rarities(hashes, writers)
    beside = set(_sharing(rare_mistakes)) | set(_sharing(rare_comments))
    by_key = {w.key: w for w in writings}
    candidates = sorted(
        {pair for pair, value in rarity.items() if value >= LEAST} | beside,
        key=lambda pair: (-rarity.get(pair, 0.0), pair),
    )
    pairs = [
        _pair(by_key[a], by_key[b], prints, rarity.get((a, b), 0.0), rare_mistakes, rare_comments)
        for a, b in candidates[: 4 * SHOWN_PAIRS]
    ]
    pairs.sort(key=lambda pair: (-pair.strength, pair.first.key, pair.second.key))
    close = [pair for pair, value in rarity.items() if value >= CLUSTER_AT]
    return Comparison(size=len(writings), pairs=tuple(pairs[:SHOWN_PAIRS]), clusters=_clusters(close, by_key))


def _fingerprint(name: str, source: str, *, boilerplate: CodeFingerprint | None = None) -> CodeFingerprint:
    known = sorted(boilerplate.hashes) if boilerplate is not None else []
    return CodeFingerprint(
        f"{name}.py", K, WINDOW, boilerplate=known, language="python", fp=io.StringIO(source)
    )


def _weights(hashes: Mapping[str, frozenset[int]], writers: Mapping[str, str]) -> dict[int, float]:
    """What a fingerprint tells: nothing when many writers have it, most when one has."""
    size = len(set(writers.values()))
    most = max(COMMON_WRITERS, COMMON * size)
    counts = count_writers(hashes, writers)
    # one more than there are: copies by all of a class are one writer's, and tell something
    return {h: math.log((size + 1) / count) if count <= most else 0.0 for h, count in counts.items()}


def _rarities(
    hashes: Mapping[str, frozenset[int]], writers: Mapping[str, str]
) -> dict[tuple[str, str], float]:
    """Weight in common over the weight of the lighter and some more, for each pair that has any."""
    weights = _weights(hashes, writers)
    doubt = DOUBT * math.log(len(set(writers.values())) + 1)
    holders: dict[int, list[str]] = defaultdict(list)
    totals: dict[str, float] = {}
    for key in sorted(hashes):
        totals[key] = math.fsum(weights[h] for h in hashes[key])
        for h in hashes[key]:
            if weights[h] > 0:
                holders[h].append(key)
    common: dict[tuple[str, str], float] = defaultdict(float)
    for h in sorted(holders):
        keys = holders[h]
        for at, first in enumerate(keys):
            for second in keys[at + 1 :]:
                common[first, second] += weights[h]
    return {(a, b): value / (min(totals[a], totals[b]) + doubt) for (a, b), value in common.items()}


def _rare(found: Mapping[str, set[T]], writers: Mapping[str, str]) -> dict[str, set[T]]:
    """Of the things found per key, those that few writers have, but more than one hand-in."""
    hand_ins: Counter[T] = Counter(thing for things in found.values() for thing in things)
    counts = count_writers(found, writers)
    most = max(2, RARE * len(set(writers.values())))
    return {
        key: {t for t in things if hand_ins[t] > 1 and counts[t] <= most} for key, things in found.items()
    }


def _sharing(found: Mapping[str, set[T]]) -> Iterable[tuple[str, str]]:
    holders: dict[T, list[str]] = defaultdict(list)
    for key in sorted(found):
        for thing in found[key]:
            holders[thing].append(key)
    for keys in holders.values():
        for at, first in enumerate(keys):
            for second in keys[at + 1 :]:
                yield first, second


def _pair(
    first: Writing,
    second: Writing,
    prints: Mapping[str, CodeFingerprint],
    rarity: float,
    mistakes: Mapping[str, set[tuple[str, str]]],
    comments: Mapping[str, set[str]],
) -> Pair:
    _, shares, slices = compare_files(prints[first.key], prints[second.key])
    both = mistakes.get(first.key, set()) & mistakes.get(second.key, set())
    return Pair(
        first=first,
        second=second,
        overlap=min(1.0, float(max(shares))),
        rarity=rarity,
        mistakes=tuple(sorted({mistake for _, mistake in both})),
        comments=tuple(sorted(comments[first.key] & comments[second.key])),
        left=_pieces(first.source, slices[0]),
        right=_pieces(second.source, slices[1]),
    )


def _pieces(source: str, slices: object) -> tuple[Piece, ...]:
    """`source` cut where what is shared begins and ends."""
    bounds = [] if len(slices) == 0 else sorted(zip(map(int, slices[0]), map(int, slices[1]), strict=True))  # type: ignore[arg-type, index]
    pieces: list[Piece] = []
    at = 0
    for start, end in bounds:
        start, end = max(at, start), min(len(source), end)
        if end <= start:
            continue
        if start > at:
            pieces.append(Piece(words=source[at:start], is_shared=False))
        pieces.append(Piece(words=source[start:end], is_shared=True))
        at = end
    if at < len(source):
        pieces.append(Piece(words=source[at:], is_shared=False))
    return tuple(pieces)


def _clusters(
    close: Iterable[tuple[str, str]], writings: Mapping[str, Writing]
) -> tuple[tuple[Writing, ...], ...]:
    """Groups in which each is close to another."""
    found = [keys for keys in groups(writings, close) if len(keys) > 1]
    ordered = sorted(found, key=lambda keys: (-len(keys), min(keys)))
    return tuple(tuple(writings[key] for key in sorted(keys)) for keys in ordered)
