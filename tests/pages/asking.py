"""A browser's part of HTTP, in process: cookies kept, redirects followed."""

from __future__ import annotations

import asyncio

import httpx
from starlette.applications import Starlette


class Client:
    """Asks an application as one browser would; a context manager for symmetry with a real one."""

    def __init__(self, app: Starlette, base_url: str) -> None:
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=base_url)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exception: object) -> None:
        asyncio.run(self._client.aclose())

    def get(
        self, path: str, *, headers: dict[str, str] | None = None, follow_redirects: bool = True
    ) -> httpx.Response:
        """GET."""
        return asyncio.run(self._client.get(path, headers=headers, follow_redirects=follow_redirects))

    def post(self, path: str, *, content: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """POST of a form."""
        return asyncio.run(self._client.post(path, content=content, headers=headers, follow_redirects=True))
