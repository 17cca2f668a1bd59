"""The language of the desk's tests: a helper takes, says, gives back. Over the real takeover and a real database.

desk = Desk(house)
dinh = await desk.helper("dinh")
case = await dinh.takes(await desk.waiting())
await dinh.says("chào bác")
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from bot.model.case import Case, CaseStatus, Outcome
from bot.model.conversation import Conversation
from bot.model.people import Role, TeamLevel, Volunteer
from bot.store import case_search, cases, conversations, desk, people
from bot.store.database import Tx
from bot.store.desk import Note
from bot.store.tables import timer

from ..talk import House, Talk

HERE, NEXT_DOOR, FAR = "xa_dong_van", "xa_lung_cu", "xa_bac_me"


class Desk:
    def __init__(self, house: House) -> None:
        self.house = house
        self.takeover = house.app.takeover

    async def team(self, code: str, level: TeamLevel, commune: str | None = None, parent: str | None = None) -> int:
        def make(tx: Tx) -> int:
            above = people.find_team(tx, parent) if parent else None
            return people.add_team(tx, code, f"Tổ {code}", level, commune, None if above is None else above.id)

        return await self.house.app.database.run(make)

    async def helper(
        self, code: str, commune: str | None = HERE, role: Role = Role.VOLUNTEER, on_shift: bool = True, **more: Any
    ) -> "Helper":
        """Somebody of that commune's team, or of the province desk; on shift for a day."""

        def make(tx: Tx) -> int:
            team = people.province_desk(tx) if commune is None else people.find_team(tx, f"to_{commune}")
            named = f"to_{commune}", f"Tổ công nghệ số {commune}"
            number = team.id if team is not None else people.add_team(tx, *named, TeamLevel.VILLAGE, commune)
            until = self.house.clock() + timedelta(days=1) if on_shift else None
            return people.add(tx, code, f"Giàng Thị {code.title()}", role, number, self.house.clock(), on_until=until, **more)

        return Helper(self, await self.house.app.database.run(make))

    async def waiting(self) -> Case:
        """The one case that waits."""
        found = await self.house.app.database.read(lambda tx: cases.listing(tx, CaseStatus.OPEN))
        assert len(found) == 1, found
        return found[0]

    async def case(self, number: int) -> Case:
        found = await self.house.app.database.read(lambda tx: cases.get(tx, number))
        assert found is not None
        return found

    async def conversation(self, talk: Talk) -> Conversation:
        def read(tx: Tx) -> Conversation:
            found = conversations.find(tx, self.house.app.database.keyring, talk.address)
            assert found is not None
            return conversations.get(tx, found)

        return await self.house.app.database.read(read)

    async def notes(self, case: int) -> list[Note]:
        return await self.house.app.database.read(lambda tx: desk.notes(tx, case))

    async def armed(self, conversation: Conversation) -> set[str]:
        """The timers that wait under today's epoch."""
        wanted = (timer.c.conversation_id == conversation.id, timer.c.turn == conversation.epoch, timer.c.fired_at.is_(None))
        return await self.house.app.database.read(lambda tx: set(tx.scalars(timer.select().with_only_columns(timer.c.kind).where(*wanted))))

    async def passes(self, **span: float) -> None:
        """Time goes by, and what is due fires."""
        self.house.clock.forward(timedelta(**span).total_seconds())
        while await self.house.app.timers.round() == 0:
            pass
        await self.house.tidy()


@dataclass(frozen=True)
class Helper:
    desk: Desk
    id: int

    async def who(self) -> Volunteer:
        found = await self.desk.house.app.database.read(lambda tx: people.get(tx, self.id))
        assert found is not None
        return found

    async def takes(self, case: Case | int) -> Case:
        number, who = case if isinstance(case, int) else case.id, await self.who()
        taken: Case = await self._run(lambda tx: self.desk.takeover.take(tx, who, number, self._now))
        return taken

    async def says(self, case: Case, text: str, key: str | None = None) -> int:
        who, key = await self.who(), key or uuid4().hex
        said: int = await self._run(lambda tx: self.desk.takeover.say(tx, who, case.id, text, key, self._now))
        return said

    async def notes(self, case: Case, text: str) -> None:
        who = await self.who()
        await self._run(lambda tx: self.desk.takeover.note(tx, who, case.id, text, self._now))

    async def gives_back(self, case: Case, result: str = "") -> None:
        who = await self.who()
        await self._run(lambda tx: self.desk.takeover.give_back(tx, who, case.id, self._now, result))

    async def closes(self, case: Case, outcome: Outcome = Outcome.SOLVED) -> None:
        who = await self.who()
        await self._run(lambda tx: self.desk.takeover.close(tx, who, case.id, outcome, self._now))

    async def passes_on(self, case: Case, team: int | None, reason: str = "cần người rành hơn") -> None:
        who = await self.who()
        await self._run(lambda tx: self.desk.takeover.pass_on(tx, who, case.id, team, reason, self._now))

    async def types(self, case: Case) -> Any:
        who = await self.who()
        return await self._run(lambda tx: self.desk.takeover.typing(tx, who, case.id, self._now))

    async def sees(self) -> list[int]:
        """The cases that wait within their reach, as their queue shows them."""
        who = await self.who()
        found = await self._run(lambda tx: case_search.queue(tx, self.desk.takeover.ladder.reach(tx, who)))
        return [case.id for case in found]

    @property
    def _now(self) -> Any:
        return self.desk.house.clock()

    async def _run(self, work: Any) -> Any:
        return await self.desk.house.app.database.run(work)
