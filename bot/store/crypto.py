"""The keys of the store: one hides texts, names and addresses at rest, another finds an address without keeping it readable.

Rotating the data key: put the new key first and the old ones behind it, separated by commas; what was written under an old key stays
readable, and `rotation` writes it anew under the first; then the old ones can go.
"""

import base64
import hashlib
import hmac
from typing import Literal, cast

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from ..model.errors import StoreError
from ..model.message import Address

MOST_OPEN, LONGEST_OPEN = 2_000, 8_000
"""How many hidden things lie open in memory, and how many bytes each may have: a turn reads the same state and words several times."""

Age = Literal["current", "old", "lost"]
"""Of something hidden: under the newest key, one of the others, none that we have."""


class Keyring:
    """`data_keys`: one secret or several with commas, newest first. `address_key`: never rotated, or nobody is recognised any more."""

    def __init__(self, data_keys: str, address_key: str) -> None:
        ciphers = [Fernet(_fernet_key(key)) for key in data_keys.split(",") if key.strip()]
        self._newest, self._cipher = ciphers[0], MultiFernet(ciphers)
        self._address_key = address_key.encode()
        self._open: dict[bytes, bytes] = {}

    def hide(self, plain: bytes) -> bytes:
        hidden = self._cipher.encrypt(plain)
        self._remember(hidden, plain)
        return hidden

    def show(self, hidden: bytes) -> bytes:
        """Raises StoreError where the data was written under a key we do not have, or was tampered with."""
        plain = self._open.get(hidden)
        if plain is None:
            try:
                plain = self._cipher.decrypt(hidden)
            except InvalidToken as error:
                raise StoreError(
                    "Stored data cannot be read with this data_key: restore the key that wrote it (var/data_key or DATA_KEY)."
                ) from error
            self._remember(hidden, plain)
        return plain

    def close(self) -> None:
        """Keep nothing open: what was deleted must not lie in memory either."""
        self._open = {}

    def _remember(self, hidden: bytes, plain: bytes) -> None:
        if len(hidden) <= LONGEST_OPEN:
            if len(self._open) >= MOST_OPEN:
                self._open = {}  # all at once: what is still in use is soon there again
            self._open[hidden] = plain

    def age(self, hidden: bytes) -> Age:
        """Under which key it is."""
        for cipher, age in ((self._newest, "current"), (self._cipher, "old")):
            try:
                cipher.decrypt(hidden)
            except InvalidToken:
                continue
            return cast(Age, age)
        return "lost"

    def renew(self, hidden: bytes) -> bytes:
        """The same under the newest key. Raises InvalidToken where no key opens it."""
        return self._cipher.rotate(hidden)

    def address_key(self, address: Address) -> str:
        """The keyed hash under which a person's address is looked up."""
        return self._keyed(f"{address.channel}\0{address.id}")

    def subject_key(self, address: Address) -> str:
        """The keyed hash under which a person stands in the log of consents: another than that of their conversation."""
        return self._keyed(f"subject\0{address.channel}\0{address.id}")

    def phone_key(self, phone: str) -> str:
        """The keyed hash under which a call-back number is looked up; `phone` is digits alone."""
        return self._keyed(f"phone\0{phone}")

    def code_key(self, code: str) -> str:
        """The keyed hash under which a code for another channel is looked up; the code is kept nowhere."""
        return self._keyed(f"code\0{code}")

    def device_key(self, volunteer_id: int, made: str) -> str:
        """By which a browser is known from which that volunteer has signed in."""
        return self._keyed(f"device\0{volunteer_id}\0{made}")

    def word_key(self, word: str) -> str:
        """The keyed hash under which a word of a note is looked up: 32 letters."""
        return self._keyed(f"word\0{word}")[:32]

    def _keyed(self, what: str) -> str:
        return hmac.new(self._address_key, what.encode(), hashlib.sha256).hexdigest()


def _fernet_key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(secret.strip().encode()).digest())
