"""A message in the shapes that Zalo takes: with its buttons, or with numbered lines in their place, within Zalo's limits."""

from collections.abc import Callable, Sequence
from typing import Any

from ..model.delivery import Outgoing
from ..model.message import Button, Tap

MOST_TEXT = 2000
MOST_BUTTONS = 5
LONGEST_TITLE = 100
LONGEST_PAYLOAD = 1000
Numbered = Callable[[str, Sequence[Button]], str]
"""Taps for who has none: numbered lines below the text (replies.formats)."""


def buttoned(out: Outgoing) -> dict[str, Any] | None:
    """The message with its taps as Zalo's buttons, that say their payload for the person without showing it. None: they do not fit."""
    taps = [(button.label, Tap(button.value, out.turn).payload) for button in out.buttons]
    if not taps or len(taps) > MOST_BUTTONS or any(len(label) > LONGEST_TITLE or len(payload) > LONGEST_PAYLOAD for label, payload in taps):
        return None
    buttons = [{"title": label, "type": "oa.query.hide", "payload": payload} for label, payload in taps]
    return {"text": out.text[:MOST_TEXT], "attachment": {"type": "template", "payload": {"buttons": buttons}}}


def pictured(out: Outgoing, uploaded: str) -> dict[str, Any]:
    """The message with a picture that was uploaded."""
    media = {"template_type": "media", "elements": [{"media_type": "image", "attachment_id": uploaded}]}
    return {"text": out.text[:MOST_TEXT], "attachment": {"type": "template", "payload": media}}


def fitting(out: Outgoing, numbered: Numbered) -> str:
    """The numbered text within Zalo's limit; labels are shortened before a word of the text is, and its end before nothing at all goes."""
    text, buttons = out.text, list(out.buttons)
    for most in (LONGEST_TITLE, 60, 30):
        whole = numbered(text, buttons)
        if len(whole) <= MOST_TEXT:
            return whole
        buttons = [Button(_shortened(button.label, most), button.value) for button in buttons]
    rest = MOST_TEXT - len(numbered("", buttons))
    return numbered(_shortened(text, rest), buttons)[:MOST_TEXT]


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
