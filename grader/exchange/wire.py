"""HTTP itself, with the token kept out of logs and messages. The only module that needs httpx."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Any, Self

import httpx

from grader.moodle.webservice import ServiceError


class Again(Exception):
    """The request may be sent again; `args[0]` says why."""


class _NoToken(logging.Filter):
    """Keeps lines that hold the token out of logs: httpx logs the address of every request."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def filter(self, record: logging.LogRecord) -> bool:
        return self._token not in record.getMessage()


class Wire:
    """Requests to one site. Use it in a `with`."""

    def __init__(self, token: str, *, timeout_s: float) -> None:
        self._filter = _NoToken(token)
        timeout = httpx.Timeout(timeout_s, connect=min(timeout_s, 15.0))
        self._client = httpx.Client(timeout=timeout, follow_redirects=False)

    def __enter__(self) -> Self:
        logging.getLogger("httpx").addFilter(self._filter)
        self._client.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.__exit__(kind, error, trace)
        logging.getLogger("httpx").removeFilter(self._filter)

    def send(self, method: str, url: str, *, limit: int, **content: Any) -> bytes:
        """The body of the answer, of `limit` bytes at most; raises Again where trying again makes sense."""
        try:
            with self._client.stream(method, url, **content) as response:
                if response.status_code >= 500 or response.status_code == 429:
                    raise Again(f"status {response.status_code}")
                if response.status_code != 200:
                    raise ServiceError(
                        f"the site answers with status {response.status_code}",
                        "check the address of the site; it must be that of Moodle's front page",
                        str(response.status_code),
                    )
                return _bounded(response, limit)
        except httpx.TransportError as error:
            raise Again(type(error).__name__) from None  # its text may hold the address with the token
        except httpx.InvalidURL:
            raise ServiceError("an address of the site cannot be used", "check the address", "url") from None


def _bounded(response: httpx.Response, limit: int) -> bytes:
    pieces, size = [], 0
    for piece in response.iter_bytes():
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise ServiceError("Moodle's answer is larger than it should be", "try again later", "toolarge")
    return b"".join(pieces)
