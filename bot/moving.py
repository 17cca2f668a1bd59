"""How one citizen goes on elsewhere: the part of a turn that touches two conversations. `dialogue/moving` decides, this finds and does.

    here: «làm tiếp ở máy khác» ─► a code is told                        (`tell`, `keep`)
    there: the code ─► what it stands for ─► asked ─► agreed ─► moved     (`find`, `carry`)

All that moves, moves in the transaction of the turn in which the citizen agreed, or not at all: the code is used up, both conversations
are held in one order, and the other one must be as it was seen. Where it went on meanwhile the turn is lost, and taken again with what is
there by then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from .channels.base import Channel, Findable
from .desk.voice import Voice
from .dialogue.state import State
from .model.clock import Clock, today
from .model.conversation import BOT, Conversation, OwnerKind
from .model.dialogue import Bring, Event, Later, Say
from .model.errors import ClaimLost
from .model.meaning import Heard
from .model.message import Address
from .model.moving import Arrival, Found, Refusal, Way
from .script import Script
from .store import conversations, events, messages, moves, timers
from .store.conversations import Change
from .store.database import Database, Tx
from .understanding import codes

log = structlog.get_logger(__name__)

PUT_OFF = {"common.waiting": "common.waiting_elsewhere", "common.stopped": "common.stopped_elsewhere"}
"""Where a guide is put off: the same words, and one sentence more that tells of going on elsewhere."""
WEB = "web"


class Moving:
    def __init__(self, database: Database, script: Script, clock: Clock, channels: Sequence[Channel] = ()) -> None:
        """`channels`: where one can go on."""
        self._database = database
        self._script = script
        self._voice = Voice(script)
        self._clock = clock
        self._channels = channels

    # --- where it leaves from

    def tell(self, says: Sequence[Say], here: Conversation) -> tuple[tuple[Say, ...], str | None]:
        """What is to be said with a code and the ways filled in, and that code; without anywhere to go, that there is not."""
        wanted = next((say.values["to"] for say in says if say.block == "common.moving_ways"), None)
        ways = self._ways(here.address, wanted)
        if not ways:
            kept = (say for say in says if say.block != "common.moving_ways")
            return tuple(Say("common.moving_nowhere") if say.block == "common.moving_code" else say for say in kept), None
        code = codes.fresh()
        told = {"code": codes.shown(code), "ways": [_shown(way, code) for way in ways]}
        return tuple(replace(say, values=say.values | told) if _tells(say) else say for say in says), code

    def hinted(self, say: Say, state: State, here: Conversation) -> Say:
        """Who puts a guide off on the web reads that it can be gone on with elsewhere; a page is easily lost."""
        block = PUT_OFF.get(say.block)
        if block is None or here.address.channel != WEB or here.open_case is not None or not (state.stack or state.paused):
            return say
        return replace(say, block=block) if any(way.account != WEB for way in self._all()) else say

    def keep(self, tx: Tx, code: str | None, here: Conversation, stays: bool, now: datetime) -> None:
        """Keep that a code was told in the turn that is being committed. `stays`: a person is asked for, so nothing leads away any more."""
        if stays:
            moves.withdraw(tx, here.id, now)
        elif code is not None:
            moves.offer(tx, self._database.keyring.code_key(code), here.id, here.turn + 1, now)

    # --- where it goes to

    async def find(self, heard: Heard, state: State, here: Conversation) -> Arrival | None:
        """What the code stands for that is told, or that was told and is asked about; None where there is none."""
        key = heard.code or (state.arriving.code if state.arriving is not None else None)
        if key is None:
            return None
        found, besieged = await self._database.run(lambda tx: self._find(tx, key, here, told=heard.code is not None))
        if besieged:
            log.error("codes_guessed", within=str(moves.WRONG_WITHIN), most=moves.MOST_WRONG_OVERALL)
        return found

    def _find(self, tx: Tx, key: str, here: Conversation, told: bool) -> tuple[Arrival, bool]:
        now = self._clock()
        looked = moves.look(tx, key, here.id, now, told)
        if isinstance(looked, Refusal):
            return looked, looked is Refusal.MANY and moves.is_besieged(tx, now)
        source = conversations.get(tx, looked.conversation_id)
        if _with_person(source):
            return Refusal.PERSON, False
        if messages.is_waiting(tx, source.id):
            return Refusal.BUSY, False
        return Found(key, source.id, source.turn, source.epoch, source.state, self._unkept(tx, source, here, now)), False

    def _unkept(self, tx: Tx, source: Conversation, here: Conversation, now: datetime) -> tuple[Later, ...]:
        """What was promised for a day on which this channel lets us say nothing."""
        budget = self._script.budget(here.address)
        promised = timers.promised(tx, source.id) if budget is not None else []
        return tuple(
            Later(timer.topic, today(timer.at), asked=True)
            for timer in promised
            if timer.topic and budget is not None and timer.at - now > budget.remind_within
        )

    # --- both

    def hold(self, tx: Tx, here: int, brings: Iterable[Bring]) -> None:
        """Before anything is written: every conversation that moves, in one order, for two may be moving towards each other."""
        sources = [bring.source for bring in brings]
        if sources:
            conversations.lock_all(tx, [here, *sources])

    def carry(self, tx: Tx, brings: Iterable[Bring], here: Conversation, now: datetime) -> None:
        """Empty what is left, take its promises along, and tell there. Raises ClaimLost where code or side is not as it was seen."""
        for bring in brings:
            if not moves.use(tx, bring.code, here.id, now):
                raise ClaimLost(f"conversation {here.id}: the code is good no more")
            source = conversations.get(tx, bring.source)
            epoch = self._leave(tx, source, bring, now)
            if epoch is None:
                raise ClaimLost(f"conversation {source.id} went on meanwhile")
            conversations.keep_state(tx, source.id, {})
            timers.carry(tx, source.id, here.id)
            gone = Say("common.moving_gone", {"title": bring.title, "to": self._name(here.address)}, critical=True)
            self._voice.tell(tx, source, epoch, (gone,), now)
            events.add(tx, source.id, source.turn, (Event("moved_away"),), now)
            log.info("moved", source=source.id, target=here.id)

    def _leave(self, tx: Tx, source: Conversation, bring: Bring, now: datetime) -> int | None:
        """The next epoch there, so that a turn that is under way is lost; None where it is not as it was seen."""
        as_seen = (source.turn, source.epoch) == (bring.turn, bring.epoch) and not _with_person(source)
        if not as_seen or messages.is_waiting(tx, source.id):
            return None
        return conversations.change_owner(tx, source.id, Change(bring.epoch, BOT, by="citizen", reason="moved"), now)

    def _all(self) -> list[Way]:
        found = (channel.way for channel in self._channels if isinstance(channel, Findable))
        return [way for way in found if way is not None]

    def _ways(self, here: Address, wanted: str | None) -> list[Way]:
        """Where one can go from here; where a kind of channel was named and there is one, that."""
        elsewhere = [way for way in self._all() if way.account != here.channel or way.account == WEB]
        return [way for way in elsewhere if wanted and way.account.startswith(wanted)] or elsewhere

    def _name(self, here: Address) -> str | None:
        return next((way.name for way in self._all() if way.account == here.channel), None)


def _with_person(conversation: Conversation) -> bool:
    return conversation.owner.kind is not OwnerKind.BOT or conversation.open_case is not None


def _tells(say: Say) -> bool:
    return say.block in ("common.moving_code", "common.moving_ways")


def _shown(way: Way, code: str) -> dict[str, str | bool | None]:
    return {"name": way.name, "link": way.opened_with(code), "called": way.called, "says_code": way.says_code}
