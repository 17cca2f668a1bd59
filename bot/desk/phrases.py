"""Helper's proof: two everyday words that the assistant tells the citizen, and that the helper says first on the phone or at the door."""

import secrets
from collections.abc import Callable, Sequence

THINGS = tuple(
    "mận đào lê ngô lúa chè suối núi đá mây gió nắng cầu nhà bếp "  # noqa: SIM905  (words read better in a line)
    "trâu ngựa gà ong hoa lá măng bí ớt khèn ô nón váy thuyền trăng".split()
)
LOOKS = tuple("trắng đỏ vàng xanh tím nâu đen hồng cao thấp to nhỏ dài tròn mới ấm mát ngọt thơm sáng".split())  # noqa: SIM905


def phrase(choose: Callable[[Sequence[str]], str] = secrets.choice) -> str:
    """«mận trắng»: easy to say, hard to guess among six hundred."""
    return f"{choose(THINGS)} {choose(LOOKS)}"
