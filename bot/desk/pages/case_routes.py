"""One case: read it live, take it, answer, note, pass on, give back, close. Every action is done once for its key."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial
from typing import Any

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import ServerSentEvent, ServerSentEventMessage

from ...model.case import Outcome
from ...model.errors import DeskError, StoreError
from ...model.people import Power, Volunteer
from ...store import cases, desk, people
from ...store.database import Tx
from .access import COOKIE, WATCHES, AnyRequest, asks, signed_in
from .answers import action, field, form_of, go, is_htmx, once, page, parts_of
from .case_view import may_read, name_of, view, whole
from .forms import PICTURE_FIELD
from .live import HEADERS
from .parts import Parts

LOOKS = timedelta(seconds=45)
"""How long somebody counts as looking who has not been heard of since."""
MOST_TEAMS = 200


class CaseRoutes(Controller):
    path = "/cases/{number:int}"

    @get("/", opt=asks(Power.HELP))
    async def show(self, request: AnyRequest, number: FromPath[int]) -> Response[Any]:
        parts, who = parts_of(request), signed_in(request)
        seen = await parts.database.read(lambda tx: {**whole(parts, tx, who, number), "teams": _teams(parts, tx, who)})
        if seen["seen"].mine and seen["last"]:
            await parts.database.run(lambda tx: desk.read_to(tx, number, seen["last"]))
        return page(request, "case.html", **seen)

    @get("/events", opt=asks(Power.HELP, **{WATCHES: True}))
    async def events(self, request: AnyRequest, number: FromPath[int]) -> ServerSentEvent:
        """What is new beyond `Last-Event-ID`, or `after`: a stream that was cut goes on where it was."""
        parts, who = parts_of(request), signed_in(request)
        await parts.database.read(lambda tx: view(parts, tx, who, number))
        after = _number(request.headers.get("last-event-id", "")) or _number(request.query_params.get("after", ""))
        token = request.cookies.get(COOKIE)
        return ServerSentEvent(stream(parts, who, number, after, token), headers=HEADERS)

    @post("/take", opt=asks(Power.HELP))
    async def take(self, request: AnyRequest, number: FromPath[int]) -> Response[Any]:
        return await _act(request, number, lambda tx, who, now, _: parts_of(request).takeover.take(tx, who, number, now))

    @post("/say", opt=asks(Power.HELP))
    async def say(self, request: AnyRequest, number: FromPath[int]) -> Response[Any]:
        form, parts = await form_of(request), parts_of(request)

        def work(tx: Tx, who: Volunteer) -> str:
            if field(form, PICTURE_FIELD):
                raise DeskError("Bạn đã chọn ảnh: bấm «Gửi ảnh» để gửi ảnh kèm lời, hoặc bỏ ảnh ra rồi gửi lời.")
            case = cases.get(tx, number)
            most = parts.max_text(case.channel) if case is not None else 2000
            return str(parts.takeover.say(tx, who, number, field(form, "text"), action(request, form), parts.clock(), most))

        await once(request, form, work)
        return Response(None, status_code=204) if is_htmx(request) else go(request, f"/desk/cases/{number}")

    @post("/again/{message:int}", opt=asks(Power.HELP))
    async def again(self, request: AnyRequest, number: FromPath[int], message: FromPath[int]) -> Response[Any]:
        return await _act(request, number, lambda tx, who, now, _: parts_of(request).takeover.say_again(tx, who, number, message, now))

    @post("/note", opt=asks(Power.HELP))
    async def note(self, request: AnyRequest, number: FromPath[int]) -> Response[Any]:
        takeover = parts_of(request).takeover
        return await _act(request, number, lambda tx, who, now, form: takeover.note(tx, who, number, field(form, "text"), now))

    @post("/give-back", opt=asks(Power.HELP))
    async def give_back(self, request: AnyRequest, number: FromPath[int]) -> Response[Any]:
        takeover = parts_of(request).takeover
        return await _act(request, number, lambda tx, who, now, form: takeover.give_back(tx, who, number, now, field(form, "result")))

    @post("/close", opt=asks(Power.HELP))
    async def close(self, request: AnyRequest, number: FromPath[int]) -> Response[Any]:
        def work(tx: Tx, who: Volunteer, now: Any, form: Any) -> None:
            outcome = field(form, "outcome")
            if outcome not in Outcome.__members__.values():
                raise DeskError("Chọn giúp ca này kết thúc thế nào rồi mới khép nhé.")
            parts_of(request).takeover.close(tx, who, number, Outcome(outcome), now, field(form, "result"))

        return await _act(request, number, work)

    @post("/pass-on", opt=asks(Power.HELP))
    async def pass_on(self, request: AnyRequest, number: FromPath[int]) -> Response[Any]:
        def work(tx: Tx, who: Volunteer, now: Any, form: Any) -> None:
            to, reason = field(form, "team"), field(form, "reason").strip()
            if not reason:
                raise DeskError("Ghi vài chữ vì sao chuyển, để người nhận không hỏi lại bà con.")
            parts_of(request).takeover.pass_on(tx, who, number, int(to) if to.isdecimal() and len(to) < 19 else None, reason, now)

        return await _act(request, number, work)

    @post("/typing", opt=asks(Power.HELP))
    async def typing(self, request: AnyRequest, number: FromPath[int]) -> Response[None]:
        """A finger is on the keyboard: a hint, so it needs no key."""
        parts, who = parts_of(request), signed_in(request)
        await parts.database.run(lambda tx: parts.takeover.typing(tx, who, number, parts.clock()))
        return Response(None, status_code=204)

    @post("/reveal", opt=asks(Power.HELP))
    async def reveal(self, request: AnyRequest, number: FromPath[int]) -> Response[Any]:
        """The number to call back at, to who has the case; the name, to who oversees. Each look is written down."""
        parts, who, form = parts_of(request), signed_in(request), await form_of(request)
        what, now = field(form, "what"), parts.clock()

        def look(tx: Tx) -> str | None:
            seen = view(parts, tx, who, number)
            allowed = seen.mine if what == "phone" else seen.mine or who.may(Power.OVERSEE)
            if not allowed or what not in ("phone", "name"):
                raise DeskError("Chỉ người đang giữ ca mới xem được.")
            desk.write_down(tx, f"volunteer:{who.id}", f"reveal_{what}", f"case:{number}", now)
            return cases.phone(tx, number) if what == "phone" else name_of(tx, seen.case)

        return page(request, "revealed.html", what=what, shown=await parts.database.run(look))


async def _act(request: AnyRequest, number: int, work: Callable[[Tx, Volunteer, Any, Any], object]) -> Response[Any]:
    """Do it once, and show the case as it is then."""
    form, parts = await form_of(request), parts_of(request)

    def run(tx: Tx, who: Volunteer) -> str:
        work(tx, who, parts.clock(), form)
        return "done"

    await once(request, form, run)
    return go(request, f"/desk/cases/{number}")


async def stream(parts: Parts, who: Volunteer, number: int, after: int, token: str | None) -> AsyncIterator[ServerSentEventMessage]:
    """New lines, with their ids; what became of those that were sent; the head where it changed. Ends with the session.

    Of what the page shows already it is told at first, too: something may have become of it since.
    """
    fates: dict[int, tuple[str, bool]] = {}
    shown = after
    head, silent, looked = "", 0.0, 1e9
    yield ServerSentEventMessage(comment="xin chào", retry=2000)
    while not parts.closing.is_set():
        try:
            if looked >= LOOKS.total_seconds() / 2:
                looked = 0.0
                await parts.database.run(lambda tx: desk.look(tx, number, who.id, parts.clock() + LOOKS))
            seen, lines, statuses, again = await parts.database.read(partial(_news, parts, who, number, after))
            if await parts.sessions.read(token, renew=False) is None:  # asked last: what was read after the session ended is not shown
                return
        except DeskError:
            return  # forgotten, or out of reach by now
        except StoreError:
            return  # the page comes again by itself
        fresh = parts.pages.page("case_head.html", seen=seen, case=seen.case, who=who)
        if fresh != head:
            head, silent = fresh, 0.0
            yield ServerSentEventMessage(fresh, event="head")
        for line in lines:
            after, silent = line.id, 0.0
            text = parts.pages.page("line.html", line=line, case=seen.case, seen=seen, again=again)
            yield ServerSentEventMessage(text, event="line", id=line.id)
        now_fates = {one: (status, one in again) for one, status in statuses.items()}
        changed = {one: statuses[one] for one, fate in now_fates.items() if fates.get(one, fate if one > shown else None) != fate}
        fates = now_fates
        if changed:
            text = parts.pages.page("statuses.html", statuses=changed, case=seen.case, again=again)
            yield ServerSentEventMessage(text, event="status")
        if lines and seen.mine:
            await parts.database.run(partial(desk.read_to, case_id=number, message_id=after))
        if silent >= parts.keepalive:
            silent = 0.0
            yield ServerSentEventMessage(comment="còn đây")
        await asyncio.sleep(parts.look_again)
        silent, looked = silent + parts.look_again, looked + parts.look_again


def _news(parts: Parts, who: Volunteer, number: int, after: int, tx: Tx) -> Any:
    seen = view(parts, tx, who, number)
    if not may_read(who, seen):
        return seen, [], {}, frozenset()
    of = seen.case.conversation_id
    again = desk.to_say_again(tx, of) if seen.mine else frozenset()
    return seen, desk.lines(tx, of, after, oldest=after > 0), desk.statuses(tx, of), again


def _teams(parts: Parts, tx: Tx, who: Volunteer) -> list[Any]:
    """Where a case may be passed on to: the teams of one's own commune and those around."""
    commune = who.team.commune
    communes = None if commune is None else parts.takeover.ladder.around(tx, commune) | {commune}
    return people.teams(tx, communes, limit=MOST_TEAMS)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
