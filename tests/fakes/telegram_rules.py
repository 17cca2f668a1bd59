"""What Telegram refuses, in its own words. Sources: the Bot API's documentation and the answers of its server (2026)."""

import json
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from typing import Any

from .multipart import seen

Params = Mapping[str, str]
LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LARGEST_PHOTO = 10 * 1024 * 1024
LONGEST_DATA = 64
TAGS = frozenset(
    ["b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote", "tg-spoiler", "span", "tg-emoji"]
)
ENTITIES = frozenset({"lt", "gt", "amp", "quot"})
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
KNOWN = {
    "getMe": "",
    "getUpdates": "offset limit timeout allowed_updates",
    "setWebhook": "url secret_token allowed_updates max_connections drop_pending_updates",
    "getWebhookInfo": "",
    "deleteWebhook": "drop_pending_updates",
    "sendMessage": "chat_id text parse_mode reply_markup link_preview_options",
    "sendPhoto": "chat_id photo caption parse_mode reply_markup",
    "sendChatAction": "chat_id action",
    "answerCallbackQuery": "callback_query_id text show_alert",
    "editMessageReplyMarkup": "chat_id message_id reply_markup",
    "setMyCommands": "commands",
    "setMyDescription": "description",
    "setMyShortDescription": "short_description",
    "leaveChat": "chat_id",
    "getFile": "file_id",
}
"""Methods and the parameters that this fake understands; anything else is an error of ours, whatever Telegram would make of it."""


class Refusal(Exception):
    def __init__(self, description: str, status: int = 400, **parameters: Any) -> None:
        super().__init__(description)
        self.status = status
        prefix = {400: "Bad Request: ", 403: "Forbidden: ", 409: "Conflict: ", 429: "Too Many Requests: "}.get(status, "")
        self.body: dict[str, Any] = {"ok": False, "error_code": status, "description": f"{prefix}{description}"}
        if parameters:
            self.body["parameters"] = parameters


class _Entities(HTMLParser):
    """Telegram's HTML: few tags, all closed in order, four named entities."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in TAGS:
            raise Refusal(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {self.getpos()[1]}')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise Refusal("can't parse entities: Unmatched end tag")

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_entityref(self, name: str) -> None:
        self.text += {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}.get(name, f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.text += chr(int(name[1:], 16) if name[:1] in "xX" else int(name))


def photo(name: str | None, data: bytes) -> None:
    """Raises Refusal."""
    if name is None or not data:
        raise Refusal("there is no photo in the request")
    if len(data) > LARGEST_PHOTO:
        raise Refusal(f"file of size {len(data)} bytes is too big for a photo; the maximum size is 10485760 bytes")
    size = seen(data, "JPEG", "PNG", "WEBP", "GIF")
    if size is None:
        raise Refusal("IMAGE_PROCESS_FAILED")
    if sum(size) > 10_000 or max(size) > 20 * min(size):
        raise Refusal("PHOTO_INVALID_DIMENSIONS")


def caption(text: str, parse_mode: str | None) -> str:
    """Raises Refusal."""
    plain = shown(text, parse_mode) if text else ""
    if len(plain.encode("utf-16-le")) // 2 > LONGEST_CAPTION:
        raise Refusal("message caption is too long")
    return plain


def shown(text: str, parse_mode: str | None) -> str:
    """The text as it is shown, entities parsed. Raises Refusal."""
    if parse_mode is None:
        plain = text
    elif parse_mode == "HTML":
        parser = _Entities()
        parser.feed(text)
        parser.close()
        if parser.open:
            raise Refusal(f"can't parse entities: Can't find end tag corresponding to start tag {parser.open[-1]}")
        plain = parser.text
    else:
        raise Refusal(f"unsupported parse_mode {parse_mode}")
    if not plain.strip():
        raise Refusal("message text is empty")
    if len(plain.encode("utf-16-le")) // 2 > LONGEST_TEXT:
        raise Refusal("message is too long")
    return plain


def keyboard(markup: str | None) -> list[dict[str, str]]:
    """The inline buttons of a reply markup, in order. Raises Refusal."""
    if not markup:
        return []
    try:
        rows = json.loads(markup)["inline_keyboard"]
        buttons = [button for row in rows for button in row]
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal("can't parse reply keyboard markup JSON object") from error
    for button in buttons:
        if not button.get("text"):
            raise Refusal("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
        if not 1 <= len(button.get("callback_data", "").encode()) <= LONGEST_DATA:
            raise Refusal("BUTTON_DATA_INVALID")
    if len(buttons) > 100:
        raise Refusal("reply markup is too long")
    return buttons


def commands(listed: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(listed)
    for command in found:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise Refusal("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise Refusal("BOT_COMMAND_DESCRIPTION_INVALID")
    return found


def most(count: int, name: str) -> Callable[[Params], None]:
    """That a parameter is no longer than that."""

    def check(params: Params) -> None:
        if len(params.get(name, "")) > count:
            raise Refusal(f"{name} is too long")

    return check


def number(params: Params, name: str) -> int:
    try:
        return int(params[name])
    except (KeyError, ValueError) as error:
        raise Refusal(f"{name} is empty" if name not in params else f"invalid {name} specified") from error
