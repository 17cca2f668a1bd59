"""What a citizen writes while a person speaks with them: it is the person's to read. The assistant is silent, but for a warning.

Told is how to see what is kept, or have it deleted, for those rights wait for nobody; that nothing moves to another channel meanwhile;
and with the first picture or voice who sees it and how long. Warned of are numbers that were masked and secrets that are offered; words
of danger bring the first words of help, and make the case urgent. «quay lại trợ lý» gives the conversation back to the assistant, whoever
has it.
"""

from collections.abc import Iterable
from datetime import datetime

from ..dialogue.aid import WORDS as AID
from ..dialogue.moving import LEAVES
from ..dialogue.taps import BACK_TO_BOT
from ..model.conversation import Conversation
from ..model.dialogue import Say
from ..model.meaning import Heard
from ..store import cases, messages
from ..store.database import Tx
from .takeover import Takeover
from .voice import Voice

BACK = "back_to_bot"
RIGHTS = frozenset({"forget_me", "my_data", "my_copy", "correct_data", "withdraw"})
SECRET_KINDS = frozenset({"otp", "id_number", "bank"})


class Relay:
    def __init__(self, takeover: Takeover, voice: Voice) -> None:
        self._takeover = takeover
        self._voice = voice

    def hear(self, tx: Tx, conversation: Conversation, heard: Iterable[Heard], now: datetime, key: str, kept: bool = False) -> None:
        """`key`: unique to these messages, for warnings are told once. `kept`: a picture or voice lies beside one of them."""
        heard = tuple(heard)
        if any(wants_back(one) for one in heard):
            self._takeover.citizen_returns(tx, conversation, now)
            return
        case = self._takeover.heard(tx, conversation, now)
        urgent = next((one.urgent for one in heard if one.urgent), None)
        if urgent is not None and case is not None and not case.urgent:
            cases.change(tx, case.id, urgent=True)
        warnings = list(_warnings(heard, urgent))
        if warnings:
            self._voice.tell(tx, conversation, conversation.epoch, warnings, now, f"w{key}")
        once = f"kept{conversation.epoch}"
        if kept and not messages.was_told(tx, conversation, once):
            self._voice.tell(tx, conversation, conversation.epoch, [Say("desk.attachment_kept")], now, once)


def wants_back(heard: Heard) -> bool:
    return heard.act == BACK or (heard.tap is not None and heard.tap.value == BACK_TO_BOT.value)


def _warnings(heard: tuple[Heard, ...], urgent: str | None) -> Iterable[Say]:
    if any(one.act in RIGHTS for one in heard):
        yield Say("desk.forget_here")
    if any(one.code is not None or one.act in LEAVES for one in heard):
        yield Say("common.moving_person")
    if urgent is not None:
        yield Say(AID.get(urgent, "desk.danger_here"), critical=True)
    masked = tuple(dict.fromkeys(kind for one in heard for kind in one.masked if kind in SECRET_KINDS))
    if masked:
        yield Say("common.masked", {"masked": list(masked)})
    elif any(one.offers_secret for one in heard):
        yield Say("common.keep_secret")
