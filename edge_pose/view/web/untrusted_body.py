"""Reading what anybody may have sent: in time, not too long, and an object or nothing."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from edge_pose.view.web.guard import LIMIT_BYTES

if TYPE_CHECKING:
    from starlette.requests import Request

_BODY_S = 5.0
"""A body that takes longer is none."""


def parsed_object(body: bytes) -> dict[str, Any]:
    """A JSON object; anything else is a ValueError."""
    try:
        value = json.loads(body)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


async def body_of(request: Request) -> bytes:
    """The request's body; a long one, or one broken off, is refused as empty."""
    from starlette.requests import ClientDisconnect

    body = b""
    try:
        async with asyncio.timeout(_BODY_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LIMIT_BYTES:
                    return b""
    except (TimeoutError, ClientDisconnect):
        return b""
    return body
