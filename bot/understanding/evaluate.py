"""How well messages are understood: accuracy per variant, what is out of scope, whether confidences are honest, and the thresholds."""

import json
import subprocess
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..model.errors import NluError
from ..model.meaning import Meaning, Reading
from .examples import Example
from .judged import OUT, Judged
from .model_files import PYTHON, environment, last_lines
from .scope import auroc, interval, recalled
from .thresholds import Thresholds, write

WRONG_AT_MOST = 0.08
"""Of what is acted on without asking back, so much may be wrong, out of scope and neighbouring acts included: the rest is asked."""
LOST_AT_MOST = 0.03
"""Of the lines whose right reading is among the first three, so many may fall below `maybe`."""
STEPS = [round(0.05 + 0.01 * step, 2) for step in range(91)]


@dataclass(frozen=True, slots=True)
class Figures:
    """What an evaluation found. Shares are 0 to 1; None where there was nothing to measure."""

    lines: int
    accuracy: float
    between: tuple[float, float]
    """Where the true accuracy lies, in 95 of 100 such files (bootstrap)."""
    macro_f1: float
    top3: float
    by_variant: dict[str, float]
    top3_by_variant: dict[str, float]
    aspect_accuracy: float | None
    calibration_error: float
    auroc: float | None
    """How well in and out of scope are told apart, 0.5 is chance."""
    out_of_scope_found: dict[str, float]
    """Of the lines out of scope, by variant, those found where 5 % of the others are taken for such."""
    out_of_scope_refused: float | None
    """Of the lines out of scope, those not acted on at the `sure` threshold."""
    acted_on: float
    """Of the lines in scope, those acted on without asking back ..."""
    acted_on_wrongly: float
    """... and of everything acted on, what was wrong."""
    confusions: tuple[tuple[str, str, int], ...]
    """(meant, read, how often), the most frequent first."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


async def judge(parse: Callable[[str], Awaitable[Meaning]], examples: Iterable[Example]) -> list[Judged]:
    """Ask for every line, one after the other, through the same door that citizens' messages take."""
    judged = []
    for example in examples:
        meaning = await parse(example.text)
        judged.append(Judged(example, meaning.ranking, meaning.aspect))
    return judged


def measure(judged: Sequence[Judged], thresholds: Thresholds) -> Figures:
    if not judged:
        raise ValueError("there are no lines to judge")
    variants = defaultdict(list)
    for row in judged:
        variants[row.example.variant].append(row)
    aspects = [row.aspect == row.example.aspect for row in judged if row.example.aspect_known]
    outside = [not row.acted_on(thresholds.sure) for row in judged if row.example.intent == OUT]
    acted = [row for row in judged if row.acted_on(thresholds.sure)]
    inside = [row.acted_on(thresholds.sure) for row in judged if row.example.intent != OUT]
    return Figures(
        lines=len(judged),
        accuracy=_share(row.right for row in judged),
        between=interval([row.right for row in judged]),
        macro_f1=_macro_f1(judged),
        top3=_share(row.among_three for row in judged),
        by_variant={name: _share(row.right for row in rows) for name, rows in sorted(variants.items())},
        top3_by_variant={name: _share(row.among_three for row in rows) for name, rows in sorted(variants.items())},
        aspect_accuracy=_share(aspects) if aspects else None,
        calibration_error=calibration_error(judged),
        auroc=auroc(judged),
        out_of_scope_found=recalled(judged),
        out_of_scope_refused=_share(outside) if outside else None,
        acted_on=_share(inside),
        acted_on_wrongly=_share(not row.right for row in acted),
        confusions=_confusions(judged),
    )


def calibration_error(judged: Sequence[Judged], bins: int = 10) -> float:
    """Expected calibration error: how far confidences are from how often they prove right, on average."""
    binned = defaultdict(list)
    for row in judged:
        binned[min(int(row.confidence * bins), bins - 1)].append(row)
    gaps = (abs(sum(r.right - r.confidence for r in rows)) for rows in binned.values())
    return round(sum(gaps) / len(judged), 4)


def choose(judged: Sequence[Judged]) -> Thresholds:
    """The lowest `sure` from which on acting is wrong seldom enough, and the highest `maybe` that loses few right readings.

    Judge with lines the model has not learnt, written like those that citizens write: a cross-validation of the training lines
    is harder than life, for they were chosen to be as different as can be.
    """
    good = [_share(not row.right for row in judged if row.acted_on(step)) <= WRONG_AT_MOST for step in STEPS]
    sure = STEPS[min(len(good) - good[::-1].index(False), len(STEPS) - 1)] if False in good else STEPS[0]
    readable = sorted(row.confidence for row in judged if row.example.intent != OUT and row.among_three)
    lowest = readable[int(len(readable) * LOST_AT_MOST)] if readable else STEPS[0]
    return Thresholds(sure=sure, maybe=max(0.05, min(round(lowest, 2), round(sure - 0.1, 2))))


def set_thresholds(root: Path, judged: Sequence[Judged], by: str) -> Thresholds:
    """Choose the thresholds from these lines and write them down with what was found; `by` says which lines they were."""
    chosen = choose(judged)
    found = measure(judged, chosen)
    measured: dict[str, float | int | str] = {
        "by": by,
        "lines": found.lines,
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


def cross_validate(root: Path) -> list[Judged]:
    """Readings of every training line and its noisy copies by models that had not seen the line. Takes a minute or two."""
    command = [str(root / PYTHON), "-m", "nlu.evaluate", "nlu/data"]
    done = subprocess.run(command, cwd=root, env=environment(), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise NluError("The cross-validation failed. Its last lines:\n" + last_lines(done.stderr))
    return [_from_row(json.loads(line)) for line in done.stdout.splitlines()]


def report(figures: Figures) -> str:
    """The figures as text for people."""
    low, high = figures.between
    shares = (f"{name} {share:.1%} ({figures.top3_by_variant[name]:.1%})" for name, share in figures.by_variant.items())
    lines = [
        f"Số câu: {figures.lines}",
        f"Đúng ý định: {figures.accuracy:.1%} (từ {low:.1%} đến {high:.1%})",
        f"macro-F1: {figures.macro_f1:.1%}   trong 3 ý đầu: {figures.top3:.1%}",
        f"Theo cách gõ (trong 3 ý đầu): {', '.join(shares)}",
        f"Làm theo ngay: {figures.acted_on:.1%} số câu trong phạm vi; trong số làm theo, sai {figures.acted_on_wrongly:.1%}",
        f"Sai lệch độ tin cậy (ECE): {figures.calibration_error:.3f}",
    ]
    if figures.aspect_accuracy is not None:
        lines.append(f"Đúng khía cạnh: {figures.aspect_accuracy:.1%}")
    if figures.out_of_scope_refused is not None:
        lines.append(f"Ngoài phạm vi được nhận ra: {figures.out_of_scope_refused:.1%}")
    if figures.auroc is not None:
        found = ", ".join(f"{name} {share:.1%}" for name, share in figures.out_of_scope_found.items())
        lines.append(f"Phân biệt trong và ngoài phạm vi: AUROC {figures.auroc:.3f}; báo nhầm 5 % thì nhận ra {found}")
    return "\n".join([*lines, "Hay nhầm nhất:", *(f"  {meant} → {read}: {count}" for meant, read, count in figures.confusions[:15])])


def _from_row(row: dict[str, Any]) -> Judged:
    ranking = tuple(Reading(name, confidence) for name, confidence in row["ranking"])
    return Judged(Example(row["intent"], row["text"], variant=row["variant"]), ranking)


def _share(truths: Iterable[bool]) -> float:
    listed = list(truths)
    return round(sum(listed) / len(listed), 4) if listed else 0.0


def _macro_f1(judged: Sequence[Judged]) -> float:
    """The mean over the labelled intents of the harmonic mean of precision and recall."""
    right = Counter(row.example.intent for row in judged if row.right)
    meant = Counter(row.example.intent for row in judged)
    read = Counter(row.top for row in judged)
    return round(sum(2 * right[intent] / (meant[intent] + read[intent]) for intent in meant) / len(meant), 4)


def _confusions(judged: Sequence[Judged]) -> tuple[tuple[str, str, int], ...]:
    wrong = Counter((row.example.intent, row.top) for row in judged if not row.right)
    return tuple((meant, read, count) for (meant, read), count in wrong.most_common())
