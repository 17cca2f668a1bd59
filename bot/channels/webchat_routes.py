"""The web chat's HTTP side: consent gives a token, messages come in by POST with a key of the page's own, everything goes out by SSE."""

import json
import re
from typing import Annotated, Any, Literal

from litestar import Controller, MediaType, Request, Response, get, post
from litestar.exceptions import HTTPException, ValidationException
from litestar.params import FromPath
from litestar.response import Stream
from pydantic import BaseModel, ConfigDict, Field

from ..model.message import MAX_PAYLOAD_BYTES, Address, Inbound, Kind, Tap
from .webchat_ports import KEY, bring, ports_of, stored, visitor_of
from .webchat_stream import stream

MOST_TEXT = 4000
COPY_GONE = "Đường này đã dùng rồi hoặc quá 15 phút. Bà con nhắn «dữ liệu của tôi» để lấy đường mới nhé."
COPY_TOKEN = r"[A-Za-z0-9_-]{43}"  # noqa: S105  (the shape of one)


class Agreement(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    consent: Literal[True]
    version: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,20}$")]


class Said(BaseModel):
    """Either a text or a tap, under the page's own key: sent again with the same key, it is stored once."""

    model_config = ConfigDict(extra="forbid", strict=True)

    key: Annotated[str, Field(pattern=KEY)]
    text: str | None = None
    tap: Annotated[str, Field(max_length=MAX_PAYLOAD_BYTES)] | None = None


class WebChatRoutes(Controller):
    """`ports` hang on the application's state."""

    @get("/", media_type=MediaType.HTML, sync_to_thread=False)
    def page(self, request: Request[Any, Any, Any]) -> Response[str]:
        return Response(ports_of(request).files.page(), media_type=MediaType.HTML, headers={"Cache-Control": "no-cache"})

    @get(["/chat.js", "/pictures.js", "/chat.css", "/widget.js"], sync_to_thread=False)
    def asset(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Kept for ever where it was asked for by its version; a widget's address has none, for it stands in other people's pages."""
        asset = ports_of(request).files.asset(request.url.path.rsplit("/", 1)[-1])
        known = request.query_params.get("v") == asset.version
        kept = "public, max-age=31536000, immutable" if known else "public, max-age=300"
        return Response(asset.text, media_type=asset.media_type, headers={"Cache-Control": kept})

    @post("/chat/session")
    async def session(self, request: Request[Any, Any, Any]) -> dict[str, str]:
        """Nothing is stored before somebody agreed to what is kept; that they did, and to which wording, is."""
        agreement = _parsed(Agreement, await _json(request), "Cần đồng ý trước khi trò chuyện.")
        ports = ports_of(request)
        token, address = ports.visitors.new()
        await stored(ports.consent(address, agreement.version))
        return {"token": token}

    @post("/chat/messages", status_code=202)
    async def message(self, request: Request[Any, Any, Any]) -> dict[str, Any]:
        address = visitor_of(request)
        said = _parsed(Said, await _json(request), "Tin nhắn gửi lên không đúng dạng.")
        received = await bring(ports_of(request), _inbound(address, said))
        return {"id": received.id, "new": received.new, "text": received.text}

    @get("/chat/copy/{token:str}", media_type=MediaType.TEXT)
    async def copy(self, request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
        """What is kept of somebody, for who has the link that they were given, once."""
        text = await stored(ports_of(request).copy(token)) if re.fullmatch(COPY_TOKEN, token) else None
        if text is None:
            raise HTTPException(COPY_GONE, status_code=410)
        headers = {"Content-Disposition": 'attachment; filename="danloi.txt"', "Cache-Control": "no-store"}
        return Response(text, media_type=MediaType.TEXT, headers=headers)

    @get("/chat/events")
    async def events(self, request: Request[Any, Any, Any]) -> Stream:
        """Everything after `Last-Event-ID`, or the recent history, then whatever comes. Ids count what reached the citizen."""
        last = request.headers.get("last-event-id", "0")
        after = int(last) if last.isascii() and last.isdecimal() and len(last) < 19 else 0
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return Stream(stream(ports_of(request), visitor_of(request), after), media_type="text/event-stream", headers=headers)


def _inbound(address: Address, said: Said) -> Inbound:
    if (said.text is None) == (said.tap is None):
        raise ValidationException("Cần đúng một trong hai: chữ, hoặc nút bấm.")
    if said.tap is not None:
        tap = Tap.parse(said.tap)
        if tap is None or len(said.tap.encode()) > MAX_PAYLOAD_BYTES:
            raise ValidationException("Nút bấm này không dùng được nữa. Bà con tải lại trang giúp nhé.")
        return Inbound(address, said.key, Kind.TAP, tap=tap)
    text = said.text or ""
    if not text.strip():
        raise ValidationException("Tin nhắn đang trống. Bà con gõ vài chữ rồi gửi nhé.")
    if len(text) > MOST_TEXT:
        raise HTTPException(f"Tin nhắn dài quá. Bà con viết gọn trong {MOST_TEXT} chữ giúp nhé.", status_code=413)
    return Inbound(address, said.key, Kind.TEXT, text)


async def _json(request: Request[Any, Any, Any]) -> Any:
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise ValidationException("Dữ liệu gửi lên không đọc được.") from error


def _parsed(shape: type[Any], data: Any, message: str) -> Any:
    try:
        return shape.model_validate(data)
    except ValueError as error:
        raise ValidationException(message) from error
