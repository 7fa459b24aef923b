"""How much of the page anyone may have: pure counters over time, bounded whatever comes."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

log = logging.getLogger(__name__)

_ADDRESSES = 512
"""So many addresses are told apart; then the one unheard of for longest is forgotten."""
_WRONG_TOKENS = 20
_TOKEN_EVERY_S = 3.0
"""Wrong tokens from one address in a row, and how soon another one may be tried then. A token of 16
characters is out of reach at this rate for longer than any car lives."""


_IPV6_HOST_BITS = 64


def network_of(address: str) -> str:
    """Whom an address counts as: one household has 2^64 of IPv6 and may use a new one each time."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{int(parsed) >> _IPV6_HOST_BITS:x}"


class Bucket:
    """Lets ``rate`` a second through on average and ``burst`` at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._level, self._last_s = burst, float("-inf")

    def wait_s(self, now_s: float) -> float:
        """Seconds until the next one may pass; 0: now. Takes nothing."""
        self._fill(now_s)
        return max(0.0, (1.0 - self._level) / self._rate)

    def take(self, now_s: float) -> float:
        """Take one, in advance if need be; seconds to wait before it may be used."""
        wait_s = self.wait_s(now_s)
        self._level -= 1.0
        return wait_s

    def _fill(self, now_s: float) -> None:
        if now_s > self._last_s:
            grown = self._rate * (now_s - self._last_s) if self._last_s > float("-inf") else 0.0
            self._level = min(self._burst, self._level + grown)
            self._last_s = now_s


class PerAddress:
    """A bucket for each address, or for all of an IPv6 network."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def of(self, address: str) -> Bucket:
        network = network_of(address)
        bucket = self._buckets.setdefault(network, Bucket(self._rate, self._burst))
        self._buckets.move_to_end(network)
        while len(self._buckets) > _ADDRESSES:
            self._buckets.popitem(last=False)
        return bucket


class Guesses:
    """Wrong tokens by address: after some, no more are looked at for a while, right or wrong."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._wrong = PerAddress(1.0 / _TOKEN_EVERY_S, _WRONG_TOKENS)
        self.count = 0

    def too_many(self, address: str) -> bool:
        """No token from this address is looked at now."""
        return self._wrong.of(address).wait_s(self._now()) > 0.0

    def wrong(self, address: str) -> None:
        """Another wrong one, which the log tells."""
        self._wrong.of(address).take(self._now())
        self.count += 1  # first among the words, or each address would be a cause of its own
        log.warning("web: wrong token number %d since the start, from %s", self.count, address)
