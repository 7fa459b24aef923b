"""What was drawn is kept for the next picture: by bytes and not by number, for one word as wide as
a large screen weighs as much as a hundred small ones, and a clock that ticks draws a new one each
second."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
T = TypeVar("T")


def kept(bytes_max: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep what a function draws (arrays, or tuples with arrays), ``bytes_max`` of it: what was not
    used for longest goes first, the newest stays. Its arguments must be hashable."""

    def keeping(draw: Callable[P, T]) -> Callable[P, T]:
        things: OrderedDict[object, T] = OrderedDict()
        lock, held = Lock(), 0

        @wraps(draw)
        def drawn(*args: P.args, **kwargs: P.kwargs) -> T:
            nonlocal held
            key = (args, tuple(kwargs.items())) if kwargs else args
            with lock:
                if key in things:
                    things.move_to_end(key)
                    return things[key]
            thing = draw(*args, **kwargs)
            with lock:
                held += _bytes(thing) - _bytes(things.pop(key, None))
                things[key] = thing
                while held > bytes_max and len(things) > 1:
                    held -= _bytes(things.popitem(last=False)[1])
            return thing

        return drawn

    return keeping


def _bytes(thing: object) -> int:
    if isinstance(thing, np.ndarray):
        return thing.nbytes
    return sum(map(_bytes, thing)) if isinstance(thing, tuple) else 0
