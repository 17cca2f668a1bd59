"""Reads one Telegram update, whatever it holds: pure, and every kind that we do not handle is named or falls to `Nothing`."""

import re
from dataclasses import dataclass
from typing import Any

from telegram import CallbackQuery, Chat, ChatMember, ChatMemberUpdated, InlineKeyboardMarkup, Message, Update, User
from telegram.error import TelegramError

from ..model.message import MOST_BYTES, PICTURE, VOICE, Address, Attachment, Inbound, Kind, Tap
from .telegram_fields import KINDS, SERVICE, mended

_NUMBER = re.compile(r"-?[0-9]{1,18}")
LONGEST_ID = 150


class Unreadable(Exception):
    """Not an update as Telegram writes them. Holds nothing of its content."""


@dataclass(frozen=True, slots=True)
class Said:
    inbound: Inbound


@dataclass(frozen=True, slots=True)
class Tapped:
    """A tap of ours; `message_id` and `keyboard` are None where the message is too old for Telegram to tell."""

    inbound: Inbound
    query: str
    message_id: int | None
    keyboard: InlineKeyboardMarkup | None


@dataclass(frozen=True, slots=True)
class ForeignTap:
    """A button that is none of ours: of another program that once ran under this token, or made up."""

    query: str


@dataclass(frozen=True, slots=True)
class Membership:
    """A person blocked us (`reachable` is False) or lets us write again."""

    address: Address
    reachable: bool


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Something in a group or a channel; we talk with people one by one."""

    chat: int


@dataclass(frozen=True, slots=True)
class Nothing:
    """An update that asks for nothing, and why."""

    why: str


Event = Said | Tapped | ForeignTap | Membership | Elsewhere | Nothing


def read(raw: Any, account: str) -> Event:
    """What an update says. Raises Unreadable."""
    if not isinstance(raw, dict):
        raise Unreadable(f"an update is an object, this is a {type(raw).__name__}")
    try:
        return _sound(_read(Update.de_json(mended(raw), None), account))
    except (TelegramError, TypeError, ValueError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise Unreadable(type(error).__name__) from None


def _sound(event: Event) -> Event:
    """The same, where what the rest of the assistant builds on is what it should be: the library takes over whatever stands there."""
    inbound = event.inbound if isinstance(event, Said | Tapped) else None
    address = event.address if isinstance(event, Membership) else inbound.address if inbound is not None else None
    if address is not None and not _NUMBER.fullmatch(address.id):
        raise ValueError("a chat has a number")
    if isinstance(event, Elsewhere) and not _NUMBER.fullmatch(str(event.chat)):
        raise ValueError("a group has a number")
    if inbound is not None and not _is_text(inbound):
        raise TypeError("words and names are texts")
    return event


def _is_text(inbound: Inbound) -> bool:
    ids = [inbound.external_id, (inbound.attachment and inbound.attachment.reference) or ""]
    if not all(isinstance(one, str) for one in (inbound.text, inbound.name or "", *ids)):
        return False
    return len(inbound.external_id) <= LONGEST_ID and all(one.isprintable() for one in ids)


def _read(update: Update, account: str) -> Event:
    if update.message is not None:
        return _message(update.message, account)
    if update.edited_message is not None:
        return _edited(update.edited_message, account)
    if update.callback_query is not None:
        return _tap(update.callback_query, account)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, account)
    return Nothing("an update of a kind that we did not ask for")


def _message(message: Message, account: str) -> Event:
    if message.chat.type != Chat.PRIVATE:
        return Elsewhere(message.chat.id)
    if any(message[field] for field in SERVICE):
        return Nothing("a service message")
    if message.from_user is not None and message.from_user.is_bot:
        return Nothing("another machine")
    return Said(_inbound(message, account))


def _edited(message: Message, account: str) -> Event:
    """Only words can be corrected; a moving location is edited by itself."""
    if message.chat.type != Chat.PRIVATE:
        return Nothing("edited in a group")
    if message.text is None:
        return Nothing("edited, but no text")
    plain = _inbound(message, account)
    version = f"{plain.external_id}:{int(message.edit_date.timestamp()) if message.edit_date else 0}"
    return Said(
        Inbound(plain.address, version, plain.kind, plain.text, sent_at=message.edit_date, name=plain.name, edits=plain.external_id)
    )


def _inbound(message: Message, account: str) -> Inbound:
    kind = Kind.TEXT if message.text is not None else next((kind for field, kind in KINDS.items() if message[field]), Kind.OTHER)
    text = message.text if message.text is not None else message.caption or ""
    address, name, attachment = Address(account, str(message.chat.id)), _name(message.from_user), _attachment(message)
    return Inbound(address, _id(message), kind, text, sent_at=message.date, name=name, attachment=attachment)


def _attachment(message: Message) -> Attachment | None:
    """By what name the picture, at its largest that is small enough, or the voice could be fetched."""
    own_id = None if _id(message) == str(message.message_id) else str(message.message_id)
    fitting = [size for size in message.photo or () if (size.file_size or 0) <= MOST_BYTES]
    if fitting:
        largest = max(fitting, key=lambda size: size.width * size.height)
        return Attachment(PICTURE, reference=largest.file_id, own_id=own_id)
    if message.voice is not None and (message.voice.file_size or 0) <= MOST_BYTES:
        return Attachment(VOICE, reference=message.voice.file_id, own_id=own_id)
    return None


def _id(message: Message) -> str:
    """The pictures of one album are one message, but for the one that has words."""
    if message.media_group_id and not message.caption:
        return f"album-{message.media_group_id}"
    return str(message.message_id)


def _tap(query: CallbackQuery, account: str) -> Event:
    message = query.message
    if message is not None and message.chat.type != Chat.PRIVATE:
        return Elsewhere(message.chat.id)
    tap = Tap.parse(query.data or "")
    if tap is None:
        return ForeignTap(query.id)
    inbound = Inbound(Address(account, str(query.from_user.id)), f"tap-{query.id}", Kind.TAP, tap=tap, name=_name(query.from_user))
    shown = message if isinstance(message, Message) else None
    return Tapped(inbound, query.id, shown.message_id if shown else None, shown.reply_markup if shown else None)


def _membership(change: ChatMemberUpdated, account: str) -> Event:
    gone = change.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT)
    if change.chat.type == Chat.PRIVATE:
        return Membership(Address(account, str(change.chat.id)), reachable=not gone)
    return Nothing("we are out of a group") if gone else Elsewhere(change.chat.id)


def _name(user: User | None) -> str | None:
    return ((user.full_name or "").strip() or None) if user is not None else None
