"""Takes updates that a platform brings with a secret in a header: verify, store, answer 200. Closed to everybody who does not know it."""

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from litestar import MediaType, Request, Response, post
from litestar.handlers import HTTPRouteHandler

from ..model.errors import StoreError

Take = Callable[[Any], Awaitable[None]]
"""Stores what an update holds. Raises StoreError where that was not possible; then the platform brings it again."""


def authentic(given: str | None, secret: str | None) -> bool:
    """Whether an update comes from the platform. Without a secret of ours, nothing does."""
    return bool(secret) and hmac.compare_digest((given or "").encode(), (secret or "").encode())


def secret_webhook(path: str, header: str, most: int, take: Take, secret: str | None) -> HTTPRouteHandler:
    """The route. 403: not the platform. 400: no JSON object. 503: not stored, bring it again. 200: stored, or nothing we could ever store.

    `most`: bytes of a body.
    """

    @post(path, status_code=200, request_max_body_size=most, media_type=MediaType.TEXT)
    async def updates(request: Request[Any, Any, Any]) -> Response[str]:
        if not authentic(request.headers.get(header), secret):
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

    return updates
