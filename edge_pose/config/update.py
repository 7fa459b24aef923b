"""Settings of ``edge-pose update``."""

from __future__ import annotations

from edge_pose.config.section import Section, setting


class UpdateConfig(Section):
    """[update] Whose releases this board takes."""

    key: str = setting(
        "",
        "public ssh key that signs releases (a line ssh-ed25519 …); empty: no update is taken",
        pattern=r"^$|^(ssh-ed25519|ecdsa-sha2-nistp\d+|ssh-rsa|sk-ssh-ed25519@openssh\.com) "
        r"[A-Za-z0-9+/=]+( [^\n]*)?$",
        form="a public ssh key as it stands in a .pub file",
    )
    healthy_s: float = setting(
        60.0,
        "a new release must run this long after it is ready, else the old one comes back",
        unit="s",
        ge=5,
        le=3600,
    )
