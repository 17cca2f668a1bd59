"""The story of one reply on its way out: claim, send, settle. One `Sender` an account, of which one in all processes is elected.

A row turns `sending` just before its call, with a deadline. If this process dies in between, the row is found past its deadline, and is
given up when our patience is over, too: it may have arrived, so it becomes `unknown` and is not sent again, unless twice does no harm.
"""

import asyncio
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import timedelta

import structlog

from .. import metrics
from ..channels.base import Channel, Markup
from ..model.clock import Clock
from ..model.delivery import Blocked, NotSent, Outgoing, Refused, Result, Sending, Sent, SlowDown, Status, Unknown
from ..model.errors import StoreError
from ..model.message import Address
from ..replies.formats import numbered
from ..store import attachments, deliveries
from ..store.database import Database, Tx
from ..store.deliveries import UnderWay
from ..store.office import Office
from .pace import Pace
from .patience import Patience
from .verdict import MOST_TRIES, verdict

log = structlog.get_logger(__name__)

GRACE = 5.0
"""Seconds after a send's own limit until it is late."""
AT_ONCE = 32
"""Conversations of one account that are sent to side by side."""

Render = Callable[[Markup, str], str]


class Sender:
    """Sends what waits for one channel account. `settled` is told of each address whose message has been settled."""

    def __init__(
        self,
        channel: Channel,
        database: Database,
        render: Render,
        holder: str,
        clock: Clock,
        settled: Callable[[Address], None],
        term: float = 15.0,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        """`holder`: this process's name. `term`: seconds an elected sender may be silent before another process takes over.

        `timer`: seconds that pass, for pace and patience.
        """
        self._channel = channel
        self._database = database
        self._render = render
        self._holder = holder
        self._clock = clock
        self._settled = settled
        self._term = term
        self._timer = timer
        self._office = Office(database, f"sender:{channel.account}", holder, clock, term, timer)
        self._pace = Pace(channel.limits)
        self._patience = Patience(term, timer)
        self._running: dict[asyncio.Task[None], int] = {}
        """What is under way here, and the message that it sends."""
        self.wake: Callable[[], None] = lambda: None

    async def round(self) -> float | None:
        """Give up what was lost, then start what may start now. Answers when to look again."""
        if not await self._office.hold():
            return self._term / 3
        now = self._timer()
        room = min(AT_ONCE - len(self._running), self._pace.room(now))
        if room > 0:
            running = frozenset(self._running.values())
            rows, overdue, lost = await self._database.run(lambda tx: self._claim(tx, room, self._pace.resting(now), running))
            self._patience.saw(overdue)
            self._tell_lost(lost)
            for row in rows:
                self._pace.note(row.conversation_id, self._timer())
                task = asyncio.create_task(self._send(row))
                self._running[task] = row.id
                task.add_done_callback(self._done)
        return self._pace.wait(self._timer())

    @property
    def elected(self) -> bool:
        """Whether it is surely this process that sends."""
        return self._office.held

    async def resign(self) -> None:
        """Another process may be elected at once; what was started here is still settled here, and nothing overtakes it."""
        await self._office.resign()

    async def stop(self) -> None:
        """Somebody else sends from now on; a send that was started is settled before we go."""
        await self.resign()
        await self.idle()

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        await asyncio.gather(*self._running, return_exceptions=True)

    def _claim(self, tx: Tx, room: int, resting: list[int], running: Collection[int]) -> tuple[list[Sending], list[UnderWay], list[int]]:
        """What is to be sent now; what should have been settled by now; and the ids of those of them whose sender never came back."""
        now, account, limits = self._clock(), self._channel.account, self._channel.limits
        overdue = deliveries.overdue(tx, account, now)
        lost = [send for send in overdue if self._patience.is_over(send, running)]
        deliveries.give_up(tx, lost, limits.repeatable, MOST_TRIES, now)
        deadline = now + timedelta(seconds=limits.send_timeout + GRACE)
        rows = deliveries.claim(tx, account, self._holder, now, deadline, room, resting, limits.budget, self._tell_unfit)
        return rows, overdue, [send.id for send in lost]

    def _tell_lost(self, lost: list[int]) -> None:
        if lost:
            metrics.SENDS.labels(self._channel.account, "lost").inc(len(lost))
            log.warning("sends_lost", channel=self._channel.account, messages=lost)

    def _tell_unfit(self, row: deliveries.Unfit) -> None:
        log.error("message_over_budget", channel=self._channel.account, message=row.id, author=row.author, why=row.why)

    async def _send(self, row: Sending) -> None:
        result = await self._with_picture(row) if row.has_picture else await self._carry(self._shown(row))
        now = max(filter(None, (self._clock(), row.heard_at)))  # by a clock that is behind, the budget would not count it
        settlement = verdict(result, row, self._channel.limits.repeatable, now)
        self._tell(row, result, settlement)

        def settle(tx: Tx) -> bool:
            ours = deliveries.settle(tx, row.id, self._holder, settlement, now)
            if ours and isinstance(result, Blocked):
                deliveries.close_address(tx, row.conversation_id, result.why, now)
            return ours

        if await self._database.run(settle):
            metrics.SENDS.labels(self._channel.account, settlement.status).inc()
        if settlement.status is Status.SENT and row.begun_at is not None:
            metrics.STAGE.labels("first_send").observe(max(0.0, (now - row.begun_at).total_seconds()))
        self._settled(row.address)

    async def _with_picture(self, row: Sending) -> Result:
        """The picture is read only now: what waits in the queue, however long, holds none in memory."""
        if self._channel.limits.pictures is None:
            return Refused("the channel takes no pictures")
        try:
            picture = await self._database.read(lambda tx: attachments.of_message(tx, row.id, self._clock()))
        except StoreError as error:
            return NotSent(f"the picture could not be read: {type(error).__name__}")
        if picture is None:
            return Refused("the picture's day was over before it could be sent")
        return await self._carry(replace(self._shown(row), picture=picture))

    def _shown(self, row: Sending) -> Outgoing:
        """As this channel shows it; taps that it has no buttons for are numbered lines of the text."""
        limits = self._channel.limits
        text, buttons = self._render(limits.markup, row.text), row.buttons
        if len(buttons) > limits.max_buttons:
            text, buttons = numbered(text, buttons), ()
        return Outgoing(row.id, row.address, text, buttons, row.turn)

    async def _carry(self, out: Outgoing) -> Result:
        try:
            async with asyncio.timeout(self._channel.limits.send_timeout):
                return await self._channel.send(out)
        except TimeoutError:
            return Unknown("the channel did not come back in time")
        except Exception as error:
            log.exception("channel_raised", channel=self._channel.account, message=out.id)
            return Unknown(f"{type(error).__name__} in the channel")

    def _tell(self, row: Sending, result: Result, settlement: deliveries.Settlement) -> None:
        if isinstance(result, SlowDown):
            self._pace.pause(self._timer() + result.seconds)
        if isinstance(result, Refused) or (settlement.status is Status.FAILED and not isinstance(result, Blocked)):
            log.error("message_failed", channel=self._channel.account, message=row.id, why=settlement.error)
        elif isinstance(result, Sent) and result.lacking:
            log.error("picture_refused", channel=self._channel.account, message=row.id, why=result.lacking)
        elif settlement.status is Status.UNKNOWN:
            log.warning("message_unknown", channel=self._channel.account, message=row.id, why=settlement.error)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)
        if not task.cancelled() and task.exception() is not None:
            log.error("settling_failed", channel=self._channel.account, exc_info=task.exception())
        self.wake()
