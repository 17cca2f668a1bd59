"""The ladder: to whom a waiting case is offered, and what the citizen may be promised.

    the teams of the commune ─► the communes around ─► the province desk ─► and on and on, until somebody takes it

A rung where nobody is on shift is passed at once; one where nobody takes it, after some minutes. An urgent case, one without a commune
and a flood (the language model is away) go to the province desk straight, for two thousand teams must not ring at once. The promise to
the citizen is a timer: missed, it is said, renewed, and marked for the coordinators.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from ..model.case import Case, CaseReason, CaseStatus, Rung
from ..model.people import Power, TeamLevel, Volunteer
from ..model.place import Gazetteer
from ..model.timer import Timer, TimerKind
from ..store import cases, people, timers
from ..store.case_search import Reach
from ..store.database import Tx
from .hours import Closed, Hours

log = structlog.get_logger(__name__)

CLIMB_AFTER = timedelta(minutes=5)
"""How long a case waits on a rung where somebody is on shift, until it is offered more widely."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a waiting case stands, and what may be told of it."""

    rung: Rung
    staffed: bool
    """Somebody on shift is offered it."""
    ahead: int
    """How many stand before it."""
    promised_at: datetime
    closed: Closed | None
    """Why the office is closed, if it is."""


class Ladder:
    def __init__(self, hours: Hours, places: Gazetteer, climb_after: timedelta = CLIMB_AFTER) -> None:
        self.hours = hours
        self._places = places
        self._climb_after = climb_after

    def place(self, tx: Tx, case: Case, epoch: int, now: datetime, at_least: Rung = Rung.COMMUNE) -> Placement:
        """Offer a waiting case on the first rung, from `at_least` up, where somebody is on shift; arm its timers under that epoch.

        What was promised stays promised, unless an urgent case can be promised more; who asks again and again delays no climbing.
        """
        rung, staffed = self._rung(tx, case, max(at_least, lowest(case)), now)
        promised = case.promised_at
        fresh = self.hours.promise(now, staffed, case.urgent)
        if promised is None or promised <= now or (case.urgent and fresh < promised):
            promised = fresh
        cases.change(tx, case.id, rung=rung, promised_at=promised)
        if rung < Rung.PROVINCE and (case.promised_at is None or rung is not case.rung):
            timers.arm(tx, Timer(TimerKind.CLIMB, now + self._climb_after, case.conversation_id, epoch))
        timers.arm(tx, Timer(TimerKind.PROMISE, promised, case.conversation_id, epoch))
        ahead = cases.ahead(tx, replace(case, rung=rung))
        return Placement(rung, staffed, ahead, promised, None if staffed else self.hours.closed(now))

    def climb(self, tx: Tx, case: Case, epoch: int, now: datetime) -> None:
        """Nobody took it where it was offered: offer it more widely."""
        if case.status is CaseStatus.OPEN and case.rung < Rung.PROVINCE:
            placed = self.place(tx, case, epoch, now, Rung(case.rung + 1))
            log.info("case_climbed", case=case.id, rung=placed.rung.name.lower())

    def missed(self, tx: Tx, case: Case, epoch: int, now: datetime) -> Placement:
        """The promised time came and nobody had answered: a new promise, at the province desk, and an alarm."""
        log.error("promise_missed", case=case.id, urgent=case.urgent)
        cases.change(tx, case.id, breached=True)
        return self.place(tx, replace(case, promised_at=None, breached=True), epoch, now, Rung.PROVINCE)

    def reach(self, tx: Tx, who: Volunteer) -> Reach:
        """Which waiting cases that volunteer is offered."""
        team = who.team
        if who.may(Power.OVERSEE):
            return Reach(who.id, team.id, everything=True)
        if team.level is TeamLevel.PROVINCE:
            return Reach(who.id, team.id, province=True)
        if team.level is TeamLevel.CLUSTER:
            return Reach(who.id, team.id, wider=people.below(tx, team.id))
        if team.commune is None:
            return Reach(who.id, team.id)
        return Reach(who.id, team.id, own=frozenset({team.commune}), wider=self.around(tx, team.commune))

    def around(self, tx: Tx, commune: str) -> frozenset[str]:
        """The communes next to one: those under the same parent, or where the teams' list does not say, of the same old district."""
        siblings = people.around(tx, commune)
        place = self._places.get(commune)
        if siblings or place is None:
            return siblings
        same = (one.id for one in self._places.places.values() if not one.is_old and one.district == place.district)
        return frozenset(same) - {commune}

    def _rung(self, tx: Tx, case: Case, lowest: Rung, now: datetime) -> tuple[Rung, bool]:
        for rung in Rung:
            if rung >= lowest and self._is_staffed(tx, case, rung, now):
                return rung, True
        return Rung.PROVINCE, False

    def _is_staffed(self, tx: Tx, case: Case, rung: Rung, now: datetime) -> bool:
        ground: Collection[str] | None
        if rung is Rung.PROVINCE:
            ground = None
        else:
            assert case.commune is not None
            ground = {case.commune} if rung is Rung.COMMUNE else self.around(tx, case.commune)
        there = people.on_shift(tx, ground, now) if ground is None or ground else []
        if case.language is not None and rung < Rung.PROVINCE:
            there = [who for who in there if case.language in who.languages]
        return bool(there)


def lowest(case: Case) -> Rung:
    """Where a case begins: urgent ones, those of nowhere, and a flood, at the province desk."""
    flood = case.reason in (CaseReason.NLU_AWAY, CaseReason.BOT_ERROR, CaseReason.PAUSED)
    return Rung.PROVINCE if case.urgent or flood or case.commune is None else Rung.COMMUNE
