"""The right to speak for an account of ours where the platform gives it for a while, and takes it back unless it is renewed."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Pair:
    """What the platform gave: a token to speak with, and one that buys the next pair, once."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_until: datetime
    refresh_until: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of an account's right to speak."""

    number: int
    """Grows with every pair; a renewal is a compare-and-set on it."""
    pair: Pair | None
    saved_at: datetime | None = None
    asked_at: datetime | None = None
    """A renewal was begun then, and nobody has written down what came of it: the refresh token may be spent."""
    trouble: str | None = None
    """Why the last renewal failed, where only a person can mend it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An admin was sent to the platform to authorise us: what must come back, and what proves that it was us who asked."""

    state: str = field(repr=False)
    verifier: str = field(repr=False)
    by: int
    until: datetime
