"""The Zalo OA's authorisation: how it stands, and the way to Zalo and back for an admin who gives it anew."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.exceptions import NotFoundException

from ...channels.zalo_oa_tokens import Tokens
from ...model.people import Power
from ...store import desk
from .access import AnyRequest, asks, signed_in
from .answers import go, page, parts_of

MOST = 2000
"""Characters of what comes back that are looked at."""


class ZaloRoutes(Controller):
    path = "/zalo"

    @get("/", opt=asks(Power.APPOINT))
    async def show(self, request: AnyRequest) -> Response[Any]:
        tokens = _tokens(request)
        link = await tokens.link(signed_in(request).id)
        return page(request, "zalo.html", kept=await tokens.kept(), alarm=tokens.trouble, link=link)

    @post("/authorise", opt=asks(Power.APPOINT))
    async def authorise(self, request: AnyRequest) -> Response[Any]:
        """Make what must come back; the page then shows the link, for a form may not lead to another site."""
        await _tokens(request).begin(signed_in(request).id)
        return go(request, "/desk/zalo")

    @get("/callback", opt=asks(Power.APPOINT))
    async def callback(self, request: AnyRequest) -> Response[Any]:
        """Where Zalo sends the admin back to. The state is good once, for who asked, for ten minutes."""
        parts, who, came = parts_of(request), signed_in(request), request.query_params
        state, code, oa = (str(came.get(name, ""))[:MOST] for name in ("state", "code", "oa_id"))
        await _tokens(request).finish(who.id, state, code, oa)
        await parts.database.run(lambda tx: desk.write_down(tx, f"volunteer:{who.id}", "zalo_authorise", "zalo_oa", parts.clock()))
        return go(request, "/desk/zalo")


def _tokens(request: AnyRequest) -> Tokens:
    tokens = parts_of(request).zalo
    if tokens is None:
        raise NotFoundException
    return tokens
