"""Words that a citizen asks for: read without the model, and each with something to say."""

from pathlib import Path

import pytest

from bot.model.errors import WrittenError
from bot.understanding.terms import FILE, Terms
from bot.understanding.text import fold
from bot.written import Written


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("OTP là gì", "otp"),
        ("mã otp là cái gì thế cháu", "otp"),
        ("otp nghia la sao", "otp"),
        ("thế nào là trích lục", "extract"),
        ("cho tôi hỏi trước bạ là gì", "registration_tax"),
        ("CT01 là gì ạ", "ct01"),
        ("nfc la j", "nfc"),
        ("thế chính chủ là gì vậy", "own_name"),
    ],
)
def test_a_word_that_is_asked_for(written: Written, text: str, term: str) -> None:
    asked = written.terms.asked(fold(text))
    assert asked is not None
    assert asked.id == term


@pytest.mark.parametrize(
    "text",
    ["vneid là gì", "otp của tôi là bao nhiêu", "mã otp gửi về là của ai", "là gì", "otp không về là sao", "làm trích lục ở đâu", ""],
)
def test_what_asks_for_something_else(written: Written, text: str) -> None:
    assert written.terms.asked(fold(text)) is None


def test_a_term_without_words_or_with_a_name_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / FILE
    file.parent.mkdir()
    file.write_text("otp: {names: [otp], topic: moon}\ncode: {names: [OTP]}\n", encoding="utf-8")
    with pytest.raises(WrittenError) as found:
        Terms.load(tmp_path, {"otp"}, {"eid_otp"})
    said = [fault.what for fault in found.value.faults]
    assert said == ["«code» chưa có lời", "«otp» mời chủ đề lạ «moon»", "«otp» là tên của hai từ"]
    file.write_text("otp: [otp]\n", encoding="utf-8")
    with pytest.raises(WrittenError, match="không đọc được"):
        Terms.load(tmp_path, {"otp"}, {"eid_otp"})
