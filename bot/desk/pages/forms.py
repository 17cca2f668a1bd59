"""Which forms are read at all: bounded ones without files, brought back with the token of the page that they stood on."""

from typing import Any

from litestar import Request
from litestar.enums import RequestEncodingType
from litestar.exceptions import HTTPException
from litestar.middleware.csrf import CSRFMiddleware
from litestar.types import Receive, Scope, Send

FORMS = ("", RequestEncodingType.URL_ENCODED)
MOST_IGNORED = 16 * 1024 * 1024
"""Bytes of a form too large that are let through unread: a browser that is cut off in the middle shows no answer."""


class Forms(CSRFMiddleware):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request: Request[Any, Any, Any] = Request(scope, receive)
        name = self.config.cookie_name
        if self._decode_csrf_token(request.cookies.get(name, "")) is None:
            request.cookies.pop(name, None)  # forged, or of an older key: the browser gets another
        if request.method not in self.config.safe_methods:
            if request.content_type[0] not in FORMS:
                raise HTTPException(status_code=415)
            await _read(request, receive)
        await super().__call__(scope, receive, send)

    def _decode_csrf_token(self, token: str) -> str | None:
        """The library compares in constant time, which it can only with ASCII."""
        return super()._decode_csrf_token(token) if token.isascii() else None


async def _read(request: Request[Any, Any, Any], receive: Receive) -> None:
    """Keep the form for whoever asks for it later. Raises HTTPException."""
    try:
        await request.form()
    except HTTPException as error:
        if error.status_code == 413:
            await _ignore(receive)
        raise


async def _ignore(receive: Receive) -> None:
    ignored, more = 0, True
    while more and ignored < MOST_IGNORED:
        message: Any = await receive()
        ignored += len(message.get("body", b""))
        more = message.get("more_body", False)
