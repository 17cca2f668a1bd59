"""The terminal as a channel: one citizen at a keyboard, or a file of messages, one a line."""

import asyncio
import re
from dataclasses import dataclass, replace
from uuid import uuid4

from ..model.delivery import Outgoing, Result, Sent
from ..model.message import Address, Button, Inbound, Kind, Received, Tap
from .base import Door, Limits, Markup, Pictures

_TAP = re.compile(r"<tap:(\d{1,2})>")


@dataclass(frozen=True, slots=True)
class Buttons:
    """The buttons on show, and the turn they belong to."""

    offered: tuple[Button, ...] = ()
    turn: int = 0


OWN = 1_000_000
"""Messages a minute: who sits at the terminal may pipe a file in."""


class NoSuchButton(Exception):
    """`<tap:N>` named a button that is not on show."""


class Terminal:
    """`name` is whom the terminal speaks for; the account carries it, so that two terminals never answer each other's conversations."""

    def __init__(self, name: str) -> None:
        self.account = f"terminal:{name}"
        self.limits = Limits(Markup.PLAIN, max_text=4000, reads_per_minute=OWN, pictures=Pictures(caption=4000))
        self.said: asyncio.Queue[Outgoing] = asyncio.Queue()
        """What was sent to this terminal, in order."""
        self.buttons = Buttons()
        self.trouble: str | None = None
        self.here = Address(self.account, name)
        self._door: Door | None = None

    async def start(self, door: Door) -> None:
        self._door = door

    async def send(self, out: Outgoing) -> Result:
        if out.buttons:
            self.buttons = Buttons(out.buttons, out.turn)
        self.said.put_nowait(out if out.picture is None else replace(out, text=f"[ảnh] {out.text}"))
        return Sent()

    async def stop(self) -> None:
        self._door = None

    async def close(self) -> None:
        return None

    async def type(self, line: str) -> Received:
        """What somebody typed goes through the door. Raises NoSuchButton for `<tap:9>` where there are fewer."""
        assert self._door is not None, "start the channel first"
        return await self._door(self._inbound(line))

    def _inbound(self, line: str) -> Inbound:
        tapped = _TAP.fullmatch(line.strip())
        if tapped is None:
            return Inbound(self.here, uuid4().hex, Kind.TEXT, line)
        number = int(tapped[1])
        if not 1 <= number <= len(self.buttons.offered):
            raise NoSuchButton(f"Không có nút số {number}: đang có {len(self.buttons.offered)} nút.")
        tap = Tap(self.buttons.offered[number - 1].value, self.buttons.turn)
        return Inbound(self.here, uuid4().hex, Kind.TAP, tap=tap)
