"""What a source of frames is, and what it takes to write a new one."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import Any, Protocol, Self

from numpy.typing import NDArray

from edge_pose.values import Frame


class Source(Protocol):
    """Frames, one after the other. ``open`` may be called again after ``close``."""

    @property
    def name(self) -> str:
        """For people, without secrets."""
        ...

    @property
    def live(self) -> bool:
        """True for a camera: it does not wait for its reader, and it may be lost."""
        ...

    @property
    def fps(self) -> float:
        """The nominal frame rate."""
        ...

    @property
    def frame_count(self) -> int | None:
        """How many frames there will be, as far as the container says; None when unknown."""
        ...

    def open(self) -> None:
        """Raises SourceError when there is no camera, no file, or nothing readable in it."""
        ...

    def read(self) -> Frame | None:
        """The next frame; None at the clean end of a finite source or after ``close``.

        Raises SourceLost when a live source delivers nothing for about a second. The next
        ``read`` may succeed.
        """
        ...

    def close(self) -> None:
        """Free the device. Idempotent, from any thread; a ``read`` in progress ends soon."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class SelfClosing(ABC):
    """Used as ``with source:`` it opens and closes itself."""

    @abstractmethod
    def open(self) -> None: ...

    @abstractmethod
    def close(self) -> None: ...

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Driver(Protocol):
    """The part of a source that knows the hardware; ``Camera`` makes a Source of it.

    All calls come from one thread at a time; ``closing`` ends a wait inside ``grab``.
    """

    @property
    def name(self) -> str: ...

    @property
    def live(self) -> bool: ...

    @property
    def fps(self) -> float: ...

    @property
    def frame_count(self) -> int | None: ...

    def open(self, closing: threading.Event) -> None:
        """Raises SourceError."""
        ...

    def grab(self) -> tuple[NDArray[Any], float] | None:
        """A raw image (shape and dtype as in ``images.to_bgr``) and its clock time in seconds.

        None at the end. Raises SourceLost after about a second without an image.
        """
        ...

    def close(self) -> None:
        """Free the device; called also when ``open`` failed, and more than once."""
        ...
