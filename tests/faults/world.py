"""The world of a round: real processes, real databases, faked platforms, a clock that can be moved, and what goes wrong, by lot."""

import asyncio
import json
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]
import psycopg
from sqlalchemy import Row, select

from bot.channels.zalo_oa import account
from bot.channels.zalo_oa_webhook import PATH as ZALO_PATH
from bot.model.clock import now
from bot.store.crypto import Keyring
from bot.store.database import Transaction, connect
from bot.store.migrate import upgrade
from bot.store.tables import case, conversation, message
from bot.store.tokens import Shelf

from ..channels.zalo_line import pair_of
from ..fakes.telegram import TOKEN
from ..fakes.telegram import Fault as TelegramFault
from ..fakes.zalo_oa import APP, APP_SECRET, OA, OA_SECRET
from ..fakes.zalo_oa import Fault as ZaloFault
from .front import Front, front
from .lines import PatientTelegram, PatientZalo, before
from .nursery import Forked, Nursery
from .postgres import Postgres

POISON = "nấm độc số không"
HOUR = 3600.0

COMMITS = ("die before", "die after", "connection lost", "answer lost", "disk full", "slow disk")
CALLS = ("die before", "die after", "refused", "not taken", "reset", "timeout", "nonsense", "slow")
TURNS = ("die after", "stalls")
PLANNED = {
    "commit": (5, 160, COMMITS),
    "send": (4, 20, CALLS),
    "nlu": (2, 6, CALLS),
    "call": (2, 12, CALLS),
    "turn": (8, 40, TURNS),
}
"""Of each edge: how many faults a life has, among the first how many passages, and which."""
DEATHS = 0.35
"""How many of those that would be deaths are."""
TROUBLED_SENDS = 0.08
KINDLY = [fault for fault in TelegramFault if fault not in (TelegramFault.LATE, TelegramFault.HANGS, TelegramFault.ACCEPTED_AND_HANGS)]
KINDLY_ZALO = [fault for fault in ZaloFault if fault not in (ZaloFault.HANGS, ZaloFault.ACCEPTED_AND_HANGS)]


def planned(dice: random.Random, sqlite: bool) -> dict[str, dict[str, str]]:
    """What happens at the edges in one life of a process. SQLite has no wire on which the answer to a commit could get lost."""
    plan: dict[str, dict[str, str]] = {}
    for edge, (most, among, whats) in PLANNED.items():
        for _ in range(dice.randint(0, most)):
            what = dice.choice(whats)
            if what.startswith("die") and dice.random() > DEATHS:
                what = whats[-1] if edge == "turn" else whats[2]
            what = "slow disk" if sqlite and what == "answer lost" else what
            plan.setdefault(edge, {})[str(dice.randint(1, among))] = what
    return plan


@dataclass
class World:
    seed: int
    folder: Path
    database_url: str
    postgres: Postgres | None
    telegram: PatientTelegram
    zalo: PatientZalo
    ways: dict[str, Front]
    """To each platform."""
    clock: "MovedClock"
    nursery: Nursery
    front: Front = field(init=False)
    http: httpx.AsyncClient = field(init=False)
    processes: list[Forked] = field(default_factory=list)
    calm: bool = False
    _keepers: list[asyncio.Task[None]] = field(default_factory=list)
    _lives: Counter[int] = field(default_factory=Counter)

    # --- processes

    async def begin(self, lots: int) -> None:
        """`lots`: how many processes."""
        polling = self.seed % 2 == 0
        settings = {
            "NLU_URL": "",
            "PUBLIC_URL": self.front.url,
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_API": self.telegram.url,
            "TELEGRAM_RECEIVE": "polling" if polling else "webhook",
            "ZALO_OA_APP_ID": APP,
            "ZALO_OA_APP_SECRET": APP_SECRET,
            "ZALO_OA_ID": OA,
            "ZALO_OA_SECRET": OA_SECRET,
            "ZALO_OA_API": self.zalo.url,
            "ZALO_OAUTH": self.zalo.url,
        }
        self.zalo.hook = self.front.url + ZALO_PATH
        await self._prepare()
        self.processes = [Forked(self.nursery, self.folder, self.database_url, **settings) for _ in range(lots)]
        for number in range(lots):
            self.clock.write(self._control(number))
            await self._start(number)
            self._keepers.append(asyncio.create_task(self._keep(number)))
        await self.telegram.until(lambda: bool(self.telegram.hook) or polling)
        self.telegram.faulty, self.zalo.faulty = self._faulty(KINDLY, "telegram"), self._faulty(KINDLY_ZALO, "zalo")

    async def _prepare(self) -> None:
        """A database of today's shape, with the right to speak for the OA."""
        upgrade_database(self.database_url, self._keyring())
        database = connect(self.database_url, self._keyring())
        await Shelf(database, account(OA), now).authorised(pair_of(self.zalo, now))
        database.close()

    def _keyring(self) -> Keyring:
        for name in ("data_key", "address_key"):
            file = self.folder / name
            if not file.exists():
                file.write_text(f"a {name} made up for tests, no secret")
        return Keyring(*((self.folder / name).read_text() for name in ("data_key", "address_key")))

    def _control(self, number: int) -> Path:
        return self.folder / f"control-{number}"

    @property
    def log(self) -> Path:
        return self.folder / "faults.jsonl"

    async def _start(self, number: int) -> None:
        """Until it lives: a start may die, too, and then the next life has faults of its own."""
        while True:
            self._lives[number] += 1
            dice = random.Random(f"{self.seed} process {number} life {self._lives[number]}")
            self.processes[number].plan = {
                "log": str(self.log),
                "control": str(self._control(number)),
                "edges": planned(dice, self.postgres is None),
                "poison": POISON,
            }
            try:
                await self.processes[number].start()
                return
            except AssertionError:
                await asyncio.sleep(0.1)

    async def _keep(self, number: int) -> None:
        """As an operator's supervisor does: whoever ends is started again."""
        while True:
            await self.processes[number].ends()
            await self._start(number)

    async def stop(self) -> list[int]:
        """The exit statuses."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        return [await served.stop() for served in self.processes]

    # --- what we ourselves say, for marks of what is unknown, and to know when all has come to rest

    async def asks(self, question: Transaction[Any]) -> Any:
        database = connect(self.database_url, self._keyring())
        try:
            return await database.read(question)
        finally:
            database.close()

    async def does(self, transaction: Transaction[Any]) -> Any:
        database = connect(self.database_url, self._keyring())
        try:
            return await database.run(transaction)
        finally:
            database.close()

    async def rows(self) -> list[Row[Any]]:
        columns = (conversation.c.address, *(message.c[name] for name in ("id", "direction", "author", "status", "text", "block", "error")))
        query = select(*columns).join_from(message, conversation).order_by(message.c.id)
        found: list[Row[Any]] = await self.asks(lambda tx: tx.execute(query).all())
        return found

    async def case_of(self, address: str) -> int | None:
        """The newest case of that citizen."""
        query = select(case.c.id, conversation.c.address).join_from(case, conversation).order_by(case.c.id.desc())
        found: list[Row[Any]] = await self.asks(lambda tx: tx.execute(query).all())
        return next((int(row.id) for row in found if row.address == address), None)

    # --- faults from outside

    def _faulty(self, faults: list[Any], where: str) -> Callable[[], Any]:
        dice = random.Random(f"{self.seed} {where}")

        def draw() -> Any:
            if self.calm or dice.random() > TROUBLED_SENDS:
                return None
            fault = dice.choice(faults)
            self.count(f"{where}: {fault.value}")
            return fault

        return draw

    def count(self, fault: str) -> None:
        with self.log.open("a") as log:
            log.write(json.dumps({"fault": fault, "at": time.time()}) + "\n")

    def counts(self) -> Counter[str]:
        """All faults that struck, by kind: as the log has it, in which the processes write, too."""
        written = self.log.read_text().splitlines() if self.log.exists() else []
        return Counter(json.loads(line)["fault"] for line in written)

    async def kill_bot(self, dice: random.Random) -> None:
        if dice.choice(self.processes).sends(signal.SIGKILL):
            self.count("kill: bot")

    async def stop_bot(self, dice: random.Random) -> None:
        """A process stands still, as on a machine that is suspended, for longer than its claims and its offices hold, and goes on."""
        served = dice.choice(self.processes)
        if served.sends(signal.SIGSTOP):
            self.count("stop: bot")
            try:
                await asyncio.sleep(dice.uniform(3.5, 5.0))
            finally:
                served.sends(signal.SIGCONT)  # to whoever lives there by now

    async def kill_nlu(self, dice: random.Random) -> None:
        served = dice.choice(self.processes)
        with suppress(psutil.NoSuchProcess):
            for child in psutil.Process(served.pid).children():
                self.count("kill: NLU")
                child.kill()

    async def kill_postgres(self, dice: random.Random) -> None:
        if self.postgres is not None:
            self.count("kill: PostgreSQL")
            await asyncio.to_thread(self.postgres.kill)
            await asyncio.sleep(dice.random() * 1.5)
            await asyncio.to_thread(self.postgres.start)

    async def cut_database(self, _dice: random.Random) -> None:
        if self.postgres is not None:
            with suppress(psycopg.OperationalError):
                await asyncio.to_thread(self.postgres.cut)
                self.count("database: every connection lost")

    async def cut_front(self, _dice: random.Random) -> None:
        if self.front.cut():
            self.count("web: every connection lost")

    async def cut_platform(self, dice: random.Random) -> None:
        name = dice.choice(sorted(self.ways))
        if self.ways[name].cut():
            self.count(f"{name}: every connection lost")

    async def move_clock(self, dice: random.Random) -> None:
        jump = dice.choice([2.0, 30.0, 400.0, HOUR, -3.0, -90.0])
        self.count("clock: jump")
        self.clock.jump(jump)
        for number in range(len(self.processes)):
            self.clock.write(self._control(number))

    async def skew_clock(self, dice: random.Random) -> None:
        """One of two processes is wrong by some seconds."""
        if len(self.processes) > 1:
            self.count("clock: skew")
            self.clock.write(self._control(dice.randrange(len(self.processes))), dice.choice([-4.0, -1.0, 1.0, 4.0]))

    async def flood(self, dice: random.Random) -> None:
        """A hundred at once at the webhooks: what came before, and what nobody can read."""
        repeats: list[Awaitable[object]] = []
        for _ in range(50):
            if self.telegram.hook:
                body = json.dumps(dice.choice(self.telegram.past)) if self.telegram.past and dice.random() < 0.7 else _nonsense(dice)
                repeats.append(self.telegram.bring(body.encode()))
            event = dice.choice(self.zalo.past) if self.zalo.past and dice.random() < 0.7 else None
            raw = (_nonsense(dice) if event is None else json.dumps(event, separators=(",", ":"), ensure_ascii=False)).encode()
            when = str(event["timestamp"]) if event else "1"
            repeats.append(self.zalo.bring(raw, self.zalo.signed(raw, when)))
        self.count("webhook: flood of a hundred")
        await asyncio.gather(*repeats)

    async def close_platform(self, dice: random.Random) -> None:
        """A channel cannot be reached for an hour."""
        way = self.ways[name := dice.choice(sorted(self.ways))]
        self.count(f"{name}: an hour away")
        way.close()
        for _ in range(12):
            self.clock.jump(HOUR / 12)
            for number in range(len(self.processes)):
                self.clock.write(self._control(number))
            await asyncio.sleep(0.5)
        await way.open()

    def be_calm(self) -> None:
        """Nothing goes wrong any more, and every clock is right, later than any was before."""
        self.calm = True
        self.forward(100)

    def forward(self, seconds: float) -> None:
        self.clock.latest(seconds)
        for number in range(len(self.processes)):
            self.clock.write(self._control(number), calm=self.calm)


class MovedClock:
    """One offset for the world; a process's control file holds it, wrong by a little where it is to be."""

    def __init__(self) -> None:
        self._offset = self._most = 0.0

    def __call__(self) -> float:
        return time.time() + self._offset

    def jump(self, seconds: float) -> None:
        self._offset += seconds
        self._most = max(self._most, self._offset)

    def latest(self, seconds: float) -> None:
        """Beyond whatever was ever said."""
        self._offset = self._most = self._most + seconds

    def write(self, control: Path, wrong_by: float = 0.0, calm: bool = False) -> None:
        fresh = control.with_suffix(".new")
        fresh.write_text(f"{self._offset + wrong_by} {'calm' if calm else 'storm'}")
        fresh.replace(control)


def upgrade_database(url: str, keyring: Keyring) -> None:
    database = connect(url, keyring)
    upgrade(database.engine)
    database.close()


def _nonsense(dice: random.Random) -> str:
    return dice.choice(
        [
            "{",
            "[]",
            "null",
            '{"update_id": "x"}',
            '{"event_name": 7}',
            '{"update_id": 1, "message": {"text": "\\ud800"}}',
            '{"a": ' * 40 + "1" + "}" * 40,
        ]
    )


@asynccontextmanager
async def world(seed: int, folder: Path, database_url: str, database: Postgres | None, born_in: Nursery) -> AsyncIterator[World]:
    clock = MovedClock()
    async with AsyncExitStack() as stack:
        telegram, zalo = PatientTelegram(), PatientZalo(clock)
        ways = {"telegram": await stack.enter_async_context(before(telegram)), "zalo": await stack.enter_async_context(before(zalo))}
        it = World(seed, folder, database_url, database, telegram, zalo, ways, clock, born_in)
        it.front = await stack.enter_async_context(front(lambda: [served.port for served in it.processes]))
        limits = httpx.Limits(max_connections=None)
        it.http = await stack.enter_async_context(httpx.AsyncClient(base_url=it.front.url, limits=limits, timeout=10))
        try:
            yield it
        finally:
            for keeper in it._keepers:
                keeper.cancel()
            for served in it.processes:
                if served.lives:
                    await served.kill()
