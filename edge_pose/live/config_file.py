"""The config as the service reads it, again and again while it runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from edge_pose.config.loader import load_known, load_text, read_text
from edge_pose.config.root import Config
from edge_pose.config.runtime import RuntimeConfig
from edge_pose.errors import ConfigError, EdgePoseError
from edge_pose.remembered.preset import chosen_preset
from edge_pose.remembered.proven_config import keep_config, proven_config

Load = Callable[[str, Path | None, Sequence[str]], Config]


class ConfigFile:
    """``path``: None for built-in values; ``overrides``: of the command line; ``kept_in``: where
    the text with which something was watched is kept, None where it is not."""

    def __init__(
        self, path: Path | None, overrides: Sequence[str] = (), *, kept_in: Path | None = None
    ) -> None:
        self._path, self._overrides, self._kept_in = path, tuple(overrides), kept_in
        self._text = ""
        self._config: Config | None = None

    @property
    def state_path(self) -> Path:
        """The state folder that it names, or the usual one where it cannot be read."""
        try:
            return self.read().runtime.state_path
        except ConfigError:
            return RuntimeConfig().state_path

    def read(self) -> Config:
        """As it stands now, with the rules that a person chose last. Raises ConfigError with every
        problem, EdgePoseError where the disk fails."""
        text = read_text(self._path) if self._path else ""
        self._config = self._made_of(text)
        self._text = text
        return self._config

    def prove(self, config: Config) -> None:
        """Something is watched with this one, if it is the one last read."""
        if self._kept_in is not None and self._path is not None and config is self._config:
            keep_config(self._kept_in, self._text)

    def last_proven(self) -> Config | None:
        """The config of a run before, if it is another than the one last read and still reads."""
        text = proven_config(self._kept_in) if self._kept_in is not None else None
        if text is None or (self._config is not None and text == self._text):
            return None
        try:
            return self._made_of(text)
        except ConfigError:
            return None

    def known_part(self) -> Config | None:
        """What is written, without the keys that this version does not know: an update may have
        been taken back. None where there is nothing to make one of."""
        try:
            return self._made_of(read_text(self._path) if self._path else "", load_known)
        except EdgePoseError:
            return None

    def _made_of(self, text: str, load: Load = load_text) -> Config:
        config = load(text, self._path, self._overrides)
        preset = chosen_preset(config.runtime.state_path)
        if preset in (None, config.monitor.preset):
            return config
        return load(text, self._path, [*self._overrides, f"monitor.preset={preset}"])
