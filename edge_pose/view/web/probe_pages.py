"""What machines ask of a running program: alive, monitoring, measured numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from edge_pose.view.feed import SceneFeed
from edge_pose.view.web.answers import plain

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse

_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
_LATE_S = 3.0
"""Without a scene for so long the program is alive but not ready."""


class Probes(Protocol):
    """What machines ask: is it alive, does it monitor, what does it measure."""

    def healthy(self) -> tuple[int, str]:
        """Status and text of /healthz."""
        ...

    def ready(self) -> tuple[int, str]:
        """Status and text of /readyz."""
        ...

    def metrics(self) -> str:
        """Prometheus text of /metrics."""
        ...


class ProbePages:
    """Handlers of /healthz, /readyz and /metrics; without ``probes`` they answer from the feed."""

    def __init__(self, probes: Probes | None, feed: SceneFeed) -> None:
        self._probes, self._feed = probes, feed

    async def alive(self, _: Request) -> PlainTextResponse:
        status, words = (200, "ok\n") if self._probes is None else self._probes.healthy()
        return plain(words, status)

    async def ready(self, _: Request) -> PlainTextResponse:
        if self._probes is not None:
            status, words = self._probes.ready()
            if status != 200:
                return plain(words, status)
        age = self._feed.age_s
        if age is None:
            return plain("waiting for the first picture\n", 503)
        if age > _LATE_S:
            return plain(f"no new picture for {age:.1f} s\n", 503)
        return plain("ready\n")

    async def metrics(self, _: Request) -> PlainTextResponse:
        if self._probes is None:
            return plain("metrics are not collected\n", 404)
        return plain(self._probes.metrics(), kind=_PROMETHEUS)
