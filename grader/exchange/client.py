"""Moodle's REST services over the wire. The token goes to the site alone, and never into a log."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from grader.errors import MoodleError
from grader.exchange.wire import Again, Wire
from grader.moodle.webservice import (
    TEMPORARY,
    RemoteFile,
    ServiceError,
    form,
    read_answer,
    read_draft_item,
)

_ATTEMPTS = 5
_MAX_ANSWER_BYTES = 256 << 20
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})

_T = TypeVar("_T")


class Unanswered(MoodleError):
    """A request was sent and no answer came: whether Moodle did it is not known."""


class Service:
    """A site's web services, spoken to with one token. Use it in a `with`."""

    def __init__(
        self,
        site: str,
        token: str,
        *,
        timeout_s: float = 60.0,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._site = _vetted(site)
        if not (token.isascii() and token.isalnum()):
            raise MoodleError(
                "the token is not made of letters and digits",
                "put Moodle's token into GRADER_MOODLE_TOKEN, or into a file for --token-file",
            )
        self._token = token
        self._pause = pause
        self._wire = Wire(token, timeout_s=timeout_s)

    @property
    def site(self) -> str:
        """The site's address, without a slash at its end."""
        return self._site

    def __enter__(self) -> Self:
        self._wire.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wire.__exit__(kind, error, trace)

    def ask(self, function: str, **arguments: object) -> Any:
        """The answer of a function that changes nothing; asked again when the network or Moodle falters."""
        return self._patiently(lambda: self._call(function, arguments), function)

    def tell(self, function: str, arguments: dict[str, object]) -> Any:
        """The answer of a function that changes something: sent once.

        Raises Unanswered when no answer came; the caller must look what became of it before sending again.
        """
        try:
            return self._call(function, arguments)
        except Again as again:
            raise Unanswered(f"no answer from Moodle to {function} ({again})", "try again later") from None

    def download(self, file: RemoteFile, limit: int) -> bytes:
        """The bytes of a file, exactly as many as Moodle declared."""
        return self._patiently(lambda: self._file(file, limit), f"the download of {file.path}")

    def upload(self, files: list[tuple[str, bytes]]) -> int:
        """Put files into a new draft area, and give its number."""
        item = 0
        for path, content in files:
            attempt = partial(self._upload, path, content, item)
            item = self._patiently(attempt, "an upload")
        return item

    # --- one attempt each ---------------------------------------------------------------------------------

    def _call(self, function: str, arguments: dict[str, object]) -> Any:
        fields = form(function, arguments) | {"wstoken": self._token}
        body = self._send("POST", f"{self._site}/webservice/rest/server.php", data=fields)
        return _answer(body, function)

    def _file(self, file: RemoteFile, limit: int) -> bytes:
        if not file.url.startswith(f"{self._site}/webservice/pluginfile.php/"):
            raise MoodleError(
                f"{file.path} lies outside the site's web services",
                "give the site's address as Moodle has it",
            )
        if file.size > limit:
            raise MoodleError(f"{file.path} has {file.size / 1e6:.0f} MB", "fetch it by hand")
        body = self._send("GET", file.url, params={"token": self._token}, limit=file.size + (1 << 16))
        if len(body) == file.size:
            return body
        if body.startswith(b"{") and b'"errorcode"' in body:
            _answer(body, f"the download of {file.path}")
        raise Again(f"{len(body)} of {file.size} bytes came")

    def _upload(self, path: str, content: bytes, item: int) -> int:
        folder, _, base = f"/{path}".rpartition("/")
        folder += "/"
        body = self._send(
            "POST",
            f"{self._site}/webservice/upload.php",
            data={"token": self._token, "itemid": str(item), "filepath": folder, "filearea": "draft"},
            files={"file_1": (base, content)},
        )
        return read_draft_item(_answer(body, "an upload"))

    def _send(self, method: str, url: str, *, limit: int = _MAX_ANSWER_BYTES, **content: Any) -> bytes:
        return self._wire.send(method, url, limit=limit, **content)

    def _patiently(self, attempt: Callable[[], _T], what: str) -> _T:
        reason = ""
        for number in range(_ATTEMPTS):
            if number:
                self._pause(min(30.0, 2.0**number) * random.uniform(0.5, 1.0))
            try:
                return attempt()
            except Again as again:
                reason = str(again)
        raise MoodleError(f"no usable answer from Moodle to {what} ({reason})", "try again later")


def _answer(body: bytes, what: str) -> Any:
    try:
        return read_answer(body, what)
    except ServiceError as error:
        if error.code in TEMPORARY or error.code == "nojson":
            raise Again(error.problem) from error
        raise


def _vetted(site: str) -> str:
    """The site's address without a slash at its end; a token goes over an encrypted line only."""
    parts = urlsplit(site)
    if parts.scheme == "http" and parts.hostname in _LOCAL:
        return site.rstrip("/")
    if parts.scheme != "https" or not parts.hostname:
        raise MoodleError(f"{site!r} is no https address", "give it as https://moodle.example.org")
    return site.rstrip("/")
