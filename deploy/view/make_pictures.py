"""Makes the README's pictures from real runs of the demo clip: live page, overlay, report.

make pictures     (needs Chromium, ChromeDriver and the packages of the test extra)
"""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from edge_pose.capture import open_source
from edge_pose.clock import SystemClock
from edge_pose.config.capture import CaptureConfig
from edge_pose.config.root import Config
from edge_pose.config.view import OverlayConfig
from edge_pose.pipeline import Pipeline
from edge_pose.values import Health, Scene
from edge_pose.view.drawing.overlay import Overlay
from edge_pose.view.screen import scaling as fitting

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SIZE = (640, 480)
MOMENTS = {"attentive": 6.5, "glance": 15.0, "private": 15.4, "microsleep": 36.8}
"""Seconds of the demo clip."""


def overlays() -> None:
    """Four moments of the clip as the overlay shows them, one of them private, on one sheet."""
    config = Config()
    health = Health(fps=30.0, frame_age_ms=35.0)
    looks = {
        name: Overlay(OverlayConfig(palette="night" if name == "microsleep" else "day"))
        for name in MOMENTS
    }
    looks["private"] = Overlay(OverlayConfig(palette="day", privacy=True))
    pictures = []
    pipeline = Pipeline(config)
    source = open_source(CaptureConfig(source="demo:", fast=True), SystemClock())
    with source:
        waiting = list(MOMENTS.items())
        while waiting and (frame := source.read()) is not None:
            result = pipeline.step(frame)
            name, moment_s = waiting[0]
            if frame.t < moment_s:
                continue
            waiting.pop(0)
            scene = Scene(
                frame=replace(frame, image=np.ascontiguousarray(frame.image)),
                observation=result.observation,
                state=result.state,
                health=health,
            )
            pictures.append(looks[name].draw(fitting.scaled(scene, SIZE)))
    pipeline.close()
    sheet = np.vstack([np.hstack(pictures[:2]), np.hstack(pictures[2:])])
    _save(np.asarray(sheet, np.uint8), "overlay")


def page(driver: Any) -> None:
    """The live page while the demo's driver looks away."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [sys.executable, "-m", "edge_pose", "demo", "--set", f"web.port={port}"]
    program = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _until(lambda: _answers(port))
        driver.get(f"http://127.0.0.1:{port}/")
        words = "return document.getElementById('headline')?.textContent ?? ''"
        _until(lambda: "Eyes on the road" in driver.execute_script(words))
        time.sleep(0.4)
        _screenshot(driver, "page")
    finally:
        program.terminate()
        program.wait(10)


def report(driver: Any) -> None:
    """The report of a replay of the demo clip."""
    with tempfile.TemporaryDirectory() as folder:
        clip = ROOT / "edge_pose" / "demo" / "demo.mp4"
        command = [sys.executable, "-m", "edge_pose", "replay", str(clip)]
        subprocess.run([*command, "--out", folder, "--report"], cwd=ROOT, check=True)
        driver.get(f"file://{folder}/report.html")
        _until(lambda: driver.execute_script("return document.readyState === 'complete'"))
        _screenshot(driver, "report")


def _screenshot(driver: Any, name: str) -> None:
    shot = np.frombuffer(driver.get_screenshot_as_png(), np.uint8)
    picture = cv2.imdecode(shot, cv2.IMREAD_COLOR)
    assert picture is not None
    _save(np.asarray(picture, np.uint8), name)


def _save(picture: np.ndarray, name: str) -> None:
    path = DOCS / f"{name}.png"
    cv2.imwrite(str(path), picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KiB")


def _answers(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


def _until(condition: Callable[[], bool], timeout_s: float = 60.0) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            sys.exit("make_pictures: what it waited for did not come")
        time.sleep(0.1)


def _chromium() -> Any:
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    options.page_load_strategy = "none"
    for flag in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
        "--disable-background-networking", "--window-size=1200,920",
    ):  # fmt: skip
        options.add_argument(flag)
    return webdriver.Chrome(
        options=options, service=webdriver.ChromeService("/usr/bin/chromedriver")
    )


def main() -> None:
    DOCS.mkdir(exist_ok=True)
    overlays()
    driver = _chromium()
    try:
        report(driver)
        page(driver)
    finally:
        driver.quit()


if __name__ == "__main__":
    main()
