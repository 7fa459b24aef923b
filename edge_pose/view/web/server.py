"""The live page's server: takes its port, serves in its stage's thread, stops promptly."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Mapping
from threading import Event
from typing import Any

from pydantic import BaseModel

from edge_pose.config.secret_file import warn_if_open_to_all
from edge_pose.config.view import OverlayConfig, WebConfig
from edge_pose.controls import Controls
from edge_pose.errors import SinkError
from edge_pose.view.drawing.overlay import Overlay
from edge_pose.view.feed import SceneFeed
from edge_pose.view.web.access import Gate, read_token
from edge_pose.view.web.certificate import Certificate
from edge_pose.view.web.connections import Connections, Listener
from edge_pose.view.web.guard import Guard
from edge_pose.view.web.pictures import Pictures
from edge_pose.view.web.probe_pages import Probes
from edge_pose.view.web.site import History, Site

log = logging.getLogger(__name__)

_LOOK_S = 0.05
_HEAD_BYTES = 16_384
"""Longest head of a request: browsers send a few hundred bytes."""


class WebServer:
    """``open`` takes the port, ``run`` serves until the event is set, ``close`` gives it back."""

    def __init__(
        self,
        config: WebConfig,
        feed: SceneFeed,
        controls: Controls,
        *,
        overlay: OverlayConfig | None = None,
        history: History | None = None,
        settings: BaseModel | None = None,
        notes: Mapping[str, str] | None = None,
        probes: Probes | None = None,
    ) -> None:
        self._config = config
        self._feed = feed
        self._controls = controls
        self._history = history
        self._settings, self._notes = settings, notes
        self._probes = probes
        self._socket: socket.socket | None = None
        self.connections = Connections(config.connections_max)
        self.pictures = Pictures(
            feed,
            Overlay(overlay or OverlayConfig()),
            quality=config.jpeg_quality,
            fps_max=config.fps_max,
        )

    @property
    def url(self) -> str:
        """Where to look, once open: an address that a browser can use."""
        host = self._config.reachable_host
        shown = f"[{host}]" if ":" in host else host
        return f"{self._config.scheme}://{shown}:{self.port}/"

    @property
    def port(self) -> int:
        """The port taken, once open."""
        return self._socket.getsockname()[1] if self._socket else self._config.port

    def open(self) -> None:
        """Listen; raises SinkError that says what is in the way."""
        tls = self._check_certificate()
        self._gate = Gate(read_token(self._config), loopback=self._config.loopback, tls=tls)
        host, port = self._config.host, self._config.port
        try:
            family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
            taken = Listener(family, socket.SOCK_STREAM)
            taken.connections = self.connections
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket = taken
            taken.bind((host, port))
            taken.listen()
        except OSError as error:
            self.close()
            raise SinkError(
                f"web: cannot listen on {host}:{port} ({error.strerror or error}); "
                "set another web.port or web.host"
            ) from error
        log.info("live page: %s", self.url)

    def _check_certificate(self) -> bool:
        """Whether the page is served by https; SinkError where its files cannot be used."""
        cert, key = self._config.tls_cert, self._config.tls_key
        if cert is None or key is None:
            return False
        warn_if_open_to_all(key, "web.tls_key")
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)
        except (OSError, ValueError) as error:
            raise SinkError(
                f"web: {cert} and {key} cannot be used ({error}); check web.tls_cert and "
                "web.tls_key, and that the service may read them"
            ) from error
        return True

    def _certificate(self) -> Certificate | None:
        cert, key = self._config.tls_cert, self._config.tls_key
        return None if cert is None or key is None else Certificate(cert, key)

    def run(self, stop: Event, beat: Callable[[], object] = lambda: None) -> None:
        """Serve in this thread; returns soon after ``stop`` is set, clients or not. ``beat`` is
        called several times a second."""
        assert self._socket is not None, "open the server before running it"
        asyncio.run(self._serve(stop, self._socket, beat))

    def close(self) -> None:
        """Give the port back; idempotent."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    async def _serve(self, stop: Event, taken: socket.socket, beat: Callable[[], object]) -> None:
        import uvicorn

        if stop.is_set():
            return
        stopping = asyncio.Event()
        asyncio.get_running_loop().set_exception_handler(_note_until(stopping))
        site = Site(
            self._feed,
            self.pictures,
            self._controls,
            self._gate,
            history=self._history,
            config=self._settings,
            notes=self._notes,
            probes=self._probes,
            stopping=stopping,
        )
        server = uvicorn.Server(
            uvicorn.Config(
                Guard(
                    site.app(),
                    self._gate,
                    connections=self.connections,
                    requests_per_s=self._config.requests_per_s,
                ),
                log_config=None,
                http="h11",  # the parser that limits a request's head
                h11_max_incomplete_event_size=_HEAD_BYTES,
                access_log=False,
                lifespan="off",
                ws="none",
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=1,
                backlog=1,  # one at a time, so that a pause is one pause; Listener keeps the queue
                ssl_certfile=self._config.tls_cert,
                ssl_keyfile=self._config.tls_key,
            )
        )
        serving = asyncio.create_task(server.serve(sockets=[taken]))
        certificate = self._certificate()
        while not (stop.is_set() or serving.done()):
            await asyncio.wait([serving], timeout=_LOOK_S)
            self.connections.sweep()
            beat()
            context: ssl.SSLContext | None = getattr(server.config, "ssl", None)
            if certificate is not None and context is not None:
                certificate.look(context)
        stopping.set()
        server.should_exit = True
        await serving


Note = Callable[[asyncio.AbstractEventLoop, dict[str, Any]], None]


def _note_until(stopping: asyncio.Event) -> Note:
    """What asyncio has to say, in one line: it goes on by itself. At the end nothing: what it would
    have done later is moot."""

    def note(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if not stopping.is_set():
            log.warning("web: %s (%s)", context.get("message", ""), context.get("exception", ""))

    return note
