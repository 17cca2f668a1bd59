"""The teams: who they are, how many people each has and how many of them are on shift; added and renamed. And one's own weekly plan."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from ...model.errors import DeskError
from ...model.people import Power
from ...store import people
from ...store.database import Tx
from .. import staff
from .access import AnyRequest, asks, signed_in
from .answers import field, form_of, go, once, page, parts_of
from .parts import Parts
from .search_routes import communes

PAGE = 30
CELLS = {"mã tổ": "code", "tên tổ": "name", "cấp": "level", "xã": "commune", "mã tổ cấp trên": "parent"}
"""A cell of the province's list, and the field of the form that says it."""


class TeamRoutes(Controller):
    @get("/people/teams", opt=asks(Power.PEOPLE))
    async def listed(self, request: AnyRequest) -> Response[Any]:
        parts, asked = parts_of(request), dict(request.query_params)
        try:
            seen = await parts.database.read(lambda tx: {**_found(parts, tx, asked), "trouble": None})
        except DeskError as error:
            seen = {"found": [], "trouble": str(error)}
        more = seen["found"][-1].code if len(seen["found"]) == PAGE else None
        kept = {name: asked[name] for name in ("code", "place") if asked.get(name)}
        return page(request, "teams.html", asked=kept, more=more, kinds=staff.LEVELS.values(), **seen)

    @post("/people/teams", opt=asks(Power.PEOPLE))
    async def add(self, request: AnyRequest) -> Response[Any]:
        parts, form = parts_of(request), await form_of(request)
        cells = {cell: field(form, name) for cell, name in CELLS.items()}
        made = await once(request, form, lambda tx, who: str(staff.add_team(tx, parts.places, who, cells, parts.clock())))
        return go(request, f"/desk/people/teams/{made}")

    @get("/people/teams/{number:int}", opt=asks(Power.PEOPLE))
    async def show(self, request: AnyRequest, number: FromPath[int]) -> Response[Any]:
        parts = parts_of(request)

        def look(tx: Tx) -> dict[str, Any]:
            team = people.get_team(tx, number)
            if team is None:
                raise DeskError("Không có tổ này.")
            return {"team": team, **_counts(parts, tx, [team.id], [team.parent_id])}

        seen = await parts.database.read(look)
        return page(request, "team.html", done=request.query_params.get("done") == "team", **seen)

    @post("/people/teams/{number:int}", opt=asks(Power.PEOPLE))
    async def rename(self, request: AnyRequest, number: FromPath[int]) -> Response[Any]:
        parts, form = parts_of(request), await form_of(request)

        def work(tx: Tx, who: Any) -> str:
            staff.rename_team(tx, parts.places, who, number, field(form, "name"), parts.clock())
            return "done"

        await once(request, form, work)
        return go(request, f"/desk/people/teams/{number}?done=team")

    @get("/plan", opt=asks(Power.HELP))
    async def plan(self, request: AnyRequest) -> Response[Any]:
        parts, who = parts_of(request), signed_in(request)
        plan, on_duty = await parts.database.read(lambda tx: (people.plan(tx, who.id), people.is_on_duty(tx, who.id, parts.clock())))
        return page(request, "plan.html", done="done" in request.query_params, plan=plan, on_duty=on_duty)

    @post("/plan", opt=asks(Power.HELP))
    async def keep_plan(self, request: AnyRequest) -> Response[Any]:
        parts, form = parts_of(request), await form_of(request)
        wanted = staff.plan_of(field(form, "plan"))

        def work(tx: Tx, who: Any) -> str:
            staff.keep_plan(tx, who, wanted, parts.clock())
            return "done"

        await once(request, form, work)
        return go(request, "/desk/plan?done=1")


def _found(parts: Parts, tx: Tx, asked: dict[str, str]) -> dict[str, Any]:
    """Raises DeskError where the place is none."""
    code, after = asked.get("code", "").strip()[:60], asked.get("after", "")[:60]
    found = people.teams(tx, communes(parts, asked.get("place", "")), after, PAGE, code)
    return {"found": found, **_counts(parts, tx, [team.id for team in found], [team.parent_id for team in found])}


def _counts(parts: Parts, tx: Tx, ids: list[int], parents: list[int | None]) -> dict[str, Any]:
    return {
        "sizes": people.sizes(tx, ids),
        "there": people.on_duty_counts(tx, ids, parts.clock()),
        "above": people.teams_of(tx, {parent for parent in parents if parent is not None}),
    }
