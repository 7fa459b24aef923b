"""Page and screen of a run, as the config wants them.

What draws and serves them is imported only where one is on: 8 MB that a board without them saves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from edge_pose.capture.field_of_view import LensInUse
from edge_pose.clock import Clock
from edge_pose.config.root import Config
from edge_pose.controls import Controls
from edge_pose.live.stages import ViewStage
from edge_pose.runtime.stage import Stage
from edge_pose.view.feed import SceneFeed

if TYPE_CHECKING:
    from edge_pose.view.web.probe_pages import Probes


def view_stages(
    config: Config,
    feed: SceneFeed,
    controls: Controls,
    *,
    clock: Clock,
    lens: LensInUse,
    probes: Callable[[Sequence[Stage]], Probes],
) -> list[Stage]:
    """One stage for each view that is enabled. ``probes``: makes what the page's machine-read
    addresses ask, of the other views among the rest; called only for a page."""
    views: list[Stage] = []
    if config.screen.enabled:
        views.append(_screen(config, feed, controls, clock))
    if config.web.enabled:
        asked = probes(tuple(views))
        views.append(_page(config, feed, controls, clock=clock, lens=lens, probes=asked))
    return views


def _page(
    config: Config,
    feed: SceneFeed,
    controls: Controls,
    *,
    clock: Clock,
    lens: LensInUse,
    probes: Probes,
) -> ViewStage:
    from edge_pose.live.past_events import StoredEpisodes
    from edge_pose.view.web.server import WebServer

    stored = StoredEpisodes(config.runtime.state_path, clock)
    page = WebServer(
        config.web,
        feed,
        controls,
        overlay=config.overlay,
        history=stored if config.store.enabled else None,
        settings=config,
        notes={"camera.hfov_deg": f"in use: {lens.words}", **retention(config)},
        probes=probes,
    )
    return ViewStage("web", page, clock=clock)


def _screen(config: Config, feed: SceneFeed, controls: Controls, clock: Clock) -> ViewStage:
    from edge_pose.view.screen.window import Screen

    screen = Screen(config.screen, feed, controls, overlay=config.overlay)
    return ViewStage("screen", screen, clock=clock, for_driver=True)


def retention(config: Config) -> dict[str, str]:
    """How long what is kept of the driver stays, in words, by the setting that decides it."""
    store, clips = config.store, config.clips
    oldest = "then, or beyond {0} MB, the oldest go; edge-pose events erase deletes at once"
    return {
        "store.days": oldest.format(store.max_mb) if store.enabled else "no events are kept",
        "clips.days": oldest.format(clips.max_mb) if clips.enabled else "no pictures are kept",
    }
