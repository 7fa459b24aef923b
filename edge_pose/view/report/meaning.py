"""What the numbers of a report mean, in plain words, with their sources."""

from __future__ import annotations

MEANINGS: tuple[tuple[str, str], ...] = (
    (
        "Attention",
        "A store that holds two to five seconds: it empties while the driver looks away or closes "
        "the eyes and refills, faster than it emptied, while the driver looks at the road. At "
        "100 % all is well; the levels 1, 2 and 3 mark how long it has been emptying.",
    ),
    (
        "Yaw, pitch, roll",
        "Where the head points, in degrees, corrected for its place in the picture. Yaw above 0: "
        "nose towards the picture's left; pitch above 0: up; roll above 0: crown towards the "
        "picture's right. Rules count from the driver's own road-ahead pose, not from 0.",
    ),
    (
        "Eye openness",
        "100 % is this driver's normal open eye, 0 % closed. Blinks are the short dips; they do "
        "not count as closed eyes. Gaps: eyes not seen (dark glasses, a turned head, low light).",
    ),
    (
        "PERCLOS",
        "Share of the last minute with eyes at least 80 % closed, blinks left out. Under 7.5 % "
        "awake, 7.5 to 15 % questionable, over 15 % drowsy (Wierwille; FHWA).",
    ),
    (
        "Drowsiness",
        "Several cues (closed eyes, long closures, yawns, nods) fused into one number from 0 % "
        "awake to 100 % asleep. Head movement alone tells fatigue late and weakly.",
    ),
    (
        "Episodes",
        "One stretch of one behaviour, however many alerts it gave. Advisory: worth knowing. "
        "Warning: look at the road now. Critical: the driver may be asleep or unable to drive. "
        "'Began' is when the behaviour began, 'alert' when it had lasted long enough to say so.",
    ),
)
