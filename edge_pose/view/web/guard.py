"""The door of the page: an ASGI layer that turns strangers away and sets the safety headers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from edge_pose.view.web.access import Gate, Headers, bearer_of
from edge_pose.view.web.connections import Connections, Peer
from edge_pose.view.web.limits import Bucket, PerAddress

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Refusal = tuple[int, str, str | None]
"""Status, words, where to go instead."""
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

OPEN_PATHS = frozenset({"/healthz", "/readyz", "/login"})
_OPEN_FOLDER = "/static/"
_STREAMS = frozenset({"/stream.mjpg", "/events"})
_STREAMS_MOST = 24
LIMIT_BYTES = 4096
"""No request of the page's is larger."""
_BURST_S = 4.0
_STRANGERS = 0.5
"""All visitors without the token together may ask so much of what one address may: a login takes a
few requests, and each costs this machine 0.4 ms."""
_LONGEST_WAIT_S = 2.0
_GUESS_PAUSE_S = 1.0

_SAFETY = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cross-origin-resource-policy": "same-origin",
}
_SAFETY_BYTES = [(name.encode(), value.encode()) for name, value in _SAFETY.items()]


class Guard:
    """Wraps the site; a refused request never reaches it."""

    def __init__(
        self,
        site: Asgi,
        gate: Gate,
        *,
        connections: Connections | None = None,
        requests_per_s: float = 50.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._site = site
        self._gate = gate
        self._connections = connections
        self._pace = PerAddress(requests_per_s, _BURST_S * requests_per_s)
        self._strangers = Bucket(
            _STRANGERS * requests_per_s, _STRANGERS * _BURST_S * requests_per_s
        )
        self._now = now
        self._streams = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        peer = peer_of(scope)
        if self._connections is not None:
            self._connections.answering(peer)
        try:
            await self._answer(scope, receive, _with_safety(send), peer[0])
        finally:
            if self._connections is not None:
                self._connections.answered(peer)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, address: str) -> None:
        headers = headers_of(scope)
        refused = await self._hurry(headers, address)
        if refused is None and self._wants_in(scope, headers, address):
            scope = {**scope, "path": "/login", "raw_path": b"/login"}
        refused = refused or self._misfit(scope, headers)
        if refused is None and not _is_open(scope["path"]):
            refused = self._stranger(scope, headers, address)
        if refused is not None:
            if refused[0] == 429:
                await asyncio.sleep(_GUESS_PAUSE_S)
            return await _plain(send, *refused)
        if self._gate.old_cookie(headers):
            send = _with_header(send, (b"set-cookie", self._gate.fresh_cookie.encode()))
        with self._counted(scope["path"]):
            return await self._site(scope, receive, send)

    async def _hurry(self, headers: Headers, address: str) -> Refusal | None:
        """Slow down who asks too fast: each connection carries one request at a time."""
        wait_s = self._pace.of(address).take(self._now())
        if not self._gate.proven(headers, address):
            wait_s = max(wait_s, self._strangers.take(self._now()))
        if wait_s > 0.0:
            await asyncio.sleep(min(wait_s, _LONGEST_WAIT_S))
        if wait_s > _LONGEST_WAIT_S:
            return 429, "Too many requests from your address.", None
        return None

    def _wants_in(self, scope: Scope, headers: Headers, address: str) -> bool:
        """A stranger with a link that holds the token."""
        right = _brings_token(scope) and self._gate.right_host(headers)
        return right and not self._gate.known(headers, address)

    def _misfit(self, scope: Scope, headers: Headers) -> Refusal | None:
        """What is refused whoever asks."""
        if not self._gate.right_host(headers):
            return 403, "This page answers only to localhost.", None
        if _too_large(headers):
            return 413, "The request is too large.", None
        if scope["path"] in _STREAMS and self._streams >= _STREAMS_MOST:
            return 503, "Too many viewers.", None
        return None

    def _stranger(self, scope: Scope, headers: Headers, address: str) -> Refusal | None:
        """(status, words, where to go instead) for who may not, or not so."""
        if not self._gate.known(headers, address):
            if bearer_of(headers) is not None and self._gate.guesses.too_many(address):
                return 429, "Too many wrong tokens from your address; wait a minute.", None
            if scope["path"] == "/":
                return 303, "Token needed.", "/login"
            return 401, "Token needed: send it as 'Authorization: Bearer TOKEN'.", None
        if scope["method"] == "POST" and not self._gate.own_page(headers):
            return 403, "Commands need the header 'X-Edge-Pose: 1' and come from this page.", None
        return None

    @contextmanager
    def _counted(self, path: str) -> Iterator[None]:
        self._streams += path in _STREAMS
        try:
            yield
        finally:
            self._streams -= path in _STREAMS


def _is_open(path: str) -> bool:
    return path in OPEN_PATHS or path.startswith(_OPEN_FOLDER)


def _brings_token(scope: Scope) -> bool:
    """A link with the token in it, as the service's log gives: goes to the login at once, so that
    no answer repeats it."""
    query: bytes = scope.get("query_string", b"")
    return scope["path"] == "/" and scope["method"] == "GET" and query.startswith(b"token=")


def peer_of(scope: Scope) -> Peer:
    """The visitor's address and port."""
    client = scope.get("client") or ("", 0)
    return str(client[0]), int(client[1])


def _too_large(headers: Headers) -> bool:
    """Larger than anything the page asks for; refused before any of it is read."""
    length = headers.get("content-length", "0")
    return not length.isdecimal() or len(length) > 9 or int(length) > LIMIT_BYTES


def headers_of(scope: Scope) -> dict[str, str]:
    """Request headers by lower-case name."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _with_safety(send: Send) -> Send:
    return _with_header(send, *_SAFETY_BYTES)


def _with_header(send: Send, *more: tuple[bytes, bytes]) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *more]
        await send(message)

    return guarded


async def _plain(send: Send, status: int, words: str, elsewhere: str | None) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    if status in (413, 429):
        headers.append((b"connection", b"close"))
    if elsewhere is not None:
        headers.append((b"location", elsewhere.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": (words + "\n").encode()})
