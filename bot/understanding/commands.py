"""Commands with a slash, as Telegram's menu sends them: «/menu», «/dung@danloi_bot», «/start eid_level_2--xa_dong_van»."""

import re
from dataclasses import dataclass

from ..model.meaning import Link

COMMANDS = {
    "start": "start",
    "menu": "menu",
    "lai": "go_back",
    "dung": "stop",
    "nguoi": "talk_to_human",
    "xoa": "forget_me",
    "dulieu": "my_data",
    "chuyen": "move",
    "help": "bot_help",
}
_COMMAND = re.compile(r"/([a-z_]{1,32})(?:@\w{1,64})?(?:\s+(\S{1,64}))?", re.IGNORECASE)
_PART = re.compile(r"[a-z0-9_]{1,40}")
PLACE = "xa_"
"""What the name of a place in a link begins with; anything else is a topic. Two parts are joined by two dashes."""


@dataclass(frozen=True, slots=True)
class Command:
    act: str
    link: Link | None = None


def read(text: str) -> Command | None:
    """The command that is all of the text, or None: then it is a text like any other."""
    found = _COMMAND.fullmatch(text.strip())
    act = COMMANDS.get(found[1].lower()) if found else None
    if found is None or act is None:
        return None
    return Command(act, _link(found[2] or "") if act == "start" else None)


def _link(payload: str) -> Link:
    """What a stranger's payload names, if anything; what it cannot mean is left out."""
    parts = [part for part in payload.lower().split("--") if _PART.fullmatch(part)]
    topic = next((part for part in parts if not part.startswith(PLACE)), None)
    place = next((part for part in parts if part.startswith(PLACE)), None)
    return Link(topic, place)
