"""A Moodle on this machine: replays recorded exchanges, keeps grades as the real one did, and can falter."""

from __future__ import annotations

import json
import re
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

MOODLE = Path(__file__).parent / "data" / "moodle"
TOKEN = "0123456789abcdef"
RECORDED_SITE = "http://127.0.0.1:8081"
CASES = {1: ("a", "lab1_en_folders"), 2: ("b", "lab2_blind_en_folders"), 3: ("c", "project_teams_en_folders")}
CASES[4] = ("d", "lab3_onlinetext_en_folders")
MAXIMUM = 20.0
SLOW_S = 3.0


def recorded(name: str) -> object:
    """The JSON that Moodle answered in a recorded exchange."""
    return json.loads(_document(name))["response"]["json"]


@cache
def _document(name: str) -> str:
    return (MOODLE / "webservice" / f"{name}.json").read_text(encoding="utf-8")


@dataclass
class Record:
    """What Moodle holds about one user's outcome."""

    grade: float = -1.0
    comment: str = ""
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass
class FakeMoodle:
    """State of the site, and what it does wrong next."""

    site: str = ""
    faults: list[tuple[str, str]] = field(default_factory=list)  # (function, fault), used up in order
    records: dict[int, Record] = field(default_factory=dict)
    drafts: dict[int, dict[str, bytes]] = field(default_factory=dict)
    locked: set[int] = field(default_factory=set)
    saves: list[int] = field(default_factory=list)  # users whose grade was saved, once per save
    asked: list[str] = field(default_factory=list)
    has_expired: bool = False
    has_workflow: bool = False  # on Lab 1: comments and files are hidden until released

    def fault(self, function: str) -> str:
        """What goes wrong with this request; "" for nothing."""
        for at, (name, fault) in enumerate(self.faults):
            if name == function:
                del self.faults[at]
                return fault
        return ""

    def answer(self, function: str, fields: dict[str, str]) -> object:
        """The value that Moodle would answer."""
        self.asked.append(function)
        if fields.get("wstoken") != TOKEN or self.has_expired:
            return recorded("error_invalid_token")
        number = int(fields.get("assignid") or fields.get("assignmentids[0]") or 1)
        letter = CASES.get(number, ("a", ""))[0]
        if function == "mod_assign_get_assignments":
            return self._assignments()
        if function == "mod_assign_get_grades":
            return self._grades(number)
        if function == "mod_assign_list_participants":
            return recorded("participants_b" if letter == "b" else "participants_a")
        if function == "mod_assign_get_user_mappings":
            return self._mappings(number)
        if function == "mod_assign_get_submissions":
            return recorded(f"submissions_{letter}")
        if function == "mod_assign_get_submission_status":
            return self._status(int(fields["userid"]))
        if function == "mod_assign_save_grade":
            return self._save(fields)
        return recorded("error_unknown_function")

    def _assignments(self) -> object:
        answer = recorded("assignments")
        answer["courses"][0]["assignments"][0]["markingworkflow"] = int(self.has_workflow)
        return answer

    def _grades(self, number: int) -> object:
        if not self.records:
            warning = {
                "item": "assignment",
                "itemid": number,
                "warningcode": "3",
                "message": "No grades found",
            }
            return {"assignments": [], "warnings": [warning]}
        grades = [{"userid": user, "grade": f"{record.grade:.5f}"} for user, record in self.records.items()]
        return {"assignments": [{"assignmentid": number, "grades": grades}], "warnings": []}

    def _mappings(self, number: int) -> object:
        if number in (1, 2):
            return recorded("user_mappings")
        if number not in CASES:
            return {"assignments": [], "warnings": []}
        name = {3: "project_teams", 4: "lab3_onlinetext"}[number]
        truth = json.loads((MOODLE / "expected" / f"{name}.json").read_text(encoding="utf-8"))
        users = {f"a{n:02}": 4 + n for n in range(1, 14)}
        pairs = [{"id": s["identifier"], "userid": users[s["username"]]} for s in truth["students"]]
        return {"assignments": [{"assignmentid": number, "mappings": pairs}], "warnings": []}

    def _status(self, user: int) -> object:
        status = dict(recorded("submission_status"))
        record = self.records.get(user)
        if record is None or self.has_workflow:
            return status
        status["feedback"] = {
            "grade": {"userid": user, "grade": f"{record.grade:.5f}"},
            "plugins": [
                {
                    "type": "comments",
                    "editorfields": [{"name": "comments", "text": record.comment, "format": 1}],
                },
                {
                    "type": "file",
                    "fileareas": [{"area": "feedback_files", "files": self._listed(user, record)}],
                },
            ],
        }
        return status

    def _listed(self, user: int, record: Record) -> list[dict[str, object]]:
        area = "webservice/pluginfile.php/31/assignfeedback_file/feedback_files"
        return [
            {
                "filename": name,
                "filepath": "/",
                "filesize": len(content),
                "fileurl": f"{self.site}/{area}/{user}/{name}",
                "timemodified": 1739347203,
            }
            for name, content in record.files.items()
        ]

    def _save(self, fields: dict[str, str]) -> object:
        if not re.fullmatch(r"-?\d+(\.\d+)?", fields["grade"]):
            return recorded("save_grade_comma")
        user = int(fields["userid"])
        record = self.records.setdefault(user, Record())
        text = fields.get("plugindata[assignfeedbackcomments_editor][text]")
        if text is None and record.comment:
            return {"exception": "dml_write_exception", "errorcode": "dmlwriteexception", "message": "x"}
        self.saves.append(user)
        if float(fields["grade"]) <= MAXIMUM and user not in self.locked:
            record.grade = float(fields["grade"])
        record.comment = text or ""
        if "plugindata[files_filemanager]" in fields:
            record.files = dict(self.drafts[int(fields["plugindata[files_filemanager]"])])
        return None

    def upload(self, fields: dict[str, str], name: str, content: bytes) -> object:
        """Take a file into a draft area."""
        self.asked.append("upload")
        if fields.get("token") != TOKEN or self.has_expired:
            return recorded("error_invalid_token")
        item = int(fields["itemid"]) or len(self.drafts) + 1000
        self.drafts.setdefault(item, {})[name] = content
        return [{"itemid": item, "filename": name, "filepath": "/", "filesize": len(content)}]

    def file(self, path: str) -> bytes | None:
        """The bytes behind a file's address."""
        self.asked.append("download")
        parts = unquote(path).split("/")
        if "feedback_files" in parts:
            return self.records[int(parts[-2])].files[parts[-1]]
        at = parts.index("submission_files")
        item, below = int(parts[at + 1]), "/".join(parts[at + 2 :])
        return self._submitted(item, below)

    def _submitted(self, item: int, below: str) -> bytes | None:
        for letter, name in CASES.values():
            for one in recorded(f"submissions_{letter}")["assignments"][0]["submissions"]:
                if one["id"] == item:
                    return _from_zip(name, one, below)
        return None


def _from_zip(name: str, record: dict[str, object], below: str) -> bytes | None:
    """The file of that size and name in Moodle's own zip of the same moment."""
    sizes = {
        (one["filepath"] + one["filename"]).lstrip("/"): one["filesize"]
        for plugin in record["plugins"]
        for area in plugin.get("fileareas", ())
        for one in area["files"]
    }
    owners = {user["userid"]: user["id"] for user in _pairs(name)}
    wanted = str(record["groupid"] if not record["userid"] else owners.get(record["userid"], ""))
    with zipfile.ZipFile(MOODLE / "submissions" / f"{name}.zip") as archive:
        for info in archive.infolist():
            owner, _, path = info.filename.partition("/")
            is_theirs = f"_{wanted}_assignsubmission_file" in owner or (
                wanted == "0" and owner == "Default group_assignsubmission_file"
            )
            if is_theirs and path == below and info.file_size == sizes[below]:
                return archive.read(info)
    return None


def _pairs(name: str) -> list[dict[str, int]]:
    number = next(number for number, (_, zip_name) in CASES.items() if zip_name == name)
    answer = FakeMoodle()._mappings(number)
    return next(one["mappings"] for one in answer["assignments"] if one["assignmentid"] == number)


def _handler(moodle: FakeMoodle) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # headers and body in one packet

        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/webservice/upload.php":
                fields, name, content = _multipart(self.headers["Content-Type"], body)
                self._say(moodle.fault("upload"), lambda: moodle.upload(fields, name, content))
                return
            fields = {
                key: values[0] for key, values in parse_qs(body.decode(), keep_blank_values=True).items()
            }
            function = fields["wsfunction"]
            self._say(moodle.fault(function), lambda: moodle.answer(function, fields))

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            fault = moodle.fault("download")
            if parse_qs(url.query).get("token") != [TOKEN] or moodle.has_expired:
                self._send(b'{"error":"Invalid token - token not found","errorcode":"invalidtoken"}')
                return
            content = moodle.file(url.path)
            if content is None:
                self._send(b"", 404)
            elif fault == "truncated":
                self._send(content[: len(content) // 2])
            elif fault == "cut":
                self._send(content, announced=len(content) + 10)
            else:
                self._send(content, 500 if fault == "500" else 200)

        def _say(self, fault: str, answer: object) -> None:
            if fault == "500":
                self._send(b"<h1>Internal error</h1>", 500)
            elif fault == "html":
                self._send(b"<html>Maintenance</html>")
            elif fault == "expired":
                moodle.has_expired = True
                self._send(json.dumps(answer()).encode())
            elif fault == "slow":
                self._send(json.dumps(answer()).encode(), wait_s=SLOW_S)
            elif fault == "done, then 500":
                answer()
                self._send(b"", 500)
            elif fault == "done, then cut":
                answer()
                self.close_connection = True
            else:
                self._send(json.dumps(answer()).encode())

        def _send(
            self, body: bytes, status: int = 200, *, announced: int | None = None, wait_s: float = 0
        ) -> None:
            time.sleep(wait_s)  # a slow server is what this is
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body) if announced is None else announced))
                self.end_headers()
                self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                pass
            if announced is not None:
                self.close_connection = True

    return Handler


def _multipart(kind: str, body: bytes) -> tuple[dict[str, str], str, bytes]:
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    fields, name, content = {}, "", b""
    for part in message.iter_parts():
        filename = part.get_filename()
        if filename is None:
            fields[part.get_param("name", header="content-disposition")] = part.get_payload(
                decode=True
            ).decode()
        else:
            name, content = filename, part.get_payload(decode=True)
    return fields, name, content


@contextmanager
def running() -> Iterator[FakeMoodle]:
    """The fake site, listening; its recorded addresses are those it has now."""
    moodle = FakeMoodle()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(moodle))
    server.daemon_threads = True
    moodle.site = f"http://127.0.0.1:{server.server_address[1]}"
    inner = moodle.answer
    moodle.answer = lambda function, fields: _moved(inner(function, fields), moodle.site)  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield moodle
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _moved(value: object, site: str) -> object:
    return json.loads(json.dumps(value).replace(RECORDED_SITE, site))
