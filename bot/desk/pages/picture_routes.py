"""A volunteer's picture for a citizen, such as a screenshot that shows where to tap: looked at, painted anew, sent by who has the case."""

from typing import Any

from litestar import Controller, Response, post
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.params import FromPath

from ...channels.base import Pictures
from ...channels.pictures import NotAPicture, fitted
from ...model.errors import DeskError
from ...model.message import MOST_BYTES
from ...model.people import Power, Volunteer
from ...store import cases
from ...store.database import Tx
from .access import AnyRequest, asks, signed_in
from .answers import TOO_BIG, action, field, form_of, go, is_htmx, once, parts_of
from .forms import FILES, PICTURE_FIELD
from .parts import Parts

MOST_FORM = 12 * 1024 * 1024
"""Bytes of a form that is read: more than a picture may have, so that one too large is refused with the words beside it kept."""


class PictureRoutes(Controller):
    path = "/cases/{number:int}"

    @post("/picture", opt=asks(Power.HELP, **{FILES: True}), request_max_body_size=MOST_FORM)
    async def show(self, request: AnyRequest, number: FromPath[int]) -> Response[Any]:
        """Looked up before it is painted whether it may be sent at all, and again in the transaction that queues it."""
        form, parts, who = await form_of(request), parts_of(request), signed_in(request)
        file = await _file(form)
        takes = await parts.database.run(lambda tx: _taken(parts, tx, who, number))
        try:
            picture = await fitted(file, takes)
        except NotAPicture:
            raise DeskError("Tệp này không phải ảnh mở được. Bạn chọn ảnh JPEG, PNG, WebP hoặc GIF nhé.") from None

        def work(tx: Tx, who: Volunteer) -> str:
            key, most = action(request, form, file), (takes.caption, parts.max_text(_channel(tx, number)))
            return str(parts.takeover.show(tx, who, number, picture, field(form, "text"), key, parts.clock(), most))

        await once(request, form, work, file)
        return Response(None, status_code=204) if is_htmx(request) else go(request, f"/desk/cases/{number}")


async def _file(form: FormMultiDict) -> bytes:
    """What was chosen; what it is called matters not. Raises DeskError."""
    file = form.get(PICTURE_FIELD)
    data = await file.read(MOST_BYTES + 1) if isinstance(file, UploadFile) else b""
    if not data:
        raise DeskError("Chưa có ảnh nào. Bạn chọn một ảnh rồi bấm «Gửi ảnh» nhé.")
    if len(data) > MOST_BYTES:
        raise DeskError(TOO_BIG)
    return data


def _taken(parts: Parts, tx: Tx, who: Volunteer, number: int) -> Pictures:
    """What pictures the citizen's channel takes. Raises NotYours; DeskError where it takes none."""
    parts.takeover.may_speak(tx, who, number)
    takes = parts.pictures(_channel(tx, number))
    if takes is None:
        raise DeskError("Kênh mà bà con đang dùng không nhận ảnh. Bạn tả bằng lời giúp nhé.")
    return takes


def _channel(tx: Tx, number: int) -> str:
    case = cases.get(tx, number)
    return "" if case is None else case.channel
