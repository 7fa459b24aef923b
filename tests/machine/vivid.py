"""vivid, the kernel's own test camera: put in, pulled out, and the service made to look at it."""

from __future__ import annotations

from guest import Guest

# The pattern moves: one that stands still is a frozen camera.
PLUG = (
    "modprobe vivid n_devs=1 node_types=0x1 && "
    "v4l2-ctl -d /dev/video0 --set-ctrl=horizontal_movement=6"
)
# Unbinding is what pulling a plug does; vivid's own "disconnect" ends when the device is closed.
PULL = "echo vivid.0 >/sys/bus/platform/drivers/vivid/unbind"
# Goes once the program has let go of the driver.
UNLOAD = (
    "for n in $(seq 100); do modprobe -r vivid 2>/dev/null && break; sleep 0.3; done;"
    " [ ! -e /dev/video0 ]"
)


def look_at(guest: Guest, fps: int) -> None:
    """Put it in and choose it. Small pictures: what draws them and what looks at them share one
    processor, and that one is often emulated."""
    camera = rf'source = "v4l2:/dev/video0"\nwidth = 320\nheight = 180\nfps = {fps}'
    guest.run(f"sed -i 's|^source.*|{camera}|' /etc/edge-pose/config.toml && {PLUG}")
