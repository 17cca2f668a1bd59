"""What Zalo refuses on its OA API, by its numbers. Sources: the platform's PHP library, PyPI's zalo-sdk 0.3.0, public projects (2026)."""

from collections.abc import Mapping
from typing import Any

from .multipart import seen

LONGEST_TEXT = 2000
LONGEST_TITLE = 100
LONGEST_PAYLOAD = 1000
MOST_BUTTONS = 5
LARGEST_PICTURE = 1_000_000


class Refusal(Exception):
    def __init__(self, error: int, message: str = "refused") -> None:
        super().__init__(message)
        self.body = {"error": error, "message": message}


def recipient(body: Mapping[str, Any]) -> str:
    """To whom it goes. Raises Refusal."""
    to = body.get("recipient")
    if not isinstance(to, dict) or set(to) != {"user_id"} or not isinstance(to["user_id"], str) or not to["user_id"]:
        raise Refusal(-201, "recipient is invalid")
    return str(to["user_id"])


def uploaded(fields: Mapping[str, tuple[str | None, bytes]]) -> bytes:
    """The picture that was uploaded. Raises Refusal."""
    if set(fields) != {"file"} or fields["file"][0] is None:
        raise Refusal(-201, "file is missing")
    data = fields["file"][1]
    if len(data) > LARGEST_PICTURE:
        raise Refusal(-210, "file is over 1 MB")
    if seen(data, "JPEG", "PNG") is None:
        raise Refusal(-201, "file is no JPEG or PNG")
    return data


def pictured(message: Any, uploads: Mapping[str, bytes]) -> bytes | None:
    """The picture that a message names. Raises Refusal."""
    try:
        payload = message["attachment"]["payload"]
        if payload.get("template_type") != "media":
            return None
        (element,) = payload["elements"]
        assert set(payload) == {"template_type", "elements"}
        assert set(element) == {"media_type", "attachment_id"}
        assert element["media_type"] == "image"
    except (AssertionError, ValueError) as error:
        raise Refusal(-201, "attachment is invalid") from error
    except (KeyError, TypeError, AttributeError):
        return None
    if element["attachment_id"] not in uploads:
        raise Refusal(-100, "attachment is expired")
    return uploads[element["attachment_id"]]


def shown(body: Mapping[str, Any], takes_buttons: bool, picture: bool) -> tuple[str, list[dict[str, str]]]:
    """The text and the buttons that a person sees; beside a picture there are none. Raises Refusal."""
    message = body.get("message")
    if not isinstance(message, dict) or set(message) - {"text", "attachment"}:
        raise Refusal(-201, "message is invalid")
    text = message.get("text")
    if not isinstance(text, str) or not text.strip():
        raise Refusal(-201, "text is empty")
    if len(text) > LONGEST_TEXT:
        raise Refusal(-210, "text is too long")
    return text, _buttons(message["attachment"], takes_buttons) if "attachment" in message and not picture else []


def _buttons(attachment: Any, takes_buttons: bool) -> list[dict[str, str]]:
    if not takes_buttons:
        raise Refusal(-233, "message type is not supported")
    try:
        assert attachment["type"] == "template"
        assert set(attachment["payload"]) == {"buttons"}
        buttons: list[dict[str, str]] = attachment["payload"]["buttons"]
        for button in buttons:
            assert set(button) == {"title", "type", "payload"}
            assert button["type"] in ("oa.query.hide", "oa.query.show")
            assert 1 <= len(button["title"]) <= LONGEST_TITLE
            assert 1 <= len(button["payload"]) <= LONGEST_PAYLOAD
        assert 1 <= len(buttons) <= MOST_BUTTONS
    except (AssertionError, KeyError, TypeError) as error:
        raise Refusal(-201, "attachment is invalid") from error
    return buttons
