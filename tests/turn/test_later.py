"""What is come back to by itself, over a real database and a clock that the test moves."""

from datetime import timedelta

from bot.dialogue.state import State
from bot.model.conversation import Owner, OwnerKind
from bot.store import conversations
from bot.store.conversations import Change

from ..talk import House, Talk

DAY = 24 * 3600


async def after(house: House, seconds: float) -> list[str]:
    """What the citizen gets while that time passes and nobody says anything."""
    before = len(await house.deliver())
    house.clock.forward(seconds)
    await house.app.timers.round()
    return (await house.deliver())[before:]


async def state_of(house: House, talk: Talk) -> State:
    database = house.app.database
    found = await database.read(lambda tx: conversations.find(tx, database.keyring, talk.address))
    assert found is not None
    return State.from_dict((await database.read(lambda tx: conversations.get(tx, found))).state)


async def test_a_reminder_that_was_asked_for_comes_in_the_morning_of_that_day_once(house_on_each: House) -> None:
    talk = await house_on_each.talk("an")
    await talk.taps_value("topic:eid_level_2", 0)
    await talk.says("3 ngày nữa nhắc tôi")
    await talk.says("dừng")
    assert await after(house_on_each, 2 * DAY) == []
    (text,) = await after(house_on_each, DAY)
    assert "dặn mình nhắc hôm nay: Đăng ký định danh mức độ 2" in text
    assert house_on_each.clock.now.hour == 3  # ten o'clock in Vietnam; it was due at eight
    assert await after(house_on_each, DAY) == []
    assert (await talk.says("có")).blocks == ["common.back_to_step", "eid_level_2.age"]


async def test_a_promise_is_kept_though_the_citizen_spoke_of_other_things_since(house: House) -> None:
    talk = await house.talk("an")
    await talk.taps_value("topic:eid_level_2", 0)
    await talk.says("mai nhắc tôi nhé")
    for text in ("dừng", "chào", "cảm ơn"):
        await talk.says(text)
    assert [text for text in await after(house, 2 * DAY) if "dặn mình nhắc" in text]


async def test_nobody_is_reminded_over_the_head_of_a_volunteer(house: House) -> None:
    talk = await house.talk("an")
    await talk.taps_value("topic:eid_level_2", 0)
    turn = await talk.says("mai nhắc tôi nhé")

    def take(tx):  # type: ignore[no-untyped-def]
        conversations.change_owner(
            tx, turn.record.conversation_id, Change(0, Owner(OwnerKind.HUMAN, "hoa"), by="hoa", reason="test"), house.clock.now
        )

    await house.app.database.run(take)
    assert await after(house, 3 * DAY) == []


async def test_a_step_that_takes_days_is_not_reminded_of_after_one(house: House) -> None:
    talk = await house.talk("an")
    await talk.taps_value("topic:eid_level_2", 0)
    for answer in ("1", "1", "1", "xong"):
        turn = await talk.says(answer)
    assert turn.blocks == ["eid_level_2.wait"]
    await house.deliver()
    assert await after(house, 3 * DAY) == []
    assert [text for text in await after(house, 1.1 * DAY) if "làm dở" in text]


async def test_a_guide_put_aside_after_long_silence_waits_for_its_word(house_on_each: House) -> None:
    talk = await house_on_each.talk("an")
    await talk.taps_value("topic:eid_level_2", 0)
    await after(house_on_each, DAY)
    assert (await state_of(house_on_each, talk)).stack
    assert await after(house_on_each, 20 * DAY) == []
    aside = await state_of(house_on_each, talk)
    assert (aside.stack, [frame.guide for frame in aside.paused]) == ((), ["eid_level_2"])
    assert (await talk.says("1")).blocks == ["common.waiting_resume"]
    assert (await talk.says("có")).blocks == ["common.back_to_step", "eid_level_2.age"]


async def test_how_it_went_is_asked_once_some_days_after_the_end(house: House) -> None:
    talk = await house.talk("an")
    await talk.taps_value("topic:eid_otp", 0)
    for answer in ("1", "xong", "cũng không tới", "xong"):
        turn = await talk.says(answer)
    assert turn.blocks == ["eid_otp.after_shop"]
    assert await after(house, DAY) == []
    (text,) = await after(house, 2 * DAY)
    assert "Việc ấy đã được chưa" in text
    assert await after(house, 5 * DAY) == []
    assert (await talk.says("chưa được")).blocks == ["common.follow_no"]


async def test_timers_of_many_turns_fire_together_and_each_says_its_own(house: House) -> None:
    talk = await house.talk("an")
    await talk.taps_value("topic:eid_level_2", 0)
    await talk.says("mai nhắc tôi nhé")
    await talk.says("2 ngày nữa nhắc tôi")
    house.clock.now += timedelta(days=4)
    await house.app.timers.round()
    assert sum("dặn mình nhắc" in text for text in await house.deliver()) == 2
