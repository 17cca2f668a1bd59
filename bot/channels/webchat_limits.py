"""How much one visitor, and one network address, may ask of the web chat in a minute, and of what stands beside it."""

import hashlib
from typing import Any

from litestar import Request

from .counting import Rule, network
from .webchat import Visitors

PER_VISITOR = 40
"""Messages of one visitor: nobody types faster, a script does."""
PICTURES = 10
"""Pictures of one visitor: each is painted anew."""
LOOKS = 120
"""Pictures that one visitor is shown: a page that is opened anew fetches those of its history again."""
PER_ADDRESS = 1200
"""Requests of one network address: a whole village may share one."""
PER_ADDRESS_NEW = 240
"""New visitors of one network address, for each is a row in the database."""
PER_ADDRESS_HOOK = 6000
"""Updates that one network address brings for a platform: a platform's own machines share a few, and what is refused is brought again."""
PER_ADDRESS_READY = 240
"""Questions of one network address whether we are well, for each asks the database."""


def limits(visitors: Visitors) -> list[Rule]:
    """Strangers are counted by their network address alone, so that made-up tokens cost no memory."""

    def visitor(request: Request[Any, Any, Any]) -> str | None:
        address = visitors.read(request.headers.get("authorization", "").removeprefix("Bearer "))
        return None if address is None else hashlib.sha256(address.id.encode()).hexdigest()

    return [
        Rule("/chat/", PER_ADDRESS, network),
        Rule("/channels/", PER_ADDRESS_HOOK, network),
        Rule("/readyz", PER_ADDRESS_READY, network),
        Rule("/chat/session", PER_ADDRESS_NEW, network),
        Rule("/chat/messages", PER_VISITOR, visitor),
        Rule("/chat/pictures", PICTURES, visitor),
        Rule("/chat/shown/", LOOKS, visitor),
    ]
