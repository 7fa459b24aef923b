"""The page's news by server-sent events: state at ten a second, alerts at once."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

from edge_pose.kinds import FACTS
from edge_pose.values import Alert, AlertKind, AlertLevel, AlertPhase
from edge_pose.view.feed import SceneFeed
from edge_pose.view.web import payload
from edge_pose.view.wording import headline

STATE_EVERY_S = 0.1
_HEARTBEAT_S = 1.0
_WAITING_ALERTS = 64


class Bulletin:
    """One listener's stream. Alerts arrive from the inference thread and wake the loop."""

    def __init__(self, feed: SceneFeed, stopping: asyncio.Event) -> None:
        self._feed = feed
        self._stopping = stopping
        self._loop = asyncio.get_running_loop()
        self._alerts: deque[Alert] = deque(maxlen=_WAITING_ALERTS)
        self._news = asyncio.Event()
        self._told: dict[int, tuple[AlertKind, AlertLevel]] = {}

    async def stream(self) -> AsyncIterator[str]:
        """Event texts, until the server stops or the listener leaves."""
        sent, sent_s = -1, float("-inf")
        with self._feed.listening(self._on_alert):
            yield "retry: 1000\n\n"
            while not self._stopping.is_set():
                while self._alerts:
                    told = self._alerts.popleft()
                    yield event("alert", alert(told, self._feed, step=self._is_step(told)))
                number, scene = self._feed.latest
                now = time.monotonic()
                if number != sent or now - sent_s >= _HEARTBEAT_S:
                    sent, sent_s = number, now
                    yield event("state", payload.state(number, scene, self._feed))
                await self._wait(STATE_EVERY_S)

    def _is_step(self, alert: Alert) -> bool:
        if alert.phase is AlertPhase.END:
            self._told.pop(alert.id, None)
            return False
        before = self._told.get(alert.id)
        self._told[alert.id] = now = (alert.kind, alert.level)
        return now != before

    def _on_alert(self, alert: Alert) -> None:
        self._alerts.append(alert)
        try:
            self._loop.call_soon_threadsafe(self._news.set)
        except RuntimeError:  # the loop has just closed: nobody is left to tell
            return

    async def _wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._news.wait(), seconds)
        except TimeoutError:
            return
        self._news.clear()


def alert(value: Alert, feed: SceneFeed, *, step: bool = True) -> dict[str, Any]:
    """An alert as the page announces it. ``step``: it is new, or has changed kind or level."""
    return {
        "id": value.id,
        "kind": str(value.kind),
        "headline": headline(value.kind),
        "level": int(value.level),
        "phase": str(value.phase),
        "step": step,
        "family": str(FACTS[value.kind].family),
        "silent": FACTS[value.kind].silent,
        "reason": value.reason,
        "wall_s": round(feed.wall_s(value.t_s), 3),
    }


def event(name: str, data: dict[str, Any]) -> str:
    """One server-sent event."""
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"
