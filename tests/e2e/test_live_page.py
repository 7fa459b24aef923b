"""The live page in a real browser, driven by the real rules."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from conftest import Browser, Drive
from whole_program import Program

from edge_pose.calibration.guide import Guide
from edge_pose.capture import open_source
from edge_pose.clock import Clock, SystemClock
from edge_pose.config.capture import CaptureConfig
from edge_pose.config.root import Config
from edge_pose.live.app import App
from edge_pose.testing.live_page import Rig, serving
from edge_pose.testing.scenes import episode, scene
from edge_pose.values import Alert, AlertKind, AlertPhase, Command, Frame, Scene

pytestmark = pytest.mark.browser

Driving = tuple[Rig, Drive]


def rows(browser: Browser) -> list[str]:
    return list(
        browser.run("return [...document.querySelectorAll('#events tr')].map(r => r.innerText)")
    )


def test_it_loads_shows_moving_pictures_and_complains_of_nothing(
    browser: Browser, drive: Driving
) -> None:
    browser.open(drive[0])
    browser.until(lambda: browser.link() == "live")
    browser.until(lambda: browser.picture() != 0)
    first = browser.picture()
    browser.until(lambda: browser.picture() != first)
    browser.until(lambda: browser.text("headline") != "Connecting…")
    assert browser.text("yaw").endswith("°")
    assert browser.run("return document.title") == "edge_pose · live"
    browser.shot("desktop")
    browser.scheme("dark")
    browser.shot("desktop-dark")
    assert browser.complaints() == []


def test_an_alert_shows_within_a_second(browser: Browser, drive: Driving) -> None:
    rig, _ = drive
    browser.open(rig)
    browser.until(lambda: browser.link() == "live")
    browser.stamp("alarm", "Eyes on the road")
    raised_s = time.time()
    rig.feed.alert(episode())
    browser.until(lambda: browser.stamped() is not None)
    assert browser.stamped() - raised_s < 1.0
    browser.until(lambda: any("Looked away" in row for row in rows(browser)))


def test_acknowledge_clears_a_latched_alert(browser: Browser, drive: Driving) -> None:
    rig, driver = drive
    browser.open(rig)
    browser.until(lambda: browser.link() == "live")
    driver.yaw_deg = 50.0
    level = "return document.getElementById('notice').dataset.level"
    browser.until(lambda: browser.run(level) == "3")
    browser.shot("critical")
    driver.yaw_deg = 0.0
    browser.click("acknowledge")
    browser.until(lambda: browser.run(level) == "0")
    assert Command.ACKNOWLEDGE in driver.done


def test_recalibrate_starts_learning(browser: Browser, drive: Driving) -> None:
    rig, driver = drive
    browser.open(rig)
    browser.until(lambda: browser.link() == "live")
    assert browser.run("return document.getElementById('progress').hidden")
    browser.click("recalibrate")
    browser.until(lambda: not browser.run("return document.getElementById('progress').hidden"))
    assert driver.done == [Command.RECALIBRATE]


def test_mute_and_stop_turn_into_their_opposites(browser: Browser, drive: Driving) -> None:
    rig, driver = drive
    browser.open(rig)
    browser.until(lambda: browser.link() == "live")
    for button, one, other in (
        ("mute", "Mute sound", "Unmute sound"),
        ("enable", "Stop monitoring", "Start monitoring"),
    ):
        assert browser.text(button) == one
        browser.click(button)
        if button == "enable":
            assert browser.run("return document.getElementById('sure').open"), "it asks first"
            assert driver.done[-1] is not Command.DISABLE
            browser.click("sure-yes")
        browser.until(lambda b=button, o=other: browser.text(b) == o)
        browser.click(button)
        browser.until(lambda b=button, o=one: browser.text(b) == o)
    assert driver.done == [Command.MUTE, Command.UNMUTE, Command.DISABLE, Command.ENABLE]


def test_the_buttons_work_from_the_keyboard(browser: Browser, drive: Driving) -> None:
    from selenium.webdriver.common.keys import Keys

    rig, driver = drive
    browser.open(rig)
    browser.until(lambda: browser.link() == "live")
    focus = "return document.activeElement.id || document.activeElement.className"
    seen = []
    for _ in range(12):
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        seen.append(browser.run(focus))
        if seen[-1] == "mute":
            break
    assert seen[0] == "skip"
    assert seen[-2:] == ["acknowledge", "mute"]
    browser.driver.switch_to.active_element.send_keys(Keys.SPACE)
    browser.until(lambda: driver.done == [Command.MUTE])


@pytest.mark.parametrize("size", [(800, 480), (1024, 600), (390, 844)])
def test_a_critical_alert_fills_the_page_and_acknowledge_stays_in_view(
    browser: Browser, drive: Driving, size: tuple[int, int]
) -> None:
    """ISO 15008: capitals of 20 arc minutes at 80 cm, 34 px letters on a 7-inch 800x480 screen and
    44 px on one of 1024x600. Acknowledge is what lies on top at its own place."""
    rig, driver = drive
    browser.metrics(*size, phone=size[0] < 500)
    browser.open(rig)
    browser.until(lambda: browser.link() == "live")
    on_top = (
        "const b = document.getElementById('acknowledge').getBoundingClientRect();"
        "const e = document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2);"
        "return b.bottom <= innerHeight && e.id === 'acknowledge'"
    )
    assert browser.run(on_top)
    browser.run("scrollTo(0, 10000)")
    assert browser.run(on_top)
    driver.yaw_deg = 50.0
    level = "return document.getElementById('notice').dataset.level"
    browser.until(lambda: browser.run(level) == "3")
    assert browser.run(on_top)
    letters = browser.run(
        "return ['headline', 'advice'].map(name =>"
        " parseFloat(getComputedStyle(document.getElementById(name)).fontSize))"
    )
    assert min(letters) >= (44 if size[0] == 1024 else 34)
    filled = browser.run(
        "const n = document.getElementById('notice').getBoundingClientRect();"
        "return n.width * n.height / innerWidth / innerHeight"
    )
    assert filled > 0.8
    wide = browser.run("return document.documentElement.scrollWidth")
    assert wide <= size[0]
    browser.shot(f"critical-{size[0]}")


def test_a_click_lets_the_page_sound_and_that_is_remembered(
    browser: Browser, drive: Driving
) -> None:
    from selenium.webdriver.common.by import By

    rig, driver = drive
    browser.open(rig)
    browser.until(lambda: browser.link() == "live")
    browser.run("localStorage.clear()")
    browser.driver.find_element(By.ID, "tone").click()
    browser.until(lambda: browser.text("tone") == "Sound here: on")
    browser.open(rig)
    browser.until(lambda: browser.text("tone").startswith("Sound here: "))
    assert browser.run("return alarm.wanted")
    browser.driver.find_element(By.ID, "live-title").parent.find_element(By.ID, "headline").click()
    browser.until(lambda: browser.text("tone") == "Sound here: on")
    browser.run("alarm.tones = 0; const p = alarm.play.bind(alarm);"
                "alarm.play = (...a) => { alarm.tones += 1; p(...a); }")  # fmt: skip
    driver.yaw_deg = 50.0
    browser.until(lambda: browser.run("return alarm.tones") >= 2)
    browser.run("localStorage.clear()")


def test_charts_show_values_under_the_pointer_and_hide_a_curve(
    browser: Browser, drive: Driving
) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By

    rig, _ = drive
    browser.open(rig)
    browser.until(lambda: browser.link() == "live")
    browser.until(lambda: browser.run("return samples.length > 30"))
    plot = browser.driver.find_element(By.CSS_SELECTOR, "#angle-chart .u-over")
    wide = plot.size["width"]
    ActionChains(browser.driver).move_to_element_with_offset(plot, wide // 2 - 4, 0).perform()
    value = "return document.querySelectorAll('#angle-chart .u-value')[1].textContent"
    browser.until(lambda: browser.run(value).endswith("°"))
    browser.run(
        "document.querySelectorAll('#angle-chart .u-series')[1].querySelector('th').click()"
    )
    assert browser.run("return charts[1].plot.series[1].show") is False
    letters = browser.run(
        "return [...document.querySelectorAll('.u-legend th')]"
        ".map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(letters) >= 13


def test_a_reload_keeps_events_and_curves(browser: Browser, drive: Driving) -> None:
    rig, _ = drive
    browser.open(rig)
    browser.until(lambda: browser.link() == "live")
    rig.feed.alert(episode())
    rig.feed.alert(episode(phase=AlertPhase.END))
    browser.until(lambda: len(rows(browser)) == 1)
    before = rows(browser)
    browser.until(lambda: browser.run("return samples.length > 12"))
    browser.open(rig)
    browser.until(lambda: rows(browser) == before)
    assert browser.run("return samples.length") > 12


def test_a_dead_backend_is_shown_and_its_return_too(browser: Browser) -> None:
    with serving() as rig:
        port = rig.web.port
        rig.feed.scene(scene())
        browser.open(rig)
        browser.until(lambda: browser.link() == "live")
    browser.until(lambda: browser.link() == "lost")
    assert "do not rely on it" in browser.text("no-picture")
    assert browser.text("headline") == "Monitor not reachable"
    assert browser.text("yaw") == "–"
    browser.shot("dead")
    with serving(port=port) as rig:
        rig.feed.scene(scene())
        browser.until(lambda: browser.link() in ("live", "stale"))


def test_a_picture_that_stands_still_is_said_so(browser: Browser) -> None:
    with serving() as rig:
        rig.feed.scene(scene())
        browser.open(rig)
        browser.until(lambda: browser.link() == "stale")
        assert "No new picture" in browser.text("link-words")
        assert browser.text("headline") == "No new picture"
        assert browser.text("advice") == "You are not watched now."


def test_three_windows_at_once_share_the_encoding(browser: Browser, drive: Driving) -> None:
    rig, driver = drive
    handles = [browser.driver.current_window_handle]
    browser.open(rig)
    browser.until(lambda: rig.feed.viewers == 1)
    for _ in range(2):
        browser.driver.switch_to.new_window("window")
        handles.append(browser.driver.current_window_handle)
        browser.open(rig)
    for handle in handles:
        browser.driver.switch_to.window(handle)
        browser.until(lambda: browser.link() == "live" and browser.picture() != 0)
        browser.click("acknowledge")
    browser.until(lambda: driver.done == [Command.ACKNOWLEDGE] * 3)
    number, encoded = rig.feed.latest[0], rig.web.pictures.encoded
    browser.until(lambda: rig.feed.latest[0] >= number + 20)
    made, shown = rig.web.pictures.encoded - encoded, rig.feed.latest[0] - number
    assert 0 < made <= shown + 1


def test_nobody_looking_stops_the_pictures(browser: Browser, drive: Driving) -> None:
    rig, _ = drive
    browser.open(rig)
    browser.until(lambda: rig.feed.viewers == 1)
    browser.click("pause")
    browser.until(lambda: rig.feed.viewers == 0)
    encoded, number = rig.web.pictures.encoded, rig.feed.latest[0]
    browser.until(lambda: rig.feed.latest[0] > number + 10)
    assert rig.web.pictures.encoded == encoded
    assert browser.text("no-picture") == "Picture paused"
    browser.click("pause")
    browser.until(lambda: rig.feed.viewers == 1)


def test_the_calibration_guide_leads_and_judges(browser: Browser, drive: Driving) -> None:
    rig, _ = drive
    browser.open(rig)
    browser.until(lambda: browser.link() == "live")
    assert browser.run("return document.getElementById('guide').hidden")
    guide = Guide((640, 480))
    for i in range(20):
        rig.feed.guide = guide.update(scene(t_s=i / 20).observation)
    browser.until(lambda: "Look at the road ahead" in browser.text("headline"))
    assert browser.text("guide-step") == "Calibration, step 1 of 4"
    assert "Face size" in browser.text("guide-verdicts")
    browser.shot("guide")
    browser.run("document.getElementById('distance').value = '62.5'")
    browser.run("document.getElementById('distance-form').requestSubmit()")
    browser.until(lambda: rig.controls.distance_m == 0.625)
    browser.run("document.getElementById('distance').value = '6'")
    assert not browser.run("return document.getElementById('distance-form').checkValidity()")
    rig.feed.guide = None
    browser.until(lambda: browser.run("return document.getElementById('guide').hidden"))


@pytest.mark.parametrize("width", [320, 360, 390])
def test_a_phone_has_no_sideways_scroll(browser: Browser, drive: Driving, width: int) -> None:
    rig, _ = drive
    rig.feed.alert(episode(reason="a reason long enough to need more than one line on a phone"))
    browser.metrics(width, 800, phone=True)
    browser.open(rig)
    browser.until(lambda: browser.link() == "live" and len(rows(browser)) == 1)
    browser.run("document.getElementById('settings').open = true")
    wide = "return [document.documentElement.scrollWidth, document.body.scrollWidth]"
    assert max(browser.run(wide)) <= width
    assert "for=page" in browser.run("return document.getElementById('stream').src")
    small = browser.run(
        "return [...document.querySelectorAll('button')]"
        ".filter(b => b.offsetParent && b.getBoundingClientRect().height < 44).map(b => b.id)"
    )
    assert small == []
    stretched = browser.run(
        "return [...document.querySelectorAll('canvas')].filter(c => c.clientWidth &&"
        " Math.abs(c.width / c.height - c.clientWidth / c.clientHeight) > 0.05).map(c => c.id)"
    )
    assert stretched == []
    browser.shot(f"phone-{width}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_mend(
    browser: Browser, drive: Driving, axe_source: str, scheme: str
) -> None:
    rig, driver = drive
    browser.scheme(scheme)
    driver.yaw_deg = 40.0
    browser.open(rig)
    browser.until(lambda: browser.link() == "live" and len(rows(browser)) >= 1)
    browser.run("document.getElementById('settings').open = true")
    browser.run(axe_source)
    found = browser.driver.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run({iframes: false}).then(r => done(r.violations), e => done(String(e)));"
    )
    brief = [(v["id"], [n["html"][:90] for n in v["nodes"]][:4]) for v in found]
    assert brief == []


def test_the_login_form_lets_the_right_visitor_in(browser: Browser, axe_source: str) -> None:
    with serving(host="0.0.0.0", token="a-token-for-tests") as rig:
        rig.feed.scene(scene())
        browser.open(rig)
        browser.until(lambda: browser.run("return !!document.getElementById('token')"))
        browser.shot("login")
        browser.run(axe_source)
        found = browser.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run({iframes: false}).then(r => done(r.violations.map(v => v.id)));"
        )
        assert found == []
        field = browser.driver.find_element("id", "token")
        field.send_keys("a-token-for-tests")
        field.submit()
        browser.until(lambda: browser.link() in ("live", "stale"))


class FromSecond:
    """The demo clip from a given second on, at a camera's pace."""

    live = False

    def __init__(self, begin_s: float, clock: Clock) -> None:
        self._source = open_source(CaptureConfig(source="demo:", fast=True), clock)
        self._begin_s, self._clock, self._never = begin_s, clock, Event()
        self.name = self._source.name
        self.fps = self._source.fps
        self.frame_count = None

    def open(self) -> None:
        self._source.open()
        self._opened_s = self._clock.now()

    def read(self) -> Frame | None:
        while (frame := self._source.read()) is not None and frame.t < self._begin_s:
            pass
        if frame is None:
            return None
        due_s = self._opened_s + frame.t - self._begin_s
        self._clock.wait(self._never, due_s - self._clock.now())
        return replace(frame, t=due_s)

    def close(self) -> None:
        self._source.close()


class Witness:
    """An outlet that notes when the driver was first seen to look away."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.raised_s: float | None = None

    def scene(self, scene: Scene) -> None:
        """Scenes are the page's business."""

    def alert(self, alert: Alert) -> None:
        if self.raised_s is None and alert.kind is AlertKind.GLANCE:
            self.raised_s = self._clock.wall()


def reachable(url: str) -> bool:
    connection = http.client.HTTPConnection(url.split("/")[2], timeout=1)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse().read()
    except OSError:
        return False
    finally:
        connection.close()
    return True


@pytest.fixture
def program(tmp_path: Path, free_port: int) -> Iterator[tuple[App, Witness, str]]:
    """The real loop on the demo clip, shortly before the driver looks away."""
    clock = SystemClock()
    config = Config.model_validate(
        {
            "web": {"port": free_port},
            "store": {"enabled": False},
            "runtime": {"state_dir": str(tmp_path)},
        }
    )
    witness = Witness(clock)
    app = App(config, source=FromSecond(8.0, clock), outlets=(witness,), remember=False)
    stage = Program(app)
    stage.start()
    yield app, witness, f"http://127.0.0.1:{free_port}/"
    stage.stop()
    assert stage.join(4.0), stage.stack()
    assert stage.error is None


def test_the_demo_clips_first_alert_shows_within_a_second(
    browser: Browser, program: tuple[App, Witness, str]
) -> None:
    _, witness, url = program
    browser.until(lambda: reachable(url))
    browser.driver.get(url)
    browser.until(lambda: browser.link() == "live")
    browser.stamp("headline", "Eyes on the road")
    browser.until(lambda: witness.raised_s is not None)
    browser.until(lambda: browser.stamped() is not None)
    assert browser.stamped() - witness.raised_s < 1.0
    browser.until(lambda: browser.picture() != 0)
    browser.shot("demo-alert")
    assert browser.complaints() == []
