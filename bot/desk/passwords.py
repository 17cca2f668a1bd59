"""Passwords of the desk: kept as Argon2id hashes, refused where they are easily guessed, made where somebody needs a first one."""

import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from ..understanding.text import strip  # not `fold`, which remembers what it read

LEAST, MOST = 10, 200
"""How many characters a password has."""
_ALPHABET = "bcdfghjkmnpqrstvwxyz23456789"
"""Nothing that is heard or read as another (0 and o, 1 and l), and no vowels, so that no word comes of it."""
_PLAIN = frozenset(
    (
        "1234567890",
        "0123456789",
        "0987654321",
        "9876543210",
        "12345678910",
        "1234512345",
        "123456789a",
        "a123456789",
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "qwertyuiop",
        "qwerty12345",
        "asdfghjkl",
        "password123",
        "password1234",
        "iloveyou123",
        "matkhau123",
        "matkhau1234",
        "matkhau12345",
        "matkhaumoi",
        "tinhnguyenvien",
        "congnghesocongdong",
        "tocongngheso",
        "danloi2025",
        "danloi2026",
        "hagiang123",
        "hagiang2025",
        "hagiang2026",
        "tuyenquang",
        "tuyenquang2025",
        "tuyenquang2026",
        "vietnam123",
        "anhyeuem123",
    )
)
"""What is tried first; without diacritics, capitals, spaces and signs."""

_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_NOBODYS = (
    f"$argon2id$v={RFC_9106_LOW_MEMORY.version}"
    f"$m={RFC_9106_LOW_MEMORY.memory_cost},t={RFC_9106_LOW_MEMORY.time_cost},p={RFC_9106_LOW_MEMORY.parallelism}"
    f"${'A' * 22}${'A' * 43}"
)
"""No password has this hash, and to find that out takes as long as with any other."""


def hash_password(text: str) -> str:
    return _HASHER.hash(_bytes(text))


def verify(hashed: str | None, text: str) -> bool:
    """Whether that is the password. Of a name that nobody has, or who has no password (None), the answer takes as long."""
    try:
        return _HASHER.verify(_NOBODYS if hashed is None else hashed, _bytes(text)) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(hashed: str) -> bool:
    """Whether it was hashed with less work than today's: hash the password anew while it is at hand."""
    return _HASHER.check_needs_rehash(hashed)


def complaint(password: str, code: str) -> str | None:
    """Why that is no password to choose, in words for who chooses it; None: it will do."""
    bare, name = _bare(password), _bare(code)
    if len(password) < LEAST:
        return f"Mật khẩu cần ít nhất {LEAST} ký tự. Một câu ngắn bạn dễ nhớ là tốt nhất."
    if len(password) > MOST:
        return f"Mật khẩu dài quá {MOST} ký tự. Bạn chọn câu ngắn hơn nhé."
    if len(set(password)) == 1:
        return "Mật khẩu chỉ có một ký tự lặp lại. Bạn chọn câu khác nhé."
    if name and bare == name:
        return "Mật khẩu trùng với mã của bạn. Bạn chọn câu khác nhé."
    if bare in _PLAIN:
        return "Mật khẩu này nhiều người dùng nên dễ bị đoán. Bạn chọn câu khác nhé."
    return None


def one_time() -> str:
    """A first password, easy to read aloud: kmtp-4h7w-x3qn. 57 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))


def _bytes(text: str) -> bytes:
    """One spelling of what was typed, for keyboards compose diacritics in different ways."""
    return unicodedata.normalize("NFC", text).encode("utf-8", "surrogatepass")


def _bare(text: str) -> str:
    return "".join(character for character in strip(text).lower() if character.isalnum())
