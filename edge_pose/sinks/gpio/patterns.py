"""What lamp, buzzer and tone do at a moment of an alert: pure functions of time."""

from __future__ import annotations

from dataclasses import dataclass

from edge_pose.kinds import Family
from edge_pose.sinks.signals import Signal
from edge_pose.values import AlertLevel


@dataclass(frozen=True, slots=True)
class Pattern:
    """On and off in turn, starting with on; ``repeat`` None goes on until the alert ends."""

    on_s: float
    off_s: float
    repeat: int | None = None

    def on(self, t_s: float) -> bool:
        """Whether it is on ``t_s`` seconds after its beginning."""
        turn, phase_s = divmod(t_s, self.on_s + self.off_s)
        if t_s < 0 or (self.repeat is not None and turn >= self.repeat):
            return False
        return phase_s < self.on_s


# For a small lamp: five flashes a second from a large area could harm people with epilepsy.
LAMP = {
    AlertLevel.ADVISORY: Pattern(0.5, 0.5),
    AlertLevel.WARNING: Pattern(0.25, 0.25),
    AlertLevel.CRITICAL: Pattern(0.1, 0.1),
}
LAMP_SYSTEM = Pattern(0.1, 0.9)
LAMP_FAULT = Pattern(0.1, 1.9)
CHIRP = Pattern(0.1, 60.0, repeat=1)
CHIRP_HZ = 880.0

_BEEPS = {
    (Family.DISTRACTION, AlertLevel.ADVISORY): Pattern(0.15, 0.85, repeat=1),
    (Family.DISTRACTION, AlertLevel.WARNING): Pattern(0.2, 0.3),
    (Family.DISTRACTION, AlertLevel.CRITICAL): Pattern(0.1, 0.1),
    (Family.SLEEP, AlertLevel.ADVISORY): Pattern(0.4, 0.2, repeat=2),
    (Family.SLEEP, AlertLevel.WARNING): Pattern(0.6, 0.2),
    (Family.SLEEP, AlertLevel.CRITICAL): Pattern(0.9, 0.1),
}
_SYSTEM_BEEP = Pattern(0.05, 0.95, repeat=1)

_PITCH_HZ = {Family.DISTRACTION: 880.0, Family.SLEEP: 1760.0, Family.SYSTEM: 523.25}
_SIREN_HZ = (1760.0, 1320.0)
_SIREN_S = 0.3


def lamp(signal: Signal | None, t_s: float) -> bool:
    """The lamp ``t_s`` seconds after this signal began; dark without one."""
    if signal is None:
        return False
    pattern = LAMP_SYSTEM if signal.family is Family.SYSTEM else LAMP[signal.level]
    return pattern.on(t_s)


def buzzer(signal: Signal | None, t_s: float, *, muted: bool = False) -> bool:
    """The buzzer; the system's own messages beep once, calibrating not at all."""
    if signal is None or signal.silent or muted:
        return False
    return _BEEPS.get((signal.family, signal.level), _SYSTEM_BEEP).on(t_s)


def tone(signal: Signal | None, t_s: float, *, muted: bool = False) -> float | None:
    """The tone's frequency, Hz, or None for silence; asleep at the highest level is a siren."""
    if signal is None or signal.silent or muted:
        return None
    if signal.family is Family.SLEEP and signal.level is AlertLevel.CRITICAL:
        return _SIREN_HZ[int(t_s / _SIREN_S) % 2]
    return _PITCH_HZ[signal.family] if buzzer(signal, t_s) else None


def relay(signal: Signal | None, level: int) -> bool:
    """Steady from a level on; the system's own messages do not count."""
    return signal is not None and signal.family is not Family.SYSTEM and signal.level >= level
