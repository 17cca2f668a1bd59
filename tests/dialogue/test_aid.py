"""After first aid, while nobody has answered: every scrap is kept to what helps, and goes with the case."""

from dataclasses import replace
from pathlib import Path

import pytest

from .village import Citizen, library


@pytest.fixture
def citizen(tmp_path: Path) -> Citizen:
    citizen = Citizen(library(tmp_path))
    citizen.says("toi lo chuyen tien cho no roi")
    return citizen


@pytest.mark.parametrize(
    ("text", "intent", "confidence"),
    [
        ("tôi phải làm gì nữa", "eid_level_2", 0.3),
        ("không biết số ngân hàng", "out_of_scope", 0.85),
        ("thế nó có bị bắt không", "step_stuck", 0.7),
        ("chuyện dài lắm", "eid_login", 0.7),
        ("không biết", None, 0),
        ("là sao", None, 0),
        ("không được", None, 0),
    ],
)
def test_nothing_is_brushed_aside(citizen: Citizen, text: str, intent: str | None, confidence: float) -> None:
    assert citizen.says(text, intent=intent, confidence=confidence) == ["scam_victim.again"]
    assert citizen.labels == ["Để lại số gọi lại"]
    assert citizen.move.hand_over is not None
    assert not citizen.move.hand_over.urgent  # the desk has been rung; this is added
    assert citizen.move.hand_over.topic == "scam_victim"


@pytest.mark.parametrize("text", ["gọi ngân hàng rồi", "xong rồi"])
def test_who_has_done_something_hears_what_is_left(citizen: Citizen, text: str) -> None:
    assert citizen.says(text, intent="out_of_scope") == ["scam_victim.third"]


def test_a_bare_question_is_about_the_danger(citizen: Citizen) -> None:
    assert citizen.says("báo ở đâu bây giờ", intent="out_of_scope", aspect="where") == ["scam_victim.where"]
    assert citizen.says("có lấy lại được tiền không", intent="eid_login", confidence=0.66, aspect="fee") == ["scam_victim.fee"]
    assert citizen.says("làm gì nữa", intent="out_of_scope") == ["scam_victim.again"]


def test_a_suspected_fraud_tells_where_too(citizen: Citizen) -> None:
    other = Citizen(citizen.library)
    other.says("có người gọi xưng công an", intent="scam_suspected")
    assert other.says("báo ở đâu bây giờ", intent="out_of_scope", aspect="where") == ["scam_suspected.where"]


def test_a_wish_beyond_doubt_is_followed_and_thanks_are_taken(citizen: Citizen) -> None:
    assert citizen.says("cảm ơn") == ["common.thanks"]
    assert citizen.says("giờ làm định danh mức 2", intent="eid_level_2", confidence=0.95) == ["eid_level_2.intro", "eid_level_2.card"]
    assert citizen.says("1") == ["eid_level_2.sim"]


def test_once_the_case_is_over_all_is_as_before(citizen: Citizen) -> None:
    citizen.waiting_for_person = False
    assert citizen.says("lơ tơ mơ", intent="out_of_scope", confidence=0.9) == ["common.out_of_scope"]
    assert citizen.state.aid is None


def test_harm_is_answered_with_its_own_words_again(citizen: Citizen) -> None:
    other = Citizen(citizen.library)
    other.says("tôi muốn tự tử")
    assert other.says("chẳng biết nữa", intent="out_of_scope") == ["desk.harm"]


def test_a_paper_asked_for_with_an_alarm_is_come_back_to(citizen: Citizen, tmp_path: Path) -> None:
    births = library(tmp_path, {"residence/birth_registration": ("Đăng ký khai sinh", "answer: [main]\n")})
    other = Citizen(births)
    assert other.says("cháu 16 tuổi lấy chồng được 1 năm vừa đẻ em bé ở nhà muốn làm khai sinh cho bé") == ["desk.child_marriage"]
    assert other.move.hand_over is not None
    assert other.move.hand_over.urgent
    assert other.says("vâng") == ["desk.child_marriage", "common.second_offer"]
    assert other.taps("Đăng ký khai sinh") == ["birth_registration.main"]


def test_what_is_only_feared_rings_nobody(citizen: Citizen) -> None:
    other = Citizen(citizen.library)
    assert other.says("ba so bi lua", intent="scam_victim", confidence=0.97) == ["scam_suspected.main"]
    assert other.move.hand_over is None


def test_a_death_is_to_be_registered(citizen: Citizen) -> None:
    unwritten = {"death_registration": "Khai tử"}
    other = Citizen(replace(citizen.library, unwritten=unwritten))
    said = other.says("em trai tôi ăn lá ngón chết tuần trước", intent="death_registration", confidence=0.7)
    assert said == ["common.not_written"]
    assert other.move.hand_over is None
