"""A person takes over, answers, gives back: who speaks, what the citizen reads, and what is never said twice or to nobody."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client import REGISTRY

from bot.desk.ladder import lowest
from bot.model.case import Case, CaseReason, CaseStatus, Outcome, Rung
from bot.model.conversation import OwnerKind
from bot.model.errors import DeskError, NotYours, TooLate, WrittenError
from bot.model.message import Inbound, Kind
from bot.model.people import TeamLevel
from bot.store import cases
from bot.store import desk as stored
from bot.store.tables import timer

from ..talk import House
from .helpers import FAR, HERE, NEXT_DOOR, Desk


@pytest.fixture
def desk(house_on_each: House) -> Desk:
    return Desk(house_on_each)


async def test_a_helper_takes_answers_and_gives_back_at_the_step(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    an = await desk.house.talk("an")
    await an.says("làm định danh mức 2 thế nào")
    step = (await desk.conversation(an)).state["stack"][-1]["step"]
    asked = await an.says("gặp người")
    assert asked.blocks == ["desk.handed_over"]
    assert "trước **10 giờ 15**" in asked.text
    case = await dinh.takes(await desk.waiting())
    assert await desk.armed(await desk.conversation(an)) >= {"lease"}
    silent = await an.says("tôi 70 tuổi")
    assert (silent.blocks, silent.record.owner) == ([], OwnerKind.HUMAN)
    await dinh.says(case, "Chào bác, cháu xem giúp bác nhé.")
    await dinh.gives_back(case, "đã chỉ bác ra xã")
    seen = await desk.house.deliver()
    taken, said, back, rate, again, step_again = seen[-6:]
    assert "người thật" in taken
    assert case.phrase is not None
    assert case.phrase in taken
    assert said == "Dinh: Chào bác, cháu xem giúp bác nhé."
    assert "lại là trợ lý máy" in back
    assert "Dinh giúp bà con thế nào?" in rate
    assert again.startswith("Giờ ta quay lại")
    assert step_again.startswith("Bước")
    after = await desk.conversation(an)
    assert (after.owner.kind, after.state["stack"][-1]["step"]) == (OwnerKind.BOT, step)
    assert (await desk.case(case.id)).outcome is Outcome.BACK_TO_BOT
    assert (await an.says("1")).record.owner is OwnerKind.BOT


async def test_two_takes_at_once_and_one_has_it(desk: Desk) -> None:
    dinh, mai = await desk.helper("dinh", commune=None), await desk.helper("mai", commune=None)
    await (await desk.house.talk("an")).says("gặp người")
    case = await dinh.takes(await desk.waiting())
    with pytest.raises(TooLate, match="Giàng Thị Dinh đang giữ ca này"):
        await mai.takes(case)
    assert (await dinh.takes(case)).volunteer_id == dinh.id  # the same tap twice
    with pytest.raises(NotYours):
        await mai.says(case, "chào bác")


async def test_nothing_of_the_assistant_starts_after_a_take_and_what_is_under_way_comes_first(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    house, an = desk.house, await desk.house.talk("an")
    await an.says("gặp người")
    await house.deliver()
    await an.says("lệ phí làm căn cước bao nhiêu")
    await an.says("menu")
    house.platform.gate.clear()
    (sender,) = house.app.senders
    before = len(house.platform.got)
    await sender.round()  # the first answer is on its way and hangs
    while len(house.platform.got) == before:
        await asyncio.sleep(0)
    under_way = house.platform.got[-1].text
    case = await dinh.takes(await desk.waiting())
    await dinh.says(case, "Chào bác")
    await sender.round()
    assert house.platform.got[-1].text == under_way  # nobody overtakes it
    house.platform.gate.set()
    await sender.idle()
    seen = await house.deliver()
    assert seen[seen.index(under_way) + 1 :][0].startswith("Từ giờ")  # the rest of the assistant's went stale
    assert seen[-1].endswith("Chào bác")


async def test_the_same_words_asked_for_twice_are_said_once(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    await (await desk.house.talk("an")).says("gặp người")
    case = await dinh.takes(await desk.waiting())
    first, again = await dinh.says(case, "Chào bác", key="k"), await dinh.says(case, "Chào bác", key="k")
    assert first == again
    assert sum(text.endswith("Chào bác") for text in await desk.house.deliver()) == 1


async def test_a_lease_that_ends_unanswered_puts_the_case_back_and_the_words_are_refused_not_lost(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    an = await desk.house.talk("an")
    await an.says("gặp người")
    case = await dinh.takes(await desk.waiting())
    await desk.house.deliver()
    await desk.passes(minutes=11)
    conversation = await desk.conversation(an)
    assert conversation.owner.kind is OwnerKind.QUEUE
    assert (await desk.house.deliver())[-1].startswith("Người nhận việc")
    assert await desk.armed(conversation) >= {"promise"}
    with pytest.raises(NotYours, match="Lời vừa viết vẫn còn đây"):
        await dinh.says(case, "Chào bác")
    assert (await dinh.takes(case)).status is CaseStatus.TAKEN
    await dinh.says(case, "Chào bác")
    assert [text.split()[0] for text in (await desk.house.deliver())[-2:]] == ["Từ", "Dinh:"]
    assert any("Hết giờ giữ" in note.text for note in await desk.notes(case.id))


async def test_a_finger_on_the_keyboard_holds_the_lease_for_a_while_only(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    an = await desk.house.talk("an")
    await an.says("gặp người")
    case = await dinh.takes(await desk.waiting())
    for _ in range(14):
        await desk.passes(minutes=1)
        await dinh.types(case)
    assert (await desk.conversation(an)).owner.kind is OwnerKind.HUMAN
    await desk.passes(minutes=2)
    assert (await desk.conversation(an)).owner.kind is OwnerKind.QUEUE


async def test_an_answer_gives_a_day_and_a_silent_citizen_goes_back_to_the_assistant(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    an = await desk.house.talk("an")
    await an.says("gặp người")
    case = await dinh.takes(await desk.waiting())
    await dinh.says(case, "Bác ra xã nhé")
    await desk.passes(hours=23)
    assert (await desk.conversation(an)).owner.kind is OwnerKind.HUMAN
    await an.says("vâng, bác hỏi thêm")
    assert (await desk.case(case.id)).waiting_since is not None
    await dinh.says(case, "Vâng")
    await desk.passes(hours=25)
    assert (await desk.conversation(an)).owner.kind is OwnerKind.BOT
    assert (await desk.case(case.id)).outcome is Outcome.NO_ANSWER


async def test_a_citizen_goes_back_to_the_assistant_whenever_they_want(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    an = await desk.house.talk("an")
    await an.says("gặp người")
    case = await dinh.takes(await desk.waiting())
    await an.says("quay lại trợ lý")
    assert (await desk.conversation(an)).owner.kind is OwnerKind.BOT
    assert (await desk.case(case.id)).status is CaseStatus.CLOSED
    assert (await an.says("menu")).blocks == ["common.menu"]
    with pytest.raises(NotYours):
        await dinh.says(case, "Chào bác")


async def test_what_the_helper_has_read_is_not_answered_again_and_what_came_later_is(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    an = await desk.house.talk("an")
    await an.says("gặp người")
    case = await dinh.takes(await desk.waiting())
    door, database = desk.house.app.door, desk.house.app.database
    read = await door(Inbound(an.address, "k1", Kind.TEXT, "menu"))
    await door(Inbound(an.address, "k2", Kind.TEXT, "lệ phí làm căn cước bao nhiêu"))
    await database.run(lambda tx: stored.read_to(tx, case.id, read.id))
    await dinh.gives_back(case)
    await desk.house.work()
    assert [heard.text for heard in desk.house.records[-1].heard] == ["lệ phí làm căn cước bao nhiêu"]


async def test_passing_on_waits_for_that_team_with_the_reason_as_a_note(desk: Desk) -> None:
    dinh, lan = await desk.helper("dinh", commune=None), await desk.helper("lan", commune=FAR)
    an = await desk.house.talk("an")
    await an.says("gặp người")
    case = await dinh.takes(await desk.waiting())
    assert await lan.sees() == []
    await dinh.passes_on(case, (await lan.who()).team.id, "nhà ở Bắc Mê")
    assert await lan.sees() == [case.id]
    assert "nhà ở Bắc Mê" in (await desk.notes(case.id))[-1].text
    assert (await lan.takes(case)).volunteer_id == lan.id


async def test_a_closed_case_is_rated_and_reopened_within_three_days(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    an = await desk.house.talk("an")
    await an.says("gặp người")
    case = await dinh.takes(await desk.waiting())
    await dinh.says(case, "Xong rồi bác nhé")
    await dinh.closes(case)
    turn = (await desk.conversation(an)).turn
    assert (await an.taps_value(f"rate:{case.id}/5", turn)).blocks == ["desk.rated"]
    await an.taps_value(f"rate:{case.id}/1", turn)
    assert (await desk.case(case.id)).rating == 5  # the first word counts
    await desk.passes(hours=70)
    assert (await an.taps_value(f"reopen:{case.id}", turn)).blocks == ["desk.handed_over"]
    assert (await desk.waiting()).id == case.id
    await dinh.takes(case)
    await dinh.says(case, "Cháu đây")
    await dinh.closes(case)
    await desk.passes(hours=73)
    await an.taps_value(f"reopen:{case.id}", turn)
    assert (await desk.waiting()).id != case.id  # too old: a case of its own


async def test_the_help_is_rated_by_a_number_where_nothing_else_is_asked(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    an = await desk.house.talk("an")
    await an.says("gặp người")
    case = await dinh.takes(await desk.waiting())
    await dinh.says(case, "Xong rồi bác nhé")
    await dinh.closes(case)
    assert (await an.says("số 2")).blocks == ["desk.rated"]
    assert (await desk.case(case.id)).rating == 3


async def test_the_help_is_rated_in_words_and_a_number_answers_the_step(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    an = await desk.house.talk("an")
    await an.says("/start eid_level_2")
    await an.says("gặp người")
    case = await dinh.takes(await desk.waiting())
    await dinh.says(case, "Bác làm tiếp nhé")
    await dinh.gives_back(case)
    assert (await an.says("rất tốt")).blocks[0] == "desk.rated"
    assert (await desk.case(case.id)).rating == 5
    assert (await an.says("1")).record.step == "card"
    assert (await an.says("rất tốt")).blocks[:1] != ["desk.rated"]


async def test_a_stranger_can_neither_rate_nor_reopen(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    an, ke = await desk.house.talk("an"), await desk.house.talk("kẻ lạ")
    await an.says("gặp người")
    case = await dinh.takes(await desk.waiting())
    await dinh.says(case, "Xong")
    await dinh.closes(case)
    await ke.taps_value(f"rate:{case.id}/1", 0)
    await ke.taps_value(f"reopen:{case.id}", 0)
    assert (await desk.case(case.id)).rating is None
    assert (await desk.case(case.id)).status is CaseStatus.CLOSED


async def test_warned_of_a_secret_even_while_a_person_speaks(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    an = await desk.house.talk("an")
    await an.says("gặp người")
    await dinh.takes(await desk.waiting())
    await an.says("mã otp là 482915")
    await an.says("chồng tôi đang đánh tôi")
    seen = await desk.house.deliver()
    assert "mã bí mật" in seen[-2]
    assert "113" in seen[-1]
    assert (await desk.case(1)).urgent


async def test_how_to_have_everything_deleted_is_told_even_while_a_person_speaks(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    an = await desk.house.talk("an")
    await an.says("gặp người")
    await dinh.takes(await desk.waiting())
    await an.says("xóa dữ liệu của tôi")
    assert "quay lại trợ lý" in (await desk.house.deliver())[-1]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("bác đọc mã OTP cho cháu", "Không được hỏi"),
        ("số căn cước của bác là 012345678901 đúng không", "số giấy tờ"),
        ("bác tải ở http://vneid.top/a.apk", "đường link"),
        ("vào dichvucong.gov.vn.evil.com nhé", "đường link"),
        ("   ", "trống"),
        ("a" * 10_000_000, "dài quá"),
    ],
)
async def test_what_must_not_reach_a_citizen_is_refused_with_the_reason(desk: Desk, text: str, why: str) -> None:
    dinh = await desk.helper("dinh", commune=None)
    await (await desk.house.talk("an")).says("gặp người")
    case = await dinh.takes(await desk.waiting())
    before = [*await desk.house.deliver()]
    with pytest.raises(DeskError, match=why):
        await dinh.says(case, text)
    assert await desk.house.deliver() == before


async def test_a_warning_of_secrets_and_an_official_address_may_be_said(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    await (await desk.house.talk("an")).says("gặp người")
    case = await dinh.takes(await desk.waiting())
    await dinh.says(case, "Bác đừng đọc mã OTP cho ai. Bác vào dichvucong.gov.vn rồi tự nhập mã vào ô nhé.")
    assert (await desk.house.deliver())[-1].endswith("tự nhập mã vào ô nhé.")


async def test_a_note_stays_inside_and_its_numbers_are_masked(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    await (await desk.house.talk("an")).says("gặp người")
    case = await dinh.takes(await desk.waiting())
    before = [*await desk.house.deliver()]
    await dinh.notes(case, "CCCD 012345678901, gọi lại chiều nay")
    assert await desk.house.deliver() == before
    assert "012345678901" not in (await desk.notes(case.id))[-1].text


async def test_a_volunteer_may_hold_only_so_many_but_an_urgent_one_is_always_taken(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None, most_open=1)
    await (await desk.house.talk("an")).says("gặp người")
    await dinh.takes(await desk.waiting())
    await (await desk.house.talk("bình")).says("gặp người")
    with pytest.raises(DeskError, match="Bạn đang giữ 1 ca"):
        await dinh.takes(await desk.waiting())
    await (await desk.house.talk("chi")).says("tôi vừa chuyển tiền cho kẻ lừa đảo")
    urgent = next(case for case in await desk.house.cases() if case.urgent)
    assert (await dinh.takes(urgent)).volunteer_id == dinh.id


async def test_a_case_is_offered_to_the_commune_then_around_then_to_the_province(desk: Desk) -> None:
    await desk.team("cum", TeamLevel.CLUSTER)
    await desk.team("xa1", TeamLevel.COMMUNE, HERE, "cum")
    await desk.team("xa2", TeamLevel.COMMUNE, NEXT_DOOR, "cum")
    here, near = await desk.helper("here"), await desk.helper("near", commune=NEXT_DOOR)
    far, top = await desk.helper("far", commune=FAR), await desk.helper("top", commune=None)
    an = await desk.house.talk("an")
    await an.says("xã Đồng Văn mới")
    await an.says("gặp người")
    case = await desk.waiting()
    assert case.commune == HERE
    assert [await one.sees() for one in (here, near, far, top)] == [[case.id], [], [], []]
    with pytest.raises(NotYours):
        await near.takes(case)
    await desk.passes(minutes=6)
    assert [await one.sees() for one in (here, near, far, top)] == [[case.id], [case.id], [], []]
    await desk.passes(minutes=6)
    assert [await one.sees() for one in (here, near, far, top)] == [[case.id], [case.id], [], [case.id]]


async def test_who_asks_again_and_again_does_not_delay_the_climbing(desk: Desk) -> None:
    await desk.helper("here")
    near = await desk.helper("near", commune=NEXT_DOOR)
    an = await desk.house.talk("an")
    await an.says("xã Đồng Văn mới")
    await an.says("gặp người")
    for _ in range(3):
        await desk.passes(minutes=2)
        again = await an.says("gặp người")
    assert again.blocks == ["desk.already_waiting"]
    assert "trước **10 giờ 15**" in again.text
    assert await near.sees() == [(await desk.waiting()).id]


async def test_a_case_from_before_there_were_timers_gets_its_place(desk: Desk) -> None:
    an = await desk.house.talk("an")
    await an.says("gặp người")
    await desk.house.app.database.run(lambda tx: tx.execute(timer.delete()).rowcount)
    assert await desk.armed(await desk.conversation(an)) == set()
    await desk.passes(hours=2)
    assert await desk.armed(await desk.conversation(an)) == {"promise"}


async def test_a_rung_without_anybody_on_shift_is_passed_at_once(desk: Desk) -> None:
    await desk.helper("here", on_shift=False)
    top = await desk.helper("top", commune=None)
    an = await desk.house.talk("an")
    await an.says("xã Đồng Văn mới")
    await an.says("gặp người")
    assert await top.sees() == [(await desk.waiting()).id]


async def test_who_speaks_the_language_is_asked_first(desk: Desk) -> None:
    await desk.helper("kinh")
    mong = await desk.helper("mong", commune=NEXT_DOOR, languages=["Mông"])
    an = await desk.house.talk("an")
    await an.says("xã Đồng Văn mới")
    await an.says("mẹ tôi chỉ nói tiếng Mông thôi")
    await an.says("gặp người")
    case = await desk.waiting()
    assert case.language == "Mông"
    assert await mong.sees() == [case.id]


async def test_urgent_ones_ring_at_the_province_at_once_and_stand_first(desk: Desk) -> None:
    top = await desk.helper("top", commune=None)
    await (await desk.house.talk("an")).says("gặp người")
    chi = await desk.house.talk("chi")
    await chi.says("xã Đồng Văn mới")
    await chi.says("tôi vừa chuyển tiền cho kẻ lừa đảo")
    seen = await top.sees()
    assert [(await desk.case(number)).urgent for number in seen] == [True, False]


async def test_a_promise_that_is_not_kept_is_said_and_renewed(desk: Desk) -> None:
    an = await desk.house.talk("an")
    asked = await an.says("gặp người")  # Monday, 10 o'clock, nobody on shift
    assert "trước **10 giờ 45**" in asked.text
    missed = REGISTRY.get_sample_value("danloi_promises_missed_total") or 0
    await desk.passes(minutes=46)
    assert REGISTRY.get_sample_value("danloi_promises_missed_total") == missed + 1
    seen = await desk.house.deliver()
    assert "xin lỗi" in seen[-1]
    assert "trước 13 giờ 35." in seen[-1]  # a quarter before the break at noon, the rest after it
    case = await desk.waiting()
    assert case.breached
    assert await desk.armed(await desk.conversation(an)) == {"promise"}


async def test_a_flood_goes_to_one_desk(desk: Desk) -> None:
    """The language model is away, and every second citizen asks for a person: two thousand teams must not ring."""
    await desk.helper("here")
    an = await desk.house.talk("an")
    await an.says("xã Đồng Văn mới")
    await an.says("gặp người")
    case = await desk.waiting()
    assert lowest(case) is Rung.COMMUNE
    assert lowest(replace(case, reason=CaseReason.NLU_AWAY)) is Rung.PROVINCE
    assert lowest(replace(case, commune=None)) is Rung.PROVINCE


async def test_a_number_to_call_back_is_kept_with_consent_and_shown_to_who_has_it(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    an = await desk.house.talk("an")
    await an.says("gặp người")
    assert (await an.says("gọi lại cho tôi")).blocks == ["desk.call_back_ask"]
    assert (await an.says("số 12345678")).blocks == ["desk.call_back_unclear"]
    assert (await an.says("0900 000 123 nhé")).blocks == ["desk.call_back_noted"]
    case = await dinh.takes(await desk.waiting())
    read = desk.house.app.database.read
    assert await read(lambda tx: cases.phone(tx, case.id)) == "0900000123"
    assert (await an.says("số của con là 0900 000 456")).blocks == []
    assert await read(lambda tx: cases.phone(tx, case.id)) == "0900000123"  # another number is none of ours
    await dinh.closes(case)
    assert await read(lambda tx: cases.phone(tx, case.id)) is None


async def test_a_removed_volunteer_leaves_no_case_behind(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    an = await desk.house.talk("an")
    await an.says("gặp người")
    await dinh.takes(await desk.waiting())
    now = desk.house.clock()
    await desk.house.app.database.run(lambda tx: desk.takeover.released(tx, dinh.id, now))
    assert (await desk.conversation(an)).owner.kind is OwnerKind.QUEUE
    assert (await desk.waiting()).volunteer_id == dinh.id


async def test_to_be_forgotten_takes_the_case_along_and_the_helper_is_told(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    an = await desk.house.talk("an")
    await an.says("gặp người")
    case = await dinh.takes(await desk.waiting())
    await an.says("quay lại trợ lý")
    await an.says("xóa dữ liệu của tôi")
    await an.taps("Xóa hết")
    with pytest.raises(TooLate, match="không còn nữa"):
        await dinh.says(case, "Chào bác")


async def test_a_clock_that_was_set_back_fires_nothing_early_and_loses_nothing(desk: Desk) -> None:
    dinh = await desk.helper("dinh", commune=None)
    an = await desk.house.talk("an")
    await an.says("gặp người")
    await dinh.takes(await desk.waiting())
    await desk.passes(hours=-5)
    assert (await desk.conversation(an)).owner.kind is OwnerKind.HUMAN
    await desk.passes(hours=5, minutes=11)
    assert (await desk.conversation(an)).owner.kind is OwnerKind.QUEUE


async def test_a_message_while_the_take_commits_is_the_persons(desk: Desk) -> None:
    """The turn that had begun loses its claim at the commit, and the message is left to the person."""
    dinh = await desk.helper("dinh", commune=None)
    an = await desk.house.talk("an")
    await an.says("gặp người")
    await desk.house.app.door(Inbound(an.address, "k1", Kind.TEXT, "menu"))
    database, workers = desk.house.app.database, desk.house.app.workers
    now = desk.house.clock()
    (claim,) = await database.run(lambda tx: workers._claim(tx, 1))
    case = await dinh.takes(await desk.waiting())
    await workers._guarded(claim)
    await desk.house.work()
    assert desk.house.records[-1].owner is OwnerKind.HUMAN
    assert not any("danh mục" in text.lower() for text in (await desk.house.deliver())[1:])
    assert case.taken_at == now


async def test_a_timer_that_can_not_be_carried_out_spoils_no_other_and_is_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    an, binh = await desk.house.talk("an"), await desk.house.talk("bình")
    await an.says("gặp người")
    await binh.says("gặp người")
    missed, broken = desk.takeover.ladder.missed, (await desk.conversation(an)).id

    def breaks(tx: Any, case: Case, *more: Any) -> Any:
        if case.conversation_id == broken:
            raise WrittenError([])
        return missed(tx, case, *more)

    monkeypatch.setattr(desk.takeover.ladder, "missed", breaks)
    await desk.passes(hours=1)
    assert [case.breached for case in sorted(await desk.house.cases(), key=lambda case: case.id)] == [False, True]
    monkeypatch.undo()
    await desk.passes(minutes=6)
    assert all(case.breached for case in await desk.house.cases())
