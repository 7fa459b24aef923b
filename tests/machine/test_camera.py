"""A real camera driver (vivid): frames, twenty times away and back, errors on demand."""

from __future__ import annotations

import pytest
from guest import Guest
from proof import Start, handles, needs_machine, patient, pid, ready, rounds, say
from vivid import PLUG, PULL, UNLOAD, look_at

pytestmark = [pytest.mark.machine, needs_machine]

PYTHON = "/opt/edge-pose/current/bin/python"
TIMES = rounds(2, 20)
_SAYS = "curl -fsS http://127.0.0.1:8765/metrics | grep -Eq '^edge_pose_camera_up[^ ]* {up}'"
# Done by the guest in one go: a login takes a slow one seconds. One line for each time: how long
# until it was told, and, once the program had let go of the driver and that was loaded anew, until
# it saw again.
_AWAY_AND_BACK = f"""
until_it_says() {{
    began=$(cut -d' ' -f1 /proc/uptime)
    for n in $(seq 600); do
        ! curl -fsS http://127.0.0.1:8765/metrics | grep -Eq "^edge_pose_camera_up[^ ]* $1" || break
        sleep 0.2
    done
    [ $n -lt 600 ] || exit 1
    awk "{{print \\$1 - $began}}" /proc/uptime
}}
for time in $(seq {TIMES}); do
    {PULL}
    told=$(until_it_says 0) || {{ echo "time $time: not told"; exit 1; }}
    {{ {UNLOAD}; }} || {{ echo "time $time: the driver is still held"; exit 1; }}
    {PLUG}
    back=$(until_it_says 1) || {{ echo "time $time: not seen again"; exit 1; }}
    echo "$told $back"
done
"""


@pytest.fixture(scope="module")
def guest(start: Start) -> Guest:
    guest = start(hold=True)
    look_at(guest, fps=5)
    patient(guest)
    guest.release()
    guest.run("systemctl start edge-pose", limit_s=1200)
    ready(guest)
    return guest


def sees(guest: Guest, wanted: int = 1, limit_s: float = 300.0) -> float:
    """Until the program says that its camera delivers (1) or does not (0)."""
    return guest.until(_SAYS.format(up=wanted), limit_s=limit_s, every_s=0.3)


def frames_come(guest: Guest) -> None:
    """Until three more have been judged than now."""
    count = (
        "curl -fsS http://127.0.0.1:8765/metrics | "
        "sed -n 's/^edge_pose_frame_age_seconds_count //p'"
    )
    first = float(guest.run(count))
    guest.until(f"test $({count} | cut -d. -f1) -gt {first + 2:.0f}", limit_s=180, every_s=0.5)


def test_frames_arrive(guest: Guest) -> None:
    sees(guest)
    frames_come(guest)


def test_the_picture_is_the_cameras(guest: Guest) -> None:
    """Bars in 16:9 as it was set, not one row of bytes."""
    look = (
        "import cv2, numpy, urllib.request as page;"
        " told = page.urlopen('http://127.0.0.1:8765/picture.jpg').read();"
        " picture = cv2.imdecode(numpy.frombuffer(told, 'u1'), 1);"
        " print(*picture.shape[:2], len(numpy.unique(picture // 64)))"
    )
    height, width, greys = map(int, guest.run(f'{PYTHON} -c "{look}"').split())
    assert width * 9 == height * 16
    assert greys > 2


def test_a_camera_that_goes_and_comes_back_is_told_and_taken_up_again(guest: Guest) -> None:
    first, service = handles(guest), pid(guest)
    told = guest.run(_AWAY_AND_BACK, limit_s=TIMES * 180.0)
    times = [tuple(map(float, line.split())) for line in told.splitlines()]
    assert len(times) == TIMES, told
    say(
        f"{TIMES} times away and back: told after {max(t for t, _ in times):.1f} s at most, "
        f"seeing again {max(b for _, b in times):.1f} s after the driver at most"
    )
    assert pid(guest) == service, "the program lives through it"
    last = handles(guest)
    say(f"descriptors and threads {first} → {last}")
    assert last <= (first[0] + 2, first[1] + 1)
    assert "camera." in guest.run("edge-pose events list")


@pytest.mark.parametrize(
    "control",
    [
        "disconnect", "inject_v4l2_buf_flag_error", "inject_vidioc_qbuf_error",
        "inject_vidioc_reqbufs_error", "inject_vidioc_streamon_error",
    ],
)  # fmt: skip
def test_an_error_of_the_driver_is_lived_through(guest: Guest, control: str) -> None:
    """Picture or buffer meets it at once; what opening it again meets comes with a fatal error (a
    disconnection is one)."""
    service = pid(guest)
    guest.run(
        f"v4l2-ctl -d /dev/video0 --set-ctrl={control}=1 --set-ctrl=inject_fatal_streaming_error=1"
    )
    guest.run("sleep 5")
    sees(guest)
    frames_come(guest)
    assert pid(guest) == service
