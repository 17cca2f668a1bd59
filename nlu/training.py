"""How a classifier is learnt from lines: the linear models by scikit-learn, temperature and gate from lines that were left out."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any, Iterable, Optional, Sequence, TypeVar

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from .aspects import NONE, Aspects, with_cues
from .classifier import OUT, Classifier, softmax
from .cues import ASPECTS
from .gate import Gate, signs
from .linear import Linear
from .text import normalise, strip
from .tfidf import Row
from .views import Views

T = TypeVar("T")

STRENGTH = 20.0
"""Inverse of the regularisation: the lab's value, confirmed by cross-validation."""
SEED = 320
FOLDS = 4
TEMPERATURES = [round(0.3 + 0.05 * step, 2) for step in range(25)]
OUTSIDE_SHARE = 0.15
"""How many messages are taken to be out of scope, whatever share of the training lines is."""
LONGEST_ASKED = 3
"""Words in a run that tells an aspect: «mất bao lâu» says more than its words."""
FEWEST_ASKED = 2
"""How aspects are asked is said in many lines alike; what stands in one alone belongs to its topic."""


def train(texts: Sequence[str], intents: Sequence[str], asked: Sequence[Optional[str]] = (), calibrate: bool = True) -> Classifier:
    """Learn from lines, their intents and what they ask of it. Deterministic: the same lines make the same model.

    `asked`: the aspect of each line, or nothing where no line is labelled with one.
    """
    if len(texts) != len(intents) or len(set(intents)) < 2:
        raise ValueError("training needs as many intents as texts, and at least two different intents")
    views, model = _fit(texts, intents)
    temperature, gate = _calibrated(model.labels, texts, intents) if calibrate else (1.0, None)
    return Classifier(views, model, temperature, gate, _aspects(texts, asked) if any(asked) else None)


def with_copies(texts: Sequence[str], labels: Sequence[T]) -> tuple[list[str], list[T]]:
    """Each line, normalised, and again without its diacritics, for that is how it will be typed.

    Noisier copies were tried: cross-validated, they help no variant.
    """
    lines: list[str] = []
    names: list[T] = []
    for text, label in zip(texts, labels, strict=True):
        for typed in dict.fromkeys((normalise(text), normalise(strip(text)))):
            lines.append(typed)
            names.append(label)
    return lines, names


def folds(size: int, count: int = FOLDS) -> Iterable[tuple[list[int], list[int]]]:
    """Splits of `size` lines into (learn, judge). A line's copies are made after the split, so they never stand on both sides."""
    order = list(range(size))
    Random(SEED).shuffle(order)  # noqa: S311
    for fold_number in range(count):
        judge = order[fold_number::count]
        yield sorted(set(order) - set(judge)), sorted(judge)


def unseen(known: Sequence[str], texts: Sequence[str], intents: Sequence[str]) -> tuple[Any, Any]:
    """Scores (a row a line, a column for each of the known intents) by models that had not seen the line, and the right columns."""
    rows, right = [], []
    for learn, judge in folds(len(texts)):
        if {intents[i] for i in learn} != set(known):
            continue
        views, model = _fit([texts[i] for i in learn], [intents[i] for i in learn])
        for typed in (str, strip):
            rows.append(model.scores(views.rows([normalise(typed(texts[i])) for i in judge])))
            right += [known.index(intents[i]) for i in judge]
    return (np.vstack(rows) if rows else np.zeros((0, len(known)))), np.array(right)


def _fit(texts: Sequence[str], intents: Sequence[str]) -> tuple[Views, Linear]:
    views = Views()
    lines, names = with_copies(texts, intents)
    return views, _linear(views.learn(lines), views.size, names)


def _linear(rows: Sequence[Row], size: int, names: Sequence[str]) -> Linear:
    """One label against the rest each, side by side: as right as the multinomial solver on our lines, and ten times faster."""
    matrix, given, labels = _matrix(rows, size), np.array(names), sorted(set(names))

    def fit(label: str) -> Any:
        """A label weighs as much as the others, however few its lines are."""
        weight = len(names) / (len(labels) * np.count_nonzero(given == label))
        model = LogisticRegression(C=STRENGTH, class_weight={True: weight, False: 1.0}, solver="liblinear", random_state=SEED)
        return model.fit(matrix, given == label)

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # the solver lets go of the interpreter's lock
        models = list(pool.map(fit, labels))
    return Linear(labels, np.vstack([model.coef_[0] for model in models]).T, [model.intercept_[0] for model in models])


def _matrix(rows: Sequence[Row], size: int) -> Any:
    ends = np.cumsum([0, *(len(row.columns) for row in rows)])
    columns, weights = np.concatenate([row.columns for row in rows]), np.concatenate([row.weights for row in rows])
    return csr_matrix((weights.astype(np.float64), columns, ends), shape=(len(rows), size))


def _aspects(texts: Sequence[str], asked: Sequence[Optional[str]]) -> Aspects:
    lines, names = with_copies(texts, [name or NONE for name in asked])
    views = Views(LONGEST_ASKED, FEWEST_ASKED)
    rows = with_cues(views, views.learn(lines), lines)
    return Aspects(views, _linear(rows, views.size + len(ASPECTS), names))


def _calibrated(known: Sequence[str], texts: Sequence[str], intents: Sequence[str]) -> tuple[float, Optional[Gate]]:
    """Temperature and gate, from what models say of lines that they have not seen, each line as typed and without its diacritics."""
    scores, right = unseen(known, texts, intents)
    if not len(right):
        return 1.0, None
    temperature = min(TEMPERATURES, key=lambda warm: _surprise(scores, right, warm))
    outside = right == (known.index(OUT) if OUT in known else -1)
    if not outside.any() or outside.all():
        return temperature, None
    return temperature, _gate(softmax(scores, temperature), known.index(OUT), outside)


def _gate(likely: Any, out: int, outside: Any) -> Gate:
    """`likely`: probabilities of unseen lines; `out`: the column of the class out of scope; `outside`: which lines are."""
    weight = np.where(outside, OUTSIDE_SHARE / outside.mean(), (1 - OUTSIDE_SHARE) / (1 - outside.mean()))
    model = LogisticRegression(C=10.0).fit(signs(likely, out), outside, sample_weight=weight)
    return Gate(model.coef_[0], float(model.intercept_[0]))


def _surprise(scores: Any, right: Any, temperature: float) -> float:
    return float(-np.log(np.maximum(softmax(scores, temperature)[np.arange(len(right)), right], 1e-12)).sum())
