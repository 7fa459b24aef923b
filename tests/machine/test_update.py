"""Newer releases that must not stay: of a stranger, broken, or left half tried."""

from __future__ import annotations

import pytest
from guest import Guest
from proof import Start, ready
from releases import UPDATE, recorded, release

pytestmark = pytest.mark.machine


@pytest.fixture(scope="module")
def guest(start: Start) -> Guest:
    return start()


def test_a_foreign_signature_changes_nothing(guest: Guest) -> None:
    before = release(guest)
    guest.run("cp /media/0.0.2.deb /tmp && cp /media/broken.deb.sig /tmp/0.0.2.deb.sig")
    said = guest.says("edge-pose update --from /tmp/0.0.2.deb", limit_s=120)
    assert "signature" in said
    assert release(guest) == before


def test_a_release_that_does_not_start_gives_way_to_the_old_one(guest: Guest) -> None:
    before = release(guest)
    said = guest.says(UPDATE.format(name="broken"), limit_s=900)
    assert "the old release runs again" in said, said
    assert release(guest) == before
    assert recorded(guest) == "0.0.1"
    ready(guest)


def test_an_updater_that_is_killed_puts_the_old_one_back_at_once(guest: Guest) -> None:
    before = release(guest)
    with guest.follow(UPDATE.format(name="broken")):
        guest.until("test -e /opt/edge-pose/trial", limit_s=600, every_s=0.5)
        guest.run("systemctl kill -s KILL 'edge-pose-update-*'")
    guest.until("test ! -e /opt/edge-pose/trial", limit_s=60)
    assert release(guest) == before
    ready(guest)
