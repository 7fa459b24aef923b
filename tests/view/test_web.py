"""The page's server: who gets in, what it tells, and that it costs nothing unwatched."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from pydantic import SecretStr

from edge_pose.calibration.guide import Guide
from edge_pose.config.capture import CaptureConfig
from edge_pose.config.root import Config
from edge_pose.config.view import WebConfig
from edge_pose.errors import SinkError
from edge_pose.testing.clock import FakeClock
from edge_pose.testing.live_page import Rig, serving
from edge_pose.testing.scenes import episode, scene
from edge_pose.values import AlertPhase, Command, DriverState, EyeState, HeadPose, Health
from edge_pose.view.feed import PastEpisode, SceneFeed
from edge_pose.view.web import WebServer, settings
from edge_pose.view.web.access import COOKIE, Gate, cookie_value
from edge_pose.view.web.payload import state as state_payload

TOKEN = "a-token-for-tests"


class Answers:
    """Probes with given answers."""

    status = 200

    def healthy(self) -> tuple[int, str]:
        return self.status, "health\n"

    def ready(self) -> tuple[int, str]:
        return self.status, "readiness\n"

    def metrics(self) -> str:
        return "up 1\n"


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    with serving(settings=WebConfig(token=SecretStr(TOKEN)), probes=Answers()) as running:
        yield running


@pytest.fixture(scope="module")
def guarded() -> Iterator[Rig]:
    with serving(host="0.0.0.0", token=TOKEN) as running:
        yield running


def picture_of(answer: http.client.HTTPResponse) -> np.ndarray:
    """The next JPEG of a multipart stream."""
    length = 0
    while line := answer.readline().strip():
        if line.lower().startswith(b"content-length"):
            length = int(line.split(b":")[1])
    jpeg = answer.read(length)
    answer.readline()
    decoded = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    return decoded


# ---- access -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/stream.mjpg", "/events", "/api/state", "/metrics"])
def test_strangers_stay_outside(guarded: Rig, path: str) -> None:
    assert guarded.ask("GET", path)[0] == 401
    assert guarded.ask("GET", path, headers={"Authorization": "Bearer wrong-token"})[0] == 401


def test_the_token_opens_by_header_and_by_cookie(guarded: Rig) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert guarded.ask("GET", "/api/state", headers=bearer)[0] == 200
    status, headers, _ = guarded.ask("GET", f"/login?token={TOKEN}")
    assert (status, headers["location"]) == (303, "/")
    cookie = headers["set-cookie"].split(";")[0]
    assert TOKEN not in cookie
    assert "HttpOnly" in headers["set-cookie"]
    assert guarded.ask("GET", "/api/state", headers={"Cookie": cookie})[0] == 200
    assert guarded.ask("GET", "/api/state", headers={"Cookie": f"{COOKIE}=guess"})[0] == 401


def test_a_stranger_is_led_to_the_login_form(guarded: Rig) -> None:
    status, headers, _ = guarded.ask("GET", "/")
    assert (status, headers["location"]) == (303, "/login")
    assert guarded.ask("GET", "/?token=abc")[0] == 401
    status, headers, _ = guarded.ask("GET", f"/?token={TOKEN}")
    assert (status, headers["location"]) == (303, "/")
    assert TOKEN not in str(headers)
    assert b"<form" in guarded.ask("GET", "/login")[2]
    assert b"not this device" not in guarded.ask("GET", "/login")[2]
    status, _, form = guarded.ask("POST", "/login", "token=wrong-token")
    assert status == 401
    assert b"not this device's token" in form
    assert guarded.ask("POST", "/login", f"token={TOKEN}")[0] == 303


def test_health_is_open_to_all(guarded: Rig) -> None:
    assert guarded.ask("GET", "/healthz")[0] == 200
    assert guarded.ask("GET", "/readyz")[0] == 503


def test_on_loopback_only_loopback_names_are_answered(rig: Rig) -> None:
    assert rig.ask("GET", "/api/state", headers={"Host": "evil.example"})[0] == 403
    assert rig.ask("GET", "/api/state", headers={"Host": f"localhost:{rig.web.port}"})[0] == 200


@pytest.mark.parametrize(
    ("headers", "welcome"),
    [
        ({"x-edge-pose": "1", "host": "a:1", "origin": "http://a:1"}, True),
        ({"x-edge-pose": "1", "host": "a:1"}, True),
        ({"x-edge-pose": "1", "host": "a:1", "sec-fetch-site": "same-origin"}, True),
        ({"host": "a:1", "origin": "http://a:1"}, False),
        ({"x-edge-pose": "1", "host": "a:1", "origin": "http://b:1"}, False),
        ({"x-edge-pose": "1", "host": "a:1", "origin": "null"}, False),
        ({"x-edge-pose": "1", "host": "a:1", "sec-fetch-site": "cross-site"}, False),
    ],
)
def test_commands_come_from_our_own_page(headers: dict[str, str], welcome: bool) -> None:
    assert Gate(None, loopback=True).own_page(headers) == welcome


def test_a_cookie_of_another_token_is_refused() -> None:
    gate = Gate(TOKEN, loopback=False)
    assert gate.known({"cookie": f"{COOKIE}={cookie_value(TOKEN)}"})
    assert not gate.known({"cookie": f"{COOKIE}={cookie_value('another-token')}"})
    assert not gate.known({"cookie": 'edge_pose="broken'})


@pytest.mark.parametrize("path", ["/", "/static/page.js", "/api/state", "/nowhere", "/healthz"])
def test_every_answer_carries_the_safety_headers(rig: Rig, path: str) -> None:
    headers = rig.ask("GET", path)[1]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["..%2f..%2fvalues.py", "%2e%2e", "B612-LICENSE.txt", "x.js"])
def test_only_the_pages_own_files_are_served(rig: Rig, name: str) -> None:
    assert rig.ask("GET", f"/static/{name}")[0] == 404


def test_the_page_names_no_other_host() -> None:
    static = Path(settings.__file__).parents[1] / "static"
    for path in (*static.glob("*.html"), *static.glob("*.js"), *static.glob("*.css")):
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text, path.name
        text = text.removeprefix("/*! https://github.com/leeoniya/uPlot")  # whose work it is
        assert "https://" not in text, path.name


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"distance_cm": "near"}', '{"distance_cm": 6.2}',
                                  '{"distance_cm": NaN}', '{"distance_cm": [62]}',
                                  '{"distance_cm": 1' + "0" * 400 + "}", "[" * 4000])  # fmt: skip
def test_a_distance_that_cannot_be_is_refused(rig: Rig, body: str) -> None:
    status, _, answer = rig.ask("POST", "/api/distance", body, {"X-Edge-Pose": "1"})
    assert status == 400
    assert b"25 to 150" in answer


def test_the_guides_question_is_answered_while_it_runs(rig: Rig) -> None:
    ask = ("POST", "/api/distance", '{"distance_cm": 62.5}', {"X-Edge-Pose": "1"})
    assert rig.ask(*ask)[0] == 409
    assert rig.controls.distance_m is None
    rig.feed.guide = Guide((640, 480)).view
    try:
        assert rig.ask(*ask)[0] == 202
    finally:
        rig.feed.guide = None
    assert rig.controls.distance_m == pytest.approx(0.625)
    assert rig.ask("POST", "/api/distance", '{"distance_cm": 62.5}')[0] == 403


# ---- what it tells ----------------------------------------------------------------------------


def test_state_says_what_the_overlay_says(rig: Rig) -> None:
    rig.feed.scene(scene(yaw_deg=38.0, level=2, attention=0.42, episodes=(episode(),)))
    state = rig.json("/api/state")
    assert state["notice"]["headline"] == "Eyes on the road"
    assert state["notice"]["level"] == 2
    assert state["pose"][0] == 38.0
    assert state["attention"] == 0.42
    assert not state["stale"]
    assert rig.ask("GET", "/readyz")[0] == 200


def test_state_without_a_scene_or_with_odd_numbers_is_valid_json() -> None:
    feed = SceneFeed()
    assert state_payload(0, None, feed)["stale"]
    odd = scene(face=False, perclos=float("nan"), openness=None, pose=None, eyes=EyeState())
    feed.scene(odd)
    text = json.dumps(state_payload(1, odd, feed), allow_nan=False)
    assert json.loads(text)["perclos"] is None


def test_an_old_picture_makes_nobody_attentive() -> None:
    clock = FakeClock()
    feed, last = SceneFeed(clock), scene()
    feed.scene(last)
    assert state_payload(1, last, feed)["notice"]["headline"] == "Attentive"
    clock.advance(2.5)
    state = state_payload(1, last, feed)
    assert state["stale"]
    assert state["notice"]["headline"] == "No new picture"


def test_every_field_of_the_values_has_a_place() -> None:
    """A new field of state or health is shown, or left out here on purpose."""
    feed, full = SceneFeed(), scene()
    feed.scene(full)
    told = state_payload(1, full, feed)
    left_out = {"t_s", "episodes"}
    assert set(DriverState.__dataclass_fields__) - left_out <= set(told)
    assert set(Health.__dataclass_fields__) <= set(told["health"])
    assert len(told["pose"]) == len(HeadPose.__dataclass_fields__) - 1


def test_episodes_come_from_the_history_or_else_from_this_run(rig: Rig) -> None:
    rig.feed.alert(episode(id=7))
    assert [e["id"] for e in rig.json("/api/episodes")["episodes"]] == ["now-7"]

    class Stored:
        broken = False

        def today(self) -> Sequence[PastEpisode]:
            if self.broken:
                raise SinkError("disk gone")
            return [
                PastEpisode(
                    id="1-1", kind="fatigue.yawn", headline="Yawning often", level=1,
                    start_s=1.0, alert_s=2.0, end_s=3.0, reason="3 yawns",
                )
            ]  # fmt: skip

    stored = Stored()
    with serving(history=stored) as other:
        assert [e["id"] for e in other.json("/api/episodes")["episodes"]] == ["1-1"]
        stored.broken = True
        answer = other.json("/api/episodes")
        assert "disk gone" in answer["note"]
        assert answer["episodes"] == []


def test_a_cameras_password_is_not_among_the_settings() -> None:
    camera = CaptureConfig(source="rtsp://me:secret@cam.local/live")
    shown = {row["key"]: row["value"] for row in settings.table(camera)}
    assert shown["source"] == "rtsp://cam.local/live"


def test_secrets_of_plugins_are_not_among_the_settings() -> None:
    """The page showed them to everyone whom it shows the picture."""
    horn = {"api_token": "s3cret", "login": {"password": "s3cret"}, "pitch_hz": 440}
    config = Config.model_validate({"plugins": {"horn": horn}})
    shown = {row["key"]: row["value"] for row in settings.table(config)}
    assert "s3cret" not in str(shown)
    assert shown["plugins.horn.pitch_hz"] == "440"
    assert shown["plugins.horn.enabled"] == "yes"


def test_settings_are_listed_with_secrets_masked(rig: Rig) -> None:
    rows = {row["key"]: row for row in rig.json("/api/settings")["settings"]}
    assert rows["port"]["value"] == "8765"
    assert rows["jpeg_quality"]["meaning"]
    assert rows["token"]["value"] != TOKEN
    assert TOKEN not in json.dumps(list(rows.values()))
    assert rows["host"]["default"]
    assert not rows["token"]["default"]


def test_probes_answer_for_the_program(rig: Rig, guarded: Rig) -> None:
    assert rig.ask("GET", "/metrics")[2] == b"up 1\n"
    assert rig.ask("GET", "/healthz")[2] == b"health\n"
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert guarded.ask("GET", "/metrics", headers=bearer)[0] == 404
    sick = Answers()
    sick.status = 503
    with serving(probes=sick) as other:
        other.feed.scene(scene())
        assert other.ask("GET", "/healthz")[0] == 503
        assert other.ask("GET", "/readyz")[0] == 503


@pytest.mark.parametrize("command", list(Command))
def test_every_command_reaches_the_mailbox(rig: Rig, command: Command) -> None:
    rig.controls.take()
    assert rig.command(command.value) == 202
    restart = command is Command.RESTART
    assert rig.controls.take() == (() if restart else (command,))
    assert rig.controls.take_restart() is restart


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"command": "explode"}', "x" * 4000, '{"a'])
def test_a_wrong_command_is_explained_and_not_sent(rig: Rig, body: str) -> None:
    rig.controls.take()
    status, _, answer = rig.ask("POST", "/api/command", body, {"X-Edge-Pose": "1"})
    assert status == 400
    assert b"acknowledge" in answer
    assert rig.controls.take() == ()


def test_a_command_without_our_header_is_refused(rig: Rig) -> None:
    rig.controls.take()
    body = json.dumps({"command": "disable"})
    assert rig.ask("POST", "/api/command", body)[0] == 403
    assert rig.command("disable", Origin="http://evil.example") == 403
    assert rig.controls.take() == ()


# ---- streams ----------------------------------------------------------------------------------


def test_nothing_is_drawn_or_encoded_while_nobody_looks() -> None:
    with serving(fps_max=60) as rig:
        for i in range(200):
            rig.feed.scene(scene(index=i))
        rig.json("/api/state")
        assert rig.web.pictures.encoded == 0
        assert rig.feed.viewers == 0


def test_three_viewers_cost_one_encoding_each_scene() -> None:
    with serving(fps_max=60) as rig:
        rig.feed.scene(scene(index=0))
        viewers = [rig.connect() for _ in range(3)]
        answers = []
        for viewer in viewers:
            viewer.request("GET", "/stream.mjpg")
            answers.append(viewer.getresponse())
        shapes = [picture_of(answer).shape for answer in answers]
        assert shapes == [(480, 640, 3)] * 3
        assert rig.feed.viewers == 3
        assert rig.web.pictures.encoded == 1
        rig.feed.scene(scene(index=1, yaw_deg=30))
        for answer in answers:
            picture_of(answer)
        assert rig.web.pictures.encoded == 2
        for viewer in viewers:
            viewer.close()


def test_the_page_gets_a_bare_picture_and_shares_it_with_other_pages() -> None:
    with serving(fps_max=60) as rig:
        rig.feed.scene(scene(index=0))
        usual, page, again = (
            rig.ask("GET", f"/picture.jpg{query}")[2] for query in ("", "?for=page", "?for=page")
        )
        assert usual != page
        assert page == again
        assert rig.web.pictures.encoded == 2


def test_the_server_stops_in_time_with_three_clients_streaming() -> None:
    """``serving`` itself asserts that the stage has ended within two seconds."""
    with serving() as rig:
        rig.feed.scene(scene())
        clients = [rig.connect() for _ in range(3)]
        for client, path in zip(clients, ("/stream.mjpg", "/events", "/stream.mjpg"), strict=True):
            client.request("GET", path)
            assert client.getresponse().status == 200
    for client in clients:
        client.close()


def test_an_alert_reaches_the_listener() -> None:
    with serving() as rig:
        client = rig.connect()
        client.request("GET", "/events")
        answer = client.getresponse()
        assert answer.headers["content-type"].startswith("text/event-stream")
        while b"event: state" not in answer.readline():
            pass
        rig.feed.alert(episode(phase=AlertPhase.NEW))
        while b"event: alert" not in answer.readline():
            pass
        told = json.loads(answer.readline().removeprefix(b"data: "))
        assert (told["headline"], told["level"]) == ("Eyes on the road", 2)
        client.close()


def test_a_taken_port_is_said_plainly(rig: Rig) -> None:
    second = WebServer(WebConfig(port=rig.web.port), SceneFeed(), rig.controls)
    with pytest.raises(SinkError, match=f"cannot listen on 127.0.0.1:{rig.web.port}"):
        second.open()
