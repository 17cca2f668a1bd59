"""Messages that ask two things, and stories that only sound so."""

import pytest

from bot.understanding.parts import questions


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("quên mật khẩu thì làm sao? mất sim đổi số ở đâu?", ("quên mật khẩu thì làm sao", "mất sim đổi số ở đâu")),
        ("lam muc 2 het bao nhieu voi lai can giay gi", ("lam muc 2 het bao nhieu", "can giay gi")),
        ("làm định danh mất bao nhiêu tiền và mất bao lâu", ("làm định danh mất bao nhiêu tiền", "mất bao lâu")),
        ("mã otp không về là sao, tiện thể cho hỏi đổi passcode kiểu gì", ("mã otp không về là sao", "cho hỏi đổi passcode kiểu gì")),
    ],
)
def test_two_questions_are_told_apart(text: str, parts: tuple[str, ...]) -> None:
    assert questions(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "quên mật khẩu",
        "Tháng trước tôi làm căn cước. Hôm qua rơi ví. Giờ xin lại ở đâu?",
        "chào bạn, mật khẩu quên rồi thì làm sao",
        "bố và con đi làm định danh",
        "đăng ký với công an xã",
        "",
        "bao nhiêu? " * 60,
    ],
)
def test_one_question_stays_one(text: str) -> None:
    assert questions(text) == ()
