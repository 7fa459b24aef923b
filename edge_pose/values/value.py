"""What every value is: a dataclass that nobody writes to once it is made."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(kw_only_default=True, frozen_default=True)
def value(*, eq: bool = True) -> Callable[[type[T]], type[T]]:
    """A frozen dataclass with slots and keywords. The type checker lets nobody write to it, and
    under ``python -X dev`` nothing at run time can either; elsewhere that would cost a seventh of
    all Python in a frame. ``eq``: False where it holds arrays, which have no one truth value."""
    frozen = sys.flags.dev_mode
    return dataclass(frozen=frozen, slots=True, kw_only=True, eq=eq, unsafe_hash=eq)
