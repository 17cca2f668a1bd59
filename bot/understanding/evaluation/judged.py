"""One labelled line and what was read of it."""

import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from ...model.meaning import Meaning, Reading
from ..text import strip
from .examples import Example

OUT = "out_of_scope"
PLAIN = "plain"
STRIPPED = "stripped"
"""The variant of a plain line's own copy without diacritics: the two are compared as a pair."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One labelled line and what was read."""

    example: Example
    ranking: tuple[Reading, ...]
    aspect: str | None = None
    seconds: float = 0.0
    """How long the answer took."""
    before: Reading | None = None
    """The best intent before calibration (temperature and gate), where it is known."""

    @property
    def top(self) -> str:
        return self.ranking[0].intent if self.ranking else OUT

    @property
    def confidence(self) -> float:
        return self.ranking[0].confidence if self.ranking else 0.0

    @property
    def right(self) -> bool:
        return self.top == self.example.intent

    @property
    def among_three(self) -> bool:
        return self.example.intent in [reading.intent for reading in self.ranking[:3]]

    @property
    def inside(self) -> bool:
        """Whether the line is of something that we know of."""
        return self.example.intent != OUT

    def acted_on(self, sure: float) -> bool:
        return self.top != OUT and self.confidence >= sure


async def judge(parse: Callable[[str], Awaitable[Meaning]], examples: Iterable[Example]) -> list[Judged]:
    """Ask for every line, one after the other, through the same door that citizens' messages take."""
    judged = []
    for example in examples:
        began = time.perf_counter()
        meaning = await parse(example.text)
        judged.append(Judged(example, meaning.ranking, meaning.aspect, time.perf_counter() - began))
    return judged


def with_pairs(examples: Iterable[Example]) -> list[Example]:
    """The examples, and of each plain one a copy without diacritics."""
    listed = list(examples)
    copies = [Example(one.intent, strip(one.text), one.aspect, STRIPPED, one.aspect_known) for one in listed if one.variant == PLAIN]
    return [*listed, *copies]
