"""A small language for store tests: people write, workers claim, senders send; each call is one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.model.conversation import Claim, Conversation, Owner, OwnerKind
from bot.model.delivery import Sending, Status
from bot.model.grouping import Grouping
from bot.model.message import Address, Kind, Reply, Waiting
from bot.store import conversations, deliveries, messages, turns
from bot.store.conversations import Change
from bot.store.database import Database, Tx
from bot.store.deliveries import Settlement

from ..conftest import Clock

GROUPING = Grouping(pause=1.5, limit=4.0)
CHANNEL = "web"


@dataclass
class River:
    database: Database
    clock: Clock
    channel: str = CHANNEL

    async def write(self, who: str, text: str, external_id: str, quick: bool = True) -> tuple[int, bool]:
        """Somebody's message arrives. Its id, and whether it is new."""
        address = Address(self.channel, who)
        heard = Waiting(0, Kind.TEXT, text, None, self.clock(), quick=quick)

        def insert(tx: Tx) -> tuple[int, bool]:
            found = conversations.find_or_open(tx, self.database.keyring, address, None, self.clock())
            conversations.lock(tx, found)
            result = messages.add_inbound(tx, found, address, external_id, heard, 0)
            turns.reschedule(tx, found, GROUPING)
            return result

        return await self.database.run(insert)

    async def claim(self, worker: str, limit: int = 10, seconds: float = 30) -> list[Claim]:
        now = self.clock()
        return await self.database.run(lambda tx: turns.claim(tx, worker, [self.channel], now, now + timedelta(seconds=seconds), limit))

    async def answer(self, claim: Claim, texts: Sequence[str], critical: bool = False) -> None:
        """The turn's one commit."""
        replies = [Reply("test.block", text, critical=critical) for text in texts]

        def commit(tx: Tx) -> None:
            turns.finish(tx, claim, {"seen": claim.number})
            messages.mark(tx, [waiting.id for waiting in claim.waiting], Status.HANDLED, self.clock())
            turn = claim.conversation.turn + 1
            messages.add_replies(tx, claim.conversation, turn, claim.conversation.epoch, replies, self.clock())
            turns.reschedule(tx, claim.conversation.id, GROUPING)

        await self.database.run(commit)

    async def claim_sends(self, sender: str = "s", limit: int = 10, resting: Sequence[int] = ()) -> list[Sending]:
        now = self.clock()
        return await self.database.run(
            lambda tx: deliveries.claim(tx, self.channel, sender, now, now + timedelta(seconds=15), limit, resting)
        )

    async def settle(self, row: Sending, status: Status, sender: str = "s", not_before: datetime | None = None) -> bool:
        return await self.database.run(
            lambda tx: deliveries.settle(tx, row.id, sender, Settlement(status, not_before=not_before), self.clock())
        )

    async def take(self, who: Conversation, by: str, epoch: int | None = None) -> int | None:
        """A volunteer takes the conversation over."""
        seen = who.epoch if epoch is None else epoch
        change = Change(seen, Owner(OwnerKind.HUMAN, by), by=by)
        return await self.database.run(lambda tx: conversations.change_owner(tx, who.id, change, self.clock()))

    async def sweep(self, repeatable: bool = False) -> list[int]:
        """Give up what should have been settled by now. The ids."""

        def give_up(tx: Tx) -> list[int]:
            late = deliveries.overdue(tx, self.channel, self.clock())
            deliveries.give_up(tx, late, repeatable, 3, self.clock())
            return [send.id for send in late]

        return await self.database.run(give_up)

    async def due_at(self, who: Conversation) -> datetime | None:
        return await self.database.read(lambda tx: turns.next_due(tx, [self.channel]))
