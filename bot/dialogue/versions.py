"""The library: every topic as it is now, and the versions that citizens in the middle of a guide began with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ..model.catalogue import Section
from ..model.place import Gazetteer
from .guide import Topic

SAFETY = "safety"
"""The group of topics that must not be missed."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A reading at `sure` and above is acted on; from `maybe` on the best are offered as taps; below that we say so."""

    sure: float
    maybe: float


@dataclass(frozen=True)
class Library:
    topics: Mapping[str, Topic]
    thresholds: Thresholds
    menu: Sequence[Section]
    """What the menu shows."""
    acts: frozenset[str] = frozenset()
    older: Mapping[tuple[str, str], Topic] = field(default_factory=dict)
    """Published versions, by topic and version."""
    calls: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    """Which version of each guide a published version calls."""
    words: Callable[[str, str], bool] = lambda topic, block: False
    """Whether a topic's words have a block."""
    unwritten: Mapping[str, str] = field(default_factory=dict)
    """Topics that are understood but of which nothing is written yet, and what they are called."""
    may_be_said: Callable[[str, date], bool] = lambda fact, today: False
    """Whether a fact's value holds on that day, and not only its safe form."""
    aspects: Mapping[str, str] = field(default_factory=dict)
    """What each aspect is called before people."""
    places: Gazetteer = field(default_factory=Gazetteer)
    fold: Callable[[str], str] = str.lower
    """How texts are compared: the one folding of the program, given by the composition root."""

    def current(self, topic: str) -> Topic:
        return self.topics[topic]

    def version(self, topic: str) -> str:
        return self.topics[topic].version

    def at(self, topic: str, version: str) -> Topic:
        """The topic in the version that somebody began; the current one where that version is not kept."""
        found = self.older.get((topic, version))
        return self.topics[topic] if found is None else found

    def called(self, topic: str, by: str, version: str) -> Topic:
        """A guide that another calls, in the version that was published with the caller's."""
        pinned = self.calls.get((by, version), {}).get(topic)
        return self.topics[topic] if pinned is None else self.at(topic, pinned)

    def knows(self, topic: str, version: str) -> bool:
        """Whether that very version can still be gone on with."""
        return (topic, version) in self.older or (topic in self.topics and self.topics[topic].version == version)

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
