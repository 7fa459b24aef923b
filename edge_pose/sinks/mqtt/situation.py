"""How it stands with the broker, told once each time it changes, with what to do about it."""

from __future__ import annotations

import logging
import ssl
import threading

log = logging.getLogger(__name__)

_KEPT = "monitoring goes on, alerts are kept"


class Situation:
    """Turns connection events into at most one log line per change. Any thread may call it."""

    def __init__(self, host: str, port: int) -> None:
        self._broker = f"MQTT broker {host}:{port}"
        self._lock = threading.Lock()
        self._kind = "new"
        self.text = "not connected yet"
        """The latest situation in words, for the doctor and the page."""

    def online(self) -> None:
        self._tell("online", logging.INFO, "connected")

    def lost(self, reason: str) -> None:
        """A connection ended; after a refusal that is no news."""
        if self._kind == "online":
            self._tell("away", logging.WARNING, f"connection lost ({reason}); {_KEPT}")
        elif self._kind == "new":
            hint = "is mqtt.tls right for this port?"
            self._tell("away", logging.WARNING, f"hung up before it answered; {hint} {_KEPT}")

    def refused(self, reason: str) -> None:
        """The broker answered and said no."""
        hint = "check mqtt.username, the password file or credential, and the broker's rights"
        self._tell("refused", logging.ERROR, f"refuses us ({reason}); {hint}; {_KEPT}")

    def failed(self, error: BaseException | None) -> None:
        """No connection came about."""
        if isinstance(error, ssl.SSLCertVerificationError):
            why = getattr(error, "verify_message", None) or str(error)
            text = f"its certificate is not trusted ({why}); check mqtt.ca_file and mqtt.host"
            self._tell("certificate", logging.ERROR, f"{text}; {_KEPT}")
        elif isinstance(error, ssl.SSLError):
            why = getattr(error, "reason", None) or str(error)
            text = f"TLS failed ({why}); check mqtt.tls, port and certificates"
            self._tell("tls", logging.ERROR, f"{text}; {_KEPT}")
        else:
            text = f"cannot be reached ({error}); check mqtt.host, mqtt.port and the network"
            self._tell("away", logging.WARNING, f"{text}; {_KEPT}")

    def unusable(self, error: Exception) -> None:
        """Our own files are missing, so no attempt was made."""
        self._tell("files", logging.ERROR, f"not tried: {error}; {_KEPT}")

    def _tell(self, kind: str, level: int, text: str) -> None:
        with self._lock:
            changed, self._kind, self.text = kind != self._kind, kind, text
        if changed:
            log.log(level, "%s: %s", self._broker, text)
