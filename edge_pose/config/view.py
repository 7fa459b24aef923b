"""Settings of everything people look at: the overlay, the car's monitor, the web page."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Literal

from pydantic import SecretStr, model_validator

from edge_pose.config.section import Section, setting
from edge_pose.this_device import network_address

_ANY = ("0.0.0.0", "::", "")


_LEAST_TOKEN = 16


class OverlayConfig(Section):
    """What is drawn over the camera picture; one look for monitor, page and replay video."""

    palette: Literal["day", "night", "auto"] = setting(
        "auto",
        "Colours: light for sunlight, dim for night, auto follows the picture's brightness",
    )
    privacy: bool = setting(
        False, "Draw everything on a plain backdrop, without the camera picture"
    )
    mirrored: bool = setting(
        False, "Show the picture as in a mirror (angles keep the camera's convention)"
    )
    face: bool = setting(True, "Draw face box, head axes and gaze cone over the face")


class ScreenConfig(Section):
    """The car's monitor, drawn through SDL."""

    enabled: bool = setting(False, "Show the live view on a screen")
    driver: Literal["auto", "kmsdrm", "wayland", "x11", "offscreen", "dummy"] = setting(
        "auto",
        "SDL video driver: kmsdrm on a bare Pi OS Lite, wayland or x11 on a desktop",
    )
    fullscreen: bool = setting(True, "Fill the screen")
    width: int = setting(800, "Window width when not fullscreen", unit="px", ge=160, le=7680)
    height: int = setting(480, "Window height when not fullscreen", unit="px", ge=120, le=4320)
    rotate: Literal[0, 90, 180, 270] = setting(
        0, "Turn the picture clockwise, for a screen mounted on its side", unit="deg"
    )
    mirrored: bool = setting(True, "Show the driver as in a mirror")
    privacy: bool = setting(False, "Start without the camera picture (key p toggles)")
    fps_max: float = setting(20.0, "Most pictures a second on the screen", unit="Hz", gt=0, le=60)


class WebConfig(Section):
    """The live page. Off loopback it asks for a token."""

    enabled: bool = setting(True, "Serve the live page")
    host: str = setting("127.0.0.1", "Address to listen on; 0.0.0.0 for every network")
    port: int = setting(8765, "TCP port; 0 takes a free one", ge=0, le=65535)
    token: SecretStr | None = setting(
        None, "Secret that every visitor must know; needed unless host is loopback"
    )
    token_file: Path | None = setting(
        None, "File whose first line is the token (keeps it out of the config)"
    )
    tls_cert: Path | None = setting(
        None, "certificate (PEM) with which the page is served by https; with tls_key"
    )
    tls_key: Path | None = setting(None, "its key (PEM), readable by the service only")
    connections_max: int = setting(
        64, "most connections at once; a quarter of the process's descriptors at most",
        ge=4, le=1000,
    )  # fmt: skip
    requests_per_s: float = setting(
        50.0, "requests from one address are slowed to this many", unit="1/s", ge=1, le=1000
    )
    jpeg_quality: int = setting(70, "JPEG quality of the live picture", ge=10, le=95)
    fps_max: float = setting(15.0, "Most pictures a second on the page", unit="Hz", gt=0, le=60)

    @property
    def loopback(self) -> bool:
        """True where only this machine can reach the page."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def scheme(self) -> str:
        """http, or https where there is a certificate."""
        return "http" if self.tls_cert is None else "https"

    @property
    def reachable_host(self) -> str:
        """A host name or address under which a browser finds the page; where it listens on every
        network, this machine's address in its own."""
        return network_address() if self.host in _ANY else self.host

    @property
    def network_url(self) -> str:
        """Where others find the page; empty where only this machine can."""
        if not self.enabled or self.loopback or not self.port:
            return ""
        host = self.reachable_host
        return f"{self.scheme}://{f'[{host}]' if ':' in host else host}:{self.port}/"

    @model_validator(mode="after")
    def _guarded(self) -> WebConfig:
        if self.token is not None and self.token_file is not None:
            raise ValueError("give token or token_file, not both")
        if self.token is not None and len(self.token.get_secret_value()) < _LEAST_TOKEN:
            raise ValueError(
                f"token is too short: use {_LEAST_TOKEN} characters or more "
                "(openssl rand -base64 24 makes one)"
            )
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("give tls_cert and tls_key together")
        if self.enabled and not self.loopback and self.token is None and self.token_file is None:
            raise ValueError(
                f"host {self.host} can be reached from the network: set token or token_file, "
                "or host = '127.0.0.1'"
            )
        return self
