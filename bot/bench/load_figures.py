"""What the load measured, as plain data: tables in Markdown, the same as JSON."""

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from .crowd import Seen
from .figures import percentile

LIMIT = 1000.0
"""Milliseconds that 95 of 100 answers must stay under."""
KEPT_UP = 0.9
"""The share of what was meant that must be answered within the time, but for one a second: below it, the server falls behind."""


@dataclass(frozen=True, slots=True)
class Table:
    """One part of the report. `said`: how it was measured, and what it means."""

    title: str
    said: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        lines = ["| " + " | ".join(row) + " |" for row in (self.head, ["---"] * len(self.head), *self.rows)]
        return "\n".join([f"### {self.title}", "", self.said, "", *lines])


@dataclass(frozen=True, slots=True)
class Point:
    """One contender at one rate. Milliseconds a turn of the processor: `cpu` of the servers, `model` of the language model beside them."""

    name: str
    rate: float
    meant: float
    answered: float
    p50: float | None
    p95: float | None
    late: float | None
    cpu: float
    model: float
    memory: float
    wrong: int
    lost: int
    machine_load: float

    @property
    def holds(self) -> bool:
        """Whether it kept up: quick enough, nothing lost, nothing wrong, no queue that grows."""
        quick = self.p95 is not None and self.p95 < LIMIT
        return quick and not self.lost and not self.wrong and self.answered >= KEPT_UP * self.meant - 1


@dataclass(slots=True)
class Report:
    machine: dict[str, Any]
    tables: list[Table] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)

    def markdown(self) -> str:
        machine = ", ".join(f"{name} {value}" for name, value in self.machine.items())
        return "\n\n".join([f"Máy: {machine}.", *(table.markdown() for table in self.tables)]) + "\n"

    def as_json(self) -> dict[str, Any]:
        return {
            "machine": self.machine,
            "tables": [asdict(table) for table in self.tables],
            "points": [asdict(point) | {"holds": point.holds} for point in self.points],
        }


def point(name: str, rate: float, seen: Seen, seconds: float, cpu: float, model: float, memory: float) -> Point:
    took, late = sorted(seen.took), sorted(seen.late)
    return Point(
        name=name,
        rate=rate,
        meant=round(seen.intended / seconds, 1),
        answered=round(seen.ended / seconds, 1),
        p50=percentile(took, 0.5),
        p95=percentile(took, 0.95),
        late=percentile(late, 0.95),
        cpu=round(1000 * cpu / max(1, seen.all), 2),
        model=round(1000 * model / max(1, seen.all), 2),
        memory=round(memory, 1),
        wrong=seen.wrong,
        lost=seen.lost,
        machine_load=round(os.getloadavg()[0], 1),
    )


def most(points: Sequence[Point], name: str) -> Point | None:
    """The highest rate that it held before the first that it did not."""
    held = None
    for found in sorted((found for found in points if found.name == name), key=lambda found: found.rate):
        if not found.holds:
            return held
        held = found
    return held


def ms(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}" if value >= 100 else f"{value:.1f}"
