"""What every answer of the page has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.responses import PlainTextResponse

FRESH: Final = {"cache-control": "no-store"}
"""Nothing in between may keep it."""


def plain(words: str, status: int = 200, kind: str | None = None) -> PlainTextResponse:
    """Words for a person or a program; ``kind``: another media type than plain text."""
    from starlette.responses import PlainTextResponse

    return PlainTextResponse(words, status, headers=FRESH, media_type=kind)
