"""The car's monitor: the overlay on a screen through SDL, with keys and touch."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING

import numpy as np

from edge_pose.clock import Clock, SystemClock
from edge_pose.config.view import OverlayConfig, ScreenConfig
from edge_pose.controls import Controls
from edge_pose.errors import SinkError
from edge_pose.values import Command, Scene
from edge_pose.view.drawing.brush import Canvas
from edge_pose.view.drawing.layout import Layout
from edge_pose.view.drawing.overlay import Overlay
from edge_pose.view.feed import SceneFeed
from edge_pose.view.screen import scaling as fitting
from edge_pose.view.screen.placard import draw_placard
from edge_pose.view.screen.sdl_driver import NEEDS, choose_driver
from edge_pose.view.screen.touch import Action, Keys, touched

if TYPE_CHECKING:
    import pygame

log = logging.getLogger(__name__)

_KEYS_S = 5.0
"""How long the touch keys stay."""
_STALE_S = 2.0
_LONGEST_PX = 1280
"""Larger screens show an enlarged picture: drawing more pixels costs a small board too much."""
_COMMANDS = {
    Action.ACKNOWLEDGE: Command.ACKNOWLEDGE,
    Action.RECALIBRATE: Command.RECALIBRATE,
}
_LETTERS = {
    "a": Action.ACKNOWLEDGE,
    "return": Action.ACKNOWLEDGE,
    "space": Action.ACKNOWLEDGE,
    "m": Action.MUTE,
    "r": Action.RECALIBRATE,
    "p": Action.PRIVACY,
}


class Screen:
    """``open`` takes the display, ``run`` shows scenes until told to stop, ``close`` frees it.

    All three belong in one thread. A closed window ends ``run``.
    """

    def __init__(
        self,
        config: ScreenConfig,
        feed: SceneFeed,
        controls: Controls,
        *,
        overlay: OverlayConfig | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._config = config
        self._feed = feed
        self._controls = controls
        self._clock: Clock = clock or SystemClock()
        look = overlay or OverlayConfig()
        mirrored = look.mirrored or config.mirrored
        self._look = look.model_copy(
            update={"mirrored": mirrored, "privacy": look.privacy or config.privacy}
        )
        self._overlay = Overlay(self._look)
        self._window: pygame.Surface | None = None
        self._keys_until_s = float("-inf")
        self.driver = ""
        self.shown = 0
        """How many pictures were drawn."""

    @property
    def private(self) -> bool:
        """True while the camera picture is left out."""
        return self._look.privacy

    def open(self) -> None:
        """Take the display; SinkError says what is missing."""
        os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
        try:
            import pygame
        except ImportError as error:
            raise SinkError(
                "screen: pygame-ce is not installed; pip install 'edge-pose[screen]'"
            ) from error
        self.driver, why = choose_driver(self._config.driver, os.environ)
        os.environ["SDL_VIDEODRIVER"] = self.driver
        try:
            pygame.display.init()
            self._window = self._take_window()
        except pygame.error as error:
            self.close()
            needs = NEEDS.get(self.driver, "set another screen.driver")
            raise SinkError(
                f"screen: SDL driver {self.driver} failed ({error}); {needs}"
            ) from error
        pygame.display.set_caption("edge_pose")
        pygame.mouse.set_visible(not self._config.fullscreen)
        log.info("screen: %s (%s), %d×%d", self.driver, why, *self._window.get_size())

    def run(self, stop: Event, beat: Callable[[], object] = lambda: None) -> None:
        """Show each new scene, at most ``fps_max`` a second, until stopped or closed. ``beat`` is
        called after each."""
        number, every_s = 0, 1.0 / self._config.fps_max
        with self._feed.watching():
            while not stop.is_set():
                if not self._attend():
                    return
                due_s = self._clock.now() + every_s
                number, scene = self._feed.wait(number, 0.2)
                self._show(scene)
                beat()
                self._clock.wait(stop, due_s - self._clock.now())

    def close(self) -> None:
        """Free the display; idempotent."""
        import pygame

        self._window = None
        pygame.display.quit()

    def act(self, action: Action) -> None:
        """Do what a key or touch asks."""
        log.debug("screen: %s", action)
        if action is Action.SHOW_KEYS:
            self._keys_until_s = self._clock.now() + _KEYS_S
            return
        self._keys_until_s = float("-inf")
        if action is Action.PRIVACY:
            self._look = self._look.model_copy(update={"privacy": not self._look.privacy})
            self._controls.private = self._look.privacy
            self._overlay = Overlay(self._look)
        elif action is Action.MUTE:
            self._controls.send(Command.UNMUTE if self._muted else Command.MUTE)
        else:
            self._controls.send(_COMMANDS[action])

    @property
    def _muted(self) -> bool:
        scene = self._feed.latest[1]
        return scene is not None and scene.health.muted

    def _take_window(self) -> pygame.Surface:
        import pygame

        if self._config.fullscreen:
            return pygame.display.set_mode((0, 0), pygame.FULLSCREEN)
        return pygame.display.set_mode((self._config.width, self._config.height))

    def _attend(self) -> bool:
        """Obey keys and touches; False when the window was closed."""
        import pygame

        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                return False
            if event.type == pygame.KEYDOWN:
                action = _LETTERS.get(pygame.key.name(event.key))
            elif event.type == pygame.MOUSEBUTTONDOWN:  # SDL sends one for each touch as well
                action = self._touch(event.pos)
            else:
                continue
            if action is not None:
                self.act(action)
        return True

    def _touch(self, point: tuple[float, float]) -> Action | None:
        assert self._window is not None
        screen, rotate = self._window.get_size(), self._config.rotate
        x, y = fitting.upright_point(point, screen, rotate)
        scene = self._feed.latest[1]
        room = fitting.upright_room(screen, rotate)
        size = fitting.fitted_size(scene.frame.size, room) if scene else room
        inside = (x - (room[0] - size[0]) / 2, y - (room[1] - size[1]) / 2)
        return touched(
            inside,
            Layout(*size),
            keys_shown=self._keys_shown,
            alert_open=scene is not None and bool(scene.state.episodes),
        )

    @property
    def _keys_shown(self) -> bool:
        return self._clock.now() < self._keys_until_s

    def _show(self, scene: Scene | None) -> None:
        import pygame

        assert self._window is not None
        screen = self._window.get_size()
        room = fitting.upright_room(screen, self._config.rotate)
        picture = fitting.mounted(self._picture(scene, room), self._config.rotate)
        height, width = picture.shape[:2]
        surface = pygame.image.frombuffer(picture.tobytes(), (width, height), "BGR")
        size = fitting.fitted_size((width, height), screen)
        if size != (width, height):
            surface = pygame.transform.smoothscale(surface.convert(self._window), size)
        self._window.fill((0, 0, 0))
        self._window.blit(surface, ((screen[0] - size[0]) // 2, (screen[1] - size[1]) // 2))
        pygame.display.flip()
        self.shown += 1

    def _picture(self, scene: Scene | None, room: fitting.Size) -> Canvas:
        """The finished picture, upright, no larger than is cheap to draw."""
        scale = min(1.0, _LONGEST_PX / max(room))
        room = (max(1, round(room[0] * scale)), max(1, round(room[1] * scale)))
        if scene is None:
            blank = np.zeros((room[1], room[0], 3), np.uint8)
            draw_placard(blank, "Waiting for the camera", "Monitoring has not begun")
            return blank
        size = fitting.fitted_size(scene.frame.size, room)
        canvas = self._overlay.draw(fitting.scaled(scene, size), notice=self._feed.notice)
        age = self._feed.age_s
        if age is not None and age > _STALE_S:
            draw_placard(canvas, "Monitoring stands still", f"No new picture for {age:.0f} s")
        elif self._keys_shown:
            keys = Keys(Layout(*size))
            keys.draw(canvas, self._overlay.palette, muted=scene.health.muted, private=self.private)
        return canvas
