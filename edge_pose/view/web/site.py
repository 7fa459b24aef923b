"""The page's addresses and what each answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qs

from pydantic import BaseModel

from edge_pose.controls import FARTHEST_CM, NEAREST_CM, Controls
from edge_pose.errors import EdgePoseError
from edge_pose.values import Command
from edge_pose.view.feed import PastEpisode, SceneFeed
from edge_pose.view.web import payload, settings
from edge_pose.view.web.access import Gate
from edge_pose.view.web.answers import FRESH, plain
from edge_pose.view.web.events import Bulletin
from edge_pose.view.web.pictures import BOUNDARY, Pictures
from edge_pose.view.web.probe_pages import ProbePages, Probes
from edge_pose.view.web.untrusted_body import body_of, parsed_object

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

_LONG = {"cache-control": "public, max-age=3600"}
_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
    "png": "image/png",
}
_LOGIN_WORDS = {
    200: "",
    401: "That is not this device's token. Check it and try again.",
    429: "Too many wrong tokens. Wait a moment and try again.",
}


class History(Protocol):
    """Where past episodes come from: the event database, or nothing but this run."""

    def today(self) -> Sequence[PastEpisode]:
        """Today's episodes, oldest first; may raise EdgePoseError."""
        ...


class Site:
    """All handlers; each is short and answers from the feed."""

    def __init__(
        self,
        feed: SceneFeed,
        pictures: Pictures,
        controls: Controls,
        gate: Gate,
        *,
        history: History | None,
        config: BaseModel | None,
        notes: Mapping[str, str] | None,
        probes: Probes | None,
        stopping: asyncio.Event,
    ) -> None:
        from starlette import responses

        self._responses = responses
        self._feed, self._pictures, self._controls, self._gate = feed, pictures, controls, gate
        self._history, self._config, self._notes = history, config, notes
        self._probes = ProbePages(probes, feed)
        self._stopping = stopping
        self._static = files("edge_pose.view") / "static"
        self._names = frozenset(file.name for file in self._static.iterdir())

    def app(self) -> Starlette:
        """The ASGI application."""
        from starlette.applications import Starlette
        from starlette.routing import Route

        return Starlette(
            routes=[
                Route("/", self._page),
                Route("/login", self._login, methods=["GET", "POST"]),
                Route("/static/{name}", self._asset),
                Route("/stream.mjpg", self._stream),
                Route("/picture.jpg", self._picture),
                Route("/events", self._events),
                Route("/api/state", self._state),
                Route("/api/trend", self._trend),
                Route("/api/episodes", self._episodes),
                Route("/api/settings", self._settings),
                Route("/api/command", self._command, methods=["POST"]),
                Route("/api/distance", self._distance, methods=["POST"]),
                Route("/healthz", self._probes.alive),
                Route("/readyz", self._probes.ready),
                Route("/metrics", self._probes.metrics),
            ]
        )

    async def _page(self, _: Request) -> Response:
        return self._file("index.html", FRESH)

    async def _asset(self, request: Request) -> Response:
        return self._file(request.path_params["name"], _LONG)

    async def _login(self, request: Request) -> Response:
        """Ask for the token; with the right one (form or ?token=) go to the page."""
        token = request.query_params.get("token", "")
        if request.method == "POST":
            form = parse_qs((await body_of(request)).decode("utf-8", "replace"))
            token = form.get("token", [""])[0]
        address = request.client.host if request.client else ""
        right = self._gate.try_token(token, address) if token else False
        if right:
            headers = {"set-cookie": self._gate.fresh_cookie, **FRESH}
            return self._responses.RedirectResponse("/", 303, headers)
        if token:
            await asyncio.sleep(0.5)  # guessing is slow
        return self._login_form(429 if right is None else 401 if token else 200)

    def _login_form(self, status: int) -> Response:
        form = Template((self._static / "login.html").read_text(encoding="utf-8"))
        words = form.substitute(wrong=_LOGIN_WORDS[status])
        return self._responses.HTMLResponse(words, status_code=status, headers=FRESH)

    async def _stream(self, request: Request) -> Response:
        return self._responses.StreamingResponse(
            self._pictures.stream(self._stopping, bare=_for_page(request)),
            media_type=f"multipart/x-mixed-replace; boundary={BOUNDARY}",
            headers=FRESH,
        )

    async def _picture(self, request: Request) -> Response:
        """One picture, for a script or a chat message."""
        jpeg = self._pictures.newest(bare=_for_page(request))[1]
        if jpeg is None:
            return self._responses.Response(status_code=204, headers=FRESH)  # none yet
        return self._responses.Response(jpeg, media_type="image/jpeg", headers=FRESH)

    async def _events(self, _: Request) -> Response:
        return self._responses.StreamingResponse(
            Bulletin(self._feed, self._stopping).stream(),
            media_type="text/event-stream",
            headers=FRESH,
        )

    async def _state(self, _: Request) -> Response:
        number, scene = self._feed.latest
        return self._json(payload.state(number, scene, self._feed))

    async def _trend(self, _: Request) -> Response:
        return self._json({"samples": payload.trend(self._feed.trend)})

    async def _episodes(self, _: Request) -> Response:
        past: Sequence[PastEpisode] = self._feed.episodes
        note = None
        if self._history is not None:
            try:
                past = self._history.today()
            except EdgePoseError as error:
                note = f"The event database cannot be read; this run only. ({error})"
        return self._json({"episodes": payload.episodes(past), "note": note})

    async def _settings(self, _: Request) -> Response:
        return self._json({"settings": settings.table(self._config, notes=self._notes)})

    async def _command(self, request: Request) -> Response:
        """{"command": "acknowledge"} and its like: into the mailbox."""
        try:
            command = Command(parsed_object(await body_of(request))["command"])
        except (ValueError, KeyError, TypeError):
            known = ", ".join(command.value for command in Command)
            return self._json({"error": f'send {{"command": NAME}}, NAME one of: {known}'}, 400)
        self._controls.send(command)
        return self._json({"sent": command.value}, 202)

    async def _distance(self, request: Request) -> Response:
        """{"distance_cm": 62}: the answer to the calibration guide's question."""
        try:
            distance_cm = float(parsed_object(await body_of(request))["distance_cm"])
        except (ValueError, KeyError, TypeError, OverflowError):
            distance_cm = 0.0
        if not NEAREST_CM <= distance_cm <= FARTHEST_CM:
            words = f"give the distance in centimetres, {NEAREST_CM:.0f} to {FARTHEST_CM:.0f}"
            return self._json({"error": words}, 400)
        if self._feed.guide is None:
            return self._json({"error": "no calibration is running: edge-pose calibrate"}, 409)
        self._controls.set_distance(distance_cm / 100.0)
        return self._json({"distance_cm": distance_cm}, 202)

    def _file(self, name: str, headers: dict[str, str], status: int = 200) -> Response:
        kind = _TYPES.get(name.rpartition(".")[2])
        if kind is None or name not in self._names:
            return plain("not found\n", 404)
        return self._responses.Response(
            (self._static / name).read_bytes(), status_code=status, media_type=kind, headers=headers
        )

    def _json(self, content: dict[str, Any], status: int = 200) -> Response:
        return self._responses.JSONResponse(content, status, headers=FRESH)


def _for_page(request: Request) -> bool:
    """The live page shows alert and gauges itself: its picture carries neither."""
    return request.query_params.get("for") == "page"
