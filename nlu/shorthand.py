"""Shorthand that can mean one thing only, and the few that their neighbours make clear. Lists for people to read and extend.

What could be two things stays as typed ("bt", "ad", "bh", "t", "tn"): the classifier reads letters too, and a wrong guess costs more.
"""

import re

_MEANINGS = {
    # no, yes, and the small words around them
    "không": "ko k nỏ hok hong hông hổng hem hk khg kg kô kông hôg hog khôg",
    "không biết": "kbiet kbik kbit kbiết",
    "không sao": "ksao",
    "được": "dc đc đươc đựơc dcj đượk",
    "với": "vs vsi",
    "gì": "j jì gj",
    "vậy": "z zậy zạy",
    "rồi": "r rùi rui gòi rùii ròi rồii",
    "quá": "wá wa qá",
    "quên": "wên qên wen",
    "cũng": "cx cg cũg cugx",
    "như thế nào": "ntn nhtn nthn",
    "người": "ng ngừi ngừơi",
    "người ta": "ngta",
    "mọi người": "mn mng mnguoi",
    "biết": "bít bik bit biêt bjt bjết",
    "muốn": "mún mun",
    "nhiều": "nhìu nhiu nhjeu",
    "trước": "trc trcs",
    "mới": "ms mớj",
    "đang": "đg đag",
    "nhưng": "nhg nhưg",
    "nhưng mà": "nma nhma",
    "làm": "lm làmm mần",
    "mình": "mik mìk mìn mjnh",
    "thôi": "thui thuj",
    "giùm": "dùm zùm zum jùm",
    "chưa": "chx chưaa",
    # words of the north centre and the south
    "tôi": "tui",
    "thế": "rứa",
    "giờ": "chừ",
    "hôm nay": "hnay",
    "hôm qua": "hqua",
    "ngày mai": "nmai",
    "vấn đề": "vđ",
    "gia đình": "gđ",
    "bố mẹ": "bme bmẹ",
    "trả lời": "tloi trl",
    "cảm ơn": "tks thanks thank thks thanhkiu camon cámơn",
    "ok": "oki okie oke okê ôkê okela oce okey",
    # what people come for
    "đăng ký": "đk dk đky dky đki dki đkí dkí đkis đăngký dangky",
    "đăng nhập": "đnhap đnhập dnhap",
    "định danh": "đdanh đinhdanh dinhdanh",
    "định danh điện tử": "đddt đdđt dddt đdt",
    "tài khoản": "tk tkhoan tkhoản",
    "số tài khoản": "stk",
    "số điện thoại": "sđt sdt",
    "điện thoại": "đt dt đthoai dthoai đthoại",
    "mật khẩu": "mkhau mkhẩu pw pwd password matkhau",
    "căn cước công dân": "cccd",
    "chứng minh nhân dân": "cmnd cmtnd",
    "chứng minh thư": "cmt",
    "bảo hiểm y tế": "bhyt",
    "bảo hiểm xã hội": "bhxh",
    "giấy phép lái xe": "gplx",
    "bằng lái xe": "blx",
    "lý lịch tư pháp": "lltp",
    "dịch vụ công": "dvc",
    "dịch vụ công trực tuyến": "dvctt",
    "ủy ban nhân dân": "ubnd",
    "công an": "cand cah",
    "facebook": "fb",
    "zalo": "zl",
    "ứng dụng": "app apps",
    "vneid": "vnied vnid vneld vneit veneid vnneid vnei vneind vneidd vnẻid vniid",
}

WORDS = {short: meaning for meaning, shorts in _MEANINGS.items() for short in shorts.split()}
"""shorthand -> what it stands for"""


def _between(before: str, short: str, after: str, written_out: str) -> tuple[re.Pattern[str], str]:
    """`short` is `written_out` where a word of `before` stands in front of it or a word of `after` behind it."""
    sides = [rf"(?<= ){short}(?= (?:{after}) )"] if after else []
    if before:
        return re.compile("|".join([*sides, rf"(?<= )(?P<lead>(?:{before}) ){short}(?= )"])), rf"\g<lead>{written_out}"
    return re.compile(sides[0]), written_out


IN_CONTEXT = (
    (re.compile(r"(?<= )(?:vn e ?id|v n e ?id|vne id|vnei d)(?= )"), "vneid"),
    (re.compile(r"(?<= )(?:pass? cod|pass? code|passcod|passcoe|pascode|pát cốt)(?= )"), "passcode"),
    (re.compile(r"(?<= )pass(?= )"), "mật khẩu"),
    (re.compile(r"(?<= )cám ơn(?= )"), "cảm ơn"),
    (re.compile(r"(?<= )mô(?= )(?! (?:hình|tả|phỏng|típ)\b)"), "đâu"),
    (re.compile(r"(?<!nhổ )(?<!đau )(?<!hàm )(?<!chải )(?<!chữa )(?<= )răng(?= )(?! (?:miệng|hàm|sữa|khôn|sâu|giả)\b)"), "sao"),
    _between(
        "quên|quen|đổi|doi|sai|lại|lai|nhập|nhap|cấp|cap|đặt|dat|mất|mat|nhớ|nho|lộ|cái|cai",
        "mk",
        "vneid|tài|tai|mới|moi|cũ|cu",
        "mật khẩu",
    ),
    _between("hết|het|mất|mat|tốn|ton|giá|gia|là|la|phí|phi", "bn", "tiền|tien|ngày|ngay|lâu|lau|tuổi|tuoi|phí|phi", "bao nhiêu"),
    _between("bây|bay|mấy|may|giờ", "h", "làm|lam|phải|phai|thì|thi|sao", "giờ"),
    _between("gọi|goi|báo|bao|lên|len|ra", "ca", "xã|xa|phường|phuong|tỉnh|tinh|huyện|huyen", "công an"),
    _between("đã|da|lỡ|lo|vừa|vua|lệnh", "ck", "tiền|tien|cho|nhầm|nham", "chuyển khoản"),
)
"""Shorthand that only its neighbours make clear: (pattern, replacement), over a line with a space at both ends."""
