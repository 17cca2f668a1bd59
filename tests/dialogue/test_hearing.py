"""What people say in the middle of a guide without its words: a word they do not know, not now, how much, it is done, I cannot."""

from pathlib import Path

import pytest

from .village import Citizen, library

TELL = """
steps:
  - ask: story
    kind: text
  - ask: net
    choices:
      lost: {label: Không có mạng, words: [mất mạng]}
      code: {label: Không được báo mã, words: [không có mã]}
  - end: done
"""


@pytest.fixture
def citizen(tmp_path: Path) -> Citizen:
    return Citizen(library(tmp_path))


@pytest.fixture
def teller(tmp_path: Path) -> Citizen:
    citizen = Citizen(library(tmp_path, {"account/eid_wrong_data": ("Thông tin sai", TELL)}))
    citizen.says("thông tin của em sai", intent="eid_wrong_data")
    return citizen


@pytest.mark.parametrize("text", ["la cai gi", "nút hộp là gì", "cái ấy nghĩa là gì hả cháu", "the moi la cai chi"])
def test_a_word_that_nobody_explains_gets_the_example(citizen: Citizen, text: str) -> None:
    citizen.standing_at()
    assert citizen.says(text, intent="eid_about", confidence=0.65) == ["eid_level_2.card__example", "eid_level_2.card"]
    assert citizen.says(text, intent="eid_login", confidence=0.99) == ["eid_level_2.card__example", "eid_level_2.card"]
    assert citizen.state.stack[-1].failures == 0


def test_what_a_topic_answers_is_answered(citizen: Citizen) -> None:
    citizen.standing_at()
    assert citizen.says("vneid là cái gì", intent="eid_about")[0] == "eid_about.main"


def test_the_name_of_what_is_being_done_is_no_answer(citizen: Citizen) -> None:
    citizen.standing_at()
    assert citizen.says("cái định danh ấy mà", intent="eid_level_2") == ["eid_level_2.card__example", "eid_level_2.card"]


@pytest.mark.parametrize(("intent", "confidence"), [("out_of_scope", 0.4), ("scam_victim", 0.3), ("menu", 0.8)])
def test_a_few_words_of_a_question_are_about_what_is_spoken_of(citizen: Citizen, intent: str, confidence: float) -> None:
    assert citizen.standing_at("1").says("mat tien khong", intent, confidence, aspect="fee")[0] == "eid_level_2.fee"
    other = Citizen(citizen.library)
    other.says("vneid là gì", intent="eid_about")
    assert other.says("mấy ngày", intent, confidence, aspect="time") == ["eid_about.time"]


@pytest.mark.parametrize(
    "text",
    [
        "de ba hoi chau da",
        "mai chau no ve moi lam duoc",
        "sang mai a",
        "mai xem",
        "cán bộ đi vắng mai mới làm",
        "mang yeu qua",
        "may het pin",
        "để bác đi tìm đã",
    ],
)
def test_not_now(citizen: Citizen, text: str) -> None:
    citizen.standing_at("1", "có")
    assert citizen.says(text, intent="out_of_scope", confidence=0.9) == ["common.waiting"]
    assert citizen.step == "go"


@pytest.mark.parametrize("text", ["khong biet lam", "bà không biết làm thế nào", "chả biết bấm vào đâu"][:2])
def test_who_knows_not_how_is_shown_the_usual_troubles(citizen: Citizen, text: str) -> None:
    citizen.standing_at("1", "có")
    assert citizen.says(text, intent="eid_about", confidence=0.98) == ["common.trouble_choose"]
    other = Citizen(citizen.library).standing_at()
    assert other.says(text, intent="eid_about", confidence=0.98) == ["eid_level_2.card__example", "eid_level_2.card"]
    assert Citizen(citizen.library).says(text, intent="eid_about")[0] == "eid_about.main"


@pytest.mark.parametrize("text", ["trưởng thôn ký cho rồi", "bà đỡ viết hộ rồi", "đọc rồi", "dong roi", "trả rồi ạ"])
def test_done_by_whomever(citizen: Citizen, text: str) -> None:
    citizen.standing_at("1", "có")
    assert citizen.says(text, intent="repeat") == ["eid_level_2.done"]


def test_nothing_done_yet(citizen: Citizen) -> None:
    citizen.standing_at("1", "có")
    citizen.says("lam xong dau ma lam", intent="step_done", confidence=0.66)
    assert citizen.step == "go"


@pytest.mark.parametrize("text", ["la cai gi", "ba khong hieu", "chau oi noi lai di", "chua", "không"])
def test_what_tells_nothing_is_no_story(teller: Citizen, text: str) -> None:
    teller.says(text, intent="out_of_scope")
    assert teller.step == "story"


def test_a_question_is_no_story(teller: Citizen) -> None:
    assert teller.says("bao nhieu tien", intent="out_of_scope", aspect="fee")[0] == "common.aspect_unknown"
    assert teller.says("kể gì cơ", intent="repeat") == ["eid_wrong_data.story"]
    teller.says("tên con trai bà bị viết thiếu chữ", intent="eid_login")
    assert teller.step == "net"


@pytest.mark.parametrize(("text", "answer"), [("k có mạng", "lost"), ("ko dc bao ma", "code"), ("o day k co mang", "lost")])
def test_shorthand_is_compared_too(teller: Citizen, text: str, answer: str) -> None:
    teller.says("tên con trai bà bị viết thiếu chữ")
    teller.says("tên con trai bà bị viết thiếu chữ", intent="out_of_scope", confidence=0.1)
    teller.says(text, intent="out_of_scope")
    assert [event.detail for event in teller.move.events if event.kind == "answered"] == [answer]


@pytest.mark.parametrize(("text", "block"), [("có", "sim"), ("dạ có ạ", "sim"), ("chưa", "no_card"), ("không", "no_card")])
def test_a_bare_yes_is_the_one_choice_that_begins_so(citizen: Citizen, text: str, block: str) -> None:
    citizen.standing_at()
    assert citizen.says(text)[0] == f"eid_level_2.{block}"


def test_where_two_choices_begin_so_none_is_taken(teller: Citizen) -> None:
    teller.says("tên con trai bà bị viết thiếu chữ", intent="out_of_scope")
    teller.says("không")
    assert teller.step == "net"


def test_the_step_that_waits_goes_before_a_correction(tmp_path: Path) -> None:
    steps = """
steps:
  - ask: age
    unit: tuổi
    choices:
      small: {label: Còn nhỏ, most: 5}
      grown: {label: Đã lớn, least: 6}
  - ask: parents
    choices:
      young: {label: Còn ít tuổi, words: [17 tuổi]}
      married: Có giấy kết hôn
  - end: done
"""
    citizen = Citizen(library(tmp_path, {"account/eid_wrong_data": ("Thử", steps)}))
    citizen.says("thử", intent="eid_wrong_data")
    citizen.says("1")
    assert citizen.says("bố mẹ 17 tuổi cả", intent="out_of_scope") == ["eid_wrong_data.done"]


def test_back_from_a_guide_begun_aside_is_the_step_it_was_begun_at(citizen: Citizen) -> None:
    citizen.standing_at("1")
    citizen.says("đăng nhập thế nào", intent="eid_login")
    assert citizen.says("quay lại") == ["common.back_to_step", "eid_level_2.sim"]
    assert [frame.guide for frame in citizen.state.stack] == ["eid_level_2"]


def test_who_types_for_somebody_is_told_so_and_the_step_stays(citizen: Citizen) -> None:
    citizen.standing_at()
    assert citizen.says("cháu đang gõ hộ bà", intent="eid_login") == ["common.helping", "eid_level_2.card"]
    assert citizen.state.stack[-1].failures == 0
