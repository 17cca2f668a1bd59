"""Links to one picture each, for platforms that fetch pictures themselves: nobody can guess one, and it leads nowhere after ten minutes.

The link holds the message's number and its own end, signed; nothing of it is stored, and every process can read every other's.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from datetime import timedelta

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from ..model.clock import Clock
from ..model.message import PICTURE

LASTS = timedelta(minutes=10)
LONGEST = 200
HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}

PictureOf = Callable[[int], Awaitable[bytes | None]]
"""The picture of that message; None where there is none, or its day is over."""


class PictureLinks:
    def __init__(self, key: str, public_url: str, picture: PictureOf, clock: Clock) -> None:
        """`key`: signs them. `public_url`: by which the platform reaches us."""
        self._key = key.encode()
        self._public_url = public_url
        self._picture = picture
        self._clock = clock

    def to(self, message_id: int) -> str:
        ends = int((self._clock() + LASTS).timestamp())
        return f"{self._public_url}/pictures/{message_id:x}.{ends:x}.{self._signature(message_id, ends)}.jpg"

    async def behind(self, name: str) -> bytes | None:
        """The picture that a link's last part names; None where it is not ours, or too old."""
        parts = name.removesuffix(".jpg").split(".")
        if len(parts) != 3 or len(name) > LONGEST or not name.isascii():
            return None
        try:
            message_id, ends = int(parts[0], 16), int(parts[1], 16)
        except ValueError:
            return None
        genuine = hmac.compare_digest(parts[2], self._signature(message_id, ends))
        return await self._picture(message_id) if genuine and self._clock().timestamp() < ends else None

    def route(self) -> HTTPRouteHandler:
        @get("/pictures/{name:str}")
        async def picture(name: FromPath[str]) -> Response[bytes]:
            found = await self.behind(name)
            if found is None:
                raise NotFoundException("Ảnh này không còn ở đây.")
            return Response(found, media_type=PICTURE, headers=HEADERS)

        return picture

    def _signature(self, message_id: int, ends: int) -> str:
        return hmac.new(self._key, f"picture {message_id} {ends}".encode(), hashlib.sha256).hexdigest()
