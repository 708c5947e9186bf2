"""The door of the app: which requests are let in, and what every answer tells the browser.

Without a password only the machine's own address is served, and then a page elsewhere must not
reach it under a name of its own (DNS rebinding): the Host header has to be one of ours. With a
password everything needs its cookie, the websocket too. Pages of other sites can neither write
nor embed anything.
"""

from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from touchline.app.guessing import Guesses
from touchline.app.loopback import is_loopback, is_own_host, is_same_origin
from touchline.app.signing_in import COOKIE, LASTS_SECONDS, MOST_FORM_BYTES, Passes, sign_in_page

SIGN_IN = "/sign-in"
READING_METHODS = ("GET", "HEAD", "OPTIONS")
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "media-src 'self' blob:; worker-src 'self' blob:; frame-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""Nothing on a page may fetch from or send to another machine, whatever a file name smuggled in."""
HEADERS = {
    "Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}  # fmt: skip


class Access:
    """Middleware around everything that the app serves.

    Args:
        app: what is behind the door.
        address: the address that is listened at.
        password: what visitors must know; None where the address is loopback and none is wanted.
        guesses: of passwords.
    """

    def __init__(
        self, app: ASGIApp, address: str, password: str | None, guesses: Guesses | None = None
    ) -> None:
        self._app, self._checks_host = app, is_loopback(address)
        self._passes = None if password is None else Passes(password)
        self._guesses = guesses or Guesses()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        answer = self._refused(HTTPConnection(scope))
        if answer is None and self._passes is not None:
            answer = await self._asked_to_sign_in(self._passes, scope, receive)
        if answer is None:
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await receive()  # what asks for the connection
            await send({"type": "websocket.close", "code": 1008, "reason": "not let in"})
        else:
            await answer(scope, receive, _with_headers(send))

    def _refused(self, asked: HTTPConnection) -> Response | None:
        host = asked.headers.get("host", "")
        if self._checks_host and not is_own_host(host):
            return PlainTextResponse("This app answers under localhost only.", 421)
        reads = asked.scope.get("method", "") in READING_METHODS
        if not reads and not is_same_origin(asked.headers.get("origin"), host):
            return PlainTextResponse("Only pages of this app may do that.", 403)
        return None

    async def _asked_to_sign_in(
        self, passes: Passes, scope: Scope, receive: Receive
    ) -> Response | None:
        """The form, or what becomes of it; None for a visitor with a valid pass."""
        asked = HTTPConnection(scope)
        if scope.get("method") == "POST" and scope["path"] == SIGN_IN:
            return await self._signed_in(passes, Request(scope, receive))
        if passes.is_valid(asked.cookies.get(COOKIE, "")):
            return None
        return HTMLResponse(sign_in_page(), 401)

    async def _signed_in(self, passes: Passes, request: Request) -> Response:
        visitor = request.client.host if request.client else ""
        if wait := self._guesses.wait_seconds(visitor):
            message = f"Too many wrong passwords. Try again in {wait:.0f} s."
            return HTMLResponse(sign_in_page(message), 429, {"Retry-After": f"{wait:.0f}"})
        if not passes.is_password(await _password_in(request)):
            self._guesses.wrong(visitor)
            return HTMLResponse(sign_in_page("That is not the password."), 401)
        self._guesses.right(visitor)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            COOKIE, passes.new(), max_age=LASTS_SECONDS, httponly=True, samesite="strict",
            secure=request.url.scheme == "https",
        )  # fmt: skip
        return answer


async def _password_in(request: Request) -> str:
    """What the form sent; nothing where it is too long to be a password."""
    body = bytearray()
    async for block in request.stream():
        body += block
        if len(body) > MOST_FORM_BYTES:
            return ""
    return parse_qs(body.decode("utf-8", "replace")).get("password", [""])[0]


def _with_headers(send: Send) -> Send:
    """Send on, with our headers where the answer has not its own."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
