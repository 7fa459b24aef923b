"""The page under attack: idle crowds, floods, guesses, large bodies. What it may not do is end or
starve the program."""

from __future__ import annotations

import asyncio
import logging
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge_pose.config.view import WebConfig
from edge_pose.errors import SinkError
from edge_pose.runtime.log_queue import RateLimit
from edge_pose.testing.clock import FakeClock
from edge_pose.testing.live_page import Rig, serving
from edge_pose.view.web.access import COOKIE, Gate, cookie_age_s, cookie_value
from edge_pose.view.web.certificate import Certificate
from edge_pose.view.web.connections import IDLE_S, Connections
from edge_pose.view.web.guard import Guard
from edge_pose.view.web.limits import Bucket, Guesses, PerAddress, network_of
from edge_pose.view.web.server import WebServer

TOKEN = "a-token-for-tests"
WRONG = {"Authorization": "Bearer wrong-token-of-16"}
RIGHT = {"Authorization": f"Bearer {TOKEN}"}


class Now:
    """Seconds in the test's hand."""

    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        return self.s


def test_a_bucket_lets_a_burst_through_and_then_its_rate() -> None:
    bucket = Bucket(rate=2.0, burst=3.0)
    assert [bucket.take(0.0) for _ in range(5)] == [0.0, 0.0, 0.0, 0.5, 1.0]
    assert bucket.take(10.0) == 0.0


def test_addresses_are_told_apart_and_not_remembered_for_ever() -> None:
    each = PerAddress(rate=0.001, burst=1.0)
    for number in range(5000):
        assert each.of(f"10.0.{number >> 8}.{number & 255}").take(1.0) == 0.0
    assert len(each._buckets) <= 512


@pytest.fixture
def few() -> Iterator[Rig]:
    with serving(connections_max=20) as running:
        yield running


def test_a_crowd_without_a_login_takes_its_places_and_no_more(few: Rig) -> None:
    crowd = []
    try:
        for _ in range(150):
            crowd.append(socket.create_connection(("127.0.0.1", few.web.port), timeout=5))
        assert len(few.web.connections) <= 20
    finally:
        for one in crowd:
            one.close()
    for _ in range(50):  # the server hears of each close
        if len(few.web.connections) == 0:
            break
        few.stage.stopping.wait(0.1)
    assert few.ask("GET", "/healthz")[0] == 200


def test_who_sends_no_whole_request_is_hung_up_on() -> None:
    now = Now()
    connections = Connections(10, now)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert connections.admit(("10.0.0.9", 5), ours)
        now.s += IDLE_S - 1.0
        connections.sweep()
        theirs.setblocking(False)
        with pytest.raises(BlockingIOError):
            theirs.recv(1)
        connections.answering(("10.0.0.9", 5))
        now.s += 3600.0
        connections.sweep()  # a viewer of the live picture stays
        with pytest.raises(BlockingIOError):
            theirs.recv(1)
        connections.answered(("10.0.0.9", 5))
        now.s += IDLE_S + 1.0
        connections.sweep()
        assert theirs.recv(1) == b""
        connections.gone(("10.0.0.9", 5))
    assert len(connections) == 0


def test_one_address_leaves_room_for_others_and_descriptors_for_the_program() -> None:
    connections = Connections(50)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        taken = sum(connections.admit(("10.0.0.9", port), ours) for port in range(100))
        assert taken == 20
        assert connections.admit(("10.0.0.10", 1), ours)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
    try:
        assert Connections(1000).most == 50
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_wrong_tokens_are_slowed_told_and_then_not_looked_at(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = Now()
    gate = Gate(TOKEN, loopback=False)
    gate.guesses = Guesses(now)
    with caplog.at_level(logging.WARNING):
        tried = [gate.try_token(f"wrong-{n}", "10.0.0.9") for n in range(10_000)]
    assert tried.count(False) <= 20, "of ten thousand a second, twenty are compared"
    assert gate.try_token(TOKEN, "10.0.0.9") is None
    assert gate.try_token(TOKEN, "10.0.0.10") is True, "others are not locked out"
    assert gate.known({"cookie": f"{COOKIE}={cookie_value(TOKEN)}"}, "10.0.0.9")
    assert "from 10.0.0.9" in caplog.text
    now.s += 10.0
    assert gate.try_token(TOKEN, "10.0.0.9") is True


def test_too_many_guesses_are_answered_with_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge_pose.view.web.guard._GUESS_PAUSE_S", 0.0)
    with serving(host="0.0.0.0", token=TOKEN) as rig:
        answers = [rig.ask("GET", "/api/state", headers=WRONG)[0] for _ in range(25)]
        assert set(answers) == {401, 429}
        assert rig.ask("GET", "/api/state", headers=RIGHT)[0] == 429
        assert rig.ask("GET", "/healthz")[0] == 200


def asked(guard: Guard, count: int, **scope: Any) -> list[int]:
    """The status of each of so many requests, one after the other."""
    statuses: list[int] = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def all_of_them() -> None:
        for _ in range(count):
            await guard({
                "type": "http", "method": "GET", "path": "/api/state", "headers": [],
                "client": ("10.0.0.9", 4711), **scope,
            }, receive, send)  # fmt: skip

    asyncio.run(all_of_them())
    return statuses


async def site(_: Any, __: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


def test_a_flood_from_one_address_waits_and_then_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    guard = Guard(site, Gate(None, loopback=False), requests_per_s=10.0, now=Now())
    statuses = asked(guard, 100)
    assert statuses[:40] == [200] * 40
    assert statuses[70:] == [429] * 30
    assert len(slept) >= 60
    assert asked(guard, 1, client=("10.0.0.10", 1)) == [200]


def test_strangers_from_many_addresses_share_one_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """A household has 2^64 IPv6 addresses, a botnet many IPv4 ones: a bucket for each is none."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    guard = Guard(site, Gate(TOKEN, loopback=False), requests_per_s=10.0, now=Now())
    crowd = [
        asked(guard, 1, path="/healthz", client=(f"10.0.{n >> 8}.{n & 255}", 1))[0]
        for n in range(200)
    ]
    assert crowd[:20] == [200] * 20
    assert crowd[-150:] == [429] * 150
    ours = [(b"cookie", f"{COOKIE}={cookie_value(TOKEN)}".encode())]
    bearer = [(b"authorization", f"Bearer {TOKEN}".encode())]
    for headers in (ours, bearer):
        assert asked(guard, 1, headers=headers, client=("10.9.9.9", 1)) == [200]


def test_an_ipv6_network_is_one_visitor() -> None:
    now = Now()
    guesses = Guesses(now)
    for number in range(100):
        guesses.wrong(f"2001:db8::{number:x}")
    assert guesses.too_many("2001:db8::ffff:1")
    assert not guesses.too_many("2001:db8:0:1::1")
    assert network_of("::ffff:10.0.0.9") == network_of("10.0.0.9")
    assert network_of("fe80::1%eth0") == network_of("fe80::2")
    assert network_of("no address") == "no address"
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connections = Connections(50)
        taken = sum(connections.admit((f"2001:db8::{n:x}", 1), ours) for n in range(100))
        assert taken == 20


def test_wrong_tokens_of_many_addresses_are_one_cause_in_the_log() -> None:
    limit, lines = RateLimit(FakeClock()), list[logging.LogRecord]()
    logger = logging.getLogger("edge_pose.view.web.limits")
    handler = logging.Handler()
    handler.emit = lines.append  # type: ignore[method-assign]
    handler.addFilter(limit)
    logger.addHandler(handler)
    try:
        guesses = Guesses(Now())
        for number in range(5000):
            guesses.wrong(f"10.{number >> 8}.{number & 255}.1")
    finally:
        logger.removeHandler(handler)
    assert len(lines) <= 5


@pytest.mark.parametrize(
    "value",
    ['"' + '\\"' * 25_000 + '"', '"' + "\\1" * 25_000 + '"', "f" * 50_000, "; " * 25_000],
)
def test_a_monstrous_cookie_is_no_work(value: str) -> None:
    """http.cookies takes a minute for one; the time is counted in steps of Python here."""
    gate, steps = Gate(TOKEN, loopback=False), 0

    def count(*_: object) -> Any:
        nonlocal steps
        steps += 1
        return count

    ours = f"{COOKIE}={cookie_value(TOKEN)}"
    sys.settrace(count)
    try:
        known = gate.known({"cookie": f"{COOKIE}={value}"}, "10.0.0.9")
        with_ours = gate.known({"cookie": f"{COOKIE}={value}; {ours}"}, "10.0.0.9")
    finally:
        sys.settrace(None)
    assert not known
    assert with_ours
    assert steps < 500_000


def test_a_long_head_is_refused(few: Rig) -> None:
    with socket.create_connection(("127.0.0.1", few.web.port), timeout=5) as visitor:
        visitor.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nCookie: " + b"x" * 40_000)
        assert visitor.recv(64).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize("length", [b"4097", b"99999999999999999999", b"-1", b"1e3"])
def test_a_large_body_is_refused_before_any_of_it_is_read(length: bytes) -> None:
    guard = Guard(site, Gate(None, loopback=False))
    headers = [(b"content-length", length), (b"x-edge-pose", b"1")]
    assert asked(guard, 1, method="POST", headers=headers) == [413]
    assert asked(guard, 1, method="POST", headers=[(b"content-length", b"20"), headers[1]]) == [200]


def test_cookies_age_and_are_renewed_and_leave_the_machine_over_tls_only() -> None:
    day_s = 86_400.0
    gate = Gate(TOKEN, loopback=False)

    def visitor(age_s: float, token: str = TOKEN) -> dict[str, str]:
        return {"cookie": f"{COOKIE}={cookie_value(token, time.time() - age_s)}"}

    assert gate.known(visitor(29 * day_s))
    assert not gate.known(visitor(31 * day_s))
    assert not gate.known(visitor(-3 * day_s))
    assert not gate.known(visitor(0.0, "another-token-of-16"))
    assert gate.old_cookie(visitor(2 * day_s))
    assert not gate.old_cookie(visitor(0.5 * day_s))
    forged = cookie_value(TOKEN, 0.0).partition(".")[2]
    assert cookie_age_s(f"{int(time.time()):x}.{forged}", TOKEN) is None
    assert "Secure" not in gate.fresh_cookie
    assert "; Secure" in Gate(TOKEN, loopback=False, tls=True).fresh_cookie


def test_an_old_cookie_is_exchanged_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(host="0.0.0.0", token=TOKEN) as rig:
        old = {"Cookie": f"{COOKIE}={cookie_value(TOKEN, time.time() - 200_000.0)}"}
        headers = rig.ask("GET", "/api/state", headers=old)[1]
        assert headers["set-cookie"].startswith(f"{COOKIE}=")
        assert "set-cookie" not in rig.ask("GET", "/api/state", headers=RIGHT)[1]
    del monkeypatch


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(cert)]  # fmt: skip
    subprocess.run(make, check=True, capture_output=True)
    return cert, key


@pytest.mark.broker  # for openssl
def test_with_a_certificate_the_page_speaks_tls_only(certificate: tuple[Path, Path]) -> None:
    import ssl
    from http.client import HTTPSConnection

    cert, key = certificate
    with serving(tls_cert=cert, tls_key=key) as rig:
        assert rig.web.url.startswith("https://")
        trusted = ssl.create_default_context(cafile=str(cert))
        connection = HTTPSConnection("localhost", rig.web.port, timeout=5, context=trusted)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        connection.close()


class Context:
    """What a server's TLS context is asked."""

    def __init__(self) -> None:
        self.loaded = 0

    def load_cert_chain(self, *_: Path) -> None:
        self.loaded += 1


@pytest.mark.broker  # for openssl
def test_a_renewed_certificate_is_used_without_a_restart(
    certificate: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    """The program runs for months, a certificate of today for weeks."""
    cert, key = certificate
    now, context = Now(), Context()
    watched = Certificate(cert, key, now=now)

    def after(seconds: float) -> int:
        now.s += seconds
        watched.look(context)  # type: ignore[arg-type]
        return context.loaded

    assert after(61.0) == 0
    good, good_key = cert.read_bytes(), key.read_bytes()
    key.write_text("half written")
    assert after(61.0) == 0
    assert "the old one stays" in caplog.text
    key.unlink()
    assert after(61.0) == 0
    key.write_bytes(good_key)
    cert.write_bytes(good)
    assert after(5.0) == 0
    assert after(61.0) == 1
    assert after(600.0) == 1


def test_a_certificate_that_cannot_be_used_is_said_at_the_start(tmp_path: Path) -> None:
    from edge_pose.controls import Controls
    from edge_pose.view.feed import SceneFeed

    config = WebConfig(port=0, tls_cert=tmp_path / "none.pem", tls_key=tmp_path / "none.key")
    with pytest.raises(SinkError, match="tls_cert"):
        WebServer(config, SceneFeed(), Controls()).open()


def test_a_body_that_is_broken_off_is_no_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with serving(host="0.0.0.0", token=TOKEN) as rig:
        with socket.create_connection(("127.0.0.1", rig.web.port), timeout=5) as visitor:
            visitor.sendall(b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\ntok")
        assert rig.ask("GET", "/healthz")[0] == 200
    assert not caplog.text
