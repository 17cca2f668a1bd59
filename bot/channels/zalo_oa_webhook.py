"""Takes events that Zalo brings: verify over the raw body, store, answer 200 within two seconds. Closed without the secret.

The signature is plain SHA-256 over app id, body, time and the OA's secret key (App page → Official Account), which is not the app's own.
A repeated event carries its first time, hours later too, so that nothing is refused for being old; the door knows what it has.
"""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from litestar import MediaType, Request, Response, get, post
from litestar.handlers import HTTPRouteHandler

from ..model.errors import StoreError

log = structlog.get_logger(__name__)

PATH = "/channels/zalo-oa"
SIGNATURE = "x-zevent-signature"
TIMESTAMP = "x-zevent-timestamp"
MOST_BODY = 1024 * 1024
"""An event has a kilobyte or two."""
WITHIN = 1.6
"""Seconds after which we say that it is not stored, for Zalo waits two, and brings it again."""

TRIES = 3
MOST_STUMBLES = 1000

Take = Callable[[Any], Awaitable[None]]
"""Stores what an event holds. Raises StoreError where that was not possible; then Zalo brings it again."""


def authentic(raw: bytes, given: str | None, app: str, secret: str | None, header_time: str | None, body_time: str | None) -> bool:
    """Whether a body comes from Zalo, by the header's time or the body's. Without a secret of ours, nothing does."""
    if not secret or not given:
        return False
    got = given.strip().lower().removeprefix("mac=").encode()
    times = [time for time in (header_time, body_time) if time]
    wanted = (hashlib.sha256(app.encode() + raw + time.encode() + secret.encode()).hexdigest().encode() for time in times)
    return any(hmac.compare_digest(got, one) for one in wanted)


def webhook(take: Take, app: str, secret: str | None, within: float = WITHIN) -> HTTPRouteHandler:
    """The route. 200: stored, nothing we could ever store, or Zalo's own unsigned look whether somebody is here.

    403: not Zalo. 503: not stored, bring it again. An event that makes us stumble is left behind after some tries, with an alarm: Zalo
    would switch the whole webhook off.
    """
    stumbles: dict[str, int] = {}

    @post(PATH, status_code=200, request_max_body_size=MOST_BODY, media_type=MediaType.TEXT)
    async def zalo_oa(request: Request[Any, Any, Any]) -> Response[str]:
        raw = await request.body()
        if raw.strip() in (b"", b"{}"):
            return Response("")
        try:
            event = json.loads(raw)
        except (ValueError, RecursionError):
            event = None
        given, header_time = request.headers.get(SIGNATURE), request.headers.get(TIMESTAMP)
        if not authentic(raw, given, app, secret, header_time, _time_of(event)):
            log.warning("zalo_event_refused", signed=given is not None, remedy="ZALO_OA_SECRET is the OA's secret key, not the app's")
            return Response("", status_code=403)
        try:
            async with asyncio.timeout(within):
                await take(event)
        except (StoreError, TimeoutError):
            return Response("", status_code=503, headers={"Retry-After": "5"})
        except Exception:
            known = hashlib.sha256(raw).hexdigest()
            stumbles[known] = stumbles.pop(known, 0) + 1
            if len(stumbles) > MOST_STUMBLES:
                stumbles.pop(next(iter(stumbles)))
            log.exception("zalo_event_stumbled", tries=stumbles[known])
            return Response("", status_code=503 if stumbles[known] < TRIES else 200)
        return Response("")

    return zalo_oa


def verifier(code: str) -> HTTPRouteHandler:
    """The page by which Zalo sees that the domain is ours, as its console names it."""
    body = f'<!doctype html><html><head><meta name="zalo-platform-site-verification" content="{code}"></head><body></body></html>'

    @get(f"/zalo_verifier{code}.html", media_type=MediaType.HTML, sync_to_thread=False)
    def zalo_verifier() -> str:
        return body

    return zalo_verifier


def _time_of(event: Any) -> str | None:
    time = event.get("timestamp") if isinstance(event, dict) else None
    if isinstance(time, int) and not isinstance(time, bool):
        return str(time)
    return time if isinstance(time, str) and time.isascii() else None
