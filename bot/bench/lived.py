"""A past that was really lived: turns through the real door and the real turn, without HTTP, for nobody may write that fast over it."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace

from ..app import App, open_database
from ..channels.webchat import ACCOUNT as WEB
from ..model.grouping import Grouping
from ..model.message import Address, Inbound, Kind
from ..store import conversations
from ..understanding.reader import Reader
from ..written import read_written
from .conversation import STEPS, said
from .ground import Ground
from .lines import AtOnce
from .street import Street

ASKS = [step for step in STEPS[1:] if step.model]
"""What a long past is made of: questions, each with one reply."""


class _Web(Street):
    account = WEB


async def live(ground: Ground, url: str, people: Sequence[Address], turns: int) -> None:
    """So many turns of each of these visitors of the web page, all at once."""
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
