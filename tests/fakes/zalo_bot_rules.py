"""What the Zalo Bot Platform refuses. Sources: its own pages as quoted in public projects (2026), openclaw, zalo-bot-mcp.

How it words a refusal is not published, so these words are the fake's own; the codes are what HTTP means by them.
"""

from collections.abc import Mapping
from typing import Any

from .multipart import seen

Params = Mapping[str, Any]
LONGEST_TEXT = 2000
KNOWN: dict[str, dict[str, Any]] = {
    "getMe": {},
    "getUpdates": {"timeout": (int, str)},
    "setWebhook": {"url": str, "secret_token": str},
    "getWebhookInfo": {},
    "deleteWebhook": {},
    "sendMessage": {"chat_id": str, "text": str},
    "sendPhoto": {"chat_id": str, "photo": str, "caption": str},
    "sendChatAction": {"chat_id": str, "action": str},
}
"""Methods, and the parameters that this fake understands with their types; anything else is an error of ours."""

OPTIONAL = {"sendMessage": frozenset({"parse_mode", "reply_to_message_id"})}
"""Parameters that others send: the one is documented, the other python-zalo-bot's."""


class Refusal(Exception):
    def __init__(self, code: int, description: str, **more: Any) -> None:
        super().__init__(description)
        self.code = code
        self.body: dict[str, Any] = {"ok": False, "error_code": code, "description": description, **more}


def odd(method: str, params: Params) -> list[str]:
    """What is wrong with a call in any case."""
    if method not in KNOWN:
        return [f"unknown method {method}"]
    wanted = KNOWN[method]
    unknown = [f"{method} has no {name}" for name in params.keys() - wanted.keys() - OPTIONAL.get(method, frozenset())]
    return unknown + [f"{method}: {name} is no {kind}" for name, kind in wanted.items() if not isinstance(params.get(name), kind)]


def text(params: Params, name: str = "text") -> str:
    """The text to be shown. Raises Refusal."""
    if not 1 <= len(params[name]) <= LONGEST_TEXT or not params[name].strip():
        raise Refusal(400, f"Bad Request: {name} must be 1 to 2000 characters")
    return str(params[name])


def picture(status: int, kind: str, data: bytes) -> bytes:
    """What was fetched for a photo. Raises Refusal."""
    if status != 200 or not kind.startswith("image/") or seen(data, "JPEG", "PNG") is None:
        raise Refusal(400, "Bad Request: photo could not be fetched")
    return data


def hook(params: Params) -> None:
    """Raises Refusal."""
    if not 8 <= len(params["secret_token"]) <= 256:
        raise Refusal(400, "Bad Request: secret_token must be 8 to 256 characters")
    if not params["url"].startswith(("https://", "http://127.0.0.1:")):  # the real one takes no loopback either
        raise Refusal(400, "Bad Request: url must be https")
