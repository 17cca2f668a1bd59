"""What people may ask for concerning their own data, and the proof of what they agreed to: told, given, withdrawn, written down.

A request from the chat is answered by the turn itself, so it is written down as made and done at once; one for a correction waits for
a person, with the days that the law gives. What is told of somebody is read anew each time, and nothing of it goes into a log.
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ..model.clock import VIETNAM, Clock, today
from ..model.conversation import Conversation
from ..model.dialogue import Say
from ..model.message import Address
from ..model.privacy import ANSWER_WORKDAYS, Act, Purpose, RequestKind, Words
from ..script import Script
from ..store import consents, conversations, forget, holdings, requests
from ..store.database import Database, Tx
from .copies import lines
from .hours import Hours

LINK_LIVES = timedelta(minutes=15)
ROOM = 4
"""Messages that a copy in the chat fills at most, where a turn may have as many; what is older is to be had from a person."""
DONE_BY = "assistant"
WEB = "web"
PAGE_WORDS = ("web.consent_title", "web.consent_text", "web.consent_agree")
"""What the page shows where it asks, in the order that its version is made of (`channels/webchat_files.py`)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where copies are handed out: the characters that they may fill on each channel account, and our site's address, "" where unknown."""

    room: Mapping[str, int]
    site: str = ""


class Rights:
    def __init__(self, database: Database, script: Script, hours: Hours, clock: Clock, place: Place, keep: timedelta) -> None:
        """`keep`: how long messages are kept."""
        self._database = database
        self._script = script
        self._hours = hours
        self._clock = clock
        self._place = place
        self._keep = keep

    # --- consent

    def note(self, tx: Tx, address: Address, purpose: Purpose, act: Act, block: str, now: datetime) -> None:
        """Write down that they were shown those words, and what they did."""
        self._write(tx, address, purpose, act, Words(block, _hash(self._script.words.text(block, today(now)))), now)

    def agreed(self, tx: Tx, address: Address, version: str, now: datetime) -> None:
        """They pressed «Đồng ý» on our page. Its version begins the hash of its words; of an older page no more is known."""
        told = _hash("".join(self._script.words.text(block, today(now)) for block in PAGE_WORDS))
        words = Words(PAGE_WORDS[1], told if told.startswith(version) else "", version)
        self._write(tx, address, Purpose.CHAT, Act.GIVEN, words, now)

    def _write(self, tx: Tx, address: Address, purpose: Purpose, act: Act, words: Words, now: datetime) -> None:
        subject = self._database.keyring.subject_key(address)
        consents.add(tx, subject, address.channel, purpose, act, words, now)

    def withdraw(self, tx: Tx, address: Address, now: datetime) -> None:
        """They agree to nothing any more."""
        consents.withdraw(tx, self._database.keyring.subject_key(address), address.channel, now)

    # --- requests

    def ask(self, tx: Tx, conversation: Conversation, kind: RequestKind, now: datetime, note: str | None = None) -> int:
        """Somebody asks for it; asked twice, it is one request."""
        subject = self._database.keyring.subject_key(conversation.address)
        by = self._hours.after_workdays(now, ANSWER_WORKDAYS)
        of: dict[str, Any] = {"subject": subject, "conversation_id": conversation.id, "note": note}
        return requests.open_or_find(tx, kind, conversation.address.channel, now, by, **of)

    def answer(self, tx: Tx, conversation: Conversation, kinds: Iterable[RequestKind], now: datetime) -> None:
        """What a turn was asked for: done by the turn itself, but for a correction, which it has only promised."""
        for kind in kinds:
            request = self.ask(tx, conversation, kind, now)
            requests.answered(tx, request, now)
            if kind is not RequestKind.CORRECT:
                requests.done(tx, request, OUTCOMES[kind], DONE_BY, now)

    def erase(self, tx: Tx, conversation: Conversation, kinds: Iterable[RequestKind], now: datetime) -> None:
        """Delete what is kept of them; what stays proves that it was asked for and done, and names nobody."""
        self.answer(tx, conversation, kinds, now)
        requests.settle_all(tx, conversation.id, "đã xóa cùng mọi dữ liệu", DONE_BY, now)
        requests.cut_loose(tx, conversation.id)
        if RequestKind.WITHDRAW in kinds:
            self.withdraw(tx, conversation.address, now)
            conversations.withdraw(tx, conversation.id)
        forget.empty(tx, self._database.keyring, conversation.id, now)

    # --- telling

    async def told(self, conversation: Conversation, says: tuple[Say, ...]) -> tuple[Say, ...]:
        """The same, with what is kept of this person filled in where they asked for it."""
        asked = {"privacy.held": self._held, "privacy.seen_by": self._held, "privacy.copy": self._copy}
        return tuple([await asked[say.block](conversation, say) if say.block in asked else say for say in says])

    async def _held(self, conversation: Conversation, say: Say) -> Say:
        now = self._clock()
        held = await self._database.read(lambda tx: holdings.of(tx, conversation.id, now))
        values = {
            "messages": held.messages,
            "since": _day(held.since or now),
            "until": _day((held.last or now) + self._keep),
            "named": held.named,
            "pictures": held.pictures,
            "phone": held.phone,
            "helper": (held.helper or "").split(" ")[-1],
            "waits": held.waits,
        }
        return replace(say, values={**say.values, **values})

    async def _copy(self, conversation: Conversation, say: Say) -> Say:
        now = self._clock()
        if conversation.address.channel == WEB:
            token = secrets.token_urlsafe(32)
            await self._database.run(lambda tx: holdings.offer_copy(tx, token, conversation.id, now + LINK_LIVES))
            return replace(say, block="privacy.copy_link", values={"link": f"{self._place.site}/chat/copy/{token}"})
        keys = self._database.keyring
        whole = await self._database.read(lambda tx: holdings.copy(tx, keys, conversation.id, internal=False))
        room = self._place.room.get(conversation.address.channel, 2000)
        shown, left_out = _newest(list(lines(whole)), room)
        return replace(say, block="privacy.copy_here", values={"lines": shown, "left_out": left_out})


OUTCOMES = {
    RequestKind.SEE: "đã cho xem trong cuộc trò chuyện",
    RequestKind.DELETE: "đã xóa",
    RequestKind.WITHDRAW: "đã dừng và xóa",
}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _newest(told: list[str], room: int) -> tuple[list[str], int]:
    """The last lines that fit, and how many do not."""
    size, kept = 0, 0
    for line in reversed(told):
        size += len(line) + 1
        if size > room:
            break
        kept += 1
    return told[len(told) - kept :], len(told) - kept


def _day(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).strftime("%d/%m/%Y")
