"""A drive as a table of angles and attention:  python examples/video_to_csv.py drive.mp4 out.csv"""

import csv
import sys

from edge_pose import watch

if len(sys.argv) < 3:
    raise SystemExit(__doc__)

with open(sys.argv[2], "w", newline="") as file:
    table = csv.writer(file)
    table.writerow(["t_s", "yaw_deg", "pitch_deg", "roll_deg", "attention", "alerts"])
    for result in watch(sys.argv[1]):
        pose = result.observation.pose
        angles = [pose.yaw_deg, pose.pitch_deg, pose.roll_deg] if pose else [None] * 3
        alerts = " ".join(f"{alert.kind}:{alert.phase}" for alert in result.alerts)
        row = [result.observation.t_s, *angles, result.state.attention, alerts]
        table.writerow([f"{cell:.3f}" if isinstance(cell, float) else cell for cell in row])
