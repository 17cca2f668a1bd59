"""`danloi bench load`: what the real service holds under load that does not wait for it, beside what people would put up instead.

Real `danloi serve` processes over HTTP on databases of their own; the load comes from another process at a constant rate, whether answers
come or not, and each time runs from the moment at which a message was meant to be sent. The peer is Rasa's own server with Rasa's own
dialogue (`peer.py`), asked the same words in the same run. All share this machine's cores, the crowd too; so what is compared is
measured in turn, at one rate after the other.
"""

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from ..model.errors import SettingsError
from ..settings import Settings
from ..written import read_catalogue
from . import load_pasts, load_pictures, load_sizes, load_trouble, machine
from .ground import NO_WAIT, Contender, Ground
from .load_figures import Report, Table
from .load_rates import ladder, measure, rates_table
from .peer import Peer, peer_model

PARTS = ("rates", "pasts", "slow", "sizes", "long", "trouble", "soak")
RATES = (2.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0, 60.0, 75.0, 90.0, 110.0, 135.0, 165.0, 200.0, 250.0, 300.0, 400.0, 500.0)
SLOW, SLOW_AT_ONCE = 0.05, (1, 4)
PROCESSES = (1, 2, 4)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to measure. Times in seconds.

    `server`: the URL of a PostgreSQL server whose role may make databases; without, SQLite alone. `peer`: the folder that keeps the
    peer's trained model, None for no peer; `epochs` of its DIET. `against`: an older checkout, measured in turn with this one.
    """

    parts: Sequence[str] = PARTS
    seconds: float = 8.0
    rates: Sequence[float] = RATES
    server: str | None = None
    peer: Path | None = None
    epochs: int = 100
    against: Path | None = None
    sizes: Sequence[int] = (10_000, 100_000, 1_000_000)
    size_rate: float = 10.0
    rounds: int = 3
    turns: int = 500
    citizens: int = 10
    soak: float = 3600.0


async def measured(settings: Settings, wanted: Wanted, note: Callable[[str], None], to: Path | None = None) -> Report:
    """Measure the wanted parts, one after the other; tables and pictures go to the folder `to` as soon as there are some.

    Raises SettingsError for a part that there is not, DanLoiError where something does not start.
    """
    unknown = [part for part in wanted.parts if part not in PARTS]
    if unknown:
        raise SettingsError(f"There is no part {unknown[0]!r}: use {', '.join(PARTS)}.")
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=settings.var)))
        ground = Ground(settings, folder, wanted.server, stack, note)
        report = Report(machine.described() | {"tải lúc đầu": round(os.getloadavg()[0], 1)})
        peer = await _peer(ground, wanted, report)
        for part in wanted.parts:
            note(f"— {part} —")
            async with AsyncExitStack() as inner:
                ground.stack = inner
                report.tables += await _part(part, ground, wanted, report, peer, to)
            ground.stack = stack
            _write(report, to)
    return report


async def _peer(ground: Ground, wanted: Wanted, report: Report) -> tuple[Peer, Contender] | None:
    if wanted.peer is None or not {"rates", "pasts", "long", "trouble"} & set(wanted.parts):
        return None
    root = ground.settings.root
    model, took = peer_model(root, wanted.peer, wanted.epochs, sorted(read_catalogue(root).intents), ground.note)
    peer = Peer(root, model, ground.place("peer"))
    await peer.start()
    ground.stack.push_async_callback(peer.end)
    report.machine["Rasa"] = f"3.6.21, DIET {wanted.epochs} vòng" + (f", học {took:.0f} giây" if took else "")
    return peer, await ground.known(Contender("Rasa: rasa run, DIET, RulePolicy, SQLite", "rasa", [peer]))


async def _part(
    part: str, ground: Ground, wanted: Wanted, report: Report, peer: tuple[Peer, Contender] | None, to: Path | None
) -> list[Table]:
    match part:
        case "rates":
            return await _rates(ground, wanted, report, peer)
        case "pasts":
            points, table = await load_pasts.pasts(ground, (wanted.turns // 5, wanted.turns), wanted.rates, wanted.seconds, peer)
            report.points += points
            return [table]
        case "slow":
            return await _slow(ground, wanted, report)
        case "sizes":
            engines = ["sqlite", *(["postgresql"] if wanted.server else [])]
            return [
                await load_sizes.sizes(ground, engine, wanted.sizes, wanted.size_rate, wanted.seconds, wanted.rounds) for engine in engines
            ]
        case "long":
            return [await load_sizes.long(ground, wanted.citizens, wanted.turns, peer[0] if peer else None)]
        case "trouble":
            ours = await ground.ours("ta: SQLite", "sqlite", NO_WAIT)
            return [await load_trouble.webhooks(ground), await load_trouble.troubles(ground, ours, peer, wanted.citizens)]
        case _:
            return [await _soak(ground, wanted, to)]


async def _rates(ground: Ground, wanted: Wanted, report: Report, peer: tuple[Peer, Contender] | None) -> list[Table]:
    await ground.model()
    counts = PROCESSES if wanted.server else ()
    starting = [ground.ours("ta: SQLite", "sqlite", NO_WAIT), ground.ours("ta: SQLite, chờ gộp 1,5 giây", "sqlite", {})]
    starting += [ground.ours(f"ta: PostgreSQL, {count} tiến trình", "postgresql", NO_WAIT, count) for count in counts]
    if wanted.against is not None:
        older = wanted.against
        starting.append(ground.ours("trước: SQLite", "sqlite", NO_WAIT, root=older))
        starting += [ground.ours(f"trước: PostgreSQL, {count} tiến trình", "postgresql", NO_WAIT, count, older) for count in counts]
    contenders = list(await asyncio.gather(*starting))
    contenders += [peer[1]] if peer else []
    points = await ladder(ground, contenders, wanted.rates, wanted.seconds)
    report.points += points
    return [rates_table(points, contenders, wanted.seconds)]


async def _slow(ground: Ground, wanted: Wanted, report: Report) -> list[Table]:
    """A model of 50 ms that answers so many at once, one model to each process."""
    if not wanted.server:
        return []
    contenders = []
    for at_once, count in product(SLOW_AT_ONCE, (1, 2)):
        url = ground.database("postgresql")
        models = [await ground.made_model(SLOW, at_once) for _ in range(count)]
        served = [await ground.serve(url, {"NLU_URL": model, **NO_WAIT}) for model in models]
        name = f"ta: PostgreSQL, {count} tiến trình, mô hình giả 50 ms, {at_once} câu một lúc"
        contenders.append(await ground.known(Contender(name, "web", served)))
    points = await ladder(ground, contenders, wanted.rates, wanted.seconds)
    report.points += points
    table = rates_table(points, contenders, wanted.seconds)
    return [Table("Với mô hình chậm 50 ms", table.said, table.head, table.rows)]


async def _soak(ground: Ground, wanted: Wanted, to: Path | None) -> Table:
    """Memory while it goes on and on."""
    parts = 10
    ours = await ground.ours("ta: SQLite", "sqlite", NO_WAIT)
    samples, turns, why = [(0.0, ours.memory())], 0, Counter[str]()
    for number in range(1, parts + 1):
        seen = await ground.load(ours, wanted.size_rate, wanted.soak / parts, warm_up=0.0)
        turns, wrong = turns + seen.all, Counter(seen.why)
        why += wrong
        samples.append((wanted.soak / 60 * number / parts, ours.memory()))
        found = await measure(ground, ours, wanted.size_rate, 1.0) if number in (1, parts) else None
        ground.note(f"{samples[-1][0]:.1f} phút: {samples[-1][1]:.0f} MB" + (f", p50 {found.p50} ms" if found else ""))
        for what, times in wrong.most_common(5):
            ground.note(f"  {times} lần: {what}")
    _keep(to, "soak.svg", load_pictures.memory({ours.name: samples}))
    shown = [samples[place] for place in (0, 1, parts // 2, parts)]
    said = f"{wanted.size_rate:g} lượt/giây trong {wanted.soak / 60:g} phút: {turns} lượt, {why.total()} sai hoặc mất."
    said += "".join(f" {times} lần: {what}." for what, times in why.most_common(3))
    return Table("Bộ nhớ khi chạy liên tục", said, [f"{minute:.1f} phút" for minute, _ in shown], [[f"{mb:.0f} MB" for _, mb in shown]])


def _write(report: Report, to: Path | None) -> None:
    """What there is so far: a long measurement that is broken off leaves its first parts."""
    _keep(to, "load.md", report.markdown())
    if report.points:
        _keep(to, "rates.svg", load_pictures.rates(report.points))


def _keep(to: Path | None, name: str, text: str) -> None:
    if to is not None:
        to.mkdir(parents=True, exist_ok=True)
        (to / name).write_text(text, encoding="utf-8")
