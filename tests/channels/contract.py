"""The table of cases that every channel must pass. A channel joins with a small adapter that types and taps as its people do.

`Outcome.REFUSED`: the channel said no with words a citizen can act on, and nothing reached the door. `STORED`: it reached the door, once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from bot.model.message import Kind


class Outcome(Enum):
    STORED = "stored"
    REFUSED = "refused"


class Adapter(Protocol):
    """How a test speaks through a channel. Each call answers with what happened and what the person was told, if refused."""

    async def text(self, text: str, key: str) -> tuple[Outcome, str]: ...

    async def tap(self, payload: str, key: str) -> tuple[Outcome, str]: ...

    @property
    def door(self) -> "DoorRecord": ...


class DoorRecord(Protocol):
    """What reached the door: (kind, text, external id) of each distinct arrival."""

    @property
    def arrived(self) -> list[tuple[Kind, str, str]]: ...


@dataclass(frozen=True)
class Case:
    name: str
    send: Callable[[Adapter], object]
    outcome: Outcome
    arrives: str = ""
    """What the door gets as text, where something is stored."""


MEGABYTE = "a" * 1_048_576
TEXTS = [
    Case("plain", lambda a: a.text("xin chào", "key-plain-1"), Outcome.STORED, "xin chào"),
    Case("without diacritics", lambda a: a.text("lam dinh danh", "key-plain-2"), Outcome.STORED, "lam dinh danh"),
    Case("html", lambda a: a.text("<script>alert(1)</script><b>x</b>", "key-html-1"), Outcome.STORED, "<script>alert(1)</script><b>x</b>"),
    Case("markdown", lambda a: a.text("**x** [y](http://z)", "key-mark-1"), Outcome.STORED, "**x** [y](http://z)"),
    Case("control characters", lambda a: a.text("a\x00b\x07c", "key-ctrl-1"), Outcome.STORED, "a\x00b\x07c"),
    Case("right-to-left marks", lambda a: a.text("a\u202eb\u200bc", "key-rtl-12"), Outcome.STORED, "a\u202eb\u200bc"),
    Case("emoji alone", lambda a: a.text("😀", "key-emoji1"), Outcome.STORED, "😀"),
    Case("a slash command", lambda a: a.text('/greet{"a":1}', "key-slash1"), Outcome.STORED, '/greet{"a":1}'),
]
TAPS = [
    Case("a tap", lambda a: a.tap("3:act:menu", "key-tap-01"), Outcome.STORED),
    Case("a tap that is none of ours", lambda a: a.tap("rubbish", "key-tap-02"), Outcome.REFUSED),
    Case("a tap without a turn", lambda a: a.tap(":act:menu", "key-tap-03"), Outcome.REFUSED),
    Case("a tap of a turn that is no number", lambda a: a.tap("x:act:menu", "key-tap-04"), Outcome.REFUSED),
]
CASES = [*TEXTS, *TAPS]
