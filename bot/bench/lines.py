"""What the bench's citizens write: questions that no exact list settles, and what a model that answers at once reads in them."""

import random
from dataclasses import dataclass

from ..model.meaning import Meaning, Reading


@dataclass(frozen=True, slots=True)
class Line:
    """A question, and how it is rightly read. None of them begins a guide, so who is inside one stays, and who is not stays out."""

    text: str
    intent: str
    aspect: str | None = None


LINES = (
    Line("đi làm định danh mức 2 có mất tiền không ạ", "eid_level_2", "fee"),
    Line("làm mức 2 xong bao nhiêu hôm thì được", "eid_level_2", "time"),
    Line("len xa lam dinh danh muc 2 can cam theo giay to gi", "eid_level_2", "documents"),
    Line("làm định danh mức 2 thì đến chỗ nào hả cán bộ", "eid_level_2", "where"),
    Line("tài khoản định danh điện tử là gì, dùng để làm gì", "eid_about"),
    Line("vneid bao quen mat khau thi lam the nao", "eid_password"),
    Line("chờ mãi không thấy mã otp gửi về máy", "eid_otp"),
    Line("nhà mình đổi máy mới thì vào lại vneid kiểu gì", "eid_new_device"),
    Line("tải ứng dụng vneid ở đâu cho đúng", "vneid_install"),
    Line("xem tài khoản định danh đã duyệt chưa ở chỗ nào", "eid_status"),
)
_FIRST = ("Nà", "Pá", "Khau", "Lũng", "Phìn", "Tả", "Sủng", "Cốc", "Thèn", "Bản", "Nậm", "Pác", "Suối", "Tát")
_SECOND = ("Lùng", "Chải", "Vài", "Mận", "Khun", "Sính", "Tủng", "Ngàn", "Trà", "Cụp", "Lèn", "Phú", "Thàng", "Quýt")


def written(chance: random.Random) -> str:
    """One of the questions, told from a made-up hamlet: hardly ever twice the same, so the client's memory of answers is no help."""
    line = chance.choice(LINES)
    return f"{line.text}, nhà em bản {chance.choice(_FIRST)} {chance.choice(_SECOND)} {chance.choice(_FIRST)} {chance.choice(_SECOND)}"


class AtOnce:
    """A model that knows the lines by heart; parts of them mean nothing to it."""

    async def parse(self, text: str) -> Meaning:
        line = next((line for line in LINES if text.startswith(line.text)), None)
        if line is None:
            return Meaning((Reading("out_of_scope", 0.2),))
        return Meaning((Reading(line.intent, 0.95), Reading("out_of_scope", 0.02)), aspect=line.aspect)
