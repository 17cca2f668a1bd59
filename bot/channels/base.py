"""The contract of a channel, on one page.

A channel turns what its platform delivers into an `Inbound` and hands it to the door, and carries an `Outgoing` to a person and says
honestly what happened (a `Result`). It keeps no state of a conversation, formats no words, retries nothing and never raises from `send`:
the outbox decides what follows. A platform's update is acknowledged only after the door has answered, for only then is it stored.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ..model.delivery import Budget, Outgoing, Result
from ..model.flood import PER_MINUTE
from ..model.message import Address, Inbound, Received
from ..model.moving import Way

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler


class Markup(StrEnum):
    """What a channel can show; `replies.formats` renders the small Markdown of our words into it."""

    PLAIN = "plain"
    HTML = "html"
    TELEGRAM_HTML = "telegram_html"


@dataclass(frozen=True, slots=True)
class Pictures:
    """What pictures a channel takes. All are JPEG; `longest_side` in pixels."""

    caption: int
    """Characters of the words that go along; longer ones follow as messages of their own."""
    most_bytes: int = 1_000_000
    longest_side: int = 1600


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform accepts, and how fast. Sizes in characters, rates in messages a second."""

    markup: Markup
    max_text: int = 4096
    max_buttons: int = 12
    """Under one message; where there are more, or on a channel that has none (0), they become numbered lines of its text."""
    messages_per_turn: int = 8
    """A turn's messages are joined where there are more."""
    per_second: float = 1000.0
    """For the whole account."""
    per_chat_second: float = 1000.0
    send_timeout: float = 10.0
    """Seconds after which a send that did not come back counts as unknown."""
    per_chat_burst: int = 1
    """Messages to one chat that may go at once before `per_chat_second` holds."""
    reads_per_minute: int = PER_MINUTE
    """Messages of one person that are read in a minute."""
    repeatable: bool = False
    """Whether sending the same message (by its id) twice shows it once: then nothing needs to stay unknown."""
    budget: Budget | None = None
    """How much may be said to somebody after their last message, where the platform counts that."""
    instant: bool = False
    """Whether what is stored has arrived: pages read it from the store, and nothing is carried anywhere."""
    pictures: Pictures | None = None
    """None: it carries none."""


class Door(Protocol):
    """Where a channel brings what it got."""

    async def __call__(self, inbound: Inbound) -> Received:
        """Stores one arrival and answers once it is safe. Raises StoreError where it could not be stored: do not acknowledge then."""

    async def reach(self, address: Address, reachable: bool, at: datetime | None = None) -> None:
        """A person has blocked us, or lets us write again. Told late, it counts for nothing where they have written since `at`.

        Raises StoreError.
        """

    async def echo(self, address: Address, sent_id: str, text: str, at: datetime) -> None:
        """The account said something to a person, and the platform tells us: we ourselves, or somebody in the platform's own inbox.

        Raises StoreError.
        """


class Unfetched(StrEnum):
    """Why a file did not come."""

    GONE = "gone"
    """The platform has it no more, or knows no such file."""
    TOO_BIG = "too big"
    AWAY = "away"
    """The platform does not answer, or too slowly: it may come later."""


@runtime_checkable
class Fetches(Protocol):
    """A channel whose pictures and voice messages lie with its platform, and are fetched only when the person they are for looks."""

    async def fetch(self, reference: str, most: int) -> bytes | Unfetched:
        """The file of that name, of at most so many bytes, from the platform's own address and no other. Never raises."""


@runtime_checkable
class Findable(Protocol):
    """A channel that a citizen of another channel can be told the way to."""

    @property
    def way(self) -> Way | None:
        """None: it is not known (yet) how to get there."""


class Office(Protocol):
    """What only one process of all may do, such as polling a platform."""

    async def hold(self) -> bool:
        """Win it, or keep it for a while. False: another process has it."""

    async def resign(self) -> None:
        """Another process may win it at once."""


class Channel(Protocol):
    @property
    def account(self) -> str:
        """The name of this account of ours, unique in the installation: "web", "terminal:an", "telegram:main"."""

    @property
    def limits(self) -> Limits: ...

    @property
    def trouble(self) -> str | None:
        """What keeps it from working, for the operator; None while all is well."""

    async def start(self, door: Door) -> None:
        """Begin to receive. Returns once ready."""

    async def send(self, out: Outgoing) -> Result:
        """Carry one message. Never raises; gives up within `limits.send_timeout` seconds."""

    async def stop(self) -> None:
        """Receive nothing more; what was handed to the door stays stored. What is still to be sent, is."""

    async def close(self) -> None:
        """Nothing will be sent any more."""


class Routed(Channel, Protocol):
    """A channel to which its platform brings things."""

    @property
    def routes(self) -> "Sequence[HTTPRouteHandler]":
        """What is to be mounted on the HTTP server."""


class LimitsNow(Mapping[str, Limits]):
    """The limits of each channel account as they are at this moment: a platform may turn out to take less than was thought."""

    def __init__(self, channels: Sequence[Channel]) -> None:
        self._channels = {channel.account: channel for channel in channels}

    def __getitem__(self, account: str) -> Limits:
        return self._channels[account].limits

    def __iter__(self) -> Iterator[str]:
        return iter(self._channels)

    def __len__(self) -> int:
        return len(self._channels)
