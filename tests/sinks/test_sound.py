"""Tones: what is heard, and a player that never gets in the way."""

from __future__ import annotations

import io
import itertools
import os
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np
import pytest
from sink_examples import a_clock, a_health, a_state, an_alert

from edge_pose.config.sinks import SoundConfig
from edge_pose.errors import SinkError
from edge_pose.kinds import Family
from edge_pose.sinks import Sink, Ticking
from edge_pose.sinks.signals import Signal
from edge_pose.sinks.sound.sink import SoundSink
from edge_pose.sinks.sound.tones import RATE_HZ, repeat_s, samples, wav
from edge_pose.values import AlertKind, AlertLevel, AlertPhase

SIGNALS = [
    Signal(family=family, level=level)
    for family, level in itertools.product((Family.DISTRACTION, Family.SLEEP), AlertLevel)
]


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_tone_is_audible_short_and_within_its_volume(signal: Signal) -> None:
    with wave.open(io.BytesIO(wav(signal, 0.5))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE_HZ)
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert 0.1 <= len(sound) / RATE_HZ <= 2.0
    assert 8000 < np.abs(sound.astype(int)).max() <= 16384
    assert abs(int(sound[0])) < 200
    assert abs(int(sound[-1])) < 2000


def test_all_tones_differ_and_louder_is_louder() -> None:
    heard = {samples(signal, 1.0).tobytes() for signal in SIGNALS}
    assert len(heard) == len(SIGNALS)
    quiet, loud = (samples(SIGNALS[0], volume) for volume in (0.2, 1.0))
    assert np.abs(loud.astype(int)).max() > 4 * np.abs(quiet.astype(int)).max()


def test_only_urgent_tones_repeat() -> None:
    assert repeat_s(Signal(family=Family.SLEEP, level=AlertLevel.ADVISORY)) is None
    assert repeat_s(Signal(family=Family.SYSTEM, level=AlertLevel.CRITICAL)) is None
    critical, warning = (
        repeat_s(Signal(family=Family.SLEEP, level=level))
        for level in (AlertLevel.CRITICAL, AlertLevel.WARNING)
    )
    assert critical is not None
    assert warning is not None
    assert critical < warning


class Jukebox:
    """Stands in for subprocess.Popen: players that run until the test lets them end."""

    def __init__(self) -> None:
        self.files: list[str] = []
        self.players: list[Player] = []

    def __call__(self, command: list[str], **_: object) -> Player:
        assert Path(command[-1]).stat().st_size > 1000
        self.files.append(Path(command[-1]).stem)
        self.players.append(Player())
        return self.players[-1]


class Player:
    pid = 1

    def __init__(self) -> None:
        self.ended: str | None = None

    def poll(self) -> int | None:
        return {None: None, "by itself": 0, "failed": 1, "killed": -9}[self.ended]

    def kill(self) -> None:
        self.ended = "killed"

    def wait(self, _timeout: float) -> None:
        assert self.ended


@pytest.fixture
def jukebox(monkeypatch: pytest.MonkeyPatch) -> Jukebox:
    fake = Jukebox()
    monkeypatch.setattr(subprocess, "Popen", fake)
    return fake


CONFIG = SoundConfig(enabled=True, command=(sys.executable, "{file}"))


def test_a_warning_repeats_until_it_ends(jukebox: Jukebox) -> None:
    clock = a_clock()
    sink = SoundSink(CONFIG, clock=clock)
    assert isinstance(sink, Sink)
    assert isinstance(sink, Ticking)
    sink.open()
    sink.alert(an_alert(1))
    for _ in range(41):
        for player in jukebox.players[:2]:
            player.ended = "by itself"
        clock.advance(0.1)
        sink.tick()
    assert jukebox.files == ["distraction-warning"] * 3
    sink.alert(an_alert(1, phase=AlertPhase.END))
    assert jukebox.players[-1].ended == "killed"
    clock.advance(5.0)
    sink.tick()
    assert len(jukebox.files) == 3
    sink.close()


def test_sleep_cuts_a_distraction_tone_off(jukebox: Jukebox) -> None:
    sink = SoundSink(CONFIG, clock=a_clock())
    sink.open()
    sink.alert(an_alert(1))
    sink.alert(an_alert(2, kind=AlertKind.MICROSLEEP, level=AlertLevel.CRITICAL))
    assert jukebox.files == ["distraction-warning", "sleep-critical"]
    assert jukebox.players[0].ended == "killed"
    sink.close()
    assert jukebox.players[1].ended == "killed"


def test_it_can_be_silenced_from_outside(jukebox: Jukebox) -> None:
    sink = SoundSink(CONFIG, clock=a_clock())
    sink.open()
    sink.alert(an_alert(1))
    sink.silence()
    assert jukebox.players[0].ended == "killed"
    sink.close()


def test_mute_silences_at_once(jukebox: Jukebox) -> None:
    sink = SoundSink(CONFIG, clock=a_clock())
    sink.open()
    sink.alert(an_alert(1))
    sink.state(a_state(1000.1, an_alert(1)), a_health(muted=True))
    sink.tick()
    assert jukebox.players[0].ended == "killed"
    assert len(jukebox.players) == 1
    sink.close()


def test_a_hanging_player_is_killed_and_the_next_tone_comes(jukebox: Jukebox) -> None:
    clock = a_clock()
    sink = SoundSink(CONFIG, clock=clock)
    sink.open()
    sink.alert(an_alert(1))
    for number in range(62):
        clock.advance(0.1)
        sink.state(a_state(1000.0 + number / 10, an_alert(1)), a_health())
        sink.tick()
    assert [player.ended for player in jukebox.players] == ["killed", None]
    sink.close()


def test_a_player_that_fails_is_told_once(
    jukebox: Jukebox, caplog: pytest.LogCaptureFixture
) -> None:
    clock = a_clock()
    sink = SoundSink(CONFIG, clock=clock)
    sink.open()
    sink.alert(an_alert(1))
    for number in range(90):
        jukebox.players[-1].ended = "failed" if len(jukebox.players) < 4 else "by itself"
        clock.advance(0.1)
        sink.state(a_state(1000.0 + number / 10, an_alert(1)), a_health())
        with caplog.at_level("INFO"):
            sink.tick()
    assert len(jukebox.players) >= 4
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]
    assert "ended with code 1: nothing may have been heard" in caplog.text
    sink.close()


def test_without_news_it_falls_silent(jukebox: Jukebox) -> None:
    clock = a_clock()
    sink = SoundSink(CONFIG, clock=clock)
    sink.open()
    sink.alert(an_alert(1))
    clock.advance(11.0)
    sink.tick()
    assert jukebox.players[-1].ended == "killed"
    assert len(jukebox.players) == 1
    sink.close()


def test_a_missing_player_is_named() -> None:
    sink = SoundSink(SoundConfig(command=("no-such-player", "{file}")), clock=a_clock())
    with pytest.raises(SinkError, match=r"no-such-player is not installed; apt install alsa-utils"):
        sink.open()


def test_a_real_player_gets_the_file_and_leaves_no_zombie(tmp_path: Path) -> None:
    told = tmp_path / "fifo"
    os.mkfifo(told)
    player = ("sh", "-c", 'head -c 4 "$1" > "$0"', str(told), "{file}")
    sink = SoundSink(SoundConfig(command=player), clock=a_clock())
    sink.open()
    sink.alert(an_alert(1))
    assert told.read_bytes() == b"RIFF"
    process = sink._player
    assert process is not None
    sink.close()
    sink.close()
    assert process.returncode is not None


def test_a_player_that_hangs_shorter_than_it_may_is_told_too(jukebox: Jukebox) -> None:
    clock = a_clock()
    sink = SoundSink(CONFIG, clock=clock)
    sink.open()
    sink.alert(an_alert(1, level=AlertLevel.ADVISORY))
    for _ in range(34):
        clock.advance(0.1)
        sink.tick()
    sink.alert(an_alert(1, level=AlertLevel.ADVISORY, phase=AlertPhase.END))
    assert "did not end" in sink.ailment
    assert jukebox.players[0].ended == "killed"
    sink.close()


def test_a_service_keeps_its_tones_in_memory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A disk that has become read-only silences nobody."""
    sink = SoundSink(CONFIG, clock=a_clock())
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    sink.open()
    (folder,) = tmp_path.iterdir()
    sink.close()
    assert not folder.exists()


def test_tones_are_there_before_they_are_needed(
    jukebox: Jukebox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that has filled up since, or no descriptor left to write with, silences nobody."""
    sink = SoundSink(CONFIG, clock=a_clock())
    sink.open()

    def no_room(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", no_room)
    sink.alert(an_alert(1))
    sink.alert(an_alert(1, level=AlertLevel.CRITICAL, phase=AlertPhase.UPDATE))
    assert len(jukebox.files) == 2
    sink.close()
