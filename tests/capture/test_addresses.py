"""What is shown of a camera's address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_pose.config.camera_address import secrets_in, without_secrets
from edge_pose.config.loader import load
from edge_pose.errors import ConfigError

WORDS = st.text(st.characters(blacklist_categories=["C", "Z"], blacklist_characters='"'))


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://me:secret@cam.local:554/live?key=secret", "rtsp://cam.local:554/live"),
        ("http://[fe80::1]:8080/mjpg", "http://[fe80::1]:8080/mjpg"),
        ("rtsp://me:sec/ret@cam/live", "rtsp://cam/live"),
        ("rtsp://me:sec#ret@cam/live", "rtsp://…"),
        ("rtsp://me:secret", "rtsp://…"),
        ("v4l2:/dev/video0", "v4l2:/dev/video0"),
        ("gst:src user-id=me user-pw=secret ! appsink", "gst:src user-id=… user-pw=… ! appsink"),
        ('gst:src user-pw="top secret" ! appsink', "gst:src user-pw=… ! appsink"),
        ("gst:src location=rtsp://me:se@cret@cam/x !", "gst:src location=rtsp://cam/x !"),
    ],
)
def test_an_address_without_its_secrets(address: str, shown: str) -> None:
    assert without_secrets(address) == shown


@given(user=WORDS, password=WORDS)
def test_no_password_is_shown_however_it_is_written(user: str, password: str) -> None:
    word = f"zQx7{password}"
    address = f"rtsp://{user}:{word}@cam.local/live"
    assert "zQx7" not in without_secrets(address)
    assert any("zQx7" in secret for secret in secrets_in(address))


@given(WORDS)
def test_any_text_is_an_address_that_can_be_shown(text: str) -> None:
    assert isinstance(without_secrets(text), str)
    assert isinstance(secrets_in(text), set)


def test_a_wrong_setting_is_told_without_the_secret_in_it() -> None:
    with pytest.raises(ConfigError, match="unknown source") as caught:
        load(None, ["camera.source='rtmp://me:secret@cam/live'"])
    assert "rtmp://cam/live" in str(caught.value)
    assert "secret" not in str(caught.value)
