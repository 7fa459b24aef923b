"""A broker and a database of Debian's own packages on loopback, in a folder of their own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from deploy.fleet.processes import children

_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
_WAIT_S = 60.0


def missing() -> list[str]:
    """Debian packages that this machine lacks for a centre."""
    packages = [] if shutil.which("mosquitto", path=_PATH) else ["mosquitto"]
    return packages if _postgres_bin() else [*packages, "postgresql"]


class Mosquitto:
    """``lines``: more of its config. Its queue is unbounded: what it holds is the boxes' day."""

    def __init__(self, folder: Path, *, port: int | None = None, lines: Sequence[str] = ()) -> None:
        self.port = port or free_port()
        self._conf = folder / "mosquitto.conf"
        settings = lines or ("allow_anonymous true",)
        common = ("user root", "max_inflight_messages 0", "max_queued_messages 0",
                  f"listener {self.port} 127.0.0.1")  # fmt: skip
        self._conf.write_text("\n".join([*common, *settings]) + "\n")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("mosquitto", path=_PATH)
        assert program is not None
        self._process = subprocess.Popen(
            [program, "-c", str(self._conf)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        _until_listening(self.port)

    @property
    def pid(self) -> int:
        return self._process.pid if self._process is not None else 0

    def kill(self) -> None:
        """As a power cut would: nothing is said, nothing is saved."""
        _end(self._process, signal.SIGKILL)

    def stop(self) -> None:
        _end(self._process, signal.SIGTERM)


class Postgres:
    """A cluster of its own under ``folder``; run as ``postgres`` where we are root. ``settings``:
    more of PostgreSQL's own."""

    def __init__(
        self, folder: Path, *, port: int | None = None, settings: Sequence[str] = ()
    ) -> None:
        self.port = port or free_port()
        self._settings = settings
        self._data = folder / "postgres"
        self._socket = folder / "postgres-socket"
        self._process: subprocess.Popen[bytes] | None = None
        for path in (self._data, self._socket):
            path.mkdir(mode=0o700)
            if os.getuid() == 0:
                user = pwd.getpwnam("postgres")
                os.chown(path, user.pw_uid, user.pw_gid)
        self._run("initdb", "-D", str(self._data), "-A", "trust", "-U", "fleet", "-E", "UTF8",
                  "--no-instructions", "--locale=C.UTF-8")  # fmt: skip

    @property
    def pid(self) -> int:
        """Of the server itself; 0 when it does not run."""
        try:
            return int((self._data / "postmaster.pid").read_text().splitlines()[0])
        except OSError:
            return 0

    @property
    def conninfo(self) -> str:
        return f"host=127.0.0.1 port={self.port} user=fleet dbname=postgres"

    def start(self) -> None:
        settings = ("listen_addresses=127.0.0.1", f"unix_socket_directories={self._socket}",
                    "max_connections=40", "shared_buffers=256MB", "max_wal_size=2GB")  # fmt: skip
        options = [word for setting in (*settings, *self._settings) for word in ("-c", setting)]
        self._process = subprocess.Popen(
            [*_as_postgres(), _postgres_bin() + "/postgres", "-D", str(self._data),
             "-p", str(self.port), *options],
            stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        self._until_ready()

    def kill(self) -> None:
        """SIGKILL for the server and all its children, as a power cut would."""
        pid = self.pid
        for one in (pid, *children(pid)):
            _kill(one)
        _end(self._process, signal.SIGKILL)

    def stop(self) -> None:
        """Fast and in order."""
        if self._process is not None and self._process.poll() is None:
            os.kill(self.pid, signal.SIGINT)
            self._process.wait(_WAIT_S)

    def _until_ready(self) -> None:
        """It listens before it answers: after a kill it first mends its tables."""
        command = [f"{_postgres_bin()}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        pause, deadline_s = threading.Event(), time.monotonic() + _WAIT_S
        while subprocess.run(command, check=False).returncode != 0:
            if time.monotonic() > deadline_s:
                raise TimeoutError(f"PostgreSQL does not answer on port {self.port}")
            pause.wait(0.1)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [*_as_postgres(), f"{_postgres_bin()}/{program}", *arguments],
            check=True, stdout=subprocess.DEVNULL, cwd="/",
        )  # fmt: skip


def service_folder() -> Path:
    """A new folder that the database's own user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="edge-pose-fleet-"))
    folder.chmod(0o755)
    return folder


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _as_postgres() -> list[str]:
    return ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []


def _postgres_bin() -> str:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return str(versions[-1].parent) if versions else ""


def _until_listening(port: int) -> None:
    pause, deadline_s = threading.Event(), time.monotonic() + _WAIT_S
    while time.monotonic() < deadline_s:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            pause.wait(0.05)
        else:
            return
    raise TimeoutError(f"nothing listens on port {port} after {_WAIT_S:.0f} s")


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _end(process: subprocess.Popen[bytes] | None, how: signal.Signals) -> None:
    if process is not None and process.poll() is None:
        process.send_signal(how)
        process.wait(_WAIT_S)
