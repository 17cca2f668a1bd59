"""A citizen's picture or voice, for the one volunteer who has the case now: asked at every look, and each look is written down."""

from typing import Any, NamedTuple

from litestar import Controller, Response, get
from litestar.params import FromPath

from ...channels.base import Unfetched
from ...channels.pictures import NotAPicture, repainted
from ...channels.voices import heard_as
from ...model.conversation import volunteer
from ...model.errors import NotYours
from ...model.message import MOST_BYTES, PICTURE, VOICE, Attachment
from ...model.people import Power, Volunteer
from ...store import attachments, conversations, desk
from ...store.database import Tx
from .access import AnyRequest, asks, signed_in
from .answers import parts_of, trouble
from .case_view import view
from .parts import Parts

HEADERS = {
    "Content-Disposition": "inline",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
GONE = "Ảnh đã hết hạn nên đã xóa."


class _Trouble(NamedTuple):
    status: int
    words: str


UNFETCHED = {
    Unfetched.GONE: _Trouble(410, "Tệp này không còn ở ứng dụng bà con dùng. Bạn nhờ bà con gửi lại nhé."),
    Unfetched.TOO_BIG: _Trouble(413, "Tệp này lớn quá nên không mở được. Bạn nhờ bà con gửi tệp nhỏ hơn nhé."),
    Unfetched.AWAY: _Trouble(503, "Lúc này chưa lấy được tệp. Bạn thử lại sau giây lát nhé."),
}
UNKNOWN = _Trouble(415, "Tệp này không mở được ở đây. Bạn nhờ bà con gửi lại nhé.")
LARGEST_ID = 2**63 - 1


class AttachmentRoutes(Controller):
    path = "/cases/{number:int}/attachments"

    @get("/{attachment:int}", opt=asks(Power.HELP))
    async def show(self, request: AnyRequest, number: FromPath[int], attachment: FromPath[int]) -> Response[Any]:
        parts, who = parts_of(request), signed_in(request)
        found = await parts.database.run(lambda tx: _look(parts, tx, who, number, attachment))
        if found is None:
            return trouble(request, GONE, 410)
        kept, channel = found
        body, media_type = kept.data, kept.media_type
        if body is None:
            fetched = await _fetched(parts, channel, kept)
            await parts.database.read(lambda tx: _owned(parts, tx, who, number))  # the case may have changed hands meanwhile
            if isinstance(fetched, _Trouble):
                return trouble(request, fetched.words, fetched.status)
            body, media_type = fetched
        return Response(body, media_type=media_type, headers=HEADERS)


def _look(parts: Parts, tx: Tx, who: Volunteer, number: int, attachment: int) -> tuple[Attachment, str] | None:
    """The attachment and its channel account, written down as seen. None: its day is over, or there is none. Raises NotYours."""
    conversation_id, channel, now = *_owned(parts, tx, who, number), parts.clock()
    found = attachments.find(tx, conversation_id, attachment, now) if attachment <= LARGEST_ID else None
    if found is None or found.media_type not in (PICTURE, VOICE):
        return None
    desk.write_down(tx, f"volunteer:{who.id}", "see_attachment", f"case:{number}", now, f"attachment:{attachment}")
    return found, channel


def _owned(parts: Parts, tx: Tx, who: Volunteer, number: int) -> tuple[int, str]:
    """The conversation of a case that is this volunteer's now, and its channel account. Raises NotYours, whoever else asks."""
    if number <= LARGEST_ID:
        seen = view(parts, tx, who, number)
        conversation = conversations.get(tx, seen.case.conversation_id)
        if seen.mine and conversation.owner == volunteer(who.id):
            return conversation.id, conversation.address.channel
    raise NotYours("Chỉ người đang giữ ca mới xem được.")


async def _fetched(parts: Parts, channel: str, kept: Attachment) -> "tuple[bytes, str] | _Trouble":
    """What lies with the platform, made sure to be what it should be, with its media type; or what to answer instead."""
    if channel not in parts.files or kept.reference is None:
        return UNFETCHED[Unfetched.AWAY]
    fetched = await parts.files[channel].fetch(kept.reference, MOST_BYTES)
    if isinstance(fetched, Unfetched):
        return UNFETCHED[fetched]
    if kept.media_type == VOICE:
        heard = heard_as(fetched)
        return UNKNOWN if heard is None else (fetched, heard)
    try:
        return await repainted(fetched), PICTURE
    except NotAPicture:
        return UNKNOWN
