"""Which sinks a config brings, and what they cost when it brings none."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from sink_examples import a_clock

from edge_pose.config.describe import describe
from edge_pose.config.root import Config
from edge_pose.config.section import OutputSection
from edge_pose.config.sinks import ClipsConfig, GpioConfig, MqttConfig, PluginConfig, SoundConfig
from edge_pose.controls import Controls
from edge_pose.errors import ConfigError, PluginError
from edge_pose.sinks import Alarming, Filming, Sink, Ticking
from edge_pose.sinks.build import SINKS, SinkContext, build_sinks, sink_makers
from edge_pose.sinks.wall_clock import WallTime
from edge_pose.testing.sinks import RecordingSink


def build(config: Config, folder: Path) -> list[Sink]:
    clock = a_clock()
    context = SinkContext(
        controls=Controls(), clock=clock, wall=WallTime(clock), state_dir=folder, vehicle_id="v"
    )
    return build_sinks(config, context)


def test_by_default_only_the_store_and_no_images(tmp_path: Path) -> None:
    assert [sink.name for sink in build(Config(), tmp_path)] == ["store"]


def test_everything_switched_on(tmp_path: Path) -> None:
    sections = Config(
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
        "from test_build_sinks import Config, build; build(Config(), Path(sys.argv[1]));"
        "print([m for m in ('paho', 'gpiozero', 'gpiod', 'cv2') if m in sys.modules])"
    )
    words = [sys.executable, "-c", code, str(tmp_path), str(Path(__file__).parent)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_output_of_the_config_has_its_sink_and_can_be_silenced() -> None:
    outputs = [n for n in Config.model_fields if isinstance(getattr(Config(), n), OutputSection)]
    assert set(SINKS) == set(outputs)
    loud = Config.model_validate({name: {"enabled": True} for name in ("sound", "store", "mqtt")})
    quiet = loud.model_copy(update={"plugins": {"horn": PluginConfig()}}).silenced()
    assert not any(getattr(quiet, name).enabled for name in outputs)
    assert not quiet.plugins


class Horn(RecordingSink):
    """What another package could bring."""

    def __init__(self, settings: Mapping[str, object], context: SinkContext) -> None:
        super().__init__()
        self.settings, self.context = settings, context


def installed(monkeypatch: pytest.MonkeyPatch, factory: str) -> None:
    entry = EntryPoint(name="horn", group="edge_pose.sinks", value=f"{__name__}:{factory}")
    monkeypatch.setattr("edge_pose.plugins.entry_points", lambda **_: (entry,))


def test_a_sink_of_another_package_gets_its_own_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(monkeypatch, "Horn")
    config = Config.model_validate(
        {"plugins": {"horn": {"pitch_hz": 440}}, "store": {"enabled": 0}}
    )
    (horn,) = build(config, tmp_path)
    assert isinstance(horn, Horn)
    assert horn.settings == {"pitch_hz": 440}
    assert horn.context.vehicle_id == "v"
    assert "pitch_hz = 440" in list(describe(config))


def test_a_plugin_that_is_missing_or_broken_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Config.model_validate({"plugins": {"horn": {}}})
    with pytest.raises(ConfigError, match="pip install the package that brings it"):
        build(config, tmp_path)
    installed(monkeypatch, "nothing_of_this_name")
    with pytest.raises(ConfigError, match="nothing_of_this_name"):
        build(config, tmp_path)


def leaves(*_: object) -> Sink:
    raise SystemExit("no licence")


def fails(*_: object) -> Sink:
    raise KeyError("pitch_hz")


@pytest.mark.parametrize("factory", ["leaves", "fails"])
def test_a_plugin_that_cannot_be_made_is_named_and_ends_nothing(
    factory: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Config.model_validate({"plugins": {"horn": {}}})
    installed(monkeypatch, factory)
    with pytest.raises(PluginError, match="'horn'") as caught:
        build(config, tmp_path)
    less = config.without(caught.value.group, caught.value.name)
    assert [sink.name for sink in build(less, tmp_path)] == ["store"]


def test_an_output_is_made_anew_though_a_plugin_can_no_longer_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lamp that hangs gets another thread; making every output for that, one that fails or
    takes long kept the lamp dark."""
    installed(monkeypatch, "fails")
    clock = a_clock()
    context = SinkContext(
        controls=Controls(), clock=clock, wall=WallTime(clock), state_dir=tmp_path, vehicle_id="v"
    )
    config = Config.model_validate({"plugins": {"horn": {}}})
    store, horn = sink_makers(config, context)
    assert store() is not store()
    assert store().name == "store"
    with pytest.raises(PluginError):
        horn()


def test_a_plugins_secrets_are_not_shown() -> None:
    horn = {"api_token": "s3cret", "login": {"password": "s3cret"}}
    config = Config.model_validate({"plugins": {"horn": horn}})
    assert not [line for line in describe(config) if "s3cret" in line]
