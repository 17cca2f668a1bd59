"""What was not understood: labelled by one, approved by another, written out for the next training."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from ...model.candidate import Candidate, Doubt
from ...model.errors import DeskError, TooLate
from ...model.people import Power, Volunteer
from ...store import candidates, desk, people
from ...store.database import Tx
from .. import learning
from .access import AnyRequest, asks, signed_in
from .answers import action, field, form_of, go, once, page, parts_of
from .parts import Parts

PAGE = 10
"""Lines at once: each carries a list of everything that can be meant."""
APPROVALS = 50
MOST_SKIPPED = 100
GONE = "Câu này vừa có người ghi nhãn, hoặc đã được xóa. Bạn xem câu khác nhé."


class LearnRoutes(Controller):
    path = "/learn"

    @get("/", opt=asks(Power.LABEL))
    async def waiting(self, request: AnyRequest) -> Response[Any]:
        parts = parts_of(request)
        doubt, skipped = _view(request.query_params.multi_items())
        found, counts = await parts.database.read(lambda tx: (candidates.waiting(tx, doubt, PAGE, skipped), candidates.counts(tx)))
        return page(
            request,
            "learn.html",
            found=found,
            counts=counts,
            chosen=doubt,
            skipped=len(skipped),
            view=_query(doubt, skipped),
            without={one.id: _query(doubt, [*skipped, one.id]) for one in found},
            **_names(parts),
        )

    @post("/{number:int}/label", opt=asks(Power.LABEL))
    async def label(self, request: AnyRequest, number: FromPath[int]) -> Response[Any]:
        parts, form = parts_of(request), await form_of(request)
        intent, aspect, now = field(form, "intent"), field(form, "aspect") or None, parts.clock()
        if not intent:
            raise DeskError("Chọn giúp câu này có ý gì rồi mới ghi nhé.")
        learning.check(parts.known, intent, aspect)

        def work(tx: Tx, who: Volunteer) -> str:
            if not candidates.label(tx, number, intent, aspect, who.id):
                raise TooLate(GONE)
            _note(tx, who, "label", number, now, intent)
            return "done"

        await once(request, form, work)
        return go(request, f"/desk/learn{_query(*_view(parse_qsl(field(form, 'view').removeprefix('?'))))}")

    @post("/{number:int}/drop", opt=asks(Power.LABEL))
    async def drop(self, request: AnyRequest, number: FromPath[int]) -> Response[Any]:
        parts, form = parts_of(request), await form_of(request)

        def work(tx: Tx, who: Volunteer) -> str:
            if not candidates.drop(tx, number, unlabelled=True):
                raise TooLate(GONE)
            _note(tx, who, "drop", number, parts.clock())
            return "done"

        await once(request, form, work)
        return go(request, f"/desk/learn{_query(*_view(parse_qsl(field(form, 'view').removeprefix('?'))))}")

    @get("/approve", opt=asks(Power.APPROVE))
    async def labelled(self, request: AnyRequest) -> Response[Any]:
        parts, who = parts_of(request), signed_in(request)
        key = request.query_params.get("export", "")

        def look(tx: Tx) -> dict[str, Any]:
            waits, approved = candidates.labelled(tx, APPROVALS), candidates.approved(tx, APPROVALS)
            by = {one.labelled_by for one in (*waits, *approved) if one.labelled_by is not None}
            told = {"names": people.names(tx, by), "exported": _exported(desk.outcome(tx, who.id, key)) if key else None}
            return {"found": waits, "approved": approved, "counts": candidates.counts(tx), **told}

        seen = await parts.database.read(look)
        own = who.may(Power.APPOINT)
        mine = {one.id for one in seen["found"] if one.labelled_by == who.id and not own}
        return page(request, "learn_approve.html", mine=mine, as_seen=_as_seen, **_names(parts), **seen)

    @post("/approve", opt=asks(Power.APPROVE))
    async def approve(self, request: AnyRequest) -> Response[Any]:
        """The lines that are ticked, as they were seen: approved, or sent back to be labelled anew."""
        parts, form = parts_of(request), await form_of(request)
        ticked = [_seen(one) for one in form.getall("line", [])[: 2 * APPROVALS] if isinstance(one, str)]
        if not ticked:
            raise DeskError("Đánh dấu vào những câu muốn duyệt hoặc trả lại đã nhé.")
        back, now = field(form, "do") == "return", parts.clock()

        def work(tx: Tx, who: Volunteer) -> str:
            own, done = who.may(Power.APPOINT), 0
            for number, intent, aspect in ticked:
                if candidates.disapprove(tx, number) if back else candidates.approve(tx, number, intent, aspect, who.id, own, now):
                    _note(tx, who, "disapprove" if back else "approve", number, now, intent)
                    done += 1
            if not done:
                raise DeskError("Chưa duyệt câu nào: nhãn của chính bạn thì người khác duyệt, câu vừa đổi nhãn thì xem lại.")
            return "done"

        await once(request, form, work)
        return go(request, "/desk/learn/approve")

    @post("/export", opt=asks(Power.APPROVE))
    async def export(self, request: AnyRequest) -> Response[Any]:
        """Write the file that `danloi learn export` writes; which one it was is kept under the form's key."""
        parts, who, form = parts_of(request), signed_in(request), await form_of(request)
        key, now = action(request, form), parts.clock()
        async with parts.exporting:
            if not await parts.database.read(lambda tx: desk.outcome(tx, who.id, key)):
                done = await learning.write_out(parts.database, parts.root, now)

                def note(tx: Tx, who: Volunteer) -> str:
                    if done.path is not None:
                        desk.write_down(tx, f"volunteer:{who.id}", "export", done.path.name, now, f"{done.lines}")
                    return f"{done.lines} {done.left} {done.path.name if done.path else '-'}"

                await once(request, form, note)
        return go(request, f"/desk/learn/approve?export={key}")


def _names(parts: Parts) -> dict[str, Any]:
    """What intents, aspects and doubts are called, and the menu by which topics are grouped."""
    known = parts.known
    titles = {intent: known.title(intent) for intent in known.intents}
    return {"known": known, "titles": titles, "doubts": learning.DOUBTS, "data": learning.DATA}


def _view(asked: Iterable[tuple[str, Any]]) -> tuple[Doubt | None, list[int]]:
    """Which doubt is looked at, and which lines are left for later."""
    doubt, skipped = None, []
    for name, value in asked:
        if name == "doubt" and value in Doubt.__members__.values():
            doubt = Doubt(value)
        elif name == "skip" and value.isascii() and value.isdecimal() and len(value) < 19:
            skipped.append(int(value))
    return doubt, skipped[-MOST_SKIPPED:]


def _query(doubt: Doubt | None, skipped: Iterable[int]) -> str:
    """The same as part of an address; "" for the whole list."""
    query = urlencode([*([("doubt", doubt)] if doubt else []), *(("skip", one) for one in skipped)])
    return f"?{query}" if query else ""


def _as_seen(one: Candidate) -> str:
    """A label as a checkbox brings it back, so that nobody approves what they have not seen."""
    return f"{one.id} {one.intent} {one.aspect or '-'}"


def _seen(text: str) -> tuple[int, str, str | None]:
    number, intent, aspect = [*text.split(" ", 2), "", ""][:3]
    known = number.isascii() and number.isdecimal() and len(number) < 19
    return int(number) if known else 0, intent, None if aspect == "-" else aspect


def _exported(outcome: str) -> tuple[int, int, str] | None:
    """How many lines were written, how many were left out, and into which file ("-": none)."""
    lines, _, rest = outcome.partition(" ")
    left, _, name = rest.partition(" ")
    return (int(lines), int(left), name) if lines.isdecimal() and left.isdecimal() else None


def _note(tx: Tx, who: Volunteer, verb: str, number: int, now: datetime, detail: str | None = None) -> None:
    desk.write_down(tx, f"volunteer:{who.id}", verb, f"candidate:{number}", now, detail)
