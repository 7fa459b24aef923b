"""The device's own name: stable, unlike any other's, fit for a topic."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from edge_pose.config.runtime import RuntimeConfig
from edge_pose.config.view import WebConfig
from edge_pose.this_device import board_model, default_vehicle_id, device_id, network_address


def board(folder: Path, machine: str, serial: str = "") -> Path:
    for name, text in (("etc/machine-id", machine), ("proc/device-tree/serial-number", serial)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\0\n")
    return folder


def test_the_name_stays_and_differs_between_boards_even_of_one_cloned_card(tmp_path: Path) -> None:
    one = board(tmp_path / "1", "a" * 32, "10000000aaaaaaaa")
    clone = board(tmp_path / "2", "a" * 32, "10000000bbbbbbbb")
    assert default_vehicle_id(one) == default_vehicle_id(one)
    assert device_id(one) != device_id(clone)
    assert "a" * 8 not in device_id(one), "the machine's id itself is not shown"


def test_without_any_id_the_host_name_serves(tmp_path: Path) -> None:
    assert re.fullmatch(r"[0-9a-f]{8}", device_id(tmp_path))
    assert board_model(tmp_path) == ""


@pytest.mark.parametrize("host", ["pi", "Müllers Auto.lan", "x" * 90, ""])
def test_any_host_name_makes_a_valid_topic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: host)
    name = default_vehicle_id(board(tmp_path, "b" * 32))
    assert RuntimeConfig(vehicle_id=name).vehicle == name


def test_a_name_that_is_set_is_the_name() -> None:
    assert RuntimeConfig(vehicle_id="van-1").vehicle == "van-1"
    assert RuntimeConfig().vehicle == default_vehicle_id()


def test_the_page_is_told_by_an_address_that_works() -> None:
    everywhere = WebConfig(host="0.0.0.0", token="a-token-for-tests")
    assert everywhere.network_url == f"http://{network_address()}:8765/"
    assert "0.0.0.0" not in everywhere.network_url
    assert WebConfig().network_url == "", "only this machine can reach it"
