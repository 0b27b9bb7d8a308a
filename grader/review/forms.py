"""What a form sent says: strings of a stranger until read here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from urllib.parse import parse_qs

MOST_BYTES = 200_000
LONGEST = 20_000  # characters of a comment


class Refused(Exception):
    """A form that cannot be what our page sent, or that cannot be carried out; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided: points with a reason, a comment, or both."""

    check: str
    points: float | None
    reason: str
    comment: str

    def __str__(self) -> str:
        parts = [f"{self.points:g}" if self.points is not None else "", self.reason, self.comment]
        return " · ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, by name."""

    fields: dict[str, list[str]]

    @classmethod
    def read(cls, body: bytes) -> Form:
        """The form in the body of a request."""
        if len(body) > MOST_BYTES:
            raise Refused("too long")
        try:
            return cls(parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=5_000))
        except ValueError as error:
            raise Refused("not a form") from error

    def get(self, name: str) -> str:
        """A field, without white space around; empty when it is not there."""
        return self.fields.get(name, [""])[-1].strip().replace("\r\n", "\n")[:LONGEST]

    def all(self, name: str) -> list[str]:
        """All values of a field."""
        return self.fields.get(name, [])

    def number(self, name: str) -> int:
        """A whole number that our own page wrote into the form."""
        try:
            return int(self.get(name))
        except ValueError as error:
            raise Refused(f"{name} is no number") from error

    def decision(self, most: float) -> Decision | str:
        """What was decided, or what is wrong with it."""
        written = self.get("points").replace(",", ".")
        points: float | None = None
        if written:
            try:
                points = float(written)
            except ValueError:
                return "points"
            if not (math.isfinite(points) and 0 <= points <= most):
                return "points"
        decision = Decision(
            check=self.get("check"),
            points=points,
            reason=self.get("reason")[:500],
            comment=self.get("comment") or self.get("phrase"),
        )
        if points is not None and not decision.reason:
            return "reason"
        if points is None and not decision.comment:
            return "nothing"
        return decision
