"""What a replay leaves behind, opened in a browser: the report and the overlay video."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Browser

from edge_pose.config.view import OverlayConfig
from edge_pose.tables import EventsWriter, TraceWriter
from edge_pose.testing.scenes import episode, scene
from edge_pose.view.overlay_video import Film
from edge_pose.view.report import write_report

pytestmark = pytest.mark.browser


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """Half a minute in which the driver looks 40° aside from 10 s to 14 s."""
    with TraceWriter(tmp_path / "trace.csv") as trace:
        for i in range(300):
            away = 100 <= i < 140
            made = scene((160, 120), t_s=i / 10, index=i, yaw_deg=40.0 if away else -4.0)
            trace.write(made.observation, made.state)
    with EventsWriter(tmp_path / "events.jsonl") as events:
        events.write(episode(began_s=10.0, t_s=13.0))
    write_report("drive", tmp_path / "trace.csv", tmp_path / "events.jsonl", tmp_path / "r.html")
    return tmp_path / "r.html"


def test_the_report_zooms_and_tells_values_offline(browser: Browser, report: Path) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By

    browser.driver.get(report.as_uri())
    browser.until(lambda: browser.run("return window.report && report.plots().length") == 4)
    axis = "const x = report.plots()[0].scales.x; return [x.min, x.max]"
    assert browser.run(axis) == [0, 29.9]
    plot = browser.driver.find_elements(By.CSS_SELECTOR, ".u-over")[1]
    wide = plot.size["width"]
    pointer = ActionChains(browser.driver)
    pointer.move_to_element_with_offset(plot, -round(wide * (0.5 - 12 / 29.9)), 0).perform()
    yaw = "return document.querySelectorAll('[data-chart=\"1\"] .u-value')[1].textContent"
    browser.until(lambda: browser.run(yaw) == "40°")
    pointer.drag_and_drop_by_offset(plot, wide // 4, 0).perform()
    browser.until(lambda: 14 < browser.run(axis)[0] < 16 and browser.run(axis)[1] < 24)
    pointer.double_click(plot).perform()
    browser.until(lambda: browser.run(axis) == [0, 29.9])
    browser.metrics(390, 800, phone=True)
    browser.until(lambda: browser.run("return document.documentElement.scrollWidth") <= 390)
    assert browser.complaints() == []


def test_the_overlay_video_plays_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    with Film(tmp_path / "overlay", 15.0, OverlayConfig()) as film:
        for i in range(15):
            film.write(scene((320, 240), t_s=i / 15, index=i))
    assert film.path is not None
    (tmp_path / "page.html").write_text(f"<video id=v muted src={film.path.name}></video>")
    browser.driver.get((tmp_path / "page.html").as_uri())
    size = "return document.getElementById('v')?.videoWidth"
    browser.until(lambda: browser.run(size) == 320)
    browser.run("document.getElementById('v').play()")
    browser.until(lambda: browser.run("return document.getElementById('v').currentTime") > 0.5)
