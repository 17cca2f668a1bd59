"""Keys of a keyboard that was not switched on are read as the words they make; words that are words are left alone."""

import pytest

from nlu.telex import decoded
from nlu.text import normalise

TELEX = {
    "ddawng kys ddinhj danh mucws 2": "đăng ký định danh mức 2",
    "taif khoanr bij khoas": "tài khoản bị khóa",
    "khoong nhaanj dduowcj max otp": "không nhận được max otp",
    "nguwowif nuwowcs ngoaif": "người nước ngoài",
    "quets khuoon mawtj": "quét khuôn mặt",
    "uwngs dungj bij looix": "ứng dụng bị lỗi",
    "thuowngf trus": "thường trú",
}
VNI = {
    "d9ang8 ky1 d9inh5 danh": "đăng ký định danh",
    "ngu7o7i2 nu7o7c1 ngoai2": "người nước ngoài",
    "mat65 khau63": "mật khẩu",
}
LEFT = "vneid max facebook zoom form zalo bus tax otp cccd ct07 a4 muc2 so1 buoc3 đăng ký quên không anh xong phường ngoằn 123 hjkl"


@pytest.mark.parametrize("typed", [*TELEX, *VNI])
def test_keys_are_read_as_the_words_they_make(typed: str) -> None:
    assert normalise(typed) == {**TELEX, **VNI}[typed]


@pytest.mark.parametrize("word", LEFT.split())
def test_words_are_left_alone(word: str) -> None:
    assert decoded(word) is None


def test_a_tone_that_cannot_be_is_no_tone() -> None:
    assert decoded("tacf") is None
    assert decoded("tacs") == "tác"
