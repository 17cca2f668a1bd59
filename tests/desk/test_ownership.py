"""Whatever happens in whatever order: after a take no older words of the assistant start, a person's words come, somebody always owns.

Citizens write, workers claim and commit late or die, volunteers take, answer, pass on and give back, leases end, sends hang and senders
die, as hypothesis draws it. What is believed is the platform's own record, and the rows that stand after every single step.
"""

import asyncio
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select

from bot.model.case import CaseStatus
from bot.model.conversation import INBOX, Claim, OwnerKind
from bot.model.delivery import Sending, Sent, Status
from bot.model.errors import DeskError
from bot.model.message import Address, Inbound, Kind
from bot.outbox.verdict import MOST_TRIES, verdict
from bot.settings import load
from bot.store import cases, deliveries, turns
from bot.store.database import Database, connect
from bot.store.migrate import upgrade
from bot.store.tables import case as case_table
from bot.store.tables import conversation, message, owner_event, timer
from bot.written import Written

from ..conftest import Clock
from ..databases import KEYRING
from ..talk import CHANNEL, House
from .helpers import Desk, Helper

SAID = ("menu", "gặp người", "1", "quay lại trợ lý", "lệ phí làm căn cước bao nhiêu", "mã otp là 482915", "gọi lại cho tôi")
WHO = ("an", "bình")
CLAIM_TIME = timedelta(seconds=30)
prepared: dict[str, Any] = {}
"""What every example begins with: the words, and an empty database."""


@dataclass
class Started:
    """A send as the platform saw it begin."""

    row: Sending
    author: str
    epoch: int
    taken: int
    """The epoch at which a person took the conversation last; 0: nobody ever did."""


@dataclass
class Said:
    """What a volunteer was told is said."""

    message: int
    conversation: int


@dataclass
class Record:
    started: list[Started] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)


class Ownership(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        file = Path(self.folder.name) / "desk.db"
        shutil.copy(prepared["empty"], file)
        database = connect(f"sqlite:///{file}", KEYRING)
        self.clock = Clock()
        self.house = House(load({"DANLOI_VAR": self.folder.name}), database, prepared["written"], None, self.clock)
        self.desk = Desk(self.house)
        self.helpers: list[Helper] = [self.run(self.desk.helper(name, commune=None, most_open=9)) for name in ("dinh", "mai")]
        self.claims: list[Claim] = []
        self.flying: list[Sending] = []
        self.record = Record()
        self.wrote = 0

    @property
    def database(self) -> Database:
        return self.house.app.database

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def read(self, statement: Any) -> Any:
        return self.run(self.database.read(lambda tx: tx.execute(statement).all()))

    # --- what may happen

    @rule(who=st.sampled_from(WHO), text=st.sampled_from(SAID))
    def a_citizen_writes(self, who: str, text: str) -> None:
        self.run(self.house.app.door(Inbound(Address(CHANNEL, who), uuid4().hex, Kind.TEXT, text)))
        self.wrote += 1

    @rule(who=st.sampled_from(WHO), text=st.sampled_from(("gặp người", "gặp người", "xong rồi")))
    def a_citizen_is_heard(self, who: str, text: str) -> None:
        self.a_citizen_writes(who, text)
        self.clock.forward(5)
        self.run(self.house.work())

    @rule()
    def a_worker_claims(self) -> None:
        now, until = self.clock(), self.clock() + CLAIM_TIME
        self.claims += self.run(self.database.run(lambda tx: turns.claim(tx, uuid4().hex, [CHANNEL], now, until, 2)))

    @precondition(lambda self: self.claims)
    @rule(which=st.integers(0, 9))
    def a_worker_answers(self, which: int) -> None:
        """Perhaps long after it claimed."""
        claim = self.claims.pop(which % len(self.claims))
        self.run(self.house.app.workers._guarded(claim))

    @precondition(lambda self: self.claims)
    @rule(which=st.integers(0, 9))
    def a_worker_dies(self, which: int) -> None:
        self.claims.pop(which % len(self.claims))

    @rule(helper=st.integers(0, 1), which=st.integers(0, 9))
    def a_helper_takes(self, helper: int, which: int) -> None:
        waiting = self.run(self.database.read(lambda tx: cases.listing(tx, CaseStatus.OPEN)))
        if waiting:
            self._try(self.helpers[helper].takes(waiting[which % len(waiting)]))

    @rule(owner=st.sampled_from([True, True, False]), which=st.integers(0, 9))
    def a_helper_says(self, owner: bool, which: int) -> None:
        """Who has it; now and then somebody who has not."""
        taken = self.run(self.database.read(lambda tx: cases.listing(tx, CaseStatus.TAKEN)))
        if taken:
            case = taken[which % len(taken)]
            speaker = next(one for one in self.helpers if (one.id == case.volunteer_id) is owner)
            said = self._try(speaker.says(case, f"lời {len(self.record.said)}"))
            if said is not None:
                self.record.said.append(Said(said, case.conversation_id))

    @rule(helper=st.integers(0, 1), which=st.integers(0, 9), how=st.sampled_from(["gives_back", "closes", "passes_on", "types"]))
    def a_helper_leaves(self, helper: int, which: int, how: str) -> None:
        taken = self.run(self.database.read(lambda tx: cases.listing(tx, CaseStatus.TAKEN)))
        if taken:
            case, one = taken[which % len(taken)], self.helpers[helper]
            self._try(one.passes_on(case, None) if how == "passes_on" else getattr(one, how)(case))

    @rule(who=st.sampled_from(WHO), ago=st.sampled_from([0, 0, 5, 40]))
    def somebody_answers_in_the_inbox(self, who: str, ago: int) -> None:
        """The platform tells it minutes later, or when it no longer matters."""
        at = self.clock() - timedelta(minutes=ago)
        self.run(self.house.app.door.echo(Address(CHANNEL, who), uuid4().hex, "Chào bác, cháu ở xã đây", at))

    @rule(minutes=st.sampled_from([1, 6, 11, 60, 1500]))
    def time_passes(self, minutes: int) -> None:
        self.run(self.desk.passes(minutes=minutes))

    @rule()
    def sends_begin(self) -> None:
        """The very update queued > sending; the platform then has the words."""
        now, deadline = self.clock(), self.clock() + timedelta(seconds=15)

        def start(tx: Any) -> list[Started]:
            deliveries.give_up(tx, deliveries.overdue(tx, CHANNEL, now), False, MOST_TRIES, now)
            begun = deliveries.claim(tx, CHANNEL, "sender", now, deadline, 4)
            return [self._started(tx, row) for row in begun]

        started = self.run(self.database.run(start))
        self.record.started += started
        self.flying += [one.row for one in started]

    @precondition(lambda self: self.flying)
    @rule(which=st.integers(0, 9))
    def a_send_ends(self, which: int) -> None:
        row, now = self.flying.pop(which % len(self.flying)), self.clock()
        ended = verdict(Sent("x"), row, False, now)
        self.run(self.database.run(lambda tx: deliveries.settle(tx, row.id, "sender", ended, now)))

    @precondition(lambda self: self.flying)
    @rule()
    def the_sender_dies(self) -> None:
        """What was under way stays so until its deadline, and is then unknown."""
        self.flying.clear()
        self.clock.forward(20)

    # --- what must hold after every step

    @invariant()
    def somebody_owns_and_a_timer_watches(self) -> None:
        for row in self.read(select(conversation)):
            case = self.run(self.database.read(partial(cases.unclosed, conversation_id=row.id)))
            under_this_epoch = (timer.c.conversation_id == row.id, timer.c.turn == row.epoch, timer.c.fired_at.is_(None))
            armed = {one.kind: one.at for one in self.read(select(timer.c.kind, timer.c.at).where(*under_this_epoch))}
            match OwnerKind(row.owner_kind):
                case OwnerKind.QUEUE:
                    assert case is not None
                    assert case.status is CaseStatus.OPEN
                    assert armed.get("promise") == case.promised_at
                case OwnerKind.HUMAN if row.owner_id == INBOX.id:
                    assert "lease" in armed
                    assert case is None or case.status is CaseStatus.OPEN
                case OwnerKind.HUMAN:
                    assert case is not None
                    assert (case.status, str(case.volunteer_id)) == (CaseStatus.TAKEN, row.owner_id)
                    assert armed.get("lease") == case.lease_until
                    assert case.waiting_since is not None or not self._owes_an_answer(row.id)
                case _:
                    assert case is None

    @invariant()
    def every_change_of_owner_stands_in_the_audit(self) -> None:
        for row in self.read(select(conversation.c.id, conversation.c.epoch)):
            ((changes,),) = self.read(select(func.count()).where(owner_event.c.conversation_id == row.id))
            assert changes == row.epoch

    @invariant()
    def nothing_of_the_assistant_starts_stale(self) -> None:
        for one in self.record.started:
            assert one.author == "person" or one.epoch >= one.taken

    @invariant()
    def one_conversation_is_sent_in_order(self) -> None:
        last: dict[int, int] = {}
        for one in self.record.started:
            assert one.row.id > last.get(one.row.conversation_id, 0), "overtaken, or sent twice"
            if not one.row.critical:
                last[one.row.conversation_id] = one.row.id

    def teardown(self) -> None:
        """Everything drains; then nothing is left and nothing was lost."""
        try:
            self.claims.clear()
            self.clock.forward(60)
            for _ in range(40):
                self.run(self.house.work())
                self.clock.forward(2)
            for _ in range(60):
                self.sends_begin()
                while self.flying:
                    self.a_send_ends(0)
                self.clock.forward(20)
            self.one_conversation_is_sent_in_order()
            self.nothing_of_the_assistant_starts_stale()
            self._nothing_is_lost()
            began = [one.row.id for one in self.record.started]
            for said in self.record.said:
                assert began.count(said.message) == 1, "a person's words were lost, or said twice"
        finally:
            self.database.close()
            self.loop.close()
            self.folder.cleanup()

    # --- helpers

    def _nothing_is_lost(self) -> None:
        """Each message was read, or a person has it, for too many workers died of it."""
        read = self.read(select(message.c.conversation_id, message.c.status).where(message.c.direction == "in"))
        assert len(read) == self.wrote
        assert {row.status for row in read} <= {Status.HANDLED, Status.DEAD}
        with_case = {row.conversation_id for row in self.read(select(case_table.c.conversation_id))}
        assert {row.conversation_id for row in read if row.status == Status.DEAD} <= with_case

    def _started(self, tx: Any, row: Sending) -> Started:
        author, epoch = tx.execute(select(message.c.author, message.c.epoch).where(message.c.id == row.id)).one()
        takes = (owner_event.c.conversation_id == row.conversation_id, owner_event.c.to_kind == OwnerKind.HUMAN)
        return Started(row, author, epoch, tx.scalar(select(func.max(owner_event.c.epoch)).where(*takes)) or 0)

    def _owes_an_answer(self, conversation_id: int) -> bool:
        """Whether the citizen wrote after what a person said last, and it was read for the person."""
        handled = (message.c.conversation_id == conversation_id, message.c.status == Status.HANDLED)
        ((wrote,),) = self.read(select(func.max(message.c.id)).where(*handled))
        persons = (message.c.conversation_id == conversation_id, message.c.author == "person")
        ((answered,),) = self.read(select(func.max(message.c.id)).where(*persons))
        return (wrote or 0) > (answered or 0)

    def _try(self, work: Any) -> Any:
        """What a helper is refused, with a reason, is no failure."""
        try:
            return self.run(work)
        except DeskError:
            return None


def test_one_owner_speaks_whatever_happens(written: Written, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """`pytest tests/desk -k whatever_happens --rounds 200 --seed 7` draws more."""
    prepared.update(written=written, empty=tmp_path / "empty.db")
    empty = connect(f"sqlite:///{prepared['empty']}", KEYRING)
    upgrade(empty.engine)
    empty.close()
    rounds = request.config.getoption("--rounds") or 20
    Ownership.TestCase.settings = settings(
        max_examples=rounds,
        stateful_step_count=30,
        deadline=None,
        derandomize=not request.config.getoption("--rounds"),
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],  # a failing story is told as it was drawn: making it shorter takes minutes
    )
    run_state_machine_as_test(Ownership, settings=Ownership.TestCase.settings)
