"""Pictures on the web chat: taken only while a person speaks, who asked to see the screen; never by their name, only by what they are.

And those that a person sent, for the visitor alone that they were sent to: asked for with the visitor's token, so by no address of its own.
"""

import asyncio
import re
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.exceptions import HTTPException, ValidationException
from litestar.params import FromPath
from litestar.status_codes import HTTP_413_REQUEST_ENTITY_TOO_LARGE as TOO_LARGE

from ..model.message import MOST_BYTES, PICTURE, Attachment, Inbound, Kind
from .pictures import NotAPicture, repainted
from .webchat_ports import KEY, Ports, bring, ports_of, stored, visitor_of

LARGEST_ID = 2**63 - 1
PRIVATE = {"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin"}
SLOWEST = 120.0
"""Seconds for one picture to arrive: the page sends some 300 kB, and a village's network may be that slow."""


class PictureRoutes(Controller):
    @post("/chat/pictures", status_code=202, request_max_body_size=MOST_BYTES)
    async def picture(self, request: Request[Any, Any, Any]) -> dict[str, Any]:
        """The body is the picture; its key comes as `Idempotency-Key`. Where no person speaks, not even the body is read."""
        address, ports, key = visitor_of(request), ports_of(request), request.headers.get("idempotency-key", "")
        if not re.match(KEY, key):
            raise ValidationException("Ảnh gửi lên không đúng dạng.")
        if not await stored(ports.person(address)):
            raise HTTPException(ports.words("picture_alone"), status_code=409)
        try:
            picture = await repainted(await _body(request, ports))
        except NotAPicture as error:
            raise HTTPException(ports.words("picture_none"), status_code=415) from error
        inbound = Inbound(address, key, Kind.PHOTO, attachment=Attachment(PICTURE, picture))
        received = await bring(ports, inbound)
        return {"id": received.id, "new": received.new, "text": ports.words("picture_sent")}


class ShownPictures(Controller):
    @get("/chat/shown/{message:int}")
    async def shown(self, request: Request[Any, Any, Any], message: FromPath[int]) -> Response[bytes]:
        address, ports = visitor_of(request), ports_of(request)
        found = await stored(ports.picture(address, message)) if 0 < message <= LARGEST_ID else None
        if found is None:
            raise HTTPException(ports.words("picture_gone"), status_code=410)
        return Response(found, media_type=PICTURE, headers=PRIVATE)


async def _body(request: Request[Any, Any, Any], ports: Ports) -> bytes:
    try:
        async with asyncio.timeout(SLOWEST):
            return await request.body()
    except TimeoutError as error:
        raise HTTPException(ports.words("picture_slow"), status_code=408) from error
    except HTTPException as error:
        if error.status_code != TOO_LARGE:
            raise
        raise HTTPException(ports.words("picture_big"), status_code=TOO_LARGE) from error
