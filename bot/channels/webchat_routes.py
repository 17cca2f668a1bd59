"""The web chat's HTTP side: consent gives a token, messages come in by POST with a key of the page's own, everything goes out by SSE."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Any, Literal

from litestar import Controller, MediaType, Request, Response, get, post
from litestar.exceptions import HTTPException, NotAuthorizedException, ServiceUnavailableException, ValidationException
from litestar.params import FromPath
from litestar.response import ServerSentEventMessage, Stream
from pydantic import BaseModel, ConfigDict, Field

from ..model.errors import StoreError
from ..model.message import MAX_PAYLOAD_BYTES, Address, Inbound, Kind, Received, Refused, Shown, Tap
from .webchat import Consent, History, Person, PictureOf, Visitors, WebChat
from .webchat_files import Files

MOST_TEXT = 4000
COPY_GONE = "Đường này đã dùng rồi hoặc quá 15 phút. Bà con nhắn «dữ liệu của tôi» để lấy đường mới nhé."
COPY_TOKEN = r"[A-Za-z0-9_-]{43}"  # noqa: S105  (the shape of one)
KEY = r"^[A-Za-z0-9_-]{8,64}$"
KEEPALIVE = 15.0
LOOK_AGAIN = 2.0
"""Seconds after which a stream looks for itself: the message may have been settled by another process."""


AGREE_ANEW = "Bà con đã rút lại đồng ý. Tải lại trang và đồng ý lại thì mới nhắn tiếp được."


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


Copy = Callable[[str], Awaitable[str | None]]
"""What a person who brings that token is given, once."""


async def no_copy(_token: str) -> str | None:
    return None


class Ports:
    """What the routes need of the rest of the assistant."""

    def __init__(
        self,
        chat: WebChat,
        visitors: Visitors,
        history: History,
        consent: Consent,
        person: Person,
        picture: PictureOf,
        to_html: Callable[[str], str],
        words: Callable[[str], str],
        keepalive: float = KEEPALIVE,
        copy: Copy = no_copy,
    ) -> None:
        """`words`: the words of a block of content/common/web.md.j2. `keepalive`: seconds between comments on a silent stream.

        `copy`: the file that a one-time token is for.
        """
        self.chat = chat
        self.visitors = visitors
        self.history = history
        self.consent = consent
        self.person = person
        self.picture = picture
        self.to_html = to_html
        self.words = words
        self.files = Files(words, to_html)
        self.keepalive = keepalive
        self.copy = copy


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


async def stream(ports: Ports, address: Address, after: int) -> AsyncIterator[bytes]:
    """One open page. The citizen's own messages carry no event id, for an older reply may still be on its way behind them.

    What one look finds leaves together: a page that is opened again is shown two hundred messages.
    """
    sent: set[int] = set()
    person: bool | None = None
    silent, wait = 0.0, min(LOOK_AGAIN, ports.keepalive)
    with ports.chat.listening(address) as page:
        yield ServerSentEventMessage(comment="xin chào", retry=2000).encode()
        while not page.over:
            page.news.clear()
            try:
                seen = await ports.history(address, after)
            except StoreError:
                return  # the page comes again by itself, a little later each time
            news: list[ServerSentEventMessage] = []
            if seen.person is not person:
                person = seen.person
                news.append(ServerSentEventMessage(event="person" if person else "assistant"))
            news += [_event(shown, ports) for shown in seen.messages if shown.id not in sent]
            sent |= {shown.id for shown in seen.messages}
            after = max((shown.id for shown in seen.messages if not shown.mine), default=after)
            sent = {message_id for message_id in sent if message_id > after}
            if news:
                silent = 0.0
                yield b"".join(event.encode() for event in news)
            if not await _within(page.news, wait):
                silent += wait
                if silent >= ports.keepalive:
                    silent = 0.0
                    yield ServerSentEventMessage(comment="keepalive").encode()


def _event(shown: Shown, ports: Ports) -> ServerSentEventMessage:
    buttons = [{"label": button.label, "payload": Tap(button.value, shown.turn).payload} for button in shown.buttons]
    ours = shown.text if shown.frame is None or shown.frame.kept else f"{shown.text}\n\n{ports.words('picture_gone')}"
    mine = shown.text or (ports.words("picture_sent") if shown.kind is Kind.PHOTO else "")
    body = {"text": mine, "tap": shown.tap} if shown.mine else {"html": ports.to_html(ours)}
    data: dict[str, Any] = {"id": shown.id, "mine": shown.mine, **body, "buttons": buttons, "turn": shown.turn, "key": shown.key}
    if shown.frame is not None and shown.frame.kept:
        data["picture"] = {"width": shown.frame.width, "height": shown.frame.height}
    return ServerSentEventMessage(data=json.dumps(data, ensure_ascii=False), id=None if shown.mine else shown.id)


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


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


async def bring(ports: Ports, inbound: Inbound) -> Received:
    """Through the door; the visitor's open pages then look."""
    if ports.chat.door is None:
        raise ServiceUnavailableException("Trợ lý đang khởi động lại, xin thử lại sau giây lát.", headers={"Retry-After": "2"})
    received: Received = await stored(ports.chat.door(inbound))
    if received.refused is Refused.NO_CONSENT:
        raise NotAuthorizedException(AGREE_ANEW)
    if received.refused is Refused.TOO_MANY:
        raise HTTPException("Bà con gửi nhanh quá. Xin chờ một phút rồi gửi tiếp nhé.", status_code=429)
    ports.chat.announce(inbound.address)
    return received


async def stored(work: Any) -> Any:
    try:
        return await work
    except StoreError as error:
        message = "Chưa lưu được tin nhắn, trợ lý đang bận. Xin thử lại sau giây lát."
        raise ServiceUnavailableException(message, headers={"Retry-After": "3"}) from error


def visitor_of(request: Request[Any, Any, Any]) -> Address:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    address = ports_of(request).visitors.read(token) if scheme == "Bearer" else None
    if address is None:
        raise NotAuthorizedException("Phiên trò chuyện đã hết hạn. Bà con tải lại trang để bắt đầu lại nhé.")
    return address


def ports_of(request: Request[Any, Any, Any]) -> Ports:
    ports: Ports = request.app.state.webchat
    return ports
