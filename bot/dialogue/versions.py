"""The library: every topic as it is now, and the versions that citizens in the middle of a guide began with."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ..model.place import Gazetteer
from .guide import Topic

SAFETY = "safety"
"""The group of topics that must not be missed."""


def version_of(topic: Topic) -> str:
    """A hash of the routing: the same steps are the same version, whatever their words."""
    return hashlib.sha256(repr(topic.steps).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A reading at `sure` and above is acted on; from `maybe` on the best are offered as taps; below that we say so."""

    sure: float
    maybe: float


@dataclass(frozen=True)
class Library:
    topics: Mapping[str, Topic]
    thresholds: Thresholds
    first: Sequence[str]
    """The topics that the menu shows first."""
    acts: frozenset[str] = frozenset()
    older: Mapping[tuple[str, str], Topic] = field(default_factory=dict)
    """Published versions, by topic and version."""
    words: Callable[[str, str], bool] = lambda topic, block: False
    """Whether a topic's words have a block."""
    unwritten: Mapping[str, str] = field(default_factory=dict)
    """Topics that are understood but of which nothing is written yet, and what they are called."""
    aspects: Mapping[str, str] = field(default_factory=dict)
    """What each aspect is called before people."""
    places: Gazetteer = field(default_factory=Gazetteer)
    fold: Callable[[str], str] = str.lower
    """How texts are compared: the one folding of the program, given by the composition root."""

    def current(self, topic: str) -> Topic:
        return self.topics[topic]

    def version(self, topic: str) -> str:
        return version_of(self.topics[topic])

    def at(self, topic: str, version: str) -> Topic:
        """The topic in the version that somebody began; the current one where that version is not kept."""
        return self.older.get((topic, version)) or self.topics[topic]

    def has(self, topic: str) -> bool:
        return topic in self.topics

    def is_safety(self, topic: str) -> bool:
        """Whether somebody's money or safety is at stake."""
        return topic in self.topics and self.topics[topic].group == SAFETY

    def is_known(self, topic: str) -> bool:
        """Whether it can be spoken of, be it only to say who knows."""
        return topic in self.topics or topic in self.unwritten

    def title(self, topic: str) -> str:
        return self.topics[topic].title if topic in self.topics else self.unwritten[topic]

    def has_words(self, topic: str, block: str) -> bool:
        return self.words(topic, block)
