"""Replies on their way out: in order, tried again only where that is safe, honest about what is not known."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot.channels.base import Limits, Markup
from bot.model.delivery import Blocked, NotSent, Refused, Result, Sending, Sent, SlowDown, Status, Unknown
from bot.model.message import Address
from bot.outbox.deliver import Sender
from bot.outbox.pace import Pace
from bot.outbox.verdict import MOST_TRIES, MOST_TRIES_NOT_SENT, verdict
from bot.store import recovery
from bot.store.database import Database

from ..conftest import Clock
from ..fakes.channel import FakePlatform
from ..store.river import River

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)


@pytest.fixture
def river(database: Database, clock: Clock) -> River:
    return River(database, clock)


@pytest.fixture
def platform() -> FakePlatform:
    return FakePlatform()


@pytest.fixture
def sender(river: River, platform: FakePlatform) -> Sender:
    return make_sender(river, platform)


def make_sender(river: River, platform: FakePlatform, holder: str = "this process", timer: Clock | None = None) -> Sender:
    passes = timer or river.clock
    render = lambda markup, text: text  # noqa: E731
    return Sender(platform, river.database, render, holder, river.clock, lambda _: None, timer=lambda: passes().timestamp())


async def answered(river: River, *texts: str, who: str = "an", critical: bool = False) -> None:
    await river.write(who, "chào", f"m{len(texts)}{texts[0]}")
    (claim,) = await river.claim("w")
    await river.answer(claim, texts, critical=critical)


async def work(sender: Sender, rounds: int = 4) -> None:
    for _ in range(rounds):
        await sender.round()
        await sender.idle()


async def test_replies_arrive_in_order(river: River, sender: Sender, platform: FakePlatform) -> None:
    await answered(river, "một", "hai", "ba")
    await work(sender)
    assert platform.texts == ["một", "hai", "ba"]


async def test_order_is_kept_through_a_slow_down(river: River, sender: Sender, platform: FakePlatform, clock: Clock) -> None:
    platform.answers.append(SlowDown(0.0))
    await answered(river, "một", "hai")
    await work(sender)
    clock.forward(1)
    await work(sender)
    assert platform.texts == ["một", "một", "hai"]


async def test_what_surely_did_not_leave_is_tried_again(river: River, sender: Sender, platform: FakePlatform, clock: Clock) -> None:
    platform.answers.extend([NotSent("no connection"), NotSent("no connection")])
    await answered(river, "một", "hai")
    for _ in range(4):
        await work(sender)
        clock.forward(5)
    assert platform.texts == ["một", "một", "một", "hai"]


@pytest.mark.parametrize("failure", [Unknown("timeout"), ConnectionResetError("in the channel")])
async def test_what_may_have_arrived_is_not_sent_twice(
    river: River, sender: Sender, platform: FakePlatform, clock: Clock, failure: Result | BaseException
) -> None:
    platform.answers.append(failure)
    await answered(river, "một", "hai")
    for _ in range(3):
        await work(sender)
        clock.forward(60)
    assert platform.texts == ["một", "hai"]


async def test_first_aid_is_sent_again_when_it_may_not_have_arrived(
    river: River, sender: Sender, platform: FakePlatform, clock: Clock
) -> None:
    platform.answers.append(Unknown("timeout"))
    await answered(river, "rút sim ra ngay", critical=True)
    await work(sender)
    clock.forward(5)
    await work(sender)
    assert platform.texts == ["rút sim ra ngay"] * 2


async def test_a_blocked_address_is_closed_until_the_person_writes(
    river: River, sender: Sender, platform: FakePlatform, clock: Clock
) -> None:
    platform.answers.append(Blocked("blocked by the user"))
    await answered(river, "một", "hai")
    await work(sender)
    await answered(river, "ba", who="binh")
    await work(sender)
    assert platform.texts == ["một", "ba"]


async def test_one_of_two_processes_sends(river: River, platform: FakePlatform) -> None:
    await answered(river, "một", "hai")
    first, second = make_sender(river, platform, "first"), make_sender(river, platform, "second")
    await first.round()
    await second.round()
    await first.idle()
    await second.idle()
    assert platform.texts == ["một"]
    await first.stop()
    await work(second)
    assert platform.texts == ["một", "hai"]


@pytest.mark.parametrize(("back", "texts"), [(10, ["một"]), (3600, ["một", "hai"])])
async def test_who_was_elected_under_a_clock_that_was_set_back_keeps_nobody_waiting(
    river: River, platform: FakePlatform, clock: Clock, back: float, texts: list[str]
) -> None:
    """A machine that starts an hour ahead, is put right, and loses that process; some seconds apart are two clocks."""
    await answered(river, "một", "hai")
    dies = make_sender(river, platform, "dies")
    await dies.round()
    await dies.idle()
    clock.forward(-back)
    await work(make_sender(river, platform, "lives"))
    assert platform.texts == texts


async def test_a_clock_that_jumps_makes_no_send_late(river: River, platform: FakePlatform, clock: Clock) -> None:
    """All machines are put forward while a send is on its way: neither its process nor the next that is elected overtakes it."""
    timer = Clock()
    first, second = (make_sender(river, platform, name, timer) for name in ("first", "second"))
    platform.gate.clear()
    await answered(river, "một", "hai")
    await first.round()
    clock.forward(400)
    for _ in range(3):
        await first.round()
        await second.round()
        timer.forward(4)
    await asyncio.sleep(0)
    assert platform.texts == ["một"]
    platform.gate.set()
    await first.idle()
    await work(second)
    assert platform.texts == ["một", "hai"]


async def test_a_send_of_ones_own_runs_until_its_channel_ends_it(
    river: River, sender: Sender, platform: FakePlatform, clock: Clock
) -> None:
    platform.gate.clear()
    await answered(river, "một", "hai")
    for _ in range(4):
        await sender.round()
        await asyncio.sleep(0)
        clock.forward(400)
    assert platform.texts == ["một"]
    platform.gate.set()
    await work(sender)
    assert platform.texts == ["một", "hai"]


async def test_what_its_process_left_under_way_keeps_the_next_waiting_for_a_term(
    river: River, platform: FakePlatform, clock: Clock
) -> None:
    timer = Clock()
    await answered(river, "một", "hai")
    await river.claim_sends("died")
    clock.forward(400)
    lives = make_sender(river, platform, "lives", timer)
    await work(lives)
    timer.forward(14)
    await work(lives)
    assert platform.texts == []
    timer.forward(1)
    await work(lives)
    assert platform.texts == ["hai"]


async def test_who_starts_alone_knows_that_nobody_sends(river: River, platform: FakePlatform, clock: Clock) -> None:
    await answered(river, "một", "hai")
    await river.claim_sends("died")
    await river.database.run(lambda tx: recovery.free_all(tx, clock()))
    await work(make_sender(river, platform, "lives", Clock()))
    assert platform.texts == ["hai"]


async def test_stopping_waits_for_the_send_under_way(river: River, sender: Sender, platform: FakePlatform) -> None:
    platform.gate.clear()
    await answered(river, "một")
    await sender.round()
    stopping = asyncio.create_task(sender.stop())
    await asyncio.wait([stopping], timeout=0.05)
    assert not stopping.done()
    platform.gate.set()
    await stopping
    assert await river.claim_sends() == []
    assert await river.sweep() == []


async def test_a_channel_that_hangs_is_given_up_and_unknown(river: River, clock: Clock) -> None:
    platform = FakePlatform(limits=Limits(Markup.PLAIN, send_timeout=0.02))
    platform.gate.clear()
    await answered(river, "một")
    await work(make_sender(river, platform), rounds=1)
    await river.write("an", "alo", "m9")
    (claim,) = await river.claim("w")
    assert claim.unsure


def row(tries: int = 1, critical: bool = False) -> Sending:
    return Sending(1, 1, Address("web", "an"), "x", (), 1, tries, critical, NOON)


@pytest.mark.parametrize(
    ("result", "sending", "repeatable", "becomes"),
    [
        (Sent("7"), row(), False, Status.SENT),
        (NotSent("x"), row(), False, Status.QUEUED),
        (NotSent("x"), row(tries=5 * MOST_TRIES), False, Status.QUEUED),  # a platform may be away for hours
        (NotSent("x"), row(tries=MOST_TRIES_NOT_SENT), False, Status.FAILED),
        (SlowDown(30), row(tries=MOST_TRIES), False, Status.QUEUED),
        (Unknown("x"), row(), False, Status.UNKNOWN),
        (Unknown("x"), row(), True, Status.QUEUED),
        (Unknown("x"), row(critical=True), False, Status.QUEUED),
        (Unknown("x"), row(tries=MOST_TRIES, critical=True), False, Status.UNKNOWN),
        (Blocked("x"), row(), False, Status.FAILED),
        (Refused("x"), row(), True, Status.FAILED),
    ],
)
def test_what_follows_from_what_a_channel_says(result: Result, sending: Sending, repeatable: bool, becomes: Status) -> None:
    assert verdict(result, sending, repeatable, NOON).status is becomes


def paced(per_second: float, per_chat: float) -> Pace:
    return Pace(Limits(Markup.PLAIN, per_second=per_second, per_chat_second=per_chat))


def start_all(pace: Pace, now: float, wanted: int, chat: Callable[[int], int]) -> int:
    started = min(pace.room(now), wanted)
    for n in range(started):
        pace.note(chat(n), now)
    return started


def test_an_account_is_never_faster_than_its_limit() -> None:
    pace, sent, now = paced(30, 1000), 0, 100.0
    for tick in range(50):  # five seconds in tenths
        sent += start_all(pace, now + tick / 10, 100, lambda n: n)
    assert 30 * 5 <= sent <= 30 * 6


def test_a_chat_rests_after_each_message() -> None:
    pace = paced(30, 1)
    pace.note(7, 100.0)
    assert pace.resting(100.5) == [7]
    assert pace.resting(101.0) == []
    assert pace.wait(100.0) is None


def test_an_account_that_was_asked_to_wait_waits() -> None:
    pace = paced(30, 1000)
    pace.pause(105.0)
    assert pace.room(104.9) == 0
    assert pace.room(106.0) > 0
    wait = pace.wait(100.0)
    assert wait is not None
    assert 5.0 <= wait <= 5.2


def test_a_few_messages_may_go_to_a_chat_at_once() -> None:
    pace = Pace(Limits(Markup.PLAIN, per_chat_second=1, per_chat_burst=3))
    started = []
    for tick in range(80):  # eight seconds in tenths
        now = 100 + tick / 10
        if 7 not in pace.resting(now):
            pace.note(7, now)
            started.append(tick / 10)
    assert started == [0, 0.1, 0.2, 1, 2, 3, 4, 5, 6, 7]
    assert pace.wait(107.1) == pytest.approx(0.9)
    assert pace.resting(108.1) == []
