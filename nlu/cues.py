"""Words that tell what about a topic is asked: its fee, time, papers, place, who may, or whether it can be done online.

Word lists over folded text, standard library only: what the model learns to weigh, and what the bot goes by while no model answers.
"""
# ruff: noqa: E501  (lists of words read better on one line)

import re

_PATTERNS = {
    "fee": r"bao nhieu tien|may tien|(?:le )?phi (?:la |het |bao|the nao|nhu)|le phi|mat phi|mien phi|co phi|thu phi|dong phi|nop phi"
    r"|(?:co )?(?:mat|ton|phai tra|phai nop|phai dong) (?:tien|phi)(?: gi)? (?:khong|ko|k|ha|a|chang)\b|(?:co )(?:mat|ton|thu) tien|ton kem|gia (?:bao nhieu|the nao)"
    r"|het (?:bao nhieu|may)(?! ngay| lau)|phi gi|may (?:nghin|tram|chuc)|bao nhieu (?:nghin|dong|k)\b|co ton|ton bao nhieu|phi$",
    "documents": r"giay to (?:gi|nao|nhung)|(?:can|mang|nop|chuan bi|phai co)(?: theo| san| nhung| cac| du| them)* (?:giay|ho so|giay to|gi theo|nhung gi)"
    r"|(?:mang|cam|dem)(?: theo)?(?: nhung)? gi|ho so (?:gom|can|nhu the nao|the nao|co nhung)|thu tuc (?:gom|can)|(?:can|chuan bi)(?: nhung)? gi(?! nua| de biet)\b"
    r"|can (?:co )?(?:the|cmnd|cccd|can cuoc|ho khau|giay)[a-z ]{0,24}(?:khong|k|ko)$|giay to can",
    "online": r"online|(?:lam|nop|dang ky) onl\b|qua mang|tren mang|truc tuyen|tu xa|(?:o|tai|ngoi) nha (?:co )?(?:lam|dang ky|nop|duoc|tu)|(?:lam|dang ky|nop|nang cap?|nang)[a-z0-9 ]{0,24}\b(?:o|tai) nha"
    r"|tren dien thoai (?:duoc|co duoc)|khoi (?:phai )?(?:ra|di|len) (?:xa|cong an)|co (?:phai|can) (?:ra|den|len|di) (?:xa|cong an|tan noi|truc tiep|huyen|tinh)",
    "time": r"bao lau|may (?:ngay|hom|tuan|thang|tieng|gio|phut)|bao nhieu (?:ngay|lau|hom|tuan|thang)|(?:khi nao|bao gio|luc nao|chung nao|(?<!de )hom nao|ngay nao)"
    r"(?! (?:cung|thi toi))|lau khong|co lau|nhanh nhat|thoi gian|thoi han|may lau",
    "who": r"\bai (?:duoc|phai|can|co the|lam|moi|thi)|may tuoi|tuoi (?:co|da|thi|da co) (?:duoc|the|can)|(?:thay|giup)(?: cho)? (?:[a-z]+ ){1,4}(?:co )?duoc(?: phep)? (?:khong|ko|k)\b|bao nhieu tuoi|(?:tu|du|tren|duoi|chua du) \d+ tuoi[a-z ]{0,30}(?:khong|ko|k|a)\b"
    r"|(?:lam|dang ky|nop|di|nhan|lay|kich hoat|khai)(?: [a-z0-9]+){0,4} (?:ho|thay|giup)\b(?: (?:bo|me|ong|ba|con|chong|vo|nguoi|duoc|co))"
    r"|(?:ho|thay|uy quyen) (?:duoc|co duoc|dc)|co duoc (?:lam|dang ky|di|nop) (?:ho|thay)|doi tuong nao|nhung ai|uy quyen"
    r"|bat buoc(?: phai)?(?: (?:lam|co|dung))?(?: (?:khong|ko|k|hong|hem|ha|a|chang)\b|$)",
    "where": r"o dau|cho nao|noi nao|(?:den|ra|toi|len|di|ve|qua|nop|lam|dang ky) dau\b(?! co| phai)|dia chi (?:nao|o)|(?:den|ra|toi|len) (?:co quan|xa|tinh|huyen|cong an) nao"
    r"|ra (?:xa|cong an)[a-z ]{0,12} hay|xa nao (?:cung )?(?:duoc|lam)|xa khac (?:duoc|co duoc|lam)|dung dau|co quan nao|dia diem",
}
ASPECTS = tuple(_PATTERNS)
_COMPILED = tuple((name, re.compile(rf"\b(?:{pattern})")) for name, pattern in _PATTERNS.items())
"""Where two aspects are asked at once, the first of this order is answered: money worries people most, a place is said with most answers."""


def aspect(folded: str) -> "str | None":
    return next((name for name, pattern in _COMPILED if pattern.search(folded)), None)
