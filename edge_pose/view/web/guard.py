"""The door of the page: an ASGI layer that turns strangers away and sets the safety headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from edge_pose.view.web.access import Gate, Headers

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

OPEN_PATHS = frozenset({"/healthz", "/readyz", "/login"})
_OPEN_FOLDER = "/static/"

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

    def __init__(self, site: Asgi, gate: Gate) -> None:
        self._site = site
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = headers_of(scope)
        if (
            _brings_token(scope)
            and self._gate.right_host(headers)
            and not self._gate.known(headers)
        ):
            scope = {**scope, "path": "/login", "raw_path": b"/login"}
        refused = self._refusal(scope, headers)
        if refused is None:
            await self._site(scope, receive, _with_safety(send))
        else:
            await _plain(_with_safety(send), *refused)

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str, str | None] | None:
        """(status, words, where to go instead) or None."""
        if not self._gate.right_host(headers):
            return 403, "This page answers only to localhost.", None
        path: str = scope["path"]
        if path in OPEN_PATHS or path.startswith(_OPEN_FOLDER):
            return None
        if not self._gate.known(headers):
            if path == "/":
                return 303, "Token needed.", "/login"
            return 401, "Token needed: send it as 'Authorization: Bearer TOKEN'.", None
        if scope["method"] == "POST" and not self._gate.own_page(headers):
            return 403, "Commands need the header 'X-Edge-Pose: 1' and come from this page.", None
        return None


def _brings_token(scope: Scope) -> bool:
    """A link with the token in it, as the service's log gives: goes to the login at once, so that
    no answer repeats it."""
    query: bytes = scope.get("query_string", b"")
    return scope["path"] == "/" and scope["method"] == "GET" and query.startswith(b"token=")


def headers_of(scope: Scope) -> dict[str, str]:
    """Request headers by lower-case name."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _with_safety(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *_SAFETY_BYTES]
        await send(message)

    return guarded


async def _plain(send: Send, status: int, words: str, elsewhere: str | None) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    if elsewhere is not None:
        headers.append((b"location", elsewhere.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": (words + "\n").encode()})
