"""How the console answers: pages, redirects after a form, and refusals that keep what was written."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import uuid4

import structlog
from litestar import MediaType, Response
from litestar.datastructures import FormMultiDict
from litestar.exceptions import HTTPException, ValidationException
from litestar.response import Redirect
from litestar.utils.scope.state import ScopeState

from ...model.errors import DeskError, StoreError
from ...model.people import Power, Volunteer
from ...store import desk
from ...store.database import Tx
from .access import AnyRequest, MustChoose, csrf_token, signed_in
from .forms import FILES, PICTURE_FIELD
from .parts import Parts

log = structlog.get_logger(__name__)

T = TypeVar("T")
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
MOST_FIELD = 20_000
"""Characters of one field that are looked at; the form's size is bounded before."""
WRITTEN = ("text", "reason", "result")
"""Fields that somebody took the trouble to write: a refusal gives them back."""
UNSHOWN = ("_csrf_token", "password", "old", "new", "again", PICTURE_FIELD)
_CASE = re.compile(r"/desk/cases/\d+")


def parts_of(request: AnyRequest) -> Parts:
    parts: Parts = request.app.state.desk
    return parts


def page(request: AnyRequest, name: str, status: int = 200, **values: Any) -> Response[str]:
    """A template as a page or a fragment, with what every one of them may use."""
    who: Volunteer | None = request.state.get("who")
    parts = parts_of(request)
    common: dict[str, Any] = {"who": who, "csrf": csrf_token(request), "key": uuid4().hex, "powers": _powers(who), "path": request.url.path}
    common |= {"zalo": parts.zalo is not None, "paused": parts.switch.known if who is not None else None}
    text = parts.pages.page(name, **{**common, **values})
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
    return plain(value)[:MOST_FIELD] if isinstance(value, str) else ""


def plain(text: str) -> str:
    """Without the one character that PostgreSQL does not keep."""
    return text.replace("\0", "")


def key_of(form: Mapping[str, Any]) -> str:
    """The action's own key, by which it is done once. Raises ValidationException."""
    key = field(form, "key")
    if not _KEY.fullmatch(key):
        raise ValidationException("Trang này cũ rồi. Bạn tải lại trang nhé.")
    return key


def action(request: AnyRequest, form: FormMultiDict, file: bytes = b"") -> str:
    """What is done once: these words and this file, at this address, under the form's key. Raises ValidationException.

    A form that comes again with other words, by the browser's back button, is another action: dropped, its words would be lost.
    """
    told = sorted((name, " ".join(value.split())) for name, value in form.multi_items() if isinstance(value, str) and name != "_csrf_token")
    asked = [key_of(form), request.url.path, told, *([hashlib.sha256(file).hexdigest()] if file else [])]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:32]


async def once(request: AnyRequest, form: FormMultiDict, work: Callable[[Tx, Volunteer], str], file: bytes = b"") -> str:
    """Do it in one transaction, once: a second time answers what the first did. Raises what the work raises."""
    parts, who, key = parts_of(request), signed_in(request), action(request, form, file)

    def run(tx: Tx) -> str:
        if not desk.begin(tx, who.id, key, parts.clock()):
            return desk.outcome(tx, who.id, key)
        outcome = work(tx, who)
        desk.note_done(tx, who.id, key, outcome)
        return outcome

    outcome = await parts.database.run(run)
    parts.queued()
    return outcome


def refused(request: AnyRequest, error: DeskError) -> Response[Any]:
    """What a volunteer wanted can not be done: why, and what they wrote, so that nothing is lost."""
    return trouble(request, str(error), 409)


def failed(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """Refusals before a route was run: to the sign-in where that is what lacks, else said in our own words."""
    if error.status_code == 401:
        return go(request, f"/desk/sign-in?next={quote(request.url.path)}" if request.method == "GET" else "/desk/sign-in")
    if isinstance(error, MustChoose):
        return go(request, "/desk/password")
    words = error.detail if not error.detail.isascii() else WORDS.get(error.status_code, WORDS[400])
    if error.status_code == 413 and takes_files(request):
        words = TOO_BIG
    headers = {"Retry-After": "60", **(error.headers or {})} if error.status_code == 429 else error.headers
    return trouble(request, words, error.status_code, headers)


def away(request: AnyRequest, error: StoreError) -> Response[Any]:
    """The database does not answer. What it said may hold what was to be stored, so the log tells only what kind of trouble it was."""
    log.error("desk_store_failed", why=type(error).__name__, method=request.method)
    return trouble(
        request, "Máy chủ đang bận nên chưa làm được. Lời vừa viết vẫn còn; chờ một chút rồi gửi lại nhé.", 503, {"Retry-After": "5"}
    )


def broken(request: AnyRequest, error: Exception) -> Response[Any]:
    log.error("desk_failed", method=request.method, route=request.scope.get("path_template"), exc_info=error)
    return trouble(request, "Bàn hỗ trợ gặp lỗi. Lời vừa viết vẫn còn; thử lại sau giây lát nhé.", 500)


TOO_BIG = "Ảnh này lớn quá 5 MB. Bạn chụp màn hình ảnh ấy rồi gửi ảnh chụp nhé."
WORDS = {
    400: "Yêu cầu không đúng dạng. Bạn tải lại trang rồi thử lại nhé.",
    403: "Trang này mở lâu quá rồi nên không gửi được. Bạn tải lại trang rồi gửi lại nhé.",
    404: "Không có trang này.",
    405: "Không dùng được theo cách này.",
    413: "Dài quá, máy chủ không nhận. Lời vừa viết vẫn còn trong ô; bạn viết gọn lại nhé.",
    415: "Biểu mẫu này chỉ nhận chữ.",
    429: "Bạn bấm nhanh quá. Chờ một phút rồi thử lại nhé.",
}


def trouble(request: AnyRequest, words: str, status: int, headers: Mapping[str, str] | None = None) -> Response[Any]:
    name = "trouble_part.html" if is_htmx(request) else "trouble.html"
    case = _CASE.match(request.url.path)
    answer = page(request, name, status, words=words, case=case and case[0], written=_written(request), with_file=takes_files(request))
    answer.headers.update(headers or {})
    return answer


def takes_files(request: AnyRequest) -> bool:
    return bool(request.scope["route_handler"].opt.get(FILES)) if "route_handler" in request.scope else False


def _written(request: AnyRequest) -> dict[str, str]:
    """What somebody wrote into the form that was refused, with what it takes to send it again."""
    form = ScopeState.from_scope(request.scope).form
    fields = FormMultiDict.from_form_data(form) if isinstance(form, dict) else FormMultiDict()
    if not any(field(fields, name).strip() for name in WRITTEN):
        return {}
    return {name: field(fields, name) for name in fields if name not in UNSHOWN}
