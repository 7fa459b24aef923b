"""The board itself: heat, supply, disk, memory, clock, and the service on it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from edge_pose.config.root import Config
from edge_pose.doctor.finding import Finding, fail, ok, warn
from edge_pose.doctor.machine import SERVICE_USER, Identity, Machine, allowed
from edge_pose.installation import BOARD_STATE
from edge_pose.runtime.thermal import Board, Throttling
from edge_pose.sinks.wall_clock import clock_synchronised

_LOW_DISK = 200 * 2**20
_NO_DISK = 20 * 2**20
_MEMORY_KB = 700_000
_SUPPLY = "use a 5.1 V, 3 A supply and a short thick cable"


def check_heat(machine: Machine, config: Config) -> Iterator[Finding]:
    """Temperature against the point from which the rate is lowered."""
    temperature = Board(machine.path("/sys")).temperature_c()
    if temperature is None:
        yield ok("temperature", "this board does not say")
    elif temperature >= config.runtime.hot_c:
        yield warn(
            "temperature",
            f"{temperature:.0f} °C: the frame rate is lowered from {config.runtime.hot_c:.0f} °C",
            "give the board a heat sink, a fan or shade",
        )
    else:
        yield ok("temperature", f"{temperature:.0f} °C")


def check_throttling(machine: Machine, _: Config) -> Iterator[Finding]:
    """Whether the board is, or was since it started, slowed by heat or a weak supply."""
    found = Board(machine.path("/sys")).throttling() or _from_firmware(machine)
    if found is None:
        yield ok("throttling", "this board does not say")
        return
    if found.under_voltage:
        yield fail("supply", "the supply voltage is too low now", _SUPPLY)
    elif found.was_under_voltage:
        yield warn("supply", "the supply voltage was too low since the start", _SUPPLY)
    else:
        yield ok("supply", "no under-voltage")
    if found.slowed:
        yield warn("throttling", "the processor is slowed now", "better cooling or supply")
    elif found.was_slowed:
        yield warn("throttling", "the processor was slowed since the start", "better cooling")
    else:
        yield ok("throttling", "runs at its full speed")


def check_disk(machine: Machine, config: Config) -> Iterator[Finding]:
    """Room for events where they are kept, and the right to write there."""
    folder = config.runtime.state_path
    free = machine.free_bytes(folder)
    if free is None:
        yield warn("disk", f"{folder}: cannot be looked at", "check the path")
        return
    if free < _NO_DISK:
        yield fail("disk", f"{folder}: {free // 2**20} MB free", "delete files on that disk")
    elif free < _LOW_DISK:
        yield warn("disk", f"{folder}: {free // 2**20} MB free", "delete files on that disk")
    else:
        yield ok("disk", f"{folder}: {free / 2**30:.1f} GB free")
    who = machine.identity
    if not _may_keep(folder, who):
        yield fail(
            "disk",
            f"{who.name} may not write {folder}: no events, no memory of the neutral pose",
            f"sudo mkdir -p {folder}; sudo chown -R {who.name}: {folder}; or set runtime.state_dir",
        )


def _may_keep(folder: Path, who: Identity) -> bool:
    """Whether a user may write a folder, or make it where it is missing. The service manager
    makes the one that it names."""
    if not folder.exists() and folder == BOARD_STATE:
        return True
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and allowed(folder, who, 0o3)


def check_user(machine: Machine, _: Config) -> Iterator[Finding]:
    """The user that the service runs as."""
    if not machine.installed:
        return
    if machine.identity.name == SERVICE_USER:
        yield ok("user", f"the service runs as {SERVICE_USER}")
    else:
        yield fail("user", f"there is no user {SERVICE_USER}", "install edge-pose again")


def check_memory(machine: Machine, _: Config) -> Iterator[Finding]:
    """Memory that is free for programs."""
    for line in machine.text("/proc/meminfo").splitlines():
        name, _colon, rest = line.partition(":")
        if name == "MemTotal":
            total_kb = int(rest.split()[0])
            if total_kb < _MEMORY_KB:
                yield warn("memory", f"{total_kb // 1024} MB", "1 GB or more is recommended")
            else:
                yield ok("memory", f"{total_kb / 2**20:.1f} GB")


def check_clock(_: Machine, __: Config) -> Iterator[Finding]:
    """Whether the time in the records can be trusted; the rules never use it."""
    synchronised = clock_synchronised()
    if synchronised is False:
        yield warn(
            "clock",
            "no time server has set the clock: records may carry a wrong time",
            "connect to a network now and then, or add a clock module (RTC)",
        )
    else:
        yield ok("clock", "set by a time server" if synchronised else "nobody here can tell")


def check_service(machine: Machine, _: Config) -> Iterator[Finding]:
    """The unit's state, and whether it keeps failing."""
    shown = machine.run(
        ["systemctl", "show", "edge-pose", "--property=LoadState,ActiveState,NRestarts"]
    )
    fields = dict(line.split("=", 1) for line in (shown or "").splitlines() if "=" in line)
    if fields.get("LoadState") != "loaded":
        return
    restarts = int(fields.get("NRestarts", "0") or 0)
    if fields.get("ActiveState") != "active":
        yield warn(
            "service", f"edge-pose is {fields.get('ActiveState')}", "sudo systemctl start edge-pose"
        )
    elif restarts > 3:
        yield warn(
            "service", f"edge-pose was restarted {restarts} times", "journalctl -u edge-pose -p 4"
        )
    else:
        yield ok("service", f"edge-pose runs, {restarts} restarts")


def _from_firmware(machine: Machine) -> Throttling | None:
    """The same word through the Pi's own tool, for kernels that do not show it."""
    said = machine.run(["vcgencmd", "get_throttled"]) if machine.is_pi else None
    with contextlib.suppress(ValueError, IndexError):
        return Throttling.of_pi(int((said or "").split("=")[1], 16))
    return None
