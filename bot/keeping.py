"""`danloi backup` and `danloi restore`, in the operator's words."""

from pathlib import Path

from .channels.webchat import ACCOUNT as WEB
from .model.clock import now
from .settings import Settings
from .store import backup as copies
from .store.crypto import Keyring

BESIDE = ("data_key", "address_key", "visitor_key")
"""Without the first nothing in it can be read, without the second nobody is recognised, without the third every page begins anew."""


def backup(settings: Settings, to: Path) -> str:
    """Raises StoreError."""
    size = copies.backup(settings.database_url, to)
    return f"Đã sao lưu vào {to} ({size / 1e6:.1f} MB). Giữ kèm, ở nơi khác: {_secrets(settings)}."


def restore(settings: Settings, source: Path, replace: bool) -> str:
    """Raises StoreError."""
    keyring = Keyring(settings.secrets["data_key"], settings.secrets["address_key"])
    before = copies.restore(settings.database_url, source, keyring, now(), (WEB,), replace)
    told = "Đã khôi phục. Tin chưa gửi xong lúc sao lưu được ghi là không rõ đã tới, trừ trang web và tin khẩn."
    return told if before is None else f"{told} Tệp cũ: {before}"


def _secrets(settings: Settings) -> str:
    return ", ".join(str(settings.var / name) if (settings.var / name).exists() else name.upper() for name in BESIDE)
