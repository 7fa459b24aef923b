"""User and password: from a file or a systemd credential, never from the config's text or a log."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from edge_pose.config.secret_file import warn_if_open_to_all
from edge_pose.config.sinks import MqttConfig
from edge_pose.errors import SinkError

INSTALLED = Path("/etc/edge-pose/credentials")
USERNAME, PASSWORD = "mqtt-username", "mqtt-password"


@dataclass(frozen=True, slots=True)
class Login:
    """Whom we say we are; both None: nobody."""

    username: str | None
    password: str | None = field(repr=False)


def login(config: MqttConfig) -> Login:
    """The login in effect; SinkError if a file that is named cannot be read."""
    username = config.username or _credential(USERNAME)
    if config.password_file is not None:
        return Login(username, _read(config.password_file, "mqtt.password_file"))
    return Login(username, _credential(PASSWORD))


def _credential(name: str) -> str | None:
    """From systemd; for root at a terminal (the doctor) from where the unit takes it."""
    path = Path(os.environ.get("CREDENTIALS_DIRECTORY") or INSTALLED, name)
    if not os.access(path, os.R_OK):
        return None
    return _read(path, f"credential {name}") or None  # the unit sets it empty where there is none


def _read(path: Path, what: str) -> str:
    warn_if_open_to_all(path, what)
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SinkError(
            f"{what}: {path} cannot be read ({error}); check path and rights"
        ) from error
