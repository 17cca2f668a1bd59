"""The switch on the desk: an admin hands every message to people, and gives the assistant its voice back."""

from typing import Any

from litestar import Controller, Response, get, post

from ...model.errors import DanLoiError, DeskError
from ...model.people import Power, Volunteer
from ...store.database import Tx
from .. import switch
from .access import AnyRequest, asks
from .answers import field, form_of, go, once, page, parts_of


class SwitchRoutes(Controller):
    path = "/switch"

    @get("/", opt=asks(Power.STOP))
    async def show(self, request: AnyRequest) -> Response[Any]:
        return page(request, "switch.html")

    @post("/pause", opt=asks(Power.STOP))
    async def pause(self, request: AnyRequest) -> Response[Any]:
        parts, form = parts_of(request), await form_of(request)
        reason = field(form, "reason").strip()[:200]
        if not reason:
            raise DeskError("Viết giúp một câu vì sao, để người khác biết.")

        def work(tx: Tx, who: Volunteer) -> str:
            _refusing(lambda: switch.pause(tx, reason, f"volunteer:{who.id}", parts.clock()))
            return "done"

        await once(request, form, work)
        parts.switch.look_again()
        return go(request, "/desk/switch")

    @post("/resume", opt=asks(Power.STOP))
    async def resume(self, request: AnyRequest) -> Response[Any]:
        parts, form = parts_of(request), await form_of(request)

        def work(tx: Tx, who: Volunteer) -> str:
            _refusing(lambda: switch.resume(tx, f"volunteer:{who.id}", parts.clock()))
            return "done"

        await once(request, form, work)
        parts.switch.look_again()
        return go(request, "/desk/switch")


def _refusing(work: Any) -> None:
    """What can not be done is told as a page."""
    try:
        work()
    except DeskError:
        raise
    except DanLoiError as error:
        raise DeskError(str(error)) from error
