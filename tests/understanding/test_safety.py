"""Words that cannot wait, typed with and without diacritics; and words that only look like them."""

import pytest

from bot.settings import ROOT
from bot.understanding.safety import calm, offers_secret, urgent
from bot.understanding.text import fold, normalise

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
        "nó gọi bảo là công an bắt tôi đọc mã tôi đọc rồi",
        "có người gọi xưng ngân hàng bảo đọc mã cháu lỡ đọc mất rồi",
    ],
    "crime_report": ["đang bị đánh", "có trộm đang vào nhà", "tôi vừa bị cướp", "có người đang đâm chém nhau"],
    "violence": [
        "chồng hay uống rượu đánh em",
        "bị chồng đánh",
        "chồng đánh tôi",
        "bố say rượu đánh mẹ con tôi",
        "bạo lực gia đình",
        "con gái tôi bị xâm hại",
        "bị người yêu dọa giết",
        "dượng sờ soạng cháu, cháu bị sờ soạng",
    ],
    "trafficking": [
        "em gái bị dụ sang trung quốc không liên lạc được",
        "bị lừa bán sang campuchia",
        "con gái tôi bị lừa đi mất tích mấy hôm rồi",
        "bị nhốt ở casino campuchia đòi tiền chuộc",
        "họ rủ sang trung quốc làm việc nhẹ lương cao",
        "có người mua bán phụ nữ ở bản",
    ],
    "child_marriage": [
        "bố bắt em nghỉ học lấy chồng",
        "em 15 tuổi bố mẹ ép gả",
        "con tôi 16 tuổi muốn lấy vợ thì đăng ký sao",
        "bị kéo về làm vợ",
        "em đang học lớp 9 bị ép cưới",
        "tảo hôn",
        "bạn em bị bắt vợ",
    ],
    "harm": ["tôi muốn tự tử", "không muốn sống nữa", "chán sống rồi", "ăn lá ngón", "em muốn chết", "em trai tôi vừa ăn lá ngón"],
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
    "đủ bao nhiêu tuổi được kết hôn",
    "con gái 20 tuổi lấy chồng xã khác thì nhập khẩu thế nào",
    "chồng em quên mật khẩu",
    "vợ tôi đánh mất thẻ",
    "bố tôi đánh nhầm mật khẩu 3 lần",
    "đánh máy sai tên con",
    "mẹ đánh rơi điện thoại xuống suối",
    "người đang hưởng án treo có xin được hộ chiếu không",
    "số em vừa mua thì đã có người lạ đăng ký định danh từ trước",
    "bị lộ mã PIN thì khóa lại cách chi",
    "sang Trung Quốc thăm thân cần giấy gì",
    "em gái đi lấy chồng bên Trung Quốc về nước làm căn cước",
    "muốn mua bán đất với người làng",
    "con em học lớp 9 muốn làm căn cước",
    "cháu 15 tuổi làm định danh được chưa",
    "lấy vợ người nước ngoài thì đăng ký kết hôn ở đâu",
    "đăng ký kết hôn cần giấy gì",
    "vợ chồng tôi đăng ký kết hôn muộn",
    "xin giấy xác nhận độc thân để cưới vợ",
    "bị phạt vì không đội mũ",
    "bị bắt nộp lại hồ sơ",
    "cán bộ bắt về làm lại giấy",
    "mẹ em bắt em đi đăng ký định danh",
    "chết máy rồi không mở được vneid",
    "điện thoại chết nguồn",
    "người chết thì khai tử ở đâu",
    "ông nội mới mất, làm khai tử",
    "treo máy mãi không vào được",
    "bán xe sang tỉnh khác thì sang tên thế nào",
    "bán trâu lấy tiền làm nhà có phải đóng thuế không",
    "dụ dỗ mãi bà mới chịu làm thẻ",
    "bị lừa con gà thôi, hỏi làm thẻ cơ",
    "chồng đi làm xa ở Trung Quốc không về làm thẻ được",
    "mất liên lạc với tổng đài",
    "ép dẻo giấy khai sinh được không",
    "nhảy việc sang công ty khác thì bảo hiểm sao",
    "uống thuốc gì có bảo hiểm trả không",
    "em trai tôi ăn lá ngón chết tuần trước",
    "chị ấy uống thuốc sâu chết hôm qua",
    "cán bộ gọi bảo đọc mã hồ sơ tôi đọc rồi mà chưa thấy",
    "công an xã bảo nhập mã, tôi nhập rồi",
    "tôi sợ bị lừa",
    "",
]


@pytest.mark.parametrize(("topic", "text"), [(topic, text) for topic, texts in URGENT.items() for text in texts])
def test_urgent_words_are_heard(topic: str, text: str) -> None:
    assert urgent(fold(text)) == topic


@pytest.mark.parametrize("text", CALM)
def test_what_is_feared_asked_or_denied_is_not_urgent(text: str) -> None:
    assert urgent(fold(text)) is None


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("bà sợ bị lừa", "scam_suspected"),
        ("ba so bi lua", "scam_suspected"),
        ("tôi sợ bị lừa mất tiền", "scam_suspected"),
        ("sợ bị lừa mất tiền rồi", None),
        ("sợ bị lừa rồi, vừa đọc mã", None),
        ("em trai tôi ăn lá ngón chết tuần trước", "death_registration"),
        ("ăn lá ngón", None),
    ],
)
def test_words_of_an_alarm_that_are_none(text: str, topic: str | None) -> None:
    assert calm(fold(text)) == topic


def test_hundreds_of_harmless_lines_ring_nobody() -> None:
    """Every line that was set aside to judge the model and has nothing to do with danger."""
    about_danger = {"scam_victim", "scam_suspected", "crime_report"}
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "nlu").glob("heldout/*.tsv")]
    lines = [line.split("\t") for text in texts for line in text.splitlines()]
    harmless = [line[3] for line in lines if len(line) == 4 and line[0] not in about_danger]
    assert len(harmless) > 1500
    assert [text for text in harmless if urgent(fold(text)) or urgent(fold(normalise(text)))] == []


OFFERS = [
    "em gửi ảnh thẻ căn cước cho bạn nhé",
    "để tôi đọc mã otp cho",
    "chụp ảnh căn cước gửi ở đây được không",
    "co can gui so can cuoc cho ban khong",
]
NO_OFFERS = [
    "công an bảo gửi ảnh căn cước cho họ",
    "tôi không gửi mã otp cho ai",
    "mã otp không gửi về máy",
    "quên mật khẩu thì làm sao",
    "có người gọi bảo đọc mã otp",
    "làm thẻ căn cước cho con",
    "đổi số căn cước cũ",
]


@pytest.mark.parametrize("text", OFFERS)
def test_a_secret_that_is_offered_is_noticed(text: str) -> None:
    assert offers_secret(fold(text))


@pytest.mark.parametrize("text", NO_OFFERS)
def test_speaking_of_secrets_offers_none(text: str) -> None:
    assert not offers_secret(fold(text))


@pytest.mark.parametrize("piece", ["da chuyen ", "bi lua ", "doc otp ", "a ", "lo doc a b "])
def test_long_texts_take_no_more_than_their_length(piece: str) -> None:
    urgent((piece * 20_000).strip())
