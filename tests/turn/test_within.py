"""On a channel that counts hours and messages: what is come back to by itself comes in time, or is not promised."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.base import Limits, Markup
from bot.model.delivery import Budget
from bot.settings import Settings
from bot.understanding.rasa import Nlu
from bot.written import Written

from ..conftest import Clock
from ..databases import migrated_sqlite
from ..talk import House
from .test_later import after

HOUR = 3600
BUDGET = Budget(timedelta(days=7), timedelta(hours=48), 8)


@pytest.fixture
async def counted(settings: Settings, written: Written, nlu: Nlu, clock: Clock, tmp_path: Path) -> AsyncIterator[House]:
    database = migrated_sqlite(tmp_path / "house.db")
    yield House(settings, database, written, nlu, clock, Limits(Markup.PLAIN, max_text=1500, messages_per_turn=4, budget=BUDGET))
    database.close()


async def test_a_reminder_for_tomorrow_is_promised_and_comes(counted: House) -> None:
    talk = await counted.talk("an")
    await talk.taps_value("topic:eid_level_2", 0)
    assert "common.will_remind" in (await talk.says("mai nhắc tôi nhé")).blocks
    assert [text for text in await after(counted, 24 * HOUR) if "dặn" in text]


async def test_a_reminder_in_three_days_is_not_promised(counted: House) -> None:
    talk = await counted.talk("an")
    await talk.taps_value("topic:eid_level_2", 0)
    turn = await talk.says("3 ngày nữa nhắc tôi")
    assert "common.cannot_remind" in turn.blocks
    assert "common.will_remind" not in turn.blocks
    assert "nhắn mình một tiếng" in turn.text
    await talk.says("dừng")
    assert await after(counted, 72 * HOUR) == []


async def test_the_reminder_in_a_guide_comes_within_44_hours_of_the_last_word(counted: House) -> None:
    talk = await counted.talk("an")
    await talk.taps_value("topic:eid_level_2", 0)
    (text,) = await after(counted, 21 * HOUR)
    assert "làm dở" in text


async def test_one_that_was_held_up_for_two_days_does_not_come_at_all(counted: House) -> None:
    talk = await counted.talk("an")
    await talk.taps_value("topic:eid_level_2", 0)
    assert await after(counted, 45 * HOUR) == []


async def test_who_wrote_meanwhile_is_in_time_again(counted: House) -> None:
    talk = await counted.talk("an")
    await talk.taps_value("topic:eid_level_2", 0)
    await talk.says("3 ngày nữa nhắc tôi")
    counted.clock.forward(60 * HOUR)
    await talk.says("cảm ơn")
    assert [text for text in await after(counted, 20 * HOUR) if "dặn" in text]


async def test_what_was_put_aside_is_put_aside_all_the_same(counted: House) -> None:
    talk = await counted.talk("an")
    await talk.taps_value("topic:eid_level_2", 0)
    assert await after(counted, 30 * 24 * HOUR) == []
    assert "common.back_to_step" in (await talk.says("tiếp tục")).blocks
