"""The car's monitor: which driver, where a touch lies, and what really is on the screen."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_pose.config.view import OverlayConfig, ScreenConfig
from edge_pose.controls import Controls
from edge_pose.errors import SinkError
from edge_pose.testing.clock import FakeClock
from edge_pose.testing.scenes import episode, scene
from edge_pose.values import Command, Health
from edge_pose.view.drawing.layout import Layout
from edge_pose.view.drawing.overlay import Overlay
from edge_pose.view.feed import SceneFeed
from edge_pose.view.screen import scaling as fitting
from edge_pose.view.screen.sdl_driver import choose_driver
from edge_pose.view.screen.touch import Action, Keys, touched
from edge_pose.view.screen.window import Screen

pygame = pytest.importorskip("pygame", reason="needs pygame-ce: pip install 'edge-pose[screen]'")


class Once(FakeClock):
    """A clock whose second wait ends the run: one picture, one look at the events after it."""

    def __init__(self, stop: Event, pictures: int = 1) -> None:
        super().__init__(100.0)
        self._stop, self._left = stop, pictures

    def wait(self, event: Event, timeout_s: float) -> bool:
        self._left -= 1
        if self._left <= 0:
            self._stop.set()
        return super().wait(event, timeout_s)


class Rig:
    """An open screen that shows a given number of pictures when told to."""

    def __init__(self, driver: str = "dummy", look: OverlayConfig | None = None, **config: object):
        self.stop = Event()
        self.clock = Once(self.stop)
        self.feed, self.controls = SceneFeed(self.clock), Controls()
        settings = {"driver": driver, "fullscreen": False, "width": 640, "height": 480, **config}
        self.screen = Screen(
            ScreenConfig.model_validate(settings),
            self.feed,
            self.controls,
            overlay=look or OverlayConfig(palette="day"),
            clock=self.clock,
        )
        self.screen.open()

    def show(self) -> np.ndarray:
        """Run for one picture; what is on the screen then: BGR, (height, width, 3)."""
        self.stop.clear()
        self.screen.run(self.stop)
        shot = pygame.surfarray.array3d(pygame.display.get_surface())
        return np.ascontiguousarray(shot.swapaxes(0, 1)[:, :, ::-1])

    def press(self, key: int) -> tuple[Command, ...]:
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key))
        self.show()
        return self.controls.take()

    def touch(self, x: float, y: float) -> tuple[Command, ...]:
        pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=(x, y), button=1))
        self.show()
        return self.controls.take()


@pytest.fixture
def no_driver(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a screen sets is undone."""
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    yield
    pygame.display.quit()


def plain(shot: np.ndarray, drawn: np.ndarray) -> float:
    return float(np.abs(shot.astype(int) - drawn.astype(int)).mean())


# ---- driver -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "card", "expected"),
    [
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, True, "wayland"),
        ({"DISPLAY": ":0"}, True, "x11"),
        ({}, True, "kmsdrm"),
        ({"WAYLAND_DISPLAY": "", "DISPLAY": ""}, True, "kmsdrm"),
        ({"SDL_VIDEODRIVER": "offscreen", "DISPLAY": ":0"}, True, "offscreen"),
    ],
)
def test_auto_takes_the_desktop_that_runs_or_the_bare_card(
    tmp_path: Path, environment: dict[str, str], card: bool, expected: str
) -> None:
    if card:
        (tmp_path / "card0").touch()
    driver, why = choose_driver("auto", environment, str(tmp_path))
    assert driver == expected
    assert why


def test_without_a_screen_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match=r"screen\.enabled = false"):
        choose_driver("auto", {}, str(tmp_path / "none"))
    assert choose_driver("kmsdrm", {}, str(tmp_path))[0] == "kmsdrm"


@pytest.mark.usefixtures("no_driver")
def test_a_driver_that_fails_is_a_sink_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":987")
    with pytest.raises(SinkError, match=r"x11 failed .* DISPLAY"):
        Rig("x11")


@pytest.mark.skipif(any(Path("/dev/dri").glob("card*")), reason="there is a DRM device to take")
@pytest.mark.usefixtures("no_driver")
def test_without_a_card_kmsdrm_says_what_it_needs() -> None:
    with pytest.raises(SinkError, match=r"kmsdrm failed .* /dev/dri/card"):
        Rig("kmsdrm")


# ---- picture ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_driver")
@pytest.mark.parametrize("driver", ["dummy", "offscreen"])
def test_the_screen_shows_the_overlay_mirrored(driver: str) -> None:
    rig = Rig(driver)
    rig.feed.scene(scene(episodes=(episode(),), level=2))
    shot = rig.show()
    look = OverlayConfig(palette="day", mirrored=True)
    drawn = Overlay(look).draw(scene(episodes=(episode(),), level=2))
    assert plain(shot, drawn) < 0.5
    assert rig.screen.driver == driver
    rig.screen.close()
    rig.screen.close()


@pytest.mark.usefixtures("no_driver")
@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_turned_screen_shows_the_same_picture_turned(rotate: int) -> None:
    size = {"width": 480, "height": 640} if rotate != 180 else {}
    rig = Rig(rotate=rotate, **size)
    rig.feed.scene(scene())
    drawn = Overlay(OverlayConfig(palette="day", mirrored=True)).draw(scene())
    turned = np.rot90(drawn, k=-rotate // 90)
    assert plain(rig.show(), turned) < 0.5


@pytest.mark.usefixtures("no_driver")
def test_a_wider_screen_keeps_the_pictures_shape() -> None:
    rig = Rig(width=800, height=480)
    rig.feed.scene(scene())
    shot = rig.show()
    assert shot[:, :80].max() == 0
    assert shot[:, 720:].max() == 0
    assert shot[240, 400].max() > 0


@pytest.mark.usefixtures("no_driver")
def test_before_the_first_and_after_the_last_picture_it_says_so() -> None:
    rig = Rig()
    waiting = rig.show()
    rig.feed.scene(scene())
    live = rig.show()
    rig.clock.advance(30.0)
    stalled = rig.show()
    assert waiting.std() > 5
    assert stalled.mean() < 0.6 * live.mean()


# ---- keys and touch ---------------------------------------------------------------------------


@pytest.mark.usefixtures("no_driver")
def test_keys_send_commands() -> None:
    rig = Rig()
    rig.feed.scene(scene())
    assert rig.press(pygame.K_a) == (Command.ACKNOWLEDGE,)
    assert rig.press(pygame.K_SPACE) == (Command.ACKNOWLEDGE,)
    assert rig.press(pygame.K_r) == (Command.RECALIBRATE,)
    assert rig.press(pygame.K_m) == (Command.MUTE,)
    rig.feed.scene(scene(health=Health(muted=True)))
    assert rig.press(pygame.K_m) == (Command.UNMUTE,)
    assert rig.press(pygame.K_x) == ()


@pytest.mark.usefixtures("no_driver")
def test_privacy_toggles_and_hides_the_picture() -> None:
    rig = Rig()
    rig.feed.scene(scene())
    before = rig.show()
    assert rig.press(pygame.K_p) == ()
    assert rig.screen.private
    assert plain(rig.show(), before) > 10
    rig.press(pygame.K_p)
    assert plain(rig.show(), before) < 0.5


@pytest.mark.usefixtures("no_driver")
def test_a_touch_shows_the_keys_and_a_second_one_presses_them() -> None:
    rig = Rig()
    rig.feed.scene(scene())
    assert rig.touch(320, 200) == ()
    x, y, width, height = Keys(Layout(640, 480)).places()[Action.MUTE]
    assert rig.touch(x + width / 2, y + height / 2) == (Command.MUTE,)
    assert rig.touch(x + width / 2, y + height / 2) == ()


@pytest.mark.usefixtures("no_driver")
def test_while_an_alert_stands_any_touch_acknowledges() -> None:
    rig = Rig()
    rig.feed.scene(scene(episodes=(episode(),)))
    assert rig.touch(5, 5) == (Command.ACKNOWLEDGE,)


@pytest.mark.usefixtures("no_driver")
def test_closing_the_window_ends_the_view() -> None:
    rig = Rig()
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    rig.screen.run(rig.stop)
    assert not rig.stop.is_set()


@given(width=st.integers(8, 4000), height=st.integers(8, 4000))
def test_a_page_picture_keeps_its_shape_and_a_readable_size(width: int, height: int) -> None:
    seen = fitting.readable_size((width, height))
    assert seen[0] <= 960
    assert seen[1] <= 720
    assert seen[0] >= 639 or seen[1] >= 479
    assert seen[0] / seen[1] == pytest.approx(width / height, rel=1.2 / min(seen))


@given(x=st.integers(0, 799), y=st.integers(0, 479), rotate=st.sampled_from([0, 90, 180, 270]))
def test_a_touch_is_found_where_the_person_sees_it(x: int, y: int, rotate: int) -> None:
    room = fitting.upright_room((800, 480), rotate)
    upright = np.zeros((room[1], room[0], 3), np.uint8)
    screen_x, screen_y = x, y
    seen_x, seen_y = fitting.upright_point((screen_x + 0.5, screen_y + 0.5), (800, 480), rotate)
    upright[int(seen_y), int(seen_x)] = 255
    assert fitting.mounted(upright, rotate)[screen_y, screen_x].max() == 255


@pytest.mark.parametrize("size", [(320, 240), (640, 480), (1280, 720)])
def test_touch_keys_are_large_and_apart(size: tuple[int, int]) -> None:
    layout = Layout(*size)
    places = list(Keys(layout).places().values())
    for x, y, width, height in places:
        assert width >= size[0] * 0.25
        assert height >= size[1] * 0.2
        assert layout.stage[1] <= y
        assert y + height <= layout.stage[1] + layout.stage[3]
        assert x + width <= size[0]
    middles = [(x + w / 2, y + h / 2) for x, y, w, h in places]
    assert len({Keys(layout).at(m) for m in middles}) == 4
    assert touched((-5, -5), layout, keys_shown=True, alert_open=False) is None


@pytest.mark.xvfb
@pytest.mark.usefixtures("no_driver")
def test_a_real_x11_window_shows_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Under Xvfb, read back from the X server itself, not from SDL."""
    read_end, write_end = os.pipe()
    xvfb = shutil.which("Xvfb")
    assert xvfb is not None
    server = subprocess.Popen(
        [xvfb, "-displayfd", str(write_end), "-screen", "0", "800x480x24",
         "-fbdir", str(tmp_path), "-nolisten", "tcp"],
        pass_fds=[write_end],
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write_end)
    try:
        with os.fdopen(read_end) as pipe:
            monkeypatch.setenv("DISPLAY", f":{pipe.readline().strip()}")
        rig = Rig("x11", fullscreen=True)
        rig.clock._left = 2
        rig.feed.scene(scene())
        rig.show()
        frame = _framebuffer(tmp_path / "Xvfb_screen0")
        drawn = Overlay(OverlayConfig(palette="day", mirrored=True)).draw(scene())
        assert plain(frame[:, 80:720], drawn) < 1.0
        rig.screen.close()
    finally:
        server.terminate()
        server.wait(5)


def _framebuffer(path: Path) -> np.ndarray:
    """The screen out of an XWD dump: BGR."""
    raw = path.read_bytes()
    header = np.frombuffer(raw[:100], ">u4")
    size, width, height, stride, colours = (int(header[i]) for i in (0, 4, 5, 12, 19))
    start = size + 12 * colours
    pixels = np.frombuffer(raw, np.uint8, height * stride, start).reshape(height, stride // 4, 4)
    return pixels[:, :width, :3].copy()


@pytest.mark.weston
@pytest.mark.usefixtures("no_driver")
def test_a_real_wayland_compositor_shows_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Under Weston's headless backend, read back from the compositor, not from SDL."""
    with _weston(monkeypatch, tmp_path):
        rig = Rig("auto", fullscreen=True)
        assert rig.screen.driver == "wayland"
        rig.feed.scene(scene())
        drawn = Overlay(OverlayConfig(palette="day", mirrored=True)).draw(scene())
        expected = np.zeros((480, 800, 3), np.uint8)
        expected[:, 80:720] = drawn
        assert min(plain(shot, expected) for shot in _shots(rig, tmp_path)) < 1.0
        rig.screen.close()


@contextmanager
def _weston(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[None]:
    """A compositor of one 800x480 output whose pictures may be read back."""
    folder.chmod(0o700)  # what XDG_RUNTIME_DIR must be
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    monkeypatch.setenv("WAYLAND_DISPLAY", "edge-pose")
    monkeypatch.delenv("SDL_VIDEODRIVER")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
        ready.bind(str(folder / "ready"))
        ready.settimeout(30)
        monkeypatch.setenv("NOTIFY_SOCKET", str(folder / "ready"))
        compositor = subprocess.Popen(
            ["weston", "--backend=headless-backend.so", "--use-gl",
             "--modules=systemd-notify.so", "--socket=edge-pose", "--width=800", "--height=480",
             "--idle-time=0", "--debug"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            assert b"READY=1" in ready.recv(4096)
            yield
        finally:
            compositor.terminate()
            compositor.wait(5)


def _shots(rig: Rig, folder: Path) -> Iterator[np.ndarray]:
    """What the compositor shows, up to a likeness: it repaints at its own pace."""
    for _ in range(20):
        drawn = rig.show()
        subprocess.run(["weston-screenshooter"], cwd=folder, check=True, timeout=30)
        (path,) = folder.glob("wayland-screenshot-*.png")
        shot = cv2.imread(str(path))
        path.unlink()
        assert shot is not None
        yield np.asarray(shot)
        if plain(shot, drawn) < 1.0:
            return
