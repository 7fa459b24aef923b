"""Runs in the guest: a network camera that shows the demo clip for ever, as motion JPEG.

usage: drive_camera.py CLIP PORT FPS
"""

import http.server
import sys
import time

import cv2

BOUNDARY = "frame"


def pictures(clip: str) -> tuple[list[bytes], float]:
    """Its pictures as JPEG, and how many of them make a second."""
    capture = cv2.VideoCapture(clip)
    fps, found = capture.get(cv2.CAP_PROP_FPS), []
    while (read := capture.read())[0]:
        found.append(cv2.imencode(".jpg", read[1])[1].tobytes())
    return found, fps


class Camera(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
        self.end_headers()
        began_s, number = time.monotonic(), 0
        while True:
            at_s = number / FPS
            time.sleep(max(0.0, began_s + at_s - time.monotonic()))
            jpeg = PICTURES[int(at_s * CLIP_FPS) % len(PICTURES)]
            head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n"
            self.wfile.write(head.encode() + b"\r\n" + jpeg + b"\r\n")
            number += 1

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


FPS = float(sys.argv[3])
PICTURES, CLIP_FPS = pictures(sys.argv[1])
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Camera).serve_forever()
