"""Fire what is due. A reminder goes to a citizen who fell silent in the middle of a guide, once, and only if nothing happened since."""

from datetime import date, datetime, timedelta

import structlog

from ..dialogue.router import remind
from ..dialogue.state import State
from ..dialogue.versions import Library
from ..model.clock import Clock, today
from ..model.conversation import OwnerKind
from ..model.timer import Timer, TimerKind
from ..replies.words import Words
from ..store import conversations, forget, messages, sessions, timers
from ..store.database import Database, Tx

log = structlog.get_logger(__name__)

AT_ONCE = 50
REMINDER_PART = 100
"""Where a reminder's messages count from within its turn, behind any reply of the turn itself."""


class DueTimers:
    def __init__(self, database: Database, library: Library, words: Words, clock: Clock, keep_days: int) -> None:
        """`keep_days`: how long messages are kept, as the first words promise."""
        self._database = database
        self._library = library
        self._words = words
        self._clock = clock
        self._keep = timedelta(days=keep_days)
        self._forget_at = clock()

    async def round(self) -> float | None:
        """Fire up to 50; answers 0 when there may be more."""
        fired = await self._database.run(self._fire)
        return 0 if fired == AT_ONCE else None

    def _fire(self, tx: Tx) -> int:
        now = self._clock()
        sessions.sweep(tx, now)
        self._keep_the_promise(tx, now)
        due = timers.take_due(tx, now, AT_ONCE)
        for timer in due:
            match timer.kind:
                case TimerKind.REMIND:
                    self._remind(tx, timer, today(now))
        return len(due)

    def _keep_the_promise(self, tx: Tx, now: datetime) -> None:
        """Every hour, what is older than was promised is forgotten."""
        if now >= self._forget_at:
            gone = forget.expire(tx, now - self._keep)
            self._forget_at = now + timedelta(hours=1)
            if gone:
                log.info("forgotten", messages=gone)

    def _remind(self, tx: Tx, timer: Timer, date: date) -> None:
        conversations.lock(tx, timer.conversation_id)
        conversation = conversations.get(tx, timer.conversation_id)
        bot_speaks = conversation.owner.kind in (OwnerKind.BOT, OwnerKind.QUEUE)
        if conversation.turn != timer.turn or not bot_speaks:
            return
        move = remind(self._library, State.from_dict(conversation.state))
        if not move.says:
            return
        conversations.keep_state(tx, conversation.id, move.state)
        replies = [self._words.reply(say, date) for say in move.says]
        messages.add_replies(tx, conversation, conversation.turn, conversation.epoch, replies, self._clock(), REMINDER_PART)
