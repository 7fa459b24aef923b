"""Settings for the Python API: of a file, and with what a call sets beside them."""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from edge_pose.config.loader import load
from edge_pose.config.mistakes import explain
from edge_pose.config.monitor import Preset
from edge_pose.config.root import Config
from edge_pose.config.section import Section
from edge_pose.errors import ConfigError

AnySection = TypeVar("AnySection", bound=Section)


def load_config(path: str | PathLike[str] | None = None, *settings: str) -> Config:
    """The settings of a TOML file, or the built-in ones.

    ``settings``: what is set beside the file, each as ``"section.key=value"``. Raises ConfigError
    with a line for each problem: where, what, and what to write instead.
    """
    return load(None if path is None else Path(fspath(path)), settings)


def with_preset(config: Config, preset: Preset | None) -> Config:
    """The config with another preset under its own monitor settings. Raises ConfigError for an
    unknown preset."""
    if preset is None:
        return config
    monitor = _with(config.monitor, "monitor", preset=preset)
    return config.model_copy(update={"monitor": monitor})


def with_source(config: Config, source: str | PathLike[str]) -> Config:
    """The config with another source of frames, read as fast as they are taken. Raises
    ConfigError where there is no such kind of source, or no file of that name."""
    camera = _with(config.camera, "camera", source=fspath(source), fast=True)
    return config.model_copy(update={"camera": camera})


def _with(section: AnySection, name: str, **settings: object) -> AnySection:
    """The section read anew with these settings, so that they are checked."""
    given = section.model_dump(exclude_unset=True) | settings
    try:
        return type(section).model_validate(given)
    except ValidationError as error:
        raise ConfigError(explain(error, type(section), name)) from error
