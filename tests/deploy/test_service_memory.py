"""The camera behind the memory that the service is said to hold."""

from __future__ import annotations

import numpy as np

from deploy.device.speed.service_memory import StillCamera
from edge_pose.testing.clock import FakeClock


def test_a_still_camera_gives_its_picture_at_a_cameras_pace_until_it_is_closed() -> None:
    picture = np.full((4, 6, 3), 7, np.uint8)
    clock = FakeClock()
    with StillCamera(picture, clock) as camera:
        first, second = camera.read(), camera.read()
        assert first is not None
        assert second is not None
        assert second.index == first.index + 1
        assert second.t - first.t > 0.03
        assert (second.image == picture).all()
        assert second.image is not picture
        camera.close()
        assert camera.read() is None
