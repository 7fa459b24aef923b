"""A real headless Chromium, a page driven by the real rules, and axe-core when it can be had."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from edge_pose.config.monitor import MonitorConfig
from edge_pose.controls import Controls
from edge_pose.monitor import Monitor
from edge_pose.runtime.stage import Stage
from edge_pose.testing.live_page import Rig, serving
from edge_pose.testing.scenes import scene
from edge_pose.values import Command, Health, NeutralPose, Scene
from edge_pose.view.feed import SceneFeed

AXE = "axe-core@4.10.3"
_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--window-size=1280,900",
)  # fmt: skip


class Browser:
    """What the tests do with Chromium."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, rig: Rig) -> None:
        self.driver.get(f"http://127.0.0.1:{rig.web.port}/")
        self.until(lambda: self.run("return document.readyState !== 'loading'"))

    def run(self, script: str, *arguments: object) -> Any:
        return self.driver.execute_script(script, *arguments)

    def text(self, name: str) -> str:
        return str(self.run("return document.getElementById(arguments[0])?.textContent", name))

    def link(self) -> str:
        return str(self.run("return document.getElementById('link')?.dataset.link"))

    def click(self, name: str) -> None:
        self.run("document.getElementById(arguments[0]).click()", name)

    def until(self, condition: Callable[[], object], timeout_s: float = 30.0) -> float:
        """Seconds until the condition held; fails past the timeout."""
        from selenium.webdriver.support.ui import WebDriverWait

        began = time.monotonic()
        WebDriverWait(self.driver, timeout_s, poll_frequency=0.03).until(lambda _: condition())
        return time.monotonic() - began

    def stamp(self, name: str, words: str) -> None:
        """From now on note when the element says the words (see ``stamped``)."""
        self.run(
            "const [name, words] = arguments, e = document.getElementById(name);"
            "const note = () => {"
            "  if (e.textContent.includes(words)) window.stamped ??= Date.now() / 1000;"
            "};"
            "const what = {childList: true, characterData: true, subtree: true};"
            "new MutationObserver(note).observe(e, what)",
            name,
            words,
        )

    def stamped(self) -> float | None:
        """Civil time of that, by the browser's clock."""
        return self.run("return window.stamped ?? null")  # type: ignore[no-any-return]

    def metrics(self, width: int, height: int, *, phone: bool) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def scheme(self, name: str) -> None:
        feature = {"name": "prefers-color-scheme", "value": name}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})

    def complaints(self) -> list[str]:
        """What the console has said since the last call."""
        return [str(entry["message"]) for entry in self.driver.get_log("browser")]

    def picture(self) -> int:
        """A number that changes when the shown picture does."""
        return int(
            self.run(
                "const i = document.getElementById('stream');"
                "if (!i || !i.naturalWidth) return 0;"
                "const c = document.createElement('canvas'); c.width = 64; c.height = 48;"
                "const p = c.getContext('2d'); p.drawImage(i, 0, 0, 64, 48);"
                "return p.getImageData(0, 0, 64, 48).data.reduce((a, v, k) => (a * 31 + v) % 1e9)"
            )
        )

    def shot(self, name: str) -> None:
        """Keep a screenshot where EDGE_POSE_SHOTS says."""
        if folder := os.environ.get("EDGE_POSE_SHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.driver.save_screenshot(str(Path(folder) / f"{name}.png"))


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    webdriver = pytest.importorskip("selenium.webdriver", reason="needs selenium: pip install")
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    options.page_load_strategy = "none"  # a page with a live picture never ends loading
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in (*_FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium: Any) -> Iterator[Browser]:
    """A window as new, at desktop size, in light colours."""
    made = Browser(chromium)
    made.complaints()
    yield made
    for extra in chromium.window_handles[1:]:
        chromium.switch_to.window(extra)
        chromium.close()
    chromium.switch_to.window(chromium.window_handles[0])
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    made.scheme("light")
    chromium.get("about:blank")


class Drive(Stage):
    """A made-up driver before the real rules, eight times as fast as life.

    ``yaw_deg``: where the head points from now on.
    """

    STEP_S = 0.2
    """Of the drive's own time, at each step."""
    EVERY_S = 0.025

    def __init__(self, feed: SceneFeed, controls: Controls) -> None:
        super().__init__("drive")
        self._feed, self._controls = feed, controls
        self._monitor = Monitor(
            MonitorConfig(),
            neutral=NeutralPose(yaw_deg=0.0, pitch_deg=0.0),
            acknowledgeable=True,
        )
        self._t_s, self._index, self._muted = 0.0, 0, False
        self.yaw_deg = 0.0
        self.done: list[Command] = []

    def step(self) -> None:
        self._t_s += self.STEP_S
        self._obey()
        made = self._scene()
        update = self._monitor.update(made.observation)
        self._feed.scene(
            Scene(
                frame=made.frame,
                observation=made.observation,
                state=update.state,
                health=Health(fps=30.0, frame_age_ms=30.0, muted=self._muted),
            )
        )
        for alert in update.alerts:
            self._feed.alert(alert)
        self._index += 1
        self.clock.wait(self.stopping, self.EVERY_S)

    def _obey(self) -> None:
        for command in self._controls.take():
            self.done.append(command)
            if command in (Command.MUTE, Command.UNMUTE):
                self._muted = command is Command.MUTE
            else:
                for alert in self._monitor.command(command, self._t_s):
                    self._feed.alert(alert)

    def _scene(self) -> Scene:
        sway = 1.5 if self._index // 4 % 2 else -1.5
        return scene(t_s=self._t_s, index=self._index, yaw_deg=self.yaw_deg + sway)


@pytest.fixture
def drive() -> Iterator[tuple[Rig, Drive]]:
    """A served page with a driver in front of the camera."""
    with serving(fps_max=20) as rig:
        stage = Drive(rig.feed, rig.controls)
        stage.start()
        try:
            yield rig, stage
        finally:
            stage.stop()
            assert stage.join(2.0)
            assert stage.error is None


@pytest.fixture(scope="session")
def axe_source(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The accessibility checker's script: from EDGE_POSE_AXE, or fetched from the npm registry."""
    given = os.environ.get("EDGE_POSE_AXE")
    if given:
        return Path(given).read_text(encoding="utf-8")
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs axe-core: apt-get install npm, or name its axe.min.js in EDGE_POSE_AXE")
    folder = tmp_path_factory.mktemp("axe")
    try:
        subprocess.run(
            [npm, "pack", AXE, "--silent"], cwd=folder, check=True, capture_output=True, timeout=60
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip(f"needs {AXE} from the npm registry, or its axe.min.js in EDGE_POSE_AXE")
    (packed,) = folder.glob("*.tgz")
    with tarfile.open(packed) as archive:
        member = archive.extractfile("package/axe.min.js")
        assert member is not None
        return member.read().decode("utf-8")


@pytest.fixture
def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
