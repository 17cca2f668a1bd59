"""The catalogue that stands in content/: whole, and checked when it is read."""

import copy
from typing import Any

import pytest
import yaml

from bot.model.catalogue import FILE, TopicKind, catalogue
from bot.model.errors import WrittenError
from tests.understanding.conftest import ROOT


@pytest.fixture
def parsed() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / FILE).read_text(encoding="utf-8"))
    return loaded


def test_it_is_whole(parsed: dict[str, Any]) -> None:
    made = catalogue(parsed)
    assert (len(made.groups), len(made.topics), len(made.acts), len(made.aspects)) == (9, 66, 15, 6)
    assert len(made.intents) == 81
    assert made.topics["scam_victim"].kind is TopicKind.URGENT
    assert made.topics["eid_level_2"].group == "account"
    assert made.title("menu") == "Xem danh mục, bắt đầu lại"


def test_what_is_wrong_is_said(parsed: dict[str, Any]) -> None:
    broken = []
    for number in range(5):
        entry = copy.deepcopy(parsed)
        topic = entry["topics"][0]
        changes: list[dict[str, Any]] = [{"group": "nowhere"}, {"kind": "story"}, {"colour": "red"}, {"id": "greet"}, {"id": "eid_otp"}]
        topic.update(changes[number])
        broken.append(entry)
    for entry in broken:
        with pytest.raises(WrittenError, match=FILE):
            catalogue(entry)


@pytest.mark.parametrize(
    ("topics", "what"),
    [
        (["eid_otp", "passport_on_mars"], "«passport_on_mars» có trong menu mà không phải chủ đề"),
        (["eid_otp"], "«eid_activate» không có trong menu"),
        (["eid_otp", "passport"], "«passport» ở hai mục của menu"),
        (["eid_otp"] * 11, "«register» có 11 nút, quá 10"),
    ],
)
def test_a_menu_that_leaves_somebody_standing_is_refused(parsed: dict[str, Any], topics: list[str], what: str) -> None:
    parsed["menu"][0]["topics"] = topics
    with pytest.raises(WrittenError, match=what):
        catalogue(parsed)


def test_every_trained_intent_stands_in_it(parsed: dict[str, Any]) -> None:
    known = catalogue(parsed).intents
    files = sorted((ROOT / "nlu/data").glob("*.yml"))
    trained = {entry["intent"] for path in files for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]}
    assert len(trained) > 30
    assert trained <= known
