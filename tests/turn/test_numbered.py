"""A channel without buttons: what is offered is numbered, and a number typed means what was shown last."""

from dataclasses import replace

import pytest

from bot.channels.base import Limits, Markup
from bot.replies.formats import numbered, render
from bot.settings import Settings
from bot.store.database import Database
from bot.understanding.rasa import Nlu
from bot.written import Written

from ..conftest import Clock
from ..talk import House, Talk

PLAIN = Limits(Markup.PLAIN, max_text=1960, max_buttons=0, messages_per_turn=8, per_second=1e6, per_chat_second=1e6)


@pytest.fixture
def house(settings: Settings, database: Database, written: Written, nlu: Nlu, clock: Clock) -> House:
    return House(settings, database, written, nlu, clock, PLAIN)


@pytest.fixture
async def an(house: House) -> Talk:
    return await house.talk("an")


async def seen(house: House) -> str:
    """The last message that was sent."""
    return (await house.deliver())[-1]


async def test_what_is_offered_is_shown_in_numbered_lines_and_nothing_as_a_button(house: House, an: Talk) -> None:
    await an.says("/start eid_level_2")
    assert (await seen(house)).endswith("\n\n1. Từ 14 tuổi trở lên\n2. Dưới 14 tuổi")
    assert all(out.buttons == () for out in house.platform.got)
    assert not any("**" in text for text in house.platform.texts)


@pytest.mark.parametrize(
    "said", ["1", "1.", "số 1", "so 1", "một", "mot", "Từ 14 tuổi trở lên", "tu 14 tuoi tro len", "1. Từ 14 tuổi trở lên"]
)
async def test_whatever_names_a_line_answers_it(an: Talk, said: str) -> None:
    await an.says("/start eid_level_2")
    answered = await an.says(said)
    assert answered.record.step == "card"


@pytest.mark.parametrize("said", ["2", "hai", "2. Hết hạn hoặc loại cũ", "het han hoac loai cu"])
async def test_the_second_line_answers_the_second(an: Talk, said: str) -> None:
    await an.says("/start eid_level_2")
    await an.says("1")
    shown = an.buttons
    assert shown[1].label == "Hết hạn hoặc loại cũ"
    answered = await an.says(said)
    assert answered.record.heard[0].meaning is None  # the line decides, not the model
    assert answered.record.step != "card"


async def test_of_two_things_offered_at_once_only_the_last_has_numbers(house: House, an: Talk) -> None:
    await an.says("/start eid_level_2")
    await an.says("hình như bị lừa rồi, có người gọi xưng công an")
    texts = await house.deliver()
    last = texts[-1]
    assert last.endswith("1. Từ 14 tuổi trở lên\n2. Dưới 14 tuổi")
    assert [text for text in texts[-5:-1] if "\n1. " in text] == []
    assert any("\n\nNhắn «" in text for text in texts)
    assert (await an.says("1")).record.step == "card"


async def test_a_person_who_speaks_is_not_taken_for_a_list(house: House, an: Talk) -> None:
    from ..desk.helpers import Desk

    desk = Desk(house)
    dinh = await desk.helper("dinh", commune=None)
    await an.says("/start eid_level_2")
    await an.says("gặp người")
    case = await dinh.takes(await desk.waiting())
    assert (await seen(house)).endswith("\n\nNhắn «Quay lại trợ lý».")
    await dinh.says(case, "Nhà bác mấy người?")
    await an.says("1")
    assert (await desk.case(case.id)).status.value == "taken"
    await dinh.gives_back(case)
    texts = await house.deliver()
    assert any(text.endswith("Nhắn «Rất tốt», «Tạm được», «Chưa tốt» hoặc «Chưa xong, gặp lại».") for text in texts)
    assert texts[-1].endswith("2. Dưới 14 tuổi")


async def test_the_messages_of_a_turn_are_joined_and_the_promise_of_a_person_stays(
    settings: Settings, database: Database, written: Written, nlu: Nlu, clock: Clock
) -> None:
    house = House(settings, database, written, nlu, clock, replace(PLAIN, messages_per_turn=1))
    an = await house.talk("an", consented=False)
    answered = await an.says("gặp người")
    assert answered.blocks == ["common.first_words", "desk.handed_over"]
    (reply,) = answered.replies
    assert reply.critical
    assert "sẽ có người trả lời trước" in reply.text.lower()


async def test_everything_that_is_written_reads_well_in_plain_text(written: Written) -> None:
    """No mark of formatting is left over, no line is numbered but the taps."""
    from bot.replies.sample import SAMPLE

    from ..dialogue.village import TODAY

    texts = [
        written.words.text(f"{topic}.{block}", TODAY, SAMPLE) for topic in written.words.topics for block in written.words.blocks(topic)
    ]
    shown = [render("plain", text) for text in texts]
    assert len(shown) > 1000
    assert [text for text in shown if "**" in text or "<" in text or "&amp;" in text] == []
    assert max(len(numbered(text, ())) for text in shown) < PLAIN.max_text
