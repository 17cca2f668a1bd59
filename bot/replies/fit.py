"""What is to be said in one turn, made to fit a channel: long messages cut, too many of them joined, taps turned into numbers to type.

A number means what the dialogue offers last. Taps that stand elsewhere are named by their words, so that no two lists are numbered at once;
and a question keeps its numbers, however its message is cut or joined.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..model.message import Button, Reply
from .formats import named, numbered, pieces


@dataclass(frozen=True, slots=True)
class Room:
    """What a channel takes: characters in a message, messages in a turn, buttons under a message (0: it has none)."""

    text: int
    messages: int
    buttons: int

    def shows(self, buttons: Sequence[Button]) -> bool:
        """Whether these are shown as buttons; else they are lines of text."""
        return len(buttons) <= self.buttons


def fitted(replies: Sequence[Reply], room: Room, offered: Sequence[Button] | None = None) -> list[Reply]:
    """The same messages within that room. `offered`: what a number means by now; not told, it is the last taps shown."""
    short = [part for reply in _with_words_for_others(replies, room, offered) for part in _cut(reply, room)]
    while len(short) > room.messages:
        pairs = [place for place in range(len(short) - 1) if _may_join(short[place], short[place + 1], room)]
        if not pairs:
            break
        place = min(pairs, key=lambda place: len(short[place].text) + len(short[place + 1].text))
        short[place : place + 2] = [_joined(short[place], short[place + 1])]
    return short


def _with_words_for_others(replies: Sequence[Reply], room: Room, offered: Sequence[Button] | None) -> list[Reply]:
    """Taps that must become text and are not those that a number means become words to write."""
    last = max((place for place, reply in enumerate(replies) if reply.buttons), default=-1)

    def worded(place: int, reply: Reply) -> Reply:
        meant = place == last and (offered is None or tuple(offered) == reply.buttons)
        return reply if meant or room.shows(reply.buttons) else replace(reply, text=named(reply.text, reply.buttons), buttons=())

    return [worded(place, reply) for place, reply in enumerate(replies)]


def _cut(reply: Reply, room: Room) -> list[Reply]:
    """The taps stay with the end of the text, which holds the question; where they are lines of text, space is left for them."""
    lines = 0 if room.shows(reply.buttons) else len(numbered("", reply.buttons)) + 1
    whole = len(reply.text) + lines <= room.text
    texts = [reply.text] if whole else pieces(reply.text, max(room.text - lines, room.text // 2))
    return [replace(reply, text=text, buttons=reply.buttons if place == len(texts) else ()) for place, text in enumerate(texts, 1)]


def _may_join(first: Reply, second: Reply, room: Room) -> bool:
    """Where both fit one message, and neither's taps are lost or come away from their question."""
    together = _joined(first, second)
    lines = 0 if room.shows(together.buttons) else len(numbered("", together.buttons)) + 1
    return not first.buttons and len(together.text) + lines <= room.text


def _joined(first: Reply, second: Reply) -> Reply:
    return Reply(f"{first.block}+{second.block}", f"{first.text}\n\n{second.text}", second.buttons, first.critical or second.critical)
