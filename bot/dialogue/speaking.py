"""How the citizen is spoken to: the word they call themselves by, and whether they do it for somebody else."""

import re
from dataclasses import replace

from ..model.meaning import Heard
from .answers import choice_within, trouble_of
from .engine import Walk
from .guide import Do
from .state import State
from .taps import MENU

ONLY_TYPES = re.compile(
    r"(?:(?:da|a|vang|la|thi|toi|em|chau|con|minh|day|dang|nay|co|nguoi) )*(?:go|bam|nhan tin|nhan|viet|cam may|lam)"
    r"(?: tin| may| \w+)?? (?:ho|giup|gium|dum|thay)(?: cho)?(?: \w+){1,3}"
)
"""«Cháu đang gõ hộ bà» tells who writes, and answers nothing."""
MOST_WORDS = 9
"""Of a message that only asks to be called otherwise."""


def listen(walk: Walk, heard: Heard) -> bool:
    """Take in what the message shows of its writer. True: it says nothing else, and is answered."""
    shown, helped = heard.introduces, walk.state.speaker.helps
    only_types = shown.helps is not None and ONLY_TYPES.fullmatch(heard.folded) is not None and not _means_more(walk, heard)
    walk.state = replace(walk.state, speaker=shown.seen_in(walk.state.speaker))
    if only_types and not heard.urgent:
        walk.ask()
        return True
    if heard.urgent or len(heard.folded.split()) > MOST_WORDS or not (shown.told or (shown.own and helped)):
        return False
    walk.say("common.called" if shown.told else "common.own_now", () if walk.step is not None else (MENU,))
    walk.ask()
    return True


def _means_more(walk: Walk, heard: Heard) -> bool:
    """Whether the step takes it for more than a word of who writes; or no step waits, and it is a wish."""
    step = walk.step
    return step is None or (trouble_of(step, heard) if isinstance(step, Do) else choice_within(step, heard)) is not None


def remind_helper(walk: Walk, before: State) -> None:
    """Whose secrets they are, said once to one who does it for another: as a guide begins, or as it shows in the middle of one."""
    helps = walk.state.speaker.helps
    urgent = walk.hand_over is not None and walk.hand_over.urgent
    if helps is not None and not urgent and walk.step is not None and (before.frame is None or helps != before.speaker.helps):
        walk.happened("helping")
        walk.says.insert(0, walk.worded("common.helping"))
