"""What was measured of the desk's pages, as plain data: for scripts as JSON, for people as a table."""

from dataclasses import asdict, dataclass
from typing import Any

from .figures import percentile
from .visitor import Seen

TARGET = 100.0
"""Milliseconds of the server that 95 of 100 answers should stay under."""


@dataclass(frozen=True, slots=True)
class Times:
    """In milliseconds; None where nothing was answered."""

    p50: float | None
    p95: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class PageRow:
    """One page. With any `wrong` answer (another status, no timing, not what the page should show) its figures mean nothing."""

    name: str
    requests: int
    server: Times
    whole: Times
    wrong: tuple[str, ...]

    @property
    def valid(self) -> bool:
        return self.requests > 0 and not self.wrong

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"valid": self.valid}


@dataclass(frozen=True, slots=True)
class Filled:
    """What the database held, and in how many seconds it was filled."""

    cases: int
    messages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    machine: dict[str, Any]
    seconds: float
    filled: Filled
    rows: tuple[PageRow, ...]

    def as_json(self) -> dict[str, Any]:
        filled = asdict(self.filled)
        return {"machine": self.machine, "seconds": self.seconds, "filled": filled, "rows": [row.as_json() for row in self.rows]}

    def as_table(self) -> str:
        lines = [_cells(row) for row in self.rows]
        widths = [max(map(len, column)) for column in zip(HEAD, *lines, strict=True)]
        machine = ", ".join(f"{name} {value}" for name, value in self.machine.items())
        drawn = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in (HEAD, *lines)]
        filled = self.filled
        return "\n".join(
            [
                f"Máy: {machine}",
                f"{filled.cases} ca, {filled.messages} tin, dựng trong {filled.seconds:g} giây.",
                f"Mỗi trang đo trong {self.seconds:g} giây, một người hỏi, không tính lúc khởi động.",
                f"Mục tiêu: p95 của máy chủ dưới {TARGET:g} ms.",
                "",
                *drawn,
            ]
        )


HEAD = ("trang", "máy chủ: p50 ms", "p95", "lâu nhất", "cả trang: p50 ms", "p95", "lâu nhất", "số lần", "lỗi")


def row(seen: Seen) -> PageRow:
    return PageRow(seen.name, len(seen.server), _times(seen.server), _times(seen.whole), tuple(seen.wrong))


def _times(measured: list[float]) -> Times:
    ordered = sorted(measured)
    return Times(percentile(ordered, 0.5), percentile(ordered, 0.95), percentile(ordered, 1.0))


def _cells(row: PageRow) -> tuple[str, ...]:
    late = row.server.p95 is not None and row.server.p95 >= TARGET
    times = (row.server.p50, row.server.p95, row.server.most, row.whole.p50, row.whole.p95, row.whole.most)
    server, p95, *others = ("–" if time is None else f"{time:.1f}" for time in times)
    wrong = "0" if row.valid else f"{len(row.wrong)}, KHÔNG HỢP LỆ: {', '.join(dict.fromkeys(row.wrong[:3]))}"
    return (row.name, server, f"{p95}{' !' if late else ''}", *others, str(row.requests), wrong)
