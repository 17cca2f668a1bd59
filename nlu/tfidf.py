"""Texts as weights of what stands in them: TF-IDF over runs of words and of letters. Once learnt, dictionaries and numpy are all it takes.

scikit-learn's vectoriser does the same; but to import it costs a server 40 MB, and to use it 3 ms for a text.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Iterable, NamedTuple, Protocol, Sequence

import numpy as np

SYLLABLES = 16384
"""How many words' letters are remembered: Vietnamese has some 7,000 syllables, and people's slips."""


class Row(NamedTuple):
    """One text: which features it has (columns), and how much of each."""

    columns: Any
    weights: Any


class Terms(Protocol):
    """Cuts a text into what is counted."""

    def __call__(self, text: str) -> list[str]: ...


@dataclass(frozen=True)
class Words:
    """Runs of up to so many words."""

    longest: int

    def __call__(self, text: str) -> list[str]:
        words = text.split()
        return [" ".join(words[at : at + size]) for size in range(1, self.longest + 1) for at in range(len(words) - size + 1)]


@dataclass(frozen=True)
class Letters:
    """Runs of so many letters within a word, whose ends count as blanks."""

    shortest: int
    longest: int

    def __call__(self, text: str) -> list[str]:
        return [run for word in text.split() for run in _runs(word, self.shortest, self.longest)]


@lru_cache(SYLLABLES)
def _runs(word: str, shortest: int, longest: int) -> tuple[str, ...]:
    padded = f" {word} "
    sizes = range(shortest, min(longest, len(padded)) + 1)
    return tuple(padded[at : at + size] for size in sizes for at in range(len(padded) - size + 1))


class Tfidf:
    """A term weighs 1 + log(how often it stands in the text), times how rare it is; a text's weights together have length 1."""

    def __init__(self, terms: Terms, fewest: int = 1) -> None:
        """`fewest`: in how many of the texts it learns from a term must stand to count."""
        self._terms = terms
        self._fewest = fewest
        self._columns: dict[str, int] = {}
        self._rarity: Any = np.zeros(0, np.float32)

    def __len__(self) -> int:
        """How many terms it knows."""
        return len(self._columns)

    def learn(self, texts: Sequence[str]) -> None:
        """Which terms there are, and how rare each is."""
        met = Counter(term for text in texts for term in set(self._terms(text)))
        kept = sorted(term for term, count in met.items() if count >= self._fewest)
        self._columns = {term: column for column, term in enumerate(kept)}
        counts = np.array([met[term] for term in kept], np.float64)
        self._rarity = (np.log((1 + len(texts)) / (1 + counts)) + 1).astype(np.float32)

    def row(self, text: str) -> Row:
        counted = Counter(self._columns[term] for term in self._terms(text) if term in self._columns)
        columns = np.fromiter(counted.keys(), np.int64, len(counted))
        weights = (1 + np.log(np.fromiter(counted.values(), np.float32, len(counted)))) * self._rarity[columns]
        length = float(np.sqrt(weights @ weights))
        return Row(columns, weights / length if length else weights)


def side_by_side(rows: Iterable[Row], sizes: Sequence[int]) -> Row:
    """Several rows of one text as one: the columns of each begin where those before it end."""
    columns, weights, start = [], [], 0
    for row, size in zip(rows, sizes, strict=True):
        columns.append(row.columns + start)
        weights.append(row.weights)
        start += size
    return Row(np.concatenate(columns), np.concatenate(weights))
