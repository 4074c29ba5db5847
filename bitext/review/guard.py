"""What stands before the app: who may talk to it, with what, and how much.

A web page that the user happens to visit can send requests to a loopback server, and a name that it controls can be
made to mean 127.0.0.1 (DNS rebinding). So: the Host must be ours, changes must come from our own page (Origin, a
token that only the page knows, JSON), and every request but the first needs the cookie that the first one set.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

__all__ = ["HEADER", "LIMIT", "Door", "Guard"]

LIMIT = 256 * 1024
"""Bytes of the largest request body; a correction has at most 20,000 characters."""
HEADER = "x-bitext-review"
"""The header in which the page repeats its token when it asks for a change."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}


@dataclass(frozen=True)
class Door:
    """Who is let in.

    Attributes:
        token: the unguessable word in the address.
        port: where the server listens.
        names: host names that mean this server.
        any_address: any IP address may stand in Host, as when listening on all of them.
    """

    token: str
    port: int
    names: frozenset[str] = frozenset({"127.0.0.1", "localhost", "[::1]"})
    any_address: bool = False

    @property
    def cookie(self) -> str:
        """The cookie's name; the port is in it because browsers share cookies between ports."""
        return f"bitext-review-{self.port}"

    def _derived(self, what: str) -> str:
        return hmac.new(self.token.encode(), what.encode(), hashlib.sha256).hexdigest()

    @property
    def cookie_value(self) -> str:
        """What the cookie says: not the token itself."""
        return self._derived("cookie")

    @property
    def page_token(self) -> str:
        """What the page says with each change; another server on this machine sees the cookie, but not this."""
        return self._derived("page")

    def knows_host(self, host: str) -> bool:
        """Whether a Host header names this server."""
        name, colon, port = host.rpartition(":")
        if not colon or not port.isdigit():
            name, port = host, "80"
        if int(port) != self.port:
            return False
        if name.lower() in self.names:
            return True
        if not self.any_address:
            return False
        try:  # addresses are safe: rebinding needs a name
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
        return True

    def opens(self, request: Request) -> bool:
        """Whether the request has the cookie."""
        return hmac.compare_digest(request.cookies.get(self.cookie, "").encode(), self.cookie_value.encode())

    def has_token(self, request: Request) -> bool:
        """Whether the address has the token."""
        return hmac.compare_digest(request.query_params.get("token", "").encode(), self.token.encode())


class Guard:
    """ASGI middleware: checks every request, limits its body, and adds the security headers to every answer."""

    def __init__(self, app: Any, door: Door) -> None:
        self.app, self.door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        if scope["type"] != "http":
            return  # no web sockets here
        refused = self._refusal(Request(scope))
        if refused is not None:
            refused.headers["connection"] = "close"  # do not read what may be a large body
            await refused(scope, receive, secured)
            return
        if scope["method"] == "POST":
            body = await _read(receive)
            if body is None:
                await _said("The request is too large.", 413)(scope, receive, secured)
                return
            sent = False

            async def again() -> Message:
                nonlocal sent
                if not sent:
                    sent = True
                    return {"type": "http.request", "body": body, "more_body": False}
                return await receive()

            await self.app(scope, again, secured)
            return
        await self.app(scope, receive, secured)

    def _refusal(self, request: Request) -> Response | None:
        """Why a request is not let in, or None."""
        headers, method = request.headers, request.method
        if not self._host(headers):
            return _said("This address is not one of this server's.", 421)
        if method not in ("GET", "HEAD", "POST"):
            return _said("Only GET and POST are understood.", 405)
        if not self.door.opens(request) and not (
            method != "POST" and request.url.path == "/" and self.door.has_token(request)
        ):
            return _said("Open the address that `bitext review` printed; it holds the key to this review.", 403)
        if method != "POST":
            return None
        if headers.get("origin") != f"http://{headers['host']}" or headers.get("sec-fetch-site", "same-origin") not in (
            "same-origin",
        ):
            return _said("Changes are taken from this review's own page only.", 403)
        if not hmac.compare_digest(headers.get(HEADER, "").encode(), self.door.page_token.encode()):
            return _said("This page is of an earlier run; open the address that `bitext review` printed.", 403)
        if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return _said("Changes are sent as JSON.", 415)
        length = headers.get("content-length")
        if length is not None and (not length.isdigit() or int(length) > LIMIT):
            return _said("The request is too large.", 413)
        return None

    def _host(self, headers: Headers) -> bool:
        hosts = headers.getlist("host")
        return len(hosts) == 1 and self.door.knows_host(hosts[0])


async def _read(receive: Receive) -> bytes | None:
    """The whole body, or None as soon as it is too large."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        part = message.get("body", b"")
        size += len(part)
        if size > LIMIT:
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def _said(sentence: str, status: int) -> Response:
    if status in (403, 421):
        return PlainTextResponse(sentence + "\n", status)
    return JSONResponse({"error": sentence}, status)
