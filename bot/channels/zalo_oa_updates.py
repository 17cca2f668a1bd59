"""Reads one event of a Zalo OA's webhook, whatever it holds: pure; what nobody thought of falls to `Nothing`, never to silence alone.

Ids and times come as texts, by others who speak like Zalo as numbers; both are read. Of what people send kind and words are read, and where
a picture or voice lies.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ..model.message import PICTURE, VOICE, Address, Attachment, Inbound, Kind, Tap, parse_value

KINDS = {
    "text": Kind.TEXT,
    "image": Kind.PHOTO,
    "audio": Kind.VOICE,
    "voice": Kind.VOICE,
    "video": Kind.FILE,
    "file": Kind.FILE,
    "sticker": Kind.STICKER,
    "gif": Kind.STICKER,
    "location": Kind.LOCATION,
    "business_card": Kind.CONTACT,
    "link": Kind.OTHER,
}
"""What people send, by the end of the event's name; any other is something that they sent, too."""
MEDIA = {Kind.PHOTO: PICTURE, Kind.VOICE: VOICE}
LONGEST_URL = 2000
RECEIPTS = frozenset({"user_received_message", "user_seen_message"})
ELSEWHERE = frozenset({"anonymous_send_text", "user_reacted_message", "add_user_to_tag", "user_click_chatnow"})
"""Known, and nothing follows. A visitor of the web widget who is not logged in has no id that an answer could go to."""
_ID = re.compile(r"[\x21-\x7e]{1,120}")
_EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)


class Unreadable(Exception):
    """Not an event as Zalo writes them. Holds nothing of its content."""


@dataclass(frozen=True, slots=True)
class Said:
    inbound: Inbound


@dataclass(frozen=True, slots=True)
class Membership:
    """A person follows us, or does not any more."""

    address: Address
    follows: bool
    key: str
    """What is the same when the event comes twice."""
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Echo:
    """The OA said something to a person: we ourselves, or somebody in the OA's own inbox."""

    address: Address
    sent_id: str
    text: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Nothing:
    """An event that asks for nothing, and why; `name` is one of few, fit to be counted by."""

    why: str
    name: str


Event = Said | Membership | Echo | Nothing


def read(raw: Any, account: str, oa: str) -> Event:
    """What an event says. Raises Unreadable."""
    try:
        return _read(raw, account, oa)
    except RecursionError:
        raise Unreadable("nested too deeply to be looked through") from None


def _read(raw: Any, account: str, oa: str) -> Event:
    if not isinstance(raw, dict):
        raise Unreadable(f"an event is an object, this is a {type(raw).__name__}")
    name = raw.get("event_name")
    if not isinstance(name, str):
        raise Unreadable("an event has a name")
    if name in RECEIPTS:
        return Nothing("a receipt", name)
    if name in ELSEWHERE:
        return Nothing("known, and nothing follows", name)
    if name in ("follow", "unfollow"):
        return _membership(raw, name, account, oa)
    if name.startswith("oa_send_"):
        return _echo(raw, account, oa)
    if name == "user_submit_info" or name == "user_click_button" or name.startswith("user_send_"):
        return _from_person(raw, name, account, oa)
    return Nothing("an event that we do not know", "unknown")


def _from_person(raw: Mapping[str, Any], name: str, account: str, oa: str) -> Event:
    person, to = _id(_part(raw, "sender").get("id")), _id(_part(raw, "recipient").get("id"))
    if person is None:
        raise Unreadable(f"{name}: no sender")
    if to not in (None, oa):
        return Nothing("for another OA", "other_oa")
    if person == oa:
        return Nothing("the OA to itself", "own")
    address, at = Address(account, person), _moment(raw.get("timestamp"))
    if name == "user_submit_info":
        return Said(Inbound(address, _own_key(raw, name, person), Kind.CONTACT, sent_at=at))
    message = _part(raw, "message")
    key = _message_id(message.get("msg_id")) or _own_key(raw, name, person)
    if name == "user_click_button":
        return Said(_typed(address, key, _payload(raw), at))
    kind = KINDS.get(name.removeprefix("user_send_"), Kind.OTHER)
    text = _text(message.get("text"))
    if kind is Kind.TEXT or (kind is Kind.OTHER and text):
        return Said(_typed(address, key, text, at))
    return Said(Inbound(address, key, kind, text, sent_at=at, attachment=_attachment(message, kind)))


def _attachment(message: Mapping[str, Any], kind: Kind) -> Attachment | None:
    """Where the picture or voice is said to lie; whoever follows that address looks at it first. Of several it is the first."""
    listed = message.get("attachments")
    first = listed[0] if isinstance(listed, list) and listed else None
    url = _part(first, "payload").get("url") if isinstance(first, dict) else None
    if kind not in MEDIA or not isinstance(url, str) or not 0 < len(url) <= LONGEST_URL:
        return None
    return Attachment(MEDIA[kind], reference=url)


def _typed(address: Address, key: str, text: str, at: datetime | None) -> Inbound:
    """Words; or a tap, for a button makes its person say its payload. «12:30» is a time of day, and no tap of ours."""
    tap = Tap.parse(text.strip())
    if tap is not None and parse_value(tap.value) is not None:
        return Inbound(address, key, Kind.TAP, tap=tap, sent_at=at)
    return Inbound(address, key, Kind.TEXT, text, sent_at=at)


def _payload(raw: Mapping[str, Any]) -> str:
    """What a tapped button carries. No source shows the event, so it is looked for wherever it might be."""
    for part in (_part(raw, "message"), _part(raw, "data"), _part(raw, "button"), raw):
        for name in ("payload", "text", "title"):
            if text := _text(part.get(name)):
                return text
    return ""


def _membership(raw: Mapping[str, Any], name: str, account: str, oa: str) -> Event:
    person = _id(_part(raw, "follower").get("id")) or _id(_part(raw, "sender").get("id"))
    if person is None:
        raise Unreadable(f"{name}: nobody follows")
    if _id(raw.get("oa_id")) not in (None, oa):
        return Nothing("for another OA", "other_oa")
    return Membership(Address(account, person), name == "follow", _own_key(raw, name, person), _moment(raw.get("timestamp")))


def _echo(raw: Mapping[str, Any], account: str, oa: str) -> Event:
    person, sender = _id(_part(raw, "recipient").get("id")), _id(_part(raw, "sender").get("id"))
    message = _part(raw, "message")
    sent_id = _message_id(message.get("msg_id"))
    if person is None or sent_id is None:
        raise Unreadable("oa_send: no recipient or no id")
    if sender not in (None, oa):
        return Nothing("of another OA", "other_oa")
    return Echo(Address(account, person), sent_id, _text(message.get("text")), _moment(raw.get("timestamp")))


def _own_key(raw: Mapping[str, Any], name: str, person: str) -> str:
    """An event without an id is known by its name, person and time; without a time, by all that it holds."""
    at = _id(raw.get("timestamp")) or _digest(json.dumps(raw, sort_keys=True))
    key = f"{name}:{person}:{at}"
    return key if len(key) <= 150 else _digest(key)


def _id(value: Any) -> str | None:
    """A text, or a whole number, that can name something; None where it is none."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return text.strip() if isinstance(text, str) and _ID.fullmatch(text.strip()) else None


def _message_id(value: Any) -> str | None:
    """The same, and where it is too long or odd to keep, something that is the same for the same."""
    return _id(value) or (_digest(value) if isinstance(value, str) and value.strip() else None)


def _digest(text: str) -> str:
    return f"h-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}"


def _part(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = raw.get(name)
    return part if isinstance(part, dict) else {}


def _text(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def _moment(timestamp: Any) -> datetime | None:
    """Milliseconds since 1970; None where that cannot be read."""
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(str(timestamp)))
    except (TypeError, ValueError, OverflowError):
        return None
    return moment if moment > _EARLIEST else None
