"""Two years of a busy desk, planned before a row of it is written: which cases there were, whose they are, how long they became.

Of a hundred cases ninety-seven are closed, two wait, one is with somebody; what is unclosed is among the newest.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..model.case import CaseStatus, Rung
from .made_up import Staff, pick

SPAN = timedelta(days=730)
SMALL, LARGE = 10, 1000
"""Messages of the cases whose pages are measured."""
LEAST_OPEN, LEAST_TAKEN = 20, 10
_RUNGS = (Rung.PROVINCE, Rung.PROVINCE, Rung.COMMUNE, Rung.COMMUNE, Rung.NEIGHBOURS)


@dataclass(frozen=True)
class Planned:
    """A case before its rows are written."""

    id: int
    conversation: int
    is_new: bool
    """Whether the conversation begins with it."""
    status: CaseStatus
    opened_at: datetime
    topic: str
    commune: str
    helper: int
    rung: Rung
    messages: int
    phone: str | None


@dataclass(frozen=True)
class Plan:
    """`helper`: whose three cases are looked at; `ground`: their commune."""

    staff: Staff
    topics: Sequence[str]
    cases: int
    messages: int
    helper: int
    ground: str
    now: datetime
    chance: random.Random

    def cases_of_two_years(self) -> list[Planned]:
        """All cases. The first three taken ones are the helper's: with many messages, with few, and one to speak in."""
        chance, count = self.chance, self.cases
        unclosed = max(2 * count // 100, LEAST_OPEN) + max(count // 100, LEAST_TAKEN)
        newest = sorted(chance.sample(range(max(0, count - 2 * unclosed), count), unclosed))
        taken = sorted(chance.sample(newest, max(count // 100, LEAST_TAKEN)))
        sizes = self._sizes({taken[0]: LARGE, taken[1]: SMALL, taken[2]: SMALL})
        waiting, theirs = frozenset(newest) - frozenset(taken), frozenset(taken[:3])
        planned: list[Planned] = []
        known: list[int] = []  # conversations whose cases are all closed: their citizens may have come again
        for place in range(count):
            status = CaseStatus.OPEN if place in waiting else CaseStatus.TAKEN if place in taken else CaseStatus.CLOSED
            again = status is CaseStatus.CLOSED and bool(known) and chance.random() < 0.25
            conversation = chance.choice(known) if again else place + 1
            if status is CaseStatus.CLOSED and not again:
                known.append(conversation)
            commune = self.ground if place in theirs else pick(chance, self.staff.communes)
            planned.append(
                Planned(
                    id=place + 1,
                    conversation=conversation,
                    is_new=not again,
                    status=status,
                    opened_at=self.now - SPAN + (SPAN - timedelta(minutes=30)) * place / count,
                    topic=pick(chance, self.topics),
                    commune=commune,
                    helper=self.helper if place in theirs else self._helper(commune, status),
                    rung=chance.choice(_RUNGS),
                    messages=sizes[place],
                    phone=f"09{chance.randrange(10**8):08}" if status is not CaseStatus.CLOSED and chance.random() < 0.3 else None,
                )
            )
        return planned

    def _sizes(self, fixed: dict[int, int]) -> list[int]:
        """How many messages each case has, to the number that was asked for."""
        left, sizes = self.messages - sum(fixed.values()), []
        others = self.cases - len(fixed)
        for place in range(self.cases):
            if place in fixed:
                sizes.append(fixed[place])
                continue
            mean = left / others
            size = left if others == 1 else max(1, min(left, round(mean * self.chance.uniform(0.2, 1.8))))
            left, others = left - size, others - 1
            sizes.append(size)
        return sizes

    def _helper(self, commune: str, status: CaseStatus) -> int:
        if commune == self.ground and status is CaseStatus.CLOSED and self.chance.random() < 0.1:
            return self.helper
        return self.chance.choice(self.staff.helpers[commune])
