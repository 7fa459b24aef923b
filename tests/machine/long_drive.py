"""A second edge_pose in the guest that watches a driver for hours: a network camera shows it the
demo clip again and again, and its alerts go to its own database and to the guest's broker."""

from __future__ import annotations

from guest import Guest

SERVICE = "edge-pose-drive"
PORT = 8766
STATE = f"/var/lib/{SERVICE}"
ROUND_S = 40.0
"""Length of the demo clip."""
_CAMERA_PORT = 9009
_FPS = 10
_CONFIG = f"""
[camera]
source = "http://127.0.0.1:{_CAMERA_PORT}/"
[mqtt]
enabled = true
host = "127.0.0.1"
[runtime]
vehicle_id = "drive"
[web]
port = {PORT}
"""


def begin(guest: Guest) -> None:
    """Its camera and itself, under the same unit's sandbox as the first one."""
    release = "/opt/edge-pose/current"
    clip = f"$(find {release}/ -name demo.mp4)"
    python = f"$(find {release}/ -path '*bin/python3')"
    guest.run(
        f"systemd-run -q -u drive-camera {python} /media/drive_camera.py {clip} {_CAMERA_PORT}"
        f" {_FPS}"
    )
    guest.run(f"cat >/etc/edge-pose/drive.toml <<'TOML'{_CONFIG}TOML")
    guest.run(
        "sed -e 's#pose/config.toml#pose/drive.toml#'"
        rf" -e 's#^\(State\|Runtime\)Directory=.*#\1Directory={SERVICE}#'"
        f" $(systemctl show -P FragmentPath edge-pose) >/etc/systemd/system/{SERVICE}.service"
        f" && systemctl daemon-reload && systemctl start {SERVICE}",
        limit_s=240,
    )
