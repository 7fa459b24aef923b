"""A real camera driver (vivid): frames, twenty times away and back, errors on demand."""

from __future__ import annotations

import pytest
from guest import Guest
from proof import Start, needs_machine, patient, pid, ready, rounds

pytestmark = [pytest.mark.machine, needs_machine]

TIMES = rounds(4, 20)
_UNLOADED = (
    "for n in $(seq 60); do modprobe -r vivid 2>/dev/null && exit 0; sleep 1; done; "
    "fuser -v /dev/video0; exit 1"
)


@pytest.fixture(scope="module")
def guest(start: Start) -> Guest:
    guest = start(hold=True)
    guest.run("sed -i 's|^source.*|source = \"v4l2:/dev/video0\"|' /etc/edge-pose/config.toml")
    guest.run("modprobe vivid n_devs=1 node_types=0x1")
    patient(guest)
    guest.release()
    guest.run("systemctl start edge-pose", limit_s=1200)
    ready(guest)
    return guest


def sees(guest: Guest, wanted: int = 1, limit_s: float = 300.0) -> float:
    """Until the program says that its camera delivers (1) or does not (0)."""
    return guest.until(
        "curl -fsS http://127.0.0.1:8765/metrics | "
        f"grep -Eq '^edge_pose_camera_up[^ ]* {wanted}'",
        limit_s=limit_s, every_s=0.5,
    )  # fmt: skip


def handles(guest: Guest) -> tuple[int, int]:
    """Open descriptors and threads of the service."""
    process = f"/proc/{pid(guest)}"
    return int(guest.run(f"ls {process}/fd | wc -l")), int(guest.run(f"ls {process}/task | wc -l"))


def test_frames_arrive(guest: Guest) -> None:
    sees(guest)


def test_a_camera_that_goes_and_comes_back_is_told_and_taken_up_again(guest: Guest) -> None:
    first = handles(guest)
    service = pid(guest)
    for number in range(TIMES):
        guest.run("v4l2-ctl -d /dev/video0 --set-ctrl=disconnect=1")
        told_s = sees(guest, 0)
        guest.run(_UNLOADED, limit_s=180)
        guest.run("modprobe vivid n_devs=1 node_types=0x1")
        print(f"\n  away {number + 1}: told after {told_s:.0f} s, back after {sees(guest):.0f} s")
    assert pid(guest) == service, "the program lives through it"
    assert handles(guest) <= (first[0] + 2, first[1] + 1)
    assert "camera." in guest.run("edge-pose events list")


@pytest.mark.parametrize(
    "control",
    ["inject_vidioc_streamon_error", "inject_vidioc_reqbufs_error", "inject_v4l2_buf_flag_error"],
)
def test_an_error_of_the_driver_is_lived_through(guest: Guest, control: str) -> None:
    known = guest.run("v4l2-ctl -d /dev/video0 --list-ctrls-menus")
    if control not in known:
        pytest.skip(f"this vivid has no {control}")
    guest.run(f"v4l2-ctl -d /dev/video0 --set-ctrl={control}=1")
    sees(guest)
