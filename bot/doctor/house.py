"""The folder of what is ours to keep: its permissions, its secrets, the room on its disk."""

import os
import shutil
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..settings import SECRETS, Settings
from ..store.look import file_of
from .finding import Finding, mend, unsure, well

GIVEN = ("telegram_token", "telegram_secret", "zalo_bot_token", "zalo_bot_secret")
"""Secrets that may lie in the folder besides the five that are always there."""
LEAST = 1024**3
"""Bytes free below which the operator should act: SQLite, its copies and a new model want room."""


def folder(settings: Settings) -> list[Finding]:
    """Only its owner may enter; whoever runs this may write."""
    var = settings.var
    if not var.exists():
        return [unsure("folder", f"chưa có thư mục {var}", "không phải làm gì: danloi serve tự lập; nếu nó ở chỗ khác, xem lại DANLOI_VAR")]
    if not var.is_dir() or not os.access(var, os.R_OK | os.W_OK | os.X_OK):
        return [mend("folder", f"{var} không phải thư mục mà người chạy lệnh này ghi được", f"chown -R NGƯỜI-CHẠY-TRỢ-LÝ {var}")]
    mode = stat.S_IMODE(var.stat().st_mode)
    if mode & 0o077:
        return [mend("folder", f"người khác trên máy vào được {var} (quyền {mode:o})", f"chmod 700 {var}")]
    strangers = [path.name for path in sorted(var.iterdir()) if path.stat().st_uid != var.stat().st_uid]
    if strangers:
        listed = ", ".join(strangers[:5])
        return [mend("folder", f"trong {var} có tệp của người dùng khác: {listed}", f"chown -R --reference={var} {var}")]
    return [well("folder", f"{var}: chỉ chủ của nó vào được")]


def given(environment: Mapping[str, str]) -> frozenset[str]:
    """The names of what comes from the environment: its value, or the file that holds it."""
    return frozenset(name.lower().removesuffix("_file") for name, value in environment.items() if value)


def secrets(settings: Settings, stored: bool, given: Iterable[str]) -> list[Finding]:
    """`stored`: a database is there already. `given`: names of secrets that come from the environment."""
    var, elsewhere = settings.var, frozenset(given)
    found = [var / name for name in (*SECRETS, *GIVEN) if (var / name).exists()]
    open_ones = [path for path in found if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if open_ones:
        paths = " ".join(map(str, open_ones))
        return [mend("secrets", f"người khác trên máy đọc được: {', '.join(path.name for path in open_ones)}", f"chmod 600 {paths}")]
    missing = [name for name in SECRETS if name not in elsewhere and not (var / name).exists()]
    if stored and {"data_key", "address_key"} & set(missing):
        what = f"đã có cơ sở dữ liệu mà thiếu {', '.join(missing)}: những gì đã lưu không đọc được"
        return [mend("secrets", what, f"chép lại các tệp ấy từ bản sao lưu vào {var}, trước khi chạy danloi serve")]
    if missing:
        return [unsure("secrets", f"chưa lập: {', '.join(missing)}", "không phải làm gì: danloi serve tự lập ở lần chạy tới")]
    return [well("secrets", "các khóa đều có, chỉ chủ đọc được")]


def disk(settings: Settings, least: int = LEAST) -> list[Finding]:
    """The room where the database, the secrets and the models lie."""
    file = file_of(settings.database_url)
    places = [_there(place) for place in (settings.var, settings.models, *((file.parent,) if file else ()))]
    free = {place.stat().st_dev: (place, shutil.disk_usage(place).free) for place in places}
    short = [(place, room) for place, room in free.values() if room < least]
    if short:
        listed = "; ".join(f"{place} còn {megabytes(room)}" for place, room in short)
        remedy = f"dọn đĩa hay thêm đĩa, cho tới khi còn trên {megabytes(least)}; đầy đĩa thì không tin nào lưu được nữa"
        return [mend("disk", f"đĩa sắp đầy: {listed}", remedy)]
    return [well("disk", "; ".join(f"{place} còn {megabytes(room)}" for place, room in free.values()))]


def megabytes(size: int) -> str:
    return f"{size / 1024**3:.1f} GB" if size >= 1024**3 else f"{size / 1024**2:.0f} MB"


def _there(path: Path) -> Path:
    """The folder, or the nearest one above that exists."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return path
