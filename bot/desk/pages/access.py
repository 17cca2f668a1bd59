"""Who may use which route: closed unless a route says what it asks for, and everybody's form is everybody's own.

Each route names in its `opt` a `Power`, or `PUBLIC`. A route that names neither lets nobody in: forgetting is safe.
"""

from collections.abc import Mapping
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, NotFoundException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.utils.scope.state import ScopeState

from ...model.people import Power, Volunteer
from .parts import Parts

COOKIE, DEVICE = "danloi_desk", "danloi_known"
DEVICE_DAYS = 180
ASKS = "asks"
PUBLIC = "public"
NEWCOMERS = "newcomers"
"""Of a route's `opt`: also for who must choose another password first."""

WATCHES = "watches"
"""Of a route's `opt`: a page asks for it by itself, so that it is no sign of anybody's being there."""
MOST_NUMBER = 2**63 - 1

AnyRequest = Request[Any, Any, Any]


def asks(power: Power | str, **more: Any) -> dict[str, Any]:
    """A route's `opt`: what it asks for."""
    return {ASKS: power, **more}


class MustChoose(PermissionDeniedException):
    """Signed in with a password that somebody else gave: nothing else is to be done before another is chosen."""


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Look at the session, and at what the route asks for."""
    wanted = handler.opt.get(ASKS)
    parts: Parts = connection.app.state.desk
    who = await parts.sessions.read(connection.cookies.get(COOKIE), renew=not handler.opt.get(WATCHES))
    connection.state.who = who
    if who is not None:
        await parts.switch.look()
    if wanted == PUBLIC:
        return
    if who is None:
        raise NotAuthorizedException("Bạn đăng nhập để xem trang này nhé.")
    if not isinstance(wanted, Power) or not who.may(wanted):
        raise PermissionDeniedException("Trang này không dành cho vai trò của bạn.")
    if who.must_change and not handler.opt.get(NEWCOMERS):
        raise MustChoose("Bạn chọn mật khẩu mới trước đã nhé.")
    if any(isinstance(one, int) and not 0 < one <= MOST_NUMBER for one in connection.path_params.values()):
        raise NotFoundException("Không có trang này.")


def signed_in(request: AnyRequest) -> Volunteer:
    """Who asks, on a route that only a volunteer comes to."""
    who: Volunteer = request.state.who
    return who


def csrf_token(request: AnyRequest) -> str:
    """What forms of this answer must bring back."""
    token = ScopeState.from_scope(request.scope).csrf_token
    return token if isinstance(token, str) else ""


def cookie(token: str, secure: bool) -> Mapping[str, Any]:
    """The session's cookie, for `Response.set_cookie`."""
    return {"key": COOKIE, "value": token, "path": "/desk", "httponly": True, "samesite": "lax", "secure": secure}


def device_cookie(value: str, secure: bool) -> Mapping[str, Any]:
    """That of a browser from which somebody has signed in; brought to the sign-in alone."""
    return {**cookie(value, secure), "key": DEVICE, "path": "/desk/sign-in", "max_age": DEVICE_DAYS * 86400}
