"""What a turn costs when much is stored: databases of different sizes, side by side; a citizen's five hundredth turn beside the first."""

import random
import statistics
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from ..channels.webchat import ACCOUNT as WEB
from ..channels.webchat import Visitors
from ..model.clock import now
from ..model.message import Address
from ..opening import open_database
from ..store import scratch
from ..store.database import Database, Tx
from .conversation import said
from .figures import percentile
from .ground import NO_WAIT, Contender, Ground
from .lived import ASKS, live, talk
from .load_figures import Table, ms
from .load_rates import measure
from .machine import worked
from .peer import Peer
from .wires import RasaWire, WebWire

IN_ONE = 8
"""Messages of each stored conversation."""
POURED = 2000
"""Conversations of one pouring."""


async def fill(database: Database, messages: int) -> None:
    """Conversations that were answered within the last ninety days: half of their messages in, half out, with what a turn leaves behind."""
    chance, today, made = random.Random(messages), now(), messages // IN_ONE  # noqa: S311  # repeatable on purpose
    for first in range(1, made + 1, POURED):
        numbers = range(first, min(first + POURED, made + 1))
        await database.run(lambda tx, numbers=numbers: _pour(tx, database, numbers, chance, today))  # type: ignore[misc]
    await database.run(scratch.settle)


def _pour(tx: Tx, database: Database, numbers: range, chance: random.Random, today: datetime) -> None:
    people, messages, events, timers = [], [], [], []
    for number in numbers:
        began, address = today - timedelta(minutes=chance.randrange(60, 129600)), Address(WEB, f"poured-{number}")
        people.append(_person(database, number, address, began))
        for turn in range(IN_ONE // 2):
            at = began + timedelta(seconds=20 * turn)
            messages.append(_message(number, turn, "in", said(ASKS[turn % len(ASKS)], chance), at))
            messages.append(_message(number, turn, "out", f"Bước {turn}. Bà con bấm «Tiếp», rồi chờ tin nhắn báo về máy.", at))
            events.append({"conversation_id": number, "turn": turn, "kind": "step", "flow": "eid_level_2", "step": "card", "at": at})
            fired = None if turn == IN_ONE // 2 - 1 and today - at < timedelta(days=14) else at
            row = {"conversation_id": number, "turn": turn, "at": at + timedelta(days=14), "fired_at": fired}
            timers.append({"kind": "put_aside", **row})
    for table, rows in (("conversation", people), ("message", messages), ("event", events), ("timer", timers)):
        scratch.pour(tx, table, rows)


def _person(database: Database, number: int, address: Address, began: object) -> dict[str, object]:
    fixed = {"owner_kind": "bot", "epoch": 0, "fence": 0, "claim_no": 4, "tries": 0, "turn": IN_ONE // 2}
    key = database.keyring.address_key(address)
    seen = {"created_at": began, "last_inbound_at": began, "consent": "1", "consented_at": began}
    return {"id": number, "channel": WEB, "address_key": key, "address": address.id, "state": {}, **fixed, **seen}


def _message(number: int, turn: int, direction: str, text: str, at: object) -> dict[str, object]:
    mine = direction == "in"
    data: dict[str, object] = {"tap": None, "masked": [], "cut": False} if mine else {"buttons": []}
    fixed = {"channel": WEB, "epoch": 0, "critical": False, "quick": False, "tries": 0 if mine else 1, "kind": "text"}
    keys = {"external_id": f"{turn}" if mine else None, "dedupe_key": None if mine else f"{number}:{turn}:0"}
    status = {"status": "handled" if mine else "sent", "author": "citizen" if mine else "bot", "created_at": at, "settled_at": at}
    return {"conversation_id": number, "direction": direction, "text": text, "data": data, "turn": turn, **fixed, **keys, **status}


async def sizes(ground: Ground, engine: str, counts: Sequence[int], rate: float, seconds: float, rounds: int) -> Table:
    """The same load on a small and on large databases, all up at once, in turn."""
    contenders = []
    for count in counts:
        url = ground.database(engine)
        database = open_database(ground.settings_of(url))
        began = time.monotonic()
        await fill(database, count)
        database.close()
        ground.note(f"{engine}: {count} tin đã lưu, dựng trong {time.monotonic() - began:.0f} giây")
        served = await ground.serve(url, NO_WAIT)
        contenders.append(await ground.known(Contender(f"{count}", "web", [served], await ground.model())))
    found = [[await measure(ground, contender, rate, seconds) for contender in contenders] for _ in range(rounds)]
    rows = []
    for place, contender in enumerate(contenders):
        mine = [one[place] for one in found]
        ratios = [one[place].cpu / one[0].cpu for one in found]
        p50, p95 = (statistics.median(getattr(one, name) or 0.0 for one in mine) for name in ("p50", "p95"))
        cpu, load = statistics.median(one.cpu for one in mine), max(one.machine_load for one in mine)
        bad = f"{sum(one.wrong for one in mine)} / {sum(one.lost for one in mine)}"
        rows.append((contender.name, f"{cpu:.1f}", f"{statistics.median(ratios):.2f}", f"{ms(p50)} / {ms(p95)}", bad, f"{load:g}"))
    said = f"{engine}, {rate:g} lượt/giây, {rounds} vòng thay phiên, mỗi vòng {seconds:g} giây; số giữa của các vòng."
    head = ("tin đã lưu", "CPU ms một lượt", "so với ít nhất", "p50 / p95 ms", "sai / mất", "tải máy")
    return Table(f"Một lượt tốn bao nhiêu khi đã lưu nhiều, {engine}", said, head, rows)


async def long(ground: Ground, citizens: int, turns: int, peer: Peer | None) -> Table:
    """Turns of people with a long past beside those of new people, one after the other in the same minute."""
    url = ground.database("sqlite")
    settings = ground.settings_of(url)
    visitors = Visitors(ground.keys["visitor_key"])
    tokens = [visitors.new() for _ in range(citizens)]
    began = time.monotonic()
    await live(ground, url, [address for _, address in tokens], turns - 20)
    ground.note(f"{citizens} người đã qua {turns - 20} lượt, trong {time.monotonic() - began:.0f} giây")
    served = await ground.serve(settings.database_url, NO_WAIT)
    old: list[float] = []
    new: list[float] = []
    cpu = [0.0, 0.0]
    for number, (token, _) in enumerate(tokens):
        for times, place, wire in (
            (new, 0, WebWire(served.url, f"127.253.1.{number + 1}")),
            (old, 1, WebWire(served.url, f"127.253.2.{number + 1}", token)),
        ):
            before = worked(served.pid)
            times += await talk(wire, 20)
            cpu[place] += worked(served.pid) - before
    rows = [_row("ta", new, old, turns, 1000 * cpu[0] / len(new), 1000 * cpu[1] / len(old))]
    if peer is not None:
        before = worked(peer.pid)
        first = await talk(RasaWire(peer.url, "long"), 20)
        between = worked(peer.pid)
        await talk(RasaWire(peer.url, "long"), turns - 40)
        then = worked(peer.pid)
        last = await talk(RasaWire(peer.url, "long"), 20)
        cost = 1000 * (between - before) / 20, 1000 * (worked(peer.pid) - then) / 20
        rows.append(_row("Rasa", first, last, turns, *cost))
    said = (
        f"Ta: {citizens} người đã có {turns - 20} lượt thật và {citizens} người mới, thay phiên nhau, mỗi người 20 lượt. "
        "Rasa: một người đi hết chừng ấy lượt. Cùng một lời, không ai khác cùng lúc."
    )
    head = ("bên", "lượt 1–20: p50 / p95 ms", f"lượt {turns - 19}–{turns}", "gấp (p50)", "CPU ms một lượt: đầu, cuối", "gấp (CPU)")
    return Table(f"Lượt thứ {turns} của một người", said, head, rows)


def _row(name: str, first: list[float], last: list[float], turns: int, *cpu: float) -> tuple[str, ...]:
    (a, b), (c, d) = (_two(first), _two(last))
    return (name, f"{ms(a)} / {ms(b)}", f"{ms(c)} / {ms(d)}", f"{c / a:.2f}", f"{cpu[0]:.1f}, {cpu[1]:.1f}", f"{cpu[1] / cpu[0]:.2f}")


def _two(times: list[float]) -> tuple[float, float]:
    ordered = sorted(times)
    return percentile(ordered, 0.5) or 0.0, percentile(ordered, 0.95) or 0.0
