"""Two hours in a guest: memory, descriptors and threads stay where they are (full form only)."""

from __future__ import annotations

import time

import pytest
from proof import FULL, Start, needs_machine, pid

pytestmark = [pytest.mark.machine, needs_machine]

_SOAK_S = 7200.0
_WARM_UP_S = 600.0


@pytest.mark.skipif(not FULL, reason="only in the full form: make test-machine FORM=full")
def test_two_hours_leave_memory_descriptors_and_threads_flat(start: Start) -> None:
    guest = start()
    guest.run("sed -i 's|^source.*|source = \"v4l2:/dev/video0\"|' /etc/edge-pose/config.toml")
    guest.run("modprobe vivid n_devs=1 node_types=0x1 && systemctl restart edge-pose", limit_s=240)
    service = pid(guest)

    def sample() -> tuple[int, int, int]:
        status = guest.run(f"grep -E '^(VmRSS|Threads)' /proc/{service}/status").split()
        handles = int(guest.run(f"ls /proc/{service}/fd | wc -l"))
        return int(status[1]), int(status[4]), handles

    time.sleep(_WARM_UP_S)
    first = sample()
    end_s = time.monotonic() + _SOAK_S
    while time.monotonic() < end_s:
        time.sleep(300.0)
        assert pid(guest) == service
        print(f"\n  {end_s - time.monotonic():.0f} s to go: {sample()}")
    last = sample()
    assert last[0] <= first[0] * 1.05 + 5000
    assert last[1] <= first[1] + 1
    assert last[2] <= first[2] + 3
