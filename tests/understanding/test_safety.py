"""Words that cannot wait, typed with and without diacritics; and words that only look like them."""

import pytest

from bot.understanding.safety import urgent
from bot.understanding.text import fold

URGENT = {
    "scam_victim": [
        "tôi bị lừa mất 5 triệu rồi",
        "em vừa chuyển 3 triệu cho nó",
        "tôi lỡ đọc mã otp cho người lạ",
        "lỡ đưa otp rồi",
        "đã cung cấp mã xác thực cho họ",
        "tôi lỡ cài app lạ rồi",
        "mình vừa cài ứng dụng do công an giả gửi",
        "tài khoản ngân hàng bị rút sạch tiền",
        "bị hack tài khoản vneid",
        "có người vay tiền bằng tên tôi",
        "bị lừa hết tiền trong thẻ rồi",
        "lỡ nhập mật khẩu vào link lạ",
        "mất sạch tiền",
        "đã chuyển tiền cho kẻ lừa đảo",
        "bị nó chiếm quyền điện thoại",
        "lấy căn cước của tôi đi vay tiền",
        "chuyển 2 triệu xong nó chặn số",
    ],
    "crime_report": ["đang bị đánh", "có trộm đang vào nhà", "chồng đánh tôi", "tôi vừa bị cướp", "có người đang đâm chém nhau"],
    "harm": ["tôi muốn tự tử", "không muốn sống nữa", "chán sống rồi", "ăn lá ngón", "em muốn chết"],
}
CALM = [
    "chưa chuyển tiền cho ai",
    "tôi chưa chuyển tiền nhưng có người gọi",
    "nếu lỡ đọc mã otp cho người lạ thì sao",
    "làm sao để không bị lừa mất tiền",
    "nhỡ bị lừa mất tiền thì làm thế nào",
    "đã chuyển tiền nộp phí mà chưa thấy biên lai",
    "có người gọi xưng công an bảo đọc otp",
    "không nhận được mã otp",
    "nhập otp rồi mà không được",
    "lỡ nhập sai mật khẩu 5 lần",
    "từ từ đã",
    "cần tư vấn",
    "mệt muốn chết",
    "đang đăng ký định danh",
    "bị đánh cắp thông tin",
    "sợ bị lừa mất tiền",
    "suýt bị lừa chuyển tiền",
    "tôi không đưa mã otp cho ai",
    "đăng ký có mất tiền không",
    "mất điện thoại",
    "đã cài app vneid",
    "app này có phải lừa đảo không",
    "đi thi sát hạch",
    "đã gửi mã otp cho tôi chưa",
    "đã gửi thông tin cho công an xã",
    "mới chuyển khẩu cho con",
    "",
]


@pytest.mark.parametrize(("topic", "text"), [(topic, text) for topic, texts in URGENT.items() for text in texts])
def test_urgent_words_are_heard(topic: str, text: str) -> None:
    assert urgent(fold(text)) == topic


@pytest.mark.parametrize("text", CALM)
def test_what_is_feared_asked_or_denied_is_not_urgent(text: str) -> None:
    assert urgent(fold(text)) is None


@pytest.mark.parametrize("piece", ["da chuyen ", "bi lua ", "doc otp ", "a ", "lo doc a b "])
def test_long_texts_take_no_more_than_their_length(piece: str) -> None:
    urgent((piece * 20_000).strip())
