"""What the console's routes need of the rest of the assistant; hangs on the application's state as `desk`."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...channels.base import Fetches, Pictures
from ...channels.zalo_oa_tokens import Tokens
from ...model.catalogue import Catalogue
from ...model.clock import Clock
from ...script import Script
from ...store.database import Database
from ...understanding.places import Places
from ..canned import CannedReplies
from ..headcount import Headcounter
from ..sign_in import SignIn
from ..switch import Switch
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
    known: Catalogue
    root: Path
    """The installation's folder: what is learnt is written into its `nlu/data`."""
    topics: Mapping[str, str]
    """Titles of topics, by id, in the catalogue's order."""
    heads: Headcounter
    sessions: Sessions
    sign_in: SignIn
    pages: Pages
    accounts: Sequence[str]
    """The channel accounts there are: where a person may be looked up."""
    canned: CannedReplies
    max_text: Callable[[str], int]
    """How long one message of a channel account may be."""
    switch: Switch
    pictures: Callable[[str], Pictures | None]
    """What pictures a channel account takes now, if any."""
    secure: bool
    """Whether the console is reached by https: cookies are then for https alone."""
    zalo: Tokens | None = None
    """The right to speak for the Zalo OA, where there is one."""
    keepalive: float = 15.0
    look_again: float = 1.0
    """Seconds after which an open stream looks for what is new."""
    exporting: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One file of training data at a time."""
    files: Mapping[str, Fetches] = field(default_factory=dict)
    """Channel accounts whose pictures and voice lie with their platform."""
    queued: Callable[[], None] = lambda: None
    """Told after each action of a volunteer: what it has for citizens is then sent without waiting for the next look."""
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    """Set where the process stops: open streams end, and their pages come again by themselves."""
