"""What a form sent to the desk does: one transaction, or nothing and the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from grader.model import Correction
from grader.review.desk import Flash, Office, check_of
from grader.review.forms import Decision, Form, Refused
from grader.store import Conflict

NOTHING_SAID = Flash()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Where to go next, or which page to show again with what went wrong."""

    go: str = ""
    key: str = ""
    mistake: str = ""
    check: str = ""
    flash: Flash = NOTHING_SAID
    status: int = 200


def _wrong(office: Office, what: str, most: float) -> str:
    tongue = office.tongue
    if what == "points":
        return tongue.gettext("Points are a number from 0 to {most}.").format(most=tongue.number(most))
    if what == "reason":
        return tongue.gettext("Say in a few words why the points change.")
    return tongue.gettext("Nothing was entered.")


def _conflict(office: Office, error: Conflict, lost: str) -> Flash:
    return Flash(
        alert=office.tongue.gettext("Somebody else changed this submission while you were reading it."),
        meanwhile=tuple(map(office.said, error.entries)),
        lost=lost,
    )


def act(office: Office, path: Mapping[str, str], form: Form) -> Answer | None:
    """Do what the form says; None where there is no such thing."""
    if "handle" not in path:
        return _share(office, form)
    key = office.key_of(path["handle"])
    action = _ACTIONS.get(path["action"])
    if key is None or action is None:
        return None
    try:
        return action(office, key, form)
    except Conflict as error:
        return Answer(key=key, flash=_conflict(office, error, str(_lost(form))), status=409)


def _lost(form: Form) -> str:
    return " · ".join(part for part in (form.get("points"), form.get("reason"), form.get("comment")) if part)


def _back(office: Office, key: str, check: str = "") -> Answer:
    return Answer(go=office.url(key) + (f"#check-{quote(check)}" if check else ""))


def _decide(office: Office, key: str, form: Form) -> Answer:
    graded = office.store.get(key, with_document=False)
    check = check_of(graded, form.get("check"))
    if form.get("check") and check is None:
        raise Refused("there is no such check")
    most = check.out_of if check else graded.result.out_of if graded else 0.0
    decision = form.decision(most)
    if isinstance(decision, str):
        return Answer(
            key=key, flash=Flash(alert=_wrong(office, decision, most), lost=_lost(form)), status=422
        )
    with office.store.together():
        write(office, key, decision, form.number("version"))
    return _back(office, key, decision.check)


def write(office: Office, key: str, decision: Decision, version: int) -> None:
    """Keep a decision about one submission whose version is `version`."""
    desk, author = office.store.desk, office.session.author
    if decision.points is not None:
        correction = Correction(
            key=key, check=decision.check, points=decision.points, reason=decision.reason, author=author
        )
        version = desk.correct(correction, version=version)
    if decision.comment:
        desk.comment(key, decision.check, decision.comment, author=author, version=version)


def _accept(office: Office, key: str, form: Form) -> Answer:
    """A person has looked, and the machine's points stand."""
    if check_of(office.store.get(key, with_document=False), form.get("check")) is None:
        raise Refused("there is no such check")
    accepted = Correction(
        key=key, check=form.get("check"), points=None, reason="accepted", author=office.session.author
    )
    office.store.desk.correct(accepted, version=form.number("version"))
    return _back(office, key, accepted.check)


def _withdraw(office: Office, key: str, form: Form) -> Answer:
    check = form.get("check")
    office.store.desk.withdraw(key, check, author=office.session.author, version=form.number("version"))
    return _back(office, key, check)


def _delete(office: Office, key: str, form: Form) -> Answer:
    office.store.desk.delete_comment(
        key, form.number("id"), author=office.session.author, version=form.number("version")
    )
    return _back(office, key)


def _review(office: Office, key: str, form: Form) -> Answer:
    """Mark as reviewed, and go on to the next that is not."""
    is_reviewed = form.get("reviewed") == "1"
    office.store.desk.mark(
        key, author=office.session.author, version=form.number("version"), reviewed=is_reviewed
    )
    if not is_reviewed:
        return _back(office, key)
    queue = office.queue()
    at = next((i for i, q in enumerate(queue) if q.key == key), 0)
    rest = [q for q in (*queue[at + 1 :], *queue[:at]) if not q.reviewed_by]
    return Answer(go=rest[0].url if rest else "/")


def _undo(office: Office, key: str, form: Form) -> Answer:
    office.store.desk.undo(key, author=office.session.author, version=form.number("version"))
    return _back(office, key)


_ACTIONS: dict[str, Callable[[Office, str, Form], Answer]] = {
    "decide": _decide,
    "accept": _accept,
    "withdraw": _withdraw,
    "delete": _delete,
    "review": _review,
    "undo": _undo,
}


def _share(office: Office, form: Form) -> Answer | None:
    """One decision for everyone ticked: all of them, or none."""
    mistake, check = form.get("mistake"), form.get("check")
    most = next((c.points for c in office.store.card().checks if c.name == check), None)
    if most is None:
        return None
    decision = form.decision(most)
    who = form.all("who")
    if isinstance(decision, str) or not who:
        what = decision if isinstance(decision, str) else "nothing"
        flash = Flash(alert=_wrong(office, what, most), lost=_lost(form))
        return Answer(mistake=mistake, check=check, flash=flash, status=422)
    try:
        with office.store.together():
            for ticked in who:
                handle, _, version = ticked.rpartition(":")
                key = office.key_of(handle)
                if key is None or not version.isdigit():
                    raise Refused("there is no such submission")
                write(office, key, decision, int(version))
    except Conflict as error:
        flash = _conflict(office, error, str(decision))
        return Answer(mistake=mistake, check=check, flash=flash, status=409)
    n = len(who)
    said = office.tongue.ngettext("Applied to {n} student.", "Applied to {n} students.", n).format(n=n)
    return Answer(go="/?said=" + quote(said))
