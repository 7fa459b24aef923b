"""The rendered drives. Left-hand drive: the car's middle is at yaw > 0 (image left)."""

from __future__ import annotations

from collections.abc import Callable

from deploy.heads.drive_script import Alert, Mount, Script


def asleep() -> Script:
    """By day: attentive, a mirror glance, heavy lids; then they shut and the head sinks."""
    drive = Script(name="asleep", seconds=30.0, person=900_011, light="overcast")
    drive.blinks(1.5, 6.0)
    drive.glance(7.0, 0.9, 38.0, 8.0, share=0.7)
    drive.blinks(9.0, 13.5, every=2.2)
    drive.lids(14.0, 0.55, takes=0.8)
    drive.lids(16.0, 0.0, takes=0.3)
    drive.head(17.0, 3.0, -26.0, 4.0, takes=2.2)
    drive.lids(21.5, 1.0, takes=0.15)
    drive.head(21.5, 0.0, 0.0, takes=0.6)
    drive.blinks(23.0, 29.0, every=2.5)
    drive.alerts = [
        Alert(kind="fatigue.microsleep", begins_s=16.3),
        Alert(kind="fatigue.sleep", begins_s=16.3),
    ]
    return drive


def phone() -> Script:
    """By day: reading a phone in the lap with lowered lids, then the screen with eyes alone."""
    drive = Script(name="phone", seconds=32.0, person=900_024, light="day")
    drive.blinks(1.5, 9.0)
    drive.glance(10.0, 7.0, 6.0, -40.0, share=0.4)
    drive.blinks(12.0, 16.0, every=2.6)
    drive.blinks(18.5, 22.0)
    drive.glance(23.0, 5.0, 30.0, -18.0, share=0.0)
    drive.blinks(25.0, 27.0)
    drive.blinks(29.5, 31.5)
    drive.alerts = [
        Alert(kind="distraction.down", begins_s=10.0),
        Alert(kind="distraction.glance", begins_s=23.0),
    ]  # fmt: skip
    return drive


def night() -> Script:
    """At night before an infrared lamp, with clear glasses: a yawn, a look over the shoulder that
    is no fault, a long look at the passenger."""
    drive = Script(name="night", seconds=34.0, person=900_036, light="nir", glasses="clear")
    drive.blinks(1.5, 7.0)
    drive.jaw(8.0, 0.95, takes=1.2)
    drive.lids(8.5, 0.45, takes=0.8)
    drive.jaw(11.5, 0.0, takes=1.0)
    drive.lids(12.0, 1.0, takes=0.6)
    drive.blinks(14.0, 17.0)
    drive.glance(18.0, 1.2, -60.0, -4.0, share=0.8)
    drive.blinks(20.0, 23.0)
    drive.glance(24.0, 5.0, 55.0, -5.0, share=0.85)
    drive.blinks(30.0, 33.0, every=2.5)
    drive.alerts = [
        Alert(kind="fatigue.yawn", begins_s=8.6), Alert(kind="distraction.glance", begins_s=24.0),
    ]  # fmt: skip
    return drive


def sunglasses() -> Script:
    """Into low sun: sunglasses go on; behind them a mirror glance, a long look at the passenger."""
    drive = Script(name="sunglasses", seconds=30.0, person=900_045, light="sun", glasses="sun")
    drive.blinks(1.5, 8.0)
    drive.puts_glasses_on(9.0)
    drive.blinks(11.0, 13.0)
    drive.glance(14.0, 0.9, 40.0, 6.0, share=0.9)
    drive.blinks(16.0, 19.0)
    drive.glance(20.0, 5.0, 50.0, -5.0, share=0.95)
    drive.blinks(26.0, 29.0)
    drive.alerts = [
        Alert(kind="monitor.limited", begins_s=9.7),
        Alert(kind="distraction.glance", begins_s=20.0),
    ]
    return drive


def tunnel() -> Script:
    """A camera before the wheel: into a tunnel and out, inside a long look at the passenger's feet,
    outside heavy lids that shut."""
    mount = Mount(
        eyes_m=(0.0, 0.14, -0.68), hfov_deg=62.0, size_px=(384, 288), grips_deg=(-38.0, 30.0)
    )
    drive = Script(name="tunnel", seconds=30.0, person=900_052, light="day", mount=mount)
    drive.blinks(1.5, 7.0)
    drive.tunnel(8.0, 18.0)
    drive.blinks(9.5, 10.5)
    drive.glance(11.0, 4.8, 42.0, -14.0, share=0.7)
    drive.blinks(17.0, 18.0)
    drive.blinks(20.0, 21.0)
    drive.lids(22.0, 0.0, takes=0.3)
    drive.lids(25.0, 1.0, takes=0.15)
    drive.blinks(27.0, 29.0, every=2.0)
    drive.alerts = [
        Alert(kind="distraction.glance", begins_s=11.0),
        Alert(kind="fatigue.microsleep", begins_s=22.3),
    ]
    return drive


DRIVES: dict[str, Callable[[], Script]] = {
    "asleep": asleep, "phone": phone, "night": night, "sunglasses": sunglasses, "tunnel": tunnel,
}  # fmt: skip
