"""How it stands with the broker, told once each time it changes, with what to do about it."""

from __future__ import annotations

import logging
import ssl
import threading
from enum import Enum, auto

log = logging.getLogger(__name__)

_KEPT = "monitoring goes on, alerts are kept"


class Standing(Enum):
    """What a log line is worth: it is told when this changes."""

    NEW = auto()
    ONLINE = auto()
    AWAY = auto()
    SPEECHLESS = auto()
    REFUSED = auto()
    UNTRUSTED = auto()
    TLS_FAILED = auto()
    FILES_MISSING = auto()
    TAKEN_OVER = auto()
    NOT_ALLOWED = auto()
    UNANSWERED = auto()


UNKNOWN_TO_BROKER = frozenset({Standing.REFUSED, Standing.UNTRUSTED, Standing.TLS_FAILED})
"""Our password or certificates, or those of the broker, do not fit."""
_TAKEN_WITHIN_S = 5.0
_TAKEN_TIMES = 3
"""With MQTT 3.1.1 a taken-over client only sees its connection end, soon after each connect."""

_LEVELS = {
    Standing.ONLINE: logging.INFO,
    Standing.AWAY: logging.WARNING,
    Standing.SPEECHLESS: logging.WARNING,
}
"""The others are errors: they do not pass by themselves."""


class Situation:
    """Turns connection events into at most one log line per change. Any thread may call it."""

    def __init__(self, host: str, port: int) -> None:
        self._broker = f"MQTT broker {host}:{port}"
        self._lock = threading.Lock()
        self.standing = Standing.NEW
        self.fact = "has not answered"
        self.advice = "check mqtt.host and mqtt.port"
        self._since_s: float | None = None
        self._short = 0

    @property
    def text(self) -> str:
        """The latest situation in words."""
        told = (self.fact, self.advice, "" if self.standing is Standing.ONLINE else _KEPT)
        return "; ".join(part for part in told if part)

    def online(self, now_s: float | None = None) -> None:
        """Connected; while another client keeps taking our place, or nothing is acknowledged, that
        is no news."""
        self._since_s = now_s
        if self.standing not in (Standing.TAKEN_OVER, Standing.UNANSWERED):
            self._tell(Standing.ONLINE, "connected")

    def settled(self, now_s: float) -> None:
        """The connection has held for a while: whoever took our place is gone."""
        held = self._since_s is not None and now_s - self._since_s > 6 * _TAKEN_WITHIN_S
        if held:
            self._short = 0
            if self.standing is Standing.TAKEN_OVER:
                self._tell(Standing.ONLINE, "connected")

    def lost(self, reason: str, client_id: str = "", now_s: float | None = None) -> None:
        """A connection ended; after a refusal that is no news."""
        since_s, self._since_s = self._since_s, None
        if since_s is not None and now_s is not None:
            self._short = self._short + 1 if now_s - since_s < _TAKEN_WITHIN_S else 0
            if self._short >= _TAKEN_TIMES:
                self.taken_over(client_id)
                return
        if self.standing is Standing.ONLINE:
            self._tell(Standing.AWAY, f"connection lost ({reason})")
        elif self.standing is Standing.NEW:
            advice = "is mqtt.tls right for this port?"
            self._tell(Standing.SPEECHLESS, "hung up before it answered", advice)

    def taken_over(self, client_id: str) -> None:
        """Two clients of one name throw each other off."""
        self._since_s = None
        advice = "give each device its own runtime.vehicle_id (or mqtt.client_id)"
        self._tell(Standing.TAKEN_OVER, f"another client uses the id {client_id}", advice)

    def not_allowed(self, topic: str) -> None:
        """Connected, but a message was refused."""
        advice = "let this user write there in the broker's access list"
        self._tell(Standing.NOT_ALLOWED, f"does not let us write to {topic}", advice)

    def allowed(self) -> None:
        """Messages are taken again."""
        if self.standing in (Standing.NOT_ALLOWED, Standing.UNANSWERED):
            self._tell(Standing.ONLINE, "takes our alerts again")

    def unanswered(self) -> None:
        """Connected, but no alert is acknowledged."""
        advice = "look at the broker's log: it is overloaded, or its disk is full"
        self._tell(Standing.UNANSWERED, "acknowledges none of our alerts", advice)

    def refused(self, reason: str) -> None:
        """The broker answered and said no."""
        advice = "check mqtt.username, the password file or credential, and the broker's rights"
        self._tell(Standing.REFUSED, f"refuses us ({reason})", advice)

    def failed(self, error: BaseException | None) -> None:
        """No connection came about."""
        if isinstance(error, ssl.SSLCertVerificationError):
            why = getattr(error, "verify_message", None) or str(error)
            fact = f"its certificate is not trusted ({why})"
            self._tell(Standing.UNTRUSTED, fact, "check mqtt.ca_file and mqtt.host")
        elif isinstance(error, ssl.SSLError):
            why = getattr(error, "reason", None) or str(error)
            advice = "check mqtt.tls, port and certificates"
            self._tell(Standing.TLS_FAILED, f"TLS failed ({why})", advice)
        else:
            advice = "check mqtt.host, mqtt.port and the network"
            self._tell(Standing.AWAY, f"cannot be reached ({error})", advice)

    def unusable(self, error: Exception) -> None:
        """Our own files are missing, so no attempt was made."""
        self._tell(Standing.FILES_MISSING, f"not tried: {error}")

    def _tell(self, standing: Standing, fact: str, advice: str = "") -> None:
        with self._lock:
            changed = standing is not self.standing
            # The standing last: who reads it first, from another thread, finds the rest in place.
            self.fact, self.advice, self.standing = fact, advice, standing
            text = self.text
        if changed:
            log.log(_LEVELS.get(standing, logging.ERROR), "%s: %s", self._broker, text)
