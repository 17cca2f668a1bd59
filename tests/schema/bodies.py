"""What comes in at each door, as the platforms document it and as our own pages send it: handlers that read raw bodies cannot tell.

A route that takes POST and is not here is named by a test.
"""

from typing import Any

from bot.channels import telegram_webhook, zalo_bot_webhook, zalo_oa_webhook
from bot.desk.pages.search_routes import ASKED
from bot.desk.staff import LEVELS
from bot.model.case import CaseStatus, Outcome
from bot.model.people import PROVINCE_DESK, Role

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WORDS: Schema = {"type": "string", "pattern": r"\S"}
WHOLE: Schema = {"type": "integer"}
URL: Schema = {"type": "string", "format": "uri"}
NAME: Schema = {"type": "string", "pattern": "^[A-Z][a-z]{2,8} [A-Z][a-z]{2,8}$"}
CODE: Schema = {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{3}$"}
DAY: Schema = {"type": "string", "format": "date"}
KEY: Schema = {"type": "string", "pattern": "^[A-Za-z0-9_-]{8,64}$"}


def a(*needed: str, **known: Schema) -> Schema:
    """An object; what is needed of what is known, all of it where nothing is named."""
    return {"type": "object", "properties": known, "required": list(needed)}


def one_of(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


def several(what: Schema) -> Schema:
    return {"type": "array", "items": what, "maxItems": 3}


_PERSON = a("id", "is_bot", "first_name", id=WHOLE, is_bot={"type": "boolean"}, first_name=TEXT, username=TEXT)
_CHAT = a("id", "type", id=WHOLE, type=one_of("private", "group", "supergroup", "channel"), is_forum={"type": "boolean"})
_FILE: Schema = {"file_id": TEXT, "file_unique_id": TEXT}
_MESSAGE = a(
    *("message_id", "date", "chat"),
    message_id=WHOLE,
    message_thread_id=WHOLE,
    date={"type": "integer", "minimum": 0, "maximum": 2**31},
    chat=_CHAT,
    text=TEXT,
    caption=TEXT,
    photo=several(a(*_FILE, "width", "height", **_FILE, width=WHOLE, height=WHOLE)),
    voice=a(*_FILE, "duration", **_FILE, duration=WHOLE),
    **{"from": _PERSON},
)
_BARE = a("message_id", "date", "chat", message_id=WHOLE, date=WHOLE, chat=_CHAT, text=TEXT)
TELEGRAM = a(
    "update_id",
    update_id=WHOLE,
    message=_MESSAGE,
    edited_message=_BARE,
    callback_query=a("id", "from", "chat_instance", id=TEXT, chat_instance=TEXT, message=_BARE, data=TEXT, **{"from": _PERSON}),
)
ZALO_BOT = a(
    "event_name",
    "message",
    event_name=one_of(*(f"message.{kind}.received" for kind in ("text", "image", "sticker", "voice", "unsupported"))),
    message=a(
        *("from", "chat", "message_id", "date"),
        chat=a("id", "chat_type", id=TEXT, chat_type=one_of("PRIVATE", "GROUP")),
        message_id=TEXT,
        date=WHOLE,
        text=TEXT,
        photo_url=URL,
        caption=TEXT,
        voice_url=URL,
        sticker=TEXT,
        **{"from": a("id", id=TEXT, display_name=TEXT, is_bot={"type": "boolean"})},
    ),
)
_SIDE = a("id", id=TEXT)
ZALO_OA = a(
    *("app_id", "event_name", "timestamp"),
    app_id=TEXT,
    event_name=one_of(
        *(f"user_send_{kind}" for kind in ("text", "image", "link", "audio", "video", "sticker", "gif", "location", "file")),
        *("user_click_button", "user_submit_info", "user_received_message", "user_seen_message", "follow", "unfollow", "oa_send_text"),
    ),
    timestamp={"type": "string", "pattern": "^[0-9]{13}$"},
    user_id_by_app=TEXT,
    oa_id=TEXT,
    sender=_SIDE,
    recipient=_SIDE,
    follower=_SIDE,
    info=a(name=TEXT, phone=TEXT, address=TEXT, city=TEXT, district=TEXT, ward=TEXT),
    message=a(
        msg_id=TEXT,
        msg_ids=several(TEXT),
        text=TEXT,
        attachments=several(a("type", "payload", type=TEXT, payload=a(url=URL, thumbnail=URL, name=TEXT, size=TEXT))),
    ),
)

AGREEMENT = a("consent", "version", consent={"const": True}, version={"type": "string", "pattern": "^[A-Za-z0-9._-]{1,20}$"})
_WRITTEN = a("key", "text", key=KEY, text={"type": "string", "maxLength": 4000, "pattern": r"\S"})
_TAPPED = a("key", "tap", key=KEY, tap={"type": "string", "pattern": "^[0-9]{1,4}:act:menu$"})
SAID: Schema = {"oneOf": [{**one, "additionalProperties": False} for one in (_WRITTEN, _TAPPED)]}
PICTURE: Schema = {"type": "string", "format": "binary"}


def form(**fields: Schema) -> dict[str, Schema]:
    return {"application/x-www-form-urlencoded": a("key", key=KEY, **fields)}


_TEAM = one_of(PROVINCE_DESK)
_PERSONAL: dict[str, Schema] = {
    "name": NAME,
    "team": _TEAM,
    "most_open": one_of("", "1", "3"),
    "plan": one_of("", "T2-T6 7:30-11:30"),
    "languages": several(TEXT),
}

BODIES: dict[str, dict[str, Schema]] = {
    telegram_webhook.PATH: {"application/json": TELEGRAM},
    zalo_bot_webhook.PATH: {"application/json": {"anyOf": [ZALO_BOT, a("ok", "result", ok={"const": True}, result=ZALO_BOT)]}},
    zalo_oa_webhook.PATH: {"application/json": ZALO_OA},
    "/chat/session": {"application/json": {**AGREEMENT, "additionalProperties": False}},
    "/chat/messages": {"application/json": SAID},
    "/chat/pictures": {"image/jpeg": PICTURE},
    "/desk/sign-in": form(code=TEXT, password=TEXT, next=TEXT),
    "/desk/sign-out": form(),
    "/desk/password": form(old=TEXT, new=TEXT, again=TEXT),
    "/desk/switch/pause": form(reason=WORDS),
    "/desk/switch/resume": form(),
    "/desk/shift": form(hours=one_of("", "1", "4", "8", "off")),
    "/desk/plan": form(plan=_PERSONAL["plan"]),
    "/desk/search": form(**{**dict.fromkeys(ASKED, TEXT), "status": one_of(*CaseStatus), "urgent": one_of("", "1"), "until": DAY}),
    "/desk/cases/{number}/take": form(),
    "/desk/cases/{number}/say": form(text=WORDS),
    "/desk/cases/{number}/again/{message}": form(),
    "/desk/cases/{number}/note": form(text=WORDS),
    "/desk/cases/{number}/give-back": form(result=TEXT),
    "/desk/cases/{number}/close": form(outcome=one_of(*Outcome), result=TEXT),
    "/desk/cases/{number}/pass-on": form(team=TEXT, reason=WORDS),
    "/desk/cases/{number}/typing": form(),
    "/desk/cases/{number}/reveal": form(what=one_of("phone", "name")),
    "/desk/cases/{number}/picture": {"multipart/form-data": a("key", "picture", key=KEY, text=TEXT, picture=PICTURE)},
    "/desk/people/add": form(code=CODE, role=one_of(*Role), **_PERSONAL),
    "/desk/people/{number}": form(seen=TEXT, **_PERSONAL),
    "/desk/people/{number}/role": form(role=one_of(*Role)),
    "/desk/people/{number}/password": form(),
    "/desk/people/{number}/remove": form(sure=one_of("yes", "")),
    "/desk/people/teams": form(code=CODE, name=NAME, level=one_of(*LEVELS.values()), commune=one_of("", "xã Đồng Văn"), parent=_TEAM),
    "/desk/people/teams/{number}": form(name=NAME),
    "/desk/requests/{number}/answer": form(),
    "/desk/requests/{number}/done": form(result=WORDS),
    "/desk/learn/{number}/label": form(intent=one_of("eid_otp", "passport"), aspect=one_of("", "fee"), view=TEXT),
    "/desk/learn/{number}/drop": form(view=TEXT),
    "/desk/learn/approve": form(line=several(one_of("1 eid_otp -", "1 passport fee")), do=one_of("approve", "return")),
    "/desk/learn/export": form(),
    "/desk/zalo/authorise": form(),
}
