"""How the citizen is spoken to: the word they call themselves by, and whether they do it for somebody else."""

from dataclasses import replace

from ..model.meaning import Heard
from .engine import Walk
from .state import State
from .taps import MENU

MOST_WORDS = 9
"""Of a message that only asks to be called otherwise."""


def listen(walk: Walk, heard: Heard) -> bool:
    """Take in what the message shows of its writer. True: it says nothing else, and is answered."""
    shown, helped = heard.introduces, walk.state.speaker.helps
    walk.state = replace(walk.state, speaker=shown.seen_in(walk.state.speaker))
    if heard.urgent or len(heard.folded.split()) > MOST_WORDS or not (shown.told or (shown.own and helped)):
        return False
    walk.say("common.called" if shown.told else "common.own_now", () if walk.step is not None else (MENU,))
    walk.ask()
    return True


def remind_helper(walk: Walk, before: State) -> None:
    """Whose secrets they are, said once to one who does it for another: as a guide begins, or as it shows in the middle of one."""
    helps = walk.state.speaker.helps
    urgent = walk.hand_over is not None and walk.hand_over.urgent
    if helps is not None and not urgent and walk.step is not None and (before.frame is None or helps != before.speaker.helps):
        walk.happened("helping")
        walk.says.insert(0, walk.worded("common.helping"))
