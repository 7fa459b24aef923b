"""Anything may be asked of the page's server: it answers, gives nothing away and never stumbles."""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from edge_pose.config.root import Config
from edge_pose.testing.live_page import Rig, serving
from edge_pose.testing.scenes import episode, scene
from edge_pose.view.web.access import COOKIE, cookie_value

TOKEN = "s3cret-token-of-the-fuzz"
ROUTES = [
    "/", "/login", "/static/page.js", "/picture.jpg", "/api/state", "/api/trend", "/api/episodes",
    "/api/settings", "/api/command", "/api/distance", "/healthz", "/readyz", "/metrics", "/nowhere",
]  # fmt: skip
STREAMS = ["/events", "/stream.mjpg"]
OUTSIDE = re.compile(rb"root:x:0|^\"\"\"|import annotations|\[project\]", re.MULTILINE)
"""What only files outside the page's own folder say."""

FEW = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def guarded() -> Iterator[Rig]:
    """Off loopback, with a token that must be shown."""
    with serving(host="0.0.0.0", token=TOKEN, settings=Config()) as running:
        running.feed.scene(scene())
        running.feed.alert(episode())
        yield running


@pytest.fixture(scope="module")
def local() -> Iterator[Rig]:
    """On loopback, open."""
    with serving(settings=Config()) as running:
        running.feed.scene(scene())
        yield running


@pytest.fixture
def calm(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No traceback and no error in any log meanwhile."""
    with caplog.at_level(logging.WARNING):
        yield
    assert not [r for r in caplog.records if r.levelno >= logging.ERROR or r.exc_info]


def sent(rig: Rig, raw: bytes, *, stream: bool = False) -> tuple[int, bytes]:
    """Raw bytes to the server; (status, everything that came back). 0: it hung up on rubbish."""
    with socket.create_connection(("127.0.0.1", rig.web.port), timeout=5) as connection:
        connection.sendall(raw)
        answer = b""
        while not (stream and answer.count(b"\r\n\r\n")):
            part = connection.recv(65536)
            if not part:
                break
            answer += part
    status = re.match(rb"HTTP/1\.1 (\d{3})", answer)
    return int(status.group(1)) if status else 0, answer


def request(
    method: str, target: bytes, headers: list[tuple[bytes, bytes]], body: bytes = b""
) -> bytes:
    lines = [method.encode() + b" " + target + b" HTTP/1.1"]
    named = {name.lower() for name, _ in headers}
    own = [(b"host", b"localhost"), (b"connection", b"close")]
    if body:
        own.append((b"content-length", str(len(body)).encode()))
    lines += [name + b": " + value for name, value in own if name not in named]
    lines += [name + b": " + value for name, value in headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def well_behaved(status: int, answer: bytes) -> None:
    assert status < 500
    assert TOKEN.encode() not in answer
    head = [line for line in answer.split(b"\r\n") if not line.lower().startswith(b"set-cookie")]
    assert cookie_value(TOKEN).encode() not in b"".join(head)
    assert not OUTSIDE.search(answer)


PATHS = st.lists(
    st.sampled_from(["..", "%2e%2e", "%2f", "..%5c", "static", "api", "page.js", "%00", "%ff", "~",
                     "etc", "passwd", "x" * 300, "%c0%ae", ";", "values.py", "index.html", "\\"])
    | st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="?#"),
              max_size=12),
    min_size=1, max_size=6,
).map(lambda parts: "/" + "/".join(parts))  # fmt: skip
QUERIES = st.just("") | st.sampled_from(
    [
        "?token=",
        f"?token={TOKEN}x",
        "?token=%ff%00",
        "?from=1",
        "?for=phone",
        "?token[]=1",
        "?" + "a=1&" * 400,
    ]
)
WORDS = st.binary(max_size=40).map(lambda b: bytes(c for c in b if 32 <= c < 127 or c >= 160))
HEADERS = st.lists(
    st.tuples(
        st.sampled_from([b"host", b"origin", b"cookie", b"authorization", b"x-edge-pose",
                         b"sec-fetch-site", b"content-type", b"accept", b"range", b"last-event-id",
                         b"x-forwarded-for", b"upgrade", b"if-none-match"]),
        WORDS | st.sampled_from([b"[", b"[::1", b"http://[", b"Bearer ", b"Bearer \xe9", b"a b",
                                 b"edge_pose=\"", b"edge_pose=\xff; ;=", b"localhost:99999",
                                 b"bytes=0-", b"websocket"]),
    ),
    max_size=4, unique_by=lambda pair: pair[0],
)  # fmt: skip
ODD_BODIES = [
    b"[" * 4000, b'{"command": {}}', b'{"command": null}', b"null", b'"x"', b"1e999", b"9" * 4000,
    b'{"command": "\\ud800"}', b'{"distance_cm": 1e999}', b"token=%ff", b"token=" + b"x" * 5000,
    b'{"command": ["mute"]}', b"\xff\xfe{",
]  # fmt: skip
BODIES = st.binary(max_size=200) | st.sampled_from(ODD_BODIES)


@pytest.mark.usefixtures("calm")
@FEW
@given(path=PATHS, query=QUERIES, known=st.booleans())
@example(path="/static/" + "x" * 300 + ".js", query="", known=True)
@example(path="/static/%00.js", query="", known=True)
def test_no_path_leads_outside_or_astray(guarded: Rig, path: str, query: str, known: bool) -> None:
    target = (path + query).encode()
    headers = [(b"authorization", b"Bearer " + TOKEN.encode())] if known else []
    well_behaved(*sent(guarded, request("GET", target, headers)))


@pytest.mark.usefixtures("calm")
@FEW
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"]),
    route=st.sampled_from(ROUTES), query=QUERIES, headers=HEADERS, body=BODIES,
    known=st.booleans(), local_page=st.booleans(),
)  # fmt: skip
@example("GET", "/api/state", "", [(b"host", b"[")], b"", True, True)
@example("POST", "/api/command", "", [(b"origin", b"http://[")], b"{}", True, False)
@example("POST", "/api/command", "", [(b"x-edge-pose", b"1")], b"[" * 4000, True, False)
@example("GET", "/", f"?token={TOKEN}", [], b"", False, False)
def test_every_route_answers_whatever_is_asked(
    guarded: Rig, local: Rig, method: str, route: str, query: str,
    headers: list[tuple[bytes, bytes]], body: bytes, known: bool, local_page: bool,
) -> None:  # fmt: skip
    if known and not any(name == b"authorization" for name, _ in headers):
        headers = [*headers, (b"authorization", b"Bearer " + TOKEN.encode())]
    raw = request(method, (route + query).encode(), headers, body)
    status, answer = sent(local if local_page else guarded, raw)
    if not (route == "/readyz" and status == 503):  # an honest "not ready"
        well_behaved(status, answer)
    if status == 200 and not (known or local_page) and route.startswith("/api/"):
        raise AssertionError(f"{route} answered a stranger")


@pytest.mark.usefixtures("calm")
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(route=st.sampled_from(STREAMS), query=QUERIES, headers=HEADERS, known=st.booleans())
def test_streams_open_only_to_those_who_may(
    guarded: Rig, route: str, query: str, headers: list[tuple[bytes, bytes]], known: bool
) -> None:
    headers = [pair for pair in headers if pair[0] not in (b"authorization", b"cookie")]
    if known:
        headers.append((b"cookie", f"{COOKIE}={cookie_value(TOKEN)}".encode()))
    status, answer = sent(guarded, request("GET", (route + query).encode(), headers), stream=True)
    well_behaved(status, answer)
    assert status in ((200, 0, 400) if known else (401, 0, 400))


@pytest.mark.usefixtures("calm")
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rubbish=st.binary(min_size=1, max_size=300))
def test_rubbish_on_the_wire_is_survived(local: Rig, rubbish: bytes) -> None:
    well_behaved(*sent(local, rubbish + b"\r\n\r\n", stream=True))
    assert sent(local, request("GET", b"/healthz", []))[0] == 200


def test_the_fuzz_would_notice_a_file_from_outside() -> None:
    for path in ("pyproject.toml", "edge_pose/kinds.py"):
        assert OUTSIDE.search((Path(__file__).parents[2] / path).read_bytes())
