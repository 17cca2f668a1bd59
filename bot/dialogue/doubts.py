"""Which messages are worth a person's look: told from what happened, without knowing any database."""

from collections.abc import Iterable

from ..model.candidate import Doubt
from ..model.dialogue import Event
from ..model.meaning import Heard
from ..model.message import Kind, Verb, parse_value

LONGEST = 500
"""Characters: what is longer is a story, and no line to learn."""
_DOUBTS = {"clarified": Doubt.CLARIFIED, "not_understood": Doubt.NOT_UNDERSTOOD, "failed": Doubt.FAILED, "outside": Doubt.OUTSIDE}


def doubt(heard: Heard, happened: Iterable[Event]) -> Doubt | None:
    """Why that message should be looked at; None where it was understood, or is no text that a model had read."""
    if heard.kind is not Kind.TEXT or heard.meaning is None or len(heard.folded) < 2 or len(heard.text) > LONGEST:
        return None
    return next((_DOUBTS[event.kind] for event in happened if event.kind in _DOUBTS), None)


def chosen(heard: Heard) -> str | None:
    """The topic that was tapped, which tells what a message that was asked back had meant."""
    named = parse_value(heard.tap.value) if heard.tap else None
    return named[1] if named is not None and named[0] is Verb.TOPIC else None


def complains(happened: Iterable[Event]) -> bool:
    return any(event.kind == "complained" for event in happened)
