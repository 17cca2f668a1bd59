"""A past that was really lived: many turns at once through the real door and the real turn, or some over a wire as citizens come by it."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import replace

from ..app import App
from ..channels.webchat import ACCOUNT as WEB
from ..model.grouping import Grouping
from ..model.message import Address, Inbound, Kind
from ..opening import open_database
from ..store import conversations
from ..understanding.reader import Reader
from ..written import read_written
from .conversation import STEPS, said
from .ground import Ground
from .lines import AtOnce
from .street import Street
from .wires import WebWire, Wire

ASKS = [step for step in STEPS[1:] if step.model]
"""What a long past is made of: questions, each with one reply."""


class _Web(Street):
    account = WEB


async def live(ground: Ground, url: str, people: Sequence[Address], turns: int) -> None:
    """So many turns of each of these visitors of the web page, all at once; without HTTP, for nobody may write that fast over it."""
    settings = ground.settings_of(url)
    written = read_written(settings)
    database, street = open_database(settings), _Web()
    reader = Reader(AtOnce(), written.catalogue.intents, written.places, terms=written.terms)
    app = App(replace(settings, workers=8), database, written, reader, [street], grouping=Grouping(0, 0))
    app.turn.answered = street.answered
    await app.start()
    await asyncio.gather(*(_lives(app, street, address, turns) for address in people))
    await app.stop()
    database.close()


async def _lives(app: App, street: Street, address: Address, turns: int) -> None:
    await app.door.consent(address, "1")
    found = await app.database.read(lambda tx: conversations.find(tx, app.database.keyring, address))
    assert found is not None
    mailbox, chance = street.moves_in(address.id, found), random.Random(address.id)  # noqa: S311  # repeatable on purpose
    for number in range(turns):
        mailbox.expect()
        await app.door(Inbound(address, f"early-message-{number}", Kind.TEXT, said(ASKS[number % len(ASKS)], chance)))
        await mailbox.full()


async def talk(wire: Wire, turns: int) -> list[float]:
    """So many questions, one after the other: milliseconds from each to its reply."""
    chance, times = random.Random(turns), []  # noqa: S311  # repeatable on purpose
    await wire.open()
    if isinstance(wire, WebWire):
        await asyncio.sleep(0.3)  # what the page shows of the past has come
    for number in range(turns):
        began = time.perf_counter()
        async with asyncio.timeout(30):
            await wire.say(said(ASKS[number % len(ASKS)], chance), f"late-message-{number}", 1)
        times.append(1000 * (time.perf_counter() - began))
        await asyncio.sleep(0.02)
    await wire.close()
    return times
