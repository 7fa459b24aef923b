"""A new release proves itself on the board, or the old one comes back."""

from __future__ import annotations

import threading
from collections.abc import Callable

from edge_pose.clock import Clock
from edge_pose.errors import EdgePoseError
from edge_pose.update.board import Board
from edge_pose.update.parcel import Parcel

Say = Callable[[str], None]

_LOOK_EVERY_S = 1.0


class UpdateRefused(EdgePoseError):
    """The new release did not prove itself, or could not; what ran before is in place."""


def update(board: Board, parcel: Parcel, clock: Clock, *, healthy_s: float, say: Say) -> str:
    """Install ``parcel`` beside the running release, start it, and keep it once it has been ready
    and running for ``healthy_s``. Returns its name. Raises UpdateRefused after going back, and at
    once where nothing could be tried."""
    if board.service().stopped:
        raise UpdateRefused(
            "edge-pose.service is stopped, so nothing can be tried: sudo systemctl start edge-pose,"
            " or install without a trial (apt install FILE.deb, or install.sh)"
        )
    say("setting the new release up beside the old one; monitoring goes on")
    name, saw = board.build(parcel.payload), board.service().sees
    board.put_on_trial(name)
    say(f"starting {name}")
    trouble = _trouble(board, clock, healthy_s, say, saw)
    if trouble:
        board.back()
        again = "runs again" if board.restart() else "is back, but is not ready: edge-pose doctor"
        raise UpdateRefused(f"{name} {trouble}; the old release {again}")
    board.keep()
    board.register(parcel.package)
    return name


def _trouble(board: Board, clock: Clock, healthy_s: float, say: Say, saw: bool) -> str:
    """Why the release on trial cannot stay; empty when it may. One that finds no camera gives way
    to one that ``saw``."""
    if not board.restart():
        return "did not become ready (journalctl -u edge-pose; is the camera there?)"
    say(f"it is ready; watching it for {healthy_s:.0f} s")
    first = board.service()
    never = threading.Event()
    end_s = clock.now() + healthy_s
    while clock.now() < end_s:
        clock.wait(never, _LOOK_EVERY_S)
        now = board.service()
        if not now.active or now.pid != first.pid:
            return "ended within its trial"
    return "finds no camera" if saw and not board.service().sees else ""
