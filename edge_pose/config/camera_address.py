"""Addresses of cameras: what of them may be shown, and what is secret in them."""

from __future__ import annotations

import re
from urllib.parse import unquote

PIPELINE = "gst:"
_ELLIPSIS = "…"
_HOST = re.compile(r"(\[[0-9a-fA-F:.%]+\]|[^:\[\]]*)(:\d*)?")
_NAMED = re.compile(r'((?:user|password|pw|id|token)\S*?=)("[^"]*"|\S+)')
_USER = re.compile(r'(?<=://)[^\s"]*@')


def without_secrets(address: str) -> str:
    """The address without user, password and query: fit for a log. Of one that is written wrong
    only as much is left as cannot be part of a password."""
    if address.startswith(PIPELINE):
        return _USER.sub("", _NAMED.sub(rf"\1{_ELLIPSIS}", address))
    scheme, mark, rest = address.partition("://")
    if not mark:
        return address
    head, *query = re.split(r"[?#]", rest, maxsplit=1)
    place = head.rpartition("@")[2]
    odd = "@" in "".join(query) or not _HOST.fullmatch(place.partition("/")[0])
    return f"{scheme}://{_ELLIPSIS if odd else place}"


def secrets_in(address: str) -> set[str]:
    """User, password and query, as they are written and as they are meant."""
    if address.startswith(PIPELINE):
        words = {value.strip('"') for _, value in _NAMED.findall(address)}
    else:
        rest = address.partition("://")[2]
        who, _, place = rest.rpartition("@")
        user, _, password = who.partition(":")
        words = {who, user, password, place.partition("?")[2]}
    return {form for word in words if word for form in (word, unquote(word))}
