"""Questions answered in words: numbers, days, communes, one's own words; what cannot be is said; what is skipped, corrected, asked why."""

from pathlib import Path

import pytest

from .village import Citizen, library

GUIDE = """
steps:
  - ask: age
    kind: number
    unit: tuổi
    least: 0
    most: 120
  - check: grown
    when:
      - {if: {age: "< 6"}, then: baby}
      - {if: {age: ">= 14"}, then: went}
  - ask: parent
    kind: yes_no
  - ask: went
    kind: date
    era: past
    skip: commune
  - check: long_ago
    when: [{if: {went: "> 7 ngày"}, then: late}]
  - ask: commune
    kind: place
    once: true
  - ask: story
    kind: text
    skip: next
  - end: done
  - end: baby
  - ask: late
    kind: number
    unit: lần
    next: {say: many, then: commune}
"""


@pytest.fixture
def citizen(tmp_path: Path) -> Citizen:
    one = Citizen(library(tmp_path, {"account/eid_status": ("Đã duyệt chưa", GUIDE)}))
    one.says("hỏi xem duyệt chưa", intent="eid_status")
    return one


def at(citizen: Citizen, *said: str) -> Citizen:
    for text in said:
        citizen.says(text)
    return citizen


@pytest.mark.parametrize("text", ["8 tuổi", "8", "cháu nó tám tuổi ạ", "tam tuoi", "số 8", "8t"])
def test_a_number_however_it_is_said(citizen: Citizen, text: str) -> None:
    assert citizen.says(text) == ["eid_status.parent"]
    assert citizen.state.stack[0].answers["age"] == "8"


@pytest.mark.parametrize(("text", "block"), [("3 tuổi", "baby"), ("tám tháng tuổi", "baby"), ("hai mươi mốt", "went"), ("14", "went")])
def test_a_check_compares_numbers(citizen: Citizen, text: str, block: str) -> None:
    assert citizen.says(text) == [f"eid_status.{block}"]


def test_a_number_out_of_bounds_is_said_to_be_so_and_counts_as_a_failure(citizen: Citizen) -> None:
    assert citizen.says("1950 tuổi") == ["common.number_bounds", "eid_status.age"]
    assert citizen.move.says[0].values == {"least": 0, "most": 120, "unit": "tuổi"}
    citizen.says("300")
    assert citizen.says("1000") == ["common.failed_thrice"]
    assert citizen.says("8") == ["eid_status.parent"]


def test_a_number_within_a_question_about_something_else_answers_nothing(citizen: Citizen) -> None:
    asked = "đăng nhập trên 2 máy thì có sao không hả bạn ơi chỉ tôi với"
    assert citizen.says(asked, intent="eid_login")[0] == "eid_login.open"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("hôm qua", "2026-11-22"),
        ("20/11", "2026-11-20"),
        ("hom kia a", "2026-11-21"),
        ("ngày 18 tháng 11 năm 2026", "2026-11-18"),
        ("thứ sáu", "2026-11-20"),
        ("20", "2026-11-20"),
        ("30", "2026-10-30"),
        ("25/12", "2025-12-25"),
    ],
)
def test_a_day_however_it_is_said(citizen: Citizen, text: str, kept: str) -> None:
    at(citizen, "30", text)
    assert citizen.state.stack[0].answers["went"] == kept


@pytest.mark.parametrize(
    ("text", "block"), [("30/2", "no_such_day"), ("31/04/2026", "no_such_day"), ("25/12/2026", "day_not_yet"), ("mai", "day_not_yet")]
)
def test_a_day_that_cannot_be_is_told(citizen: Citizen, text: str, block: str) -> None:
    at(citizen, "30")
    assert citizen.says(text) == [f"common.{block}", "eid_status.went"]


def test_a_day_by_the_moon_is_not_taken_for_one_of_the_calendar(citizen: Citizen) -> None:
    at(citizen, "30")
    assert citizen.says("mùng 5 tháng 10") == ["common.failed", "eid_status.went"]


def test_a_check_reckons_days_from_today(citizen: Citizen) -> None:
    assert at(citizen, "30", "hôm kia").step == "commune"
    assert at(citizen, "quay lại", "cách đây 10 ngày").step == "late"
    assert citizen.says("năm lần") == ["eid_status.many", "eid_status.commune"]


def test_a_commune_old_or_new_is_known_by_the_one_of_today(citizen: Citizen) -> None:
    at(citizen, "30", "hôm qua")
    assert citizen.says("xã Tả Lủng huyện Mèo Vạc") == ["eid_status.story"]
    commune = citizen.library.places.get(citizen.state.stack[0].answers["commune"])
    assert commune is not None
    assert not commune.is_old
    assert citizen.state.place == commune.id


def test_of_several_communes_one_is_chosen_by_tap_or_by_its_name(citizen: Citizen) -> None:
    at(citizen, "30", "hôm qua")
    assert citizen.says("huyện Đồng Văn") == ["common.commune_which"]
    again = citizen.again()
    label = next(button.label for button in citizen.state.offered)
    assert citizen.taps(label) == ["eid_status.story"]
    assert again.says("1") == ["eid_status.story"]
    assert again.state.stack[0].answers == citizen.state.stack[0].answers


def test_a_commune_that_does_not_exist_leads_to_an_example(citizen: Citizen) -> None:
    at(citizen, "30", "hôm qua")
    assert citizen.says("xã Trên Mây") == ["common.failed", "eid_status.commune"]


def test_a_commune_that_is_known_is_not_asked_again(citizen: Citizen) -> None:
    at(citizen, "30", "hôm qua", "xã Mèo Vạc", "bỏ qua")
    citizen.says("hỏi xem duyệt chưa", intent="eid_status")
    assert at(citizen, "30", "hôm qua").step == "story"
    assert "commune" not in citizen.state.stack[0].trail


def test_ones_own_words_are_kept_but_a_command_is_a_command(citizen: Citizen) -> None:
    at(citizen, "30", "hôm qua", "xã Mèo Vạc")
    assert citizen.says("quay lại") == ["eid_status.commune"]
    at(citizen, "xã Mèo Vạc")
    assert citizen.says("hôm nọ ra đấy thấy bảo máy hỏng rồi họ hẹn mãi", intent="eid_status") == ["eid_status.done"]


def test_words_of_huge_length_are_cut(citizen: Citizen) -> None:
    at(citizen, "30", "hôm qua", "xã Mèo Vạc")
    citizen.says("dài " * 25_000)
    assert citizen.move.step is None


def test_what_may_be_skipped_is_and_what_may_not_is_said(citizen: Citizen) -> None:
    assert citizen.says("bỏ qua") == ["common.cannot_skip", "eid_status.age"]
    at(citizen, "30")
    assert "Bỏ qua" in citizen.labels
    assert citizen.taps("Bỏ qua") == ["eid_status.commune"]
    assert "went" not in citizen.state.stack[0].answers
    assert citizen.says("quay lại") == ["eid_status.went"]


def test_an_earlier_number_is_corrected_in_words(citizen: Citizen) -> None:
    at(citizen, "8", "có")
    assert citizen.says("à nhầm, cháu 15 tuổi") == ["common.correct_confirm"]
    assert citizen.move.says[0].values == {"label": "15 tuổi"}
    assert citizen.says("đúng rồi") == ["common.corrected", "eid_status.went"]
    assert citizen.state.stack[0].answers == {"age": "15"}


def test_waiting_and_asking_why_keep_the_step(citizen: Citizen) -> None:
    assert citizen.says("chờ tí") == ["common.waiting"]
    assert citizen.says("hỏi để làm gì") == ["common.failed_why", "eid_status.age"]
    assert citizen.says("8") == ["eid_status.parent"]


AGES = """
steps:
  - ask: age
    unit: tuổi
    choices:
      adult: {label: Từ 14 tuổi trở lên, least: 14}
      child: {label: Dưới 14 tuổi, most: 13, words: [còn bé]}
    next: {child: small}
  - end: done
  - end: small
"""


@pytest.mark.parametrize(
    ("said", "block"),
    [
        ("tôi 72 tuổi", "done"),
        ("72", "done"),
        ("cháu nó tám tuổi", "small"),
        ("bé 7 tháng", "small"),
        ("được 2 tháng rồi", "small"),
        ("1", "done"),
        ("2", "small"),
        ("còn bé", "small"),
        ("cho cháu dưới 14 tuổi", "small"),
        ("tôi sinh năm 1952", "done"),
        ("bà 70", "done"),
        ("còn bé, được 20 tuổi đâu", "small"),
    ],
)
def test_a_number_chooses_where_choices_have_bounds(tmp_path: Path, said: str, block: str) -> None:
    citizen = Citizen(library(tmp_path, {"account/eid_level_2": ("Mức 2", AGES)}))
    citizen.says("x", intent="eid_level_2")
    assert citizen.says(said) == [f"eid_level_2.{block}"]


@pytest.mark.parametrize(
    "said",
    [
        "ba lần",
        "9",
        "thứ hai tuần trước",
        "3 ngày nữa nhắc tôi",
        "tôi 72 tuổi mà máy của tôi cũ lắm rồi không biết dùng",
    ],
)
def test_what_counts_something_else_chooses_nothing(tmp_path: Path, said: str) -> None:
    citizen = Citizen(library(tmp_path, {"account/eid_level_2": ("Mức 2", AGES)}))
    citizen.says("x", intent="eid_level_2")
    citizen.says(said)
    assert citizen.step == "age"
