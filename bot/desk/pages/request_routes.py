"""Requests of people about their own data: what waits, by when, what is late; answered, and done with what was done."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from ...model.errors import DeskError, TooLate
from ...model.people import Power, Volunteer
from ...store import desk, requests
from ...store.database import Tx
from .access import AnyRequest, asks
from .answers import field, form_of, go, once, page, parts_of

GONE = "Yêu cầu này đã có người làm xong."


class RequestRoutes(Controller):
    path = "/requests"

    @get("/", opt=asks(Power.OVERSEE))
    async def listed(self, request: AnyRequest) -> Response[Any]:
        parts, everything = parts_of(request), "all" in request.query_params
        found = await parts.database.read(lambda tx: requests.listing(tx, everything))
        return page(request, "requests.html", found=found, everything=everything, now=parts.clock())

    @post("/{number:int}/answer", opt=asks(Power.OVERSEE))
    async def answer(self, request: AnyRequest, number: FromPath[int]) -> Response[Any]:
        """The person was told by when it is done."""
        parts, form = parts_of(request), await form_of(request)

        def work(tx: Tx, who: Volunteer) -> str:
            if not requests.answered(tx, number, parts.clock()):
                raise TooLate(GONE)
            desk.write_down(tx, f"volunteer:{who.id}", "answer_request", f"request:{number}", parts.clock())
            return "done"

        await once(request, form, work)
        return go(request, "/desk/requests")

    @post("/{number:int}/done", opt=asks(Power.OVERSEE))
    async def done(self, request: AnyRequest, number: FromPath[int]) -> Response[Any]:
        parts, form = parts_of(request), await form_of(request)
        result = field(form, "result").strip()[:500]
        if not result:
            raise DeskError("Viết giúp một câu đã làm gì rồi mới ghi xong nhé.")

        def work(tx: Tx, who: Volunteer) -> str:
            if not requests.done(tx, number, result, f"volunteer:{who.id}", parts.clock()):
                raise TooLate(GONE)
            desk.write_down(tx, f"volunteer:{who.id}", "end_request", f"request:{number}", parts.clock())
            return "done"

        await once(request, form, work)
        return go(request, "/desk/requests")
