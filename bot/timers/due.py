"""Fire what is due: reminders, what was promised, how it went, guides put aside. What came too late to mean anything does nothing."""

from datetime import date, datetime, timedelta

import structlog

from .. import metrics
from ..desk import watch
from ..desk.takeover import Takeover
from ..desk.voice import Voice
from ..dialogue import later
from ..dialogue.state import State
from ..model.clock import Clock, today
from ..model.conversation import Conversation, OwnerKind
from ..model.dialogue import Move
from ..model.errors import DanLoiError, StoreError
from ..model.timer import Timer, TimerKind
from ..script import Script
from ..store import conversations, messages, moves, pauses, timers
from ..store.database import Database, Tx, savepoint

log = structlog.get_logger(__name__)

AT_ONCE = 50
AGAIN_AFTER = timedelta(minutes=5)
ADOPT_EVERY = timedelta(hours=1)
FIRST_PART, PARTS_EACH = 100, 10
"""Where a timer's messages count from within the turn, behind any reply of the turn itself; each timer has room for so many."""


class DueTimers:
    def __init__(self, database: Database, script: Script, takeover: Takeover, clock: Clock) -> None:
        self._database = database
        self._script = script
        self._watch = watch.Watch(takeover, Voice(script))
        self._clock = clock
        self._adopt_at = clock()

    async def round(self) -> float | None:
        """Fire up to 50; answers 0 when there may be more."""
        fired, missed = await self._database.run(self._fire)
        metrics.PROMISES_MISSED.inc(missed)
        return 0 if fired == AT_ONCE else None

    def _fire(self, tx: Tx) -> tuple[int, int]:
        """How many fired, and how many promises were missed."""
        now = self._clock()
        moves.sweep(tx, now)
        self._adopt(tx, now)
        due = timers.take_due(tx, now, AT_ONCE)
        silent, missed = bool(due) and pauses.current(tx) is not None, 0
        for timer in due:
            if silent and timer.kind not in watch.KINDS:
                timers.put_off(tx, timer, now + AGAIN_AFTER)  # the assistant is to say nothing by itself
            else:
                missed += self._guarded(tx, timer, today(now))
        return len(due), missed

    def _guarded(self, tx: Tx, timer: Timer, date: date) -> bool:
        """Whether a promise was missed. One that can not be carried out spoils no other: it is undone, told of, and tried again."""
        try:
            with savepoint(tx):
                return self._come_back(tx, timer, date)
        except StoreError:
            raise
        except DanLoiError as error:
            log.error("timer_failed", timer=timer.id, kind=timer.kind, conversation=timer.conversation_id, why=str(error))
            timers.put_off(tx, timer, self._clock() + AGAIN_AFTER)
            return False

    def _adopt(self, tx: Tx, now: datetime) -> None:
        """Every hour, conversations in the queue that no promise watches get one."""
        if now >= self._adopt_at:
            self._watch.adopt(tx, now)
            self._adopt_at = now + ADOPT_EVERY

    def _come_back(self, tx: Tx, timer: Timer, date: date) -> bool:
        conversations.lock(tx, timer.conversation_id)
        conversation = conversations.get(tx, timer.conversation_id)
        if timer.kind in watch.KINDS:
            return self._watch.fire(tx, timer, conversation, self._clock())
        if conversation.owner.kind in (OwnerKind.BOT, OwnerKind.QUEUE):
            self._speak(tx, timer, conversation, date)
        return False

    def _speak(self, tx: Tx, timer: Timer, conversation: Conversation, date: date) -> None:
        move = self._move(timer, conversation, date)
        if move is None or (move.says and self._too_late(tx, conversation)):
            return
        state = State.from_dict(move.state)
        conversations.keep_state(tx, conversation.id, move.state)
        commune = self._script.library.places.commune(state.place)
        replies = [self._script.words.reply(say, date, state.speaker, commune) for say in move.says]
        fitting = self._script.fitted(conversation.address, replies, state.offered)
        assert timer.id is not None
        part = FIRST_PART + PARTS_EACH * timer.id
        messages.add_replies(tx, conversation, conversation.turn, conversation.epoch, fitting, self._clock(), part)

    def _too_late(self, tx: Tx, conversation: Conversation) -> bool:
        """On that channel nobody is written to any more who was silent for so long."""
        budget = self._script.budget(conversation.address)
        if budget is None:
            return False
        last = conversations.last_inbound(tx, conversation.id)
        return last is None or self._clock() - last > budget.remind_within

    def _move(self, timer: Timer, conversation: Conversation, date: date) -> Move | None:
        """What that timer leads to; None: it comes too late, or nobody is to be bothered with it."""
        state = State.from_dict(conversation.state)
        late = conversation.turn != timer.turn
        match timer.kind:
            case TimerKind.REMIND if not late:
                return later.remind(self._script.library, state, date)
            case TimerKind.PUT_ASIDE if not late:
                return later.put_aside(self._script.library, state, date)
            case TimerKind.PROMISED if timer.topic:
                return later.promised(self._script.library, state, timer.topic, date)
            case TimerKind.FOLLOW_UP if timer.topic:
                return later.follow_up(self._script.library, state, timer.topic, date)
        return None
