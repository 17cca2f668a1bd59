"""Takes updates that Telegram brings: verify, store, answer 200. Closed to everybody who does not know the secret."""

import hmac
import json
from typing import Any

from litestar import MediaType, Request, Response, post
from litestar.handlers import HTTPRouteHandler

from ..model.errors import StoreError
from .telegram_poll import Take

PATH = "/channels/telegram"
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105
MOST_BODY = 1024 * 1024
"""An update with the message it replies to and all its entities; ordinary ones have a kilobyte."""


def authentic(given: str | None, secret: str | None) -> bool:
    """Whether an update comes from Telegram. Without a secret of ours, nothing does."""
    return bool(secret) and hmac.compare_digest((given or "").encode(), (secret or "").encode())


def webhook(take: Take, secret: str | None) -> HTTPRouteHandler:
    """The route. 403: not Telegram. 400: no JSON object. 503: not stored, bring it again. 200: stored, or nothing we could ever store."""

    @post(PATH, status_code=200, request_max_body_size=MOST_BODY, media_type=MediaType.TEXT)
    async def telegram(request: Request[Any, Any, Any]) -> Response[str]:
        if not authentic(request.headers.get(SECRET_HEADER), secret):
            return Response("", status_code=403)
        try:
            update = json.loads(await request.body())
        except (ValueError, RecursionError):
            update = None
        if not isinstance(update, dict):
            return Response("", status_code=400)
        try:
            await take(update)
        except StoreError:
            return Response("", status_code=503, headers={"Retry-After": "5"})
        return Response("")

    return telegram
