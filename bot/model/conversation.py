"""A conversation: who speaks in it (owner, epoch, fence), and what a turn needs of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from .message import Address, Waiting


class OwnerKind(StrEnum):
    """Who speaks with the citizen."""

    BOT = "bot"
    """The assistant answers."""
    QUEUE = "queue"
    """A case waits for a person; the assistant keeps answering meanwhile, so that nobody talks to a wall."""
    HUMAN = "human"
    """A volunteer has taken it: the assistant is silent."""
    NONE = "none"
    """Nobody: the citizen blocked us or asked to be forgotten."""


@dataclass(frozen=True, slots=True)
class Owner:
    kind: OwnerKind
    id: str | None = None


def volunteer(number: int) -> Owner:
    """A person of the desk."""
    return Owner(OwnerKind.HUMAN, str(number))


BOT = Owner(OwnerKind.BOT)
INBOX = Owner(OwnerKind.HUMAN, "oa_inbox")
"""Somebody who answers in the platform's own inbox, beside us: we know that they do, and not who they are."""
QUEUE = Owner(OwnerKind.QUEUE)


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the store knows of one citizen on one channel account."""

    id: int
    address: Address
    owner: Owner
    epoch: int
    """Grows with every change of owner; a change is a compare-and-set on it."""
    fence: int
    """A bot message written under an epoch below the fence is stale and is never sent."""
    turn: int
    """How many turns were answered; buttons, timers and de-duplication keys carry it."""
    state: dict[str, Any] = field(default_factory=dict)
    """The dialogue's state as it saved it (`dialogue.state`); opaque to the store."""
    consented: bool = False
    """Whether the person agreed to what is kept before writing (the web page asks first); else the first words tell it."""
    open_case: int | None = None
    withdrawn: bool = False
    """Whether the person took back what they had agreed to on our page: they write again only after agreeing anew."""
    tell_again: bool = False
    """Whether the first words are to be said again, for the person took back their consent where no page asks."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's right to answer one conversation until `until`; the turn's commit requires its number."""

    conversation: Conversation
    number: int
    tries: int
    until: datetime
    waiting: tuple[Waiting, ...]
    unsure: bool = False
    """Whether something of the last turn may not have reached the citizen."""
