"""How a check ends other than by passing. Each is raised inside the check and caught by the plugin."""

from __future__ import annotations

from grader.model import Evidence, Outcome, Text, Trace, text


class CheckStopped(Exception):
    """Base: the check ends here, and this is what became of it."""

    outcome: Outcome

    def __init__(
        self,
        message: Text,
        *,
        numbers: Text | None = None,
        evidence: tuple[Evidence, ...] = (),
        mistake: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.numbers = numbers or Text()
        self.evidence = evidence
        self.mistake = mistake

    def __str__(self) -> str:
        return f"{self.message} {self.numbers}".strip()


class CheckFailed(CheckStopped):
    """The student's answer is wrong."""

    outcome = Outcome.FAILED


class PartialCredit(CheckStopped):
    """The answer earns a share of the points, 0 < share < 1."""

    outcome = Outcome.PARTIAL

    def __init__(self, share: float, message: Text, *, evidence: tuple[Evidence, ...] = ()) -> None:
        super().__init__(message, evidence=evidence)
        if not 0 < share < 1:
            raise ValueError(f"share = {share}, must lie between 0 and 1")
        self.share = share


class StudentError(CheckStopped):
    """The student's code raised."""

    outcome = Outcome.ERROR

    def __init__(self, call: str, trace: Trace) -> None:
        where = trace.frames[-1] if trace.frames else None
        if where is None:
            message = text(
                "{call} raised {exception}: {words}",
                call=call,
                exception=trace.exception,
                words=trace.message,
            )
        else:
            message = text(
                "{call} raised {exception}: {words} ({where}, line {line})",
                call=call,
                exception=trace.exception,
                words=trace.message,
                where=where.label,
                line=where.line,
            )
        super().__init__(message, evidence=(trace,))
        self.trace = trace


class StudentMemory(CheckStopped):
    """The student's code asked for more memory than there is."""

    outcome = Outcome.MEMORY


class StudentMissing(CheckStopped):
    """A name that the check looks up is not there."""

    outcome = Outcome.MISSING


def fail(message: Text | str, *, mistake: str | None = None, evidence: tuple[Evidence, ...] = ()) -> None:
    """End the check as failed.

    Parameters
    ----------
    message
        For the student, hidden check or not: it must tell neither input nor answer.
    mistake
        Id of the known mistake that this is, where only the check can tell.
    """
    words = message if isinstance(message, Text) else text(message)
    raise CheckFailed(words, mistake=mistake, evidence=evidence)
