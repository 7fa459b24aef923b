"""How hot the board is, whether it slows itself down, and what the loop does about it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from edge_pose.config.runtime import RuntimeConfig

# Bits of the Raspberry Pi firmware's get_throttled.
_UNDER_VOLTAGE, _CAPPED, _THROTTLED, _SOFT_LIMIT = 1, 2, 4, 8
_SINCE_BOOT = 16
_ZONES = ("cpu", "soc", "x86_pkg", "tz00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttling:
    """What slows the board: now, or (``was_``) at some time since it started."""

    slowed: bool = False
    under_voltage: bool = False
    was_slowed: bool = False
    was_under_voltage: bool = False

    @classmethod
    def of_pi(cls, bits: int) -> Throttling:
        """From the firmware's ``get_throttled`` word."""
        slow = _CAPPED | _THROTTLED | _SOFT_LIMIT
        return cls(
            slowed=bool(bits & slow),
            under_voltage=bool(bits & _UNDER_VOLTAGE),
            was_slowed=bool(bits >> _SINCE_BOOT & slow),
            was_under_voltage=bool(bits >> _SINCE_BOOT & _UNDER_VOLTAGE),
        )


class Board:
    """Reads temperature and throttling below a sysfs root; None where the board does not say."""

    def __init__(self, sysfs: Path = Path("/sys")) -> None:
        self._sysfs = sysfs

    def temperature_c(self) -> float | None:
        """The hottest of the processor's zones, or of all zones when none is named so."""
        zones = []
        for zone in self._entries("class/thermal", "thermal_zone"):
            millidegrees = _number(zone / "temp")
            if millidegrees is not None and -40_000 < millidegrees < 200_000:
                zones.append((_text(zone / "type").lower(), millidegrees / 1e3))
        processor = [t for name, t in zones if any(word in name for word in _ZONES)]
        return max(processor or [t for _, t in zones], default=None)

    def throttling(self) -> Throttling | None:
        """From the Pi's firmware, else from the kernel's cooling devices and voltage alarm."""
        bits = _text(self._sysfs / "devices/platform/soc/soc:firmware/get_throttled")
        if bits:
            with contextlib.suppress(ValueError):
                return Throttling.of_pi(int(bits, 16))
        cooling = self._cooling()
        alarm = self._voltage_alarm()
        if cooling is None and alarm is None:
            return None
        return Throttling(slowed=bool(cooling), under_voltage=bool(alarm))

    def _entries(self, folder: str, prefix: str) -> list[Path]:
        """Entries of a sysfs folder; none where it cannot be listed (for want of descriptors)."""
        try:
            return sorted(p for p in (self._sysfs / folder).iterdir() if p.name.startswith(prefix))
        except OSError:
            return []

    def _cooling(self) -> bool | None:
        """True when the kernel holds the processor's frequency down."""
        states = [
            _number(device / "cur_state")
            for device in self._entries("class/thermal", "cooling_device")
            if "cpu" in _text(device / "type").lower()
        ]
        known = [state for state in states if state is not None]
        return any(state > 0 for state in known) if known else None

    def _voltage_alarm(self) -> bool | None:
        for sensor in self._entries("class/hwmon", "hwmon"):
            if _text(sensor / "name") == "rpi_volt":
                alarm = _number(sensor / "in0_lcrit_alarm")
                return None if alarm is None else alarm > 0
        return None


class RateGovernor:
    """The share of the normal frame rate that the board can bear: less in steps when it is hot
    or slowed, back in steps when it has cooled. Pure: the caller brings time and readings."""

    def __init__(self, config: RuntimeConfig) -> None:
        self._config = config
        self._step = 0
        self._changed_s = float("-inf")

    @property
    def share(self) -> float:
        """1 = the full rate."""
        return self._config.thermal_steps[self._step]

    def update(self, now_s: float, temperature_c: float | None, *, slowed: bool) -> float:
        """Judge one reading; moves by at most one step each ``thermal_step_s``."""
        if now_s - self._changed_s >= self._config.thermal_step_s:
            step = self._step + self._direction(temperature_c, slowed)
            step = min(max(step, 0), len(self._config.thermal_steps) - 1)
            if step != self._step:
                self._step, self._changed_s = step, now_s
        return self.share

    def _direction(self, temperature_c: float | None, slowed: bool) -> int:
        config = self._config
        if slowed or (temperature_c is not None and temperature_c >= config.hot_c):
            return 1
        if temperature_c is None or temperature_c < config.hot_c - config.hot_margin_c:
            return -1
        return 0


class FrameGate:
    """Lets a share of the frames through, evenly spaced."""

    def __init__(self) -> None:
        self._credit = 1.0

    def admits(self, share: float) -> bool:
        """Call once for each frame; True when this one is to be worked on."""
        self._credit += share
        if self._credit < 1.0 - 1e-9:
            return False
        self._credit = min(self._credit - 1.0, 1.0)
        return True


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip("\0\n ")
    except OSError:
        return ""


def _number(path: Path) -> float | None:
    try:
        return float(_text(path))
    except ValueError:
        return None
