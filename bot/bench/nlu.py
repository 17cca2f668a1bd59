"""`danloi bench nlu`: what answers for the model, side by side in one run: how fast, how soon, how large, and how rightly.

Each contender is started, asked every held-out line once (what it reads rightly), then loaded by 1, 8 and 32 clients; the rounds of all
contenders take turns, so that a noisy neighbour hits them alike. Client and server share the machine's cores.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..model.errors import NluError
from ..model.meaning import Reading
from ..settings import Settings
from ..understanding import model_files
from ..understanding.evaluation.examples import Example, read_examples
from ..understanding.evaluation.judged import Judged
from ..understanding.evaluation.shares import bounds
from ..understanding.process import NluProcess
from .asking import Asked, Client, load
from .figures import percentile
from .machine import described, resident
from .stock import stock_model

CLIENTS = (1, 8, 32)
WARM_UP = 0.5


@dataclass(frozen=True, slots=True)
class Wanted:
    """`seconds` a figure, `rounds` of all contenders in turn; `stock`: whether to train and ask Rasa's own pipeline with DIET too."""

    seconds: float
    rounds: int
    stock: bool


@dataclass(frozen=True, slots=True)
class Contender:
    name: str
    server: str
    model: Path
    processes: int


@dataclass(slots=True)
class Speed:
    """With so many clients: answers a second, and what half and 95 % of them stay under, in milliseconds, over all rounds."""

    asked: list[Asked] = field(default_factory=list)
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        times = sorted(1000 * (one.ended - one.began) for one in self.asked)
        failed = sum(one.status != 200 for one in self.asked)
        rate = round((len(times) - failed) / self.seconds, 1) if self.seconds else 0.0
        return {"per_second": rate, "p50": percentile(times, 0.5), "p95": percentile(times, 0.95), "answers": len(times), "errors": failed}


@dataclass(slots=True)
class Row:
    contender: Contender
    start_up: float = 0.0
    """Seconds until the slowest of its processes serves the model."""
    memory: float = 0.0
    """Resident MB of all its processes, after every held-out line."""
    judged: list[Judged] = field(default_factory=list)
    speeds: dict[int, Speed] = field(default_factory=lambda: {clients: Speed() for clients in CLIENTS})

    @property
    def accuracy(self) -> float:
        return sum(row.right for row in self.judged) / max(1, len(self.judged))


@dataclass(frozen=True, slots=True)
class Report:
    machine: dict[str, Any]
    wanted: Wanted
    trained_in: float | None
    """Seconds that the stock pipeline took to learn the same lines, where it was trained in this run."""
    rows: Sequence[Row]

    def as_json(self) -> dict[str, Any]:
        rows = [
            {
                "name": row.contender.name,
                "processes": row.contender.processes,
                "start_up": round(row.start_up, 2),
                "memory_mb": round(row.memory),
                "accuracy": round(row.accuracy, 4),
                "clients": {clients: speed.as_json() for clients, speed in row.speeds.items()},
            }
            for row in self.rows
        ]
        against = {kind: {"gain": gain, "between": between} for kind, (gain, between) in self.paired().items()}
        return {
            "machine": self.machine,
            "wanted": asdict(self.wanted),
            "stock_trained_in": self.trained_in,
            "rows": rows,
            "against_stock": against,
        }

    def paired(self) -> dict[str, tuple[float, tuple[float, float]]]:
        """By how much our server reads more lines rightly than stock Rasa, by way of typing, and the bounds of that."""
        by_name = {row.contender.name: row.judged for row in self.rows}
        ours, stock = by_name.get(OURS, []), by_name.get(STOCK, [])
        gains: dict[str, list[int]] = {}
        for one, other in zip(ours, stock, strict=False):
            for kind in ("all", one.example.variant):
                gains.setdefault(kind, []).append(int(one.right) - int(other.right))
        return {
            kind: (round(sum(found) / len(found), 4), bounds(found, lambda drawn: sum(drawn) / len(drawn))) for kind, found in gains.items()
        }

    def as_table(self) -> str:
        head = (
            "trả lời",
            "tiến trình",
            "khởi động s",
            "bộ nhớ MB",
            "đúng %",
            *(f"{n} người: câu/giây, p50/p95 ms" for n in CLIENTS),
            "lỗi",
        )
        cells = [head, *map(_cells, self.rows)]
        widths = [max(len(line[column]) for line in cells) for column in range(len(head))]
        drawn = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]
        machine = ", ".join(f"{name} {value}" for name, value in self.machine.items())
        paired = [
            f"  {kind}: {gain:+.1%} (từ {between[0]:+.1%} đến {between[1]:+.1%})" for kind, (gain, between) in sorted(self.paired().items())
        ]
        learnt = [] if self.trained_in is None else [f"Rasa với DIET học các câu ấy mất {self.trained_in:.0f} giây."]
        said = ["", "Máy chủ của ta so với Rasa dùng DIET, từng câu một:", *paired] if paired else []
        measured = f"Mỗi con số đo {self.wanted.rounds} vòng, mỗi vòng {self.wanted.seconds:g} giây, các bên thay phiên nhau."
        return "\n".join([f"Máy: {machine}", measured, *learnt, "", *drawn, *said])


STOCK, RASA, OURS = "Rasa, DIET", "Rasa, mô hình của ta", "máy chủ của ta"


async def measured(settings: Settings, wanted: Wanted, note: Callable[[str], None]) -> Report:
    """Raises NluError where there is no model to serve."""
    model = model_files.current(settings.root, settings.models)
    if model is None:
        raise NluError("There is no language model to measure: run `danloi train`.")
    stock, took = stock_model(settings.root, settings.models, note) if wanted.stock else (None, None)
    stocks = [Contender(STOCK, "rasa", stock, 1), Contender(STOCK, "rasa", stock, 2)] if stock else []
    ours = [Contender(name, server, model, count) for name, server in ((RASA, "rasa"), (OURS, "light")) for count in (1, 2)]
    rows = [Row(contender) for contender in (*stocks, *ours)]
    examples = read_examples(sorted((settings.root / "nlu/heldout").glob("*.tsv")))
    for round_number in range(1, wanted.rounds + 1):
        for row in rows:
            note(f"vòng {round_number}: {row.contender.name}, {row.contender.processes} tiến trình")
            await _round(settings, wanted, row, examples)
    return Report(described(), wanted, took, rows)


async def _round(settings: Settings, wanted: Wanted, row: Row, examples: Sequence[Example]) -> None:
    token = settings.secrets["nlu_token"]
    async with AsyncExitStack() as stack:
        contender = row.contender
        servers = [NluProcess(settings.root, contender.model, token, server=contender.server) for _ in range(contender.processes)]
        began = time.monotonic()
        for server in servers:
            await server.start()
            stack.push_async_callback(server.stop)
        await asyncio.gather(*(server.ready() for server in servers))
        row.start_up = max(row.start_up, time.monotonic() - began)
        if not row.judged:
            row.judged = await _judged(Client(servers[0].url, token), examples)
        for clients, speed in row.speeds.items():
            asking = [Client(servers[place % len(servers)].url, token) for place in range(clients)]
            texts = [example.text for example in examples]
            await load(asking, texts, WARM_UP)
            speed.asked += await load(asking, texts, wanted.seconds)
            speed.seconds += wanted.seconds
            for client in asking:
                await client.close()
        row.memory = max(row.memory, sum(resident(server.pid) for server in servers if server.pid is not None))


async def _judged(client: Client, examples: Sequence[Example]) -> list[Judged]:
    judged = []
    for example in examples:
        _, answer = await client.ask(example.text)
        ranking = tuple(Reading(line["name"], line["confidence"]) for line in answer["intent_ranking"][:3])
        judged.append(Judged(example, ranking))
    await client.close()
    return judged


def _cells(row: Row) -> tuple[str, ...]:
    speeds = [speed.as_json() for speed in row.speeds.values()]
    return (
        *(row.contender.name, str(row.contender.processes), f"{row.start_up:.1f}", f"{row.memory:.0f}", f"{row.accuracy:.1%}"),
        *(_told(speed) for speed in speeds),
        str(sum(speed["errors"] for speed in speeds)),
    )


def _told(speed: dict[str, Any]) -> str:
    if speed["p50"] is None:
        return "–"
    return f"{speed['per_second']:.0f}, {speed['p50']:.1f}/{speed['p95']:.1f}"
