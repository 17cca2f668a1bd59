"""How many turns a second are held of people who come back: each has a past, as most have whom an assistant has served for a while.

One citizen lives the past; who is needed for a rate gets a copy of it of their own, each word hidden anew, and is met once. The peer's
citizen lives the same turns over its REST channel, and its tracker's events are copied.
"""

import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from itertools import count

from ..channels.webchat import Visitors
from ..opening import open_database
from ..store import conversations, scratch
from .ground import NO_WAIT, Contender, Ground
from .lived import live, talk
from .load_figures import Point, Table
from .load_rates import ladder, rates_table
from .peer import Peer
from .wires import RasaWire

IN_ONE = 20
"""Copies of one transaction: the server that is measured writes to the same file."""


async def pasts(
    ground: Ground, turns: Sequence[int], rates: Sequence[float], seconds: float, peer: tuple[Peer, Contender] | None
) -> tuple[list[Point], Table]:
    """Every rate with people of so many turns behind them each, ours and the peer's in turn."""
    contenders = []
    for past in turns:
        contenders.append(await _ours(ground, past))
        if peer is not None:
            contenders.append(await _theirs(ground, peer[0], past))
    points = await ladder(ground, contenders, rates, seconds)
    table = rates_table(points, contenders, seconds)
    how = f"{table.said} Mỗi người đều đã có chừng ấy lượt từ trước, và mở lại trang thì thấy lại các tin gần đây."
    return points, Table("Lượt một giây của người quay lại", how, table.head, table.rows)


async def _ours(ground: Ground, turns: int) -> Contender:
    url, visitors = ground.database("sqlite"), Visitors(ground.keys["visitor_key"])
    _, first = visitors.new()
    await live(ground, url, [first], turns)
    database = open_database(ground.settings_of(url))
    ground.stack.callback(database.close)
    source = await database.read(lambda tx: conversations.find(tx, database.keyring, first))
    assert source is not None

    async def invite(number: int) -> list[str]:
        new = [visitors.new() for _ in range(number)]
        for begin in range(0, number, IN_ONE):
            some = [address for _, address in new[begin : begin + IN_ONE]]
            await database.run(lambda tx, some=some: scratch.copy(tx, database.keyring, source, some))  # type: ignore[misc]
        return [token for token, _ in new]

    served = await ground.serve(url, NO_WAIT)
    return await ground.known(Contender(f"ta, sau {turns} lượt", "web", [served], await ground.model(), invite=invite))


async def _theirs(ground: Ground, peer: Peer, turns: int) -> Contender:
    source = f"past-{turns}"
    await talk(RasaWire(peer.url, source), turns)
    return await ground.known(Contender(f"Rasa, sau {turns} lượt", "rasa", [peer], invite=_copies(peer, source)))


def _copies(peer: Peer, source: str) -> Callable[[int], Awaitable[list[str]]]:
    numbers = count(1)
    columns = "type_name, timestamp, intent_name, action_name, data"

    async def invite(number: int) -> list[str]:
        new = [f"{source}-{next(numbers)}" for _ in range(number)]
        with closing(sqlite3.connect(peer.tracker)) as tracker:
            for sender in new:
                with tracker:
                    tracker.execute(
                        f"INSERT INTO events (sender_id, {columns}) SELECT ?, {columns} FROM events WHERE sender_id = ? ORDER BY id",  # noqa: S608
                        (sender, source),
                    )
        return new

    return invite
