"""Who helps: the teams of the Community Digital Technology programme, their volunteers, and what each role may do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TeamLevel(StrEnum):
    """How wide a team's ground is."""

    VILLAGE = "village"
    COMMUNE = "commune"
    CLUSTER = "cluster"
    """Several communes; for the most part those of an old district."""
    PROVINCE = "province"
    """The province desk: one team, where whatever nobody else takes ends up."""


PROVINCE_DESK = "tinh"
"""The code of the province desk, which every installation has."""


class Role(StrEnum):
    VOLUNTEER = "volunteer"
    """Takes cases, answers, gives back."""
    COACH = "coach"
    """A volunteer who also says what was not understood meant."""
    COORDINATOR = "coordinator"
    """Sees every case, looks after people and teams, approves what is learnt."""
    ADMIN = "admin"
    """May also appoint coordinators and admins. The first one is made by `danloi user add`."""


class Power(StrEnum):
    """What a route asks for; which role has it stands in `POWERS`, and nowhere else."""

    HELP = "help"
    """See the queue within one's reach, take, answer, note, give back, close."""
    OVERSEE = "oversee"
    """See every case and search them all; reveal what is masked, which is logged; pass on what another holds."""
    PEOPLE = "people"
    """See and change teams and volunteers."""
    APPOINT = "appoint"
    """Make somebody coordinator or admin, or take it from them."""
    STOP = "stop"
    """Silence the assistant, and let it speak again."""
    LABEL = "label"
    """Say what was not understood meant."""
    APPROVE = "approve"
    """Approve labels, and export them for the next training."""


_HELPS = frozenset({Power.HELP})
POWERS: dict[Role, frozenset[Power]] = {
    Role.VOLUNTEER: _HELPS,
    Role.COACH: _HELPS | {Power.LABEL},
    Role.COORDINATOR: _HELPS | {Power.LABEL, Power.OVERSEE, Power.PEOPLE, Power.APPROVE},
    Role.ADMIN: frozenset(Power),
}


@dataclass(frozen=True, slots=True)
class Team:
    id: int
    code: str
    """What the province's list calls it; never changes."""
    name: str
    level: TeamLevel
    commune: str | None
    """The commune of today that it serves, as the gazetteer names it ("xa_dong_van"); None for clusters and the province."""
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class Volunteer:
    id: int
    code: str
    """What the province's list calls the person; also the name to sign in with."""
    name: str
    role: Role
    team: Team
    languages: tuple[str, ...] = ()
    """Beside Vietnamese: "Mông", "Tày", "Dao", "Nùng" …"""
    most_open: int = 3
    """How many cases at once."""
    on_until: datetime | None = None
    """Declared on shift until then, whatever the weekly plan says."""
    off_until: datetime | None = None
    """Declared off until then."""
    stamp: int = 0
    """Grows when password, role or membership changes: sessions under an older stamp are over."""
    must_change: bool = False
    """Signed in with a password that somebody else gave: choose another first."""

    def may(self, power: Power) -> bool:
        return power in POWERS[self.role]

    @property
    def calls(self) -> str:
        """What citizens are told: the given name, which comes last in Vietnamese."""
        return self.name.split()[-1] if self.name.split() else self.code


@dataclass(frozen=True, slots=True)
class Shift:
    """A weekly hour of duty: weekday 0 is Monday; minutes of the day in Vietnam, `ends` above `starts`."""

    weekday: int
    starts: int
    ends: int
