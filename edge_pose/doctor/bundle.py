"""A zip for a bug report: findings, versions, settings and log. No image, no secret."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from edge_pose.config.root import Config
from edge_pose.doctor.finding import Finding
from edge_pose.doctor.machine import Machine
from edge_pose.doctor.report import as_json, line

HIDDEN = "•••"
_SECRET_KEY = re.compile(r"password|token|secret|username|credential", re.IGNORECASE)
_USER_IN_URL = re.compile(r"(?<=://)[^/@\s]+@")
_LOG_LINES = "3000"


def write_bundle(path: Path, machine: Machine, config: Config, findings: Sequence[Finding]) -> Path:
    """Write the zip; raises OSError when that cannot be."""
    secrets = sorted(known_secrets(config), key=len, reverse=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in _contents(machine, config, findings).items():
            bundle.writestr(name, scrubbed(text, secrets))
    path.chmod(0o600)
    return path


def scrubbed(text: str, secrets: Sequence[str]) -> str:
    """The text without these secrets and without users in addresses."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return _USER_IN_URL.sub(f"{HIDDEN}@", text)


def known_secrets(config: Config) -> set[str]:
    """Every secret that the program could know here, in the forms in which it could be printed."""
    found = {config.mqtt.username}
    if config.web.token is not None:
        found.add(config.web.token.get_secret_value())
    files = [config.web.token_file, config.mqtt.password_file]
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    for place in (Path(folder) if folder else None, Path("/etc/edge-pose/credentials")):
        files += list(_listed(place)) if place else []
    found |= {_read(file) for file in files if file is not None}
    found |= _in_address(config.camera.source)
    return {secret for secret in found if len(secret) >= 3}


def _contents(machine: Machine, config: Config, findings: Sequence[Finding]) -> dict[str, str]:
    journal = machine.run(["journalctl", "-u", "edge-pose", "-n", _LOG_LINES, "--no-pager"], 30.0)
    return {
        "report.json": as_json(findings),
        "report.txt": "\n".join(line(finding) for finding in findings) + "\n",
        "config.json": json.dumps(_masked(config.model_dump(mode="json")), indent=2),
        "packages.txt": "\n".join(sorted(_packages())) + "\n",
        "system.txt": "\n\n".join(_system(machine)) + "\n",
        "journal.txt": journal or "no journal of this service can be read\n",
    }


def _masked(value: object) -> object:
    """Settings with the values of telling keys hidden."""
    if not isinstance(value, dict):
        return value
    return {
        key: HIDDEN if item and isinstance(item, str) and _SECRET_KEY.search(key) else _masked(item)
        for key, item in value.items()
    }


def _packages() -> Iterator[str]:
    for distribution in importlib.metadata.distributions():
        yield f"{distribution.metadata['Name']} {distribution.version}"


def _system(machine: Machine) -> Iterator[str]:
    for file in ("/etc/os-release", "/proc/version", "/proc/device-tree/model", "/proc/meminfo"):
        text = machine.text(file)
        if text:
            yield f"# {file}\n{text}"
    nodes = machine.nodes("video*", "media*", "gpiochip*", "dma_heap/*", "dri/*", "snd/*")
    yield "# devices\n" + "\n".join(str(node) for node in nodes)


def _listed(folder: Path) -> Iterator[Path]:
    try:
        yield from folder.iterdir()
    except OSError:
        return


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _in_address(source: str) -> set[str]:
    """User, password and query of a camera's address."""
    if "://" not in source:
        return set(re.findall(r"(?:user|password|pw|token)\S*?=(\S+)", source))
    parts = urlsplit(source)
    words = {parts.username or "", parts.password or "", parts.query}
    return words | {f"{parts.username}:{parts.password}"}
