"""How citizens are addressed, whom they help, what is come back to later, what the words rest on."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.dialogue import later
from bot.dialogue.state import State
from bot.model.dialogue import Later, Move
from bot.model.speaker import Speaker

from .village import TODAY, Citizen, library

ENDS = """
steps:
  - do: tries
    remind: 4
  - check: law
    when: [{fact: new.law, then: other}]
  - end: done
    follow_up: 3
  - end: other
"""


@pytest.fixture
def citizen(tmp_path: Path) -> Citizen:
    return Citizen(library(tmp_path, {"account/eid_otp": ("Mã không về", ENDS)}))


def blocks(move: Move) -> list[str]:
    return [say.block for say in move.says]


def test_the_word_they_use_is_remembered_and_mended(citizen: Citizen) -> None:
    citizen.says("cho bác hỏi vneid là gì", intent="eid_about")
    assert citizen.state.speaker == Speaker("bác")
    assert citizen.says("đừng gọi bác, gọi anh thôi") == ["common.called"]
    citizen.says("cho bác hỏi vneid là gì", intent="eid_about")
    assert citizen.state.speaker == Speaker("anh", told=True)


def test_a_wish_to_be_called_otherwise_keeps_the_step(citizen: Citizen) -> None:
    citizen.standing_at("1")
    assert citizen.says("gọi tôi là chị thôi") == ["common.called", "eid_level_2.sim"]
    assert citizen.says("có") == ["eid_level_2.go"]


def test_who_helps_is_told_once_whose_secrets_they_are(citizen: Citizen) -> None:
    assert citizen.says("tôi làm hộ mẹ tôi định danh mức 2", intent="eid_level_2")[0] == "common.helping"
    assert citizen.says("làm hộ mẹ mà, còn hạn") == ["eid_level_2.sim"]
    assert citizen.state.speaker.whom == "mẹ"
    assert citizen.says("làm giùm bố thì sao", intent="eid_level_2")[0] == "common.helping"


def test_urgent_words_come_before_any_word_about_helping(citizen: Citizen) -> None:
    citizen.standing_at("1")
    assert citizen.says("làm hộ mẹ tôi mà tôi lỡ đọc mã otp cho người lạ")[0] == "scam_victim.first"


def test_a_step_says_how_long_its_silence_may_last(citizen: Citizen) -> None:
    citizen.says("mã không về", intent="eid_otp")
    assert citizen.move.remind == 4
    citizen.says("làm định danh mức 2", intent="eid_level_2")
    assert citizen.move.remind is None


def test_how_it_went_is_asked_after_the_end_and_only_there(citizen: Citizen) -> None:
    citizen.says("mã không về", intent="eid_otp")
    citizen.says("xong")
    assert citizen.move.later == (Later("eid_otp", TODAY + timedelta(days=3)),)
    asked = later.follow_up(citizen.library, citizen.state, "eid_otp", TODAY)
    assert blocks(asked) == ["common.follow_up"]
    citizen.state = State.from_dict(asked.state)
    again = citizen.again()
    assert citizen.says("được rồi") == ["common.follow_yes"]
    assert again.says("2") == ["common.follow_no"]
    assert again.says("1") == ["eid_otp.tries"]


def test_how_it_went_is_not_asked_in_the_middle_of_something(citizen: Citizen) -> None:
    citizen.standing_at("1")
    assert later.follow_up(citizen.library, citizen.state, "eid_otp", TODAY).says == ()
    citizen.says("dừng")
    assert later.follow_up(citizen.library, citizen.state, "eid_level_2", TODAY).says == ()


def test_a_reminder_that_was_asked_for(citizen: Citizen) -> None:
    assert citizen.says("mai nhắc tôi nhé") == ["common.remind_of_what"]
    citizen.standing_at("1")
    assert citizen.says("mai nhắc tôi nhé") == ["common.will_remind"]
    assert citizen.move.later == (Later("eid_level_2", TODAY + timedelta(days=1), asked=True),)
    assert citizen.step == "sim"
    citizen.says("dừng")
    reminded = later.promised(citizen.library, citizen.state, "eid_level_2", TODAY)
    citizen.state = State.from_dict(reminded.state)
    assert citizen.says("1") == ["common.back_to_step", "eid_level_2.sim"]
    citizen.state = State()
    assert blocks(later.promised(citizen.library, citizen.state, "eid_about", TODAY)) == ["common.promised"]


def test_what_was_put_aside_answers_no_number_but_is_taken_up_again(citizen: Citizen) -> None:
    citizen.standing_at("1")
    aside = later.put_aside(citizen.library, citizen.state, TODAY)
    assert aside.says == ()
    citizen.state = State.from_dict(aside.state)
    assert citizen.again().says("1", intent="no_such_intent")[0] != "eid_level_2.go"
    assert citizen.again().says("chào") == ["common.waiting_resume"]
    assert citizen.says("làm tiếp việc hôm qua") == ["common.back_to_step", "eid_level_2.sim"]
    assert citizen.says("có") == ["eid_level_2.go"]


def test_a_check_may_ask_whether_a_fact_holds_today(tmp_path: Path, citizen: Citizen) -> None:
    from dataclasses import replace

    changed = replace(citizen.library, may_be_said=lambda fact, today: fact == "new.law" and today >= date(2026, 11, 1))
    citizen.says("mã không về", intent="eid_otp")
    assert citizen.again().says("xong") == ["eid_otp.done"]
    citizen.library = changed
    assert citizen.says("xong") == ["eid_otp.other"]


def test_what_it_rests_on(citizen: Citizen) -> None:
    assert citizen.says("căn cứ vào đâu") == ["common.sources_of_what"]
    citizen.standing_at("1")
    assert citizen.says("theo quy định nào") == ["common.sources", "common.back_to_step", "eid_level_2.sim"]
    assert citizen.move.says[0].values["sources"] == ["luat"]


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("bố bắt em nghỉ học lấy chồng", "desk.child_marriage"),
        ("bị chồng đánh", "desk.violence"),
        ("em gái bị dụ sang trung quốc không liên lạc được", "desk.trafficking"),
        ("tôi muốn tự tử", "desk.harm"),
    ],
)
def test_whoever_is_in_danger_gets_a_person_at_once_wherever_they_stand(citizen: Citizen, text: str, block: str) -> None:
    citizen.standing_at("1")
    assert citizen.says(text) == [block]
    assert citizen.move.hand_over is not None
    assert citizen.move.hand_over.urgent
    assert citizen.step == "sim"


def test_a_secret_that_is_offered_is_kindly_refused_and_the_rest_is_answered(citizen: Citizen) -> None:
    citizen.standing_at("1")
    assert citizen.says("có, em gửi ảnh thẻ căn cước cho bạn nhé", intent="no_such_intent")[0] == "common.keep_secret"
    assert citizen.step == "sim"
