"""The alert tones, made from numbers: 16-bit mono WAV, different for distraction and sleep."""

from __future__ import annotations

import io
import wave

import numpy as np
from numpy.typing import NDArray

from edge_pose.kinds import Family
from edge_pose.sinks.signals import Signal
from edge_pose.values import AlertLevel

RATE_HZ = 22050
_RAMP_S = 0.008  # a soft edge: no click from a cheap speaker

# (frequency Hz, or 0 for silence; duration s): beeps for distraction, a falling call for sleep.
_Notes = tuple[tuple[float, float], ...]
_MELODIES: dict[tuple[Family, AlertLevel], _Notes] = {
    (Family.DISTRACTION, AlertLevel.ADVISORY): ((880, 0.15),),
    (Family.DISTRACTION, AlertLevel.WARNING): ((880, 0.15), (0, 0.1)) * 2,
    (Family.DISTRACTION, AlertLevel.CRITICAL): ((988, 0.1), (0, 0.05)) * 5,
    (Family.SLEEP, AlertLevel.ADVISORY): ((660, 0.3), (523, 0.4)),
    (Family.SLEEP, AlertLevel.WARNING): ((1320, 0.3), (990, 0.3)) * 2,
    (Family.SLEEP, AlertLevel.CRITICAL): ((1760, 0.2), (1320, 0.2)) * 3,
}
_SYSTEM: _Notes = ((523, 0.08), (0, 0.05), (392, 0.12))

# A tone comes again after so long while its alert is open; None: it comes once.
_REPEAT_S = {AlertLevel.ADVISORY: None, AlertLevel.WARNING: 2.0, AlertLevel.CRITICAL: 1.2}


def repeat_s(signal: Signal) -> float | None:
    """Pause from one tone's beginning to the next, or None for a single one."""
    return None if signal.family is Family.SYSTEM else _REPEAT_S[signal.level]


def samples(signal: Signal, volume: float) -> NDArray[np.int16]:
    """The tone's samples at RATE_HZ; ``volume`` in (0, 1]."""
    melody = _MELODIES.get((signal.family, signal.level), _SYSTEM)
    sound = np.concatenate([_note(hz, seconds) for hz, seconds in melody])
    return np.asarray(np.rint(sound * volume * 32767.0), dtype=np.int16)


def wav(signal: Signal, volume: float) -> bytes:
    """The tone as the content of a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples(signal, volume).astype("<i2").tobytes())
    return out.getvalue()


def _note(hz: float, seconds: float) -> NDArray[np.float64]:
    """A sine with its third harmonic (small speakers carry it), between soft edges."""
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    body = (np.sin(2 * np.pi * hz * t) + np.sin(6 * np.pi * hz * t) / 3.0) / (4.0 / 3.0)
    edge = np.minimum(t, seconds - t) / _RAMP_S
    return np.asarray(body * np.clip(edge, 0.0, 1.0), dtype=np.float64)
