"""The languages of the mountains: whether a citizen asks to be helped in one."""

import re

from ..understanding.text import fold

LANGUAGES = ("Mông", "Tày", "Dao", "Nùng", "Giáy", "Lô Lô", "La Chí", "Cờ Lao", "Pu Péo", "Bố Y", "Pà Thẻn", "Hoa")
_BY_NAME = {fold(name): name for name in LANGUAGES} | {"hmong": "Mông", "meo": "Mông", "zao": "Dao"}
_NAMES = "|".join(sorted(map(re.escape, _BY_NAME), key=len, reverse=True))
_ASKED = re.compile(rf"\btieng ({_NAMES})\b")


def asked(text: str) -> str | None:
    """The language that is spoken of as one to speak in; the last one named."""
    found = _ASKED.findall(fold(text))
    return _BY_NAME[found[-1]] if found else None


def called(name: str) -> str | None:
    """The language of that name, with diacritics or without: "mong" is "Mông"."""
    return _BY_NAME.get(fold(name).removeprefix("tieng "))
