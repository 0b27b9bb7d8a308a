"""The web application of the desk: who may ask, what is asked, which page answers."""

from __future__ import annotations

import hmac
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, unquote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.errors import GraderError, StoreError
from grader.i18n import language
from grader.review.actions import Answer, act
from grader.review.alias import salt
from grader.review.desk import Flash, Office, Session
from grader.review.forms import Form, Refused
from grader.review.pages import log_page, queue_page, shared_page, submission_page
from grader.store import open_existing

HOSTS = ["127.0.0.1", "localhost", "[::1]"]
HEADERS = {
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time now."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the server was started with."""

    out: Path
    token: str
    author: str
    language: str
    clock: Clock

    @property
    def cookie(self) -> str:
        """The name of the cookie: another one per server, as cookies do not tell ports apart."""
        return "desk" + sha256(self.token.encode()).hexdigest()[:8]

    @property
    def csrf(self) -> str:
        """What every form of ours carries; nobody else's can know it."""
        return hmac.new(self.token.encode(), b"csrf", sha256).hexdigest()[:32]


def create_app(
    out: Path, token: str, author: str, *, language: str = "en", clock: Clock = utc_now
) -> Starlette:
    """The desk over the folder `out`, for those who have `token`."""
    settings = Settings(out=out, token=token, author=author, language=language, clock=clock)

    def route(path: str, answer: Callable[[Request, Settings], Response]) -> Route:
        async def endpoint(request: Request) -> Response:
            return await run_in_threadpool(_guarded, request, settings, answer)

        return Route(path, endpoint, methods=["GET"])

    async def enter(request: Request) -> Response:
        return _enter(request, settings)

    async def post(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(_guarded, request, settings, lambda r, s: _post(r, s, body))

    routes = [
        Route("/enter/{token}", enter, methods=["GET"]),
        route("/", _queue),
        route("/s/{handle}", _submission),
        route("/shared", _shared),
        route("/log", _log),
        Route("/me", post, methods=["POST"]),
        Route("/shared", post, methods=["POST"]),
        Route("/s/{handle}/{action}", post, methods=["POST"]),
    ]
    return Starlette(routes=routes, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)])


def serve(
    out: Path, port: int, *, author: str, language: str = "en", announce: Callable[[str], None]
) -> None:
    """Run the desk on this machine's loopback address until it is interrupted.

    `announce` is told the address to open, with its token. Port 0 is any that is free.
    """
    import uvicorn  # noqa: PLC0415 - it costs 0.1 s, and tests need none

    with open_existing(out) as store:  # a folder that cannot be used is told before a port is taken
        store.card()
    token = secrets.token_urlsafe(24)
    with _listen(port) as listener:
        announce(f"http://127.0.0.1:{listener.getsockname()[1]}/enter/{token}")
        app = create_app(out, token, author, language=language)
        config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
        uvicorn.Server(config).run(sockets=[listener])


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except (OSError, OverflowError) as error:
        raise StoreError(f"port {port} cannot be used", "choose another with --port, or 0 for any") from error


# --- who may ask ----------------------------------------------------------------------------------------


def _enter(request: Request, settings: Settings) -> Response:
    """Take the token out of the address and into a cookie that no other site can use."""
    if not hmac.compare_digest(request.path_params["token"].encode(), settings.token.encode()):
        return _refuse(404)
    response = RedirectResponse("/", status_code=303, headers=HEADERS)
    response.set_cookie(settings.cookie, settings.token, httponly=True, samesite="strict")
    return response


def _refuse(status: int) -> Response:
    words = "Open the address that `grader review` printed." if status == 403 else "There is no such page."
    return PlainTextResponse(words, status_code=status, headers=HEADERS)


def _guarded(
    request: Request, settings: Settings, answer: Callable[[Request, Settings], Response]
) -> Response:
    given = request.cookies.get(settings.cookie, "")
    if not hmac.compare_digest(given.encode(), settings.token.encode()):
        return _refuse(403)
    try:
        return answer(request, settings)
    except Refused as error:
        return PlainTextResponse(f"Refused: {error}", status_code=400, headers=HEADERS)
    except GraderError as error:
        return PlainTextResponse(str(error), status_code=500, headers=HEADERS)


def _session(request: Request, settings: Settings) -> Session:
    author = unquote(request.cookies.get(settings.cookie + "a", ""))[:60].strip()
    return Session(
        author=author or settings.author,
        anonymous=request.cookies.get(settings.cookie + "n") == "1",
        csrf=settings.csrf,
    )


def _office(request: Request, settings: Settings, use: Callable[[Office], Response]) -> Response:
    tongue = language(settings.language)
    with open_existing(settings.out, clock=settings.clock) as store:
        secret = salt(store, lambda: secrets.token_hex(16))
        return use(Office(store, _session(request, settings), secret, tongue))


def _html(page: str, status: int = 200) -> Response:
    return HTMLResponse(page, status_code=status, headers=HEADERS)


# --- what is asked ---------------------------------------------------------------------------------------


def _notice(request: Request) -> Flash:
    return Flash(notice=request.query_params.get("said", "")[:200])


def _queue(request: Request, settings: Settings) -> Response:
    return _office(request, settings, lambda o: _html(queue_page(o, settings.language, _notice(request))))


def _log(request: Request, settings: Settings) -> Response:
    return _office(request, settings, lambda o: _html(log_page(o, settings.language)))


def _submission(request: Request, settings: Settings) -> Response:
    def use(office: Office) -> Response:
        key = office.key_of(request.path_params["handle"])
        page = submission_page(office, key, settings.language, _notice(request)) if key else None
        return _html(page) if page else _refuse(404)

    return _office(request, settings, use)


def _shared(request: Request, settings: Settings) -> Response:
    ask = request.query_params

    def use(office: Office) -> Response:
        page = shared_page(office, ask.get("mistake", ""), ask.get("check", ""), settings.language, Flash())
        return _html(page) if page else _refuse(404)

    return _office(request, settings, use)


def _post(request: Request, settings: Settings, body: bytes) -> Response:
    form = Form.read(body)
    origin = request.headers.get("sec-fetch-site", "same-origin")
    if origin not in ("same-origin", "none") or not hmac.compare_digest(form.get("csrf"), settings.csrf):
        raise Refused("this form is not of this desk")
    if request.url.path == "/me":
        return _me(settings, form)

    def use(office: Office) -> Response:
        answer = act(office, request.path_params, form)
        return _answer(office, answer, settings)

    return _office(request, settings, use)


def _answer(office: Office, answer: Answer | None, settings: Settings) -> Response:
    if answer is None:
        return _refuse(404)
    if answer.go:
        return RedirectResponse(answer.go, status_code=303, headers=HEADERS)
    if answer.mistake:
        page = shared_page(office, answer.mistake, answer.check, settings.language, answer.flash)
    else:
        page = submission_page(office, answer.key, settings.language, answer.flash)
    return _html(page, answer.status) if page else _refuse(404)


def _me(settings: Settings, form: Form) -> Response:
    response = RedirectResponse("/", status_code=303, headers=HEADERS)
    response.set_cookie(
        settings.cookie + "a", quote(form.get("author")[:60]), httponly=True, samesite="strict"
    )
    response.set_cookie(
        settings.cookie + "n", "1" if form.get("anonymous") else "0", httponly=True, samesite="strict"
    )
    return response
