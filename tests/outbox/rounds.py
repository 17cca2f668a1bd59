"""Seeded rounds of sending to a platform that misbehaves, by two processes of which one may die in the middle of a send.

What the people were shown, by the platform's own record, must agree with what the store believes. More of them:
`pytest tests/outbox -k rounds --seed 7 --rounds 50`; a round that fails names its seed.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Row, select

from bot.channels.base import Channel
from bot.outbox.deliver import Sender
from bot.replies.formats import render
from bot.store.database import Database
from bot.store.tables import message

from ..conftest import Clock
from ..fakes.telegram import Fault
from ..store.river import River

FAULTS = [fault for fault in Fault if fault is not Fault.LATE]
TROUBLE = 0.35
"""How many sends go wrong."""
MOST_STEPS = 400


class Person(Protocol):
    @property
    def id(self) -> object: ...

    @property
    def name(self) -> str | None: ...

    @property
    def texts(self) -> list[str]:
        """What they were shown, in order."""


class Server(Protocol):
    faulty: Callable[[], Fault | None]


@dataclass
class Round:
    """One round: who is there, what was said to whom, which processes send."""

    dice: random.Random
    river: River
    channel: Callable[[], Channel]
    people: Sequence[Person]
    processes: list[Sender] = field(default_factory=list)
    said: dict[str, bool] = field(default_factory=dict)
    """Every text that was to be sent, and whether it was critical."""
    doubts: int = 0
    """Sends of which nobody can know whether they arrived."""
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    def fault(self) -> Fault | None:
        fault = self.dice.choice(FAULTS) if self.dice.random() < TROUBLE else None
        self.doubts += fault is not None and fault is not Fault.SLOW_DOWN
        return fault

    async def begin_process(self) -> None:
        channel = self.channel()
        self.stack.push_async_callback(channel.close)
        name = f"process {len(self.said)} {self.dice.random()}"
        clock = self.river.clock
        self.processes.append(Sender(channel, self.river.database, render, name, clock, lambda _: None, timer=lambda: clock().timestamp()))

    async def say(self, person: Person) -> None:
        """One turn: one to three messages, first aid now and then."""
        number, critical = len(self.said), self.dice.random() < 0.15
        texts = [f"{number}.{part} cho {person.name}" for part in range(self.dice.randint(1, 3))]
        await self.river.write(str(person.id), "chào", f"in-{number}")
        (claim,) = await self.river.claim("worker")
        await self.river.answer(claim, texts, critical)
        self.said |= dict.fromkeys(texts, critical)

    async def send(self) -> None:
        """Some process looks for work; now and then one is killed in the middle of it, and a new one begins."""
        sender = self.dice.choice(self.processes)
        await sender.round()
        if self.dice.random() < 0.2:
            for _ in range(self.dice.randint(0, 80)):
                await asyncio.sleep(0)
            self.doubts += len(sender._running)
            for task in sender._running:
                task.cancel()
            await asyncio.gather(*sender._running, return_exceptions=True)
            self.processes.remove(sender)
            await self.begin_process()
        else:
            await sender.idle()
        self.river.clock.forward(self.dice.choice([0.2, 1, 3, 20]))

    async def rows(self) -> list[Row[Any]]:
        found = await self.river.database.read(lambda tx: tx.execute(select(message).where(message.c.direction == "out")).all())
        return sorted(found, key=lambda row: int(row.id))

    async def play(self) -> None:
        for _ in range(2):
            await self.begin_process()
        for _ in range(self.dice.randint(10, 20)):
            await self.say(self.dice.choice(self.people))
            await self.send()
        for _ in range(MOST_STEPS):
            if all(row.status not in ("queued", "sending") for row in await self.rows()):
                return
            await self.send()
        raise AssertionError("something is never settled")


async def play(database: Database, channel: Callable[[], Channel], server: Server, people: Sequence[Person], seed: int) -> None:
    """One round over that channel, and the comparison of the two records."""
    river = River(database, Clock(), channel().account)
    game = Round(random.Random(seed), river, channel, people)
    server.faulty = game.fault
    async with game.stack:
        await game.play()

    rows = await game.rows()
    assert {row.text for row in rows} == set(game.said)
    statuses = {row.text: str(row.status) for row in rows}
    assert list(statuses.values()).count("unknown") <= game.doubts
    for person in people:
        shown = Counter(person.texts)
        mine = [row.text for row in rows if row.text.endswith(f" cho {person.name}")]
        assert set(shown) <= set(mine)
        for text in mine:
            assert shown[text] <= 1 or game.said[text], f"seed {seed}: «{text}» came {shown[text]} times"
            if statuses[text] == "sent":
                assert shown[text] >= 1, f"seed {seed}: «{text}» counts as sent and never came"
            else:
                assert statuses[text] == "unknown", f"seed {seed}: «{text}» is {statuses[text]}"
        assert list(dict.fromkeys(person.texts)) == [text for text in mine if text in shown], f"seed {seed}: out of order"
