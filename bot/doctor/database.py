"""The database: reachable, of this version of the program, writable; and which guides it holds as published."""

from ..desk.publishing import unpublished
from ..dialogue.versions import Library
from ..model.errors import DanLoiError
from ..store.look import Look, file_of
from .finding import Finding, mend, unsure, well
from .house import megabytes

READABLE = "xem địa chỉ, người dùng và mật khẩu trong DATABASE_URL, và máy chủ cơ sở dữ liệu có đang chạy không"


def database(url: str, seen: Look | DanLoiError | None) -> list[Finding]:
    """`seen`: the look, why there was none, or None where there is no file yet."""
    file = file_of(url)
    where = "máy chủ cơ sở dữ liệu" if file is None else str(file)
    if seen is None:
        return [unsure("database", f"chưa có {where}", "không phải làm gì: danloi serve tự lập; nếu đã từng chạy, xem lại DATABASE_URL")]
    if isinstance(seen, DanLoiError):
        remedy = READABLE if file is None else "xem tệp ấy còn nguyên, người chạy lệnh này có đọc được, và có chương trình nào khác giữ nó"
        return [mend("database", f"không đọc được {where}: {seen}", remedy)]
    found = [_version(seen, where)]
    if seen.unreadable:
        remedy = "chép lại var/data_key (hay DATA_KEY) từ bản sao lưu của chính cơ sở dữ liệu này; đừng chạy tiếp với khóa lạ"
        found.append(mend("database_key", f"khóa data_key không mở được những gì đã lưu: {seen.unreadable}", remedy))
    if seen.unwritable:
        found.append(
            mend(
                "database_writable",
                f"không ghi được vào {where}: {seen.unwritable}",
                "xem quyền ghi, chỗ trống trên đĩa, và tệp có bị khóa",
            )
        )
    else:
        room = "" if file is not None else "; chỗ trống trên máy chủ ấy không xem được từ đây"
        found.append(well("database_writable", f"ghi được; đang có {megabytes(seen.size)}{room}"))
    return found


def _version(seen: Look, where: str) -> Finding:
    if seen.fits:
        return well("database", f"{where}: đúng dạng {seen.revision}")
    if seen.revision is None:
        return unsure("database", f"{where} còn trống", "không phải làm gì: danloi serve tự lập bảng; muốn làm trước thì danloi migrate")
    if not seen.known:
        what = f"{where} ở dạng {seen.revision}, mới hơn chương trình này ({seen.head})"
        return mend("database", what, "cài lại bản chương trình mới đã dùng với nó; đừng chạy bản cũ trên dữ liệu mới")
    return mend(
        "database",
        f"{where} ở dạng cũ {seen.revision}, chương trình cần {seen.head}",
        "sao lưu, rồi danloi migrate (hoặc khởi động lại danloi serve)",
    )


def published(seen: Look | DanLoiError | None, library: Library | None) -> list[Finding]:
    """Whether the guides that are walked are those that are written. `library`: None where what is written cannot be read."""
    if isinstance(seen, DanLoiError) or library is None or (seen is not None and not seen.fits):
        return [unsure("published", "chưa so được các hướng dẫn với lần xuất bản trước", "sửa các mục trên trước, rồi soát lại")]
    if seen is None or not seen.editions:
        return [unsure("published", "chưa xuất bản lần nào", "không phải làm gì: danloi serve xuất bản ở lần chạy đầu")]
    waiting = unpublished(seen.editions, library)
    if waiting:
        listed = ", ".join(waiting[:8]) + (" …" if len(waiting) > 8 else "")
        return [mend("published", f"{len(waiting)} chủ đề đã viết khác lần xuất bản trước: {listed}", "danloi publish")]
    return [well("published", "các hướng dẫn đang dùng đúng như đã viết")]
