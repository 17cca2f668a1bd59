"""Browsers that somebody has signed in with before: a stranger's wrong tries lock a name for strangers, not for its owner's own phone.

After OWASP's "device cookies". A known browser counts its wrong tries for itself, in this process's memory; with too many it is a stranger
again. What it keeps names nobody to whoever reads it, and opens nothing by itself.
"""

import hmac
import secrets
from datetime import datetime, timedelta

from ..store.crypto import Keyring

MOST_WRONG = 5
LOCKED = timedelta(minutes=15)


class Devices:
    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._wrong: dict[str, tuple[int, datetime]] = {}

    def mark(self, volunteer_id: int, brought: str | None) -> str:
        """What a browser keeps from which that volunteer has just signed in; what it `brought` stays, where it is right."""
        if brought is not None and self._is_of(volunteer_id, brought):
            self._wrong.pop(brought, None)
            return brought
        made = secrets.token_urlsafe(16)
        return f"{made}.{self._keyring.device_key(volunteer_id, made)}"

    def knows(self, volunteer_id: int, brought: str | None, now: datetime) -> bool:
        """Whether that volunteer has signed in there, and it has not been wrong too often since."""
        if brought is None or not self._is_of(volunteer_id, brought):
            return False
        count, since = self._wrong.get(brought, (0, now))
        return count < MOST_WRONG or now - since >= LOCKED

    def wrong(self, brought: str, now: datetime) -> None:
        """A wrong password came from a browser that is known."""
        count, since = self._wrong.get(brought, (0, now))
        self._wrong[brought] = (1, now) if now - since >= LOCKED else (count + 1, now)

    def _is_of(self, volunteer_id: int, brought: str) -> bool:
        made, _, signature = brought.partition(".")
        return brought.isascii() and hmac.compare_digest(signature, self._keyring.device_key(volunteer_id, made))
