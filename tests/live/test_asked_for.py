"""What a person asks of the running program from afar: a restart, other rules, another config."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from edge_pose.config.root import Config
from edge_pose.config.runtime import RuntimeConfig
from edge_pose.controls import Controls
from edge_pose.errors import ConfigError, PluginError, SinkError, StageStuck
from edge_pose.live.config_file import ConfigFile
from edge_pose.live.service import Service
from edge_pose.plugins import RULES, SINKS, load_plugin
from edge_pose.remembered.preset import chosen_preset
from edge_pose.runtime.notify import Notifier
from edge_pose.stop_signals import StopSignals
from edge_pose.testing.clock import FakeClock
from edge_pose.values import Command


def a_service(folder: Path, clock: FakeClock) -> tuple[Service, Any]:
    config = Config(runtime=RuntimeConfig(state_dir=folder))
    configs = ConfigFile(None)
    service = Service(configs, signals=StopSignals(), clock=clock, notifier=Notifier({}))
    return service, SimpleNamespace(controls=Controls(), config=config)


def test_a_restart_and_a_preset_each_make_everything_anew_once(tmp_path: Path) -> None:
    clock = FakeClock()
    service, app = a_service(tmp_path, clock)
    assert not service._asked_for(app)
    app.controls.send(Command.RESTART)
    assert service._asked_for(app)
    clock.advance(61.0)
    assert not service._asked_for(app)
    app.controls.choose_preset("gentle")
    assert service._asked_for(app)
    clock.advance(61.0)
    assert not service._asked_for(app)
    assert chosen_preset(tmp_path) == "gentle"


def test_a_flood_of_restarts_leaves_time_to_watch_and_the_last_wish_stands(tmp_path: Path) -> None:
    clock = FakeClock()
    service, app = a_service(tmp_path, clock)
    restarts = 0
    for _ in range(600):
        clock.advance(1.0)
        app.controls.send(Command.RESTART)
        restarts += service._asked_for(app)
    assert restarts <= 10
    app.controls.choose_preset("gentle")
    asked = [service._asked_for(app) for _ in range(3)]
    clock.advance(60.0)
    assert (any(asked), service._asked_for(app)) == (False, True)
    assert chosen_preset(tmp_path) == "gentle"


@pytest.mark.parametrize(
    "error", [SinkError("no"), ValueError("plugin"), KeyError("x"), RuntimeError("y"), OSError()]
)
def test_a_new_config_may_fail_by_anything_and_the_old_one_is_used_again(
    tmp_path: Path, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, app = a_service(tmp_path, FakeClock())
    service._proven = app.config
    new = Config(runtime=RuntimeConfig(state_dir=tmp_path, stall_s=6.0))

    def fails(_: Config) -> Config | None:
        raise error

    monkeypatch.setattr(service, "_run_until_change", fails)
    assert service._run_or_go_back(new) is app.config
    with pytest.raises(type(error)):
        service._run_or_go_back(app.config)


def test_a_service_with_no_other_config_goes_on_without_a_plugin_that_cannot_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an upgrade of Python, say: its unit would not start a wrong config again."""
    service, _ = a_service(tmp_path, FakeClock())
    service._notifier = Notifier({"NOTIFY_SOCKET": "@nobody"})
    wants = {"plugins": {"horn": {}}, "monitor": {"extra_rules": ["tilted"]}}
    config = Config.model_validate(wants | {"runtime": {"state_dir": tmp_path}})

    def run(config: Config) -> Config | None:
        for name in config.plugins:
            load_plugin(SINKS, name)
        for name in config.monitor.extra_rules:
            load_plugin(RULES, name)
        return None

    monkeypatch.setattr(service, "_run_until_change", run)
    without_horn = service._run_or_go_back(config)
    assert without_horn is not None
    without_both = service._run_or_go_back(without_horn)
    assert without_both is not None
    assert service._run_or_go_back(without_both) is None
    assert set(service._refused) == {"plugin horn", "plugin tilted"}
    service._notifier = Notifier({})
    with pytest.raises(PluginError):
        service._run_or_go_back(config)


def test_what_hangs_at_the_end_is_no_matter_of_the_config(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, app = a_service(tmp_path, FakeClock())
    service._proven = app.config

    def hangs(_: Config) -> Config | None:
        raise StageStuck("gpio")

    monkeypatch.setattr(service, "_run_until_change", hangs)
    with pytest.raises(StageStuck):
        service._run_or_go_back(Config(runtime=RuntimeConfig(state_dir=tmp_path, stall_s=6.0)))


@pytest.mark.parametrize("error", [RecursionError("deep"), OSError("gone"), TypeError("odd")])
def test_a_config_that_cannot_even_be_looked_at_is_refused(
    error: Exception, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(_: Path) -> str:
        raise error

    monkeypatch.setattr("edge_pose.live.config_file.read_text", unreadable)
    configs = ConfigFile(Path("config.toml"))
    service = Service(configs, signals=StopSignals(), notifier=Notifier({}))
    assert service._new_config() == []
    assert "the old one is used" in caplog.text


NEWER = """
[camera]
source = "demo:"
zoom = 3
[monitor]
mood = "calm"
[headset]
volume = 4
[[vehicle.can.signals]]
quantity = "speed_kmh"
message = "ESP"
signal = "v"
colour = "red"
"""


def test_a_config_of_a_newer_version_starts_a_service_after_an_update_was_taken_back(
    tmp_path: Path,
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'{NEWER}[runtime]\nstate_dir = "{tmp_path}"\n')
    service = Service(
        ConfigFile(file, kept_in=tmp_path), signals=StopSignals(), clock=FakeClock(),
        notifier=Notifier({"NOTIFY_SOCKET": "@nobody"}),
    )  # fmt: skip
    config = service._first_config()
    assert config.camera.source == "demo:"
    assert config.vehicle.can.signals[0].signal == "v"
    assert "the config is refused" in service._refused["config"][0]
    service._notifier = Notifier({})
    with pytest.raises(ConfigError):
        service._first_config()
    file.write_text("[camera]\nsource = 7\nzoom = 3\n")
    service._notifier = Notifier({"NOTIFY_SOCKET": "@nobody"})
    with pytest.raises(ConfigError):
        service._first_config()


class BriefApp:
    """Runs until it is asked for another config, as someone asks at once."""

    standing_at_start: ClassVar[list[tuple[str, ...]]] = []

    def __init__(self, config: Config, *, standing: tuple[str, ...], **_: Any) -> None:
        self.standing_at_start.append(standing)
        self.config, self.controls = config, Controls()
        self.inference = SimpleNamespace(telling=True, standing=(*standing, "asleep"))
        self.stop_requested = threading.Event()

    def run(self, attend: Callable[[], None]) -> None:
        attend()


def test_a_sleeper_sleeps_through_a_new_config(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge_pose.live.service.App", BriefApp)
    service, app = a_service(tmp_path, FakeClock())
    service._signals.reload_wanted = True
    following = service._run_until_change(app.config)
    assert following is not None
    service._run_until_change(following)
    assert BriefApp.standing_at_start == [(), ("asleep",)]
