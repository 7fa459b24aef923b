"""TLS to a server that asks who we are: its authority, and our certificate where it wants one."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Protocol

from edge_pose.errors import SinkError


class TlsFiles(Protocol):
    """The settings that name them."""

    @property
    def ca_file(self) -> Path | None: ...

    @property
    def cert_file(self) -> Path | None: ...

    @property
    def key_file(self) -> Path | None: ...


def client_context(to: str, files: TlsFiles) -> ssl.SSLContext:
    """For connections to ``to``, whose certificate is verified (no authority named: by those of
    the system). Raises SinkError where a file cannot be used."""
    try:
        context = ssl.create_default_context(cafile=files.ca_file)
        if files.cert_file is not None:
            context.load_cert_chain(files.cert_file, files.key_file)
    except (OSError, ValueError) as error:
        raise SinkError(
            f"{to}: a TLS file cannot be used ({error}); check ca_file, cert_file and key_file"
        ) from error
    return context
