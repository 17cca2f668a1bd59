"""The message rows as a queue: what comes twice, late, out of order or in the middle of a crash."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bot.model.delivery import Status
from bot.model.errors import ClaimLost
from bot.model.message import Reply
from bot.store import messages, turns
from bot.store.database import Database, Tx

from ..conftest import Clock
from .river import GROUPING, River


@pytest.fixture
def river(database: Database, clock: Clock) -> River:
    return River(database, clock)


async def test_the_same_message_twenty_times_at_once_is_stored_once(river: River) -> None:
    outcomes = await asyncio.gather(*(river.write("an", "chào", "m1") for _ in range(20)))
    assert sum(new for _, new in outcomes) == 1
    assert len({message_id for message_id, _ in outcomes}) == 1
    (claim,) = await river.claim("w")
    assert [waiting.text for waiting in claim.waiting] == ["chào"]


async def test_the_same_id_from_two_people_is_two_messages(river: River) -> None:
    await river.write("an", "chào", "m1")
    assert (await river.write("binh", "chào", "m1"))[1]
    assert len(await river.claim("w")) == 2


async def test_first_messages_at_once_open_one_conversation(river: River) -> None:
    await asyncio.gather(*(river.write("an", f"câu {n}", f"m{n}") for n in range(10)))
    (claim,) = await river.claim("w")
    assert len(claim.waiting) == 10


async def test_workers_never_share_a_conversation(river: River) -> None:
    for n in range(12):
        await river.write(f"người {n}", "chào", "m1")
    claims = await asyncio.gather(*(river.claim(f"w{n}", limit=4) for n in range(5)))
    taken = [claim.conversation.id for each in claims for claim in each]
    assert len(taken) == len(set(taken)) == 12


async def test_text_waits_for_what_comes_next_but_never_too_long(river: River, clock: Clock) -> None:
    await river.write("an", "cho hỏi", "m1", quick=False)
    assert await river.claim("w") == []
    for n in range(2, 5):
        clock.forward(1.3)
        await river.write("an", f"phần {n}", f"m{n}", quick=False)
        assert await river.claim("w") == []
    clock.forward(0.2)  # 4.1 s after the first
    (claim,) = await river.claim("w")
    assert len(claim.waiting) == 4


async def test_a_quick_message_does_not_wait(river: River) -> None:
    await river.write("an", "cho hỏi", "m1", quick=False)
    await river.write("an", "2", "m2", quick=True)
    (claim,) = await river.claim("w")
    assert len(claim.waiting) == 2


async def test_a_claim_that_ran_out_is_taken_again_and_the_late_worker_loses(river: River, clock: Clock) -> None:
    await river.write("an", "chào", "m1")
    (slow,) = await river.claim("slow", seconds=30)
    clock.forward(31)
    (fast,) = await river.claim("fast")
    assert fast.tries == 2
    await river.answer(fast, ["một câu trả lời"])
    with pytest.raises(ClaimLost):
        await river.answer(slow, ["trả lời lần hai"])
    assert [row.text for row in await river.claim_sends()] == ["một câu trả lời"]


async def test_what_arrives_during_a_turn_waits_for_the_next(river: River) -> None:
    await river.write("an", "một", "m1")
    (claim,) = await river.claim("w")
    await river.write("an", "hai", "m2")
    assert await river.claim("other") == []
    await river.answer(claim, ["trả lời một"])
    (later,) = await river.claim("w")
    assert [waiting.text for waiting in later.waiting] == ["hai"]
    assert later.conversation.turn == 1


async def test_a_failed_turn_is_due_again_later_and_its_tries_count(river: River, clock: Clock) -> None:
    await river.write("an", "chào", "m1")
    (claim,) = await river.claim("w")
    later = clock() + timedelta(seconds=8)
    await river.database.run(lambda tx: turns.release(tx, claim, GROUPING, later))
    assert await river.claim("w") == []
    clock.forward(8)
    (again,) = await river.claim("w")
    assert again.tries == 2


async def test_the_same_turn_cannot_speak_twice(river: River) -> None:
    await river.write("an", "chào", "m1")
    (claim,) = await river.claim("w")
    reply = [Reply("test.block", "một")]

    def speak(tx: Tx) -> None:
        messages.add_replies(tx, claim.conversation, 1, 0, reply, river.clock())

    await river.database.run(speak)
    with pytest.raises(IntegrityError):
        await river.database.run(speak)
    assert len(await river.claim_sends()) == 1


async def test_one_conversation_is_sent_in_order_others_side_by_side(river: River) -> None:
    for who in ("an", "binh"):
        await river.write(who, "chào", "m1")
    for claim in await river.claim("w"):
        await river.answer(claim, ["một", "hai", "ba"])
    first = await river.claim_sends()
    assert [row.text for row in first] == ["một", "một"]
    assert await river.claim_sends() == []
    await river.settle(first[0], Status.SENT)
    (second,) = await river.claim_sends()
    assert (second.text, second.conversation_id) == ("hai", first[0].conversation_id)


async def test_nothing_overtakes_a_message_that_is_tried_again(river: River, clock: Clock) -> None:
    await river.write("an", "chào", "m1")
    (claim,) = await river.claim("w")
    await river.answer(claim, ["một", "hai"])
    (row,) = await river.claim_sends()
    await river.settle(row, Status.QUEUED, not_before=clock() + timedelta(seconds=5))
    assert await river.claim_sends() == []
    clock.forward(5)
    (again,) = await river.claim_sends()
    assert (again.text, again.tries) == ("một", 2)


async def test_a_chat_that_rests_is_left_out(river: River) -> None:
    await river.write("an", "chào", "m1")
    (claim,) = await river.claim("w")
    await river.answer(claim, ["một"])
    assert await river.claim_sends(resting=[claim.conversation.id]) == []
    assert len(await river.claim_sends()) == 1


async def test_after_a_take_no_older_bot_message_starts(river: River) -> None:
    await river.write("an", "cho gặp người", "m1")
    (claim,) = await river.claim("w")
    await river.answer(claim, ["đang gửi", "đã cũ"])
    (in_flight,) = await river.claim_sends()
    assert await river.take(claim.conversation, "chị Vàng Thị Thử") == 1
    await river.settle(in_flight, Status.SENT)
    assert await river.claim_sends() == []


async def test_of_two_who_take_at_once_one_owns(river: River) -> None:
    await river.write("an", "cho gặp người", "m1")
    (claim,) = await river.claim("w")
    outcomes = await asyncio.gather(*(river.take(claim.conversation, f"tnv {n}") for n in range(8)))
    assert sorted(outcomes, key=str) == [1, *[None] * 7]


async def test_a_turn_thought_out_before_a_take_is_dropped(river: River) -> None:
    await river.write("an", "cho gặp người", "m1")
    (claim,) = await river.claim("w")
    await river.take(claim.conversation, "chị Vàng Thị Thử")
    with pytest.raises(ClaimLost):
        await river.answer(claim, ["máy trả lời"])


@pytest.mark.parametrize(
    ("critical", "repeatable", "becomes"),
    [(False, False, "unknown"), (True, False, "queued"), (False, True, "queued")],
)
async def test_a_send_whose_process_died(river: River, clock: Clock, critical: bool, repeatable: bool, becomes: str) -> None:
    await river.write("an", "chào", "m1")
    (claim,) = await river.claim("w")
    await river.answer(claim, ["một"], critical=critical)
    (row,) = await river.claim_sends()
    assert await river.sweep(repeatable) == []
    clock.forward(16)
    assert await river.sweep(repeatable) == [row.id]
    assert len(await river.claim_sends()) == (1 if becomes == "queued" else 0)
    await river.write("an", "alo", "m2")
    (after,) = await river.claim("w")
    assert after.unsure is (becomes == "unknown")


async def test_who_settles_after_the_sweep_changes_nothing(river: River, clock: Clock) -> None:
    await river.write("an", "chào", "m1")
    (claim,) = await river.claim("w")
    await river.answer(claim, ["một"])
    (row,) = await river.claim_sends()
    clock.forward(16)
    await river.sweep()
    assert not await river.settle(row, Status.SENT)
