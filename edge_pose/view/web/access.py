"""Who may see the page and who may press its buttons: pure checks on request headers.

Three walls: a token (off loopback), the Host header (on loopback, against DNS rebinding), and for
commands a header that no foreign page can send together with the visitor's cookie.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from edge_pose.config.secret_file import warn_if_open_to_all
from edge_pose.config.view import WebConfig
from edge_pose.errors import ConfigError
from edge_pose.view.web.limits import Guesses

COOKIE = "edge_pose"
COMMAND_HEADER = "x-edge-pose"
LEAST_TOKEN = 16
_DAY_S = 86_400.0
_COOKIE_S, _RENEW_S = 30 * _DAY_S, _DAY_S
_COOKIE_LENGTH = 100
"""Ours has 74 characters."""
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
    warn_if_open_to_all(path, "web.token_file")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"web.token_file: {path} cannot be read ({error})") from error
    token = lines[0].strip() if lines else ""
    if len(token) < LEAST_TOKEN:
        raise ConfigError(
            f"web.token_file: {path}: the first line must hold {LEAST_TOKEN} characters or more; "
            "openssl rand -base64 24 makes one"
        )
    return token


def cookie_value(token: str, issued_s: float | None = None) -> str:
    """What the browser keeps instead of the token itself: when it was given, and the proof of that.
    ``issued_s``: seconds since the epoch; unset, now."""
    issued = f"{int(time.time() if issued_s is None else issued_s):x}"
    proof = hmac.new(token.encode(), f"edge_pose cookie {issued}".encode(), hashlib.sha256)
    return f"{issued}.{proof.hexdigest()}"


def cookie_age_s(value: str, token: str) -> float | None:
    """How old a cookie of ours is; None for any other."""
    issued, _, _ = value.partition(".")
    try:
        issued_s = int(issued, 16)
    except ValueError:
        return None
    return time.time() - issued_s if _same(value, cookie_value(token, issued_s)) else None


class Gate:
    """Answers yes or no for one server."""

    def __init__(self, token: str | None, *, loopback: bool, tls: bool = False) -> None:
        self._token = token
        self._loopback = loopback
        self._tls = tls
        self.guesses = Guesses()

    def known(self, headers: Headers, address: str = "") -> bool:
        """The visitor showed the token, by cookie or bearer header (or none is needed). A bearer
        token from an ``address`` that has guessed too often is not looked at."""
        if self._token is None or self._cookie_age_s(headers) is not None:
            return True
        bearer = bearer_of(headers)
        return bearer is not None and bool(self.try_token(bearer, address))

    def proven(self, headers: Headers, address: str) -> bool:
        """As ``known``, but a wrong token is not counted: a look before anything is decided."""
        if self._token is None or self._cookie_age_s(headers) is not None:
            return True
        bearer = bearer_of(headers)
        looked_at = bearer is not None and not self.guesses.too_many(address)
        return looked_at and self.matches(bearer or "")

    def try_token(self, token: str, address: str) -> bool | None:
        """Whether it is the right one; None: too many wrong ones came from there."""
        if self.guesses.too_many(address):
            return None
        right = self.matches(token)
        if not right:
            self.guesses.wrong(address)
        return right

    def old_cookie(self, headers: Headers) -> bool:
        """The visitor's cookie is ours and due to be exchanged for a new one."""
        age_s = self._cookie_age_s(headers)
        return age_s is not None and age_s > _RENEW_S

    def _cookie_age_s(self, headers: Headers) -> float | None:
        if self._token is None:
            return None
        ages = (cookie_age_s(value, self._token) for value in _cookies(headers))
        return next((a for a in ages if a is not None and -_DAY_S <= a <= _COOKIE_S), None)

    def matches(self, token: str) -> bool:
        """Compare in constant time."""
        return self._token is not None and _same(token, self._token)

    @property
    def fresh_cookie(self) -> str:
        """Set-Cookie value for a visitor who just showed the token."""
        value = cookie_value(self._token or "")
        secure = "; Secure" if self._tls else ""
        life = f"Max-Age={int(_COOKIE_S)}"
        return f"{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; {life}{secure}"

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


def bearer_of(headers: Headers) -> str | None:
    """The token in the Authorization header; None where there is none."""
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    return bearer.strip() if scheme.lower() == "bearer" else None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _cookies(headers: Headers) -> Iterator[str]:
    """Values that may be our cookie's. By hand: http.cookies takes a minute for 60 kB of quoted
    backslashes (CVE-2024-7592, in the Python of Debian 12), and ours is never quoted."""
    for part in headers.get("cookie", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == COOKIE and len(value) <= _COOKIE_LENGTH:
            yield value
