"""A whole centre of Debian's packages on this machine: broker, database, two workers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Self

from deploy.fleet.processes import Usage
from deploy.fleet.services import Mosquitto, Postgres, service_folder

ROOT = Path(__file__).resolve().parents[2]
WORKERS = ("one", "two")


class Centre:
    """Starts everything in a folder of its own and leaves nothing behind."""

    def __init__(self) -> None:
        self._folder = service_folder()
        self.broker = Mosquitto(self._folder)
        self.database = Postgres(self._folder)
        self.config = self._folder / "fleet.toml"
        self.config.write_text(
            f'database = "{self.database.conninfo}"\n'
            f'[broker]\nhost = "127.0.0.1"\nport = {self.broker.port}\n'
        )
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        self.usage = Usage()

    def __enter__(self) -> Self:
        self.broker.start()
        self.database.start()
        for name in WORKERS:
            self.start_worker(name)
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers.values():
            worker.kill()
            worker.wait(10.0)
        self.broker.stop()
        self.database.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start_worker(self, name: str) -> None:
        self.workers[name] = subprocess.Popen(
            [sys.executable, "-m", "edge_pose", "fleet", "ingest", "-c", str(self.config),
             "--name", name],
            cwd=ROOT, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def kill_worker(self, name: str) -> None:
        self.workers[name].kill()
        self.workers[name].wait(10.0)

    def look(self) -> None:
        """Note what every program has used so far."""
        for worker in self.workers.values():
            self.usage.look("workers", worker.pid)
        self.usage.look("broker", self.broker.pid)
        self.usage.look("database", self.database.pid)
