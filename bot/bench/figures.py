"""What was measured, as plain data: for scripts as JSON, for people as a table."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..model.grouping import Grouping
from .citizen import Does, Took


@dataclass(frozen=True, slots=True)
class Plan:
    """One row to be measured. `model` is "real", "faked", or "none" where it is never asked."""

    does: Does
    model: str
    grouping: Grouping


@dataclass(frozen=True, slots=True)
class Load:
    """How turns went with so many citizens at once. `p50` and `p95` in milliseconds, None where no turn ended in time.

    `errors`: turns without their last reply, and those for which the model did not answer. With any, the figures mean nothing.
    """

    citizens: int
    turns: int
    errors: int
    per_second: float
    p50: float | None
    p95: float | None

    @property
    def valid(self) -> bool:
        return self.turns > 0 and self.errors == 0


@dataclass(frozen=True, slots=True)
class Row:
    plan: Plan
    database: str
    together: Load
    alone: Load

    @property
    def valid(self) -> bool:
        return self.together.valid and self.alone.valid

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"valid": self.valid}


@dataclass(frozen=True, slots=True)
class Report:
    machine: dict[str, Any]
    seconds: float
    rows: tuple[Row, ...]

    def as_json(self) -> dict[str, Any]:
        return {"machine": self.machine, "seconds": self.seconds, "rows": [row.as_json() for row in self.rows]}

    def as_table(self) -> str:
        lines = [_cells(row) for row in self.rows]
        widths = [max(map(len, column)) for column in zip(HEAD, *lines, strict=True)]
        machine = ", ".join(f"{name} {value}" for name, value in self.machine.items())
        drawn = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in (HEAD, *lines)]
        return "\n".join([f"Máy: {machine}", f"Mỗi con số đo trong {self.seconds:g} giây, không tính lúc khởi động.", "", *drawn])


HEAD = (
    "lượt",
    "mô hình",
    "chờ gộp",
    "cơ sở dữ liệu",
    "người",
    "lượt/giây",
    "p50 ms",
    "p95 ms",
    "một mình: p50",
    "p95",
    "số lượt đo",
    "lỗi",
)
_DOES = {Does.TAPS: "bấm nút", Does.WRITES: "gõ chữ"}
_MODELS = {"none": "không hỏi", "real": "thật", "faked": "giả"}


def load(citizens: int, took: Iterable[Took], errors: int, start: float, end: float) -> Load:
    """The turns that ended between `start` and `end`."""
    times = sorted(1000 * (turn.ended - turn.began) for turn in took if start <= turn.ended <= end)
    return Load(citizens, len(times), errors, round(len(times) / (end - start), 1), percentile(times, 0.5), percentile(times, 0.95))


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The smallest value that is at least as great as that share of all."""
    return round(ordered[math.ceil(share * len(ordered)) - 1], 2) if ordered else None


def _cells(row: Row) -> tuple[str, ...]:
    plan, together, alone = row.plan, row.together, row.alone
    waits = f"{plan.grouping.pause:g}/{plan.grouping.limit:g} giây" if plan.grouping.pause else "không"
    errors = together.errors + alone.errors
    return (
        *(_DOES[plan.does], _MODELS[plan.model], waits, row.database),
        *(str(together.citizens), f"{together.per_second:.1f}", _ms(together.p50), _ms(together.p95)),
        *(_ms(alone.p50), _ms(alone.p95), f"{together.turns} + {alone.turns}"),
        str(errors) if row.valid else f"{errors}, KHÔNG HỢP LỆ",
    )


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
