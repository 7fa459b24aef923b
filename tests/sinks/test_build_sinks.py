"""Which sinks a config brings, and what they cost when it brings none."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from sink_examples import a_clock

from edge_pose.config.sinks import ClipsConfig, GpioConfig, MqttConfig, SoundConfig, StoreConfig
from edge_pose.controls import Controls
from edge_pose.sinks import Alarming, Filming, Sink, Ticking
from edge_pose.sinks.build import build_sinks


@dataclass
class Sections:
    mqtt: MqttConfig = field(default_factory=MqttConfig)
    gpio: GpioConfig = field(default_factory=GpioConfig)
    sound: SoundConfig = field(default_factory=SoundConfig)
    store: StoreConfig = field(default_factory=StoreConfig)
    clips: ClipsConfig = field(default_factory=ClipsConfig)


def build(sections: Sections, folder: Path) -> list[Sink]:
    return build_sinks(
        sections, controls=Controls(), clock=a_clock(), state_dir=folder, vehicle_id="v"
    )


def test_by_default_only_the_store_and_no_images(tmp_path: Path) -> None:
    assert [sink.name for sink in build(Sections(), tmp_path)] == ["store"]


def test_everything_switched_on(tmp_path: Path) -> None:
    sections = Sections(
        mqtt=MqttConfig(enabled=True),
        gpio=GpioConfig(enabled=True, backend="record", record_file=tmp_path / "pins"),
        sound=SoundConfig(enabled=True),
        clips=ClipsConfig(enabled=True),
    )
    sinks = build(sections, tmp_path)
    assert [sink.name for sink in sinks] == ["gpio", "sound", "store", "clips", "mqtt"]
    assert all(isinstance(sink, Sink) for sink in sinks)
    assert {s.name for s in sinks if isinstance(s, Ticking)} == {"gpio", "sound", "mqtt"}
    assert {s.name for s in sinks if isinstance(s, Filming)} == {"clips"}
    assert {s.name for s in sinks if isinstance(s, Alarming)} == {"gpio", "sound"}


def test_a_sink_that_is_off_loads_no_library(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[2]); from pathlib import Path;"
        "from test_build_sinks import Sections, build; build(Sections(), Path(sys.argv[1]));"
        "print([m for m in ('paho', 'gpiozero', 'gpiod', 'cv2') if m in sys.modules])"
    )
    words = [sys.executable, "-c", code, str(tmp_path), str(Path(__file__).parent)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
