"""Serving a review on this machine: a socket, a key, a browser, and a clean end."""

from __future__ import annotations

import contextlib
import gc
import ipaddress
import secrets
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from os import PathLike
from typing import Any

from bitext.errors import BitextError, InputError
from bitext.review.session import Review, open_review

__all__ = ["serve"]

WARNING = (
    "Others on the network can reach this review, and whoever has its address can read and change it. "
    "Nothing is encrypted: whoever can listen to the network can read the text and the address."
)


def serve(
    path: str | PathLike[str],
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    open_browser: bool = True,
    others_can_reach: bool = False,
    model: str | None = None,
    tell: Callable[[str], None] | None = None,
) -> int:
    """Review a bitext in the browser until Ctrl+C.

    Args:
        path: a bitext JSONL; decisions are kept beside it.
        host: address to listen on. Anything but loopback also needs `others_can_reach`.
        port: 0 takes a free one.
        open_browser: open the user's browser at the address.
        others_can_reach: yes, the network may reach this review.
        model: for back-translations; by default the one that made those in the file.
        tell: called with what to say to the user; by default prints on standard error.

    Returns:
        0.

    Raises:
        BitextError: the file, its decisions, the address or the port cannot be used; Starlette is missing.
    """
    try:
        import uvicorn

        from bitext.review import app as web
        from bitext.review.guard import Door
    except ModuleNotFoundError as e:
        raise BitextError(
            f"the review needs the package {e.name}", mend="pip install 'bitext[review]' (starlette, uvicorn)"
        ) from None
    say = tell or (lambda line: print(line, file=sys.stderr, flush=True))
    loopback = _is_loopback(host)
    if not loopback and not others_can_reach:
        raise InputError(
            f"{host} is an address that others on the network can reach, and they could read and change the review",
            mend="leave --host out, or add --others-can-reach-this if that is what you want",
        )
    review = open_review(path, model=model)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(0.0002)  # answers do not wait their 5 ms for what is worked on beside them
    try:
        listening = _listen(host, port)
        port = listening.getsockname()[1]
        names = {"127.0.0.1", "localhost", "[::1]", _literal(host)}
        if not loopback:
            names.add(socket.gethostname().lower())
        door = Door(secrets.token_urlsafe(32), port, frozenset(names), any_address=not loopback)
        shown = host if loopback else (_address() if _literal(host) in ("0.0.0.0", "[::]") else host)
        address = f"http://{_literal(shown)}:{port}/?token={door.token}"
        if not loopback:
            say(f"bitext: {WARNING}")
        say(f"bitext: reviewing {path} at {address}")
        say("bitext: every decision is saved as it is made; Ctrl+C ends")
        application = web.build(review, door)
        # what is loaded by then stays: a full garbage collection would stop all answers to look at it
        application.state.app.settled = gc.freeze
        config = uvicorn.Config(
            application,
            log_level="warning",
            access_log=False,  # addresses hold the key
            server_header=False,
            ws="none",
            limit_concurrency=200,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=2,
        )
        server = _server(config, application.state.app, address if open_browser else None)
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listening])
    finally:
        _closed(review)
        sys.setswitchinterval(interval)
    return 0


def _closed(review: Review) -> None:
    with contextlib.suppress(Exception):
        review.close()


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _literal(host: str) -> str:
    """The host as it stands in an address: IPv6 in brackets."""
    bare = host.strip("[]").lower()
    return f"[{bare}]" if ":" in bare else bare


def _address() -> str:
    """This machine's address as others see it, as far as it is known."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.connect(("192.0.2.1", 9))  # sends nothing: only the route is looked up
            return str(s.getsockname()[0])
    except OSError:
        return socket.gethostname()


def _listen(host: str, port: int) -> socket.socket:
    bare = host.strip("[]")
    if not 0 <= port <= 65535:
        raise InputError(f"{port} is no port", mend="give a number up to 65535, or 0 for a free one")
    try:
        family, _, _, _, where = socket.getaddrinfo(bare, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        # the protocol is said so that asyncio turns Nagle's algorithm off: answers would wait 40 ms for an ACK
        found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind(where)
            found.listen(128)  # before the address is said, so that nobody finds it closed
        except OSError:
            found.close()
            raise
        return found
    except OSError as e:
        said = (e.strerror or str(e)).lower()
        raise InputError(
            f"cannot listen on {host} port {port} ({said})", mend="leave --port out to take a free one"
        ) from None


def _server(config: Any, app: Any, address: str | None) -> Any:
    """A uvicorn server that opens the browser once it listens, and ends the event streams when it stops."""
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets=sockets)
            if address is not None:
                threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

        def handle_exit(self, sig: int, frame: Any) -> None:
            app.stopping.set()
            super().handle_exit(sig, frame)

    return Server(config)
