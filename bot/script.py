"""What is said from: the guides and the words of one publication. Another publication takes its place between two turns."""

from collections.abc import Mapping, Sequence
from datetime import date

from .channels.base import Limits
from .dialogue.guide import Ask, Do, Topic
from .dialogue.taps import buttons_of
from .dialogue.versions import Library
from .model.delivery import Budget
from .model.message import Address, Button, Reply
from .replies.fit import Room, fitted
from .replies.formats import render
from .replies.preview import Message, messages
from .replies.sample import SAMPLE
from .replies.words import Words


class Script:
    def __init__(self, library: Library, words: Words, limits: Mapping[str, Limits] | None = None) -> None:
        """`limits`: of each channel account."""
        self.library = library
        self.words = words
        self._limits = limits or {}

    def use(self, library: Library, words: Words) -> None:
        """From the next turn on."""
        self.library = library
        self.words = words

    def budget(self, to: Address) -> Budget | None:
        """What that person's platform lets us say after their last message; none where it lets us say anything."""
        limits = self._limits.get(to.channel)
        return limits.budget if limits else None

    def instant(self, to: Address) -> bool:
        """Whether what is stored for that person has arrived."""
        limits = self._limits.get(to.channel)
        return limits is not None and limits.instant

    def fitted(self, to: Address, replies: Sequence[Reply], offered: Sequence[Button]) -> list[Reply]:
        """What is said at once, as that person's channel can take it. `offered`: what a number means after it."""
        limits = self._limits.get(to.channel)
        if limits is None:
            return list(replies)
        return fitted(replies, Room(limits.max_text, limits.messages_per_turn, limits.max_buttons), offered)


def every_message(words: Words, topic: Topic, today: date) -> tuple[Message, ...]:
    """Every message of a topic in every variant, for who reads before citizens do."""
    taps = {step.name: buttons_of(topic.id, step) for step in topic.steps if isinstance(step, Ask | Do)}
    return messages(words, topic.id, taps, today, {**SAMPLE, "title": topic.title})


def asked_at(words: Words, topic: Topic, step: str, today: date) -> str:
    """What a step says, in one line; "" where it says nothing."""
    if not words.has(topic.id, step):
        return ""
    said = words.text(f"{topic.id}.{step}", today, {**SAMPLE, "title": topic.title})
    return " ".join(render("plain", said).split())
