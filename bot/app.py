"""The composition root: builds every part once, from settings and channels, and starts and stops them in order."""

import asyncio
import os
import secrets
from collections.abc import Callable, Sequence
from datetime import timedelta

from . import metrics
from .channels.base import Channel, LimitsNow
from .desk.hours import Hours
from .desk.ladder import Ladder
from .desk.owning import Leases
from .desk.rights import ROOM, Place, Rights
from .desk.switch import Switch
from .desk.takeover import Takeover
from .desk.voice import Voice
from .loops import Loop
from .model import clock as clocks
from .model.clock import Clock
from .model.flood import Floods
from .model.grouping import Grouping
from .model.message import Address
from .moving import Moving
from .outbox.deliver import Sender
from .receive import Door
from .replies.formats import render
from .script import Script
from .settings import Settings
from .store import retention
from .store.database import Database
from .timers import set_back
from .timers.due import DueTimers
from .timers.retention import LOOK, Retention
from .turn import Turn
from .understanding.reader import Reader
from .workers import Workers
from .written import Written

TURNS, SENDS = "turns", "sends"
"""What processes tell each other: something is due to be answered, or to be sent."""


def process_name() -> str:
    """What this process is called on claims, sends and offices."""
    return f"{os.getpid()}-{secrets.token_hex(4)}"


def terms_of(settings: Settings) -> retention.Terms:
    """How long what is kept."""
    days = (settings.keep_days, settings.keep_audit_days, settings.keep_proof_days)
    return retention.Terms(*(timedelta(days=one) for one in days))


def takeover(database: Database, script: Script, leases: Leases | None = None) -> Takeover:
    """What becomes of conversations that need a person."""
    return Takeover(Ladder(Hours(), script.library.places), Voice(script), database.keyring, leases)


class App:
    """The running assistant: the door, the turns, a sender for each channel, the timers; loops keep them at work."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        written: Written,
        reader: Reader,
        channels: Sequence[Channel],
        clock: Clock = clocks.now,
        grouping: Grouping | None = None,
        settled: Callable[[Address], None] = lambda address: None,
        me: str | None = None,
    ) -> None:
        """`settled` is told of each address for which a message has been settled. `me`: this process's name on what it holds."""
        me = me or process_name()
        grouping = grouping or Grouping(settings.group_pause, settings.group_limit)
        limits = LimitsNow(channels)
        for served in limits:
            metrics.announce(served)
        self.limits = limits
        self.database = database
        self.script = Script(written.library, written.words, limits)
        self.takeover = takeover(database, self.script, Leases(pictures=timedelta(hours=settings.keep_pictures_hours)))
        room = {account: limit.max_text * min(ROOM, limit.messages_per_turn) for account, limit in limits.items()}
        place = Place(room, settings.public_url or "")
        self.switch = Switch(database, clock)
        self.rights = Rights(database, self.script, Hours(), clock, place, timedelta(days=settings.keep_days))
        desk = (self.takeover, self.rights, self.switch)
        moving = Moving(database, self.script, clock, channels)
        self.turn = Turn(database, reader, self.script, *desk, grouping, clock, settings.remind_after, moving)
        self.workers = Workers(database, self.turn, limits, grouping, clock, me, settings.workers, settings.claim_time)
        self.senders = [Sender(channel, database, render, me, clock, settled, settings.sender_term) for channel in channels]
        self.timers = DueTimers(database, self.script, self.takeover, clock)
        self.retention = Retention(database, clock, terms_of(settings))
        self.set_back = set_back.SetBack(database, clock, settings.claim_time)
        self._channels = channels
        self._turn_loop = Loop("turns", self.workers.round, settings.poll)
        self._send_loops = [Loop(f"outbox {channel.account}", sender.round, settings.poll) for channel, sender in self._pairs()]
        self._timer_loop = Loop("timers", self.timers.round, 10 * settings.poll)
        self._retention_loop = Loop("retention", self.retention.round, LOOK)
        self._set_back_loop = Loop("clock", self.set_back.round, set_back.LOOK)
        self.workers.wake = self._turn_loop.wake
        self.turn.queued = self.wake_senders
        self.turn.shown = settled
        for sender, loop in zip(self.senders, self._send_loops, strict=True):
            sender.wake = loop.wake
        floods = Floods({account: limit.reads_per_minute for account, limit in limits.items()})
        pictures = timedelta(hours=settings.keep_pictures_hours)
        self.door = Door(database, reader, self.script, grouping, clock, self._arrived, self.takeover, self.rights, pictures, floods)
        self.tell: Callable[[str], None] = lambda hint: None
        """Told what waits that another process might do sooner."""

    def _pairs(self) -> list[tuple[Channel, Sender]]:
        return list(zip(self._channels, self.senders, strict=True))

    @property
    def loops(self) -> list[Loop]:
        """All that must be at work while this runs."""
        return [self._turn_loop, *self._send_loops, self._timer_loop, self._retention_loop, self._set_back_loop]

    def heard(self, hint: str) -> None:
        """Another process says what waits; whatever the hint, to look is never wrong."""
        if hint != SENDS:
            self._turn_loop.wake()
        if hint != TURNS:
            for loop in self._send_loops:
                loop.wake()

    def _arrived(self) -> None:
        self._turn_loop.wake()
        if self.workers.full:
            self.tell(TURNS)

    def wake_senders(self) -> None:
        """Something was queued: here, or wherever it is sent from, it is looked for at once."""
        for loop in self._send_loops:
            loop.wake()
        if not all(sender.elected for sender in self.senders):
            self.tell(SENDS)

    async def start(self) -> None:
        for loop in self.loops:
            loop.start()
        for channel in self._channels:
            await channel.start(self.door)

    async def stop(self) -> None:
        """First nothing more comes in, then turns commit, then somebody else sends, and what is being sent is settled."""
        for channel in self._channels:
            await channel.stop()
        await self._turn_loop.stop()
        await self.workers.stop()
        await self._timer_loop.stop()
        await self._retention_loop.stop()
        await self._set_back_loop.stop()
        for loop, sender in zip(self._send_loops, self.senders, strict=True):
            await loop.stop()
            await sender.resign()
        self.tell(SENDS)
        await asyncio.gather(*(sender.idle() for sender in self.senders))
        for channel in self._channels:
            await channel.close()
