"""Commands with a slash are read exactly; whatever else begins with a slash is a text."""

import pytest

from bot.model.meaning import Link
from bot.model.message import Kind
from bot.understanding.commands import COMMANDS, Command, read
from bot.understanding.reader import Reader

LINKS = {
    "/start": Link(),
    "/start eid_level_2": Link("eid_level_2"),
    "/start xa_dong_van": Link(place="xa_dong_van"),
    "/start eid_level_2--xa_dong_van": Link("eid_level_2", "xa_dong_van"),
    "/start xa_dong_van--EID_LEVEL_2": Link("eid_level_2", "xa_dong_van"),
    "/start@danloi_bot eid_otp": Link("eid_otp"),
    "/start --": Link(),
    "/start ../../etc": Link(),
    "/start " + "a" * 41: Link(),
    "/start xa_dong_van<b>": Link(),
}


@pytest.mark.parametrize("text", LINKS)
def test_what_a_link_asks_for(text: str) -> None:
    assert read(text) == Command("start", LINKS[text])


@pytest.mark.parametrize(
    ("text", "act"), [("/menu", "menu"), ("/LAI", "go_back"), ("/dung@danloi_bot", "stop"), (" /nguoi ", "talk_to_human")]
)
def test_each_command_is_an_act(text: str, act: str) -> None:
    assert read(text) == Command(act)


@pytest.mark.parametrize(
    "text", ["/", "/không", "//menu", "/menu/lai", "menu", '/greet{"a":1}', "/xyz", "/start a b", "", "/menu " + "x" * 65]
)
def test_other_texts_are_no_commands(text: str) -> None:
    assert read(text) is None


def test_dung_with_a_slash_stops_and_without_says_yes() -> None:
    reader = Reader(None, ())
    assert (reader.glance(Kind.TEXT, "/dung").act, reader.glance(Kind.TEXT, "/dung").yes) == ("stop", None)
    assert reader.glance(Kind.TEXT, "dung").yes is True


def test_telegrams_menu_and_the_commands_agree() -> None:
    from bot.channels.telegram import MENU

    assert set(MENU) < set(COMMANDS)
