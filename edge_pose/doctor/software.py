"""Python and the packages that only fit together in some versions."""

from __future__ import annotations

from collections.abc import Iterator

from edge_pose.config.root import Config
from edge_pose.doctor.finding import Finding, fail, ok, warn
from edge_pose.doctor.machine import Machine

_OPENCV = (
    "opencv-python-headless",
    "opencv-python",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
)


def check_python(machine: Machine, _: Config) -> Iterator[Finding]:
    """Python 3.11 to 3.13 are tested."""
    version = ".".join(map(str, machine.python))
    if machine.python < (3, 11):
        yield fail("python", f"Python {version}", "install Python 3.11 or newer")
    elif machine.python > (3, 13):
        yield warn("python", f"Python {version} is newer than those tested", "use 3.11 to 3.13")
    else:
        yield ok("python", f"Python {version} on {machine.architecture}")


def check_runtime(machine: Machine, _: Config) -> Iterator[Finding]:
    """A TFLite runtime, and the numpy that it can bear."""
    numpy = machine.version("numpy") or ""
    litert, old = machine.version("ai-edge-litert"), machine.version("tflite-runtime")
    if litert:
        yield ok("runtime", f"ai-edge-litert {litert}, numpy {numpy}")
    elif old and _major(numpy) >= 2:
        yield fail(
            "runtime",
            f"tflite-runtime {old} breaks with numpy {numpy} (_ARRAY_API not found)",
            "pip install ai-edge-litert, or pip install 'numpy<2'",
        )
    elif old:
        yield warn(
            "runtime",
            f"tflite-runtime {old}: int8 models run without XNNPACK, many times slower",
            "pip install ai-edge-litert",
        )
    else:
        yield fail("runtime", "no TFLite runtime", "pip install ai-edge-litert")


def check_opencv(machine: Machine, _: Config) -> Iterator[Finding]:
    """One OpenCV, of a version that fits the program and numpy."""
    found = {name: version for name in _OPENCV if (version := machine.version(name))}
    numpy = machine.version("numpy") or ""
    if len(found) > 1:
        names = " and ".join(found)
        yield warn(
            "opencv",
            f"{names} are both installed and overwrite each other",
            f"pip uninstall {' '.join(found)}; pip install opencv-python-headless",
        )
        return
    version = next(iter(found.values()), "")
    if not version:
        yield ok("opencv", "from the system's packages")
    elif _major(version) >= 5:
        yield warn(
            "opencv", f"OpenCV {version} is untested", "pip install 'opencv-python-headless<5'"
        )
    elif _minor(version) >= (4, 12) and _major(numpy) < 2:
        yield fail(
            "opencv",
            f"OpenCV {version} needs numpy 2, here is {numpy}",
            "pip install 'opencv-python-headless<4.12'",
        )
    else:
        yield ok("opencv", f"OpenCV {version}")


def check_picamera2(machine: Machine, config: Config) -> Iterator[Finding]:
    """On a Pi: picamera2 from apt, visible in the venv, with the numpy it was built for."""
    wanted = config.camera.source.startswith("picamera2")
    if not (machine.is_pi or wanted):
        return
    numpy = machine.version("numpy") or ""
    if machine.version("picamera2") is None:
        tell = fail if wanted else warn
        yield tell(
            "picamera2",
            "picamera2 is not visible to this Python",
            "sudo apt install python3-picamera2, and a venv made with --system-site-packages",
        )
    elif machine.release == "bookworm" and _major(numpy) >= 2:
        yield fail(
            "picamera2",
            f"bookworm's picamera2 is built for numpy 1, here is {numpy}",
            "pip install 'numpy<2' 'opencv-python-headless<4.12'",
        )
    else:
        yield ok("picamera2", f"picamera2 {machine.version('picamera2')}")


def _major(version: str) -> int:
    return _minor(version)[0]


def _minor(version: str) -> tuple[int, int]:
    """(major, minor); (0, 0) for what is no version."""
    parts = [int(part) if part.isdecimal() else 0 for part in version.split(".")[:2]]
    return (parts[0], parts[1]) if len(parts) == 2 else (0, 0)
