"""A zip for a bug report: findings, versions, settings and log. No image, no secret."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from edge_pose.config.camera_address import secrets_in
from edge_pose.config.describe import is_secret
from edge_pose.config.root import Config
from edge_pose.doctor.finding import Finding
from edge_pose.doctor.machine import Machine
from edge_pose.doctor.report import as_json, line
from edge_pose.sinks.mqtt import credentials

HIDDEN = "•••"
_SECRET_KEY = re.compile(r"password|token|secret|username|credential", re.IGNORECASE)
_USER_IN_URL = re.compile(r"(?<=://)\S*@")
_LOG_LINES = "3000"


def write_bundle(path: Path, machine: Machine, config: Config, findings: Sequence[Finding]) -> Path:
    """Write the zip; raises OSError when that cannot be."""
    secrets = sorted(known_secrets(config), key=len, reverse=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in _contents(machine, config, findings, secrets).items():
            bundle.writestr(name, text)
    path.chmod(0o600)
    return path


def scrubbed(text: str, secrets: Sequence[str]) -> str:
    """The text without these secrets and without users in addresses."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return _USER_IN_URL.sub(f"{HIDDEN}@", text)


def known_secrets(config: Config) -> set[str]:
    """Every secret of three characters or more that the program could know here, in the forms in
    which it could be printed."""
    found = {config.mqtt.username}
    if config.web.token is not None:
        found.add(config.web.token.get_secret_value())
    files = [config.web.token_file, config.mqtt.password_file]
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    for place in (Path(folder) if folder else None, credentials.INSTALLED):
        files += list(_listed(place)) if place else []
    for file in files:
        found |= _lines(file) if file is not None else set()
    found |= secrets_in(config.camera.source)
    for plugin in config.plugins.values():
        found |= set(_secrets_of(plugin.model_extra or {}))
    return {secret for secret in found if len(secret) >= 3}


def _contents(
    machine: Machine, config: Config, findings: Sequence[Finding], secrets: Sequence[str]
) -> dict[str, str]:
    """All is cleaned before it is written as JSON, whose escapes would disguise a secret."""

    def clean(text: str) -> str:
        return scrubbed(text, secrets)

    told = [replace(finding, text=clean(finding.text), fix=clean(finding.fix))
            for finding in findings]  # fmt: skip
    journal = machine.run(["journalctl", "-u", "edge-pose", "-n", _LOG_LINES, "--no-pager"], 30.0)
    return {
        "report.json": as_json(told),
        "report.txt": "\n".join(line(finding) for finding in told) + "\n",
        "config.json": json.dumps(_masked(config.model_dump(mode="json"), clean), indent=2),
        "packages.txt": "\n".join(sorted(_packages())) + "\n",
        "system.txt": clean("\n\n".join(_system(machine)) + "\n"),
        "journal.txt": clean(journal or "no journal of this service can be read\n"),
    }


def _masked(value: object, clean: Callable[[str], str], key: str = "") -> object:
    """Settings with the values of telling keys hidden, and the secrets in all others."""
    match value:
        case dict():
            return {name: _masked(item, clean, name) for name, item in value.items()}
        case list():
            return [_masked(item, clean, key) for item in value]
        case str():
            return HIDDEN if value and _SECRET_KEY.search(key) else clean(value)
    return value


def _secrets_of(value: object, name: str = "") -> Iterator[str]:
    """What other packages keep under a name that tells of a secret."""
    match value:
        case dict():
            for key, item in value.items():
                yield from _secrets_of(item, f"{name} {key}")
        case list():
            for item in value:
                yield from _secrets_of(item, name)
        case str() if is_secret(name):
            yield value


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


def _lines(file: Path) -> set[str]:
    """A secret may be the whole file or, as the page's token, its first line."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return set()
    return {text.strip(), text.rstrip("\r\n"), *(line.strip() for line in text.splitlines())}
