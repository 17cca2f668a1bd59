"""The people of the desk: found, looked at, changed, given a password, added, removed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from litestar import Controller, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath

from ...model.errors import DeskError
from ...model.people import Power, Role, Volunteer
from ...store import cases, desk, people
from ...store.database import Tx
from .. import staff
from ..roster_rows import MOST_OPEN
from .access import AnyRequest, asks, signed_in
from .answers import field, form_of, go, key_of, once, page, parts_of
from .parts import Parts
from .search_routes import communes

PAGE = 30
MOST_TEAMS = 100
TRAIL = 20
GONE = "Người này không còn trong danh sách."
SAID = {"change": "Đã lưu.", "role": "Đã đổi vai trò. Người này phải đăng nhập lại."}
VERBS = {
    "add": "thêm vào danh sách",
    "change": "sửa",
    "team": "chuyển tổ",
    "role": "đổi vai trò",
    "password": "đặt mật khẩu",
    "unlock": "mở khóa",
    "remove": "gỡ khỏi danh sách",
    "shift": "đổi ca trực",
    "sign_in": "đăng nhập",
    "import_new": "nhập từ danh sách",
    "import_change": "sửa theo danh sách",
}
FIELDS = {"họ tên": "name", "mã tổ": "team", "nhiều nhất": "most_open", "trực": "plan"}
"""A cell of the province's list, and the field of the form that says it."""


class PeopleRoutes(Controller):
    path = "/people"

    @get("/", opt=asks(Power.PEOPLE))
    async def listed(self, request: AnyRequest) -> Response[Any]:
        parts, asked = parts_of(request), dict(request.query_params)

        def look(tx: Tx) -> dict[str, Any]:
            found = _found(parts, tx, asked)
            return {"found": found, "marks": people.presences(tx, [one.id for one in found], parts.clock()), "trouble": None}

        try:
            seen = await parts.database.read(look)
        except DeskError as error:
            seen = {"found": [], "marks": {}, "trouble": str(error)}
        more = seen["found"][-1].code if len(seen["found"]) == PAGE else None
        kept = {name: asked[name] for name in ("code", "team", "place", "role") if asked.get(name)}
        gone = f"Đã gỡ.{_requeued(asked['gone'])}" if "gone" in asked else None
        return page(request, "people.html", asked=kept, more=more, done=gone, **seen)

    @get("/add", opt=asks(Power.PEOPLE))
    async def blank(self, request: AnyRequest) -> Response[Any]:
        parts, who = parts_of(request), signed_in(request)
        code = request.query_params.get("team", "")
        near = await parts.database.read(lambda tx: people.teams(tx, code=code[:40], limit=MOST_TEAMS) if code else [])
        return page(request, "person_add.html", near=near, team=code[:40], most=MOST_OPEN, may_give=staff.roles(who))

    @post("/add", opt=asks(Power.PEOPLE))
    async def add(self, request: AnyRequest) -> Response[Any]:
        parts, form = parts_of(request), await form_of(request)
        code = " ".join(field(form, "code").split())
        wanted, role = _told(parts, code, form), _role(form)

        def work(tx: Tx, who: Volunteer, hashed: str) -> None:
            staff.add(tx, who, code, wanted, role, hashed, parts.clock())

        return await _with_password(request, form, lambda tx: people.by_code(tx, code), work)

    @get("/{number:int}", opt=asks(Power.PEOPLE))
    async def show(self, request: AnyRequest, number: FromPath[int]) -> Response[Any]:
        parts, by = parts_of(request), signed_in(request)
        seen = await parts.database.read(lambda tx: _whole(parts, tx, by, number))
        return page(request, "person.html", done=SAID.get(request.query_params.get("done", "")), **seen)

    @post("/{number:int}", opt=asks(Power.PEOPLE))
    async def change(self, request: AnyRequest, number: FromPath[int]) -> Response[Any]:
        parts, form = parts_of(request), await form_of(request)

        def work(tx: Tx, who: Volunteer, now: datetime) -> None:
            one = people.get(tx, number)
            if one is None:
                raise DeskError(GONE)
            staff.change(tx, who, number, _told(parts, one.code, form), field(form, "seen"), now)

        return await _act(request, form, f"/desk/people/{number}?done=change", work)

    @post("/{number:int}/role", opt=asks(Power.PEOPLE))
    async def role(self, request: AnyRequest, number: FromPath[int]) -> Response[Any]:
        form = await form_of(request)
        wanted = _role(form)
        after = f"/desk/people/{number}?done=role"
        return await _act(request, form, after, lambda tx, who, now: staff.appoint(tx, who, number, wanted, now))

    @post("/{number:int}/password", opt=asks(Power.PEOPLE))
    async def password(self, request: AnyRequest, number: FromPath[int]) -> Response[Any]:
        parts, form = parts_of(request), await form_of(request)

        def work(tx: Tx, who: Volunteer, hashed: str) -> None:
            staff.give_password(tx, who, number, hashed, parts.clock())

        return await _with_password(request, form, lambda tx: people.get(tx, number), work)

    @post("/{number:int}/remove", opt=asks(Power.PEOPLE))
    async def remove(self, request: AnyRequest, number: FromPath[int]) -> Response[Any]:
        parts, form = parts_of(request), await form_of(request)
        if field(form, "sure") != "yes":
            raise DeskError("Đánh dấu vào ô xác nhận rồi mới gỡ nhé.")
        requeued = await once(request, form, lambda tx, who: str(staff.remove(tx, parts.takeover, who, number, parts.clock())))
        return go(request, f"/desk/people?gone={requeued}")


async def _act(request: AnyRequest, form: FormMultiDict, after: str, work: Callable[[Tx, Volunteer, datetime], None]) -> Response[Any]:
    """Do it once, and show what came of it."""
    now = parts_of(request).clock()

    def run(tx: Tx, who: Volunteer) -> str:
        work(tx, who, now)
        return "done"

    await once(request, form, run)
    return go(request, after)


async def _with_password(
    request: AnyRequest, form: FormMultiDict, whose: Callable[[Tx], Volunteer | None], work: Callable[[Tx, Volunteer, str], None]
) -> Response[Any]:
    """Do it with the hash of a made password, and show that on this one answer: the same form again shows it no more."""
    key_of(form)
    parts, mine = parts_of(request), uuid4().hex
    made, hashed = await parts.sign_in.first_password()

    def run(tx: Tx, who: Volunteer) -> str:
        work(tx, who, hashed)
        return mine

    first = await once(request, form, run) == mine
    return page(request, "person_password.html", person=await parts.database.read(whose), made=made if first else None)


def _whole(parts: Parts, tx: Tx, by: Volunteer, number: int) -> dict[str, Any]:
    """All that a person's page shows. Raises DeskError."""
    who = people.get(tx, number)
    if who is None:
        raise DeskError(GONE)
    plan, trail = people.plan(tx, number), desk.trail(tx, f"volunteer:{number}", TRAIL)
    actors = {int(one.actor.partition(":")[2]) for one in trail if one.actor.startswith("volunteer:")}
    commune = who.team.commune
    around = None if commune is None else parts.takeover.ladder.around(tx, commune) | {commune}
    return {
        "person": who,
        "presence": people.presences(tx, [number], parts.clock())[number],
        "plan": plan,
        "seal": staff.seal(who, plan),
        "open": cases.holding(tx, number),
        "last_sign_in": people.last_sign_in(tx, number),
        "trail": trail,
        "actors": {f"volunteer:{one}": name for one, name in people.names(tx, actors).items()},
        "verbs": VERBS,
        "near": people.teams(tx, around, limit=MOST_TEAMS),
        "governs": staff.governs(by, who),
        "may_change": who.id == by.id or staff.governs(by, who),
        "may_give": staff.roles(by),
        "most": MOST_OPEN,
    }


def _found(parts: Parts, tx: Tx, asked: dict[str, str]) -> list[Volunteer]:
    """Whom the form looks for. Raises DeskError naming the field that can not be read."""
    team = asked.get("team", "").strip()
    at = people.find_team(tx, team) if team else None
    if team and at is None:
        raise DeskError(f"Không có tổ mang mã «{team[:40]}».")
    return people.members(
        tx,
        None if at is None else at.id,
        asked.get("after", "")[:60],
        PAGE,
        asked.get("code", "").strip()[:60],
        communes(parts, asked.get("place", "")),
        Role(asked["role"]) if asked.get("role") in Role.__members__.values() else None,
    )


def _told(parts: Parts, code: str, form: FormMultiDict) -> staff.Told:
    cells = {cell: field(form, name) for cell, name in FIELDS.items()}
    return staff.person(parts.places, code, cells, [one for one in form.getall("languages", []) if isinstance(one, str)])


def _role(form: FormMultiDict) -> Role:
    wanted = field(form, "role")
    if wanted not in Role.__members__.values():
        raise DeskError("Chọn một vai trò đã nhé.")
    return Role(wanted)


def _requeued(count: str) -> str:
    return f" {count} ca trở về hàng chờ." if count.isdecimal() and len(count) < 4 and int(count) else ""
