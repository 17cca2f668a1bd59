"""Two questions in one message: «làm căn cước hết bao nhiêu với lại mất sim thì đổi số ở đâu ạ».

Cut where people pause or say "with that", and only where at least two of the parts ask something: a story that ends in one question has
many sentences and is one.
"""

import re

from .text import normalise, strip

LONGEST = 200
"""Characters of a message that may hold two questions; what is longer is a story."""
FEWEST_WORDS = 2
MOST = 3

_JOINTS = "với lại|với cả|nhân tiện|tiện thể|ngoài ra|à mà|thêm nữa|rồi còn|và còn|và cho hỏi|cho hỏi thêm"
_GOES_ON = "mất|bao|mấy|cần|làm|có|ở"
"""After «và», «với» these begin another question; other words go on with the first."""
_PAUSE = re.compile(
    rf"[?!;\n]+|[.,](?=\s|$)|\b(?:{_JOINTS}|{strip(_JOINTS)})\b|\b(?:và|với|va|voi|vs)\b(?= (?:{_GOES_ON}|{strip(_GOES_ON)})\b)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:gì|nào|sao|đâu|bao nhiêu|bao lâu|bao giờ|mấy|mô|răng|hỏi)\b|\b(?:không|chưa|hả|à)(?: (?:ạ|em|anh|chị|cô|chú|bác|cháu|bạn|ad))?$"
)
_ASKS_BARE = re.compile(
    r"\b(?:gi|nao|sao|dau|bao nhieu|bao lau|bao gio|kieu gi|hoi)\b|\b(?:khong|chua)(?: (?:a|em|anh|chi|co|chu|bac|chau|ban|ad))?$"
)
"""Without diacritics fewer words ask: «mo» may be anything."""


def questions(text: str) -> tuple[str, ...]:
    """The parts of a message that each ask something; none where fewer than two do."""
    if len(text) > LONGEST:
        return ()
    parts = [part.strip() for part in _PAUSE.split(text) if part and len(part.split()) >= FEWEST_WORDS]
    asking = [part for part in parts if _asks(normalise(part))]
    return tuple(asking[:MOST]) if len(asking) > 1 else ()


def _asks(part: str) -> bool:
    return bool((_ASKS_BARE if strip(part) == part else _ASKS).search(part))
