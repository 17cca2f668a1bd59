"""What the desk tells citizens by itself, in the assistant's words: who has come, how long it takes, that the helper has gone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ..dialogue.state import State
from ..dialogue.taps import BACK_TO_BOT
from ..model.clock import today
from ..model.conversation import Conversation
from ..model.dialogue import Say
from ..model.message import Button, Reply, Verb
from ..model.people import Volunteer
from ..script import Script
from ..store import messages
from ..store.database import Tx
from .hours import told
from .ladder import Placement

STARS = (("Rất tốt", 5), ("Tạm được", 3), ("Chưa tốt", 1))
"""What a citizen may say of the help, with what it counts."""


class Voice:
    def __init__(self, script: Script) -> None:
        self.script = script

    def reply(self, conversation: Conversation, say: Say, now: datetime) -> Reply:
        state = State.from_dict(conversation.state)
        commune = self.script.library.places.commune(state.place)
        return self.script.words.reply(say, today(now), state.speaker, commune)

    def tell(
        self,
        tx: Tx,
        conversation: Conversation,
        epoch: int,
        says: Sequence[Say],
        now: datetime,
        key: str | None = None,
        offered: Sequence[Button] = (),
    ) -> None:
        """Queue it under the epoch that a change of owner made; each change tells once. `offered`: what a number means after it."""
        replies = [self.reply(conversation, say, now) for say in says]
        fitting = self.script.fitted(conversation.address, replies, offered)
        messages.add_notice(tx, conversation, epoch, fitting, now, key or f"e{epoch}")

    def with_promise(self, conversation: Conversation, replies: Sequence[Reply], placed: Placement, now: datetime) -> list[Reply]:
        """What was worded before the case had its place: the last word of the desk gets how long it takes."""
        place = max((number for number, reply in enumerate(replies) if reply.block.startswith("desk.")), default=None)
        if place is None:
            return list(replies)
        promise = self.reply(conversation, Say("desk.promise", waiting(placed, now)), now).text
        mended = [*replies]
        mended[place] = Reply(replies[place].block, f"{replies[place].text}\n\n{promise}", replies[place].buttons, critical=True)
        return mended


def waiting(placed: Placement, now: datetime) -> dict[str, Any]:
    """What the words may tell of a place in the queue."""
    return {
        "ahead": placed.ahead,
        "by": told(placed.promised_at, now),
        "staffed": placed.staffed,
        "closed": None if placed.closed is None else str(placed.closed),
    }


def taken(who: Volunteer, phrase: str) -> Say:
    values: Mapping[str, Any] = {"helper": who.calls, "team": who.team.name, "phrase": phrase}
    return Say("desk.taken", dict(values), (BACK_TO_BOT,), critical=True)


def asks_rating(case_id: int, helper: str) -> Say:
    """How it was, and the way back for who is not done."""
    stars = tuple(Button(label, f"{Verb.RATE}:{case_id}/{score}") for label, score in STARS)
    return Say("desk.rate", {"helper": helper}, (*stars, Button("Chưa xong, gặp lại", f"{Verb.REOPEN}:{case_id}")))
