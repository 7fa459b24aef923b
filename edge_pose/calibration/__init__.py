"""The guided calibration: what to look at, and whether the camera is well placed."""
