"""What came in, a package or a folder: taken to a place of its own, then checked, then opened."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from edge_pose.errors import ConfigError
from edge_pose.update.signature import check_signature

SUMS = "SHA256SUMS"
_IN_PACKAGE = Path("usr/lib/edge-pose/payload")
_UNPACK_TIMEOUT_S = 600.0


@dataclass(frozen=True, slots=True)
class Parcel:
    """A payload that may be installed, and the Debian package that it came in, if it did."""

    payload: Path
    package: Path | None


def receive(source: Path, key: str, place: Path) -> Parcel:
    """Copy ``source`` to ``place`` (which only root may write: what is checked is what is
    installed), check its signature, and open it. Raises ConfigError; then nothing was changed."""
    if source.is_dir():
        return Parcel(_folder(source, key, place), None)
    if source.suffix != ".deb" or not source.is_file():
        raise ConfigError(f"{source}: neither a .deb nor a folder that pack.sh made")
    package = place / source.name
    shutil.copyfile(source, package)
    signature = source.with_name(f"{source.name}.sig")
    if signature.is_file():
        shutil.copyfile(signature, place / signature.name)
    check_signature(package, place / signature.name, key)
    return Parcel(_opened(package, place / "root"), package)


def _opened(package: Path, root: Path) -> Path:
    command = ["dpkg-deb", "--extract", str(package), str(root)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_UNPACK_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigError(f"{package.name}: cannot be unpacked ({error})") from error
    payload = root / _IN_PACKAGE
    if done.returncode != 0 or not (payload / "release.json").is_file():
        raise ConfigError(f"{package.name}: is no package of edge-pose {done.stderr.strip()}")
    check_files(payload)
    return payload


def _folder(source: Path, key: str, place: Path) -> Path:
    payload = place / "payload"
    shutil.copytree(source, payload, symlinks=True)
    check_signature(payload / SUMS, payload / f"{SUMS}.sig", key)
    check_files(payload)
    return payload


def check_files(payload: Path) -> None:
    """Every file is listed with its sha256, and every listed file is there. Raises ConfigError."""
    listed = _listed(payload)
    found = {
        str(path.relative_to(payload))
        for path in payload.rglob("*")
        if path.is_symlink() or path.is_file()
    } - {SUMS, f"{SUMS}.sig"}
    for name in sorted(found ^ listed.keys()):
        state = "is not listed in" if name in found else "is missing, but listed in"
        raise ConfigError(f"{name} {state} {SUMS}; nothing was changed")
    for name, sha256 in listed.items():
        file = payload / name
        if file.is_symlink() or hashlib.sha256(file.read_bytes()).hexdigest() != sha256:
            raise ConfigError(f"{name}: not the file that {SUMS} lists; nothing was changed")


def _listed(payload: Path) -> dict[str, str]:
    try:
        lines = (payload / SUMS).read_text("utf-8").splitlines()
        return {name: sha256 for sha256, name in (line.split("  ", 1) for line in lines)}
    except (OSError, ValueError) as error:
        raise ConfigError(f"{payload}: {SUMS} cannot be read: pack.sh makes it") from error
