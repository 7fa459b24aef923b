"""The jobs shared out: over this machine's cores, or over a Ray cluster."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from edge_pose.errors import ConfigError
from edge_pose.offline.tune.trial import Job, Outcome, judge


def on_cores(jobs: Sequence[Job], cores: int | None = None) -> list[list[Outcome]]:
    """Each job in a process of its own, as many at a time as there are cores."""
    workers = min(len(jobs), cores or os.cpu_count() or 1)
    if workers <= 1:
        return [judge(job) for job in jobs]
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(judge, jobs))


def on_ray(jobs: Sequence[Job], address: str) -> list[list[Outcome]]:
    """The same on a Ray cluster (``local`` starts one here); the drives must lie where its
    machines find them.

    Raises ConfigError where Ray is not installed."""
    try:
        import ray
    except ImportError as error:
        raise ConfigError("--ray needs Ray: pip install 'edge-pose[ray]'") from error
    ray.init(address=address, log_to_driver=False, ignore_reinit_error=True)
    try:
        remote = ray.remote(judge)
        return list(ray.get([remote.remote(job) for job in jobs]))
    finally:
        ray.shutdown()
