"""Words for taking a running guide from one channel to another: where one can go, what a code stands for, what a turn is to do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from .dialogue import Later

ALPHABET = "BCGHKLMNPQTV"
"""The letters of a code: none is a vowel or a key by which Telex makes a tone or another letter; VNI uses digits."""
LENGTH = 8
START = "ma_"
"""What a code in a link begins with: `?start=ma_BKTMHLPN`."""
TOLD = re.compile(rf"[{ALPHABET}]{{4}} ?[{ALPHABET}]{{4}}")
"""A code as it stands in our own words."""
CODE_HOLDS = timedelta(minutes=15)
"""From when a code is told until it is good for nothing. The words (`common.moving_code`) tell it."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a citizen comes to one of our accounts."""

    account: str
    name: str
    """As people say it: "Telegram", "Zalo"."""
    link: str | None = None
    """What opens it on a phone."""
    called: str | None = None
    """What to look for there, where no link leads to it."""
    says_code: bool = False
    """Whether the link can bring the code along (`?start=ma_…`), so that nobody need type it."""

    def opened_with(self, code: str) -> str | None:
        return f"{self.link}?start={START}{code}" if self.link is not None and self.says_code else self.link


class Refusal(StrEnum):
    """Why nothing comes of a code; the words are `common.moving_<value>`."""

    WRONG = "wrong"
    """There is no such code, or there never was."""
    MANY = "many"
    """Too many were wrong, here or altogether: none is looked at for a while."""
    LATE = "late"
    USED = "used"
    ALREADY = "already"
    """It was used to bring the guide to this very conversation."""
    REPLACED = "replaced"
    """A newer code was asked for."""
    SAME = "same"
    """It was said in the conversation that it would lead away from."""
    PERSON = "helped"
    """A person has the conversation there, or a case waits: that stays where it is."""
    BUSY = "busy"
    """Something that was written there is not answered yet."""
    NOTHING = "nothing"
    """Nothing is being done there any more."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a good code stands for, as it was when it was looked at."""

    code: str
    """The code's keyed hash: the code itself is kept nowhere."""
    source: int
    """The conversation that the guide would come from, its turn and epoch."""
    turn: int
    epoch: int
    state: Mapping[str, Any] = field(default_factory=dict)
    """Its dialogue's state, as that was saved."""
    unkept: tuple[Later, ...] = ()
    """Reminders promised there that this channel will not let us keep."""


Arrival = Found | Refusal
