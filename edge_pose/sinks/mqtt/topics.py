"""Where things are published: everything of one car lies under ``<base>/<vehicle id>``.

availability   online | stopped | offline      retained
state          JSON, at most once a second     retained; state.schema.json
event          JSON per alert, QoS 1           event.schema.json
event/home     the same for Home Assistant, held until it listens
picture        JPEG of an alert, where mqtt.alert_picture allows it
stats          JSON each minute
minutes        JSON, QoS 1: sums of minutes for a fleet's centre
kept           JSON of the centre: which events and minutes it has written down
mute, enabled  ON | OFF                        retained
preset         of the rules in effect          retained
command/…      mute, enable: ON | OFF; acknowledge, recalibrate, restart: PRESS; preset: its name
"""

from __future__ import annotations

from dataclasses import dataclass

ONLINE, STOPPED, OFFLINE = "online", "stopped", "offline"
ON, OFF, PRESS = "ON", "OFF", "PRESS"


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one car; ``root`` is ``<base>/<vehicle id>``."""

    root: str

    @property
    def availability(self) -> str:
        return f"{self.root}/availability"

    @property
    def state(self) -> str:
        return f"{self.root}/state"

    @property
    def event(self) -> str:
        return f"{self.root}/event"

    @property
    def home_event(self) -> str:
        return f"{self.event}/home"

    @property
    def picture(self) -> str:
        return f"{self.root}/picture"

    @property
    def stats(self) -> str:
        return f"{self.root}/stats"

    @property
    def minutes(self) -> str:
        return f"{self.root}/minutes"

    @property
    def kept(self) -> str:
        return f"{self.root}/kept"

    @property
    def preset(self) -> str:
        return f"{self.root}/preset"

    @property
    def mute(self) -> str:
        return f"{self.root}/mute"

    @property
    def enabled(self) -> str:
        return f"{self.root}/enabled"

    def command(self, name: str) -> str:
        return f"{self.root}/command/{name}"

    def command_name(self, topic: str) -> str | None:
        """What a command topic asks for; None for any other topic."""
        prefix = self.command("")
        return topic.removeprefix(prefix) if topic.startswith(prefix) else None
