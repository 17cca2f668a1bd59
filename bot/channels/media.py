"""Fetches what people sent from their platform, and from nowhere else: the one way by which a channel follows an address it was told.

An address that comes with a message is a stranger's word. It is followed only where its origin is one that the channel names; redirects
are not, and what comes is counted while it comes, whatever was announced.
"""

import asyncio
import re
from collections.abc import Collection
from dataclasses import replace

import httpx
import structlog

from ..model.message import Inbound
from .base import Unfetched

log = structlog.get_logger(__name__)

MOST_TOLD = 20
"""Origins that are not followed and told of: each once, and no more of them, for strangers name them."""
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


class Linked:
    """Pictures and voices that a platform names by their addresses: fetched when somebody looks, and from its own origins alone."""

    def __init__(self, origins: Collection[str], connect: float, answer: float, whole: float = 20.0) -> None:
        """Seconds until it is there, until it says something, and for a whole file: somebody waits before the screen."""
        self._origins = frozenset(origins)
        self._whole = whole
        self._http = httpx.AsyncClient(timeout=httpx.Timeout(answer, connect=connect), follow_redirects=False)
        self._told: set[str] = set()

    def followed(self, inbound: Inbound) -> Inbound:
        """The same, without what lies where we would not go: then nobody is told that it was kept."""
        named = inbound.attachment.reference if inbound.attachment is not None else None
        if named is None or is_from(named, self._origins):
            return inbound
        self._tell(named)
        return replace(inbound, attachment=None)

    async def fetch(self, reference: str, most: int) -> bytes | Unfetched:
        """What lies at that address, of at most so many bytes. Never raises."""
        try:
            async with asyncio.timeout(self._whole):
                return await fetch(self._http, reference, self._origins, most)
        except (httpx.HTTPError, TimeoutError) as error:
            log.warning("file_not_fetched", why=type(error).__name__)
            return Unfetched.AWAY

    async def close(self) -> None:
        await self._http.aclose()

    def _tell(self, url: str) -> None:
        """So that an operator learns of an origin that is the platform's own and not set. No more of it: the rest opens the file."""
        try:
            where = origin(url)[:100] if _PLAIN.fullmatch(url) else "unreadable"
        except (httpx.InvalidURL, ValueError):
            where = "unreadable"
        if where not in self._told and len(self._told) < MOST_TOLD:
            self._told.add(where)
            log.warning("file_not_followed", origin=where, remedy="if it is the platform's own, add it to ZALO_MEDIA")
