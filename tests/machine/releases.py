"""The release that runs in a guest, and the command that brings another."""

from __future__ import annotations

from guest import Guest

UPDATE = "edge-pose update --from /media/{name}.deb"


def release(guest: Guest) -> str:
    """Its folder's name."""
    return guest.run("basename $(readlink /opt/edge-pose/current)")


def recorded(guest: Guest) -> str:
    """The version that dpkg knows."""
    return guest.run("dpkg-query -W -f '${Version}' edge-pose")
