"""Which intent a sentence has, and how sure that is: TF-IDF over words and letters, logistic regression. Knows nothing of Rasa.

    text ─► three views ─► a score for each intent ─► probabilities (temperature) ─► is it ours at all? (gate) ─► ranking
        └─► what about it is asked? (aspects)

Temperature and gate are learnt from what the model says of lines that it has not seen (cross-validation). The gate decides whether a
text is out of scope, from what that class got and what the best of the others got; the confidences that leave here are final.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, Optional

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression

from . import aspects
from .gate import Gate
from .text import has_letters, normalise, strip
from .views import Views, with_copies

Ranking = list[tuple[str, float]]

STRENGTH = 20.0
"""Inverse of the regularisation: the lab's value, confirmed by cross-validation."""
SEED = 320
FOLDS = 4
TEMPERATURES = [round(0.3 + 0.05 * step, 2) for step in range(25)]
OUT = "out_of_scope"


class Read(NamedTuple):
    """What a text was read as."""

    ranking: Ranking
    """Every intent with its probability, the likeliest first."""
    aspect: Optional[str] = None
    """What about the topic is asked."""
    aspect_confidence: float = 1.0


class Classifier:
    """A trained model: texts in, readings out. Pickled whole, so it is loaded only from a file that we trained."""

    def __init__(self, views: Views, model: Any, temperature: float, gate: Optional[Gate] = None) -> None:
        self._views = views
        self._model = model
        self._temperature = temperature
        self._gate = gate
        self._aspects: Optional[aspects.Aspects] = None
        self._intents = [str(intent) for intent in model.classes_]

    def read(self, text: str) -> Read:
        return self.read_many([text])[0]

    def read_many(self, texts: Sequence[str]) -> list[Read]:
        rankings = self.rank_many(texts)
        if self._aspects is None:
            return [Read(ranking) for ranking in rankings]
        asked = self._aspects.read_many(texts)
        return [Read(ranking, name, sure) for ranking, (name, sure) in zip(rankings, asked, strict=True)]

    def rank_many(self, texts: Sequence[str]) -> list[Ranking]:
        features = self._views.features([normalise(text) for text in texts])
        known = features.getnnz(axis=1)
        rows = self._confidences(features)
        return [
            self._ranking(row) if count and has_letters(text) else self._undecided()
            for text, count, row in zip(texts, known, rows, strict=True)
        ]

    def before_many(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """The best intent of each text and its plain probability: no temperature, no gate."""
        likely = _softmax(self.scores(texts), 1.0)
        return [(self._intents[place], float(row[place])) for row, place in zip(likely, likely.argmax(axis=1), strict=True)]

    def scores(self, texts: Sequence[str]) -> Any:
        """One row a text, one column an intent (`intents`): what the model says before temperature and gate."""
        return _columns(self._model.decision_function(self._views.features([normalise(text) for text in texts])))

    @property
    def intents(self) -> list[str]:
        return self._intents

    def save(self, path: Path) -> None:
        joblib.dump(self, path, compress=3)

    @staticmethod
    def load(path: Path) -> "Classifier":
        classifier: Classifier = joblib.load(path)
        return classifier

    def _confidences(self, features: Any) -> Any:
        likely = _softmax(_columns(self._model.decision_function(features)), self._temperature)
        return likely if self._gate is None else self._gate.decide(likely, self._intents.index(OUT))

    def _ranking(self, confidences: Any) -> Ranking:
        order = np.argsort(-confidences, kind="stable")
        return [(self._intents[place], float(confidences[place])) for place in order]

    def _undecided(self) -> Ranking:
        """Nothing in the text was ever seen: every intent is as likely as any other and none is believed; out of scope is named first."""
        intents = sorted(self._intents, key=lambda intent: intent != OUT)
        return [(intent, 1.0 / len(intents)) for intent in intents]


def train(texts: Sequence[str], intents: Sequence[str], asked: Sequence[Optional[str]] = (), calibrate: bool = True) -> Classifier:
    """Learn from lines, their intents and what they ask of it. Deterministic: the same lines make the same model.

    `asked`: the aspect of each line, or nothing where no line is labelled with one.
    """
    if len(texts) != len(intents) or len(set(intents)) < 2:
        raise ValueError("training needs as many intents as texts, and at least two different intents")
    classifier = _fit(texts, intents)
    if calibrate:
        _calibrate(classifier, texts, intents)
    if any(asked):
        classifier._aspects = aspects.train(texts, asked)
    return classifier


def folds(size: int, count: int = FOLDS) -> Iterable[tuple[list[int], list[int]]]:
    """Splits of `size` lines into (learn, judge). A line's copies are made after the split, so they never stand on both sides."""
    order = list(range(size))
    Random(SEED).shuffle(order)  # noqa: S311
    for fold_number in range(count):
        judge = order[fold_number::count]
        yield sorted(set(order) - set(judge)), sorted(judge)


def _fit(texts: Sequence[str], intents: Sequence[str]) -> Classifier:
    views = Views()
    lines, names = with_copies(texts, intents)
    features = views.learn(lines)
    # One intent against the rest each: as right as the multinomial solver on our lines, and ten times faster.
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", solver="liblinear", random_state=SEED)
    model.fit(features, names)
    return Classifier(views, model, 1.0)


def _calibrate(classifier: Classifier, texts: Sequence[str], intents: Sequence[str]) -> None:
    """Temperature and gate, from what models say of lines that they have not seen, each line as typed and without its diacritics."""
    scores, right = unseen(classifier.intents, texts, intents)
    if not len(right):
        return
    classifier._temperature = min(TEMPERATURES, key=lambda temperature: _surprise(scores, right, temperature))
    outside = right == (classifier.intents.index(OUT) if OUT in classifier.intents else -1)
    if outside.any() and not outside.all():
        likely = _softmax(scores, classifier._temperature)
        classifier._gate = Gate.learn(likely, classifier.intents.index(OUT), outside)


def unseen(known: Sequence[str], texts: Sequence[str], intents: Sequence[str]) -> tuple[Any, Any]:
    """Scores (a row a line, a column for each of the known intents) by models that had not seen the line, and the right columns."""
    rows, right = [], []
    for learn, judge in folds(len(texts)):
        if {intents[i] for i in learn} != set(known):
            continue
        fitted = _fit([texts[i] for i in learn], [intents[i] for i in learn])
        for typed in (str, strip):
            rows.append(fitted.scores([typed(texts[i]) for i in judge]))
            right += [known.index(intents[i]) for i in judge]
    return (np.vstack(rows) if rows else np.zeros((0, len(known)))), np.array(right)


def _columns(scores: Any) -> Any:
    """With two intents scikit-learn gives one column: how much it is the second."""
    return scores if scores.ndim == 2 else np.column_stack([-scores, scores])


def _surprise(scores: Any, right: Any, temperature: float) -> float:
    return float(-np.log(np.maximum(_softmax(scores, temperature)[np.arange(len(right)), right], 1e-12)).sum())


def _softmax(scores: Any, temperature: float) -> Any:
    powers = np.exp((scores - scores.max(axis=1, keepdims=True)) / temperature)
    return powers / powers.sum(axis=1, keepdims=True)
