"""Asking others over HTTP: within seconds, and never told with more of an error than its kind, for tokens stand in addresses."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

PATIENCE = httpx.Timeout(6.0, connect=4.0)
LONGEST = 10.0
"""Seconds for a whole answer, however slowly it comes."""
MOST_ANSWER = 64 * 1024
LONGEST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back."""

    status: int
    """0: nothing came back, and `trouble` says of what kind that is."""
    text: str = ""
    date: datetime | None = None
    """By the other's clock."""
    trouble: str = ""

    @property
    def object(self) -> Mapping[str, Any]:
        """The JSON object that it is; empty where it is none."""
        try:
            found = json.loads(self.text)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


async def ask(verb: str, url: str, **more: Any) -> Heard:
    """Ask once, and hear what fits into `MOST_ANSWER`. `more`: as httpx takes it (headers, json, content)."""
    try:
        async with (
            asyncio.timeout(LONGEST),
            httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as http,
            http.stream(verb, url, **more) as response,
        ):
            body = b""
            async for part in response.aiter_bytes():
                body += part
                if len(body) > MOST_ANSWER:
                    break
        return Heard(response.status_code, body[:MOST_ANSWER].decode(errors="replace"), _date(response.headers.get("date")))
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError) as error:
        return Heard(0, trouble=type(error).__name__)


def words(value: Any) -> str:
    """What a platform says, on one line and in short."""
    return " ".join(str(value or "").split())[:LONGEST_WORDS]


def host(url: str) -> str:
    """Only where an address leads: what else stands in a stranger's may be a secret."""
    return urlsplit(url).netloc.rpartition("@")[2] or "?"


def _date(header: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(header) if header else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo else None
