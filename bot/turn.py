"""One citizen turn, one transaction. Read this first.

    claim ─► who speaks here? ─► hear ─► understand ─► route ─► word ─► commit
             a person: theirs     exact     the model     a Move   replies   state, replies, case, timer, events, "handled":
                                  lists     (no transaction open)            all of it or, if the claim was lost, none

A turn that fails is tried again; after `MOST_TRIES` its messages are dead, with a case for a person and an alarm for the operator.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from . import metrics
from .answer import Answer, silenced, utterances, with_move
from .desk.hand_over import Situation, hand_over
from .desk.relay import Relay
from .desk.rights import Rights
from .desk.switch import Switch, is_done_even_so
from .desk.takeover import Takeover
from .desk.voice import Voice
from .dialogue.doubts import chosen, complains
from .dialogue.later import standing
from .dialogue.router import route, settles
from .dialogue.state import State
from .model.candidate import Guess
from .model.case import CaseReason
from .model.clock import Clock, morning, today
from .model.conversation import Claim, Conversation, OwnerKind
from .model.delivery import Budget, Status
from .model.dialogue import Event, HandOver, Later, Say
from .model.grouping import Grouping
from .model.meaning import Heard
from .model.message import Address, Reply, Waiting
from .model.privacy import Act, Purpose
from .model.record import TurnRecord
from .model.timer import Timer, TimerKind
from .moving import Moving
from .replies.formats import render
from .script import Script
from .store import attachments, candidates, conversations, events, messages, timers, turns
from .store.database import Database, Tx
from .understanding.reader import Reader

log = structlog.get_logger(__name__)

MOST_TRIES = 5
FIRST_WORDS = "common.first_words"
PUT_ASIDE = timedelta(days=14)
"""Silence after a reminder until what was being done is put aside."""


class Turn:
    """How one claimed conversation is answered. `answered` is told of every turn that was committed."""

    def __init__(
        self,
        database: Database,
        reader: Reader,
        script: Script,
        takeover: Takeover,
        rights: Rights,
        switch: Switch,
        grouping: Grouping,
        clock: Clock,
        remind_after: float,
        moving: Moving | None = None,
    ) -> None:
        """`takeover`: what becomes of a conversation that needs a person. `rights`: what people may ask of us.

        `moving`: how one goes on elsewhere. `switch`: whether the assistant is to be silent.
        `remind_after`: seconds of silence in a guide before one reminder.
        """
        self._database = database
        self._reader = reader
        self._script = script
        self._takeover = takeover
        self._rights = rights
        self._switch = switch
        self._voice = Voice(script)
        self._relay = Relay(takeover, self._voice)
        self._moving = moving or Moving(database, script, clock)
        self._grouping = grouping
        self._clock = clock
        self._remind_after = remind_after
        self.answered: Callable[[TurnRecord], None] = lambda record: None
        self.shown: Callable[[Address], None] = lambda address: None
        """Told where replies have arrived by being stored."""
        self.queued: Callable[[], None] = lambda: None
        """Told that there may be something to send."""

    async def take(self, claim: Claim) -> bool:
        """The story of one turn. Whether more has come meanwhile, for which there is another."""
        if claim.conversation.owner.kind is OwnerKind.HUMAN:
            more = await self._leave_to_person(claim)
            metrics.TURNS.labels("left_to_person").inc()
        elif claim.tries > MOST_TRIES:
            more = await self._bury(claim)
            metrics.TURNS.labels("dead").inc()
        else:
            think = self._think if await self._switch.look() is None else self._be_silent
            answer = self._told(await think(claim), claim.conversation)
            replies = self._word(answer, claim.conversation)
            more = await self._commit(claim, answer, replies)
            metrics.TURNS.labels("answered").inc()
        return more

    async def _think(self, claim: Claim) -> Answer:
        """Hear, understand and route what waits, one utterance after the other. No transaction is open meanwhile."""
        answer, date = Answer(State.from_dict(claim.conversation.state)), today(self._clock())
        for ids, utterance in utterances(claim.waiting):
            heard = self._glance(utterance)
            if not settles(self._script.library, answer.state, heard, date):
                with metrics.stage("understand"):
                    heard = await self._reader.understand(heard)
            waiting_for_person = claim.conversation.open_case is not None or answer.hand_over is not None
            arrival = await self._moving.find(heard, answer.state, claim.conversation)
            move = route(self._script.library, answer.state, heard, date, waiting_for_person, claim.unsure, arrival)
            answer = with_move(answer, ids, heard, move)
        return await self._opened(answer, claim.conversation)

    async def _be_silent(self, claim: Claim) -> Answer:
        """The switch is on: one plain sentence and a case; first aid and people's rights go on, for they need no model."""
        answer, date = Answer(State.from_dict(claim.conversation.state)), today(self._clock())
        for ids, one in utterances(claim.waiting):
            heard = self._glance(one)
            waits = claim.conversation.open_case is not None or answer.hand_over is not None
            if is_done_even_so(heard, answer.state.awaits_phone):
                answer = with_move(answer, ids, heard, route(self._script.library, answer.state, heard, date, waits, claim.unsure))
            else:
                answer = silenced(answer, ids, heard)
        return await self._opened(answer, claim.conversation)

    def _glance(self, one: Waiting) -> Heard:
        return self._reader.glance(one.kind, one.text, one.tap, one.masked, one.cut, one.edited, one.code)

    def _told(self, answer: Answer, conversation: Conversation) -> Answer:
        """With the code in it, where one is asked for."""
        if not answer.leaves:
            return answer
        says, code = self._moving.tell(answer.says, conversation)
        return replace(answer, says=says, code=code)

    async def _opened(self, answer: Answer, conversation: Conversation) -> Answer:
        """With what is kept of this person, where they ask, and the first words before everything but first aid."""
        says = await self._rights.told(conversation, answer.says) if answer.asks else answer.says
        first = self._first_words(conversation)
        urgent = answer.hand_over is not None and answer.hand_over.urgent
        return replace(answer, says=(*says, *first) if urgent else (*first, *says))

    def _first_words(self, conversation: Conversation) -> tuple[Say, ...]:
        """The first thing a citizen reads is that this is a machine, but for first aid; or the channel's page has said so before."""
        known = (conversation.turn or conversation.consented) and not conversation.tell_again
        return () if known else (Say(FIRST_WORDS),)

    def _word(self, answer: Answer, conversation: Conversation) -> list[Reply]:
        date, budget = today(self._clock()), self._script.budget(conversation.address)
        honest = (_honest(say, answer.later, budget, self._clock()) for say in answer.says)
        says = [self._moving.hinted(say, answer.state, conversation) for say in honest]
        speaker, commune = answer.state.speaker, self._script.library.places.commune(answer.state.place)
        return [self._script.words.reply(say, date, speaker, commune) for say in says]

    async def _commit(self, claim: Claim, answer: Answer, replies: list[Reply]) -> bool:
        """Everything the turn leads to, or nothing: raises ClaimLost where somebody else has the conversation by now."""
        now, turn = self._clock(), claim.conversation.turn + 1

        def write(tx: Tx) -> tuple[TurnRecord, bool, bool]:
            self._moving.hold(tx, claim.conversation.id, answer.brings)
            turns.finish(tx, claim, answer.state.to_dict())
            messages.mark(tx, [waiting.id for waiting in claim.waiting], Status.HANDLED, now)
            attachments.drop(tx, [waiting.id for waiting in claim.waiting if waiting.kept])
            if answer.forget:
                return self._forget(tx, claim, answer, replies, now)
            self._moving.carry(tx, answer.brings, claim.conversation, now)
            self._moving.keep(tx, answer.code, claim.conversation, answer.hand_over is not None, now)
            for ids, one in answer.heard:
                if one.meaning is not None:
                    messages.keep_meaning(tx, ids[-1], one.meaning)
            owner, case, said = claim.conversation.owner.kind, claim.conversation.open_case, replies
            if answer.rating is not None:
                self._takeover.rate(tx, claim.conversation, answer.rating.case, answer.rating.score, now)
            if answer.hand_over is not None:
                case, placed = hand_over(tx, self._takeover, claim.conversation, answer.hand_over, self._situation(answer), now)
                owner = OwnerKind.QUEUE if owner is OwnerKind.BOT else owner
                said = replies if placed is None else self._voice.with_promise(claim.conversation, replies, placed, now)
            said = self._script.fitted(claim.conversation.address, said, answer.state.offered)
            arrived = self._say(tx, claim.conversation, turn, said, now)
            events.add(tx, claim.conversation.id, turn, answer.events, now)
            self._note_consents(tx, claim.conversation, answer, now)
            self._rights.answer(tx, claim.conversation, answer.asks, now)
            self._note_doubts(tx, claim, turn, answer, now)
            timers.add(tx, self._timers(answer, claim.conversation.id, turn, now))
            more = turns.finished(tx, claim.conversation.id, self._grouping)
            heard = tuple(heard for _, heard in answer.heard)
            record = TurnRecord(claim.conversation.id, turn, heard, tuple(said), answer.flow, answer.step, owner, case)
            return record, arrived and answer.hand_over is None and answer.rating is None, more

        with metrics.stage("commit"):
            record, all_arrived, more = await self._database.run(write)
        if answer.forget:  # only now, for until the commit others still read it
            self._reader.forget()
            self._database.keyring.close()
            render.cache_clear()
        self.answered(record)
        self.shown(claim.conversation.address)
        if not all_arrived:
            self.queued()
        return more

    def _say(self, tx: Tx, conversation: Conversation, turn: int, replies: list[Reply], now: datetime) -> bool:
        """Whether the replies arrive with this very commit; else they are queued, to be carried."""
        if self._script.instant(conversation.address):
            return messages.show_replies(tx, conversation, turn, conversation.epoch, replies, now)
        messages.add_replies(tx, conversation, turn, conversation.epoch, replies, now)
        return False

    def _timers(self, answer: Answer, conversation: int, turn: int, now: datetime) -> Iterator[Timer]:
        """What is to be come back to: who waits at a step, what was promised, how an ended guide went."""
        if answer.step is not None:
            silence = timedelta(days=answer.remind) if answer.remind else timedelta(seconds=self._remind_after)
            yield Timer(TimerKind.REMIND, now + silence, conversation, turn)
            yield Timer(TimerKind.PUT_ASIDE, now + silence + PUT_ASIDE, conversation, turn)
        for later in answer.later:
            kind = TimerKind.PROMISED if later.asked else TimerKind.FOLLOW_UP
            yield Timer(kind, morning(later.day), conversation, turn, topic=later.topic)

    def _note_consents(self, tx: Tx, conversation: Conversation, answer: Answer, now: datetime) -> None:
        """What they were told, and what they agreed to by asking for a person."""
        address = conversation.address
        if any(say.block == FIRST_WORDS for say in answer.says):
            self._rights.note(tx, address, Purpose.CHAT, Act.TOLD, FIRST_WORDS, now)
            conversations.told_again(tx, conversation.id)
        if answer.hand_over is not None:
            asked = answer.hand_over.reason is CaseReason.ASKED
            self._rights.note(tx, address, Purpose.PERSON, Act.GIVEN if asked else Act.TOLD, "desk.handed_over", now)

    def _note_doubts(self, tx: Tx, claim: Claim, turn: int, answer: Answer, now: datetime) -> None:
        """What was not understood waits for a person to say what it meant, and what the citizen meant by it, where they have told."""
        for heard, why in answer.doubts:
            top, aspect = (heard.meaning.top, heard.meaning.aspect) if heard.meaning else (None, None)
            guess = Guess(top.intent, top.confidence, aspect) if top else Guess(None)
            candidates.add(tx, claim.conversation.id, turn, why, heard.text, guess, now)
        for ids, heard in answer.heard:
            if (topic := chosen(heard)) is not None:
                candidates.hint(tx, claim.conversation.id, turn - 1, topic)
            if complains(answer.events):
                candidates.add_last_answered(tx, claim.conversation.id, turn, ids[0], now)

    def _forget(self, tx: Tx, claim: Claim, answer: Answer, replies: list[Reply], now: datetime) -> tuple[TurnRecord, bool, bool]:
        """The citizen asked for it: everything goes, and only that it is gone is told."""
        self._rights.erase(tx, claim.conversation, answer.asks, now)
        turn, told = claim.conversation.turn + 1, replies[-1:]
        arrived = self._say(tx, claim.conversation, turn, told, now)
        more = turns.finished(tx, claim.conversation.id, self._grouping)
        log.info("forgotten_on_request", conversation=claim.conversation.id)
        heard = tuple(heard for _, heard in answer.heard)
        return TurnRecord(claim.conversation.id, turn, heard, tuple(told), None, None, OwnerKind.BOT, None), arrived, more

    def _situation(self, answer: Answer) -> Situation:
        away = next((heard.meaning.away for _, heard in answer.heard if heard.meaning and heard.meaning.away), None)
        why = None if away is None else f"mô hình ngôn ngữ không trả lời: {away}"
        place = answer.state.place
        stands = standing(self._script.library, answer.state, today(self._clock()))
        places = self._script.library.places
        commune = places.commune(place)
        return Situation(*stands, place and places.title(place), None if commune is None else commune.id, why)

    async def _leave_to_person(self, claim: Claim) -> bool:
        """A person speaks here: the messages are theirs to read, and the assistant is silent, but for what `Relay` warns of."""
        now, ids = self._clock(), [waiting.id for waiting in claim.waiting]
        heard = tuple(map(self._glance, claim.waiting))

        def write(tx: Tx) -> tuple[TurnRecord, bool]:
            turns.finish(tx, claim, claim.conversation.state)
            messages.mark(tx, ids, Status.HANDLED, now)
            if claim.tries <= MOST_TRIES:
                kept = any(one.kept for one in claim.waiting)
                self._relay.hear(tx, claim.conversation, heard, now, str(ids[0]) if ids else "0", kept)
            more = turns.finished(tx, claim.conversation.id, self._grouping)
            after = conversations.get(tx, claim.conversation.id)
            return TurnRecord(after.id, after.turn, heard, (), None, None, after.owner.kind, after.open_case), more

        record, more = await self._database.run(write)
        self.answered(record)
        self.queued()
        return more

    async def _bury(self, claim: Claim) -> bool:
        """Five tries failed: a person must look at it, and the citizen is told so."""
        log.error("messages_dead", conversation=claim.conversation.id, messages=[waiting.id for waiting in claim.waiting])
        state = State.from_dict(claim.conversation.state)
        answer = Answer(state, says=(Say("common.error"),), hand_over=HandOver(CaseReason.BOT_ERROR), events=(Event("dead"),))
        await self._database.run(lambda tx: messages.mark(tx, [waiting.id for waiting in claim.waiting], Status.DEAD, self._clock()))
        metrics.DEAD.inc(len(claim.waiting))
        return await self._commit(claim, answer, self._word(answer, claim.conversation))


def _honest(say: Say, later: Iterable[Later], budget: Budget | None, now: datetime) -> Say:
    """A reminder is not promised where the channel will not let us keep the promise."""
    too_late = budget is not None and any(one.asked and morning(one.day) - now > budget.remind_within for one in later)
    return replace(say, block="common.cannot_remind") if too_late and say.block == "common.will_remind" else say
