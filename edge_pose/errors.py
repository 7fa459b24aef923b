"""Every exception the program raises on purpose.

    EdgePoseError              exit code 1
    ├── ConfigError            2   (also ValueError)
    │   └── PluginError        2   a part of another package that cannot be had
    ├── ImageError             1   (also ValueError)
    ├── SourceError            3   (also OSError)
    │   └── SourceLost         3   a camera that worked and went away: worth a retry
    ├── ModelError             4   (also RuntimeError)
    ├── SinkError              1   (also OSError)
    ├── VehicleError           1   (also OSError)
    ├── StageStuck             1   (also TimeoutError)
    └── StageDied              1   (also RuntimeError)

A message says what is wrong, where, and what to do about it.
"""

from __future__ import annotations


class EdgePoseError(Exception):
    """Base of all; ``exit_code`` is what the command line returns for it."""

    exit_code = 1


class ConfigError(EdgePoseError, ValueError):
    """A setting, argument or input table that cannot be used."""

    exit_code = 2


class PluginError(ConfigError):
    """A part of another package that is missing or cannot be made: ``group`` and ``name`` are those
    of its entry point."""

    def __init__(self, words: str, *, group: str, name: str) -> None:
        super().__init__(words)
        self.group, self.name = group, name


class ImageError(EdgePoseError, ValueError):
    """An array that is no image, or not one of the kinds that are taken."""


class SourceError(EdgePoseError, OSError):
    """No camera, no file, or nothing readable in it."""

    exit_code = 3


class SourceLost(SourceError):
    """A live camera stopped delivering."""


class ModelError(EdgePoseError, RuntimeError):
    """A model file is missing, damaged or not what it should be."""

    exit_code = 4


class SinkError(EdgePoseError, OSError):
    """An output (broker, pin, speaker, database) cannot be used."""


class VehicleError(EdgePoseError, OSError):
    """A source of the car's words (CAN, OBD, gpsd, databroker) cannot be used."""


class StageDied(EdgePoseError, RuntimeError):
    """A thread ended in a way that no part of the program asks for."""


class StageStuck(EdgePoseError, TimeoutError):
    """A thread did not stop in time; the message carries its stack."""
