"""A province that does not exist: teams and volunteers in the number and shape of the real list, every name plainly made up."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..model.people import Role, TeamLevel
from ..model.place import Gazetteer, Level
from ..store import scratch
from .street import ACCOUNT

TEAMS, VOLUNTEERS = 2071, 12131
"""What the province counted in 2022."""
FIRST_TEAM = 100
"""The ids below are left to the province desk."""
_GIVEN = ("Mận", "Đào", "Lê", "Mơ", "Bưởi", "Sa Mộc", "Trẩu", "Thảo Quả", "Ngải", "Tam Giác Mạch")

Row = dict[str, Any]


@dataclass
class Staff:
    """Rows of teams and volunteers, with the ids that cases name them by."""

    teams: list[Row] = field(default_factory=list)
    people: list[Row] = field(default_factory=list)
    communes: tuple[str, ...] = ()
    helpers: dict[str, list[int]] = field(default_factory=dict)
    """Who helps in a commune."""


def staff(gazetteer: Gazetteer, province_desk: int, chance: random.Random, now: datetime) -> Staff:
    """Clusters, communes and villages, and everybody in them."""
    places = sorted((place for place in gazetteer.places.values() if place.level is Level.COMMUNE), key=lambda place: place.id)
    made = Staff(communes=tuple(place.id for place in places), helpers={place.id: [] for place in places})
    clusters = {
        district: _team(made, f"cum-{district}", f"Tổ cụm {district}", TeamLevel.CLUSTER, None, province_desk)
        for district in sorted({place.district for place in places})
    }
    above = {
        place.id: _team(made, place.id, f"Tổ {place.title}", TeamLevel.COMMUNE, place.id, clusters[place.district]) for place in places
    }
    for number in range(TEAMS - len(made.teams)):
        commune = made.communes[number % len(made.communes)]
        _team(made, f"thon-{number}", f"Tổ thôn Thử {number}", TeamLevel.VILLAGE, commune, above[commune])
    for number in range(1, VOLUNTEERS + 1):
        team = made.teams[number % len(made.teams)]
        role = chance.choices((Role.VOLUNTEER, Role.COACH, Role.COORDINATOR), (95, 4, 1))[0]
        person(made, f"{number:05}", _name(chance), team["id"], role, now)
        if team["commune"] is not None:
            made.helpers[team["commune"]].append(number)
    return made


def person(made: Staff, code: str, name: str, team: int, role: Role, now: datetime, password: str | None = None) -> int:
    """One more volunteer; whoever has a password has chosen it already. The id."""
    number = len(made.people) + 1
    signs_in = {"password": password, "must_change": password is None}
    fixed: Row = {"languages": [], "most_open": 10, "stamp": 0, "failed": 0, "created_at": now}
    made.people.append(
        {"id": number, "code": scratch.code_of(ACCOUNT, code), "team_id": team, "name": name, "phone": None, "role": str(role)}
        | signs_in
        | fixed
    )
    return number


def _team(made: Staff, code: str, name: str, level: TeamLevel, commune: str | None, parent: int) -> int:
    number = FIRST_TEAM + len(made.teams)
    row = {"id": number, "code": scratch.code_of(ACCOUNT, code)[:60], "name": name, "level": str(level)}
    made.teams.append(row | {"commune": commune, "parent_id": parent})
    return number


def _name(chance: random.Random) -> str:
    return f"{chance.choice(('Mẫu', 'Thử'))} {chance.choice(('Thị', 'Văn'))} {chance.choice(_GIVEN)}"


OFTEN = "hẹn"
"""A word of every other note."""
_COMMON = ("đã", "gọi", "lại", "bác", "chờ", "công an", "xã", "giúp", "điện thoại", "đăng ký", "xong")


def note(chance: random.Random) -> tuple[str, str | None]:
    """What a volunteer might jot down, and the word in it, if there is one, that hardly another note has: the number of a file."""
    words = chance.sample(_COMMON, 5)
    if chance.random() < 0.5:
        words.append(OFTEN)
    if chance.random() < 0.7:
        return " ".join(words), None
    rare = f"sổ{chance.randrange(20_000)}"
    return " ".join((*words, OFTEN, rare)), rare


def pick(chance: random.Random, of: Sequence[str]) -> str:
    """The first are asked for much more than the last, as it is with topics and communes."""
    return of[min(int(chance.expovariate(6 / len(of))), len(of) - 1)]
