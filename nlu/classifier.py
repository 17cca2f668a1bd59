"""Which intent a sentence has, and how sure that is: TF-IDF over words and letters, logistic regression. Knows nothing of Rasa.

    text ─► three views ─► a score for each intent ─► probabilities (temperature) ─► is it ours at all? (gate) ─► ranking

Three views of a text: its words as typed, its words without diacritics, and runs of 2 to 5 letters without diacritics. The last
two make "dang ky dinh danh" and "đăng ký định danh" one sentence; the first still tells "mã" from "mà". Every training line is
learnt again without its diacritics, for that is how it will be typed.

Temperature and gate are learnt from what the model says of lines that it has not seen (cross-validation). The gate decides whether a
text is out of scope, from what that class got and what the best of the others got; the confidences that leave here are final.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import joblib
import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from .text import fold, has_letters, normalise, strip

Ranking = list[tuple[str, float]]

STRENGTH = 20.0
"""Inverse of the regularisation: the lab's value, confirmed by cross-validation."""
SEED = 320
FOLDS = 4
TEMPERATURES = [round(0.3 + 0.05 * step, 2) for step in range(25)]
OUT = "out_of_scope"
OUTSIDE_SHARE = 0.15
"""How many messages are taken to be out of scope, whatever share of the training lines is."""
TINY = 1e-9


class Classifier:
    """A trained model: texts in, rankings out. Pickled whole, so it is loaded only from a file that we trained."""

    def __init__(self, views: Any, model: Any, temperature: float, gate: "Gate | None" = None) -> None:
        self._views = views
        self._model = model
        self._temperature = temperature
        self._gate = gate
        self._intents = [str(intent) for intent in model.classes_]

    def rank(self, text: str) -> Ranking:
        """Every intent with its probability, the likeliest first."""
        return self.rank_many([text])[0]

    def rank_many(self, texts: Sequence[str]) -> list[Ranking]:
        features = self._views.features([normalise(text) for text in texts])
        known = features.getnnz(axis=1)
        rows = self._confidences(features)
        return [
            self._ranking(row) if count and has_letters(text) else self._undecided()
            for text, count, row in zip(texts, known, rows, strict=True)
        ]

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


class Gate:
    """How likely a text is out of scope, from the probabilities of that class and of the best other one."""

    def __init__(self, weights: Any, bias: float) -> None:
        self._weights = weights
        self._bias = bias

    @classmethod
    def learn(cls, likely: Any, out: int, outside: Any) -> "Gate":
        """`likely`: probabilities of unseen lines; `out`: the column of the class out of scope; `outside`: which lines are."""
        weight = np.where(outside, OUTSIDE_SHARE / outside.mean(), (1 - OUTSIDE_SHARE) / (1 - outside.mean()))
        model = LogisticRegression(C=10.0).fit(cls._signs(likely, out), outside, sample_weight=weight)
        return cls(model.coef_[0], float(model.intercept_[0]))

    def decide(self, likely: Any, out: int) -> Any:
        """The probabilities with that decision made: what is left is shared by the other intents as before."""
        outside = 1 / (1 + np.exp(-(self._signs(likely, out) @ self._weights + self._bias)))
        inside = np.delete(likely, out, axis=1).sum(axis=1)
        decided = likely * ((1 - outside) / np.maximum(inside, TINY))[:, None]
        decided[:, out] = outside
        return decided

    @staticmethod
    def _signs(likely: Any, out: int) -> Any:
        best = np.delete(likely, out, axis=1).max(axis=1)
        return np.column_stack([np.log(likely[:, out] + TINY), np.log(best + TINY) - np.log(1 - best + TINY)])


class Views:
    """The three views of normalised texts, side by side in one sparse matrix."""

    def __init__(self) -> None:
        self._words = _words()
        self._bare_words = _words()
        self._bare_letters = TfidfVectorizer(analyzer="char_wb", lowercase=False, ngram_range=(2, 5), sublinear_tf=True)

    def learn(self, texts: list[str]) -> Any:
        bare = [fold(text) for text in texts]
        parts = (self._words.fit_transform(texts), self._bare_words.fit_transform(bare), self._bare_letters.fit_transform(bare))
        return hstack(parts, format="csr")

    def features(self, texts: list[str]) -> Any:
        bare = [fold(text) for text in texts]
        return hstack((self._words.transform(texts), self._bare_words.transform(bare), self._bare_letters.transform(bare)), format="csr")


def train(texts: Sequence[str], intents: Sequence[str], calibrate: bool = True) -> Classifier:
    """Learn from lines and their intents. Deterministic: the same lines make the same model."""
    if len(texts) != len(intents) or len(set(intents)) < 2:
        raise ValueError("training needs as many intents as texts, and at least two different intents")
    classifier = _fit(texts, intents)
    if calibrate:
        _calibrate(classifier, texts, intents)
    return classifier


def folds(size: int, count: int = FOLDS) -> Iterable[tuple[list[int], list[int]]]:
    """Splits of `size` lines into (learn, judge). A line's copies are made after the split, so they never stand on both sides."""
    order = list(range(size))
    Random(SEED).shuffle(order)  # noqa: S311
    for fold_number in range(count):
        judge = order[fold_number::count]
        yield sorted(set(order) - set(judge)), sorted(judge)


def with_copies(texts: Sequence[str], intents: Sequence[str]) -> tuple[list[str], list[str]]:
    """Each line, normalised, and again without its diacritics. Noisier copies were tried: cross-validated, they help no variant."""
    lines: list[str] = []
    names: list[str] = []
    for text, intent in zip(texts, intents, strict=True):
        for typed in dict.fromkeys((normalise(text), normalise(strip(text)))):
            lines.append(typed)
            names.append(intent)
    return lines, names


def _words() -> Any:
    return TfidfVectorizer(tokenizer=str.split, token_pattern=None, lowercase=False, ngram_range=(1, 2), sublinear_tf=True)


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
