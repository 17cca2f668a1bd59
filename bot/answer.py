"""What a turn will commit, gathered utterance by utterance."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .dialogue.doubts import doubt
from .dialogue.state import State
from .model.candidate import Doubt
from .model.case import CaseReason
from .model.dialogue import Bring, Event, HandOver, Later, Move, Rating, Say
from .model.meaning import Heard
from .model.message import Waiting
from .model.privacy import RequestKind

PAUSED = "desk.paused"


@dataclass(frozen=True, slots=True)
class Answer:
    """All that a turn will commit."""

    state: State
    heard: tuple[tuple[tuple[int, ...], Heard], ...] = ()
    """What was heard, and the ids of the messages it was heard in."""
    says: tuple[Say, ...] = ()
    hand_over: HandOver | None = None
    events: tuple[Event, ...] = ()
    doubts: tuple[tuple[Heard, Doubt], ...] = ()
    """What was not surely understood: it waits to be labelled."""
    forget: bool = False
    asks: tuple[RequestKind, ...] = ()
    """What the citizen wants concerning what is kept of them."""
    later: tuple[Later, ...] = ()
    rating: Rating | None = None
    leaves: bool = False
    brings: tuple[Bring, ...] = ()
    """What moves here from other conversations."""
    code: str | None = None
    """What is told where something is to leave; only its hash is kept."""
    remind: int | None = None
    flow: str | None = None
    step: str | None = None


def utterances(waiting: Iterable[Waiting]) -> list[tuple[tuple[int, ...], Waiting]]:
    """What is answered together: neighbouring texts are one utterance, everything quick stands alone. With the ids it came from."""
    grouped: list[tuple[tuple[int, ...], Waiting]] = []
    for message in waiting:
        if grouped and not message.quick and not grouped[-1][1].quick:
            ids, before = grouped[-1]
            grouped[-1] = ((*ids, message.id), _joined(before, message))
        else:
            grouped.append(((message.id,), message))
    return grouped


def _joined(first: Waiting, second: Waiting) -> Waiting:
    masked = tuple(dict.fromkeys((*first.masked, *second.masked)))
    return replace(first, text=f"{first.text}\n{second.text}", masked=masked, cut=first.cut or second.cut)


def silenced(answer: Answer, ids: tuple[int, ...], heard: Heard) -> Answer:
    """What is left to a person, told once."""
    told = any(say.block == PAUSED for say in answer.says)
    return replace(
        answer,
        heard=(*answer.heard, (ids, heard)),
        says=answer.says if told else (*answer.says, Say(PAUSED, critical=True)),
        hand_over=answer.hand_over or HandOver(CaseReason.PAUSED, answer.state.topic),
        events=(*answer.events, Event("paused")),
    )


def with_move(answer: Answer, ids: tuple[int, ...], heard: Heard, move: Move) -> Answer:
    keep_first = answer.hand_over is not None and (answer.hand_over.urgent or move.hand_over is None)
    return Answer(
        state=State.from_dict(move.state),
        heard=(*answer.heard, (ids, heard)),
        says=(*answer.says, *move.says),
        hand_over=answer.hand_over if keep_first else move.hand_over,
        events=(*answer.events, *move.events),
        doubts=(*answer.doubts, (heard, why)) if (why := doubt(heard, move.events)) else answer.doubts,
        forget=answer.forget or move.forget,
        asks=(*answer.asks, *move.asks),
        later=(*answer.later, *move.later),
        rating=move.rating or answer.rating,
        leaves=answer.leaves or move.leaves,
        brings=answer.brings if move.bring is None else (*answer.brings, move.bring),
        remind=move.remind,
        flow=move.flow,
        step=move.step,
    )
