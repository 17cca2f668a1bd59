"""Tidings in short that something was done: «gọi rồi», «mã về rồi», «trưởng thôn ký cho rồi»; what went wrong is none."""

import re

from ..model.meaning import Heard

_COMES = r"(?:ma|ma otp|ma so|tin|tin nhan|the|bang|giay|giay hen|phieu|ket qua)"
_THEY = (
    r"(?:truong (?:thon|ban|xom)|ba do|can bo|y ta|y si|nguoi lam chung|hang xom"
    r"|con (?:trai|gai)|chau(?: no)?|con|no|ong ay|ba ay|chong|vo|bo|me)(?: toi| em| chau)?"
)
_AFTER = r"(?: (?:a|nhe|day|do|chau|em|ban|nha|oi))*"
_ENDS = rf"(?:roi|xong|xong roi){_AFTER}"
_DID = re.compile(
    r"(?!.*\b(?:khong|chua|chang|cha|mat|hong|sai|nham|quen|lau|vang|het|loi|mai|tien|ma|otp|anh|the|khoa|nhieu)\b)"
    r"(?:(?:toi|em|chau|minh|bac|co|chu|ong|ba|chi|thi|u|vang|da|a|cung) )*"
    r"(?:goi|go|viet|doc|dong|tra|nop|bam|cai|di|ra|lam|chup|gui|dien|mo|chon|hoi|tim|xem|khai|dang ky|dang nhap|vao|mua|ky|lay|nhan|mang|"
    rf"bao|dat|chep|nghi|quay|nhap|quet|tai|tat|bat|doi|sua|xin|thu|ghi|chuan bi)(?: \w+){{0,2}} {_ENDS}"
    rf"|{_THEY} (?:da )?(?:ky|viet|xac nhan|dong dau|khai|dien|ghi|nop|lam|cai|nhap)(?: (?:cho|ho|giup|gium))?(?: \w+)? {_ENDS}"
    rf"|{_COMES} (?:da )?(?:ve|den|toi)(?: may)? roi{_AFTER}"
    rf"|(?:da )?(?:co|thay|nhan duoc) {_COMES} roi{_AFTER}"
    rf"|(?!.*\b(?:nguoi|ai|loi|khac|mat|tien|khong|chua|link)\b)(?:da )?co(?: \w+){{1,3}} roi{_AFTER}"
    rf"|(?!.*\b(?:tien|ma|otp|the|anh|mat|khong|chua)\b)(?:toi |em |chau )?nho(?: \w+){{1,4}} roi{_AFTER}"
)
"""A short word that something was done, and of nothing that went wrong, was lost or was sent away."""


def tells_done(heard: Heard) -> bool:
    """That it was done, in short, whatever is on show: «gọi rồi», «cháu viết xong rồi»."""
    return heard.tap is None and any(_DID.fullmatch(form) for form in heard.forms)
