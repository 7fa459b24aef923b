"""A running live page on a free port: served by a real stage, fed by hand."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel

from edge_pose.config.view import OverlayConfig, WebConfig
from edge_pose.controls import Controls
from edge_pose.runtime.stage import Stage
from edge_pose.view.feed import SceneFeed
from edge_pose.view.web import History, WebServer
from edge_pose.view.web.probe_pages import Probes

STOP_S = 2.0


class Server(Stage):
    """The page in a thread of its own."""

    def __init__(self, web: WebServer) -> None:
        super().__init__("web", essential=False)
        self.web = web
        self.open = threading.Event()

    def setup(self) -> None:
        self.web.open()
        self.open.set()

    def step(self) -> None:
        self.web.run(self.stopping)
        self.finish()

    def teardown(self) -> None:
        self.web.close()


class Rig:
    """What a test holds: the feed to write, the controls to read, a browser-like client."""

    def __init__(self, web: WebServer, feed: SceneFeed, controls: Controls) -> None:
        self.feed, self.controls, self.web = feed, controls, web
        self.stage = Server(web)

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=5)

    def ask(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """One request: (status, headers by lower-case name, body)."""
        connection = self.connect()
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, named, answer.read()
        finally:
            connection.close()

    def json(self, path: str, headers: dict[str, str] | None = None) -> Any:
        status, _, body = self.ask("GET", path, headers=headers)
        assert status == 200, (status, body)
        return json.loads(body)

    def command(self, name: str, **headers: str) -> int:
        sent = {"X-Edge-Pose": "1", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.ask("POST", "/api/command", json.dumps({"command": name}), sent)[0]


@contextmanager
def serving(
    *,
    history: History | None = None,
    settings: BaseModel | None = None,
    notes: Mapping[str, str] | None = None,
    probes: Probes | None = None,
    overlay: OverlayConfig | None = None,
    **config: Any,
) -> Iterator[Rig]:
    """A rig whose server runs, and has ended in time afterwards."""
    feed, controls = SceneFeed(), Controls()
    web = WebServer(
        WebConfig.model_validate({"port": 0, **config}),
        feed,
        controls,
        overlay=overlay,
        history=history,
        settings=settings,
        notes=notes,
        probes=probes,
    )
    rig = Rig(web, feed, controls)
    rig.stage.start()
    assert rig.stage.open.wait(5), rig.stage.error
    try:
        yield rig
    finally:
        rig.stage.stop()
        assert rig.stage.join(STOP_S), rig.stage.stack()
        assert rig.stage.error is None
