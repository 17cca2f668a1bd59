"""Codes as people write them, and what is none."""

import pytest

from bot.model.moving import ALPHABET, LENGTH
from bot.understanding import codes, safety, shortcuts
from bot.understanding.redact import redact
from bot.understanding.text import fold, normalise


@pytest.mark.parametrize(
    "text",
    [
        "CHUYEN BKTM HLPN",
        "chuyển bktm hlpn",
        "Chuyen bktmhlpn ạ",
        "chuyen ma bktm-hlpn nhé",
        "BKTM HLPN",
        "bktm.hlpn",
        "b k t m h l p n",
        "BK TM HL PN",
        "mã của tôi là BKTM HLPN",
        "cháu nó bảo nhắn chuyen bktm hlpn thì phải",
        "/start ma_BKTMHLPN",
        "/chuyen bktmhlpn",
    ],
)
def test_a_code_is_read_however_it_is_written_and_masked(text: str) -> None:
    assert codes.read(text) == "BKTMHLPN"
    kept = codes.masked(text, "BKTMHLPN")
    assert codes.MASK in kept
    assert "bktm" not in kept.lower()
    assert codes.read(kept) is None
    assert redact(text).text == text
    assert safety.urgent(fold(kept)) is None
    assert not safety.offers_secret(fold(kept))


@pytest.mark.parametrize(
    ("text", "code"), [("chuyen BKTM HLP", "BKTMHLP"), ("CHUYEN BKTM HLPNN", "BKTMHLPNN"), ("chuyen bwtm hlpn", "BWTMHLPN")]
)
def test_one_that_is_nearly_right_is_taken_for_a_wrong_one(text: str, code: str) -> None:
    assert codes.read(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "chuyển hộ khẩu",
        "chuyen hktt ntn",
        "chuyen sdt bhxh",
        "chuyen 123456",
        "mã otp 123456",
        "chuyển khoản nhầm",
        "ko bt lm tn",
        "BKTMHLPN thế là cái gì vậy cháu ơi",
        "đổi gplx",
        " ".join(["chào"] * 30) + " chuyen BKTM HLPN",
    ],
)
def test_what_is_no_code(text: str) -> None:
    assert codes.read(text) is None


def test_codes_are_of_letters_that_no_keyboard_changes_and_none_comes_twice() -> None:
    drawn = {codes.fresh() for _ in range(500)}
    assert len(drawn) == 500
    assert {len(code) for code in drawn} == {LENGTH}
    assert set("".join(drawn)) == set(ALPHABET)
    assert not set(ALPHABET) & set("AEIOUYSFRXJZWD")
    for code in list(drawn)[:100]:
        assert codes.read(f"chuyen {codes.shown(code)}") == code
        assert normalise(code) == code.lower()


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("chuyển sang Zalo", "move_zalo"),
        ("chuyen sang zalo", "move_zalo"),
        ("dạ cho em sang zalo với ạ", "move_zalo"),
        ("chuyển sang Telegram", "move_telegram"),
        ("tiếp tục trên điện thoại", "move"),
        ("tiep tuc tren dien thoai", "move"),
        ("làm tiếp ở máy khác", "move"),
        ("lam tiep o may khac nhe", "move"),
        ("làm tiếp trên máy tính", "move_web"),
        ("đổi máy", None),
        ("tiếp tục", "step_done"),
    ],
)
def test_the_wish_to_go_on_elsewhere(text: str, act: str | None) -> None:
    assert shortcuts.act(text) == act
