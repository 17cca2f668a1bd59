"""The door: the story of one arrival, the same for every channel.

    too much of one person? ─► clean ─► mask ─► insert (the constraint drops what came twice) ─► say when it is due ─► wake a worker

Nothing unmasked is ever stored or logged. Only when this returns may a channel acknowledge what the platform delivered.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from . import metrics
from .desk.rights import WEB, Rights
from .desk.takeover import Takeover
from .dialogue.router import settles
from .dialogue.state import State
from .model.clock import Clock, today
from .model.conversation import OwnerKind
from .model.dialogue import Say
from .model.flood import Floods, Verdict
from .model.grouping import Grouping
from .model.meaning import Heard
from .model.message import Address, Edited, Inbound, Kind, Received, Refused, Waiting
from .model.privacy import Act, Purpose
from .script import Script
from .store import attachments, cases, conversations, deliveries, desk, echoes, messages, turns
from .store.database import Database, Tx
from .understanding import codes
from .understanding.reader import Reader
from .understanding.redact import phones, redact
from .understanding.text import clean

log = structlog.get_logger(__name__)

MOST_CODE_TEXT = 200
"""Characters of a message in which a code from another channel is looked for."""
MOST_READ = 4000
"""Characters of one message that are read and kept; the citizen is told when there were more."""


TOO_MUCH = Received(0, False, "", answering=False, refused=Refused.TOO_MANY)


class Door:
    def __init__(
        self,
        database: Database,
        reader: Reader,
        script: Script,
        grouping: Grouping,
        clock: Clock,
        wake: Callable[[], None],
        takeover: Takeover,
        rights: Rights,
        keep_pictures: timedelta = timedelta(hours=24),
        floods: Floods | None = None,
    ) -> None:
        """`keep_pictures`: how long a picture or voice is kept for the person whom it was sent to. `floods`: who sends too much."""
        self._database = database
        self._reader = reader
        self._script = script
        self._grouping = grouping
        self._clock = clock
        self._wake = wake
        self._takeover = takeover
        self._rights = rights
        self._floods = Floods() if floods is None else floods
        self._keep_pictures = keep_pictures

    async def __call__(self, inbound: Inbound) -> Received:
        """Store one arrival. Raises StoreError where that was not possible: it must then not be acknowledged."""
        verdict = self._floods.judge(inbound.address, self._clock())
        if verdict is Verdict.DROP:
            return TOO_MUCH
        safe = self._with_code(inbound, masked(inbound, self._clock()))
        heard = self._reader.glance(safe.kind, safe.text, safe.tap, safe.masked, safe.cut, code=safe.code)
        if verdict is Verdict.LOOK and not heard.urgent:
            await self._database.run(lambda tx: self._tell_too_much(tx, inbound.address, safe.received_at))
            return TOO_MUCH
        received = await self._stored(inbound, safe, heard)
        metrics.RECEIVED.labels(inbound.address.channel, "new" if received.new else "repeated").inc()
        if received.new:
            self._wake()
        return received

    async def _stored(self, inbound: Inbound, safe: Waiting, heard: Heard) -> Received:
        received: Received | None = None
        try:
            received = await self._database.run(lambda tx: self._insert(tx, inbound, safe, heard))
        finally:
            if received is None or not received.new:
                self._floods.undo(inbound.address)
        return received

    def _tell_too_much(self, tx: Tx, address: Address, now: datetime) -> None:
        """Once an hour, whoever speaks there."""
        conversation_id = conversations.find(tx, self._database.keyring, address)
        if conversation_id is None:
            return
        conversations.lock(tx, conversation_id)
        conversation, key = conversations.get(tx, conversation_id), f"flood{int(now.timestamp()) // 3600}"
        if not messages.was_told(tx, conversation, key):
            reply = self._script.words.reply(Say("common.too_much"), today(now), State.from_dict(conversation.state).speaker)
            messages.add_notice(tx, conversation, conversation.epoch, [reply], now, key)
            log.info("flood", conversation=conversation_id)

    async def consent(self, address: Address, version: str) -> None:
        """Keep that a person agreed to the words of that version, and when; opens the conversation."""
        now = self._clock()

        def keep(tx: Tx) -> None:
            conversation_id = conversations.find_or_open(tx, self._database.keyring, address, None, now)
            conversations.consent(tx, conversation_id, version, now)
            self._rights.agreed(tx, address, version, now)

        await self._database.run(keep)

    async def echo(self, address: Address, sent_id: str, text: str, at: datetime) -> None:
        """The platform told what the account said to a person. What we did not say, somebody did in the platform's own inbox."""
        now = self._clock()

        def note(tx: Tx) -> None:
            conversation_id = conversations.find_or_open(tx, self._database.keyring, address, None, now)
            conversations.lock(tx, conversation_id)
            if not echoes.is_ours(tx, conversation_id, sent_id, text, now):
                self._takeover.inbox_took(tx, conversations.get(tx, conversation_id), min(at, now), now)

        await self._database.run(note)

    async def reach(self, address: Address, reachable: bool, at: datetime | None = None) -> None:
        """The platform told that a person blocked us, or lets us write again; what they wrote since counts for more."""
        now = self._clock()

        def note(tx: Tx) -> None:
            conversation_id = conversations.find(tx, self._database.keyring, address)
            if conversation_id is None:
                return
            last = conversations.last_inbound(tx, conversation_id)
            if at is not None and last is not None and last > at:
                return
            if reachable:
                conversations.reopen(tx, conversation_id)
            else:
                deliveries.close_address(tx, conversation_id, "blocked by the person", now)

        await self._database.run(note)

    def _with_code(self, inbound: Inbound, safe: Waiting) -> Waiting:
        """A code from another channel is known by its hash from here on."""
        code = codes.read(clean(inbound.text)) if inbound.kind is Kind.TEXT and len(inbound.text) <= MOST_CODE_TEXT else None
        return safe if code is None else replace(safe, text=codes.masked(safe.text, code), code=self._database.keyring.code_key(code))

    def _insert(self, tx: Tx, inbound: Inbound, safe: Waiting, heard: Heard) -> Received:
        name = clean(inbound.name or "") or None
        before = conversations.held(tx, self._database.keyring, inbound.address, name, safe.received_at)
        conversation_id = before.id
        if before.withdrawn:
            return Received(0, False, "", answering=False, refused=Refused.NO_CONSENT)
        kept = inbound.attachment is not None and inbound.edits is None and before.owner.kind is OwnerKind.HUMAN
        waiting = replace(safe, quick=self._quick(heard, State.from_dict(before.state)), kept=kept)
        add = self._add if inbound.edits is None else self._edit
        message_id, new = add(tx, conversation_id, inbound, waiting, before.turn)
        if new and before.open_case is not None and State.from_dict(before.state).awaits_phone:
            self._keep_phone(tx, inbound.address, before.open_case, inbound.text, safe.received_at)
        if new:
            wrote = min(inbound.sent_at or safe.received_at, safe.received_at)  # a platform's clock may be ahead of ours
            turns.heard(tx, conversation_id, self._grouping, wrote)
        return Received(message_id, new, safe.text, answering=before.owner.kind is not OwnerKind.HUMAN)

    def _add(self, tx: Tx, conversation_id: int, inbound: Inbound, waiting: Waiting, turn: int) -> tuple[int, bool]:
        """A message, once; what is kept for a person lies beside it from the start."""
        external_id, attachment = inbound.external_id, inbound.attachment
        if attachment is not None and attachment.own_id is not None:
            known = messages.known_as(tx, conversation_id, (external_id, attachment.own_id))
            if known is not None:
                return known, False
            external_id = attachment.own_id if waiting.kept else external_id
        message_id, new = messages.add_inbound(tx, conversation_id, inbound.address, external_id, waiting, turn)
        if new and waiting.kept and attachment is not None:
            attachments.keep(tx, message_id, attachment, waiting.received_at + self._keep_pictures)
            page = inbound.address.channel == WEB  # where the page says so before; elsewhere it is told with the first
            block, act = ("web.picture_privacy", Act.GIVEN) if page else ("desk.attachment_kept", Act.TOLD)
            self._rights.note(tx, inbound.address, Purpose.PICTURE, act, block, waiting.received_at)
        return message_id, new

    def _edit(self, tx: Tx, conversation_id: int, inbound: Inbound, written: Waiting, turn: int) -> tuple[int, bool]:
        """What is written over a message: in its place while nobody has read that one, else a message of its own that says so."""
        assert inbound.edits is not None
        before = messages.newest_version(tx, conversation_id, inbound.edits)
        if before is None:
            return messages.add_inbound(tx, conversation_id, inbound.address, inbound.edits, written, turn)
        if before.text == written.text:
            return before.id, False
        if before.waiting and not turns.is_claimed(tx, conversation_id, written.received_at):
            messages.rewrite(tx, before.id, written)
            return before.id, True
        correction = replace(written, edited=Edited.LAST if before.last else Edited.EARLIER)
        return messages.add_inbound(tx, conversation_id, inbound.address, inbound.external_id, correction, turn)

    def _keep_phone(self, tx: Tx, address: Address, case_id: int, text: str, now: datetime) -> None:
        """The one number that is kept: the citizen was asked for it, to be called back, and only who has the case is shown it."""
        numbers = phones(text[:MOST_READ])
        if numbers:
            cases.change(tx, case_id, phone=numbers[0], phone_key=self._database.keyring.phone_key(numbers[0]))
            desk.write_down(tx, "citizen", "consent_call_back", f"case:{case_id}", now)
            self._rights.note(tx, address, Purpose.CALL_BACK, Act.GIVEN, "desk.call_back_ask", now)

    def _quick(self, heard: Heard, state: State) -> bool:
        """Taps, numbers, labels, yes and no, commands and urgent words are answered at once; other text waits for what comes next."""
        return heard.kind is not Kind.TEXT or heard.urgent is not None or settles(self._script.library, state, heard, today(self._clock()))


def masked(inbound: Inbound, now: datetime) -> Waiting:
    """What may be kept of an arrival: cleaned of what cannot be seen, cut to what we read, with private numbers masked."""
    text = clean(inbound.text[: 4 * MOST_READ])
    redacted = redact(text[:MOST_READ])
    return Waiting(
        id=0,
        kind=inbound.kind,
        text=redacted.text,
        tap=inbound.tap,
        received_at=now,
        masked=tuple(redacted.kinds),
        cut=len(text) > MOST_READ,
    )
