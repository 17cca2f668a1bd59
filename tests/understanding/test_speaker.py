"""How people call themselves and whom they help; and the many ways of speaking of others."""

import pytest

from bot.model.speaker import Introduces, Speaker
from bot.understanding.speaker import introduces


@pytest.mark.parametrize(
    ("text", "you"),
    [
        ("cho bác hỏi cái này", "bác"),
        ("cho bac hoi ti", "bác"),
        ("cô muốn đăng ký định danh", "cô"),
        ("chú bị quên mật khẩu", "chú"),
        ("giúp bà với cháu ơi", "bà"),
        ("ông hỏi cháu tí", "ông"),
        ("cháu chỉ cho bác với", "bác"),
        ("anh bị quên mật khẩu rồi", "anh"),
        ("chị không thấy tin nhắn", "chị"),
        ("anh muon hoi", "anh"),
        ("anh hỏi em cái này", "anh"),
        ("em muốn hỏi", "bạn"),
        ("cho em hỏi", "bạn"),
        ("anh cho em hỏi", "bạn"),
        ("chị giúp em với", "bạn"),
        ("em chào anh ạ", "bạn"),
        ("cháu chào ạ cháu muốn làm thẻ", "bạn"),
    ],
)
def test_the_word_they_call_themselves_by(text: str, you: str) -> None:
    assert introduces(text).you == you


@pytest.mark.parametrize(
    "text",
    [
        "con tôi 8 tuổi",
        "con tôi bị mất thẻ",
        "bà ngoại em mất thẻ",
        "bà bị mất thẻ",
        "chú công an bảo thế",
        "anh có hướng dẫn em được không",
        "gọi anh Tuấn hộ tôi với nhờ anh ấy",
        "giúp bác Hùng với",
        "co the lam o dau",
        "ba nam roi chua co",
        "chi phi bao nhieu",
        "bà con mình cần gì",
        "mẹ tôi không biết chữ",
        "chị gái em bị khóa",
        "nhờ anh chỉ cách",
        "cô giáo bảo nộp",
        "tôi muốn làm thẻ",
        "",
    ],
)
def test_who_speaks_of_others_has_said_nothing_of_themselves(text: str) -> None:
    assert introduces(text).you is None


@pytest.mark.parametrize(
    ("text", "you"),
    [
        ("gọi tôi là anh thôi", "anh"),
        ("đừng gọi bác, gọi anh thôi", "anh"),
        ("đừng gọi tôi là bà con", "bạn"),
        ("tôi không phải bác, tôi mới 20", "bạn"),
        ("goi minh la chi nhe", "chị"),
    ],
)
def test_a_wrong_guess_is_mended_by_a_word(text: str, you: str) -> None:
    assert (introduces(text).you, introduces(text).told) == (you, True)


@pytest.mark.parametrize(
    ("text", "helps"),
    [
        ("tôi làm hộ mẹ tôi", "mẹ"),
        ("toi lam ho me toi", "mẹ"),
        ("em đăng ký cho bố em", "bố"),
        ("cháu kích hoạt giùm ông nội", "ông nội"),
        ("làm giúp cho bà ngoại", "bà ngoại"),
        ("làm thẻ cho con 8 tuổi", None),
        ("làm thế nào hộ tôi", None),
        ("làm thẻ cho bác", None),
        ("tôi làm cho tôi", None),
        ("bà cụ nhà tôi 76 tuổi xin tiền người già", "bà cụ"),
        ("bố tôi mất điện thoại", "bố"),
        ("cháu đang gõ hộ bà", "bà"),
        ("em nhan tin ho bo", "bố"),
        ("mẹ em chưa có căn cước", "mẹ"),
        ("bố tôi mất rồi giờ làm gì", None),
        ("làm hộ mẹ tôi giấy khai tử cho bố", None),
        ("ông tôi mới mất hôm qua", None),
        ("mẹ tôi không cho em lấy chồng", None),
        ("chồng tôi đánh tôi", None),
    ],
)
def test_whom_they_help(text: str, helps: str | None) -> None:
    assert introduces(text).helps == helps


def test_what_was_asked_for_outlasts_what_is_heard_later() -> None:
    speaker = introduces("gọi tôi là anh thôi").seen_in(Speaker())
    speaker = introduces("cho bác hỏi").seen_in(speaker)
    assert (speaker.addressed, speaker.assistant) == ("anh", "em")
    assert introduces("gọi tôi là bác đi").seen_in(speaker).assistant == "cháu"


def test_helping_ends_when_they_say_so() -> None:
    helping = Introduces(helps="mẹ").seen_in(Speaker())
    assert helping.whom == "mẹ"
    assert introduces("giờ làm cho tôi").seen_in(helping).whom == "bà con"
    assert introduces("xong rồi").seen_in(helping).whom == "mẹ"


@pytest.mark.parametrize(
    ("text", "you"),
    [
        ("bác năm nay 70 tuổi", "bác"),
        ("bac nam nay 70 tuoi", "bác"),
        ("bà đọc số cho cháu nhé", "bà"),
        ("ba doc so cho chau nhe", None),
        ("hướng dẫn cho cháu với", "bạn"),
    ],
)
def test_whose_word_it_is(text: str, you: str | None) -> None:
    assert introduces(text).you == you
