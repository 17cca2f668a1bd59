"""The queue: what waits within a volunteer's reach, what they have, and the switch of their shift."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from litestar import Controller, Response, get, post
from litestar.response import ServerSentEvent, ServerSentEventMessage

from ...model.errors import DeskError
from ...model.people import Power, Volunteer
from ...store import case_search, cases, desk, people
from ...store.database import Tx
from .access import COOKIE, WATCHES, AnyRequest, asks, signed_in
from .answers import field, form_of, go, page, parts_of
from .live import HEADERS, changing
from .parts import Parts

SHIFTS = {"1": timedelta(hours=1), "4": timedelta(hours=4), "8": timedelta(hours=8)}


class QueueRoutes(Controller):
    @get("/cases", opt=asks(Power.HELP))
    async def queue(self, request: AnyRequest) -> Response[Any]:
        parts, who = parts_of(request), signed_in(request)
        topic = _topic(request, parts)
        seen = await parts.database.read(lambda tx: look(parts, tx, who, topic))
        return page(request, "queue.html", chosen=topic, **seen)

    @get("/cases/events", opt=asks(Power.HELP, **{WATCHES: True}))
    async def events(self, request: AnyRequest) -> ServerSentEvent:
        """The list anew whenever it is another. Nothing to resume: each event is the whole of it."""
        parts, who, topic = parts_of(request), signed_in(request), _topic(request, parts_of(request))

        async def render() -> str | None:
            seen = await parts.database.read(lambda tx: look(parts, tx, who, topic))
            if parts.closing.is_set() or await parts.sessions.read(request.cookies.get(COOKIE), renew=False) is None:
                return None
            return parts.pages.page("queue_lists.html", who=who, csrf="", chosen=topic, **seen)

        async def stream() -> AsyncIterator[ServerSentEventMessage]:
            async for text in changing(render, 2 * parts.look_again, parts.keepalive):
                yield ServerSentEventMessage(comment="còn đây") if text is None else ServerSentEventMessage(text, event="queue")

        return ServerSentEvent(stream(), headers=HEADERS)

    @post("/shift", opt=asks(Power.HELP))
    async def shift(self, request: AnyRequest) -> Response[Any]:
        """On duty for some hours, off duty until tomorrow, or as planned."""
        parts, who, form = parts_of(request), signed_in(request), await form_of(request)
        hours, now = field(form, "hours"), parts.clock()
        if hours not in (*SHIFTS, "off", ""):
            raise DeskError("Chọn lại giờ trực trong danh sách nhé.")
        on = now + SHIFTS[hours] if hours in SHIFTS else None
        off = now + timedelta(hours=12) if hours == "off" else None

        def declare(tx: Tx) -> None:
            people.declare(tx, who.id, on, off)
            desk.write_down(tx, f"volunteer:{who.id}", "shift", f"volunteer:{who.id}", now, hours)

        await parts.database.run(declare)
        return go(request, "/desk/cases")


def look(parts: Parts, tx: Tx, who: Volunteer, topic: str | None) -> dict[str, Any]:
    """All that the queue's page shows."""
    reach, now = parts.takeover.ladder.reach(tx, who), parts.clock()
    mine = cases.holding(tx, who.id)
    return {
        "waiting": case_search.queue(tx, reach, topic),
        "count": case_search.waiting_count(tx, reach),
        "mine": mine,
        "unread": desk.unread(tx, {case.conversation_id: case.read_to for case in mine}),
        "on_duty": people.is_on_duty(tx, who.id, now),
        "until": who.on_until if who.on_until is not None and who.on_until > now else None,
    }


def _topic(request: AnyRequest, parts: Parts) -> str | None:
    wanted = request.query_params.get("topic", "")
    return wanted if wanted in parts.topics else None
