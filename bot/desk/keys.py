"""The data key changed by an operator: a new one put before, everything written anew under it, the old one let go."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from ..model.errors import SettingsError
from ..store import rotation
from ..store.database import Database

FILE = "data_key"


def add(var: Path, environment: str | None) -> str:
    """A new key before the ones there are, in the file of secrets. Raises SettingsError where the key does not stand there."""
    before = _read(var, environment)
    _write(var / FILE, f"{secrets.token_urlsafe(32)},{before}")
    return "Đã thêm khóa mới. Khởi động lại mọi tiến trình `danloi serve`, rồi chạy `danloi keys rotate`."


async def status(database: Database) -> str:
    rows = [f"{'bảng':<16} {'khóa mới':>9} {'khóa cũ':>9} {'không đọc được':>15}"]
    rows += [f"{one.table:<16} {one.current:>9} {one.old:>9} {one.lost:>15}" async for one in rotation.status(database)]
    return "\n".join(rows)


async def rotate(database: Database, tell: Callable[[str], None]) -> str:
    """Renew everything; tells of each table as it is passed."""
    done = lost = 0
    told = ""
    async for count in rotation.rotate(database):
        done, lost = done + count.old, lost + count.lost
        if count.table != told:
            told = count.table
            tell(told)
    left = sum([one.old async for one in rotation.status(database)])
    unreadable = f" {lost} giá trị không khóa nào mở được: tìm lại khóa đã ghi chúng." if lost else ""
    rest = f"Còn {left} dưới khóa cũ: chạy lại lệnh này." if left else "Không còn gì dưới khóa cũ: chạy `danloi keys drop-old`."
    return f"Đã ghi lại {done} giá trị dưới khóa mới. {rest}{unreadable}"


async def drop_old(database: Database, var: Path, environment: str | None) -> str:
    """Only the newest key stays in the file. Raises StoreError where an old one is still needed, SettingsError as `add` does."""
    keys = _read(var, environment).split(",")
    await rotation.require_all_current(database)
    _write(var / FILE, keys[0])
    return f"Đã bỏ {len(keys) - 1} khóa cũ. Bản sao lưu cũ vẫn cần khóa cũ: giữ khóa ấy chừng nào còn giữ bản sao lưu."


def _read(var: Path, environment: str | None) -> str:
    if environment:
        raise SettingsError("DATA_KEY is set in the environment: change it there (new key first, old ones behind it, with commas).")
    return (var / FILE).read_text(encoding="utf-8").strip()


def _write(path: Path, text: str) -> None:
    """Whole or not at all, for its owner alone."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
