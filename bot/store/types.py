"""Column types of our own: what is hidden at rest, and moments that compare the same on every database."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, LargeBinary
from sqlalchemy.types import TypeDecorator

from .crypto import Keyring

Id = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts up INTEGER primary keys only

KEYRING = "danloi_keyring"
"""The attribute of an engine's dialect that holds its keys: every engine has its own, and there is no global one."""


def _keyring(dialect: Dialect) -> Keyring:
    keyring: Keyring = getattr(dialect, KEYRING)
    return keyring


class Hidden(TypeDecorator[str]):
    """Text that is encrypted at rest: messages, names, addresses. Cannot be searched or compared, by design."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else _keyring(dialect).hide(value.encode())

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else _keyring(dialect).show(bytes(value)).decode()


class HiddenBytes(TypeDecorator[bytes]):
    """The same for bytes: a citizen's picture or voice."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else _keyring(dialect).hide(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else _keyring(dialect).show(bytes(value))


class HiddenJson(TypeDecorator[Any]):
    """The same for JSON values: a dialogue's state with its answers, buttons, handoff notes."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        return _keyring(dialect).hide(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else json.loads(_keyring(dialect).show(bytes(value)))


class Moment(TypeDecorator[datetime]):
    """A moment with its time zone, kept as microseconds since 1970 in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        whole = value.astimezone(UTC)
        return int((whole - _EPOCH).total_seconds()) * 1_000_000 + whole.microsecond

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        seconds, micro = divmod(value, 1_000_000)
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micro)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
