"""Situations for a single rule: samples with their lids, the driver's sight on the road."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from edge_pose.config.lids import LidsConfig
from edge_pose.monitor.rules.situation import Situation
from edge_pose.monitor.sample import Sample
from edge_pose.monitor.sight.lids import LidsJudge
from edge_pose.monitor.sight.sight import make_sight
from edge_pose.values import Observation


def situations(samples: Iterable[Sample]) -> Iterator[Situation]:
    """Each sample with its lids; the sight is the road's."""
    lids = LidsJudge(LidsConfig())
    for sample in samples:
        yield Situation(
            observation=Observation(t_s=sample.t_s, face=True),
            sample=sample,
            lids=lids.update(sample),
            sight=make_sight(seen=True),
        )
