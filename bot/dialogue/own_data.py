"""What a citizen may ask about what is kept of them: to hear it, to have a copy, to have it deleted, to agree to it no longer."""

from ..model.message import Button
from ..model.privacy import RequestKind
from .engine import Walk
from .state import State
from .taps import GO_ON, MENU, WANTS_COPY, WANTS_CORRECTION, WANTS_DELETION, WANTS_OUT


def tell(walk: Walk) -> None:
    """What is kept, who sees it, what may be asked for. The turn fills in what is kept of this very person."""
    walk.asks.append(RequestKind.SEE)
    walk.say("privacy.held")
    walk.say("privacy.seen_by")
    walk.say("privacy.rights", _then(walk, (WANTS_COPY, WANTS_CORRECTION, WANTS_DELETION, WANTS_OUT)))


def copy(walk: Walk) -> None:
    walk.asks.append(RequestKind.SEE)
    walk.say("privacy.copy", _then(walk, (WANTS_DELETION, MENU)))


def forget(walk: Walk, asked: RequestKind, block: str) -> None:
    """Nothing is left, not even where the citizen stood."""
    walk.forget = True
    walk.asks.append(asked)
    walk.state = State()
    walk.say(block)


def _then(walk: Walk, taps: tuple[Button, ...]) -> tuple[Button, ...]:
    """In the middle of a guide also the way back to it."""
    return (*taps, GO_ON) if walk.step is not None else taps
