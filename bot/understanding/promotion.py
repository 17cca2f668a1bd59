"""May a new model take the place of the one that serves? It reads the same lines, and must not read them worse."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import model_files, thresholds
from .evaluation.examples import read_examples
from .evaluation.harmful import harmful
from .evaluation.judged import Judged
from .evaluation.models import read_by
from .evaluation.report import VARIANTS
from .evaluation.scope import recalled
from .evaluation.shares import bounds, share

JUDGED_BY = "nlu/heldout"
FEWEST = 30
"""Lines of one way of typing below which a difference says nothing."""
LOST = 0.05
"""By how much less may be found of what is out of scope, and of aspects."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The model that was trained, and whether it serves now; if not, why."""

    model: Path
    promoted: bool
    reasons: tuple[str, ...] = ()


def train(root: Path, models: Path, say: Callable[[str], None] = lambda line: None, anyway: bool = False) -> Outcome:
    """Train the model of this checkout, compare it with the one that serves, and promote it unless it is worse. Raises NluError.

    `anyway`: promote it whatever is found.
    """
    before = model_files.current(root, models)
    model = model_files.train(root, models, say)
    if before is None or before == model:
        return _promoted(model)
    reasons = compared(root, before, model, say)
    if reasons and not anyway:
        return Outcome(model, False, tuple(reasons))
    return _promoted(model, reasons)


def compared(root: Path, before: Path, after: Path, say: Callable[[str], None]) -> list[str]:
    """What the new model does worse, on the same lines; nothing where this code cannot read the old one."""
    examples = read_examples(sorted((root / JUDGED_BY).glob("*.tsv")))
    then, now = (read_by(root, model, examples) for model in (before, after)) if examples else (None, None)
    if then is None or now is None:
        say("Không so được với mô hình trước (mã khác, hoặc không có câu để đo).")
        return []
    was, became = (share(row.right for row in rows) for rows in (then, now))
    say(f"Trên {len(examples)} câu: trước đúng {was:.1%}, nay {became:.1%}.")
    return worse(then, now, thresholds.load(root).sure)


def worse(then: Sequence[Judged], now: Sequence[Judged], sure: float) -> list[str]:
    """Why the new readings are worse than the old ones of the same lines; empty where they are not. In words for people."""
    return [*_read_worse(then, now), *_found_less(then, now), *_harm(then, now, sure)]


def _read_worse(then: Sequence[Judged], now: Sequence[Judged]) -> list[str]:
    """Over all lines, or over those of one way of typing, so much that it is no chance."""
    kinds: dict[str, list[tuple[bool, bool]]] = {}
    for one, other in zip(then, now, strict=True):
        pair = (one.right, other.right)
        kinds.setdefault("", []).append(pair)
        kinds.setdefault(one.example.variant, []).append(pair)
    reasons = []
    for kind, pairs in kinds.items():
        gains = [int(after) - int(before) for before, after in pairs]
        if len(pairs) >= FEWEST and bounds(gains, lambda drawn: sum(drawn) / len(drawn))[1] < 0:
            where = f"với câu {VARIANTS.get(kind, kind)}" if kind else "nói chung"
            was, became = share(before for before, _ in pairs), share(after for _, after in pairs)
            reasons.append(f"hiểu kém hơn {where}: {was:.1%} còn {became:.1%}")
    return reasons


def _found_less(then: Sequence[Judged], now: Sequence[Judged]) -> list[str]:
    was, became = recalled(then), recalled(now)
    reasons = [
        f"nhận ra câu {VARIANTS.get(kind, kind)} kém hơn: {was[kind]:.1%} còn {became.get(kind, 0.0):.1%}"
        for kind in was
        if became.get(kind, 0.0) < was[kind] - LOST
    ]
    asked_then, asked_now = (share(row.aspect == row.example.aspect for row in rows if row.example.aspect) for rows in (then, now))
    if asked_now < asked_then - LOST:
        reasons.append(f"nhận ra khía cạnh kém hơn: {asked_then:.1%} còn {asked_now:.1%}")
    return reasons


def _harm(then: Sequence[Judged], now: Sequence[Judged], sure: float) -> list[str]:
    known = {(row.example.text, row.top) for row in harmful(then, sure)}
    new = [row for row in harmful(now, sure) if (row.example.text, row.top) not in known]
    if len(harmful(now, sure)) <= len(known):
        return []
    return [f"hiểu nhầm gây hại: «{row.example.text}» ({row.example.intent}) thành {row.top}" for row in new]


def _promoted(model: Path, reasons: Sequence[str] = ()) -> Outcome:
    model_files.promote(model)
    return Outcome(model, True, tuple(reasons))
