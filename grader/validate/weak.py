"""What is weak in an assignment that is not wrong: read off what was tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from grader.model import Card, Outcome
from grader.validate.accepted import Survivor
from grader.validate.proving import Finding
from grader.validate.trying import Probe, Seeded, Tried

HEAVY = 0.15  # of the points, in one check
SLOW_S = 2.0
_SILENT = (Outcome.PASSED, Outcome.SKIPPED)


def catchers(finding: Finding) -> tuple[str, ...]:
    """The checks that catch a mistake."""
    return tuple(c.check for c in finding.checks if c.outcome not in _SILENT)


def weak_checks(card: Card, mistakes: Sequence[Finding], tried: Sequence[Tried]) -> Iterator[str]:
    """Checks that catch nothing, and those on which much hangs."""
    caught = {name for m in mistakes for name in catchers(m)} | {t.killed_by for t in tried}
    for check in card.checks:
        if check.name not in caught:
            yield f"check {check.name} catches no known mistake and no mutant first"
        if check.points > HEAVY * card.points and len(card.checks) * HEAVY > 1:
            yield f"check {check.name} has {check.points:g} of {card.points:g} points: split it"


def lone_catches(mistakes: Sequence[Finding]) -> Iterator[str]:
    """Checks that alone catch a mistake: the points of it hang on them."""
    alone: dict[str, list[str]] = {}
    for mistake in mistakes:
        found = catchers(mistake)
        if len(found) == 1:
            alone.setdefault(found[0], []).append(mistake.name)
    for check, names in alone.items():
        yield f"check {check} alone catches {', '.join(names)}"


def weak_inputs(probes: Iterable[Probe]) -> Iterator[str]:
    """Inputs that cannot tell mistakes apart."""
    for probe in probes:
        for words in probe.weak_inputs:
            yield f"check {probe.check}: {words}"


def slow_checks(probes: Iterable[Probe]) -> Iterator[str]:
    """Checks that take long on the reference."""
    for probe in probes:
        if probe.seconds > SLOW_S:
            yield f"check {probe.check} takes {probe.seconds:.1f} s on the reference"


def unstable_right(seeded: Iterable[Seeded]) -> Iterator[str]:
    """The reference and the variants must pass with every seed."""
    for run in seeded:
        for check, outcome in run.outcomes:
            if outcome is not Outcome.PASSED:
                name = run.name or "the reference"
                yield f"{name} does not pass {check} with seed {run.seed}: {outcome.value}"


def unstable_mistakes(mistakes: Iterable[Finding], seeded: Iterable[Seeded]) -> Iterator[str]:
    """Checks whose verdict on a mistake depends on the seed."""
    before = {m.name: {c.check: c.outcome for c in m.checks} for m in mistakes}
    for run in seeded:
        for check, outcome in run.outcomes:
            old = before[run.name][check]
            if Outcome.SKIPPED not in (old, outcome) and (old is Outcome.PASSED) != (
                outcome is Outcome.PASSED
            ):
                said = f"check {check} says {old.value} of mistake {run.name}"
                yield f"{said}, but {outcome.value} with seed {run.seed}"


def mutant_share(tried: Sequence[Tried], accepted: Mapping[str, Survivor]) -> tuple[int, int]:
    """How many mutants lose points, of how many that are not equivalent."""
    equivalent = {t.mutant for t in tried if not t.killed_by and _is_equivalent(t.mutant, accepted)}
    killed = sum(bool(t.killed_by) for t in tried)
    return killed, len(tried) - len(equivalent)


def _is_equivalent(mutant: str, accepted: Mapping[str, Survivor]) -> bool:
    return mutant in accepted and accepted[mutant].equivalent


def unexplained(tried: Sequence[Tried], accepted: Mapping[str, Survivor]) -> tuple[str, ...]:
    """Mutants that keep all their points, for which the author gives no reason."""
    return tuple(t.mutant for t in tried if not t.killed_by and t.mutant not in accepted)


def stale(tried: Sequence[Tried], accepted: Mapping[str, Survivor]) -> Iterator[str]:
    """Explanations that explain nothing."""
    survivors = {t.mutant for t in tried if not t.killed_by}
    for mutant in accepted:
        if tried and mutant not in survivors:
            yield f"mutants.toml explains what does not survive: {mutant}"
