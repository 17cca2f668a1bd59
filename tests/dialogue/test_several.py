"""Citizens who ask two things at once: the first is answered, the second is not forgotten."""

from pathlib import Path

import pytest

from bot.model.meaning import Meaning, Reading
from bot.model.message import Kind

from .village import Citizen, library


@pytest.fixture
def citizen(tmp_path: Path) -> Citizen:
    return Citizen(library(tmp_path))


def asks(citizen: Citizen, *parts: tuple[str | None, str | None], sure: float = 0.9) -> list[str]:
    """`parts`: the topic and the aspect of each question; a topic of None is one that was not understood."""
    read = tuple(Meaning((Reading(topic or "eid_about", sure if topic else 0.1),), aspect) for topic, aspect in parts)
    heard = citizen.reader.glance(Kind.TEXT, "hai câu hỏi")
    return citizen.hears(heard.understood(Meaning(read[0].ranking, read[0].aspect, parts=read)))


def test_after_an_answer_the_second_is_offered(citizen: Citizen) -> None:
    assert asks(citizen, ("eid_about", None), ("eid_login", None)) == ["eid_about.main", "eid_about.more", "common.second_offer"]
    assert citizen.labels[-1] == "Đăng nhập"
    assert citizen.says("có") == ["eid_login.open"]


def test_a_guide_comes_first_and_the_second_after_it(citizen: Citizen) -> None:
    assert asks(citizen, ("eid_login", None), ("eid_about", None))[:2] == ["common.second_later", "eid_login.open"]
    assert citizen.says("xong") == ["eid_login.log_in"]
    assert citizen.says("xong")[-1] == "common.second_offer"
    assert citizen.taps("VNeID là gì") == ["eid_about.main", "eid_about.more"]
    assert "common.second_offer" not in citizen.says("cảm ơn")


def test_stopping_does_not_lose_it(citizen: Citizen) -> None:
    asks(citizen, ("eid_login", None), ("eid_about", None))
    assert citizen.says("dừng")[-1] == "common.second_offer"


def test_two_aspects_of_one_topic(citizen: Citizen) -> None:
    assert asks(citizen, ("eid_level_2", "fee"), (None, "time")) == ["eid_level_2.fee", "common.second_offer"]
    assert citizen.labels[-1] == "Bao lâu có kết quả"
    assert citizen.taps("Bao lâu có kết quả") == ["common.aspect_unknown"]


def test_what_may_be_fraud_goes_first(citizen: Citizen) -> None:
    assert asks(citizen, ("eid_login", None), ("scam_suspected", None))[0] == "scam_suspected.main"
    assert citizen.state.later is None or citizen.move.hand_over is None


def test_what_is_not_surely_understood_is_no_second_question(citizen: Citizen) -> None:
    assert asks(citizen, ("eid_about", None), (None, None)) == ["eid_about.main", "eid_about.more"]
    assert asks(citizen, ("eid_about", None), ("eid_about", None)) == ["eid_about.main", "eid_about.more"]
