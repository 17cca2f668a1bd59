"""Reads one update of the Zalo Bot Platform, whatever it holds: pure. Of pictures and voices their kind is read, and where they lie.

The platform documents five events: message.text|image|sticker|voice|unsupported.received. It brings them as {"ok": true, "result": {…}}
(its own pages) or as the inner object alone (openclaw, several bots): both are read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ..model.message import PICTURE, VOICE, Address, Attachment, Inbound, Kind

KINDS = {
    "text": Kind.TEXT,
    "image": Kind.PHOTO,
    "photo": Kind.PHOTO,
    "voice": Kind.VOICE,
    "audio": Kind.VOICE,
    "sticker": Kind.STICKER,
    "gif": Kind.STICKER,
    "file": Kind.FILE,
    "video": Kind.FILE,
    "location": Kind.LOCATION,
    "contact": Kind.CONTACT,
}
"""By the middle word of the event. «unsupported», whose content is kept from us, and whatever comes next year are OTHER."""
FIELDS = {"text": Kind.TEXT, "photo": Kind.PHOTO, "photo_url": Kind.PHOTO, "voice_url": Kind.VOICE, "sticker": Kind.STICKER}
"""By what a message holds, where no event is named."""
MEDIA = {Kind.PHOTO: (PICTURE, ("photo_url", "photo")), Kind.VOICE: (VOICE, ("voice_url",))}
"""What is kept of a kind, and which fields tell where it lies: "photo" is the older name."""
LONGEST_URL = 2000
LONGEST_ID = 128
LAST_MILLISECOND = 4_102_444_800_000
"""The year 2100: a date beyond it is none."""


class Unreadable(Exception):
    """Not an update as Zalo writes them. Holds nothing of its content."""


@dataclass(frozen=True, slots=True)
class Said:
    inbound: Inbound


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Something in a group; we talk with people one by one."""

    chat: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """An update that asks for nothing, and why."""

    why: str


Event = Said | Elsewhere | Nothing


def read(raw: Any, account: str) -> Event:
    """What an update says. Raises Unreadable."""
    update = _inner(raw)
    event = update.get("event_name")
    message = update.get("message")
    if not isinstance(message, dict):
        if isinstance(event, str) and not event.startswith("message."):
            return Nothing("an event that is no message")
        raise Unreadable("no message")
    chat, sender = _part(message, "chat"), _part(message, "from")
    where = _id(chat.get("id")) or _id(sender.get("id"))
    if where is None:
        raise Unreadable("no chat")
    if _is_group(chat, where):
        return Elsewhere(where)
    if sender.get("is_bot") is True:
        return Nothing("another machine")
    said = _id(message.get("message_id"))
    if said is None:
        raise Unreadable("no message_id")
    kind, text = _content(event, message)
    at, attachment = _moment(message.get("date")), _attachment(message, kind)
    return Said(Inbound(Address(account, where), said, kind, text, sent_at=at, name=_name(sender), attachment=attachment))


def _inner(raw: Any) -> Mapping[str, Any]:
    if not isinstance(raw, dict):
        raise Unreadable(f"an update is an object, this is a {type(raw).__name__}")
    result = raw.get("result")
    return result if isinstance(result, dict) else raw


def _part(message: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = message.get(name)
    return part if isinstance(part, dict) else {}


def _is_group(chat: Mapping[str, Any], where: str) -> bool:
    kind = chat.get("chat_type")
    return where.startswith("zgr-") or (isinstance(kind, str) and kind.upper() != "PRIVATE")


def _content(event: Any, message: Mapping[str, Any]) -> tuple[Kind, str]:
    """The kind, and the words that came with it. An event of next year that has a text is a text."""
    words = next((said for name in ("text", "caption") if isinstance(said := message.get(name), str) and said.strip()), "")
    if isinstance(event, str):
        parts = event.split(".")
        named = parts[1] if len(parts) == 3 else ""
        kind = KINDS.get(named, Kind.TEXT if words and named != "unsupported" else Kind.OTHER)
    else:
        kind = next((kind for field, kind in FIELDS.items() if message.get(field)), Kind.OTHER)
    return (Kind.OTHER, "") if kind is Kind.TEXT and not words else (kind, _storable(words))


def _attachment(message: Mapping[str, Any], kind: Kind) -> Attachment | None:
    """Where the picture or voice is said to lie; whoever follows that address looks at it first."""
    media_type, fields = MEDIA.get(kind, ("", ()))
    told = (message.get(field) for field in fields)
    url = next((url for url in told if isinstance(url, str) and 0 < len(url) <= LONGEST_URL), None)
    return None if url is None else Attachment(media_type, reference=url)


def _id(value: Any) -> str | None:
    """An id is a text; who writes a number means the same. With a NUL or half a letter in it, a database would not take it."""
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if 0 < len(text) <= LONGEST_ID and text.isprintable() else None


def _name(sender: Mapping[str, Any]) -> str | None:
    name = sender.get("display_name")
    return (_storable(name).strip() or None) if isinstance(name, str) else None


def _storable(text: str) -> str:
    """Without the half letters that JSON can carry (a lone \\ud800) and nothing can store."""
    return text.encode(errors="ignore").decode()


def _moment(date: Any) -> datetime | None:
    """Milliseconds, as a number or as a text with one."""
    text = str(date)
    if isinstance(date, bool) or not text.isascii() or not text.isdecimal() or not 0 < int(text[:20]) < LAST_MILLISECOND:
        return None
    return datetime.fromtimestamp(int(text) / 1000, UTC)
