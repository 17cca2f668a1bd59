"""What words are given where they are looked at outside a conversation: by `danloi check`, `danloi preview` and the desk."""

from typing import Any

_PLACE = {"Place": "…", "name": "…", "district": "…", "now": ["…", "…"], "made_of": ["…", "…"]}
_LATER: dict[str, Any] = {"day": "…", "said": "…", "least": None, "most": None, "unit": "", "facts": [], "sources": [], "reviewed": "…"}
_DESK: dict[str, Any] = {
    "ahead": 2,
    "by": "14 giờ 30",
    "staffed": False,
    "closed": None,
    "helper": "Dính",
    "team": "Tổ công nghệ số thôn Mới",
    "phrase": "mận trắng",
}
_KEPT: dict[str, Any] = {
    "messages": 12,
    "since": "01/11/2026",
    "until": "30/01/2027",
    "named": True,
    "pictures": 1,
    "phone": True,
    "waits": True,
    "link": "/chat/copy/…",
    "lines": ["…"],
    "left_out": 0,
}
_MOVING: dict[str, Any] = {
    "code": "BKTM HLPN",
    "ways": [
        {"name": "Telegram", "link": "…", "called": None, "says_code": True},
        {"name": "Zalo", "link": "…", "called": None, "says_code": False},
        {"name": "Zalo", "link": None, "called": "bot.danloi", "says_code": False},
        {"name": "trang web", "link": None, "called": None, "says_code": False},
    ],
    "at": "3/7",
    "same": True,
    "aside": "…",
    "to": "Zalo",
}
SAMPLE: dict[str, Any] = {
    "title": "…",
    "topic_title": "…",
    "label": "…",
    "masked": [],
    "words": False,
    "cheated": True,
    "answers": {},
    **_PLACE,
    **_LATER,
    **_DESK,
    **_KEPT,
    **_MOVING,
}
"""What a block may mention when it is looked at outside a conversation."""
