"""Settings of outputs that speak other systems' words: VSS to a Kuksa databroker, Traccar."""

from __future__ import annotations

from pathlib import Path

from edge_pose.config.section import HOST, OutputSection, setting


class VssConfig(OutputSection):
    """[vss] The driver in COVESA's Vehicle Signal Specification, to a Kuksa databroker. Needs
    edge-pose[kuksa]."""

    enabled: bool = setting(False, "publish to a Kuksa databroker")
    host: str = setting("127.0.0.1", "databroker's host", **HOST)
    port: int = setting(55555, "databroker's port", ge=1, le=65535)
    ca_file: Path | None = setting(None, "authority to trust; unset: no TLS")
    token_file: Path | None = setting(None, "file with the access token (JWT)")
    interval_s: float = setting(0.2, "shortest pause between values", unit="s", ge=0.05, le=10)


class TraccarConfig(OutputSection):
    """[traccar] Alerts as alarms to a Traccar server (OsmAnd protocol over HTTP)."""

    enabled: bool = setting(False, "send alerts to a Traccar server")
    url: str = setting(
        "http://localhost:5055/",
        "the server's OsmAnd port",
        pattern=r"^https?://[^\s?#]+$",
        form="an address that starts with http:// or https://, without ? and #",
    )
    device: str = setting("", "the device's identifier there; empty: the vehicle id")
    timeout_s: float = setting(5.0, "longest wait for an answer", unit="s", gt=0, le=30)
    backlog_max: int = setting(1000, "alerts kept while the server is away", ge=1, le=100000)
