"""Page and screen of a run, as the config wants them."""

from __future__ import annotations

from edge_pose.capture.field_of_view import LensInUse
from edge_pose.clock import Clock
from edge_pose.config.root import Config
from edge_pose.controls import Controls
from edge_pose.live.past_events import StoredEpisodes
from edge_pose.live.stages import ViewStage
from edge_pose.runtime.stage import Stage
from edge_pose.view.feed import SceneFeed
from edge_pose.view.screen.window import Screen
from edge_pose.view.web.probe_pages import Probes
from edge_pose.view.web.server import WebServer


def view_stages(
    config: Config,
    feed: SceneFeed,
    controls: Controls,
    *,
    clock: Clock,
    lens: LensInUse,
    probes: Probes,
) -> list[Stage]:
    """One stage for each view that is enabled."""
    views: list[Stage] = []
    if config.web.enabled:
        stored = StoredEpisodes(config.runtime.state_path, clock)
        web = WebServer(
            config.web,
            feed,
            controls,
            overlay=config.overlay,
            history=stored if config.store.enabled else None,
            settings=config,
            notes={"camera.hfov_deg": f"in use: {lens.words}", **retention(config)},
            probes=probes,
        )
        views.append(ViewStage("web", web, clock=clock))
    if config.screen.enabled:
        screen = Screen(config.screen, feed, controls, overlay=config.overlay)
        views.append(ViewStage("screen", screen, clock=clock))
    return views


def retention(config: Config) -> dict[str, str]:
    """How long what is kept of the driver stays, in words, by the setting that decides it."""
    store, clips = config.store, config.clips
    oldest = "then, or beyond {0} MB, the oldest go; edge-pose events erase deletes at once"
    return {
        "store.days": oldest.format(store.max_mb) if store.enabled else "no events are kept",
        "clips.days": oldest.format(clips.max_mb) if clips.enabled else "no pictures are kept",
    }
