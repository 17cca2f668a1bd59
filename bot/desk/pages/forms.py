"""Which forms are read at all: bounded ones, brought back with the token of the page that they stood on.

With a file only where a route says so in its `opt`, and only of who is signed in: others have not a byte of it read.
"""

from typing import Any

from litestar import Request
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.enums import RequestEncodingType
from litestar.exceptions import HTTPException
from litestar.middleware.csrf import CSRFMiddleware
from litestar.types import Receive, Scope, Send
from litestar.utils.scope.state import ScopeState

from .access import COOKIE
from .parts import Parts

FILES = "files"
"""Of a route's `opt`: its form may bring a file."""
PICTURE_FIELD = "picture"
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
                await _with_a_file(request)
            await _read(request, receive)
        try:
            await super().__call__(scope, receive, send)
        finally:
            await _close(scope)

    def _decode_csrf_token(self, token: str) -> str | None:
        """The library compares in constant time, which it can only with ASCII."""
        return super()._decode_csrf_token(token) if token.isascii() else None


async def _with_a_file(request: Request[Any, Any, Any]) -> None:
    """Raises HTTPException where such a form is not read."""
    opt = request.scope["route_handler"].opt
    if request.content_type[0] != RequestEncodingType.MULTI_PART or not opt.get(FILES):
        raise HTTPException(status_code=415)
    parts: Parts = request.app.state.desk
    if await parts.sessions.read(request.cookies.get(COOKIE), renew=False) is None:
        raise HTTPException(status_code=401)


async def _close(scope: Scope) -> None:
    """Files of a form that no route was run for would stay open."""
    form = ScopeState.from_scope(scope).form
    if isinstance(form, dict):
        for _, value in FormMultiDict.from_form_data(form).multi_items():
            if isinstance(value, UploadFile):
                await value.close()


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
