"""What is read of Telegram's updates, field by field, and how an update is made ready to be read; the rest is thrown away unread."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..model.message import Kind

ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
"""The updates that we ask Telegram for."""
KINDS = {
    "photo": Kind.PHOTO,
    "live_photo": Kind.PHOTO,
    "voice": Kind.VOICE,
    "video_note": Kind.VOICE,
    "audio": Kind.VOICE,
    "venue": Kind.LOCATION,
    "location": Kind.LOCATION,
    "contact": Kind.CONTACT,
    "sticker": Kind.STICKER,
    "animation": Kind.STICKER,
    "dice": Kind.STICKER,
    "document": Kind.FILE,
    "video": Kind.FILE,
    "paid_media": Kind.FILE,
}
"""What people send, by the field of the message; the first that is there counts."""
SERVICE = (
    *(
        "pinned_message",
        "new_chat_members",
        "left_chat_member",
        "new_chat_title",
        "new_chat_photo",
        "delete_chat_photo",
        "migrate_to_chat_id",
    ),
    *("migrate_from_chat_id", "group_chat_created", "supergroup_chat_created", "channel_chat_created", "message_auto_delete_timer_changed"),
    *(
        "write_access_allowed",
        "chat_background_set",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
    ),
    *("users_shared", "chat_shared", "connected_website", "boost_added", "video_chat_started", "video_chat_ended", "video_chat_scheduled"),
    *("video_chat_participants_invited", "proximity_alert_triggered", "successful_payment", "refunded_payment", "web_app_data"),
)
"""What Telegram itself puts into a chat; nobody said it, so nobody is answered."""
READ = frozenset(
    [
        *("message_id", "date", "edit_date", "chat", "from", "text", "caption", "media_group_id", *KINDS, *SERVICE),
        *("id", "data", "message", "chat_instance", "reply_markup", "old_chat_member", "new_chat_member"),
    ]
)
"""The fields of a message, a tap or a membership that are read here; the rest is thrown away unread."""
LAST_SECOND = 4_102_444_800
"""The year 2100: a date beyond it is none."""


def chat_of(raw: Any) -> int | None:
    """Whose update it is, before it is read: updates of one chat keep their order."""
    try:
        for kind in ALLOWED:
            if kind in raw:
                holder = raw[kind].get("from") or raw[kind].get("chat")
                return int(holder["id"])
    except (AttributeError, KeyError, TypeError, ValueError):
        pass
    return None


def mended(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Only what is read here, with what Telegram always sends and others who speak like it may leave out: a name, a number for a date."""
    return {name: _mended_part(part) if isinstance(part, dict) else part for name, part in raw.items() if name in (*ALLOWED, "update_id")}


def _mended_part(part: Mapping[str, Any]) -> dict[str, Any]:
    mended = {name: value for name, value in part.items() if name in READ}
    if isinstance(sender := mended.get("from"), dict):
        mended["from"] = {"first_name": "", "is_bot": False, **{name: value for name, value in sender.items() if value is not None}}
    if isinstance(message := mended.get("message"), dict):
        mended["message"] = _mended_part(message)
    for name in ("date", "edit_date"):
        if name in mended:
            mended[name] = _seconds(mended[name])
    return mended


def _seconds(date: Any) -> int:
    """A moment in Unix seconds, whether it came as a number, a text with a number, or an ISO date; 0 where it cannot be read."""
    try:
        seconds = float(date) if str(date).replace(".", "", 1).isdigit() else datetime.fromisoformat(str(date)).timestamp()
    except (TypeError, ValueError, OverflowError):
        return 0
    return int(seconds) if 0 <= seconds < LAST_SECOND else 0
