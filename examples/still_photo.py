"""The head pose of every face in a picture:  python examples/still_photo.py photo.jpg"""

import sys

import cv2

from edge_pose import FaceAnalyzer

if len(sys.argv) < 2:
    raise SystemExit(__doc__)
image = cv2.imread(sys.argv[1])
if image is None:
    raise SystemExit(f"{sys.argv[1]}: not a picture that OpenCV can read")

for face in FaceAnalyzer()(image):
    if face.pose is None:
        continue
    pose = face.pose
    print(f"yaw {pose.yaw_deg:.1f}°, pitch {pose.pitch_deg:.1f}°, roll {pose.roll_deg:.1f}°")
    for x, y in face.landmarks if face.landmarks is not None else ():
        cv2.circle(image, (round(x), round(y)), 1, (0, 255, 255), -1)

if len(sys.argv) > 2:
    cv2.imwrite(sys.argv[2], image)
