"""What a whole message says when it says nothing else: a number, a yes or no, a command. Exact lists, so the model need not guess.

Phrases are listed with their diacritics. Typed exactly they are always meant; typed without, or with some wrong, they are meant where no
other listed phrase looks the same. One bare word is trusted only as it stands: «dừng» (stop) is not «dung» for «đúng» (right).
"""
# ruff: noqa: E501  (lists of words read better on one line)

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from .text import normalise, strip

_YES = """có; đúng; đúng rồi; phải; phải rồi; ừ; ừm; uh; uk; ừk; uki; uhm; um; ờ; vâng; dạ; dạ vâng; dạ có; dạ đúng; dạ phải; chuẩn; chuẩn rồi; chính xác; đồng ý; ok; okela;
yes; được; được rồi; có chứ; có rồi; có đấy; rồi; dạ rồi; đúng vậy; đúng thế; có mà; tất nhiên; đương nhiên; hẳn rồi; nhất trí; oke; ừ đúng rồi; ừ có; vâng đúng rồi"""
_NO = """không; không có; không phải; chưa; chưa có; chưa bao giờ; dạ không; dạ chưa; không đâu; không ạ; sai; sai rồi; không đúng; chưa đúng; no; không đồng ý; không cần;
chả; chẳng; chưa đâu; làm gì có; không hề; vẫn chưa; không phải thế; chưa làm"""
_ACTS = {
    "greet": "chào; xin chào; chào bạn; chào em; chào ad; hello; hi; hê lô; alo; a lô; chào buổi sáng; chào buổi tối; chào cả nhà; dạ chào; có ai không; chào mình; hey; lô",
    "not_sure": "không biết; không rõ; không nhớ; chịu; chẳng biết; không chắc; chả biết; không biết nữa; chưa biết; không rõ lắm; không nhớ nữa; không nhớ rõ; nỏ biết; hổng biết; chịu thôi; "
    "không biết đâu; tôi không biết; em không biết; không biết chọn; không biết cái nào",
    "thanks": "giỏi quá; hay quá; tuyệt; tuyệt vời; tốt quá; hay thật; giỏi thật; được việc quá; hữu ích quá; cảm ơn; cám ơn; cảm ơn nhiều; cảm ơn bạn; cảm ơn em; cảm ơn nhé; cảm ơn rất nhiều; cảm ơn bạn nhiều; thank you; tốt quá cảm ơn; xin cảm ơn; biết ơn; đội ơn",
    "goodbye": "tạm biệt; bye; bai; bye bye; bai bai; chào tạm biệt; hẹn gặp lại; tạm biệt nhé; thôi chào; goodbye; pp",
    "step_done": "xong; xong rồi; đã xong; rồi; làm rồi; làm xong; làm xong rồi; đã làm; đã làm xong; đã làm rồi; hoàn thành; tiếp; tiếp theo; tiếp tục; bước tiếp; bước tiếp theo; "
    "rồi tiếp đi; được rồi; ok rồi; ok xong; sang bước tiếp; qua bước tiếp; làm được rồi; xong bước này; next; xong hết rồi; dạ xong; dạ xong rồi; rồi nhé",
    "step_stuck": "bị vướng; vướng; vướng rồi; không được; không làm được; không thấy; không thấy nút; bị lỗi; lỗi; báo lỗi; nó báo lỗi; máy báo lỗi; không ra; không vào được; chưa được; "
    "làm không được; không bấm được; bị kẹt; kẹt; kẹt rồi; không tìm thấy; tìm không thấy; làm mãi không được; không được rồi; vẫn không được; vẫn lỗi; không xong",
    "go_back": "quay lại; trở lại; quay về; trở về; lùi lại; bước trước; lùi một bước; quay lại bước trước; về bước trước; back; quay lui; quay lại câu trước; câu trước; trở lại bước trước; "
    "trở về bước trước; lùi; lui lại",
    "repeat": "nói lại; nhắc lại; nói lại đi; chưa hiểu; không hiểu; lặp lại; gửi lại; nói lại xem; là sao; nghĩa là sao; cái gì; hả; gì cơ; khó hiểu; nhắc lại câu hỏi; giải thích lại; "
    "đọc lại; không hiểu lắm; chưa rõ; hỏi lại; hướng dẫn lại",
    "stop": "dừng; dừng lại; thôi; thôi không làm nữa; không làm nữa; để sau; để lúc khác; thoát; hủy; hủy bỏ; bỏ qua hết; ngừng; ngừng lại; stop; kết thúc; thôi dừng; thôi để sau; "
    "để hôm khác; mai làm tiếp; lúc khác; nghỉ; thôi khỏi; bỏ đi; không cần nữa; không muốn làm nữa; exit; tạm dừng; tạm nghỉ",
    "menu": "menu; danh mục; xem danh mục; bắt đầu lại; bắt đầu; làm lại từ đầu; từ đầu; về đầu; trang chủ; trang đầu; start; mục lục; danh sách; xem danh sách; chủ đề khác; việc khác; "
    "mê nu; về menu; xem menu; quay lại menu; về trang chủ; chọn lại từ đầu; làm việc khác",
    "bot_help": "bạn là ai; bạn giúp được gì; giúp được gì; bạn làm được gì; help; trợ giúp; hướng dẫn; bạn là gì; em là ai; đây là ai; ai đấy; ai đó; bạn là người hay máy; bạn là máy à; "
    "bot à; cách dùng; bạn biết gì; giúp gì được; có phải người không; là người hay máy",
    "talk_to_human": "gặp người; gặp người thật; cho gặp người; gặp người hỗ trợ; cho tôi gặp người; gặp cán bộ; gặp nhân viên; gặp tư vấn viên; nói chuyện với người; cần người giúp; "
    "nhờ người giúp; gọi người; gặp tình nguyện viên; cho gặp nhân viên; muốn gặp người; tôi muốn gặp người; cho gặp cán bộ; người thật; gặp tổ công nghệ; cho mình gặp người; "
    "cần gặp người; chuyển cho người; gặp người hướng dẫn; gặp người đi",
    "back_to_bot": "quay lại trợ lý; quay lại với trợ lý; trở lại trợ lý; về trợ lý; gặp lại trợ lý; quay lại máy; nói chuyện với trợ lý; nói với trợ lý; quay lại bot; "
    "cho gặp trợ lý; cho về trợ lý; gặp trợ lý; không cần người nữa; trả lại trợ lý; quay về trợ lý",
    "call_back": "gọi lại cho tôi; gọi điện cho tôi; gọi lại; để lại số; để lại số gọi lại; để lại số điện thoại; gọi cho tôi; gọi lại cho mình; gọi điện lại cho tôi; nhờ gọi lại; "
    "gọi lại giúp tôi; gọi điện cho mình; muốn được gọi lại; xin gọi lại; gọi điện lại giúp tôi; gọi cho bác; gọi lại cho bác; gọi lại cho em",
    "no_call": "không để số; thôi không để số; không cần gọi; khỏi gọi; không cần gọi lại; không để số đâu",
    "skip": "bỏ qua; bỏ qua bước này; bỏ qua câu này; bỏ qua câu hỏi này; cho qua; không trả lời; không muốn trả lời; khỏi trả lời; bước này bỏ qua; tôi không muốn nói; không muốn nói",
    "wait": "chờ chút; đợi chút; chờ tí; đợi tí; chờ tí nhé; chờ một lát; đợi một lát; đợi một tí; chờ một chút; đợi một chút; khoan đã; từ từ; từ từ đã; đợi đã; chờ đã; để tôi xem; "
    "để em xem; để tôi đi lấy; để tôi tìm; đang làm; đang đi; đang tìm; đang chờ; để tôi hỏi lại; để về nhà xem; chờ xíu; đợi xíu; để xem đã; để tôi xem đã; để tôi lấy thẻ; chưa xong đợi tí",
    "why": "vì sao hỏi; sao lại hỏi; sao lại hỏi thế; vì sao lại hỏi; tại sao hỏi; hỏi để làm gì; hỏi làm gì; để làm gì; sao phải hỏi; sao phải khai; vì sao cần; hỏi cái đó làm gì; tại sao phải làm; "
    "sao phải làm thế; vì sao phải làm",
    "sources": "căn cứ vào đâu; căn cứ đâu; dựa vào đâu; nguồn ở đâu; nguồn đâu; lấy thông tin ở đâu; theo quy định nào; quy định nào; luật nào; theo luật nào; nghị định nào; ai bảo thế; "
    "ai nói thế; sao biết; làm sao biết là đúng; có chắc không; chắc không; có đúng không đấy; văn bản nào; theo văn bản nào; quy định ở đâu; căn cứ pháp lý; cơ sở nào; có đáng tin không",
    "resume": "tiếp tục hôm qua; làm tiếp hôm qua; làm tiếp việc hôm qua; làm tiếp việc dở; làm tiếp việc hôm trước; tiếp tục việc hôm trước; làm tiếp việc cũ; tiếp tục việc cũ; hôm qua làm dở; "
    "tiếp tục việc dở; làm tiếp chỗ hôm qua; tiếp chỗ hôm qua; hôm trước làm dở; làm tiếp việc lần trước; tiếp tục lần trước; quay lại việc hôm qua",
    "forget_me": "xóa dữ liệu; xóa dữ liệu của tôi; xóa tin nhắn; xóa hết tin nhắn; xóa tin nhắn của tôi; xóa cuộc trò chuyện; xóa thông tin của tôi; xóa hết thông tin của tôi; "
    "xóa hết dữ liệu của tôi; xóa lịch sử trò chuyện; quên tôi đi",
    "my_data": "dữ liệu của tôi; xem dữ liệu của tôi; cho tôi xem dữ liệu của tôi; tôi muốn xem dữ liệu của tôi; dữ liệu của mình; xem dữ liệu của mình; dữ liệu của em; dữ liệu của cháu; "
    "dữ liệu của bác; trợ lý giữ gì của tôi; trợ lý giữ những gì của tôi; bạn giữ gì của tôi; bạn đang giữ gì của tôi; bạn giữ những gì của tôi; bạn lưu gì của tôi; bạn lưu những gì của tôi; "
    "đang giữ gì của tôi; xem bạn giữ gì của tôi; xem trợ lý giữ gì của tôi; xem những gì bạn giữ về tôi; bạn giữ gì về tôi; bạn biết gì về tôi",
    "my_copy": "xin bản sao dữ liệu của tôi; bản sao dữ liệu của tôi; cho tôi bản sao dữ liệu; gửi tôi bản sao dữ liệu; xin bản sao; tải dữ liệu của tôi; tải dữ liệu của tôi về; xuất dữ liệu của tôi",
    "correct_data": "sửa dữ liệu của tôi; tôi muốn sửa dữ liệu của tôi; sửa dữ liệu bạn giữ về tôi; nhờ sửa dữ liệu của tôi",
    "withdraw": "rút lại đồng ý; rút đồng ý; rút lại sự đồng ý; rút sự đồng ý; tôi rút lại đồng ý; tôi muốn rút lại đồng ý; muốn rút lại đồng ý; xin rút lại đồng ý; thu hồi đồng ý; hủy đồng ý; "
    "tôi không đồng ý cho lưu nữa; không đồng ý cho lưu nữa; rút lại đồng ý cho lưu thông tin; mình muốn rút lại đồng ý cho lưu thông tin; thôi không cho lưu nữa",
    "move": "làm tiếp ở máy khác; làm tiếp trên máy khác; tiếp tục ở máy khác; tiếp tục trên máy khác; làm tiếp máy khác; làm tiếp trên điện thoại; tiếp tục trên điện thoại; làm tiếp ở điện thoại; "
    "tiếp tục ở điện thoại; làm tiếp bằng điện thoại; làm tiếp ở điện thoại khác; làm tiếp trên điện thoại khác; làm tiếp ở máy của con; làm tiếp trên máy con; làm tiếp ở nơi khác; làm tiếp ở chỗ khác; "
    "tiếp tục ở chỗ khác; tiếp tục ở nơi khác; làm tiếp chỗ khác; chuyển sang kênh khác; chuyển kênh; đổi kênh; chuyển sang ứng dụng khác; chuyển việc sang máy khác; mang sang máy khác; "
    "chuyển cuộc trò chuyện; chuyển cuộc trò chuyện sang máy khác; lấy mã chuyển; lấy mã mới; cho mã chuyển; xin mã chuyển; mã chuyển; cho mã mới",
    "move_zalo": "chuyển sang zalo; chuyển qua zalo; chuyển về zalo; chuyển zalo; sang zalo; qua zalo; về zalo; tiếp tục trên zalo; tiếp tục ở zalo; tiếp tục qua zalo; làm tiếp trên zalo; làm tiếp ở zalo; "
    "làm tiếp qua zalo; làm tiếp bằng zalo; nhắn tiếp trên zalo; nhắn tiếp qua zalo; mang sang zalo; sang zalo làm tiếp; qua zalo làm tiếp; muốn sang zalo; muốn chuyển sang zalo; tôi muốn chuyển sang zalo",
    "move_telegram": "chuyển sang telegram; chuyển qua telegram; chuyển về telegram; chuyển telegram; sang telegram; qua telegram; về telegram; tiếp tục trên telegram; tiếp tục ở telegram; "
    "làm tiếp trên telegram; làm tiếp ở telegram; làm tiếp qua telegram; làm tiếp bằng telegram; nhắn tiếp trên telegram; mang sang telegram; sang telegram làm tiếp; muốn chuyển sang telegram; "
    "chuyển sang tele; sang tele; qua tele; làm tiếp trên tele",
    "move_web": "chuyển sang web; chuyển qua web; chuyển về web; sang web; về web; tiếp tục trên web; làm tiếp trên web; chuyển sang trang web; tiếp tục trên trang web; làm tiếp trên trang web; "
    "chuyển sang máy tính; chuyển qua máy tính; sang máy tính; tiếp tục trên máy tính; tiếp tục ở máy tính; làm tiếp trên máy tính; làm tiếp ở máy tính; làm tiếp bằng máy tính",
    "bot_complaint": "trả lời sai; sai bét; bot ngu; ngu quá; trả lời linh tinh; trả lời lung tung; chán quá; vô dụng; bực mình; bực mình quá; hỏi một đằng trả lời một nẻo; dở quá; bot dở",
}
_NUMBERS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai")
_NUMBER = re.compile(
    r"(?:(?:chon|lay|bam|nut|so|cau|dong|y|cai|phuong an|lua chon|dap an|nhan|tra loi"
    r"|(?:chon|lay|bam|nhan|tra loi|muc|dong|o|cai) so|chon (?:cai|cau|dong))(?: thu)? )?0*(\d{1,3})"
)
_NUMBER_WORD = re.compile(
    r"(?:(?:chọn|lấy|bấm|nút|số|câu|dòng|ý|cái|phương án|lựa chọn|đáp án"
    r"|(?:chọn|lấy|bấm|nhắn|mục|dòng|ô|cái) số|chọn (?:cái|câu|dòng))(?: thứ)?|thứ) (\w+(?: \w+)?)"
)
_FIRST = frozenset({"đầu tiên", "cái đầu", "cái đầu tiên", "câu đầu", "câu đầu tiên", "thứ nhất", "cái thứ nhất", "số nhất"})
_POLITE_BEFORE = frozenset(["dạ", "thưa", "à", "ơ", "ừ", "vâng", "cho", "mình", "tôi", "em", "cháu", "con", "bác", "ok", "thế"])
_ADDRESSED = _POLITE_BEFORE | frozenset(
    ["bà", "ông", "cô", "chú", "anh", "chị", "cụ", "tui", "ơi", "oi", "này", "chau", "bac", "da", "minh", "ba"]
)
"""Before a command or a yes also who says it, or who is spoken to: «cháu ơi nói lại đi», «bà không hiểu»."""
_POLITE_AFTER = frozenset(
    [
        "ạ",
        "á",
        "nhé",
        "nha",
        "nhá",
        "nhe",
        "nhỉ",
        "ơi",
        "bạn",
        "em",
        "anh",
        "chị",
        "bác",
        "cô",
        "chú",
        "cháu",
        "ad",
        "admin",
        "đi",
        "với",
        "giúp",
        "giùm",
        "mà",
        "rồi",
        "nào",
        "ha",
        "nghe",
        "hen",
        "thôi",
        "luôn",
        "đó",
        "đấy",
        "đâu",
        "thế",
        "vậy",
        "hả",
        "cơ",
    ]
)
_FRACTION = re.compile(r"\d[.,/:]\d")
_WAITS = re.compile(
    r"(?:(?:da|a|u|ok|vang|khoan) )*(?:cho|doi) (?:(?:toi|em|minh|chau|bac|co|chu|ong|ba|anh|chi|da) )?(?:ti|chut|xiu|mot (?:lat|ti|chut)|lat|teo|it phut|may phut)\b"
)
_WHO = r"(?:toi|em|minh|chau|con|bac|co|chu|ong|ba|cu|anh|chi|me|bo|tui)"
_SMALL = r"(?: (?:qua|roi|lam|the|a|da|nhe|nha|nua|oi|day|ca|vay|gi|luon|di|thoi|chau|em|bac|ban|co|anh|chi))*"
_HELPLESS = re.compile(
    rf"(?:{_WHO} )?(?:khong|chang|cha|chua|nao) biet (?:cach )?(?:lam|phai lam|bam|dung|go)"
    rf"(?: (?:the nao|nhu the nao|sao|gi|kieu gi|tiep|dau|cho nao))*{_SMALL}"
)
_NOT_NOW = re.compile(
    rf"(?:thoi |the )?de (?:{_WHO} )?(?:hoi|xem|tim|lay|di|ve|goi|nho|sac|ra|len|mua)(?: [a-z]+){{0,4}} (?:da|nhe|roi (?:lam|tinh))(?: nhe| a| chau| em)*"
    rf"|(?:(?:da|the|de|u|chac) )*(?:(?:sang|trua|chieu|toi) )?(?:mai|tuan sau|cuoi tuan|lat nua|ti nua|chut nua|toi nay|chieu nay)"
    rf"(?:(?: [a-z]+){{0,5}}? (?:moi|roi|se) (?:di|lam|ra|ve|hoi|tinh|xem|co|mua|lay|duoc|nop|len)\b(?: [a-z]+){{0,3}}| (?:lam|di|hoi|xem|tinh|ra)(?: tiep)?)?{_SMALL}"
    r"|(?:[a-z]+ ){1,5}mai moi (?:di|lam|ra|ve|hoi|co|mua|lay|nop|len|mo)(?: [a-z]+){0,2}"
    rf"|(?:(?:{_WHO}|may|dien thoai|o day|nha|dang|gio|lai|bi) ){{0,3}}(?:sap )?(?:het pin|het 4g|mat song|mat mang|mat dien|mang yeu|song yeu|mang cham|mang kem|khong co song|khong co mang){_SMALL}"
)
"""A wish to go on another time, or why it cannot be now."""
_MOST_WORDS = 9
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class _Phrases:
    """Listed phrases, looked up as typed or without diacritics."""

    exact: dict[str, str]
    folded: dict[str, str]

    def find(self, words: list[str]) -> str | None:
        phrase = " ".join(words)
        if phrase in self.exact:
            return self.exact[phrase]
        bare = strip(phrase)
        return self.folded.get(bare) if len(words) > 1 or bare == phrase else None


def number(text: str) -> int | None:
    """The number that is all of the text: "2", "số 2", "hai", "cái thứ 2", "2️⃣"."""
    if len(text) > _LONGEST or _FRACTION.search(text):
        return None
    phrase = " ".join(_plain(normalise(text).split()))
    found = _NUMBER.fullmatch(strip(phrase))
    if found:
        return int(found[1])
    if phrase in _FIRST or strip(phrase) in _FOLDED_FIRST:
        return 1
    named = _NUMBER_WORD.fullmatch(phrase) or _NAMED.fullmatch(strip(phrase))
    if named:
        return _FOLDED_NUMBERS.get(strip(named[1]))
    return _NUMBERS.index(phrase) if phrase in _NUMBERS[1:] else _BARE_NUMBERS.get(phrase)


def yes(text: str) -> bool | None:
    """Whether the text is nothing but a yes or a no."""
    found = _look_up(_ANSWERS, text)
    return None if found is None else found == "yes"


def act(text: str) -> str | None:
    """The act whose command is all of the text; «chờ tí để tôi lấy thẻ» is a wish to be waited for, whatever follows."""
    found = _look_up(_COMMANDS, text)
    if found is None and len(text) <= _LONGEST and _WAITS.match(strip(normalise(text))):
        return "wait"
    return found


def at_step(text: str) -> str | None:
    """What the text means while a step waits: that it is not now to be done, or that the writer knows not how."""
    said = strip(normalise(text)) if len(text) <= _LONGEST else ""
    if _NOT_NOW.fullmatch(said):
        return "wait"
    return "step_stuck" if _HELPLESS.fullmatch(said) else None


def _look_up(phrases: _Phrases, text: str) -> str | None:
    words = normalise(text).split() if len(text) <= _LONGEST else []
    if not 0 < len(words) <= _MOST_WORDS:
        return None
    return next((found for tried in _ever_plainer(words, _ADDRESSED) if (found := phrases.find(tried))), None)


def _plain(words: list[str]) -> list[str]:
    """Without the polite words around: "dạ cho em quay lại với ạ" is "quay lại". Never empty."""
    *_, plainest = _ever_plainer(words)
    return plainest


def _ever_plainer(words: list[str], polite: frozenset[str] = _POLITE_BEFORE) -> Iterator[list[str]]:
    """The words with fewer and fewer polite ones around, for «theo quy định nào thế» ends in two of which one is meant."""
    yield words
    before = words
    while len(words) > 1 and (words[-1] in _POLITE_AFTER or words[-1] in _FOLDED_AFTER):
        words = words[:-1]
        yield words
    while len(before) > 1 and before[0] in polite:
        before, words = before[1:], before[1:]
        yield words
        while len(words) > 1 and (words[-1] in _POLITE_AFTER or words[-1] in _FOLDED_AFTER):
            words = words[:-1]
            yield words


def _phrases(lists: dict[str, str]) -> _Phrases:
    exact = {normalise(phrase): name for name, listed in lists.items() for phrase in listed.split(";")}
    folded: dict[str, set[str]] = {}
    for phrase, name in exact.items():
        folded.setdefault(strip(phrase), set()).add(name)
    return _Phrases(exact, {bare: next(iter(names)) for bare, names in folded.items() if len(names) == 1 and bare not in _AMBIGUOUS})


_AMBIGUOUS = frozenset({"dung", "bao", "lo", "co ai khong", "nghi", "la sao", "ha", "sai", "ai do", "lui", "loi"})
"""Without diacritics these are several words; `_BARE` says which of them is meant, where it can be said."""
_BARE = {"dung": "yes", "sai": "no"}
_BARE_ACTS = {"loi": "step_stuck", "lui": "go_back", "co ai khong": "greet", "la sao": "repeat", "ha": "repeat"}
_BARE_NUMBERS = {"mot": 1, "bon": 4, "tam": 8, "muoi": 10, "muoi mot": 11, "muoi hai": 12}
_FOLDED_NUMBERS = {**{strip(name): value for value, name in enumerate(_NUMBERS)}, "nhat": 1, "nhi": 2, "tu": 4}
_FOLDED_FIRST = frozenset(map(strip, _FIRST))
_FOLDED_AFTER = frozenset({"nhe", "nha", "a", "oi", "ban", "di", "voi", "ah", "nhi"})
_NAMED = re.compile(strip(unicodedata.normalize("NFC", _NUMBER_WORD.pattern)))
_ANSWERS = _phrases({"yes": _YES, "no": _NO})
_ANSWERS.folded.update(_BARE)
_COMMANDS = _phrases(_ACTS)
_COMMANDS.folded.update(_BARE_ACTS)
