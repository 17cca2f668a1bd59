"""How a message's writer calls themselves, and whom they are helping: "cho bác hỏi", "gọi tôi là anh", "em làm hộ mẹ em".

Only where the sentence leaves no doubt: "con tôi", "anh ơi", "bà ngoại em", "chú công an" speak of others. Typed without diacritics
"co" is có, "ba" a number and "chi" a question, so these need a surer frame.
"""

# ruff: noqa: E501  (lists of words read better on one line)

import re

from ..model.speaker import ELDERS, PEERS, YOUNGER, Introduces
from .text import normalise, strip

LONGEST = 400
_JUNIOR = ("em", "cháu", "con")
_SELF = (*ELDERS, *PEERS, *_JUNIOR)
_BARE_JUNIOR = frozenset(map(strip, _JUNIOR))
_BY_BARE = {strip(word): word for word in _SELF}

_ASKS = r"(?:hoi|biet|xin|nho|voi|nhe|nha|cach|gap|dang ky|lam|xem|de|tham khao|ti|chut|it|cai nay|viec nay|ve)"
_OTHER = r"(?:tôi|toi|em|cháu|chau|mình|minh|tớ|tui|con|chị|anh)"
_FOR_ME = re.compile(
    rf"(?<!lam )(?<!ky )(?<!the )\b(?:cho|giup(?: cho)?|chi(?: giup| cho)*|huong dan(?: cho)?|bao(?: cho)?|day(?: cho)?|nhac|mach(?: cho)?) (?P<who>bac|co|chu|ong|ba|anh|chi|em|chau|con) {_ASKS}\b"
)
_WANTS = r"(?:chào|muốn|cần|định|hỏi|nhờ|xin hỏi|xin|bị|quên|lỡ|chưa biết|không biết|chẳng biết|già rồi|đang|chưa|không|mới|vừa|đã|làm mãi|đăng ký|không thấy|mất|có việc|thấy|đi làm|hết|(?:năm nay |nay |giờ )?\d+ tuổi)"
_BEGINS = r"^(?:(?:dạ|ừ|ờ|à|ơ|alo|a lô|thưa|chào|ơi|này|thế|rồi|vậy|nhưng|mà|hôm nay|giờ|nay|sáng nay|cháu ơi|em ơi|bạn ơi|con ơi|ad ơi|chào cháu|chào em|chào bạn|cháu à|em à) )*"
_SUBJECT = re.compile(rf"{_BEGINS}(?P<who>bác|cô|chú|anh|chị|em|cháu) {_WANTS}\b")
_ELDER_ASKS = re.compile(rf"{_BEGINS}(?P<who>ông|bà|con) (?:muốn hỏi|hỏi|nhờ (?:cháu|em|bạn)|muốn nhờ|xin hỏi|chào)\b")
_BARE_SUBJECT = re.compile(
    r"^(?:(?:da|u|a|alo|thua|chao|chau oi|em oi|ban oi) )*(?P<who>bac|co|chu|ong|ba|anh|chi|em|chau) (?:muon(?: hoi| nho| lam| dang ky)?|can hoi|bi quen|quen|xin hoi|gia roi)\b"
)
_BARE_AGE = re.compile(r"^(?:(?:da|u|a|thua) )*(?P<who>bac|chu) (?:nam nay |nay |gio )?\d+ tuoi\b")
_ELDER_SPEAKS = re.compile(rf"{_BEGINS}(?P<who>bác|cô|chú|ông|bà|bac|chu|ong|ba) ")
"""«Bà đọc số cho cháu nhé» is said by her, to one who is younger."""
_CALL_ME = re.compile(
    r"\b(?:cu |hay |thi )?(?:goi|xung ho)(?: voi)?(?: toi| minh| em| chau| tui)?(?: la| bang| thang)? (?P<who>bac|co|chu|ong|ba|anh|chi|em|chau|con|ban)\b(?! (?:con|ngoai|noi))"
)
_NOT_SO = re.compile(
    r"\b(?:dung|khong phai|sao|ai|khong) (?:co )?(?:goi|xung ho)(?: toi| minh| em)?(?: la| bang)? (?:bac|co|chu|ong|ba con|ba|anh|chi|em|chau|con|ban)\b,?"
)
_NOT_ONE = re.compile(r"\b(?:toi|minh|tui|em) (?:co )?(?:khong|chua|dau) phai (?:la )?(?:la )?(?P<who>bac|co|chu|ong|ba|anh|chi)\b")

_KIN = (
    r"ông cụ|bà cụ|mẹ già|bố già|ông bà|bố mẹ|ba mẹ|cha mẹ|ông nội|ông ngoại|bà nội|bà ngoại|mẹ chồng|mẹ vợ|bố chồng|bố vợ|mẹ|bố|ba|má|cha|thầy|u|bầm|mế|vợ|chồng|con trai|con gái|con|"
    r"cháu trai|cháu gái|cháu|em trai|em gái|anh trai|chị gái|ông|bà|bác|cô|chú|dì|cậu|mợ|thím|người già|người nhà|hàng xóm|bạn bè|người quen|người thân|đứa em|thằng em|thằng con"
)
_DOES = r"(?:làm|gõ|bấm|nhắn|nhắn tin|viết|cầm máy|đăng ký|hỏi|khai|nộp|xin|kích hoạt|cài|cài đặt|mở|tra|đi làm|đăng nhập|lấy lại|làm thủ tục|đổi)"
_HELPS = re.compile(rf"\b{_DOES}(?: \w+){{0,6}}? (?:hộ|giùm|dùm|thay|giúp)(?: cho)? (?P<kin>{_KIN})\b")
_FOR_KIN = re.compile(
    rf"\b{_DOES}(?: \w+){{0,4}}? cho (?P<kin>ông bà|bố mẹ|ba mẹ|cha mẹ|ông nội|ông ngoại|bà nội|bà ngoại|mẹ chồng|mẹ vợ|bố chồng|bố vợ|mẹ|bố|má|vợ|chồng|người già|người nhà|hàng xóm|em trai|em gái|anh trai|chị gái)\b"
)
_KIN_WANTS = re.compile(
    rf"{_BEGINS}(?P<kin>{_KIN}) (?:nhà |của )?{_OTHER}\b (?:cũng |thì |giờ |nay |năm nay |bây giờ |mới |đang )*"
    r"(?:muốn|cần|chưa (?:có|làm|đăng ký)|(?:bị |làm )?mất (?:thẻ|điện thoại|máy|sim|căn cước|giấy|ví|bằng)|quên|hết hạn|\d+ tuổi|già rồi|không (?:có|biết dùng|biết chữ))"
)
"""«Bà cụ nhà tôi 76 tuổi», «bố tôi mất điện thoại»: it is their business that is asked about."""
_DEAD = re.compile(
    r"\b(?:khai tu|bao tu|mai tang|tien tuat|qua doi|tu tran|chet|(?:da|moi|vua|mat) mat|mat (?:roi|hom|duoc|nam|thang|o nha|o vien|tuan|lau)|mat$)\b"
)
"""Of the dead it is not said that they sit beside and agree."""
_HELPS_BARE = re.compile(
    r"\b(?:lam|go|bam|nhan|nhan tin|viet|cam may|dang ky|hoi|khai|nop|kich hoat|cai)(?: \w+){0,6}? (?:ho|gium|dum|thay)(?: cho)? (?P<kin>me|bo|vo|chong|ong(?! noi| ngoai)|ong noi|ong ngoai|ba noi|ba ngoai|ong ba|bo me|con trai|con gai|nguoi gia|hang xom)\b"
)
_BARE_KIN = {strip(kin): kin for kin in reversed(_KIN.split("|"))}
_OWN = re.compile(
    r"\b(?:làm|đăng ký|hỏi) cho (?:tôi|mình|bản thân|chính (?:tôi|mình|em)|tui)\b|\bcho chính (?:tôi|mình|em)\b|\bkhông làm hộ\b|\bcủa chính (?:tôi|mình|em)\b"
)


def introduces(text: str) -> Introduces:
    """What a message shows of its writer."""
    if len(text) > LONGEST:
        return Introduces()
    typed = normalise(text)
    bare = strip(typed)
    helps = None if _OWN.search(typed) else _helps(typed, bare)
    wished = _wished(typed, bare)
    if wished is not None:
        return Introduces(wished, True, helps, _OWN.search(typed) is not None)
    return Introduces(_called(typed, bare), False, helps, _OWN.search(typed) is not None)


def _means_to_be_called(said: re.Match[str], typed: str) -> bool:
    """«Gọi bán» is no «gọi bạn»: the word must stand as it is written, or the sentence say of whom it speaks."""
    word = {"ban": YOUNGER}.get(said["who"], _BY_BARE.get(said["who"], ""))
    return word in typed.split() or len(said[0].split()) > 2


def _wished(typed: str, bare: str) -> str | None:
    """What they ask to be called; «bạn» where they only say what not."""
    refused = _NOT_SO.search(bare)
    rest = _NOT_SO.sub(" ", bare)
    said = _CALL_ME.search(rest)
    if said and (refused or (_is_all(said, bare) and _means_to_be_called(said, typed))):
        return _as_address(_BY_BARE.get(said["who"], YOUNGER))
    return YOUNGER if refused or _NOT_ONE.search(bare) else None


def _is_all(said: re.Match[str], bare: str) -> bool:
    """Whether a message speaks of hardly anything else: "gọi anh Tuấn hộ tôi" is no wish how to be called."""
    return len(bare.split()) - len(said[0].split()) <= 3


def _called(typed: str, bare: str) -> str | None:
    """The word they call themselves by."""
    asked = _FOR_ME.search(bare)
    elder = _ELDER_SPEAKS.search(typed) if asked and asked["who"] in _BARE_JUNIOR else None
    if elder:
        return elder["who"] if elder["who"] in _SELF else None
    if asked:
        return _as_address(_typed_as(asked, typed))
    found = _SUBJECT.search(typed) or _ELDER_ASKS.search(typed)
    if found and not _speaks_of_another(found["who"], typed[found.end("who") :]):
        return _as_address(found["who"])
    plain = (_BARE_SUBJECT.search(typed) or _BARE_AGE.search(typed)) if typed == bare else None
    return _as_address(_BY_BARE[plain["who"]]) if plain and not _speaks_of_another(plain["who"], typed[plain.end("who") :]) else None


def _typed_as(found: re.Match[str], typed: str) -> str | None:
    """The word as it was written: "cho bà hỏi", and not "cho ba hỏi" of one who types diacritics and speaks of a father."""
    start = found.start("who")
    word = typed[start : start + len(found["who"])]
    return word if word in _SELF else _BY_BARE[word] if word in _BY_BARE and strip(typed) == typed else None


def _speaks_of_another(who: str, rest: str) -> bool:
    """«Anh có hướng dẫn em được không» is said to an elder, by a junior."""
    if who in _JUNIOR:
        return False
    rest = re.sub(
        r"\b(?:hỏi|nhờ|bảo|chào) (?:cháu|em|bạn|con)\b|\b(?:hoi|nho|bao) (?:chau|em|ban|con)\b|\b(?:cháu|em|bạn|con) (?:ơi|à|nhé|ạ)\b",
        " ",
        rest,
    )
    return (
        re.search(
            rf"\b{_OTHER}\b", re.sub(r"\bcon (?:trai|gái|bác|cô|chú|anh|chị)\b|\bcủa (?:anh|chị)\b|\bvợ anh\b|\bchồng chị\b", " ", rest)
        )
        is not None
    )


def _helps(typed: str, bare: str) -> str | None:
    if _DEAD.search(bare):
        return None
    found = _HELPS.search(typed) or _FOR_KIN.search(typed) or _KIN_WANTS.search(typed)
    if found:
        return found["kin"]
    plain = _HELPS_BARE.search(typed) if typed == bare else None
    return _BARE_KIN[plain["kin"]] if plain else None


def _as_address(word: str | None) -> str | None:
    return None if word is None else YOUNGER if word in (*_JUNIOR, YOUNGER) else word
