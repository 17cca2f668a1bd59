"""One labelled line and what was read of it."""

from dataclasses import dataclass

from ..model.meaning import Reading
from .examples import Example

OUT = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Judged:
    """One labelled line and what was read."""

    example: Example
    ranking: tuple[Reading, ...]
    aspect: str | None = None

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

    def acted_on(self, sure: float) -> bool:
        return self.top != OUT and self.confidence >= sure
