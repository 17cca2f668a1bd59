"""One citizen, several channels: what is being done moves with a code, whole and once, whatever happens meanwhile. On each database."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.channels.base import Limits, Markup
from bot.dialogue.state import State
from bot.model.conversation import Conversation, Owner, OwnerKind
from bot.model.delivery import Budget
from bot.model.dialogue import Bring
from bot.model.errors import ClaimLost
from bot.model.message import Inbound, Kind
from bot.model.moving import Way
from bot.moving import Moving
from bot.settings import Settings
from bot.store import conversations, forget, tables, turns
from bot.store.conversations import Change
from bot.store.database import Database, Tx
from bot.written import Written

from ..conftest import Clock
from ..fakes.channel import FakePlatform
from ..talk import CHANNEL, Answered, House, Talk

TELEGRAM, ZALO = "telegram:4242", "zalo_oa:77"
FIRST = "eid_level_2.age"
DAY = 24 * 3600


class Found(FakePlatform):
    """A platform that people can be told the way to."""

    def __init__(self, way: Way, limits: Limits | None = None) -> None:
        super().__init__(way.account, limits)
        self.way = way


@pytest.fixture
def telegram() -> Found:
    return Found(Way(TELEGRAM, "Telegram", "https://t.me/danloi_test_bot", says_code=True))


@pytest.fixture
def zalo() -> Found:
    budget = Budget(reach=timedelta(days=7), free_for=timedelta(hours=48), free=8)
    return Found(Way(ZALO, "Zalo", "https://zalo.me/77"), Limits(Markup.PLAIN, max_buttons=0, messages_per_turn=4, budget=budget))


@pytest.fixture
def house(settings: Settings, database: Database, written: Written, clock: Clock, telegram: Found, zalo: Found) -> House:
    return House(settings, database, written, None, clock, others=(telegram, zalo))


async def begun(house: House, steps: int = 1) -> Talk:
    """A citizen on the web, in the middle of a guide."""
    talk = await house.talk("an")
    await talk.taps_value("topic:eid_level_2", 0)
    for _ in range(steps):
        await talk.says("1")
    return talk


async def code_of(talk: Talk, words: str = "làm tiếp ở máy khác") -> str:
    """The code that the assistant tells there."""
    turn = await talk.says(words)
    assert turn.blocks == ["common.moving_code", "common.moving_ways"]
    return told(turn)


def told(turn: Answered) -> str:
    found = re.search(r"\*\*([A-Z]{4} [A-Z]{4})\*\*", turn.text)
    assert found
    return found[1]


async def conversation(house: House, talk: Talk) -> Conversation:
    database = house.app.database

    def read(tx: Tx) -> Conversation:
        found = conversations.find(tx, database.keyring, talk.address)
        assert found is not None
        return conversations.get(tx, found)

    return await database.read(read)


async def state_of(house: House, talk: Talk) -> State:
    return State.from_dict((await conversation(house, talk)).state)


async def on_telegram(house: House, who: str = "t") -> Talk:
    return await house.talk(who, consented=False, channel=TELEGRAM)


async def everything_kept(house: House) -> str:
    """Every text that lies in the database, as it would be read."""

    def read(tx: Tx) -> str:
        rows = [row for table in tables.metadata.sorted_tables for row in tx.execute(select(table)).all()]
        return repr([tuple(row) for row in rows])

    return await house.app.database.read(read)


async def test_a_code_takes_the_guide_along_and_the_place_it_leaves_is_told(house: House) -> None:
    web = await begun(house, steps=2)
    before = await state_of(house, web)
    code = await code_of(web)
    there = await on_telegram(house)
    turn = await there.says(f"chuyen {code}")
    assert turn.blocks == ["common.first_words", "common.moving_ask"]
    assert "Đăng ký định danh mức độ 2**, đang ở bước 3/" in turn.text
    assert [button.label for button in turn.replies[-1].buttons] == ["Mang sang đây", "Thôi"]
    turn = await there.taps("Mang sang đây")
    assert turn.blocks[0] == "common.moving_here"
    after = await state_of(house, there)
    assert (after.stack[0].step, after.stack[0].answers, after.stack[0].trail) == (
        before.stack[0].step,
        before.stack[0].answers,
        before.stack[0].trail,
    )
    assert turn.record.step == before.stack[0].step
    assert await state_of(house, web) == State()
    assert "đã chuyển sang Telegram, ở đây mình dừng lại" in (await house.deliver())[-1]
    assert (await web.says("tiếp tục")).blocks == ["common.nothing_running"]


async def test_the_code_lies_nowhere_once_it_is_used_and_its_telling_never_does(house: House) -> None:
    web = await begun(house)
    code = await code_of(web)
    there = await on_telegram(house)
    await there.says(f"chuyển {code.lower()} ạ")
    kept = await everything_kept(house)
    assert kept.count(code) >= 1  # in the words that tell it, for they are shown again where a page is loaded again
    assert code.lower() not in kept
    assert "chuyển [mã đã che] ạ" in kept
    await there.says("có")
    for form in (code, code.lower(), code.replace(" ", "")):
        assert form not in await everything_kept(house)


async def test_a_code_that_nobody_used_goes_out_of_the_words_by_itself(house: House) -> None:
    code = await code_of(await begun(house))
    house.clock.forward(15 * 60)
    await house.app.timers.round()
    kept = await everything_kept(house)
    assert code not in kept
    assert code.replace(" ", "") not in kept
    assert "•••• ••••" in kept


async def test_a_link_says_the_code_by_itself(house: House) -> None:
    web = await begun(house)
    turn = await web.says("chuyển sang telegram")
    payload = re.search(r"https://t\.me/danloi_test_bot\?start=(\S+)", turn.text)
    assert payload
    assert "zalo" not in turn.text.lower()
    there = await on_telegram(house)
    assert (await there.says(f"/start {payload[1]}")).blocks == ["common.first_words", "common.moving_ask"]
    assert (await there.says("1")).blocks[:1] == ["common.moving_here"]


async def test_there_and_back_again(house: House) -> None:
    web, there = await begun(house), await on_telegram(house)
    await there.says(f"CHUYEN {await code_of(web)}")
    await there.says("có")
    await there.says("1")
    code = await code_of(there, "/chuyen")
    assert (await web.says(code)).blocks == ["common.moving_ask"]
    turn = await web.taps("Mang sang đây")
    assert turn.blocks[0] == "common.moving_here"
    assert len((await state_of(house, web)).stack[0].trail) == 2
    assert await state_of(house, there) == State()


async def test_a_code_said_again_has_nothing_more_to_give(house: House) -> None:
    web, there, other = await begun(house), await on_telegram(house), await on_telegram(house, "x")
    code = await code_of(web)
    await there.says(code)
    await there.says("có")
    assert (await there.says(code)).blocks[0] == "common.moving_already"
    assert "common.moving_used" in (await other.says(code)).blocks
    assert (await there.taps_value("act:move_yes", 1)).blocks[0] == "common.old_tap"
    assert len((await state_of(house, there)).stack) == 1


async def test_sixteen_minutes_are_too_late_for_the_code_and_for_the_yes(house: House) -> None:
    web, there = await begun(house), await on_telegram(house)
    code = await code_of(web)
    house.clock.forward(14 * 60)
    await there.says(code)
    house.clock.forward(2 * 60)
    assert (await there.says("có")).blocks == ["common.moving_late"]
    assert (await there.says(code)).blocks == ["common.moving_late"]
    assert (await state_of(house, web)).frame is not None


async def test_a_newer_code_takes_the_place_of_the_older(house: House) -> None:
    web, there = await begun(house), await on_telegram(house)
    old = await code_of(web)
    new = await code_of(web)
    assert "common.moving_replaced" in (await there.says(old)).blocks
    assert (await there.says(new)).blocks == ["common.moving_ask"]
    assert old not in await everything_kept(house)


async def test_said_where_it_was_told_it_leads_nowhere(house: House) -> None:
    web = await begun(house)
    code = await code_of(web)
    turn = await web.says(code)
    assert turn.blocks[0] == "common.moving_same"
    assert turn.record.step is not None


async def test_two_say_yes_at_once_and_one_has_it(house: House) -> None:
    web, first, second = await begun(house), await on_telegram(house, "t"), await on_telegram(house, "u")
    code = await code_of(web)
    for talk in (first, second):
        await talk.says(code)
    for talk in (first, second):
        await house.app.door(Inbound(talk.address, "yes", Kind.TEXT, "có"))
    for _ in range(3):
        await house.work()
    blocks = sorted(record.replies[0].block for record in house.records[-2:])
    assert blocks == ["common.moving_here", "common.moving_used"]
    stacks = [len((await state_of(house, talk)).stack) for talk in (web, first, second)]
    assert sorted(stacks) == [0, 0, 1]
    assert stacks[0] == 0


async def test_two_move_towards_each_other_at_once(house: House) -> None:
    web, there = await begun(house), await on_telegram(house)
    await there.taps_value("topic:eid_password", 0)
    codes = [await code_of(talk) for talk in (web, there)]
    await there.says(codes[0])
    await web.says(codes[1])
    for talk in (web, there):
        await house.app.door(Inbound(talk.address, "yes", Kind.TEXT, "có"))
    for _ in range(4):
        await house.work()
    states = [await state_of(house, talk) for talk in (web, there)]
    guides = [frame.guide for state in states for frame in (*state.stack, *state.paused)]
    assert sorted(guides) == ["eid_level_2", "eid_password"]


async def test_what_went_on_meanwhile_comes_as_it_is_now(house: House) -> None:
    web, there = await begun(house), await on_telegram(house)
    await there.says(await code_of(web))
    await web.says("1")
    step = (await state_of(house, web)).stack[0].step
    turn = await there.says("có")
    assert turn.record.step == step
    assert len((await state_of(house, there)).stack[0].trail) == 2


async def test_another_guide_by_then_is_asked_about_anew(house: House) -> None:
    web, there = await begun(house), await on_telegram(house)
    await there.says(await code_of(web))
    await web.says("dừng")
    await web.taps_value("topic:eid_password", 0)
    assert (await there.says("có")).blocks == ["common.moving_ask"]
    assert (await there.says("có")).record.flow == "eid_password"
    assert (await there.says("dừng")).blocks == ["common.stopped"]


async def test_what_is_not_answered_there_yet_is_waited_for(house: House) -> None:
    web, there = await begun(house), await on_telegram(house)
    await there.says(await code_of(web))
    await house.app.door(Inbound(web.address, "late", Kind.TEXT, "1"))
    await house.app.database.run(lambda tx: turns.claim(tx, "slow", [CHANNEL], house.clock(), house.clock() + timedelta(30), 1))
    assert (await there.says("có")).blocks == ["common.moving_busy"]
    house.clock.forward(31)
    await house.app.database.run(lambda tx: tx.execute(tables.conversation.update().values(claimed_until=None)))
    await house.work()
    turn = await there.taps("Mang sang đây")
    assert turn.blocks[0] == "common.moving_here"
    assert len((await state_of(house, there)).stack[0].trail) == 2


async def test_all_or_nothing_where_the_other_side_is_not_as_it_was_seen(house: House) -> None:
    web, there = await begun(house), await on_telegram(house)
    await there.says(await code_of(web))
    asked, source = (await state_of(house, there)).arriving, await conversation(house, web)
    assert asked is not None
    target = await conversation(house, there)
    moving = Moving(house.app.database, house.app.script, house.clock)
    for turn, epoch in ((source.turn - 1, source.epoch), (source.turn, source.epoch + 1)):
        stale = Bring(asked.code, source.id, turn, epoch, "…")
        with pytest.raises(ClaimLost):
            await house.app.database.run(lambda tx, stale=stale: moving.carry(tx, [stale], target, house.clock()))  # type: ignore[misc]
    assert (await conversation(house, web)).epoch == source.epoch
    assert (await there.says("có")).blocks[0] == "common.moving_here"


async def test_a_turn_under_way_on_the_side_that_was_left_is_lost(house: House) -> None:
    web, there = await begun(house), await on_telegram(house)
    await there.says(await code_of(web))
    await house.app.door(Inbound(web.address, "late", Kind.TEXT, "1"))
    now = house.clock()
    (claim,) = await house.app.database.run(lambda tx: turns.claim(tx, "slow", [CHANNEL], now, now + timedelta(minutes=1), 1))
    await house.app.database.run(lambda tx: tx.execute(tables.message.delete().where(tables.message.c.external_id == "late")))
    await there.says("có")
    with pytest.raises(ClaimLost):
        await house.app.database.run(lambda tx: turns.finish(tx, claim, claim.conversation.state))
    assert await state_of(house, web) == State()


async def test_a_turn_that_dies_before_its_commit_has_moved_nothing_and_the_next_moves_it(house: House) -> None:
    web, there = await begun(house), await on_telegram(house)
    await there.says(await code_of(web))
    await house.app.door(Inbound(there.address, "yes", Kind.TEXT, "có"))
    now = house.clock()
    await house.app.database.run(lambda tx: turns.claim(tx, "dies", [TELEGRAM], now, now + timedelta(seconds=30), 1))
    await house.work()
    assert (await state_of(house, web)).frame is not None
    house.clock.forward(31)
    await house.work()
    assert house.records[-1].replies[0].block == "common.moving_here"
    assert await state_of(house, web) == State()


async def test_what_runs_there_is_put_aside_and_found_again(house: House) -> None:
    web, there = await begun(house), await on_telegram(house)
    await there.taps_value("topic:eid_password", 0)
    step = (await state_of(house, there)).stack[0].step
    await there.says(await code_of(web))
    turn = await there.says("có")
    assert turn.record.flow == "eid_level_2"
    assert "Việc **" in turn.replies[0].text
    await there.says("dừng")
    await there.says("tiếp tục")
    assert (await state_of(house, there)).stack[-1].guide == "eid_level_2"
    await there.says("dừng")
    state = await state_of(house, there)
    assert [(frame.guide, frame.step) for frame in state.paused if frame.guide == "eid_password"] == [("eid_password", step)]


async def test_the_same_guide_on_both_sides_is_there_once_with_the_answers_that_came(house: House) -> None:
    web, there = await begun(house, steps=2), await on_telegram(house)
    await there.taps_value("topic:eid_level_2", 0)
    turn = await there.says(await code_of(web))
    assert "Ở đây cũng đang dở việc ấy" in turn.text
    await there.says("có")
    state = await state_of(house, there)
    assert [len(frame.trail) for frame in (*state.stack, *state.paused)] == [2]


async def test_left_where_it_is_nothing_has_moved(house: House) -> None:
    web, there = await begun(house), await on_telegram(house)
    code = await code_of(web)
    await there.says(code)
    assert (await there.says("thôi")).blocks == ["common.moving_stay"]
    assert (await state_of(house, web)).frame is not None
    assert (await there.says(code)).blocks == ["common.moving_ask"]


async def test_what_was_put_aside_is_taken_up_on_the_other_side(house: House) -> None:
    web, there = await begun(house), await on_telegram(house)
    await web.says("dừng")
    await there.says(await code_of(web))
    assert (await there.says("có")).record.flow == "eid_level_2"


async def test_who_is_spoken_to_and_where_they_live_comes_along(house: House) -> None:
    web, there = await begun(house), await on_telegram(house)
    await web.says("gọi tôi là bác nhé")
    before = await state_of(house, web)
    assert before.speaker.you == "bác"
    await there.says(await code_of(web))
    await there.says("có")
    assert (await state_of(house, there)).speaker == before.speaker


async def test_reminders_go_along_and_what_a_channel_cannot_keep_is_told(house: House, zalo: Found, telegram: Found) -> None:
    web = await begun(house)
    await web.says("5 ngày nữa nhắc tôi")
    there = await house.talk("z", consented=False, channel=ZALO)
    await there.says(await code_of(web))
    turn = await there.says("có")
    assert "common.cannot_remind" in turn.blocks
    last = await on_telegram(house)
    await last.says(await code_of(there))
    assert "common.cannot_remind" not in (await last.says("có")).blocks
    await house.deliver()
    got = [len(platform.got) for platform in house.platforms]
    house.clock.forward(1.1 * DAY)
    await house.app.timers.round()
    await house.deliver()
    assert [len(platform.got) for platform in house.platforms] == [got[0], got[1] + 1, got[2]]  # the silence at the step
    house.clock.forward(4 * DAY)
    await house.app.timers.round()
    await house.deliver()
    assert "dặn mình nhắc hôm nay" in telegram.texts[-1]
    assert [len(platform.got) for platform in house.platforms] == [got[0], got[1] + 2, got[2]]


async def test_with_nothing_begun_there_is_nothing_to_move(house: House) -> None:
    talk = await house.talk("an")
    assert (await talk.says("chuyển sang zalo")).blocks == ["common.moving_none"]


async def test_a_case_that_waits_keeps_the_guide_where_it_is(house: House) -> None:
    web, there = await begun(house), await on_telegram(house)
    code = await code_of(web)
    await web.says("gặp người")
    assert (await web.says("làm tiếp ở máy khác")).blocks == ["common.moving_case"]
    assert "common.moving_replaced" in (await there.says(code)).blocks


async def test_a_person_who_took_over_there_keeps_the_guide(house: House) -> None:
    web, there = await begun(house), await on_telegram(house)
    await there.says(await code_of(web))
    source = await conversation(house, web)
    change = Change(source.epoch, Owner(OwnerKind.HUMAN, "hoa"), by="hoa")
    await house.app.database.run(lambda tx: conversations.change_owner(tx, source.id, change, house.clock()))
    assert (await there.says("có")).blocks == ["common.moving_helped"]
    assert (await state_of(house, web)).frame is not None


async def test_where_a_person_speaks_a_code_gets_an_explanation_and_nothing_else(house: House) -> None:
    web, there = await begun(house), await on_telegram(house)
    await there.says("chào")
    code = await code_of(web)
    target = await conversation(house, there)
    change = Change(target.epoch, Owner(OwnerKind.HUMAN, "hoa"), by="hoa")
    await house.app.database.run(lambda tx: conversations.change_owner(tx, target.id, change, house.clock()))
    await there.says(f"chuyen {code}")
    await house.deliver()
    assert "chưa mang việc khác về đây được" in house.platforms[1].texts[-1]
    assert code.lower() not in (await everything_kept(house)).replace(code, "").lower()
    assert (await state_of(house, web)).frame is not None


async def test_wrong_codes_are_told_kindly_and_then_looked_at_no_more(house: House) -> None:
    web, there = await begun(house), await on_telegram(house)
    code = await code_of(web)
    wrong = "".join("B" if letter != "B" else "C" for letter in code if letter != " ")
    for _ in range(5):
        assert (await there.says(f"chuyen {wrong}")).blocks[-1] == "common.moving_wrong"
    assert (await there.says(code)).blocks == ["common.moving_many"]
    house.clock.forward(61 * 60)
    assert (await there.says(code)).blocks == ["common.moving_late"]
    new = await code_of(web)
    assert (await there.says(f"chuyen {new[:-1]}")).blocks == ["common.moving_wrong"]
    assert (await there.says(new)).blocks == ["common.moving_ask"]


async def test_on_the_web_who_puts_off_reads_that_it_can_be_gone_on_with_elsewhere(house: House) -> None:
    web, there = await begun(house), await on_telegram(house)
    assert (await web.says("chờ tí")).blocks == ["common.waiting_elsewhere"]
    assert (await web.says("để sau")).blocks == ["common.stopped_elsewhere"]
    await there.taps_value("topic:eid_level_2", 0)
    assert (await there.says("để sau")).blocks == ["common.stopped"]
    assert (await (await house.talk("b")).says("chờ tí")).blocks == ["common.waiting"]


async def test_without_anywhere_else_it_is_said_so(settings: Settings, database: Database, written: Written, clock: Clock) -> None:
    alone = House(settings, database, written, None, clock)
    web = await begun(alone)
    assert (await web.says("làm tiếp ở máy khác")).blocks == ["common.moving_nowhere"]
    assert (await web.says("để sau")).blocks == ["common.stopped"]


async def test_who_is_forgotten_takes_the_code_along(house: House) -> None:
    web, there = await begun(house), await on_telegram(house)
    code = await code_of(web)
    await web.says("xóa dữ liệu của tôi")
    assert (await web.says("có")).blocks == ["common.forgotten"]
    assert (await there.says(code)).blocks[-1] == "common.moving_wrong"
    source = (await conversation(house, web)).id
    await house.app.database.run(lambda tx: forget.forget(tx, house.app.database.keyring, source, house.clock()))


async def test_two_messages_later_the_guide_is_still_where_it_was_begun_in_its_edition(house: House) -> None:
    web, there = await begun(house), await on_telegram(house)
    version = (await state_of(house, web)).stack[0].version
    await there.says(await code_of(web))
    await there.says("có")
    assert (await state_of(house, there)).stack[0].version == version
