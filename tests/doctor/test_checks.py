"""The doctor on machines of our making."""

# ruff: noqa: ARG002 (the fake takes what the real one takes)
from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from edge_pose.config.root import Config
from edge_pose.config.sinks import MqttConfig
from edge_pose.doctor import board, devices, inference, outputs, report, software
from edge_pose.doctor.finding import Check, Finding, Status, fail, ok
from edge_pose.doctor.machine import Identity, Machine
from edge_pose.sinks.mqtt import Answer


class Patient(Machine):
    """A machine made of a folder and a few facts."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.version_of = {"numpy": "2.2.0", "ai-edge-litert": "2.3.0",
                           "opencv-python-headless": "4.14.0.94"}  # fmt: skip
        self.runs_python = (3, 11)
        self.is_installed = False
        self.says: dict[str, str] = {}
        self.programs: set[str] = set()
        self.who = Identity("edge-pose", 990, frozenset())
        self.answer = Answer(accepted=True, text="accepts us")
        self.free = 5 * 2**30

    @property
    def python(self) -> tuple[int, int]:
        return self.runs_python

    @property
    def installed(self) -> bool:
        return self.is_installed

    @property
    def identity(self) -> Identity:
        return self.who

    def version(self, distribution: str) -> str | None:
        return self.version_of.get(distribution)

    def run(self, command: Sequence[str], timeout_s: float = 10.0) -> str | None:
        return self.says.get(command[0])

    def program(self, name: str) -> str | None:
        return f"/usr/bin/{name}" if name in self.programs else None

    def free_bytes(self, folder: Path) -> int | None:
        return self.free

    def ask_broker(self, config: MqttConfig, vehicle_id: str) -> Answer:
        return self.answer

    def write(self, path: str, text: str = "") -> Path:
        file = self.path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file


@pytest.fixture
def patient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Patient:
    monkeypatch.setattr(devices, "pi_cameras", list)
    return Patient(tmp_path)


def config(**sections: object) -> Config:
    return Config.model_validate(sections)


def examined(check: Check, patient: Patient, **sections: object) -> list[Finding]:
    return list(check(patient, config(**sections)))


def only(check: Check, patient: Patient, **sections: object) -> Finding:
    (finding,) = examined(check, patient, **sections)
    if finding.status is not Status.OK:
        assert finding.fix, "what is wrong comes with what to do"
    return finding


@pytest.mark.parametrize(
    ("version", "status"),
    [((3, 10), Status.FAIL), ((3, 11), Status.OK), ((3, 13), Status.OK), ((3, 14), Status.WARN)],
)
def test_python(patient: Patient, version: tuple[int, int], status: Status) -> None:
    patient.runs_python = version
    assert only(software.check_python, patient).status is status


@pytest.mark.parametrize(
    ("versions", "status", "word"),
    [
        ({"ai-edge-litert": "2.3.0", "numpy": "2.4.6"}, Status.OK, "2.3.0"),
        ({"tflite-runtime": "2.14.0", "numpy": "2.1.0"}, Status.FAIL, "_ARRAY_API"),
        ({"tflite-runtime": "2.14.0", "numpy": "1.26.4"}, Status.WARN, "slower"),
        ({"numpy": "2.1.0"}, Status.FAIL, "no TFLite"),
    ],
)
def test_the_runtime_and_its_numpy(
    patient: Patient, versions: dict[str, str], status: Status, word: str
) -> None:
    patient.version_of = versions
    finding = only(software.check_runtime, patient)
    assert finding.status is status
    assert word in finding.text


@pytest.mark.parametrize(
    ("versions", "status"),
    [
        ({"opencv-python-headless": "4.14.0.94", "numpy": "2.1.0"}, Status.OK),
        ({"opencv-python-headless": "4.14.0.94", "numpy": "1.26.4"}, Status.FAIL),
        ({"opencv-python-headless": "4.11.0.86", "numpy": "1.26.4"}, Status.OK),
        ({"opencv-python": "5.0.0.93", "numpy": "2.1.0"}, Status.WARN),
        ({"opencv-python": "4.14.0", "opencv-python-headless": "4.14.0"}, Status.WARN),
        ({"numpy": "1.24.2"}, Status.OK),
    ],
)
def test_opencv(patient: Patient, versions: dict[str, str], status: Status) -> None:
    patient.version_of = versions
    assert only(software.check_opencv, patient).status is status


@pytest.mark.parametrize(
    ("release", "versions", "status"),
    [
        ("bookworm", {"picamera2": "0.3.25", "numpy": "1.26.4"}, Status.OK),
        ("bookworm", {"picamera2": "0.3.25", "numpy": "2.1.0"}, Status.FAIL),
        ("trixie", {"picamera2": "0.3.31", "numpy": "2.2.4"}, Status.OK),
        ("trixie", {"numpy": "2.2.4"}, Status.WARN),
    ],
)
def test_picamera2_on_a_pi(
    patient: Patient, release: str, versions: dict[str, str], status: Status
) -> None:
    patient.write("/proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.5\0")
    patient.write("/etc/os-release", f'VERSION_CODENAME="{release}"\n')
    patient.version_of = versions
    assert only(software.check_picamera2, patient).status is status
    if "picamera2" not in versions:
        finding = only(software.check_picamera2, patient, camera={"source": "picamera2:0"})
        assert finding.status is Status.FAIL


def test_elsewhere_nobody_asks_for_picamera2(patient: Patient) -> None:
    assert examined(software.check_picamera2, patient) == []


def test_no_camera_is_a_failure_unless_none_is_needed(patient: Patient) -> None:
    assert only(devices.check_cameras, patient).status is Status.FAIL
    patient.write("/clips/x.mp4")
    for source in ("file:/clips/x.mp4", "demo:", "rtsp://cam/x"):
        finding = only(devices.check_cameras, patient, camera={"source": source})
        assert finding.status is Status.OK


def test_cameras_are_listed_by_name_without_codec_nodes(patient: Patient) -> None:
    patient.write("/sys/class/video4linux/video0/name", "HD Webcam\n")
    patient.write("/sys/class/video4linux/video10/name", "bcm2835-codec-decode\n")
    patient.write("/dev/video0")
    assert only(devices.check_cameras, patient).text == "v4l2:/dev/video0 (HD Webcam)"
    wrong = examined(devices.check_cameras, patient, camera={"source": "v4l2:/dev/video7"})
    assert wrong[-1].status is Status.FAIL


def test_a_pi_camera_with_another_modules_lens_is_told(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "pi_cameras", lambda: ["imx708_wide"])
    wrong = {"source": "picamera2:0", "module": "pi-v3"}
    finding = only(devices.check_cameras, patient, camera=wrong)
    assert finding.status is Status.WARN
    assert 'camera.module = "pi-v3-wide"' in finding.fix
    right = {"source": "picamera2:0", "module": "pi-v3-wide"}
    assert only(devices.check_cameras, patient, camera=right).status is Status.OK


def test_a_node_that_the_service_may_not_open_is_told_with_its_group(patient: Patient) -> None:
    node = patient.write("/dev/video0")
    node.chmod(0o660)
    closed = only(devices.check_access, patient)
    assert closed.status is Status.FAIL
    assert "usermod -aG" in closed.fix
    patient.who = Identity("edge-pose", 990, frozenset({node.stat().st_gid}))
    assert only(devices.check_access, patient).status is Status.OK


@pytest.mark.parametrize(
    ("mode", "uid_matches", "in_group", "may"),
    [
        (0o600, True, False, True),
        (0o060, True, True, False),
        (0o660, False, True, True),
        (0o640, False, True, False),
        (0o666, False, False, True),
        (0o664, False, False, False),
    ],
)
def test_who_may_open_a_node(
    tmp_path: Path, mode: int, uid_matches: bool, in_group: bool, may: bool
) -> None:
    node = tmp_path / "node"
    node.write_text("")
    node.chmod(mode)
    status = node.stat()
    uid = status.st_uid if uid_matches and status.st_uid else 990
    if uid_matches and not status.st_uid:
        os.chown(node, 990, status.st_gid)
    gids = frozenset({status.st_gid} if in_group else set())
    assert devices.may_open(node, Identity("x", uid, gids)) is may
    assert devices.may_open(node, Identity("root", 0, frozenset()))
    assert not devices.may_open(tmp_path / "absent", Identity("x", uid, gids))


def test_only_what_the_config_uses_is_asked_for(patient: Patient) -> None:
    for node in ("gpiochip0", "snd/pcmC0D0p", "dri/card0", "video0"):
        patient.write(f"/dev/{node}").chmod(0o600)
    found = examined(devices.check_access, patient, camera={"source": "demo:"})
    assert found == []
    found = examined(
        devices.check_access, patient, camera={"source": "demo:"}, gpio={"enabled": True},
        sound={"enabled": True}, screen={"enabled": True},
    )  # fmt: skip
    assert [finding.status for finding in found] == [Status.FAIL] * 3


def test_missing_and_damaged_models_fail(
    patient: Patient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDGE_POSE_MODELS", str(tmp_path / "models"))
    mesh = {"landmarks": "mesh", "mode": "hybrid"}
    found = examined(
        inference.check_models, patient, detector={"backend": "blazeface_float"}, pose=mesh
    )
    missing = {f.text.split(" ")[1]: f for f in found if f.status is Status.FAIL}
    assert set(missing) == {"face_detection_short_range", "face_landmark"}
    assert missing["face_detection_short_range"].fix == "edge-pose models install --mesh"
    quiet = examined(inference.check_models, patient, eyes={"enabled": False}, pose=mesh)
    assert [f.status for f in quiet if "face_landmark" in f.text] == [Status.FAIL]
    mesh["mode"] = "network"
    quiet = examined(inference.check_models, patient, eyes={"enabled": False}, pose=mesh)
    assert [f.status for f in quiet if "face_landmark" in f.text] == [Status.OK]
    broken = tmp_path / "models" / "face_landmark.tflite"
    broken.parent.mkdir()
    broken.write_bytes(b"TFL3 no more")
    texts = [f.text for f in examined(inference.check_models, patient)]
    assert any("sha256" in text and "face_landmark" in text for text in texts)


def test_the_detector_of_the_config_is_the_one_that_is_run(patient: Patient) -> None:
    found = examined(inference.check_inference, patient, detector={"backend": "blazeface"})
    assert found[0].status is Status.OK
    assert "face_detector_int8" in found[0].text


def test_a_delegate_that_does_not_load_fails_in_one_line(patient: Patient, tmp_path: Path) -> None:
    found = examined(
        inference.check_inference, patient, pose={"delegate": str(tmp_path / "none.so")}
    )
    assert found[1].status is Status.FAIL
    assert "\n" not in found[1].text


def test_heat_and_throttling(patient: Patient) -> None:
    assert only(board.check_heat, patient).status is Status.OK
    patient.write("/sys/class/thermal/thermal_zone0/type", "cpu-thermal")
    patient.write("/sys/class/thermal/thermal_zone0/temp", "82000")
    assert only(board.check_heat, patient).status is Status.WARN
    throttled = patient.write("/sys/devices/platform/soc/soc:firmware/get_throttled", "50000")
    assert [f.status for f in examined(board.check_throttling, patient)] == [Status.WARN] * 2
    throttled.write_text("5")
    assert [f.status for f in examined(board.check_throttling, patient)] == [
        Status.FAIL,
        Status.WARN,
    ]
    throttled.write_text("0")
    assert [f.status for f in examined(board.check_throttling, patient)] == [Status.OK] * 2


def test_throttling_is_asked_of_the_pis_tool_where_the_kernel_is_silent(patient: Patient) -> None:
    patient.write("/proc/device-tree/model", "Raspberry Pi 4 Model B")
    patient.says["vcgencmd"] = "throttled=0x50005\n"
    assert examined(board.check_throttling, patient)[0].status is Status.FAIL
    patient.says["vcgencmd"] = "error"
    assert only(board.check_throttling, patient).status is Status.OK


@pytest.mark.parametrize(
    ("free", "status"),
    [(5 * 2**30, Status.OK), (100 * 2**20, Status.WARN), (2**20, Status.FAIL)],
)
def test_disk(patient: Patient, free: int, status: Status) -> None:
    patient.free = free
    patient.who = Identity("owner", os.getuid(), frozenset())
    assert only(board.check_disk, patient).status is status


def test_records_that_the_service_could_not_keep_are_a_failure(
    patient: Patient, tmp_path: Path
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o755)
    findings = examined(board.check_disk, patient, runtime={"state_dir": str(closed / "new")})
    assert findings[-1].status is Status.FAIL
    assert "edge-pose may not write" in findings[-1].text
    closed.chmod(0o777)
    findings = examined(board.check_disk, patient, runtime={"state_dir": str(closed / "new")})
    assert [f.status for f in findings] == [Status.OK]


def test_the_folder_that_systemd_makes_is_not_missed(
    patient: Patient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "not yet"
    monkeypatch.setattr(board, "BOARD_STATE", state)
    assert only(board.check_disk, patient, runtime={"state_dir": str(state)}).status is Status.OK


def test_an_installed_board_needs_the_user_of_its_service(patient: Patient) -> None:
    assert examined(board.check_user, patient) == []
    patient.is_installed = True
    assert only(board.check_user, patient).status is Status.OK
    patient.who = Identity("root", 0, frozenset())
    assert only(board.check_user, patient).status is Status.FAIL


def test_a_clip_that_is_not_there_is_a_failure(patient: Patient) -> None:
    finding = only(devices.check_cameras, patient, camera={"source": "file:nope.mp4"})
    assert finding.status is Status.FAIL
    assert "nope.mp4" in finding.text


def test_memory(patient: Patient) -> None:
    patient.write("/proc/meminfo", "MemTotal:        3884028 kB\nMemFree: 1 kB\n")
    assert only(board.check_memory, patient).text == "3.7 GB"
    patient.write("/proc/meminfo", "MemTotal: 430000 kB\n")
    assert only(board.check_memory, patient).status is Status.WARN


@pytest.mark.parametrize(
    ("answer", "status"), [(True, Status.OK), (False, Status.WARN), (None, Status.OK)]
)
def test_clock(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, answer: bool | None, status: Status
) -> None:
    monkeypatch.setattr(board, "clock_synchronised", lambda: answer)
    assert only(board.check_clock, patient).status is status


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("LoadState=loaded\nActiveState=active\nNRestarts=0\n", Status.OK),
        ("LoadState=loaded\nActiveState=active\nNRestarts=9\n", Status.WARN),
        ("LoadState=loaded\nActiveState=failed\nNRestarts=0\n", Status.WARN),
    ],
)
def test_the_service(patient: Patient, said: str, status: Status) -> None:
    assert examined(board.check_service, patient) == []
    patient.says["systemctl"] = said
    assert only(board.check_service, patient).status is status


MQTT = {"enabled": True, "host": "broker.local"}


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Answer(accepted=True, text="broker.local:1883 accepts us"), Status.OK),
        (Answer(accepted=True, text="x", doubt="x: alerts may be lost", advice="y"), Status.WARN),
        (Answer(accepted=False, away=True, text="x cannot be reached", advice="y"), Status.WARN),
        (Answer(accepted=False, text="x refuses us", advice="check the password"), Status.FAIL),
    ],
)
def test_the_broker(patient: Patient, answer: Answer, status: Status) -> None:
    assert "off" in only(outputs.check_broker, patient).text
    patient.answer = answer
    finding = only(outputs.check_broker, patient, mqtt=MQTT)
    assert finding.status is status
    assert answer.text in finding.text
    assert finding.fix == answer.advice


def test_sound(patient: Patient) -> None:
    on = {"enabled": True}
    assert only(outputs.check_sound, patient).status is Status.OK
    assert "alsa-utils" in only(outputs.check_sound, patient, sound=on).fix
    patient.programs.add("aplay")
    assert only(outputs.check_sound, patient, sound=on).status is Status.FAIL
    patient.write("/dev/snd/pcmC0D0p")
    assert only(outputs.check_sound, patient, sound=on).status is Status.OK


def test_pins(patient: Patient, tmp_path: Path) -> None:
    assert "off" in only(outputs.check_pin_library, patient).text
    gpio = {"enabled": True, "backend": "record", "record_file": str(tmp_path / "pins.jsonl")}
    assert only(outputs.check_pin_library, patient, gpio=gpio).status is Status.OK


def test_a_check_that_breaks_is_a_finding(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check_odd(*_: object) -> list[Finding]:
        raise RuntimeError("odd")

    monkeypatch.setattr(report, "CHECKS", (check_odd, board.check_memory))
    patient.write("/proc/meminfo", "MemTotal: 3884028 kB\n")
    found = list(report.examine(patient, config()))
    assert [f.status for f in found] == [Status.FAIL, Status.OK]
    assert "odd" in found[0].text


def test_the_report_reads_well_and_parses() -> None:
    findings = [ok("python", "Python 3.11"), fail("camera", "no camera", "plug it in")]
    assert report.line(findings[0]) == "OK    python       Python 3.11"
    assert report.line(findings[1]).splitlines()[1].strip() == "→ plug it in"
    parsed = json.loads(report.as_json(findings))
    assert parsed["ok"] is False
    assert parsed["findings"][1]["fix"] == "plug it in"
    assert report.healthy(findings[:1])
