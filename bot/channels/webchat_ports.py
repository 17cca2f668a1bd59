"""What the web chat's routes share: what they need of the rest of the assistant, who asks, and the door behind them."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request
from litestar.exceptions import HTTPException, NotAuthorizedException, ServiceUnavailableException

from ..model.errors import StoreError
from ..model.message import Address, Inbound, Received, Refused
from .webchat import Consent, History, Person, PictureOf, Visitors, WebChat
from .webchat_files import Files

KEY = r"^[A-Za-z0-9_-]{8,64}$"
KEEPALIVE = 15.0
AGREE_ANEW = "Bà con đã rút lại đồng ý. Tải lại trang và đồng ý lại thì mới nhắn tiếp được."

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
