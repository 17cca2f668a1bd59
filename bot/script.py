"""What is said from: the guides and the words of one publication. Another publication takes its place between two turns."""

from datetime import date

from .dialogue.guide import Ask, Do, Topic
from .dialogue.taps import buttons_of
from .dialogue.versions import Library
from .replies.formats import render
from .replies.preview import Message, messages
from .replies.sample import SAMPLE
from .replies.words import Words


class Script:
    def __init__(self, library: Library, words: Words) -> None:
        self.library = library
        self.words = words

    def use(self, library: Library, words: Words) -> None:
        """From the next turn on."""
        self.library = library
        self.words = words


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
