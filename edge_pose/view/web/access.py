"""Who may see the page and who may press its buttons: pure checks on request headers.

Three walls: a token (off loopback), the Host header (on loopback, against DNS rebinding), and for
commands a header that no foreign page can send together with the visitor's cookie.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from urllib.parse import urlsplit

from edge_pose.config.view import WebConfig
from edge_pose.errors import ConfigError

COOKIE = "edge_pose"
COMMAND_HEADER = "x-edge-pose"
_LOOPBACK_NAMES = {"localhost", "127.0.0.1", "::1"}

Headers = Mapping[str, str]
"""Lower-case names."""


def read_token(config: WebConfig) -> str | None:
    """The secret from the config or its file; None where the page is open (loopback)."""
    if config.token is not None:
        return config.token.get_secret_value()
    if config.token_file is None:
        return None
    return _first_line(config.token_file)


def _first_line(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"web.token_file: {path} cannot be read ({error})") from error
    token = lines[0].strip() if lines else ""
    if len(token) < 8:
        raise ConfigError(f"web.token_file: {path}: the first line must hold 8 characters or more")
    return token


def cookie_value(token: str) -> str:
    """What the browser keeps instead of the token itself."""
    return hmac.new(token.encode(), b"edge_pose cookie", hashlib.sha256).hexdigest()


class Gate:
    """Answers yes or no for one server."""

    def __init__(self, token: str | None, *, loopback: bool) -> None:
        self._token = token
        self._loopback = loopback

    def known(self, headers: Headers) -> bool:
        """The visitor showed the token, by bearer header or cookie (or none is needed)."""
        if self._token is None:
            return True
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.matches(bearer.strip()):
            return True
        return _same(_cookie(headers), cookie_value(self._token))

    def matches(self, token: str) -> bool:
        """Compare in constant time."""
        return self._token is not None and _same(token, self._token)

    @property
    def fresh_cookie(self) -> str:
        """Set-Cookie value for a visitor who just showed the token."""
        value = cookie_value(self._token or "")
        return f"{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000"

    def right_host(self, headers: Headers) -> bool:
        """On loopback only loopback names: a foreign name that resolves here is an attack."""
        if not self._loopback:
            return True
        try:
            return urlsplit(f"//{headers.get('host', '')}").hostname in _LOOPBACK_NAMES
        except ValueError:  # no host at all, such as "[::1"
            return False

    def own_page(self, headers: Headers) -> bool:
        """A command came from our page or a tool, not from another site's page."""
        if COMMAND_HEADER not in headers:
            return False
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return False
        origin = headers.get("origin")
        try:
            return origin is None or urlsplit(origin).netloc == headers.get("host")
        except ValueError:
            return False


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _cookie(headers: Headers) -> str:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""
