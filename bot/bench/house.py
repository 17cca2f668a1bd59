"""The house that is measured: the real assistant with its loops, over a database that nobody else needs."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from ..app import App
from ..model.errors import SettingsError
from ..model.grouping import Grouping
from ..model.message import Address
from ..opening import lock_database
from ..settings import Settings
from ..store import conversations, scratch
from ..store.crypto import Keyring
from ..store.database import Database, connect
from ..store.migrate import upgrade
from ..understanding.reader import Model, Reader
from ..written import Written
from .citizen import Citizen, Does
from .figures import Load, load
from .street import ACCOUNT, Street

TAKEN = (
    "Cơ sở dữ liệu này đang giữ dữ liệu của người khác: không đo trên nó. "
    "Hãy nêu một cơ sở dữ liệu trống ở --database, hoặc bỏ --database để đo trên SQLite trong thư mục tạm."
)
WARM_UP = 0.2
"""What is run before measuring, as a share of the time measured."""


@asynccontextmanager
async def scratch_database(settings: Settings) -> AsyncIterator[Database]:
    """The database of these settings, with keys of its own. Raises SettingsError where it is anybody's, before anything is changed."""
    with ExitStack() as stack:
        lock = lock_database(settings)
        if lock is not None:
            stack.callback(lock.release)
        database = connect(settings.database_url, Keyring(secrets.token_urlsafe(), secrets.token_urlsafe()))
        stack.callback(database.close)
        if await database.read(lambda tx: scratch.is_taken(tx, ACCOUNT)):
            raise SettingsError(TAKEN)
        upgrade(database.engine)
        yield database


@dataclass(frozen=True, slots=True)
class House:
    app: App
    street: Street
    pause: float
    """Seconds that a text waits for the next; citizens begin spread over it, for they would all go in step."""
    _numbers: Iterator[int] = field(default_factory=count)

    async def measure(self, citizens: int, does: Does, seconds: float) -> Load:
        """So many citizens at once, for that long after a warm-up."""
        away = self.street.away
        crowd = [await self._citizen(number, does) for number in range(citizens)]
        begin = time.perf_counter() + self.pause + max(WARM_UP * seconds, self.pause)
        await asyncio.gather(*(self._live(citizen, place / citizens, begin + seconds) for place, citizen in enumerate(crowd)))
        took = [turn for citizen in crowd for turn in citizen.turns]
        errors = sum(citizen.failed for citizen in crowd) + self.street.away - away
        return load(citizens, took, errors, begin, begin + seconds)

    async def _citizen(self, number: int, does: Does) -> Citizen:
        """Somebody who has agreed on the web page to what is kept."""
        address, database = Address(ACCOUNT, str(next(self._numbers))), self.app.database
        await self.app.door.consent(address, "1")
        conversation_id = await database.read(lambda tx: conversations.find(tx, database.keyring, address))
        assert conversation_id is not None
        return Citizen(self.street, address, self.street.moves_in(address.id, conversation_id), number, does)

    async def _live(self, citizen: Citizen, place: float, until: float) -> None:
        await asyncio.sleep(place * self.pause)
        await citizen.live(until)


@asynccontextmanager
async def open_house(settings: Settings, database: Database, written: Written, model: Model | None, wait: Grouping) -> AsyncIterator[House]:
    """The assistant at work on a database without conversations; afterwards there are none either."""
    street = Street()
    await database.run(lambda tx: scratch.wipe(tx, ACCOUNT))
    app = App(
        settings, database, written, Reader(model, written.catalogue.intents, written.places, terms=written.terms), [street], grouping=wait
    )
    app.turn.answered = street.answered
    await app.start()
    try:
        yield House(app, street, wait.pause)
    finally:
        await app.stop()
        await database.run(lambda tx: scratch.wipe(tx, ACCOUNT))
