"""Backups: whole or not there, for the owner alone; restored into a new place, conversations go on to their end."""

import asyncio
import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from bot.model.errors import AlreadyRunning, StoreError
from bot.model.message import Address
from bot.settings import ROOT
from bot.store import backup as copies
from bot.store import elections, recovery
from bot.store.crypto import Keyring
from bot.store.database import Database, connect
from bot.store.tables import conversation, election, message

from ..conftest import Clock
from ..databases import KEYRING, fresh_postgres
from ..faults.citizens import Citizen
from ..faults.process import Served
from ..faults.test_kill import OPENING
from ..store.river import River

TAPS, HALF, CROWD = 4, 2, 12
SECRETS = ("data_key", "address_key", "visitor_key", "session_key", "nlu_token", "metrics_token")


class Walker(Citizen):
    """Stops on the way when told to, and goes on later, from wherever the service then is."""

    async def begin(self) -> None:
        self.token = (await self._post("/chat/session", {"consent": True, "version": "1"}))["token"]
        self.events = self._events()
        await self.writes(self.opening)

    async def writes(self, text: str) -> None:
        await self._post("/chat/messages", {"key": os.urandom(8).hex(), "text": text})
        self.button = await self._first_button(self.events)

    async def walks(self, taps: int) -> None:
        for _ in range(taps):
            await self._post("/chat/messages", {"key": os.urandom(8).hex(), "tap": self.button})
            self.button = await self._first_button(self.events)

    async def moves(self, http: httpx.AsyncClient) -> None:
        """The page finds the service elsewhere; it knows what it was shown."""
        await self.events.aclose()
        self.http, last = http, self.shown[-1]["id"]
        self.events = self._events(last)


@pytest.fixture
def another_url(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Where there is no database yet, of the same engine."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'elsewhere' / 'danloi.db'}"
    return fresh_postgres(request.getfixturevalue("postgres_server"))


@pytest.mark.timeout(400)
async def test_half_way_through_a_guide_a_restored_service_goes_on(database_url: str, another_url: str, tmp_path: Path) -> None:
    var, file = tmp_path / "var", tmp_path / "backup.danloi"
    var.mkdir()
    served = Served(var, database_url)
    await served.start()
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(client(served))
        model = Walker(http, OPENING, TAPS)
        await model.begin()
        await model.walks(TAPS)
        an, ba = Walker(http, OPENING, TAPS), Walker(http, OPENING, TAPS)
        for one in (an, ba):
            await one.begin()
            await one.walks(HALF)

        crowd = [Citizen(http, OPENING, TAPS) for _ in range(CROWD)]
        living = [asyncio.create_task(citizen.live()) for citizen in crowd]
        while not all(citizen.shown for citizen in crowd):
            await asyncio.sleep(0.01)
        assert not all(task.done() for task in living), "there is no load to back up under"
        await asyncio.to_thread(danloi, var, database_url, "backup", str(file))
        await asyncio.gather(*living)
        await ba.walks(1)  # what the backup does not know
        await served.kill()

        there = tmp_path / "elsewhere"
        there.mkdir()
        for name in SECRETS:
            shutil.copy(var / name, there / name)
        danloi(there, another_url, "restore", str(file))
        restored = Served(there, another_url)
        await restored.start()
        http = await stack.enter_async_context(client(restored))
        await an.moves(http)
        await an.walks(TAPS - HALF)
        await ba.moves(http)
        await ba.writes("nói lại")
        assert await restored.stop() == 0
        for one in (model, an, ba):
            await one.events.aclose()
    assert an.texts == model.texts
    assert len({event["id"] for event in an.shown}) == len(an.shown)
    assert ba.texts[: len(ba.texts) - 1] == model.texts[: len(ba.texts) - 1]
    assert file.stat().st_mode & 0o777 == 0o600


def client(served: Served) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=served.url, limits=httpx.Limits(max_connections=None), timeout=20)


def danloi(var: Path, url: str, *arguments: str, fails: bool = False) -> str:
    """A command as an operator gives it; what it said."""
    environment = {**os.environ, "DANLOI_VAR": str(var), "DATABASE_URL": url}
    command = [sys.executable, "-m", "bot", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == (2 if fails else 0), done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def river(database: Database, clock: Clock) -> River:
    return River(database, clock, "telegram:7")


async def said(river: River, who: str, *texts: str, critical: bool = False) -> None:
    await river.write(who, "chào", f"m-{who}")
    (claim,) = await river.claim("w")
    await river.answer(claim, texts, critical)


async def fates(database: Database) -> dict[str, str]:
    rows = await database.read(lambda tx: tx.execute(select(message.c.text, message.c.status).where(message.c.direction == "out")).all())
    return {row.text: row.status for row in rows if row.text}


async def test_what_was_still_to_be_sent_is_unknown_after_a_restore(river: River, database: Database) -> None:
    await said(river, "an", "một", "hai")
    await said(river, "ba", "lời cấp cứu", critical=True)
    web = River(database, river.clock)
    await said(web, "ca", "trên trang")
    await river.claim_sends()
    await web.claim_sends()
    assert await fates(database) == {"một": "sending", "hai": "queued", "lời cấp cứu": "sending", "trên trang": "sending"}
    await database.run(lambda tx: recovery.after_restore(tx, KEYRING, ("web",), river.clock()))
    assert await fates(database) == {"một": "unknown", "hai": "unknown", "lời cấp cứu": "queued", "trên trang": "queued"}
    assert [row.text for row in await river.claim_sends("another")] == ["lời cấp cứu"]


async def test_ids_that_were_given_out_after_the_backup_are_not_given_out_again(river: River, database: Database) -> None:
    number, _ = await river.write("an", "chào", "m1")
    await database.run(lambda tx: recovery.after_restore(tx, KEYRING, (), river.clock()))
    later, _ = await river.write("an", "chào lại", "m2")
    assert later == number + recovery.LEAP + 1


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def copied(database_url: str, to: Path) -> Path:
    await asyncio.to_thread(copies.backup, database_url, to)
    return to


async def test_nothing_is_overwritten_unless_told(river: River, database: Database, database_url: str, tmp_path: Path) -> None:
    await said(river, "an", "trước")
    file = await copied(database_url, tmp_path / "one")
    with pytest.raises(StoreError, match="is there already"):
        copies.backup(database_url, file)
    await said(river, "ba", "sau")
    database.close()
    with pytest.raises(StoreError, match="stop and think"):
        copies.restore(database_url, file, KEYRING, river.clock(), ())
    before = copies.restore(database_url, file, KEYRING, river.clock(), (), replace=True)
    again = connect(database_url, KEYRING)
    assert await fates(again) == {"trước": "unknown"}
    again.close()
    if before is not None:
        kept = sqlite3.connect(before)
        assert kept.execute("SELECT count(*) FROM message WHERE direction = 'out'").fetchone() == (2,)
        kept.close()
    assert [name for name in names_in(tmp_path) if "restoring" in name or name.startswith(".")] == []


async def test_while_a_process_is_at_work_nothing_is_restored(
    river: River, database: Database, database_url: str, tmp_path: Path, clock: Clock
) -> None:
    file = await copied(database_url, tmp_path / "one")
    if database_url.startswith("sqlite"):
        from bot.store.lock import FileLock

        holds: Any = FileLock(Path(f"{tmp_path / 'danloi.db'}.lock"))
    else:
        from bot.model.clock import now

        term = now() + timedelta(seconds=60)
        await database.run(lambda tx: elections.hold(tx, "sender:web", "somebody", now(), term))
        holds = None
    with pytest.raises(AlreadyRunning):
        copies.restore(database_url, file, KEYRING, clock(), (), replace=True)
    if holds is not None:
        holds.release()


async def test_with_other_keys_nothing_is_put_in_place(
    river: River, database: Database, database_url: str, another_url: str, tmp_path: Path
) -> None:
    await said(river, "an", "một")
    file = await copied(database_url, tmp_path / "one")
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(StoreError, match="restore the key that wrote it"):
        copies.restore(another_url, file, Keyring("another key made up for tests", "x"), river.clock(), ())
    copies.restore(another_url, file, KEYRING, river.clock(), (), replace=True)
    restored = connect(another_url, KEYRING)
    an = KEYRING.address_key(Address("telegram:7", "an"))
    who = select(func.count()).select_from(conversation).where(conversation.c.address_key == an)
    assert await restored.read(lambda tx: tx.scalar(who)) == 1
    assert await restored.read(lambda tx: tx.scalar(select(func.count()).select_from(election))) == 0
    restored.close()


async def test_a_damaged_backup_and_one_of_the_other_engine_are_refused(
    river: River, database: Database, database_url: str, another_url: str, tmp_path: Path
) -> None:
    await said(river, "an", *(os.urandom(3000).hex() for _ in range(20)))
    file = await copied(database_url, tmp_path / "one")
    whole = file.read_bytes()
    (tmp_path / "elsewhere").mkdir()
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError, match=r"no whole backup|pg_restore failed"):
        copies.restore(another_url, file, KEYRING, river.clock(), ())
    other = b"PGDMP" if database_url.startswith("sqlite") else b"SQLite format 3\0"
    strange = "no database of ours"
    for content, says in ((other + whole[16:], "DATABASE_URL names"), ("chuyện khác".encode(), strange), (b"", strange)):
        file.write_bytes(content)
        with pytest.raises(StoreError, match=says):
            copies.restore(another_url, file, KEYRING, river.clock(), ())


async def test_a_backup_that_cannot_be_finished_leaves_nothing(database: Database, database_url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written to"):
        copies.backup(database_url, tmp_path / "no such folder" / "one")
    nothing = "sqlite:////proc/none.db" if database_url.startswith("sqlite") else "postgresql://nobody@127.0.0.1:1/none"
    with pytest.raises(StoreError, match=r"There is no database|pg_dump failed"):
        copies.backup(nothing, tmp_path / "one")
    assert [name for name in names_in(tmp_path) if "one" in name] == []


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_without_the_tools_it_says_what_to_install(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match="Debian: postgresql-client"):
        copies.backup(database_url, tmp_path / "one")


async def test_the_commands_say_what_to_keep_and_what_became_of_it(database: Database, database_url: str, tmp_path: Path) -> None:
    file, var = tmp_path / "one", tmp_path / "var"
    database.close()
    told = danloi(var, database_url, "backup", str(file))
    assert "data_key" in told
    assert "address_key" in told
    assert "is there already" in danloi(var, database_url, "backup", str(file), fails=True)
    assert "không rõ đã tới" in danloi(var, database_url, "restore", str(file))
