"""Signing in and out, choosing a password, and the files that pages are made of."""

import re
from typing import Any

from litestar import Controller, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from ...model.errors import DeskError
from ...model.people import Power
from .access import COOKIE, DEVICE, NEWCOMERS, PUBLIC, AnyRequest, asks, cookie, device_cookie, signed_in
from .answers import field, form_of, go, page, parts_of

HOME = "/desk/cases"
_PAGE = re.compile(r"/desk(?:/[A-Za-z0-9_-]+)+")


class SignInRoutes(Controller):
    @get("/", opt=asks(PUBLIC))
    async def home(self, request: AnyRequest) -> Response[Any]:
        return go(request, HOME)

    @get("/sign-in", opt=asks(PUBLIC))
    async def show(self, request: AnyRequest) -> Response[Any]:
        if request.state.who is not None:
            return go(request, HOME)
        return page(request, "sign_in.html", trouble=None, code="", next=_inside(request.query_params.get("next", "")))

    @post("/sign-in", opt=asks(PUBLIC))
    async def enter(self, request: AnyRequest) -> Response[Any]:
        form, parts = await form_of(request), parts_of(request)
        code, after, device = field(form, "code"), _inside(field(form, "next")), request.cookies.get(DEVICE)
        try:
            who = await parts.sign_in(code, field(form, "password"), device)
        except DeskError as error:
            return page(request, "sign_in.html", 401, trouble=str(error), code=code, next=after)
        await parts.sessions.close(request.cookies.get(COOKIE))
        answer = go(request, "/desk/password" if who.must_change else after or HOME)
        answer.set_cookie(**cookie(await parts.sessions.open(who), parts.secure))
        answer.set_cookie(**device_cookie(parts.sign_in.devices.mark(who.id, device), parts.secure))
        return answer

    @post("/sign-out", opt=asks(PUBLIC))
    async def leave(self, request: AnyRequest) -> Response[Any]:
        await parts_of(request).sessions.close(request.cookies.get(COOKIE))
        answer = go(request, "/desk/sign-in")
        answer.delete_cookie(COOKIE, path="/desk")
        return answer

    @get("/password", opt=asks(Power.HELP, **{NEWCOMERS: True}))
    async def password(self, request: AnyRequest) -> Response[Any]:
        return page(request, "password.html", trouble=None)

    @post("/password", opt=asks(Power.HELP, **{NEWCOMERS: True}))
    async def choose(self, request: AnyRequest) -> Response[Any]:
        form, parts = await form_of(request), parts_of(request)
        try:
            if field(form, "new") != field(form, "again"):
                raise DeskError("Hai lần gõ mật khẩu mới không giống nhau.")
            who = await parts.sign_in.choose(signed_in(request), field(form, "old"), field(form, "new"))
        except DeskError as error:
            return page(request, "password.html", 409, trouble=str(error))
        answer = go(request, HOME)
        answer.set_cookie(**cookie(await parts.sessions.open(who), parts.secure))
        return answer

    @get("/static/{name:str}", opt=asks(PUBLIC))
    async def asset(self, request: AnyRequest, name: FromPath[str]) -> Response[bytes]:
        found = parts_of(request).pages.assets.get(name)
        if found is None:
            raise NotFoundException
        known = request.query_params.get("v") == found.version
        kept = "public, max-age=31536000, immutable" if known else "public, max-age=300"
        return Response(found.body, media_type=found.media_type, headers={"Cache-Control": kept})


def _inside(path: str) -> str:
    """A page of the desk to go on to; never an address elsewhere."""
    return path if _PAGE.fullmatch(path) and len(path) < 200 else ""
