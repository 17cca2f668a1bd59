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
    r"(?:co|thay) (?:trom|cuop|ke gian|ke trom|nguoi la)(?: [a-z]+){0,3} (?:dang|vao nha|trong nha|pha cua|cay cua|dot nhap)",
    r"(?:trom|cuop|ke gian) (?:dang|vua)(?= )",
    r"(?:dang|dinh|doa|se) giet (?:toi|em|minh|chau|nguoi|me|bo|vo|con|ca nha)",
    r"chong (?:toi |em |minh |chau )?(?:dang )?danh (?:toi|em|minh|chau|me|con)",
    r"(?:bi|dang) (?:lua |ban )(?:ban )?sang (?:trung quoc|campuchia|cam pu chia|bien gioi)",
    r"cau cuu|cuu mang|keu cuu",
)
_HARM = (
    r"(?:muon|dinh|se|di|nghi (?:den|toi)|toan|doi|doa|sap) tu (?:tu|sat|van)(?! van| hach)(?: |$)",
    r"tu tu (?:cho xong|quach|chet)",
    r"tu sat(?! hach)",
    r"(?:khong|ko|chang|chan) (?:con )?(?:muon|thiet|can) song(?! o| tai| chung| xa)",
    r"(?:chi|chan qua|toi|em|minh|chau|con) muon chet(?! di duoc| met| cuoi)",
    r"chet (?:quach|di) cho (?:xong|roi|ranh)|ket lieu|chan song|song (?:de )?lam gi nua",
    r"(?:an|nuot|uong)(?: nam)? la ngon|uong thuoc (?:tru sau|sau|chuot|diet co)|nhay (?:cau|song|xuong vuc) (?:tu|chet|cho)|treo co|rach tay|cat tay tu",
)

_NOT_SO = re.compile(
    r"(?:chua|khong|ko|chang|dung|suyt|suyt nua|khong he|chua he|xem|phim|tranh|phong)(?: bi| co| he| kip| nua| dam| bao gio| lo| da)*$"
)
"""Right before the words: it did not happen."""
_ONLY_IF = re.compile(
    r"\b(?:neu|nho|gia su|gia nhu|lo nhu|lo ma|lo may|nhu|so|lo so|phong khi|truong hop|de phong|de khong|tranh|tranh bi|canh bao|tuyen truyen)\b(?: [a-z0-9]+){0,4}$"
)
"""A little before: it is only feared or asked about."""
_WHAT_IF = re.compile(r"^(?:[a-z0-9 ]{0,20})? ?(?:thi (?:co )?(?:sao|bi sao|lam sao|lam the nao|phai lam gi|xu ly)|co nen|co bi lua)\b")
_FAR = 60


def urgent(folded: str) -> str | None:
    """The topic to go to at once: "harm", "crime_report", "scam_victim", or None."""
    return next((topic for topic, patterns in _TOPICS if any(_happened(pattern, folded) for pattern in patterns)), None)


def _happened(pattern: re.Pattern[str], folded: str) -> bool:
    return any(not _doubted(folded, match) for match in pattern.finditer(folded))


def _doubted(folded: str, match: re.Match[str]) -> bool:
    before = folded[max(0, match.start() - _FAR) : match.start()].rstrip()
    after = folded[match.end() :].lstrip()
    return bool(_NOT_SO.search(before) or _ONLY_IF.search(before) or _WHAT_IF.match(after))


def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?:^|(?<= ))(?:{pattern})") for pattern in patterns)


_TOPICS = (("harm", _compiled(_HARM)), ("crime_report", _compiled(_CRIME_NOW)), ("scam_victim", _compiled(_SCAM_VICTIM)))
