"""Whole messages that exact lists understand, and those they must leave alone."""

import pytest

from bot.understanding.shortcuts import act, number, yes

NUMBERS: dict[str, int | None] = {
    "2": 2,
    "số 2": 2,
    "so hai": 2,
    "hai": 2,
    "cái thứ 2": 2,
    "2️⃣": 2,
    "2.": 2,
    "(2)": 2,
    "chọn 2": 2,
    "chọn số 2 ạ": 2,
    "thứ hai": 2,
    "câu 3 nhé": 3,
    "đầu tiên": 1,
    "dau tien": 1,
    "Ba": 3,
    "năm": 5,
    "2.5": None,
    "1/2": None,
    "2024": None,
    "mức 2": None,
    "sau": None,
    "nam": None,
    "một": 1,
    "mot": 1,
    "０２": 2,
    "so 1 a": 1,
    "số 12": 12,
    "0": 0,
    "ba mẹ": None,
    "số": None,
    "": None,
    "bố": None,
    "cái thứ ba": 3,
    "mười": 10,
    "bốn ạ": 4,
    "không": None,
}
ANSWERS: dict[str, bool | None] = {
    "có": True,
    "co": True,
    "cô": None,
    "Có ạ": True,
    "dạ có ạ": True,
    "ko": False,
    "k": False,
    "khong": False,
    "hông": False,
    "không ạ": False,
    "chưa": False,
    "chua": False,
    "đúng rồi": True,
    "dung roi": True,
    "đúng": True,
    "dung": True,
    "dừng": None,
    "ừ": True,
    "u": True,
    "uk": True,
    "ok": True,
    "oki": True,
    "vâng": True,
    "vang": True,
    "phải": True,
    "không được": None,
    "có mất tiền không": None,
    "dạ": True,
    "": None,
    "😀": None,
    "👍": None,
    "rồi": True,
    "đc": True,
    "sai": False,
    "k phải": False,
    "co nhe": True,
    "đúng vậy ạ": True,
    "không phải đâu": False,
    "có không": None,
    "yes": True,
    "Đúng rồi ạ!!!": True,
    "ừ đúng rồi": True,
}
ACTS: dict[str, str | None] = {
    "quay lại": "go_back",
    "quay lai": "go_back",
    "Quay lại nhé": "go_back",
    "dạ cho em quay lại với ạ": "go_back",
    "nói lại đi": "repeat",
    "noi lai": "repeat",
    "dừng": "stop",
    "dừng lại": "stop",
    "dung lai": "stop",
    "dung": None,
    "đúng": None,
    "menu": "menu",
    "/menu": "menu",
    "/start": "menu",
    "gặp người": "talk_to_human",
    "gap nguoi that": "talk_to_human",
    "xong": "step_done",
    "xong r": "step_done",
    "xong rồi ạ": "step_done",
    "bị vướng": "step_stuck",
    "bi vuong": "step_stuck",
    "chào": "greet",
    "chao ban": "greet",
    "hi": "greet",
    "cảm ơn": "thanks",
    "cam on nhieu": "thanks",
    "tks": "thanks",
    "cảm ơn bạn nhiều nhé": "thanks",
    "tạm biệt": "goodbye",
    "bye": "goodbye",
    "ko đc": "step_stuck",
    "khong duoc": "step_stuck",
    "thôi": "stop",
    "thoi": "stop",
    "bạn là ai": "bot_help",
    "ban la ai": "bot_help",
    "tôi muốn gặp người": "talk_to_human",
    "cho tôi gặp người với": "talk_to_human",
    "chào, tôi muốn đăng ký định danh": None,
    "xong rồi, tên thằng con": None,
    "quay lại làm căn cước": None,
    "làm lại từ đầu": "menu",
    "để sau": "stop",
    "de sau nhe": "stop",
    "chưa hiểu": "repeat",
    "chua hieu": "repeat",
    "không hiểu gì": None,
    "không thấy nút": "step_stuck",
    "lỗi": "step_stuck",
    "loi": "step_stuck",
    "chào em ạ": "greet",
    "alo": "greet",
    "xin chao": "greet",
    "huỷ": "stop",
    "hủy": "stop",
    "tiếp": "step_done",
    "tiep tuc": "step_done",
    "có ai không": "greet",
    "bat dau lai": "menu",
}


NUMBERED = {
    **dict.fromkeys(["2", "2.", "2)", "(2)", "số 2", "so 2", "hai", "số hai", "2 ạ", "chọn số 2 nhé", "dòng 2", "nhắn số 2", "ô số 2"], 2),
    **dict.fromkeys(["12", "mười hai", "muoi hai", "số mười hai", "lấy số 12"], 12),
    **dict.fromkeys(["mức 2", "muc 2", "hai mẹ con", "số hai mươi"], None),
}
"""What people answer a numbered list with."""


@pytest.mark.parametrize(("text", "meant"), [*NUMBERS.items(), *NUMBERED.items()])
def test_numbers(text: str, meant: int | None) -> None:
    assert number(text) == meant


@pytest.mark.parametrize(("text", "meant"), ANSWERS.items())
def test_yes_and_no(text: str, meant: bool | None) -> None:
    assert yes(text) is meant


@pytest.mark.parametrize(("text", "meant"), ACTS.items())
def test_commands(text: str, meant: str | None) -> None:
    assert act(text) == meant


@pytest.mark.parametrize("read", [number, yes, act])
def test_a_story_is_no_shortcut(read: object) -> None:
    assert callable(read)
    assert read("có " * 100_000) is None
