"""What is asked of the desk's pages: each page by whom it is for, each search with other words every time."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from ..desk.pages.search_routes import PAGE
from ..model.case import CaseStatus, Rung
from ..model.clock import VIETNAM
from ..model.place import Gazetteer
from ..store.scratch import code_of
from .citizen import SEED
from .made_up import OFTEN, VOLUNTEERS
from .planned import LARGE, Planned
from .street import ACCOUNT
from .visitor import Visit

HELPER, DESK, COORDINATOR = "helper", "desk", "coordinator"
"""Who signs in: a village's volunteer, somebody of the province desk, a coordinator."""
MANY = 200
"""How many different searches of one kind there are."""
CARD, LINE = 'class="card', 'class="line'


@dataclass(frozen=True)
class Known:
    """What the database was filled with."""

    planned: Sequence[Planned]
    helper: int
    gazetteer: Gazetteer
    topics: Sequence[str]
    rare: Sequence[str]
    """Words that stand in hardly more than one note each."""


def visits(known: Known) -> list[Visit]:
    helper, desk, coordinator = (code_of(ACCOUNT, name) for name in (HELPER, DESK, COORDINATOR))
    taken = [one for one in known.planned if one.status is CaseStatus.TAKEN]
    theirs = [one for one in taken if one.helper == known.helper]
    large = next(one for one in theirs if one.messages == LARGE)
    small, spoken = (one for one in theirs if one is not large)
    waiting = [one.id for one in known.planned if one.status is CaseStatus.OPEN and one.rung is Rung.PROVINCE]
    pages = [
        Visit("hàng chờ, tình nguyện viên", helper, ["/desk/cases"], CARD),
        Visit("hàng chờ, bàn trực tỉnh", desk, ["/desk/cases"], CARD),
        Visit("hàng chờ, điều phối", coordinator, ["/desk/cases"], CARD),
        Visit("ca của mình, 10 tin", helper, [_case(small.id)], LINE),
        Visit("ca của mình, 1.000 tin", helper, [_case(large.id)], LINE),
    ]
    searches = [Visit(f"tìm: {name}", coordinator, paths, CARD) for name, paths in _searches(known).items()]
    limited = [
        Visit("tìm: chủ đề, tình nguyện viên", helper, _search([{"topic": topic} for topic in known.topics[:20]]), "Kết quả"),
        Visit("tìm: ca của mình, tình nguyện viên", helper, _search([{}]), CARD),
    ]
    sent = [
        Visit("gửi lời", helper, [f"{_case(spoken.id)}/say"], text="Bác chờ em xem giúp nhé."),
        Visit("nhận ca", desk, [f"{_case(number)}/take" for number in waiting], text="", once=True, then=("trả ca về trợ lý", "give-back")),
    ]
    return [*pages, *searches, *limited, *sent]


def _searches(known: Known) -> dict[str, list[str]]:
    """By a coordinator, who may search them all; each finds something."""
    chance = random.Random(SEED)  # noqa: S311  # repeatable on purpose
    some = [chance.choice(known.planned) for _ in range(MANY)]
    commune = [{"place": known.gazetteer.title(one.commune)} for one in some]
    district = [{"place": f"{known.gazetteer.places[one.commune].district} cũ"} for one in some]
    topic = [{"topic": one.topic} for one in some]
    week = [_week(one) for one in some]
    phones = [one.phone for one in known.planned if one.phone is not None]
    holders = [one.helper for one in some if one.status is not CaseStatus.OPEN]
    found: dict[str, list[dict[str, str]]] = {
        "không nêu gì": [{}],
        "chủ đề": topic,
        "xã": commune,
        "huyện cũ": district,
        "một tuần": week,
        "số điện thoại": [{"person": phone} for phone in phones[:MANY]],
        "chữ hay gặp trong ghi chú": [{"note": word} for word in (OFTEN, "gọi lại", "điện thoại", f"{OFTEN} xong")],
        "chữ hiếm trong ghi chú": [{"note": word} for word in known.rare],
        "chữ hay gặp và chữ hiếm": [{"note": f"{OFTEN} {word}"} for word in known.rare],
        "người giữ": [{"helper": code_of(ACCOUNT, f"{number:05}")} for number in holders if number <= VOLUNTEERS],
        "chủ đề, xã, đã xong": [a | b | {"status": str(one.status)} for a, b, one in zip(topic, commune, some, strict=True)],
        "chủ đề, huyện cũ, một tuần": [a | b | c for a, b, c in zip(topic, district, week, strict=True)],
        "chủ đề, trang hai": [_second_page(known, topic) for topic in known.topics[:9]],
    }
    return {name: _search(asked) for name, asked in found.items()}


def _week(one: Planned) -> dict[str, str]:
    """One that the case lies in."""
    day = one.opened_at.astimezone(VIETNAM).date()
    return {"since": str(day - timedelta(days=3)), "until": str(day + timedelta(days=3))}


def _second_page(known: Known, topic: str) -> dict[str, str]:
    newest = [one.id for one in reversed(known.planned) if one.topic == topic]
    return {"topic": topic, "before": str(newest[min(PAGE, len(newest) - 1) - 1])}


def _search(asked: Sequence[dict[str, str]]) -> list[str]:
    return [f"/desk/search?{urlencode(one)}" for one in asked]


def _case(number: int) -> str:
    return f"/desk/cases/{number}"
