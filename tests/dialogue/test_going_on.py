"""Where a guide's end leads on to, and what a guide that calls another tells it beforehand."""

from pathlib import Path

import pytest

from bot.dialogue.lint import Around, lint
from bot.dialogue.load import load_topics
from bot.understanding.text import fold

from .village import CATALOGUE, Citizen, library

FIRST = """
steps:
  - do: wait
  - call: eid_activate
    with: {notice: got}
  - end: done
    offer: [eid_login]
"""
CALLED = """
steps:
  - ask: notice
    choices: {got: Có tin rồi, none: Chưa có tin}
    next: {none: end}
  - ask: ready
    kind: yes_no
  - check: known
    when: [{if: {notice: got}, then: good}]
  - end: bad
  - end: good
"""


@pytest.fixture
def citizen(tmp_path: Path) -> Citizen:
    more = {"account/eid_level_1": ("Mức 1", FIRST), "account/eid_activate": ("Kích hoạt", CALLED)}
    return Citizen(library(tmp_path, more))


def test_what_the_caller_knows_is_not_asked_again(citizen: Citizen) -> None:
    citizen.says("làm mức 1", intent="eid_level_1")
    assert citizen.says("có tin rồi") == ["eid_activate.ready"]
    assert citizen.again().says("quay lại") == ["eid_level_1.wait"]
    assert citizen.says("có") == ["eid_activate.good", "eid_level_1.done"]


def test_what_the_caller_knows_is_known_after_going_back_too(citizen: Citizen) -> None:
    citizen.says("làm mức 1", intent="eid_level_1")
    citizen.says("xong")
    citizen.says("quay lại")
    assert citizen.says("xong") == ["eid_activate.ready"]
    assert citizen.says("không") == ["eid_activate.good", "eid_level_1.done"]


def test_begun_by_itself_it_asks(citizen: Citizen) -> None:
    assert citizen.says("kích hoạt", intent="eid_activate") == ["eid_activate.notice"]


def test_the_end_offers_what_its_words_name_the_menu_and_a_person(citizen: Citizen) -> None:
    citizen.says("làm mức 1", intent="eid_level_1")
    citizen.says("xong")
    citizen.says("có")
    assert citizen.labels == ["Đăng nhập", "Xem danh mục", "Gặp người hỗ trợ"]
    assert citizen.says("1") == ["eid_login.open"]
    citizen.says("xong")
    assert citizen.says("xong") == ["common.finished"]
    assert citizen.labels == ["Xem danh mục", "Gặp người hỗ trợ"]


def test_an_end_inside_another_guide_offers_nothing(citizen: Citizen) -> None:
    citizen.standing_at("1")
    citizen.says("làm mức 1", intent="eid_level_1")
    citizen.says("xong")
    assert citizen.says("có") == ["eid_activate.good", "eid_level_1.done", "common.back_to_step", "eid_level_2.sim"]
    assert citizen.labels == ["Có", "Không"]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ("{notice: lost}", "không có câu hỏi «notice» với lựa chọn «lost»"),
        ("{other: got}", "không có câu hỏi «other»"),
        ("{notice: got}", ""),
    ],
)
def test_what_is_told_beforehand_is_looked_over(citizen: Citizen, tmp_path: Path, call: str, says: str) -> None:
    path = tmp_path / "flows" / "account" / "eid_level_1.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("{notice: got}", call).replace("[eid_login]", "[no_such]"), encoding="utf-8")
    faults = lint(load_topics(tmp_path / "flows", CATALOGUE, fold), Around(lambda topic: frozenset(), frozenset(), frozenset({"luat"})))
    found = [fault.what for fault in faults]
    assert any("mời chủ đề «no_such»" in what for what in found)
    assert any("không có câu hỏi" in what and says in what for what in found) == bool(says)
