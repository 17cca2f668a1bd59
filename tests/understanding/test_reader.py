"""What is heard at a glance, and that understanding never fails: without a model, keywords read."""

import pytest

from bot.model.meaning import Meaning, Reading
from bot.model.message import Kind, Tap
from bot.understanding.rasa import NluAway
from bot.understanding.reader import Reader
from bot.understanding.text import fold
from nlu.cues import aspect

from ..conftest import Clock

KNOWN = frozenset(
    {
        "eid_level_2",
        "eid_otp",
        "eid_password",
        "eid_activate",
        "eid_new_device",
        "eid_child",
        "scam_suspected",
        "scam_victim",
        "talk_to_human",
    }
)


class Says:
    """A model that always says the same, or is away."""

    def __init__(self, meaning: Meaning | None) -> None:
        self.meaning = meaning

    async def parse(self, text: str) -> Meaning:
        if self.meaning is None:
            raise NluAway("timeout")
        return self.meaning


def test_a_glance_finds_what_exact_lists_know() -> None:
    reader = Reader(None, KNOWN)
    assert reader.glance(Kind.TEXT, "Số 2 ạ").number == 2
    assert reader.glance(Kind.TEXT, "ko ạ").yes is False
    assert reader.glance(Kind.TEXT, "Quay lại nhé").act == "go_back"
    assert reader.glance(Kind.TEXT, "tôi lỡ chuyển tiền cho kẻ lừa đảo").urgent == "scam_victim"
    assert reader.glance(Kind.TEXT, "đã đưa mkhau cho người lạ").urgent == "scam_victim"
    assert reader.glance(Kind.TEXT, "Thẻ cũ, mã vạch").folded == "the cu ma vach"


def test_a_tap_passes_through() -> None:
    tap = Tap("answer:valid", 3)
    assert Reader(None, KNOWN).glance(Kind.TAP, tap=tap, masked=("phone",), cut=True).tap == tap


def test_what_was_just_read_is_read_once_but_anew_the_next_day(clock: Clock) -> None:
    reader = Reader(None, KNOWN, clock=clock)
    first = reader.glance(Kind.TEXT, "hôm qua")
    assert reader.glance(Kind.TEXT, "hôm qua") is first
    assert reader.glance(Kind.TEXT, "hôm qua", masked=("phone",)) is not first
    clock.forward(86400)
    assert reader.glance(Kind.TEXT, "hôm qua").day != first.day


async def test_the_models_affirm_is_no_yes() -> None:
    reader = Reader(Says(Meaning((Reading("affirm", 0.99),))), KNOWN)
    heard = await reader.understand(reader.glance(Kind.TEXT, "chắc là thế đấy nhỉ"))
    assert heard.yes is None


async def test_a_model_that_is_away_leaves_keywords_and_the_reason() -> None:
    reader = Reader(Says(None), KNOWN)
    heard = await reader.understand(reader.glance(Kind.TEXT, "dk dinh danh muc 2 het bn tien"))
    assert heard.meaning is not None
    assert heard.meaning.top is not None
    assert (heard.meaning.top.intent, heard.meaning.by, heard.meaning.away, heard.meaning.aspect) == (
        "eid_level_2",
        "keywords",
        "timeout",
        "fee",
    )


@pytest.mark.parametrize("text", ["", "???", "[mã bí mật đã che]", "xyz"])
async def test_without_model_and_keywords_nothing_is_read(text: str) -> None:
    reader = Reader(None, KNOWN)
    heard = await reader.understand(reader.glance(Kind.TEXT, text))
    assert heard.meaning == Meaning((), by="none", away="no model")


KEYWORDS = {
    "tôi muốn kích hoạt tài khoản": "eid_activate",
    "quen mat khau": "eid_password",
    "không nhận được mã otp": "eid_otp",
    "đổi điện thoại mới thì làm sao": "eid_new_device",
    "có người gọi xưng công an đòi otp": "scam_suspected",
    "cho tôi gặp người": "talk_to_human",
    "đăng ký vneid cho con": "eid_child",
}


@pytest.mark.parametrize(("text", "topic"), KEYWORDS.items())
async def test_keywords_read_the_commonest(text: str, topic: str) -> None:
    reader = Reader(None, KNOWN)
    heard = await reader.understand(reader.glance(Kind.TEXT, text))
    assert heard.meaning is not None
    assert heard.meaning.top is not None
    assert heard.meaning.top.intent == topic
    assert 0 < heard.meaning.top.confidence <= 0.8


ASPECTS = {
    "làm căn cước hết bao nhiêu tiền": "fee",
    "có mất tiền không": "fee",
    "lệ phí thế nào": "fee",
    "miễn phí à": "fee",
    "bao lâu có kết quả": "time",
    "mấy ngày thì xong": "time",
    "khi nào lấy được": "time",
    "cần giấy tờ gì": "documents",
    "hồ sơ gồm những gì": "documents",
    "phải mang theo gì": "documents",
    "làm ở đâu": "where",
    "nộp chỗ nào": "where",
    "ra xã hay ra tỉnh": "where",
    "có được làm hộ không": "who",
    "mấy tuổi thì được làm": "who",
    "ai được cấp": "who",
    "có bắt buộc không": "who",
    "bắt buộc phải làm à": "who",
    "hay bắt buộc về quê": None,
    "làm online được không": "online",
    "ở nhà làm được không": "online",
    "đăng ký định danh mức 2": None,
    "tôi bị mất tiền rồi": None,
    "quên mật khẩu": None,
    "xin chào": None,
}


@pytest.mark.parametrize(("text", "asked"), ASPECTS.items())
def test_aspects(text: str, asked: str | None) -> None:
    assert aspect(fold(text)) == asked
