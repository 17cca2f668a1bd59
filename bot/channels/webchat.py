"""The web chat as a channel. A message is sent once the stored history shows it; open pages are woken and fetch what is new."""

import hashlib
import hmac
import secrets
import time
from asyncio import Event
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .. import metrics
from ..model.delivery import Outgoing, Result, Sent
from ..model.message import Address, Shown
from ..model.moving import Way
from .base import Door, Limits, Markup, Pictures

ACCOUNT = "web"
TOKEN_DAYS = 400
"""How long a browser may go without asking for consent again."""
FOR_POOR_NETWORKS = Pictures(caption=4000, most_bytes=250_000, longest_side=1280)
"""A screenshot is read well at that size, and is there within some seconds in a village."""
MOST_PAGES = 8
"""Open pages of one visitor; one more ends the oldest, which is most likely a connection that a phone has lost."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page is to show: messages, oldest first, and whether a person speaks, who may be sent a picture."""

    messages: list[Shown]
    person: bool = False


History = Callable[[Address, int], Awaitable[Seen]]
"""What a conversation shows beyond a message id."""
Person = Callable[[Address], Awaitable[bool]]
"""Whether a person speaks with that visitor now."""
PictureOf = Callable[[Address, int], Awaitable[bytes | None]]
"""The picture of that message to that visitor; None where there is none, or its day is over."""
Consent = Callable[[Address, str], Awaitable[None]]


class Visitors:
    """Tokens of anonymous visitors: a random id, the day it was given, and a signature of both. Nothing about the person."""

    def __init__(self, key: str, now: Callable[[], float] = time.time) -> None:
        self._key = key.encode()
        self._now = now

    def new(self) -> tuple[str, Address]:
        """A token for a new visitor, and their address."""
        visitor, issued = secrets.token_urlsafe(16), f"{int(self._now()):x}"
        return f"1.{issued}.{visitor}.{self._signature(issued, visitor)}", Address(ACCOUNT, visitor)

    def read(self, token: str) -> Address | None:
        """Whose token it is; None where it is not ours, or too old."""
        version, _, rest = token.partition(".")
        issued, _, rest = rest.partition(".")
        visitor, _, signature = rest.partition(".")
        if version != "1" or not token.isascii() or not hmac.compare_digest(signature, self._signature(issued, visitor)):
            return None
        fresh = self._now() - int(issued, 16) < TOKEN_DAYS * 86400
        return Address(ACCOUNT, visitor) if fresh else None

    def _signature(self, issued: str, visitor: str) -> str:
        return hmac.new(self._key, f"1.{issued}.{visitor}".encode(), hashlib.sha256).hexdigest()


class OpenPage:
    """One stream to one page: `news` wakes it, `over` asks it to end."""

    def __init__(self, over: bool) -> None:
        self.news = Event()
        self.over = over

    def end(self) -> None:
        self.over = True
        self.news.set()


class WebChat:
    """Pages listen per visitor; however many tabs are open, each fetches from the history for itself, so none can pile up memory."""

    account = ACCOUNT
    limits = Limits(Markup.HTML, max_text=4000, repeatable=True, instant=True, pictures=FOR_POOR_NETWORKS)
    trouble: str | None = None

    def __init__(self) -> None:
        self.door: Door | None = None
        self.page: str | None = None
        """The address of the page, where people know it."""
        self._closing = False
        self._pages: dict[str, list[OpenPage]] = defaultdict(list)
        self.tell: Callable[[str], None] = lambda visitor: None
        """Told of each visitor for whom there is news: their pages may be open elsewhere."""

    @property
    def way(self) -> Way:
        return Way(self.account, "trang web", self.page)

    async def start(self, door: Door) -> None:
        self.door = door

    async def send(self, out: Outgoing) -> Result:
        return Sent()

    async def stop(self) -> None:
        """Nothing more is taken in."""
        self.hang_up()
        self.door = None

    def hang_up(self) -> None:
        """End every open stream, and whichever still comes: the pages come again by themselves, wherever somebody listens."""
        self._closing = True
        for pages in list(self._pages.values()):
            for page in pages:
                page.end()

    async def close(self) -> None:
        return None

    def announce(self, address: Address) -> None:
        """Something new is to be seen at that address, here or wherever its page is open."""
        self.heard(_visitor(address))
        self.tell(_visitor(address))

    def heard(self, visitor: str) -> None:
        """Another process has something new for that visitor."""
        for page in self._pages.get(visitor, ()):
            page.news.set()

    def look_again(self) -> None:
        """News may have been missed: every page looks."""
        for visitor in self._pages:
            self.heard(visitor)

    @contextmanager
    def listening(self, address: Address) -> Iterator[OpenPage]:
        """A page whose `news` is set whenever there is something new for that visitor."""
        visitor = _visitor(address)
        page, pages = OpenPage(over=self._closing), self._pages[visitor]
        pages.append(page)
        metrics.PAGES.inc()
        for oldest in pages[:-MOST_PAGES]:
            oldest.end()
        try:
            yield page
        finally:
            metrics.PAGES.dec()
            pages.remove(page)
            if not pages:
                self._pages.pop(visitor, None)


def _visitor(address: Address) -> str:
    """What a visitor is called between processes: nothing that opens their conversation."""
    return hashlib.sha256(address.id.encode()).hexdigest()[:16]
