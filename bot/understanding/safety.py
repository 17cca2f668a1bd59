"""Words that cannot wait: money just lost to a fraud, a crime going on, someone who wants to die. Before and without the model.

Exact patterns over folded text, narrow on purpose: they ring a person. What they miss the model still reads; what is only feared,
asked about or did not happen ("chưa chuyển tiền", "nếu lỡ bấm thì sao") is left to the model as well.
"""
# ruff: noqa: E501  (lists of words read better on one line)

import re

_CODE = r"(?:(?:ma )?otp|(?:ma|day so|so) xac (?:thuc|nhan|minh)|ma kich hoat|passcode|mat khau|ma pin|so (?:the|tai khoan|cccd|can cuoc)|anh (?:the|can cuoc|cccd)|thong tin)"
_THEM = r"(?:no|ho|chung no|ke (?:gian|lua|xau|la|do|mao danh|goi|gia)|thang|nguoi (?:la|ta|goi|do|kia)|bon|doi tuong|lua dao|cong an gia|nguoi tu xung|can bo gia|ai do)\b"
_SOME = r"(?: [a-z0-9]+){0,5}? "
_MONEY = r"(?:tien|\d+(?: trieu| nghin| dong| cu)?|khoan|trieu)"
_GIVES = r"(?P<gives>doc|dua|cung cap|gui|chuyen|noi|nop)"
_ME = r"(?:toi|em|minh|chau|con|bac|co|chu|ong|ba|me|bo|anh|chi|tui)"
_DONE = r"(?:da|lo|tro|trot|vua|moi|nham|dai dot)"
_STRANGE = r"(?:la|gia|gia mao|doc hai|lua dao|lau|do (?:no|ho|chung)|(?:no|ho|chung no|nguoi la|ke la|cong an gia) (?:gui|bao|dua|huong dan|bat|keu|yeu cau))"

_SCAM_VICTIM = (
    r"bi lua(?: dao)?(?: mat| het| lay)?(?: sach| tien| [a-z0-9]+ (?:trieu|nghin|ty|dong)| roi| qua mang| chuyen)",
    r"bi (?:no |ho |chung )?lua" + _SOME + r"(?:mat|het) (?:sach |het )?(?:tien|\d+)",
    rf"{_DONE} (?:chuyen|gui|nap|nop|ck|chuyen khoan)(?: mat)?(?: het)?(?: [a-z0-9]+){{0,2}}? {_MONEY}(?: [a-z0-9]+){{0,3}}? cho {_THEM}",
    rf"{_DONE} (?:chuyen|ck|chuyen khoan)(?: mat| het| luon)* cho {_THEM}",
    r"(?:chuyen|gui|nap)(?: khoan)? (?:mat |het )*(?:tien|\d+(?: trieu| nghin| dong)?)"
    + _SOME
    + r"(?:moi biet|roi moi biet|bi lua|chan (?:so|minh|toi|em|zalo))",
    r"(?:bi|da|vua) (?:rut|tru|lay|chiem|cuop|hut)(?: mat| sach| het)+ (?:tien|\d+|tai khoan)",
    r"(?:mat|bay)(?: sach| het| toan bo) (?:tien|\d+ trieu)(?! dien| nuoc| hang)",
    r"tien (?:trong|o) (?:tai khoan|ngan hang|the)(?: ngan hang)?(?: [a-z]+){0,2} (?:bi (?:mat|rut|tru|lay)|mat (?:sach|het)|bay)",
    rf"(?:lo|tro|trot|dai dot|{_DONE} lo) (?:doc|dua|cung cap|noi|gui|cho|bao|nhap|chup)(?! sai)(?: [a-z0-9]+){{0,3}}? {_CODE}",
    r"(?:doc|dua|cung cap|khai|noi|gui|cho|bao|chup)" + _SOME + _CODE + rf"(?: [a-z0-9]+){{0,3}}? cho {_THEM}",
    rf"{_DONE} (?:doc|dua|cung cap|khai|noi|gui|cho|bao) (?:{_THEM} )" + r"(?:[a-z0-9]+ ){0,3}?" + _CODE,
    rf"(?:goi|goi dien|nhan tin|xung)\b(?: [a-z]+){{0,8}}? (?:bat|bao|keu|doi|yeu cau|xin|hoi|giuc)(?: [a-z]+){{0,3}}? {_GIVES}(?: [a-z0-9]+){{0,8}}? {_ME}(?: (?:da|cung|lo|moi|vua|thi|tro))*"
    r" (?P=gives)(?: (?:ma|cho|no|ho|het|mat|luon|tien|xong|otp))* roi(?! (?:ma|nhung) (?:chua|khong))",
    rf"(?:bi|da) (?:lo|lo mat) {_CODE}(?= |$)",
    rf"(?:da|lo|tro|trot|vua|moi) (?:cai|tai|cai dat|tai ve)(?: [a-z0-9]+){{0,4}}? (?:app|ung dung|phan mem|file|apk)(?: [a-z]+){{0,3}}? {_STRANGE}",
    r"(?:lo|tro|trot) (?:cai|tai)(?: [a-z]+){0,3} (?:apk|link|app la|ung dung la)",
    rf"{_DONE} (?:nhap|dien|khai)(?: [a-z0-9]+){{0,5}}? (?:vao|tren|o) (?:cai )?(?:link|duong link|trang|web|trang web|app)(?: web)? (?:la|gia|gia mao|lua dao)",
    r"bi (?:no |ho |ke gian |nguoi ta )?(?:chiem|hack|cuop)(?: mat| doat| quyen)*(?: tai khoan| quyen| vneid| zalo| facebook| dien thoai| may| ngan hang)",
    r"(?:vay|mo the|vay no)(?: tien)?" + _SOME + r"bang (?:ten|cccd|can cuoc|thong tin|giay to) (?:cua )?(?:toi|em|minh|chau|bo|me|con)",
    r"(?:lay|dung|muon) (?:ten|cccd|can cuoc|thong tin)(?: [a-z]+){0,3} (?:di |de )?vay",
)
_CRIME_NOW = (
    r"(?:dang|vua|vua moi|moi)(?: bi)? (?:danh nhau|danh dap|danh (?:toi|em|minh|chau|vo|con|me|bo|nguoi)|dam chem|chem|cuop|hiep|xam hai|bat coc|bao hanh|dap pha)",
    r"(?:dang|vua|vua moi) bi (?:danh(?! cap| dau| gia| so| mat| may| thue| muc| gia)|dam|trom|giat|cuop|chem|theo doi|duoi|nhot|giu nguoi)",
    r"(?:co|thay) nguoi la(?: [a-z]+){0,3} (?:vao nha|trong nha|pha cua|cay cua|dot nhap)",
    r"(?:co|thay) (?:trom|cuop|ke gian|ke trom)(?: [a-z]+){0,3} (?:dang|vao nha|trong nha|pha cua|cay cua|dot nhap)",
    r"(?:trom|cuop|ke gian) (?:dang|vua)(?= )",
    r"(?:dang|dinh|doa|se) giet (?:toi|em|minh|chau|nguoi|me|bo|vo|con|ca nha)",
    r"cau cuu|cuu mang|keu cuu",
)
_VIOLENCE = (
    r"(?:chong|vo|bo|me|cha|duong|di ghe|con trai|anh trai|no|ong ay|lao)(?: toi| em| minh| chau| nha)?(?: [a-z]+){0,3} (?:danh|dam|da|bop co|hanh ha|bao hanh|nhot|doa giet|tat)(?: [a-z]+){0,2} (?:toi|em|minh|chau|me con|con toi|me toi|vo|ca nha)",
    r"bi (?:chong|vo|bo|me|cha|duong|di ghe|nguoi yeu|chu|con trai)(?: [a-z]+){0,2} (?:danh|bao hanh|hanh ha|nhot|bop co|doa giet|hiep|xam hai)",
    r"bao luc gia dinh(?! la gi| phai)",
    r"(?:bi|dang bi|vua bi) (?:xam hai|hiep dam|cuong hiep|lam dung|so soang|dam o|ep quan he)",
    r"(?:xam hai|hiep dam|dam o|so soang) (?:tre em|con|chau|em|con gai|be)",
)
_TRAFFICKING = (
    r"bi (?:lua |du |du do |rao |bat )?(?:ban|lua ban)(?: [a-z]+){0,3} (?:sang|qua|di) (?:trung quoc|ben kia|bien gioi|campuchia|cam pu chia|mien dien|lao)",
    r"(?:du|du do|ru re|ru|lua|dua)(?: [a-z]+){0,4} (?:sang|qua) (?:trung quoc|campuchia|cam pu chia|mien dien|ben kia bien gioi)(?: [a-z]+){0,4} (?:viec nhe|luong cao|lay chong|ban|khong ve|khong lien lac|mat tich)",
    r"(?:mua ban|buon|buon ban) (?:nguoi|phu nu|tre em)(?! bi phat| la gi)",
    r"(?:con|con gai|em|em gai|chau|vo|ban)(?: [a-z]+){0,3} (?:bi du|bi lua|bi bat)(?: [a-z]+){0,3} (?:di|sang|mat tich|bien mat)",
    r"(?:bi giu|bi nhot)(?: [a-z]+){0,4} (?:campuchia|cam pu chia|trung quoc|casino|doi chuoc|tien chuoc)",
)
_UNDER_AGE = r"(?:(?:1[0-7]|muoi (?:mot|hai|ba|bon|lam|sau|bay)) tuoi|lop (?:[6-9]|1[01])|chua du tuoi|chua den tuoi|con nho|vi thanh nien)"
_CHILD_MARRIAGE = (
    r"(?:bi |doi |dinh |bat )?(?:keo vo|bat vo|cuop vo|keo ve lam vo|bat ve lam vo)",
    r"(?:bat|ep|doi|dinh|muon) (?:toi|em|chau|con|minh|no|con be|ban em|em gai|con gai)(?: [a-z]+){0,2} (?:lay chong|lay vo|cuoi|ve nha chong|nghi hoc lay|nghi hoc cuoi|di lay)",
    r"(?:bi|dang bi) (?:ep|bat) (?:gom |ga |cuoi|lay chong|lay vo|ket hon|ve nha chong)",
    r"ep ga|tao hon(?! la gi)",
    rf"{_UNDER_AGE}(?: [a-z]+){{0,6}} (?:lay chong|lay vo|cuoi|ket hon|ve nha chong|lam vo)(?! cua| chua| khong duoc)",
    rf"(?:lay chong|lay vo|cuoi vo|cuoi chong|ket hon|ga chong)(?: [a-z]+){{0,4}} {_UNDER_AGE}",
)
_HARM = (
    r"(?:muon|dinh|se|di|nghi (?:den|toi)|toan|doi|doa|sap) tu (?:tu|sat|van)(?! van| hach)(?: |$)",
    r"tu tu (?:cho xong|quach|chet)",
    r"tu sat(?! hach)",
    r"(?:khong|ko|chang|chan) (?:con )?(?:muon|thiet|can) song(?! o| tai| chung| xa)",
    r"(?:chi|chan qua|toi|em|minh|chau|con) muon chet(?! di duoc| met| cuoi)",
    r"chet (?:quach|di) cho (?:xong|roi|ranh)|ket lieu|chan song|song (?:de )?lam gi nua",
    r"(?:an|nuot|uong)(?: nam)? la ngon|uong thuoc (?:tru sau|sau|chuot|diet co)|nhay (?:cau|song|xuong vuc) (?:tu|chet|cho)|(?<!an )treo co|rach tay|cat tay tu",
)

_PRIVATE = r"(?:(?:ma )?otp|ma xac (?:thuc|nhan|minh)|mat khau|passcode|ma pin|anh (?:chup )?(?:the|can cuoc|cccd|giay to|so ho khau|khuon mat)|(?:anh )?(?:mat truoc|hai mat)(?: [a-z]+){0,2}|so (?:can cuoc|cccd|dinh danh|the|tai khoan|chung minh))"
_OFFERS = tuple(
    re.compile(rf"(?:^|(?<= ))(?:{pattern})")
    for pattern in (
        rf"(?:de|cho) (?:toi|em|minh|chau|con|bac|co|chu) (?:gui|chup|doc|nhan|dua)(?: [a-z0-9]+){{0,3}}? {_PRIVATE}",
        rf"(?:toi|em|minh|chau|con|bac|co|chu) (?:gui|chup|doc|nhan|dua)(?: luon| cho| anh| ban| chi| em| o day| qua day){{0,3}} {_PRIVATE}",
        rf"(?:gui|chup|doc|nhan) {_PRIVATE}(?: [a-z0-9]+){{0,3}} (?:cho ban|cho em|cho anh|cho chi|cho ad|cho bot|qua day|vao day|o day|len day)(?: nhe| duoc khong| duoc chu| nha| co duoc)?",
        rf"(?:co can|can|phai) (?:gui|chup|doc|nhan)(?: cho ban| cho em| o day| vao day)? {_PRIVATE}(?: [a-z]+){{0,3}} (?:cho ban|cho em|qua day|vao day|o day|khong)$",
    )
)
_NOT_TO_US = re.compile(r"\b(?:cong an|can bo|no|ho|nguoi la|ke|ngan hang|nha mang|thay|co giao|con trai|con gai)\b")
"""A secret given to somebody else is another matter: a fraud, or a counter."""

_TO_ME = r"(?:toi|em|minh|chau|con|bac|co|chu|anh|chi|ad)"
_ASKS = tuple(
    re.compile(rf"(?:^|(?<= ))(?:{pattern})")
    for pattern in (
        rf"(?:doc|nhan|gui|cung cap|bao|cho|dua|xin|chup)(?: [a-z0-9]+){{0,4}}? {_PRIVATE}(?: [a-z0-9]+){{0,4}}? (?:cho {_TO_ME}|qua day|vao day|o day|len day|sang day|qua zalo)",
        rf"(?:cho|gui|doc|nhan) {_TO_ME}(?: (?:xin|biet|xem|hoi|luon)){{0,2}}(?: [a-z]+){{0,2}}? {_PRIVATE}",
        rf"(?:xin|gui|doc)(?: lai| giup| ho| luon){{0,2}}(?: cai| so| cai so)? {_PRIVATE}",
        rf"{_PRIVATE}(?: [a-z0-9]+){{0,3}} la (?:gi|bao nhieu|so may|may)\b",
    )
)
_FORBIDS = re.compile(r"\b(?:dung|khong|chang|cam|tranh|chua)\b(?: [a-z]+){0,5}$")
"""Right before: it is warned of, not asked for."""

_NOT_SO = re.compile(
    r"(?:chua|khong|ko|chang|dung|suyt|suyt nua|khong he|chua he|xem|phim|tranh|phong)(?: bi| co| he| kip| nua| dam| bao gio| lo| da)*$"
)
"""Right before the words: it did not happen."""
_ONLY_IF = re.compile(
    r"\b(?:neu|nho|gia su|gia nhu|lo nhu|lo ma|lo may|nhu|so|lo so|phong khi|truong hop|de phong|de khong|tranh|tranh bi|canh bao|tuyen truyen)\b(?: [a-z0-9]+){0,4}$"
)
"""A little before: it is only feared or asked about."""
_WHAT_IF = re.compile(
    r"^(?:[a-z0-9 ]{0,20})? ?(?:thi (?:co )?(?:sao|bi sao|lam sao|lam the nao|phai lam gi|xu ly|khoa|doi)|co nen|co bi lua)\b"
)
_DIED = re.compile(
    r"^(?:[a-z]+ )?(?:(?:chet|qua doi|tu vong) (?:mat )?(?:roi\b|(?:hom|tuan|thang|nam|ngay|dem) (?:qua|kia|truoc|ngoai|roi|nay|nao|\d)|sang nay|chieu nay|duoc \d|cach day|luc|truoc)"
    r"|mat (?:hom|tuan|thang|nam) (?:qua|kia|truoc|ngoai|roi))"
)
"""Right after: whom it was about has died, and a person who grieves is no alarm."""
_FEARED = re.compile(r"\b(?:so|e) (?:la |minh |toi |lai )*(?:bi |no |ho )+(?:lua|gat)(?: dao)?(?: mat| het)*(?: tien| cua)?\b")
_CAME_TRUE = re.compile(r"\b(?:roi|da|vua|lo|tro|trot|mat|het|chuyen|doc|gui)\b")
_BESIDES = (("birth_registration", re.compile(r"\bkhai sinh\b")), ("death_registration", re.compile(r"\bkhai tu\b|\bbao tu\b")))
_FAR = 60


def urgent(folded: str) -> str | None:
    """What to go to at once: one of `KINDS`, or None."""
    return next((topic for topic, patterns in _TOPICS if any(_happened(pattern, folded) for pattern in patterns)), None)


def calm(folded: str) -> str | None:
    """The topic that words of an alarm mean where they are none: «tôi sợ bị lừa», and whoever died is to be registered."""
    if _FEARED.search(folded) and not _CAME_TRUE.search(_FEARED.sub("", folded)):
        return "scam_suspected"
    matches = (match for pattern in dict(_TOPICS)["harm"] for match in pattern.finditer(folded))
    return "death_registration" if any(_DIED.match(folded[match.end() :].lstrip()) for match in matches) else None


def besides(folded: str) -> str | None:
    """The paper that is asked for: said in one breath with an alarm, it is come back to."""
    return next((topic for topic, named in _BESIDES if named.search(folded)), None)


def offers_secret(folded: str) -> bool:
    """Whether somebody offers to write a code, a password or a card's picture here: kindly refused before they do."""
    return not _NOT_TO_US.search(folded) and any(pattern.search(folded) for pattern in _OFFERS)


def asks_secret(folded: str) -> bool:
    """Whether a helper's words ask a citizen to hand over a code, a password, an id number or a card's picture: they must not be sent."""
    found = (match for pattern in _ASKS for match in pattern.finditer(folded))
    return any(not _FORBIDS.search(folded[max(0, match.start() - _FAR) : match.start()].rstrip()) for match in found)


def _happened(pattern: re.Pattern[str], folded: str) -> bool:
    return any(not _doubted(folded, match) for match in pattern.finditer(folded))


def _doubted(folded: str, match: re.Match[str]) -> bool:
    before = folded[max(0, match.start() - _FAR) : match.start()].rstrip()
    after = folded[match.end() :].lstrip()
    return bool(_NOT_SO.search(before) or _ONLY_IF.search(before) or _WHAT_IF.match(after) or _DIED.match(after))


def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?:^|(?<= ))(?:{pattern})") for pattern in patterns)


_TOPICS = (
    ("harm", _compiled(_HARM)),
    ("trafficking", _compiled(_TRAFFICKING)),
    ("child_marriage", _compiled(_CHILD_MARRIAGE)),
    ("violence", _compiled(_VIOLENCE)),
    ("crime_report", _compiled(_CRIME_NOW)),
    ("scam_victim", _compiled(_SCAM_VICTIM)),
)
KINDS = tuple(topic for topic, _ in _TOPICS)
