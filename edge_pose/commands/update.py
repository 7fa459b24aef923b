"""``edge-pose update``: a newer release, signed, tried on the board, kept or taken back."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from edge_pose.commands import add_config_options, load_config
from edge_pose.config.root import Config
from edge_pose.errors import ConfigError
from edge_pose.installation import release_folder

_HOME = Path("/opt/edge-pose")
_GUARDED = "EDGE_POSE_UPDATE_GUARDED"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from", dest="source", type=Path, required=True, metavar="FILE.deb|DIR",
        help="a package with its .sig beside it, or a folder of pack.sh with SHA256SUMS.sig",
    )  # fmt: skip
    add_config_options(parser, of_board=True)


def run(args: argparse.Namespace) -> int:
    if release_folder() is None:
        raise ConfigError("update is for an installed board: install.sh or apt installs edge-pose")
    if os.geteuid() != 0:
        raise ConfigError("update changes the installation: use sudo")
    config = load_config(args)
    if not Path("/run/systemd/system").is_dir():
        raise ConfigError("systemd does not run here, so no trial is possible: use apt or dpkg")
    if _GUARDED in os.environ:
        return _update(args.source, config)
    return _guarded()


def _guarded() -> int:
    """The same again as a unit of its own: it outlives this terminal, and whatever ends it, what
    is on trial then goes back."""
    command = [
        "systemd-run", "--quiet", "--pipe", "--wait", "--collect",
        f"--unit=edge-pose-update-{os.getpid()}",
        f"--setenv={_GUARDED}=1", f"--working-directory={Path.cwd()}",
        f"--property=ExecStopPost={_HOME}/sbin/releases.sh recover restart",
        f"{sys.prefix}/bin/edge-pose", *sys.argv[1:],
    ]  # fmt: skip
    return subprocess.run(command, check=False).returncode


def _update(source: Path, config: Config) -> int:
    from edge_pose.clock import SystemClock
    from edge_pose.update.board import PACKAGE_FILES, InstalledBoard
    from edge_pose.update.parcel import receive
    from edge_pose.update.trial import update

    if source.is_dir() and PACKAGE_FILES.is_dir():
        raise ConfigError("edge-pose is installed as a package here: update from a .deb")
    _alone()
    place = _HOME / "incoming"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o700)
    try:
        parcel = receive(source, config.update.key, place)
        board = InstalledBoard(_HOME, system_packages=_sees_system_packages())
        name = update(
            board, parcel, SystemClock(), healthy_s=config.update.healthy_s,
            say=lambda text: print(text, flush=True),
        )  # fmt: skip
    finally:
        shutil.rmtree(place, ignore_errors=True)
    print(f"edge-pose is now {name}")
    return 0


def _alone() -> None:
    """Held until this process ends."""
    lock = os.open(_HOME / ".update", os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ConfigError("another update is running") from error


def _sees_system_packages() -> bool:
    """Whether the venv that runs sees the system's packages: the new one then does too."""
    settings = (Path(sys.prefix) / "pyvenv.cfg").read_text("utf-8")
    return "include-system-site-packages = true" in settings
