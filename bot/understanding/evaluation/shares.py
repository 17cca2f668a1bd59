"""Shares, the means of several, and between what bounds the true ones lie. Always the same for the same lines."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")

RESAMPLES = 1000
SEED = 66
LEVEL = 0.95


def share(truths: Iterable[bool]) -> float:
    listed = list(truths)
    return round(sum(listed) / len(listed), 4) if listed else 0.0


def interval(rights: Sequence[bool], level: float = LEVEL) -> tuple[float, float]:
    """Between which shares the true one lies, by drawing the lines anew (bootstrap)."""
    return bounds(rights, lambda drawn: sum(drawn) / len(drawn), level)


def bounds(
    rows: Sequence[T], figure: Callable[[Sequence[T]], float], level: float = LEVEL, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """Between which values a figure of these rows lies."""
    dice = Random(SEED)  # noqa: S311  (statistics, not secrecy)
    found = sorted(figure(dice.choices(rows, k=len(rows))) for _ in range(resamples))
    cut = round(resamples * (1 - level) / 2)
    return round(found[cut], 4), round(found[-cut - 1], 4)


def f1(pairs: Iterable[tuple[str, str]]) -> dict[str, float]:
    """Of each label that was meant, the harmonic mean of precision and recall. `pairs`: (meant, read)."""
    listed = list(pairs)
    right = Counter(meant for meant, read in listed if meant == read)
    meant_of, read_of = Counter(meant for meant, _ in listed), Counter(read for _, read in listed)
    return {label: 2 * right[label] / (meant_of[label] + read_of[label]) for label in meant_of}


def macro_f1(pairs: Iterable[tuple[str, str]]) -> float:
    each = f1(pairs)
    return sum(each.values()) / len(each) if each else 0.0
