"""The alarms about the driver that stand now, for a program that is started again at once: killed
in the middle of an alarm, it must not wake up to a sleeper it knows nothing of."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from edge_pose.clock import Clock
from edge_pose.kinds import FACTS, AlertKind
from edge_pose.remembered.fields import number, read_table
from edge_pose.remembered.heartbeat import Heartbeat
from edge_pose.values import Alert, AlertLevel, AlertPhase

log = logging.getLogger(__name__)

FILE = "standing-alarms.json"
GOES_ON_S = 60.0
"""A program away for longer knows nothing of the driver: as ``episodes.story_s``."""
_MOST = 8
_LONGEST_REASON = 300


class StandingMemory:
    """One small file beside the heartbeat. Not flushed: it need only outlive the process."""

    def __init__(self, heartbeat: Heartbeat, clock: Clock) -> None:
        self._path = heartbeat.folder / FILE
        self._clock = clock

    def keep(self, alarms: Sequence[Alert]) -> None:
        """These stand now, and no others; raises nothing."""
        with contextlib.suppress(OSError):
            if not alarms:
                self._path.unlink(missing_ok=True)
                return
            part = self._path.with_suffix(".part")
            part.write_text(json.dumps({"alarms": [_written(a) for a in alarms[:_MOST]]}))
            part.replace(self._path)

    def take(self, gap_s: float | None) -> tuple[Alert, ...]:
        """What stood when the program before was killed ``gap_s`` ago (None: it ended in order);
        it is forgotten with that."""
        try:
            alarms = _read(read_table(self._path), self._clock.now())
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("%s: ignored (%s)", self._path, error)
            alarms = ()
        self.keep(())
        return alarms if gap_s is not None and gap_s <= GOES_ON_S else ()


def _written(alarm: Alert) -> dict[str, object]:
    return {
        "kind": alarm.kind.value,
        "kinds": [kind.value for kind in alarm.kinds],
        "level": int(alarm.level),
        "t_start_s": alarm.t_start_s,
        "t_alert_s": alarm.t_alert_s,
        "reason": alarm.reason[:_LONGEST_REASON],
    }


def _read(table: Mapping[str, Any], now_s: float) -> tuple[Alert, ...]:
    alarms = table["alarms"]
    if not isinstance(alarms, list):
        raise ValueError("no list of alarms")
    return tuple(_alarm(one, now_s) for one in alarms[:_MOST])


def _alarm(fields: Mapping[str, Any], now_s: float) -> Alert:
    kind = AlertKind(fields["kind"])
    if not FACTS[kind].story:
        raise ValueError(f"{kind} is nothing about the driver")
    started_s = number(fields, "t_start_s", 0.0, now_s)
    return Alert(
        id=0,
        kind=kind,
        kinds=tuple(AlertKind(one) for one in fields["kinds"]) or (kind,),
        level=AlertLevel(int(number(fields, "level", 1, 3))),
        phase=AlertPhase.NEW,
        t_s=now_s,
        t_start_s=started_s,
        t_alert_s=number(fields, "t_alert_s", started_s, now_s),
        t_end_s=None,
        reason=str(fields["reason"])[:_LONGEST_REASON],
    )
