"""What an evaluation found, as numbers: of all lines, of each way of typing, of each intent and aspect."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..thresholds import Thresholds
from .confidence import Bin, Point, before, bins, calibration_error, coverage
from .judged import PLAIN, STRIPPED, Judged
from .scope import auroc, recalled
from .shares import bounds, f1, interval, macro_f1, share

NO_ASPECT = "-"
F1_RESAMPLES = 200


@dataclass(frozen=True, slots=True)
class Kind:
    """One way of typing, or all together."""

    lines: int
    accuracy: float
    between: tuple[float, float]
    """Where the true accuracy lies, in 95 of 100 such files (bootstrap)."""
    top3: float


@dataclass(frozen=True, slots=True)
class OfIntent:
    lines: int
    f1: float
    confused_with: tuple[tuple[str, int], ...]
    """What its lines were taken for, and how often."""


@dataclass(frozen=True, slots=True)
class OfAspects:
    """Over lines that ask an aspect and lines that ask none; F1 of the six alone."""

    accuracy: float
    micro_f1: float
    macro_f1: float
    f1: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares are 0 to 1; None where there was nothing to measure. The copies without diacritics count only in their own figures."""

    lines: int
    accuracy: float
    between: tuple[float, float]
    macro_f1: float
    macro_f1_between: tuple[float, float]
    top3: float
    variants: Mapping[str, Kind]
    paired_drop: float | None
    """By how much plain lines are read worse once their diacritics are gone, and its bounds."""
    paired_drop_between: tuple[float, float] | None
    aspects: OfAspects | None
    calibration_error: float
    calibration_error_before: float | None
    """Of the model's plain probabilities, before temperature and gate."""
    bins: tuple[Bin, ...]
    coverage: tuple[Point, ...]
    auroc: float | None
    """How well in and out of scope are told apart, 0.5 is chance."""
    out_of_scope_found: Mapping[str, float]
    """Of the lines out of scope, by variant, those found where 5 % of the others are taken for such."""
    out_of_scope_refused: float | None
    """Of the lines out of scope, those not acted on at the `sure` threshold."""
    acted_on: float
    """Of the lines in scope, those acted on without asking back ..."""
    acted_on_wrongly: float
    """... and of everything acted on, what was wrong."""
    latency_ms: tuple[float, float]
    """The middle and the 95th of 100 answers, asked one after the other."""
    intents: Mapping[str, OfIntent]
    confusions: tuple[tuple[str, str, int], ...]
    """(meant, read, how often), the most frequent first."""

    @property
    def by_variant(self) -> dict[str, float]:
        return {name: kind.accuracy for name, kind in self.variants.items()}

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def measure(all_judged: Sequence[Judged], thresholds: Thresholds) -> Figures:
    """Raises ValueError where there are no lines."""
    judged = [row for row in all_judged if row.example.variant != STRIPPED]
    if not judged:
        raise ValueError("there are no lines to judge")
    pairs = [(row.example.intent, row.top) for row in judged]
    drop, drop_between = _paired_drop(all_judged)
    outside = [not row.acted_on(thresholds.sure) for row in judged if not row.inside]
    all_kind = _kind(judged)
    return Figures(
        lines=len(judged),
        accuracy=all_kind.accuracy,
        between=all_kind.between,
        macro_f1=round(macro_f1(pairs), 4),
        macro_f1_between=bounds(pairs, macro_f1, resamples=F1_RESAMPLES),
        top3=all_kind.top3,
        variants={name: _kind(rows) for name, rows in _by_variant(all_judged).items()},
        paired_drop=drop,
        paired_drop_between=drop_between,
        aspects=_aspects(judged),
        calibration_error=calibration_error(judged),
        calibration_error_before=calibration_error(judged, before) if all(row.before for row in judged) else None,
        bins=bins(judged),
        coverage=coverage(judged),
        auroc=auroc(judged),
        out_of_scope_found=recalled(judged),
        out_of_scope_refused=share(outside) if outside else None,
        acted_on=share(row.acted_on(thresholds.sure) for row in judged if row.inside),
        acted_on_wrongly=share(not row.right for row in judged if row.acted_on(thresholds.sure)),
        latency_ms=_latency(judged),
        intents=_intents(judged),
        confusions=_confusions(judged),
    )


def _by_variant(judged: Iterable[Judged]) -> dict[str, list[Judged]]:
    held = defaultdict(list)
    for row in judged:
        held[row.example.variant].append(row)
    return dict(sorted(held.items()))


def _kind(rows: Sequence[Judged]) -> Kind:
    return Kind(len(rows), share(row.right for row in rows), interval([row.right for row in rows]), share(row.among_three for row in rows))


def _paired_drop(judged: Sequence[Judged]) -> tuple[float | None, tuple[float, float] | None]:
    plain = [row for row in judged if row.example.variant == PLAIN]
    stripped = [row for row in judged if row.example.variant == STRIPPED]
    if not stripped or len(plain) != len(stripped):
        return None, None
    drops = [int(one.right) - int(other.right) for one, other in zip(plain, stripped, strict=True)]
    return round(sum(drops) / len(drops), 4), bounds(drops, lambda drawn: sum(drawn) / len(drawn))


def _aspects(judged: Sequence[Judged]) -> OfAspects | None:
    """Acts and what is out of scope ask no aspect; they would only flatter."""
    known = [row for row in judged if row.example.aspect_known]
    asking = {row.example.intent for row in known if row.example.aspect is not None}
    pairs = [(row.example.aspect or NO_ASPECT, row.aspect or NO_ASPECT) for row in known if row.example.intent in asking]
    if not pairs:
        return None
    meant_and_read = [(meant, read) for meant, read in pairs if (meant, read) != (NO_ASPECT, NO_ASPECT)]
    right = sum(meant == read for meant, read in meant_and_read)
    labels = sum((meant != NO_ASPECT) + (read != NO_ASPECT) for meant, read in meant_and_read)
    each = {name: round(value, 4) for name, value in sorted(f1(pairs).items()) if name != NO_ASPECT}
    accuracy = share(meant == read for meant, read in pairs)
    return OfAspects(accuracy, round(2 * right / labels, 4) if labels else 0.0, round(sum(each.values()) / max(1, len(each)), 4), each)


def _latency(judged: Sequence[Judged]) -> tuple[float, float]:
    took = sorted(row.seconds * 1000 for row in judged)
    return round(took[len(took) // 2], 2), round(took[min(len(took) - 1, int(len(took) * 0.95))], 2)


def _intents(judged: Sequence[Judged]) -> dict[str, OfIntent]:
    each = f1((row.example.intent, row.top) for row in judged)
    lines = Counter(row.example.intent for row in judged)
    wrong: dict[str, Counter[str]] = defaultdict(Counter)
    for row in judged:
        if not row.right:
            wrong[row.example.intent][row.top] += 1
    return {name: OfIntent(lines[name], round(value, 4), tuple(wrong[name].most_common())) for name, value in sorted(each.items())}


def _confusions(judged: Sequence[Judged]) -> tuple[tuple[str, str, int], ...]:
    wrong = Counter((row.example.intent, row.top) for row in judged if not row.right)
    return tuple((meant, read, count) for (meant, read), count in wrong.most_common())
