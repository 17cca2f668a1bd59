"""A machine's clock was set back: who waits for an hour that was is answered now, and nothing else is touched."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.model.delivery import Status
from bot.model.errors import ClaimLost
from bot.store import recovery
from bot.store.database import Database
from bot.timers.set_back import SetBack

from ..conftest import Clock
from .river import River

CLAIM = timedelta(seconds=30)
DAY = 86_400


@pytest.fixture
def river(database: Database, clock: Clock) -> River:
    return River(database, clock)


async def freed(river: River) -> int:
    return await river.database.run(lambda tx: recovery.after_set_back(tx, river.clock(), CLAIM))


async def test_who_waits_to_be_answered_is_due_now(river: River, clock: Clock) -> None:
    await river.write("an", "chào", "m1")
    clock.forward(-DAY)
    assert await river.claim("w") == []
    assert await freed(river) == 1
    (claim,) = await river.claim("w")
    assert claim.waiting[0].text == "chào"


async def test_a_claim_of_before_runs_out_and_its_turn_commits_nothing(river: River, clock: Clock) -> None:
    await river.write("an", "chào", "m1")
    (before,) = await river.claim("w")
    clock.forward(-DAY)
    assert await river.claim("other") == []
    assert await freed(river) == 2
    (now,) = await river.claim("other")
    with pytest.raises(ClaimLost):
        await river.answer(before, ["hai lần"])
    await river.answer(now, ["một lần"])
    assert [row.text for row in await river.claim_sends()] == ["một lần"]


async def test_what_was_to_be_tried_again_later_is_and_what_was_under_way_is_given_up(river: River, clock: Clock) -> None:
    await river.write("an", "chào", "m1")
    await river.write("binh", "chào", "m2")
    for claim in await river.claim("w"):
        await river.answer(claim, ["một"])
    again, under_way = await river.claim_sends()
    await river.settle(again, Status.QUEUED, not_before=clock() + timedelta(minutes=5))
    clock.forward(-DAY)
    assert (await river.claim_sends(), await river.sweep()) == ([], [])
    assert await freed(river) == 2
    assert await river.sweep() == [under_way.id]
    assert [row.id for row in await river.claim_sends()] == [again.id]


async def test_it_is_seen_by_itself_and_the_operator_reads_of_it(river: River, clock: Clock) -> None:
    await river.write("an", "chào", "m1")
    clock.forward(-DAY)
    sees = SetBack(river.database, clock, CLAIM.total_seconds())
    with capture_logs() as logs:
        await sees.round()
        await sees.round()
    assert [(entry["event"], entry["freed"]) for entry in logs] == [("clock_was_set_back", 1)]
    assert len(await river.claim("w")) == 1


async def test_what_waits_as_it_should_is_left_alone(river: River, clock: Clock) -> None:
    await river.write("an", "chào", "m1")
    (claim,) = await river.claim("w")
    await river.answer(claim, ["một"])
    (row,) = await river.claim_sends()
    await river.settle(row, Status.QUEUED, not_before=clock() + timedelta(minutes=5))
    await river.write("binh", "chào", "m2", quick=False)
    await river.write("cúc", "chào", "m3")
    assert len(await river.claim("w")) == 1
    assert await freed(river) == 0
