"""The one conversation of the load, the same words for us and for the peer: a guide is begun, left for a question, taken up."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    text: str
    model: bool = False
    """Whether it needs the model. Then a slip of the fingers follows: hardly ever twice the same, so no memory of answers helps."""


STEPS = (
    Step("tôi muốn làm định danh mức 2", model=True),
    Step("1"),
    Step("vneid bao quen mat khau thi lam the nao", model=True),
    Step("1"),
    Step("chờ mãi không thấy mã otp gửi về máy", model=True),
    Step("1"),
    Step("ứng dụng vneid cứ bị đơ không mở lên được", model=True),
    Step("1"),
)
_KEYS = "bcdghklmnpqrstvx"


def said(step: Step, chance: random.Random) -> str:
    if not step.model:
        return step.text
    return f"{step.text} ạ {''.join(chance.choice(_KEYS) for _ in range(6))}"
