"""Search among cases: by topic, place, day, who had it, the exact person, and the words of notes. Never by the words of messages."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from litestar import Controller, Response, get, post

from ...model.case import CaseStatus
from ...model.clock import VIETNAM
from ...model.errors import DeskError
from ...model.message import Address
from ...model.people import Power
from ...store import case_search, conversations, desk, people
from ...store.case_search import Wanted
from ...store.database import Tx
from ...understanding.redact import phones
from ...understanding.text import fold
from .access import AnyRequest, asks, signed_in
from .answers import field, form_of, page, parts_of
from .parts import Parts

PAGE = 30
ASKED = ("topic", "place", "status", "since", "until", "person", "helper", "note", "urgent", "before")
YEARS = range(2000, 2200)


class SearchRoutes(Controller):
    @get("/search", opt=asks(Power.HELP))
    async def newest(self, request: AnyRequest) -> Response[Any]:
        return await _found(request, {})

    @post("/search", opt=asks(Power.HELP))
    async def search(self, request: AnyRequest) -> Response[Any]:
        """By POST, for a number or a note's words belong into no address, which browsers and proxies write down."""
        form = await form_of(request)
        return await _found(request, {name: field(form, name) for name in ASKED})


async def _found(request: AnyRequest, asked: dict[str, str]) -> Response[Any]:
    parts, who, before = parts_of(request), signed_in(request), asked.get("before", "")

    def find(tx: Tx) -> dict[str, Any]:
        reach = parts.takeover.ladder.reach(tx, who)
        wanted = read(parts, tx, asked)
        last = int(before) if before.isdecimal() and len(before) < 19 else None
        return {"found": case_search.search(tx, wanted, reach, last, PAGE), "trouble": None}

    try:
        seen = await parts.database.read(find)
    except DeskError as error:
        seen = {"found": [], "trouble": str(error)}
    more = seen["found"][-1].id if len(seen["found"]) == PAGE else None
    kept = {name: value for name, value in asked.items() if name != "before" and value}
    return page(request, "search.html", asked=kept, more=more, statuses=CaseStatus, **seen)


def read(parts: Parts, tx: Tx, asked: dict[str, str]) -> Wanted:
    """What the form asks for. Raises DeskError naming the field that can not be read."""
    return Wanted(
        topic=asked.get("topic") if asked.get("topic") in parts.topics else None,
        communes=communes(parts, asked.get("place", "")),
        status=CaseStatus(asked["status"]) if asked.get("status") in CaseStatus.__members__.values() else None,
        volunteer_id=_volunteer(tx, asked.get("helper", "")),
        since=_moment(asked.get("since", ""), "Từ ngày"),
        until=_after(_moment(asked.get("until", ""), "Đến ngày")),
        **_person(parts, tx, asked.get("person", "")),
        note_words=desk.word_keys(parts.database.keyring, fold(asked.get("note", "")[:200])),
        urgent=asked.get("urgent") == "1",
    )


def communes(parts: Parts, text: str) -> frozenset[str] | None:
    """Those of today that a place is, or became; None where none is named. Raises DeskError."""
    if not text.strip():
        return None
    named = parts.places.named(text[:100], expected=True)
    if not named:
        raise DeskError(f"Không thấy xã, huyện nào tên «{text[:40]}».")
    return frozenset(one for place in named for one in place.now)


def _volunteer(tx: Tx, code: str) -> int | None:
    if not code.strip():
        return None
    found = people.by_code(tx, code.strip())
    if found is None:
        raise DeskError(f"Không có người hỗ trợ mang mã «{code[:40]}».")
    return found.id


def _person(parts: Parts, tx: Tx, text: str) -> dict[str, Any]:
    """Exactly one person: by the number they left, or by their id on a channel («telegram:123»)."""
    text = text.strip()[:200]
    if not text:
        return {}
    numbers = phones(text)
    if numbers:
        return {"phone_key": parts.database.keyring.phone_key(numbers[0])}
    for account in parts.accounts:
        found = conversations.find(tx, parts.database.keyring, Address(account, text.partition(":")[2] or text))
        if found is not None:
            return {"conversation_id": found}
    return {"conversation_id": 0}


def _moment(text: str, name: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip()[:10])
    except ValueError as error:
        raise DeskError(f"{name}: «{text[:20]}» không phải là ngày.") from error
    if day.year not in YEARS:
        raise DeskError(f"{name}: năm {day.year} xa quá.")
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)


def _after(day: datetime | None) -> datetime | None:
    return None if day is None else day + timedelta(days=1)
