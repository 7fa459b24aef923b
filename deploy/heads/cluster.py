"""Shards over a Ray cluster (optional: pip install ray; https://docs.ray.io)."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.heads.production import Order, Spread, make
from deploy.heads.shards import Shard
from edge_pose.errors import ConfigError


def on_cluster(address: str) -> Spread:
    """On the cluster at ``address`` ("local" starts one here); every node must see the parts and
    the output folder under the same path."""
    try:
        import ray
    except ImportError as error:
        raise ConfigError("--ray needs Ray: pip install ray") from error

    def spread(order: Order, missing: list[Shard]) -> Iterator[Shard]:
        ray.init(address=address, log_to_driver=False)
        try:
            remote = ray.remote(num_cpus=1, max_retries=3)(make)
            running = [remote.remote(order, shard) for shard in missing]
            while running:
                done, running = ray.wait(running, num_returns=1)
                yield ray.get(done[0])
        finally:
            ray.shutdown()

    return spread
