"""What the console's routes need of the rest of the assistant; hangs on the application's state as `desk`."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ...model.clock import Clock
from ...script import Script
from ...store.database import Database
from ...understanding.places import Places
from ..canned import CannedReplies
from ..sign_in import SignIn
from ..takeover import Takeover
from .render import Pages
from .sessions import Sessions


@dataclass(frozen=True)
class Parts:
    database: Database
    clock: Clock
    takeover: Takeover
    script: Script
    places: Places
    topics: Mapping[str, str]
    """Titles of topics, by id, in the catalogue's order."""
    sessions: Sessions
    sign_in: SignIn
    pages: Pages
    accounts: Sequence[str]
    """The channel accounts there are: where a person may be looked up."""
    canned: CannedReplies
    max_text: Callable[[str], int]
    """How long one message of a channel account may be."""
    secure: bool
    """Whether the console is reached by https: cookies are then for https alone."""
    keepalive: float = 15.0
    look_again: float = 1.0
    """Seconds after which an open stream looks for what is new."""
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    """Set where the process stops: open streams end, and their pages come again by themselves."""
