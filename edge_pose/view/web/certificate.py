"""The page's certificate: a renewed one is used without a restart, for the program runs for longer
than a certificate lasts."""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)

_LOOK_EVERY_S = 60.0

_Mark = tuple[tuple[int, int], ...]


class Certificate:
    """``cert`` and ``key`` as they lie on the disk; ``look`` often, from the server's thread."""

    def __init__(self, cert: Path, key: Path, *, now: Callable[[], float] = time.monotonic) -> None:
        self._files = (cert, key)
        self._now = now
        self._looked_s = now()
        self._used = self._mark()

    def look(self, context: ssl.SSLContext) -> None:
        """Once a minute: hand files that have changed to ``context``, for connections to come.
        Files that do not fit each other yet are tried again at the next change; what is in use
        stays."""
        if self._now() - self._looked_s < _LOOK_EVERY_S:
            return
        self._looked_s = self._now()
        mark = self._mark()
        if mark == self._used or not mark:
            return
        self._used = mark
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*self._files)
            context.load_cert_chain(*self._files)
        except (OSError, ValueError) as error:
            log.error("web: the new certificate cannot be used, the old one stays (%s)", error)
        else:
            log.info("web: the renewed certificate is used")

    def _mark(self) -> _Mark:
        """Tells these files from others; empty where one is missing just now."""
        try:
            found = [file.stat() for file in self._files]
        except OSError:
            return ()
        return tuple((one.st_ino, one.st_mtime_ns) for one in found)
