"""What one turn did, for whoever looks on: `danloi chat --json`, tests, the log. Never stored in this form."""

from dataclasses import dataclass

from .conversation import OwnerKind
from .meaning import Heard
from .message import Reply


@dataclass(frozen=True, slots=True)
class TurnRecord:
    conversation_id: int
    turn: int
    heard: tuple[Heard, ...]
    replies: tuple[Reply, ...]
    flow: str | None
    step: str | None
    owner: OwnerKind
    case: int | None
