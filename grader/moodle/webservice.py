"""Moodle's web services, without the wire: requests as form fields, answers as frozen values."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from grader.errors import MoodleError
from grader.moodle.languages import Status

_WORDS = {
    "invalidtoken": "make a new token in Moodle (Preferences, Security keys) for GRADER_MOODLE_TOKEN",
    "accessexception": "ask an administrator to allow this function in the token's service",
    "requireloginerror": "the token's user must be a teacher of the course",
    "nopermissions": "the token's user must be a teacher of the course",
    "servicenotavailable": "ask an administrator to switch on web services for this user",
    "sitemaintenance": "try again when Moodle's maintenance is over",
}
TEMPORARY = frozenset({"sitemaintenance", "dmlreadexception", "dmlconnectionexception", "locktimeout"})


class ServiceError(MoodleError):
    """Moodle answered with an error; `code` is its own word for it, the same in every language."""

    def __init__(self, problem: str, fix: str, code: str = "") -> None:
        super().__init__(problem, fix)
        self.args = (problem, fix, code)

    @property
    def code(self) -> str:
        """Moodle's errorcode."""
        return str(self.args[2])

    def __str__(self) -> str:
        return f"{self.problem}: {self.fix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteAssignment:
    """An assignment as Moodle describes it."""

    id: int
    cmid: int  # the number in the address of its page
    name: str
    due: datetime | None  # aware, UTC
    maximum: float | None  # None: graded on a scale, or not at all
    has_teams: bool
    is_blind: bool
    has_workflow: bool = False  # comments and pages cannot be read back before they are released


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A participant, as Moodle lists them."""

    user: int
    name: str
    groups: tuple[tuple[int, str], ...] = ()
    has_extension: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """A file to download."""

    path: str
    size: int
    url: str
    modified: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """One record of a submission: a student's (`user`), or a team's (`user` = 0)."""

    user: int
    group: int
    status: Status
    modified: datetime
    files: tuple[RemoteFile, ...] = ()
    online_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What Moodle holds as the outcome of one participant."""

    grade: float | None = None
    comment: str = ""
    files: tuple[RemoteFile, ...] = ()
    extension: datetime | None = None


# --- requests ---------------------------------------------------------------------------------------------


def form(function: str, arguments: Mapping[str, object]) -> dict[str, str]:
    """The fields of a request, without token: nested values in PHP's way, `grades[0][userid]`."""
    fields = {"wsfunction": function, "moodlewsrestformat": "json"}
    for name, value in arguments.items():
        _flatten(name, value, fields)
    return fields


def _flatten(name: str, value: object, fields: dict[str, str]) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _flatten(f"{name}[{key}]", inner, fields)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for at, inner in enumerate(value):
            _flatten(f"{name}[{at}]", inner, fields)
    elif isinstance(value, bool):
        fields[name] = str(int(value))
    else:
        fields[name] = decimal(value) if isinstance(value, float) else str(value)


def decimal(number: float) -> str:
    """A number with a dot, at most five decimals, as Moodle stores it."""
    return f"{number:.5f}".rstrip("0").rstrip(".")


def save_grade(
    assignment: int, user: int, *, grade: float | None, comment: str, draft_item: int | None
) -> dict[str, object]:
    """The arguments of `mod_assign_save_grade`. The comment is always sent: without it a call can fail."""
    plugins: dict[str, object] = {"assignfeedbackcomments_editor": {"text": comment, "format": 1}}
    if draft_item is not None:
        plugins["files_filemanager"] = draft_item
    return {
        "assignmentid": assignment,
        "userid": user,
        "grade": -1.0 if grade is None else grade,
        "attemptnumber": -1,
        "addattempt": 0,
        "workflowstate": "",
        "applytoall": 0,
        "plugindata": plugins,
    }


# --- answers ----------------------------------------------------------------------------------------------


def read_answer(body: bytes, what: str) -> Any:
    """The value in an answer; raises ServiceError for Moodle's errors, which come with HTTP 200."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ServiceError(
            f"Moodle's answer to {what} is no JSON", "check the address of the site", "nojson"
        ) from error
    if isinstance(value, dict) and "errorcode" in value and ("exception" in value or "error" in value):
        raise service_error(value, what)
    return value


def service_error(value: Mapping[str, object], what: str) -> ServiceError:
    """The error that Moodle tells, in a sentence."""
    code = str(value.get("errorcode", ""))
    message = str(value.get("message") or value.get("error") or code)
    fix = _WORDS.get(code, f"Moodle's word for it is {code!r}")
    return ServiceError(f"Moodle refuses {what}: {message}", fix, code)


def read_assignments(value: Any) -> tuple[RemoteAssignment, ...]:
    """The answer of `mod_assign_get_assignments`."""
    with _Shape("mod_assign_get_assignments"):
        return tuple(
            RemoteAssignment(
                id=int(one["id"]),
                cmid=int(one["cmid"]),
                name=str(one["name"]),
                due=_moment(one["duedate"]),
                maximum=float(one["grade"]) if float(one["grade"]) > 0 else None,
                has_teams=bool(one["teamsubmission"]),
                is_blind=bool(one["blindmarking"]) and not one["revealidentities"],
                has_workflow=bool(one.get("markingworkflow")),
            )
            for course in value["courses"]
            for one in course["assignments"]
        )


def read_mappings(value: Any, assignment: int) -> dict[int, str]:
    """The answer of `mod_assign_get_user_mappings`: Identifier of each user."""
    with _Shape("mod_assign_get_user_mappings"):
        return {
            int(pair["userid"]): str(int(pair["id"]))
            for one in value["assignments"]
            if int(one["assignmentid"]) == assignment
            for pair in one["mappings"]
        }


def read_participants(value: Any) -> tuple[Person, ...]:
    """The answer of `mod_assign_list_participants`."""
    with _Shape("mod_assign_list_participants"):
        return tuple(
            Person(
                user=int(one["id"]),
                name=str(one["fullname"]),
                groups=tuple((int(group["id"]), str(group["name"])) for group in one.get("groups", ())),
                has_extension=bool(one.get("grantedextension")),
            )
            for one in value
        )


_STATUS = {
    "submitted": Status.SUBMITTED,
    "draft": Status.DRAFT,
    "reopened": Status.REOPENED,
    "new": Status.NOTHING,
    "": Status.NOTHING,
}


def read_submissions(value: Any, assignment: int) -> tuple[Handed, ...]:
    """The answer of `mod_assign_get_submissions`."""
    with _Shape("mod_assign_get_submissions"):
        return tuple(
            Handed(
                user=int(one["userid"]),
                group=int(one["groupid"]),
                status=_STATUS.get(str(one["status"]), Status.UNKNOWN),
                modified=datetime.fromtimestamp(int(one["timemodified"]), UTC),
                files=_files(one.get("plugins", ()), "file"),
                online_text=_editor(one.get("plugins", ()), "onlinetext"),
            )
            for given in value["assignments"]
            if int(given["assignmentid"]) == assignment
            for one in given["submissions"]
        )


def read_grades(value: Any, assignment: int) -> dict[int, float | None]:
    """The answer of `mod_assign_get_grades`: per user with a record; -1 stands for none."""
    with _Shape("mod_assign_get_grades"):
        return {
            int(one["userid"]): _grade(one["grade"])
            for given in value["assignments"]
            if int(given["assignmentid"]) == assignment
            for one in given["grades"]
        }


def read_feedback(value: Any) -> Feedback:
    """The answer of `mod_assign_get_submission_status`, as far as the outcome goes."""
    with _Shape("mod_assign_get_submission_status"):
        extension = _moment((value.get("lastattempt") or {}).get("extensionduedate"))
        feedback = value.get("feedback")
        if not feedback:
            return Feedback(extension=extension)
        record = feedback.get("grade") or {}
        plugins = feedback.get("plugins", ())
        return Feedback(
            grade=_grade(record.get("grade", "-1")),
            comment=_editor(plugins, "comments"),
            files=_files(plugins, "file"),
            extension=extension,
        )


def read_draft_item(value: Any) -> int:
    """The answer of `webservice/upload.php`: the number of the draft area."""
    with _Shape("webservice/upload.php"):
        return int(value[0]["itemid"])


class _Shape:
    """Turns an answer of another shape than Moodle's into one sentence."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, KeyError | TypeError | ValueError | IndexError | AttributeError | OverflowError):
            raise ServiceError(
                f"Moodle's answer to {self._what} is not as expected",
                "is it Moodle 4 or later? Use zip and worksheet instead",
                "shape",
            ) from error


def _moment(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(int(seconds), UTC) if seconds else None


def _grade(text_: Any) -> float | None:
    if text_ is None or text_ == "":
        return None
    value = float(text_)
    return None if value < 0 else value


def _files(plugins: Iterable[Any], kind: str) -> tuple[RemoteFile, ...]:
    return tuple(
        RemoteFile(
            path=(str(one["filepath"]) + str(one["filename"])).lstrip("/"),
            size=int(one["filesize"]),
            url=str(one["fileurl"]),
            modified=datetime.fromtimestamp(int(one["timemodified"]), UTC),
        )
        for plugin in plugins
        if plugin["type"] == kind
        for area in plugin.get("fileareas", ())
        for one in area["files"]
    )


def _editor(plugins: Iterable[Any], kind: str) -> str:
    for plugin in plugins:
        if plugin["type"] == kind:
            for field in plugin.get("editorfields") or ():
                return str(field["text"])
    return ""


def same_comment(one: str, other: str) -> bool:
    """Are two comments the same, however Moodle's editor spells spaces and entities?"""
    return " ".join(html.unescape(one).split()) == " ".join(html.unescape(other).split())
