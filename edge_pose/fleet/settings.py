"""Settings of the fleet's centre: a file of its own, ``fleet.toml``."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from edge_pose.config.loader import parse
from edge_pose.config.mistakes import explain
from edge_pose.config.section import WORD, Section, setting
from edge_pose.errors import ConfigError


class BrokerConfig(Section):
    """[broker] Where the boxes' messages arrive. It must speak MQTT 5."""

    host: str = setting("localhost", "broker's name or address")
    port: int = setting(1883, "broker's port", ge=1, le=65535)
    base_topic: str = setting("edge_pose", "the boxes' mqtt.base_topic", **WORD)
    group: str = setting("fleet", "workers of one group share the work", **WORD)
    ca_file: Path | None = setting(None, "authority to trust; unset: no TLS")
    cert_file: Path | None = setting(None, "the worker's certificate")
    key_file: Path | None = setting(None, "its key")
    session_s: int = setting(
        3600, "the broker keeps a worker's messages so long while it is away", unit="s", ge=0
    )


class IngestConfig(Section):
    """[ingest] How messages become transactions."""

    batch: int = setting(1000, "messages in one transaction at most", ge=1, le=20000)
    gather_s: float = setting(
        0.25, "a transaction waits so long for more messages", unit="s", ge=0, le=10
    )
    retry_max_s: float = setting(
        5.0, "longest pause while the database is away", unit="s", gt=0, le=300
    )


class RetentionConfig(Section):
    """[retention] When data must go; the worker sees to it each hour."""

    events_days: int = setting(365, "events older than this are deleted", unit="d", ge=1)
    minutes_days: int = setting(90, "minute sums older than this are deleted", unit="d", ge=1)
    dead_letters_days: int = setting(30, "messages that made no sense, too", unit="d", ge=1)


class FleetConfig(Section):
    """What ``fleet.toml`` may hold."""

    broker: BrokerConfig = setting(BrokerConfig(), "the MQTT broker")
    database: str = setting(
        "dbname=edge_pose_fleet", "PostgreSQL's connection, as libpq reads it (password: ~/.pgpass)"
    )
    ingest: IngestConfig = setting(IngestConfig(), "how messages are written down")
    retention: RetentionConfig = setting(RetentionConfig(), "when data must go")


def load_fleet_config(path: Path | None) -> FleetConfig:
    """The config of a file, or the defaults; raises ConfigError that tells every problem."""
    try:
        text = path.read_text("utf-8") if path else ""
        return FleetConfig.model_validate(parse(text, path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    except ValidationError as error:
        raise ConfigError(explain(error, FleetConfig, str(path or "config"), text)) from error
