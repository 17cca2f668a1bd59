"""Guides within guides: called, left, interrupted, come back to; and what becomes of people when guides change under them."""

from pathlib import Path

import pytest

from bot.dialogue.state import Frame, State
from bot.model.errors import WrittenError
from bot.model.message import Button, Kind

from .village import Citizen, library

ACTIVATE = """
steps:
  - ask: notice
    choices: {got: Có tin, none: Chưa có tin}
    next: {none: {guide: eid_status}}
  - end: done
"""
CALLER = """
steps:
  - do: wait
  - call: eid_activate
  - call: eid_status
  - ask: happy
    kind: yes_no
    next: {no: hand_over}
  - end: done
"""
STUCK = """
steps:
  - do: tries
    stuck:
      slow: {label: Máy chậm, then: restart}
      broken: {label: Máy hỏng, then: {say: sorry, then: hand_over}}
  - end: done
  - do: restart
"""
VILLAGE = {
    "account/eid_activate": ("Kích hoạt", ACTIVATE),
    "account/eid_level_1": ("Mức 1", CALLER),
    "account/eid_status": ("Đã duyệt chưa", "answer: [main]\n"),
    "account/eid_otp": ("Mã không về", STUCK),
    "account/eid_child": ("Trẻ em", "steps:\n  - call: eid_activate\n  - end: done\n"),
    "account/eid_locked": ("Bị khóa", "steps:\n  - say: sorry\n  - hand_over: help\n"),
}


@pytest.fixture
def citizen(tmp_path: Path) -> Citizen:
    return Citizen(library(tmp_path, VILLAGE))


def guides(citizen: Citizen) -> list[str]:
    return [frame.guide for frame in citizen.state.stack]


def test_a_called_guide_left_for_an_answer_comes_back_to_the_last_question(citizen: Citizen) -> None:
    citizen.says("mức 1", intent="eid_level_1")
    assert citizen.says("xong") == ["eid_activate.notice"]
    assert citizen.says("chưa có tin") == ["eid_status.main", "common.back_to_step", "eid_level_1.wait"]
    assert citizen.says("xong") == ["eid_activate.notice"]


def test_an_answer_called_as_a_step_is_said_and_the_guide_goes_on(citizen: Citizen) -> None:
    citizen.says("mức 1", intent="eid_level_1")
    citizen.says("xong")
    assert citizen.says("1") == ["eid_activate.done", "eid_status.main", "eid_level_1.happy"]
    assert citizen.says("có") == ["eid_level_1.done"]


def test_a_guide_that_hands_over_rests_at_its_question_and_keeps_the_answer(citizen: Citizen) -> None:
    for words in ("mức 1", "xong", "1"):
        citizen.says(words, intent="eid_level_1")
    assert citizen.says("không") == ["desk.handed_over"]
    assert (citizen.step, citizen.state.stack[0].answers) == ("happy", {"happy": "no"})
    assert citizen.says("quay lại") == ["eid_level_1.wait"]


def test_a_guide_that_never_asked_is_over_once_it_handed_over(citizen: Citizen) -> None:
    assert citizen.says("bị khóa", intent="eid_locked") == ["eid_locked.sorry", "eid_locked.help", "desk.handed_over"]
    assert citizen.state.stack == ()
    assert citizen.says("bị khóa", intent="eid_locked")[-1] == "desk.already_waiting"


def test_back_from_where_a_trouble_led_is_the_step_of_the_trouble(citizen: Citizen) -> None:
    citizen.says("mã không về", intent="eid_otp")
    citizen.says("bị vướng")
    assert citizen.says("máy chậm") == ["eid_otp.tries__slow", "eid_otp.restart"]
    assert citizen.says("quay lại") == ["eid_otp.tries"]
    assert citizen.says("máy hỏng") == ["eid_otp.tries__broken", "eid_otp.sorry", "desk.handed_over"]
    assert citizen.step == "tries"
    assert citizen.says("quay lại") == ["common.nothing_to_go_back", "eid_otp.tries"]


def test_back_at_the_very_start_of_a_guide_that_begins_with_another(citizen: Citizen) -> None:
    assert citizen.says("trẻ em", intent="eid_child") == ["eid_activate.notice"]
    assert citizen.says("quay lại") == ["common.nothing_to_go_back", "eid_activate.notice"]
    assert citizen.says("có tin") == ["eid_activate.done", "eid_child.done"]


def test_back_with_nothing_running(citizen: Citizen) -> None:
    assert citizen.says("quay lại") == ["common.nothing_running"]


def test_a_topic_tapped_twice_begins_once(citizen: Citizen) -> None:
    citizen.taps_value("topic:eid_level_2", 0)
    assert citizen.taps_value("topic:eid_level_2", 0) == ["common.back_to_step", "eid_level_2.card"]
    assert guides(citizen) == ["eid_level_2"]


def test_asking_for_a_guide_that_waits_below_comes_back_to_it_and_loses_none(citizen: Citizen) -> None:
    citizen.standing_at("1")
    citizen.says("đăng nhập", intent="eid_login")
    assert citizen.says("mức 2 ấy", intent="eid_level_2") == ["common.back_to_step", "eid_level_2.sim"]
    assert guides(citizen) == ["eid_login", "eid_level_2"]
    for words in ("có", "xong"):
        citizen.says(words)
    assert citizen.blocks == ["eid_level_2.done", "common.back_to_step", "eid_login.open"]


def test_the_guides_that_a_guide_called_do_not_push_others_out(citizen: Citizen) -> None:
    citizen.standing_at("1", "không")
    citizen.says("đăng nhập", intent="eid_login")
    citizen.says("mã", intent="eid_otp")
    assert guides(citizen) == ["eid_level_2", "eid_phone_number", "eid_login", "eid_otp"]
    citizen.says("kích hoạt", intent="eid_activate")
    assert guides(citizen) == ["eid_login", "eid_otp", "eid_activate"]
    assert not any(frame.called for frame in citizen.state.stack)


def test_resuming_lets_what_runs_meanwhile_wait(citizen: Citizen) -> None:
    citizen.standing_at("1")
    citizen.says("dừng")
    citizen.says("đăng nhập", intent="eid_login")
    assert citizen.taps_value("act:resume", 0) == ["common.back_to_step", "eid_level_2.sim"]
    assert guides(citizen) == ["eid_login", "eid_level_2"]


def test_a_guide_begun_anew_is_not_resumed_as_well(citizen: Citizen) -> None:
    citizen.standing_at("1")
    citizen.says("dừng")
    assert citizen.says("làm mức 2", intent="eid_level_2") == ["eid_level_2.intro", "eid_level_2.card"]
    assert citizen.state.paused == ()


def test_a_confirmation_is_still_answered_after_thanks(citizen: Citizen) -> None:
    citizen.standing_at("1", "có")
    citizen.says("à quên, em chưa có thẻ")
    citizen.says("cảm ơn")
    assert citizen.taps("Đúng, sửa lại") == ["common.corrected", "eid_level_2.no_card", "eid_level_2.sim"]


def test_a_confirmation_is_over_once_other_buttons_are_on_show(citizen: Citizen) -> None:
    citizen.standing_at("1", "có")
    citizen.says("à quên, em chưa có thẻ")
    citizen.says("nói lại")
    assert citizen.says("có") == ["eid_level_2.done"]


def test_a_forgotten_password_is_no_correction(citizen: Citizen) -> None:
    citizen.standing_at("1", "có")
    assert citizen.says("quên mật khẩu thẻ cũ", intent="eid_login") == ["eid_login.open"]


def test_a_victim_who_taps_is_helped_as_fast_as_one_who_writes(citizen: Citizen) -> None:
    assert citizen.taps_value("topic:scam_victim", 0)[-1] == "desk.urgent_noted"
    assert citizen.move.hand_over is not None
    assert citizen.move.hand_over.urgent


def test_first_aid_comes_before_any_notice(citizen: Citizen) -> None:
    heard = citizen.reader.glance(Kind.TEXT, "tôi vừa đọc mã otp cho nó rồi mất hết tiền", None, ("otp",), True)
    assert citizen.hears(heard) == [
        "scam_victim.first",
        "scam_victim.second",
        "scam_victim.third",
        "desk.urgent_noted",
        "common.masked",
        "common.cut",
    ]


def test_a_tap_that_no_channel_could_read_is_an_old_one(citizen: Citizen) -> None:
    citizen.standing_at()
    assert citizen.hears(citizen.reader.glance(Kind.TAP)) == ["common.old_tap", "eid_level_2.card"]


def test_a_section_of_an_old_menu(citizen: Citizen) -> None:
    citizen.says("menu")
    citizen.taps("An toàn")
    assert citizen.taps_value("act:menu_section_vneid", 0) == ["common.menu_section"]
    assert citizen.taps_value("act:menu_section_what_there_was", 0) == ["common.menu"]
    assert citizen.taps_value("act:menu_page_1", 0) == ["common.old_tap"]


def test_a_circle_that_no_linter_saw_is_a_clear_error(tmp_path: Path) -> None:
    silent = "steps:\n  - say: a\n  - check: b\n    when: [{if: {x: y}, then: end}]\n    else: a\n"
    citizen = Citizen(library(tmp_path, {"account/eid_otp": ("Vòng", silent)}))
    with pytest.raises(WrittenError, match=r"flows/account/eid_otp\.yml: các bước đi vòng"):
        citizen.says("mã", intent="eid_otp")


def test_guides_that_leave_for_each_other_are_a_clear_error(tmp_path: Path) -> None:
    def leaves_for(topic: str) -> str:
        return f"steps:\n  - check: a\n    when: []\n    else: {{guide: {topic}}}\n"

    circle = {"account/eid_otp": ("Một", leaves_for("eid_login")), "account/eid_login": ("Hai", leaves_for("eid_otp"))}
    with pytest.raises(WrittenError, match="đi vòng"):
        Citizen(library(tmp_path, circle)).says("mã", intent="eid_otp")


def stood(*frames: Frame) -> State:
    return State(stack=frames)


@pytest.mark.parametrize(
    ("state", "stands"),
    [
        (stood(Frame("gone", "v", "x")), []),
        (stood(Frame("eid_level_2", "v", "gone")), []),
        (stood(Frame("eid_level_2", "v", "gone", {"card": "valid"}, ("card", "lost"))), [("eid_level_2", "card", False)]),
        (stood(Frame("gone", "v", "x"), Frame("eid_login", "v", "open", called=True)), [("eid_login", "open", False)]),
        (
            stood(Frame("eid_login", "v", "open"), Frame("gone", "v", "x"), Frame("eid_level_2", "v", "sim", called=True)),
            [("eid_login", "open", False), ("eid_level_2", "sim", False)],
        ),
        (stood(Frame("eid_level_2", "v", "intro")), []),
        (stood(Frame("eid_level_2", "v", "which", {}, ("card", "sim"))), [("eid_level_2", "sim", False)]),
    ],
)
def test_who_stood_where_nothing_is_any_more_stands_where_they_were_before(
    citizen: Citizen, state: State, stands: list[tuple[str, str, bool]]
) -> None:
    citizen.state = state
    assert citizen.says("chào")
    assert [(frame.guide, frame.step, frame.called) for frame in citizen.state.stack] == stands
    assert citizen.says("nói lại")


@pytest.mark.parametrize(
    "kept",
    [
        {"stack": [{"guide": "eid_login"}]},
        {"stack": "eid_login", "paused": 7, "offered": [{"text": "Có"}]},
        {"correction": {"step": "card"}, "misunderstood": None, "away": "often", "topic": None},
        {"mood": "good", "stack": None},
    ],
)
def test_a_state_of_an_unknown_shape_is_a_beginning(kept: dict[str, object]) -> None:
    assert State.from_dict(kept) == State()


def test_a_state_survives_being_kept() -> None:
    frame = Frame("eid_login", "v", "open", {"a": "b"}, ("a",), 2, True)
    state = State((frame,), (frame,), (Button("Có", "x:y"),), None, 1, 1, "eid_login")
    assert State.from_dict(state.to_dict()) == state


FORK = """
steps:
  - ask: lost
    choices:
      yes: {label: Bị mất, words: [mất máy]}
      no: {label: Đổi máy mới, words: [đổi máy]}
      scam: {label: Bị lừa, words: [bị lừa mất tiền]}
      level: {label: Làm mức 2, words: [lên mức 2]}
    next: {no: install, scam: {guide: scam_victim}, level: {guide: eid_level_2}}
  - do: lock_sim
  - do: lock_account
  - do: bank
  - do: install
    stuck:
      code: {label: Không thấy mã, words: [không thấy mã], then: {call: eid_otp}}
      what: {label: VNeID là gì, words: [vneid là gì], then: {call: eid_about}}
      button: {label: Không thấy nút, words: [không thấy nút]}
  - end: done
"""


@pytest.fixture
def at_the_fork(tmp_path: Path) -> Citizen:
    citizen = Citizen(library(tmp_path, {**VILLAGE, "account/eid_new_device": ("Đổi máy", FORK)}))
    citizen.says("máy mới", intent="eid_new_device")
    return citizen


def progress(citizen: Citizen) -> str:
    return str(citizen.move.says[-1].values["progress"])


def test_how_many_steps_is_told_once_it_is_known(at_the_fork: Citizen) -> None:
    assert progress(at_the_fork) == "1"
    at_the_fork.says("1")
    assert progress(at_the_fork) == "2/5"
    at_the_fork.says("quay lại")
    at_the_fork.says("2")
    assert progress(at_the_fork) == "2/2"


def test_help_with_a_trouble_comes_back_to_the_same_step(at_the_fork: Citizen) -> None:
    at_the_fork.says("2")
    assert at_the_fork.says("không thấy mã") == ["eid_new_device.install__code", "eid_otp.tries"]
    assert at_the_fork.says("xong") == ["eid_otp.done", "common.back_to_step", "eid_new_device.install"]
    asked = at_the_fork.says("vneid là gì")
    assert asked == ["eid_new_device.install__what", "eid_about.main", "eid_about.more", "common.back_to_step", "eid_new_device.install"]


def test_a_trouble_that_sounds_like_being_stuck_is_that_trouble(at_the_fork: Citizen) -> None:
    at_the_fork.says("2")
    assert at_the_fork.says("không thấy nút") == ["eid_new_device.install__button", "eid_new_device.install"]


def test_a_guide_left_for_first_aid_fetches_a_person_too(at_the_fork: Citizen) -> None:
    assert at_the_fork.says("3") == [*FIRST_AID, "desk.urgent_noted"]
    assert at_the_fork.move.hand_over is not None
    assert at_the_fork.move.hand_over.urgent


def test_a_choice_that_leads_to_what_was_read_is_an_answer_and_no_digression(at_the_fork: Citizen) -> None:
    told = at_the_fork.says("thế thì em muốn lên mức 2 luôn cho xong chứ máy thì tính sau", intent="eid_level_2")
    assert told == ["eid_level_2.intro", "eid_level_2.card"]
    assert guides(at_the_fork) == ["eid_level_2"]


FIRST_AID = ["scam_victim.first", "scam_victim.second", "scam_victim.third"]


def test_a_fourth_guide_at_once_puts_the_oldest_aside_and_says_so(citizen: Citizen) -> None:
    for topic in ("eid_level_2", "eid_activate", "eid_otp"):
        citizen.taps_value(f"topic:{topic}", citizen.turn)
    citizen.taps_value("topic:eid_login", citizen.turn)
    assert citizen.blocks[0] == "common.let_go"
    assert citizen.move.says[0].values["title"] == "Định danh mức 2"
    citizen.says("dừng")
    assert [frame.guide for frame in citizen.state.paused] == ["eid_level_2", "eid_activate", "eid_otp", "eid_login"]
    assert citizen.says("tiếp tục") == ["common.back_to_step", "eid_login.open"]
    assert guides(citizen) == ["eid_activate", "eid_otp", "eid_login"]
    assert [frame.guide for frame in citizen.state.paused] == ["eid_level_2"]
