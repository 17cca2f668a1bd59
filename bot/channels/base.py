"""The contract of a channel, on one page.

A channel turns what its platform delivers into an `Inbound` and hands it to the door, and carries an `Outgoing` to a person and says
honestly what happened (a `Result`). It keeps no state of a conversation, formats no words, retries nothing and never raises from `send`:
the outbox decides what follows. A platform's update is acknowledged only after the door has answered, for only then is it stored.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from ..model.delivery import Outgoing, Result
from ..model.message import Inbound, Received


class Markup(StrEnum):
    """What a channel can show; `replies.formats` renders the small Markdown of our words into it."""

    PLAIN = "plain"
    HTML = "html"
    TELEGRAM_HTML = "telegram_html"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a platform accepts, and how fast. Sizes in characters, rates in messages a second."""

    markup: Markup
    max_text: int = 4096
    max_buttons: int = 12
    messages_per_turn: int = 8
    per_second: float = 1000.0
    """For the whole account."""
    per_chat_second: float = 1000.0
    send_timeout: float = 10.0
    """Seconds after which a send that did not come back counts as unknown."""
    repeatable: bool = False
    """Whether sending the same message (by its id) twice shows it once: then nothing needs to stay unknown."""


Door = Callable[[Inbound], Awaitable[Received]]
"""Stores one arrival and answers once it is safe. Raises StoreError where it could not be stored: do not acknowledge then."""


class Channel(Protocol):
    @property
    def account(self) -> str:
        """The name of this account of ours, unique in the installation: "web", "terminal:an", "telegram:main"."""

    @property
    def limits(self) -> Limits: ...

    async def start(self, door: Door) -> None:
        """Begin to receive. Returns once ready."""

    async def send(self, out: Outgoing) -> Result:
        """Carry one message. Never raises; gives up within `limits.send_timeout` seconds."""

    async def stop(self) -> None:
        """Receive nothing more; what was handed to the door stays stored."""
