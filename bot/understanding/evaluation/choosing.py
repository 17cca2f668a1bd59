"""From which confidence on is a reading acted on, from which are taps offered? What costs people least, on lines the model has not learnt.

The costs are stated: to be led through a wrong guide costs as much as being asked five questions.
"""

from collections.abc import Sequence
from pathlib import Path

from ..thresholds import Thresholds, write
from .figures import measure
from .judged import Judged

WRONG_GUIDE = 5.0
ASKED = 1.0
"""A tap to be chosen among two or three."""
ASKED_AGAIN = 2.0
"""To say it again in other words; or to be offered taps of which none is right, and then to say it again."""
CHANCE = 0.01
"""Questions a message by which two costs may differ and be the same: some hundred lines tell no more."""
STEPS = [round(0.05 + 0.01 * step, 2) for step in range(91)]


def cost(judged: Sequence[Judged], thresholds: Thresholds) -> float:
    """What a message costs on average, in questions."""
    return sum(_cost(row, thresholds) for row in judged) / len(judged)


def choose(judged: Sequence[Judged]) -> Thresholds:
    """Of all pairs that cost as little as any, but for chance, the one that asks least."""
    pairs = [Thresholds(sure, maybe) for sure in STEPS for maybe in STEPS if maybe <= sure - 0.1]
    costs = {pair: cost(judged, pair) for pair in pairs}
    cheap = [pair for pair in pairs if costs[pair] <= min(costs.values()) + CHANCE]
    return min(cheap, key=lambda pair: (pair.sure, -pair.maybe))


def set_thresholds(root: Path, judged: Sequence[Judged], by: str) -> Thresholds:
    """Choose the thresholds from these lines and write them down with what was found; `by` says which lines they were."""
    chosen = choose(judged)
    found = measure(judged, chosen)
    measured: dict[str, float | int | str] = {
        "by": by,
        "lines": found.lines,
        "cost": round(cost(judged, chosen), 4),
        "accuracy": found.accuracy,
        "top3": found.top3,
        **{f"accuracy_{variant}": share for variant, share in found.by_variant.items()},
        "acted_on": found.acted_on,
        "acted_on_wrongly": found.acted_on_wrongly,
        "calibration_error": found.calibration_error,
    }
    if found.out_of_scope_refused is not None:
        measured["out_of_scope_refused"] = found.out_of_scope_refused
    write(root, chosen, measured)
    return chosen


def _cost(row: Judged, thresholds: Thresholds) -> float:
    if row.acted_on(thresholds.sure):
        return 0.0 if row.right else WRONG_GUIDE
    offered = row.confidence >= thresholds.maybe and row.top != "out_of_scope"
    if not row.inside:
        return ASKED if offered else 0.0
    return ASKED if offered and row.among_three else ASKED_AGAIN
