"""Whether confidences are honest, and how much can be answered how rightly."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .judged import Judged

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Lines whose confidence lies in one tenth: how many, how sure on average, and how many were right."""

    lines: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Point:
    """Answering only from a confidence on: the share of lines that are answered, and of those the share read rightly."""

    confidence: float
    coverage: float
    accuracy: float


Sure = Callable[[Judged], tuple[float, bool]]
"""How sure a reading is, and whether it is right."""


def told(row: Judged) -> tuple[float, bool]:
    """What citizens get."""
    return row.confidence, row.right


def before(row: Judged) -> tuple[float, bool]:
    """What the model said before it was calibrated."""
    return (row.before.confidence, row.before.intent == row.example.intent) if row.before else told(row)


def bins(judged: Sequence[Judged], sure: Sure = told) -> tuple[Bin, ...]:
    held = defaultdict(list)
    for confidence, right in map(sure, judged):
        held[min(int(confidence * BINS), BINS - 1)].append((confidence, right))
    return tuple(
        Bin(
            len(rows),
            round(sum(confidence for confidence, _ in rows) / len(rows), 4),
            round(sum(right for _, right in rows) / len(rows), 4),
        )
        for _, rows in sorted(held.items())
    )


def calibration_error(judged: Sequence[Judged], sure: Sure = told) -> float:
    """Expected calibration error: how far confidences are from how often they prove right, on average."""
    return round(sum(one.lines * abs(one.accuracy - one.confidence) for one in bins(judged, sure)) / len(judged), 4)


def coverage(judged: Sequence[Judged], steps: int = 20) -> tuple[Point, ...]:
    """The surest lines first, a twentieth more at each point."""
    surest = sorted(judged, key=lambda row: -row.confidence)
    points = []
    for step in range(1, steps + 1):
        kept = surest[: max(1, round(len(surest) * step / steps))]
        points.append(
            Point(round(kept[-1].confidence, 4), round(len(kept) / len(surest), 4), round(sum(row.right for row in kept) / len(kept), 4))
        )
    return tuple(points)
