"""Vietnamese text: the cases that the rest of the project takes for granted."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.text import clean, fold, has_letters, normalise, place_tone, strip


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  xin\tchào \r\n bà con ", "xin chào bà con"),
        ("a\u200bb\ufeffc\u00add", "abcd"),
        ("\u202eđảo ngược\u202c", "đảo ngược"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("nul\x00 chuông\x07", "nul chuông"),
        ("ti\u0065\u0302\u0301ng", "tiếng"),
        ("một\u00a0hai\u3000ba", "một hai ba"),
        ("<b>đậm</b> **đậm**", "<b>đậm</b> **đậm**"),
        ("", ""),
    ],
)
def test_clean_keeps_what_can_be_seen(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Quay lại, nhé!", "quay lai nhe"),
        ("ĐĂNG KÝ định-danh", "dang ky dinh danh"),
        ("Ðường (chữ Ð của nước khác)", "duong chu d cua nuoc khac"),
        ("2️⃣", "2"),
        ("𝐱𝐢𝐧 ｃｈàｏ", "xin chao"),
        ("😀 ???", ""),
        ("mức_độ/2", "muc do 2"),
    ],
)
def test_fold_compares(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@pytest.mark.parametrize(
    ("typed", "placed"),
    [
        ("hoà", "hòa"),
        ("thuý", "thúy"),
        ("khoẻ", "khỏe"),
        ("qúy", "quý"),
        ("gía", "giá"),
        ("tòan", "toàn"),
        ("đựơc", "được"),
        ("nghiã", "nghĩa"),
    ]
    + [
        (word, word)
        for word in ("giếng", "gìn", "quốc", "khuỷu", "ngoài", "thuở", "hỏi", "chìa", "quạ", "tuyến", "xyz", "a", "đ", "áà", "giá2")
    ],
)
def test_the_tone_stands_where_schools_put_it(typed: str, placed: str) -> None:
    assert place_tone(typed) == placed


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("ko bik lm ntn", "không biết làm như thế nào"),
        ("hok đc", "không được"),
        ("k nhận dc mã", "không nhận được mã"),
        ("đk vs mng", "đăng ký với mọi người"),
        ("mk quên mk vneid r", "mk quên mật khẩu vneid rồi"),
        ("mk là người Tày", "mk là người tày"),
        ("VN eID bị lỗiiii", "vneid bị lỗi"),
        ("ddawng kys ddinhj danh muwcs 2", "đăng ký định danh mức 2"),
        ("hết bn tiền", "hết bao nhiêu tiền"),
        ("bn ơi", "bn ơi"),
        ("báo ca xã", "báo công an xã"),
        ("quên pass", "quên mật khẩu"),
        ("quên pass code", "quên passcode"),
        ("iphone 13 pro max", "iphone 13 pro max"),
        ("cccd gắn chip", "căn cước công dân gắn chip"),
    ],
)
def test_shorthand_is_written_out_where_it_can_mean_one_thing(typed: str, read: str) -> None:
    assert normalise(typed) == read


def test_strip_leaves_case_and_punctuation() -> None:
    assert strip("Đăng ký, MỨC 2!") == "Dang ky, MUC 2!"


def test_letters_of_any_script_count() -> None:
    assert has_letters("漢字")
    assert not has_letters("12 ?! 😀")


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode()


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="aăâeêioôơuưyáàảãạấầẩẫậqgđnhctmp "))
def test_a_moved_tone_keeps_the_letters(text: str) -> None:
    assert all(strip(place_tone(word)) == strip(word) for word in clean(text).split())
