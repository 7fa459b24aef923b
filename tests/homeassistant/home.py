"""The real Home Assistant Core on loopback: set up by its own web API, asked, restarted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

CONFIGURATION = """\
homeassistant:
  name: Test
  unit_system: metric
  time_zone: UTC
http:
  server_host: 127.0.0.1
  server_port: {port}
api:
config:
onboarding:
automation: !include automations.yaml
blueprint:
input_text:
  noticed:
  triggered:
recorder:
  commit_interval: 1
history:
logger:
  default: warning
"""

State = dict[str, Any]


class Home:
    """One Home Assistant with its folder. ``python``: of the environment that holds it."""

    def __init__(self, python: str, folder: Path, port: int) -> None:
        self._python, self.folder, self._port = python, folder, port
        self._token = ""
        self._program: subprocess.Popen[bytes] | None = None
        folder.mkdir(exist_ok=True)
        (folder / "configuration.yaml").write_text(CONFIGURATION.format(port=port))
        if not (folder / "automations.yaml").exists():
            (folder / "automations.yaml").write_text("[]\n")

    def start(self) -> None:
        """Returns when it answers and says that it runs."""
        log = (self.folder / "output.log").open("ab")
        command = [self._python, "-m", "homeassistant", "-c", str(self.folder)]
        environment = os.environ | {"PYTHONWARNINGS": "ignore"}
        self._program = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        log.close()
        until(self._answers, 400.0)
        if not self._token:
            self._token = self._first_user()
        until(lambda: self.get("/api/config")["state"] == "RUNNING", 200.0)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        program, self._program = self._program, None
        if program is not None:
            program.send_signal(how)
            program.wait(60)

    def add_broker(self, port: int) -> None:
        """The MQTT integration, by the dialogue that a person would fill in."""
        flow = self.post("/api/config/config_entries/flow", {"handler": "mqtt"})
        answer = {"broker": "127.0.0.1", "port": port}
        made = self.post(f"/api/config/config_entries/flow/{flow['flow_id']}", answer)
        assert made["type"] == "create_entry", made

    def state(self, entity: str) -> State:
        """An entity's state; ``unknown entity`` where there is none."""
        try:
            return self.get(f"/api/states/{entity}")
        except urllib.error.HTTPError:
            return {"state": "unknown entity", "attributes": {}}

    def entities(self) -> dict[str, State]:
        return {state["entity_id"]: state for state in self.get("/api/states")}

    def history(self, entity: str, since: datetime) -> list[State]:
        """Every state that its recorder has kept since then, oldest first."""
        until_ = urllib.parse.quote(datetime.now(UTC).isoformat())
        path = f"/api/history/period/{urllib.parse.quote(since.isoformat())}"
        query = f"?filter_entity_id={entity}&end_time={until_}&significant_changes_only=0"
        told = self.get(path + query)
        return told[0] if told else []

    def device_of(self, entity: str) -> str:
        """The id of the device that an entity belongs to."""
        request = {"template": f"{{{{ device_id('{entity}') }}}}"}
        return self._words("/api/template", request)

    def automate(self, automations: list[dict[str, Any]]) -> None:
        """These automations, from now on."""
        (self.folder / "automations.yaml").write_text(json.dumps(automations))
        self.call("automation.reload")
        until(lambda: len([e for e in self.entities() if e.startswith("automation.")])
              >= len(automations))  # fmt: skip

    def log(self) -> str:
        path = self.folder / "home-assistant.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def call(self, service: str, **fields: object) -> None:
        domain, name = service.split(".")
        self.post(f"/api/services/{domain}/{name}", fields)

    def get(self, path: str) -> Any:
        return self._ask(path, None)

    def post(self, path: str, content: object) -> Any:
        return self._ask(path, json.dumps(content).encode(), "application/json")

    def _words(self, path: str, content: object) -> str:
        request = self._request(path, json.dumps(content).encode(), "application/json")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(answer.read().decode())

    def _answers(self) -> bool:
        assert self._program is not None
        assert self._program.poll() is None, (self.folder / "output.log").read_text()[-2000:]
        try:
            self._ask("/api/onboarding", None)
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def _first_user(self) -> str:
        """Onboarding as the first visitor does it; the token of that visit."""
        client = f"http://127.0.0.1:{self._port}/"
        user = {
            "client_id": client, "name": "Test", "username": "test", "password": "test",
            "language": "en",
        }  # fmt: skip
        code = self.post("/api/onboarding/users", user)["auth_code"]
        form = {"grant_type": "authorization_code", "code": code, "client_id": client}
        body = urllib.parse.urlencode(form).encode()
        told = self._ask("/auth/token", body, "application/x-www-form-urlencoded")
        return str(told["access_token"])

    def _ask(self, path: str, body: bytes | None, kind: str = "") -> Any:
        with urllib.request.urlopen(self._request(path, body, kind), timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def _request(self, path: str, body: bytes | None, kind: str) -> urllib.request.Request:
        headers = {"Content-Type": kind} if kind else {}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        return urllib.request.Request(
            f"http://127.0.0.1:{self._port}{path}", data=body, headers=headers
        )


def until(condition: Callable[[], object], timeout_s: float = 60.0) -> None:
    """Wait for something to become true; fails past the timeout."""
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "what was waited for did not come"
        time.sleep(0.1)
