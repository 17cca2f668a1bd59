"""How well what is out of scope is told from what is not: figures that need no threshold of ours."""

from collections import defaultdict
from collections.abc import Sequence

from .judged import OUT, Judged

FALSE_ALARM = 0.05
"""Of the lines in scope, so many may be taken for out of scope."""


def inside(row: Judged) -> float:
    """How much the reading speaks for being in scope: what is not given to the class out of scope."""
    return 1.0 - next((reading.confidence for reading in row.ranking if reading.intent == OUT), 0.0)


def auroc(judged: Sequence[Judged]) -> float | None:
    """How often a line in scope scores above one out of scope, ties half; None where one kind is missing."""
    ins = sorted(inside(row) for row in judged if row.inside)
    outs = sorted(inside(row) for row in judged if not row.inside)
    if not ins or not outs:
        return None
    below, ties = 0, 0
    low = high = 0
    for score in ins:
        while low < len(outs) and outs[low] < score:
            low += 1
        high = max(high, low)
        while high < len(outs) and outs[high] <= score:
            high += 1
        below += low
        ties += high - low
    return round((below + ties / 2) / (len(ins) * len(outs)), 4)


def recalled(judged: Sequence[Judged], false_alarm: float = FALSE_ALARM) -> dict[str, float]:
    """Of the lines out of scope, by variant, those found where only so many in scope are taken for such."""
    ins = sorted(inside(row) for row in judged if row.inside)
    if not ins:
        return {}
    limit = ins[int(len(ins) * false_alarm)]
    found = defaultdict(list)
    for row in judged:
        if not row.inside:
            found[row.example.variant].append(inside(row) < limit)
    return {variant: round(sum(hits) / len(hits), 4) for variant, hits in sorted(found.items())}
