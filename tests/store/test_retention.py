"""How long things are kept: each table by its own term, in small steps; what waits is never dropped for its age."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Table, func, insert, select

from bot.model.candidate import Doubt, Guess
from bot.model.case import CaseReason, HandoffNote
from bot.model.delivery import Status
from bot.model.dialogue import Event, HandOver
from bot.model.message import Attachment
from bot.model.people import Role
from bot.model.privacy import Act, Purpose, RequestKind
from bot.model.timer import Timer, TimerKind
from bot.store import attachments, candidates, cases, consents, desk, events, pauses, people, requests, retention, timers
from bot.store.database import Database, Tx
from bot.store.retention import LONG_LIVED, SHORT_LIVED, Terms
from bot.store.tables import audit, event, metadata, session_item, volunteer
from bot.timers.retention import Retention

from ..conftest import Clock
from .river import River

TERMS = Terms(timedelta(days=90), timedelta(days=730), timedelta(days=1825))
DAY = 86400
NOBODYS = {
    "team",
    "shift",
    "election",
    "guide_version",
    "publication",
    "breach",
    "token",
}
"""Tables that hold nothing of a citizen and go with what they describe."""
CASCADES = {"case_note", "note_word"}
"""Tables whose rows go with their case."""
CODES = {"move_code", "move_try"}
"""Swept a day later by `store/moves.py`, which also takes them out of the words that told them."""


@pytest.fixture
def river(database: Database, clock: Clock) -> River:
    return River(database, clock)


def counted(tx: Tx, *tables: Table) -> dict[str, int]:
    found = {table.name: tx.scalar(select(func.count()).select_from(table)) or 0 for table in tables or metadata.sorted_tables}
    return {name: count for name, count in found.items() if count and name not in NOBODYS}


async def left(database: Database, *tables: Table) -> dict[str, int]:
    return await database.read(lambda tx: counted(tx, *tables))


async def tidy(database: Database, clock: Clock, step: int = retention.STEP) -> int:
    """A whole pass; in how many steps."""
    job, steps = Retention(database, clock, TERMS, step), 1
    while await job.round() == 0:
        steps += 1
    return steps


async def talked(river: River, who: str) -> int:
    await river.write(who, "chào", "m1")
    (claim,) = await river.claim("w")
    await river.answer(claim, ["một"])
    (row,) = await river.claim_sends()
    await river.settle(row, Status.SENT)
    return claim.conversation.id


def test_every_table_has_a_term_or_a_reason() -> None:
    named = {rule.name for rule in (*SHORT_LIVED, *LONG_LIVED)}
    assert len(named) > 10
    assert {table.name for table in metadata.sorted_tables} - named - NOBODYS - CASCADES - CODES == set()


async def test_what_is_old_goes_and_what_is_new_stays(river: River, clock: Clock) -> None:
    await talked(river, "an")
    clock.forward(80 * DAY)
    await talked(river, "binh")
    clock.forward(11 * DAY)
    await tidy(river.database, clock)
    assert await left(river.database) == {"conversation": 1, "message": 2}


async def test_what_still_waits_is_not_dropped_for_being_old(river: River, clock: Clock) -> None:
    await river.write("an", "chào", "m1")
    clock.forward(200 * DAY)
    await tidy(river.database, clock)
    (claim,) = await river.claim("w")
    assert [waiting.text for waiting in claim.waiting] == ["chào"]


async def everything_of(river: River, who: str, now: datetime) -> int:
    """A conversation with a row in each table that may hold one of its own. Its case."""
    of = await talked(river, who)

    def write(tx: Tx) -> int:
        helper = people.add(tx, f"dinh-{who}", "Giàng Thị Dính", Role.VOLUNTEER, people.province_desk(tx).id, now)
        case_id, _ = cases.open_or_add(tx, of, HandOver(CaseReason.ASKED), HandoffNote("giúp"), now)
        desk.add_note(tx, case_id, helper, "đã gọi", ["w1"], now)
        cases.change(tx, case_id, status="closed", closed_at=now)
        events.add(tx, of, 1, [Event("started")], now)
        timers.add(tx, [Timer(TimerKind.REMIND, now, of, 1)])
        assert timers.take_due(tx, now, 5)
        candidates.add(tx, of, 1, Doubt.NOT_UNDERSTOOD, "cái chỗ nớ", Guess(None), now)
        desk.write_down(tx, "citizen", "asked", f"case:{case_id}", now)
        desk.look(tx, case_id, helper, now + timedelta(minutes=1))
        desk.begin(tx, helper, "k" * 32, now)
        tx.execute(insert(session_item).values(key=f"x:{who}", value=b"1", expires_at=now + timedelta(days=1)))
        attachments.keep(tx, _message(tx), Attachment("image/jpeg", b"x"), now + timedelta(hours=24))
        people.change(tx, helper, removed_at=now)
        assert pauses.begin(tx, "thử", "terminal", now)
        assert pauses.end(tx, now)
        consents.add(tx, "s" * 64, "web", Purpose.CHAT, Act.GIVEN, None, now)
        asked = requests.open_or_find(tx, RequestKind.SEE, "web", now, now, conversation_id=of)
        assert requests.done(tx, asked, "đã đưa", "bot", now)
        return case_id

    return await river.database.run(write)


def _message(tx: Tx) -> int:
    return int(tx.scalar(select(func.max(metadata.tables["message"].c.id))) or 0)


async def test_each_table_by_its_own_term(river: River, clock: Clock) -> None:
    await everything_of(river, "an", clock())
    before = await left(river.database)
    assert {
        "attachment",
        "looking",
        "desk_action",
        "session_item",
        "candidate",
        "case_note",
        "note_word",
        "event",
        "timer",
    } <= before.keys()

    async def lost(seconds: float) -> set[str]:
        nonlocal before
        clock.forward(seconds)
        await tidy(river.database, clock)
        now = await left(river.database)
        gone, before = before.keys() - now.keys(), now
        return set(gone)

    assert await lost(61) == {"looking"}
    assert await lost(DAY - 61) == {"attachment", "session_item"}
    assert await lost(DAY) == {"desk_action"}
    assert await lost(88 * DAY) == set()
    assert await lost(1) == {"message", "event", "timer", "cases", "case_note", "note_word", "candidate", "conversation"}
    assert await lost(640 * DAY) == {"audit", "pause"}
    assert await lost(1094 * DAY) == set()
    assert await lost(2 * DAY) == {"consent_log", "data_request"}
    (helper,) = await river.database.read(lambda tx: tx.execute(select(volunteer)).all())
    assert (helper.name, helper.phone, helper.password) == ("—", None, None)


async def test_a_huge_backlog_goes_in_small_steps_and_others_write_in_between(river: River, clock: Clock) -> None:
    of = await talked(river, "an")
    rows = [{"conversation_id": of, "turn": 1, "kind": "started", "at": clock()} for _ in range(1234)]
    await river.database.run(lambda tx: tx.execute(insert(event), rows).rowcount)
    clock.forward(91 * DAY)
    job = Retention(river.database, clock, TERMS, step=100)
    seen: list[int] = []
    while await job.round() == 0:
        await river.write("binh", "chào", f"m{len(seen)}")
        seen.append((await left(river.database, event)).get("event", 0))
    assert seen == [1234 - 100 * n for n in range(1, 13)]
    assert await left(river.database, event) == {}


async def test_what_was_heard_again_meanwhile_stays(river: River, clock: Clock) -> None:
    """Found to be over by one, and by then not any more."""
    of = await talked(river, "an")
    clock.forward(91 * DAY)
    await tidy_but(river, clock, "conversation")
    rule = next(rule for rule in LONG_LIVED if rule.name == "conversation")
    keys = await river.database.read(lambda tx: rule.find(tx, clock(), TERMS))
    assert keys == [(of,)]
    await river.write("an", "còn đây", "m2")
    assert await river.database.run(lambda tx: rule.drop(tx, keys, clock(), TERMS)) == 0


async def tidy_but(river: River, clock: Clock, name: str) -> None:
    for rule in LONG_LIVED:
        if rule.name != name:
            keys = await river.database.read(lambda tx, rule=rule: rule.find(tx, clock(), TERMS))  # type: ignore[misc]
            if keys:
                await river.database.run(lambda tx, rule=rule, keys=keys: rule.drop(tx, keys, clock(), TERMS))  # type: ignore[misc]


async def test_it_is_looked_at_again_every_hour(river: River, clock: Clock) -> None:
    job = Retention(river.database, clock, TERMS)
    assert await job.round() == 60
    await talked(river, "an")
    clock.forward(90 * DAY + 1)
    job = Retention(river.database, clock, TERMS)
    await job.round()
    rest: Sequence[Table] = (audit, event)
    await river.database.run(lambda tx: desk.write_down(tx, "x", "y", "z", clock() - timedelta(days=731)))
    clock.forward(3599)
    await job.round()
    assert await left(river.database, *rest) == {"audit": 1}
    clock.forward(1)
    await job.round()
    assert await left(river.database, *rest) == {}
