"""Fetches what people sent from their platform, and from nowhere else: the one way by which a channel follows an address it was told.

An address that comes with a message is a stranger's word. It is followed only where its origin is one that the channel names; redirects
are not, and what comes is counted while it comes, whatever was announced.
"""

import re
from collections.abc import Collection

import httpx

from .base import Unfetched

_PLAIN = re.compile(r"[!-\[\]-~]+")
"""Visible ASCII but for the backslash, which some readers of addresses take for a slash."""


def is_from(url: str, origins: Collection[str]) -> bool:
    """Whether an address is of one of these origins: "https://host", with its port where it has one, or "https://*.host" for all below."""
    if not _PLAIN.fullmatch(url):
        return False
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    if parsed.userinfo or not parsed.host:
        return False
    port = "" if parsed.port is None else f":{parsed.port}"
    _, dot, above = parsed.host.partition(".")
    return f"{parsed.scheme}://{parsed.host}{port}" in origins or (bool(dot) and f"{parsed.scheme}://*.{above}{port}" in origins)


def origin(url: str) -> str:
    """The origin of an address that the operator configured."""
    parsed = httpx.URL(url)
    return f"{parsed.scheme}://{parsed.host}{'' if parsed.port is None else f':{parsed.port}'}"


async def fetch(http: httpx.AsyncClient, url: str, origins: Collection[str], most: int) -> bytes | Unfetched:
    """What lies there, of at most so many bytes. Raises httpx.HTTPError where the platform does not answer, or leads elsewhere."""
    if not is_from(url, origins):
        return Unfetched.GONE
    async with http.stream("GET", url, headers={"Accept-Encoding": "identity"}, follow_redirects=False) as response:
        if response.status_code in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
            return Unfetched.GONE
        response.raise_for_status()
        return await _at_most(response, most)


async def _at_most(response: httpx.Response, most: int) -> bytes | Unfetched:
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > most:
            return Unfetched.TOO_BIG
    return bytes(body)
