"""The worker: takes messages, writes them down, and only then says so to broker and box."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Sequence

from edge_pose.errors import SinkError
from edge_pose.fleet.database import FleetDatabase, Letter, Written
from edge_pose.fleet.messages import meaning
from edge_pose.fleet.retention import prune
from edge_pose.fleet.settings import FleetConfig
from edge_pose.fleet.subscription import Arrived, SharedSubscription

log = logging.getLogger(__name__)

_WAIT_S = 0.5
_SUMMARY_S = 60.0
_PRUNE_S = 3600.0


class Ingest:
    """Keeps nothing but what is on its way, so any number of them may run, die and come back."""

    def __init__(
        self, config: FleetConfig, subscription: SharedSubscription, database: FleetDatabase
    ) -> None:
        self._config = config
        self._subscription = subscription
        self._database = database
        self._summed = _Summary()
        self._pruned_s = float("-inf")

    def run(self, stop: threading.Event) -> None:
        """Blocks until ``stop`` is set."""
        while not stop.is_set():
            self.step(stop)
            self._prune()

    def step(self, stop: threading.Event) -> None:
        """One batch, if there is any."""
        config = self._config.ingest
        messages = self._subscription.take(config.batch, _WAIT_S, config.gather_s)
        if not messages:
            return
        base = self._config.broker.base_topic
        letters = [
            Letter(
                topic=one.topic, payload=one.payload, meaning=meaning(one.topic, one.payload, base)
            )
            for one in messages
        ]
        if self._write(letters, stop):
            self._confirm(messages, letters)

    def _write(self, letters: Sequence[Letter], stop: threading.Event) -> bool:
        """Write until it is written; the broker holds back the rest meanwhile."""
        pause_s = 0.1
        while not stop.is_set():
            try:
                self._summed.add(self._database.write(letters), len(letters))
            except SinkError as error:
                log.warning("%s; %d messages wait, again in %.1f s", error, len(letters), pause_s)
                stop.wait(pause_s)
                pause_s = min(2 * pause_s, self._config.ingest.retry_max_s)
            else:
                return True
        return False

    def _confirm(self, messages: Sequence[Arrived], letters: Sequence[Letter]) -> None:
        self._subscription.acknowledge(messages)
        kept: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for letter in letters:
            told = letter.meaning
            if told.seq is not None and told.lane:
                kept[told.vehicle_id][told.lane].append(told.seq)
        for vehicle_id, numbers in kept.items():
            topic = f"{self._config.broker.base_topic}/{vehicle_id}/kept"
            self._subscription.tell(topic, json.dumps(numbers, separators=(",", ":")))

    def _prune(self) -> None:
        if time.monotonic() - self._pruned_s < _PRUNE_S:
            return
        self._pruned_s = time.monotonic()
        try:
            if self._database.connection is None:
                self._database.open()
            deleted = prune(self._database.connection, self._config.retention)
        except SinkError as error:
            log.warning("%s; old data is deleted later", error)
            return
        if deleted:
            log.info("%d rows past their time deleted", deleted)


class _Summary:
    """One line a minute while there is work."""

    def __init__(self) -> None:
        self._since_s = time.monotonic()
        self._messages = self._rows = self._dead = 0

    def add(self, written: Written, messages: int) -> None:
        self._messages += messages
        self._rows += written.events + written.minutes
        self._dead += written.dead
        took_s = time.monotonic() - self._since_s
        if took_s >= _SUMMARY_S:
            log.info(
                "%d messages, %d new rows (%.0f/s), %d dead letters",
                self._messages, self._rows, self._rows / took_s, self._dead,
            )  # fmt: skip
            self._since_s = time.monotonic()
            self._messages = self._rows = self._dead = 0
