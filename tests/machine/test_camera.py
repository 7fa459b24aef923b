"""A real camera driver (vivid): frames, twenty times away and back, errors on demand."""

from __future__ import annotations

import pytest
from guest import Guest
from proof import Start, needs_machine, pid, ready, rounds

pytestmark = [pytest.mark.machine, needs_machine]

TIMES = rounds(4, 20)
_AWAY = (
    "v4l2-ctl -d /dev/video0 --set-ctrl=disconnect=1; "
    "for n in $(seq 60); do modprobe -r vivid 2>/dev/null && exit 0; sleep 1; done; "
    "fuser -v /dev/video0; exit 1"
)


@pytest.fixture(scope="module")
def guest(start: Start) -> Guest:
    guest = start(wait=False)
    guest.run("sed -i 's|^source.*|source = \"v4l2:/dev/video0\"|' /etc/edge-pose/config.toml")
    guest.run("modprobe vivid n_devs=1 node_types=0x1")
    guest.run("systemctl restart edge-pose", limit_s=240)
    ready(guest)
    return guest


def frames(guest: Guest) -> int:
    metrics = guest.run("curl -fsS http://127.0.0.1:8765/metrics")
    lines = [line for line in metrics.splitlines() if line.startswith("edge_pose_frames_total")]
    return int(float(lines[0].split()[-1]))


def delivers(guest: Guest, limit_s: float = 120.0) -> float:
    before = frames(guest)
    return guest.until(
        "test $(curl -fsS http://127.0.0.1:8765/metrics | "
        f"sed -n 's/^edge_pose_frames_total[^ ]* //p' | cut -d. -f1) -gt {before + 5}",
        limit_s=limit_s,
    )


def handles(guest: Guest) -> tuple[int, int]:
    """Open descriptors and threads of the service."""
    process = f"/proc/{pid(guest)}"
    return int(guest.run(f"ls {process}/fd | wc -l")), int(guest.run(f"ls {process}/task | wc -l"))


def test_frames_arrive(guest: Guest) -> None:
    delivers(guest)


def test_a_camera_that_goes_and_comes_back_is_told_and_taken_up_again(guest: Guest) -> None:
    first = handles(guest)
    service = pid(guest)
    for number in range(TIMES):
        guest.run(_AWAY, limit_s=180)
        guest.run("modprobe vivid n_devs=1 node_types=0x1")
        print(f"\n  away {number + 1}: frames again after {delivers(guest):.0f} s")
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
    delivers(guest)
