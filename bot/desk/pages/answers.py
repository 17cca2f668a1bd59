"""How the console answers: pages, redirects after a form, and refusals that keep what was written."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import uuid4

from litestar import MediaType, Response
from litestar.datastructures import FormMultiDict
from litestar.exceptions import HTTPException, ValidationException
from litestar.response import Redirect

from ...model.errors import DeskError
from ...model.people import Power, Volunteer
from ...store import desk
from ...store.database import Tx
from .access import AnyRequest, MustChoose, csrf_token, signed_in
from .parts import Parts

T = TypeVar("T")
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
MOST_FIELD = 20_000
"""Characters of one field that are looked at; the form's size is bounded before."""


def parts_of(request: AnyRequest) -> Parts:
    parts: Parts = request.app.state.desk
    return parts


def page(request: AnyRequest, name: str, status: int = 200, **values: Any) -> Response[str]:
    """A template as a page or a fragment, with what every one of them may use."""
    who: Volunteer | None = request.state.get("who")
    common = {"who": who, "csrf": csrf_token(request), "key": uuid4().hex, "powers": _powers(who), "path": request.url.path}
    text = parts_of(request).pages.page(name, **{**common, **values})
    return Response(text, status_code=status, media_type=MediaType.HTML)


def _powers(who: Volunteer | None) -> frozenset[Power]:
    return frozenset(power for power in Power if who is not None and who.may(power))


def go(request: AnyRequest, path: str) -> Response[Any]:
    """To that page, after a form: by redirect, or by HTMX where it asked."""
    if is_htmx(request):
        return Response("", status_code=200, headers={"HX-Redirect": path}, media_type=MediaType.HTML)
    return Redirect(path, status_code=303)


def is_htmx(request: AnyRequest) -> bool:
    return request.headers.get("hx-request") == "true"


async def form_of(request: AnyRequest) -> FormMultiDict:
    return await request.form()


def field(form: Mapping[str, Any], name: str) -> str:
    """A field's text; "" where there is none."""
    value = form.get(name, "")
    return value[:MOST_FIELD] if isinstance(value, str) else ""


def key_of(form: Mapping[str, Any]) -> str:
    """The action's own key, by which it is done once. Raises ValidationException."""
    key = field(form, "key")
    if not _KEY.fullmatch(key):
        raise ValidationException("Trang này cũ rồi. Bạn tải lại trang nhé.")
    return key


async def once(request: AnyRequest, form: Mapping[str, Any], work: Callable[[Tx, Volunteer], str]) -> str:
    """Do it in one transaction, once for its key: a second time answers what the first did. Raises what the work raises."""
    parts, who, key = parts_of(request), signed_in(request), key_of(form)

    def run(tx: Tx) -> str:
        if not desk.begin(tx, who.id, key, parts.clock()):
            return desk.outcome(tx, who.id, key)
        outcome = work(tx, who)
        desk.note_done(tx, who.id, key, outcome)
        return outcome

    return await parts.database.run(run)


def refused(request: AnyRequest, error: DeskError) -> Response[Any]:
    """What a volunteer wanted can not be done: why, and what they wrote, so that nothing is lost."""
    return _trouble(request, str(error), 409)


def failed(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """Refusals before a route was run: to the sign-in where that is what lacks, else said in our own words."""
    if error.status_code == 401:
        return go(request, f"/desk/sign-in?next={request.url.path}" if request.method == "GET" else "/desk/sign-in")
    if isinstance(error, MustChoose):
        return go(request, "/desk/password")
    words = error.detail if not error.detail.isascii() else WORDS.get(error.status_code, WORDS[400])
    return _trouble(request, words, error.status_code)


WORDS = {
    400: "Yêu cầu không đúng dạng. Bạn tải lại trang rồi thử lại nhé.",
    403: "Trang này mở lâu quá rồi nên không gửi được. Bạn tải lại trang rồi gửi lại nhé.",
    404: "Không có trang này.",
    405: "Không dùng được theo cách này.",
    413: "Dài quá, máy chủ không nhận. Lời vừa viết vẫn còn trong ô; bạn viết gọn lại nhé.",
    429: "Bạn bấm nhanh quá. Chờ một phút rồi thử lại nhé.",
}


def _trouble(request: AnyRequest, words: str, status: int) -> Response[Any]:
    name = "trouble_part.html" if is_htmx(request) else "trouble.html"
    return page(request, name, status, words=words)
