"""A Zalo Official Account: the four values, the right to speak and for how long, what may still be sent, and the doors.

Nothing is renewed here: a refresh token buys one pair, and the running assistant is the one who buys.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from ..channels.zalo_oa_codes import Meaning, code
from ..channels.zalo_oa_tokens import ABANDONED
from ..model.errors import DanLoiError
from ..model.tokens import Kept
from ..settings import ZaloOaSettings
from ..store.look import Look
from . import doors
from .asking import Heard, ask
from .finding import Finding, mend, unsure, well

AUTHORISE = "vào /desk bằng tài khoản quản trị, mở Zalo, bấm Cấp quyền và đi theo liên kết"
REFRESH_ENDS_SOON = timedelta(days=14)
SHORTEST_SECRET = 12
"""Zalo says nothing of the length; whatever is shorter was surely cut."""


async def zalo_oa(
    settings: ZaloOaSettings, public: str, seen: Look | DanLoiError | None, runs: bool, now: datetime
) -> tuple[list[Finding], datetime | None]:
    """What is found, and Zalo's time."""
    kept = seen.tokens if isinstance(seen, Look) else None
    found = [values(settings), tokens(kept, runs, now)]
    usable = kept.pair.access if kept is not None and kept.pair is not None and kept.pair.access_until > now else None
    heard = await ask("POST", f"{settings.api}/v3.0/oa/quota/message", headers={"access_token": usable or ""}, json={"quota_owner": "OA"})
    found.append(_reached(heard) if usable is None else quota(heard, settings.paid))
    found.extend(await doors.of_zalo_oa(public, runs))
    found.extend(await doors.domain_proof(public, settings.site_code, runs))
    return found, heard.date


def values(settings: ZaloOaSettings) -> Finding:
    """What can be said of the four values without asking anybody."""
    check, both = "zalo_oa_values", "chép lại từng giá trị theo README, mục Zalo Official Account"
    if settings.app == settings.oa:
        return mend(check, "ZALO_OA_APP_ID và ZALO_OA_ID là một: mã của ứng dụng và mã của OA là hai số khác nhau", both)
    for name, secret in (("ZALO_OA_APP_SECRET", settings.app_secret), ("ZALO_OA_SECRET", settings.secret)):
        if not re.fullmatch(r"[!-~]+", secret):
            return mend(check, f"{name} có dấu cách hay chữ lạ ở giữa", both)
        if len(secret) < SHORTEST_SECRET or secret in (settings.app, settings.oa):
            return mend(check, f"{name} không giống một khóa bí mật", both)
    return well(check, "bốn giá trị có dạng hợp lý; khóa OA có đúng hay không chỉ tin thật của Zalo mới cho biết")


def tokens(kept: Kept | None, runs: bool, now: datetime) -> Finding:
    """The right to speak. `kept`: None where the database could not be looked at."""
    check = "zalo_oa_token"
    if kept is None:
        return unsure(
            check, "chưa xem được quyền gửi tin của OA", "sửa mục cơ sở dữ liệu trước; chưa từng chạy thì danloi serve, rồi cấp quyền"
        )
    if kept.pair is None:
        return mend(check, "OA chưa cấp quyền gửi tin", AUTHORISE)
    until, refresh = kept.pair.access_until, kept.pair.refresh_until
    if kept.trouble is not None:
        return mend(
            check,
            f"lần gia hạn trước bị từ chối ({kept.trouble}); còn gửi được tới {_at(until)}",
            f"xem ZALO_OA_APP_SECRET, rồi {AUTHORISE}",
        )
    if kept.asked_at is not None and now - kept.asked_at > ABANDONED:
        what = f"lần gia hạn bắt đầu lúc {_at(kept.asked_at)} dở dang, mã gia hạn có thể đã dùng mất; còn gửi được tới {_at(until)}"
        return mend(check, what, f"để danloi serve thử lại một lần; bị từ chối thì {AUTHORISE}")
    if refresh <= now:
        return mend(check, f"mã gia hạn hết hạn từ {_at(refresh)}", AUTHORISE)
    if until <= now:
        what = f"quyền gửi tin hết từ {_at(until)}"
        if runs:
            return mend(check, f"{what} mà trợ lý đang chạy chưa gia hạn được", f"xem log; nếu không tự hết, {AUTHORISE}")
        return unsure(check, what, f"danloi serve tự gia hạn khi chạy, chậm nhất là trước {_at(refresh)}")
    if refresh - now < REFRESH_ENDS_SOON:
        return mend(check, f"mã gia hạn sắp hết hạn ({_at(refresh)})", "để danloi serve chạy liên tục: nó tự đổi mã mới")
    return well(check, f"được gửi tin tới {_at(until)}, tự gia hạn")


def quota(heard: Heard, paid: bool) -> Finding:
    """What the package still allows. Only one source tells how to ask (PyPI's zalo-sdk 0.3.0), none what is answered."""
    check = "zalo_oa_quota"
    answer = heard.object
    error = answer.get("error")
    if heard.status == 0 or not answer:
        return _reached(heard)
    if isinstance(error, int) and error != 0:
        known = code(error)
        if known.meaning is Meaning.TOKEN:
            return mend(
                check, f"Zalo không nhận quyền gửi tin đang giữ (lỗi {error})", f"để danloi serve gia hạn; không được thì {AUTHORISE}"
            )
        if known.meaning in (Meaning.AUTHORISE, Meaning.OPERATOR):
            return mend(
                check, f"Zalo trả lỗi {error} ({known.why})", f"xem OA và ứng dụng ở oa.zalo.me, developers.zalo.me, rồi {AUTHORISE}"
            )
        return unsure(check, f"Zalo không cho biết hạn mức (lỗi {error})", "xem hạn mức ở oa.zalo.me")
    left = [(remain, total) for remain, total in _counts(answer.get("data"))]
    if not left:
        return unsure(check, "Zalo trả lời nhưng không rõ hạn mức", "xem hạn mức ở oa.zalo.me")
    shown = ", ".join(f"{remain}/{total}" for remain, total in left)
    if paid and all(remain == 0 for remain, _ in left):
        return mend(check, f"tin theo gói đã hết ({shown})", "mua thêm ở oa.zalo.me, hoặc ZALO_OA_PAID=off để chỉ dùng tin miễn phí")
    return well(check, f"Zalo nhận quyền gửi tin; tin theo gói còn {shown}")


def _counts(data: Any) -> Iterator[tuple[int, int]]:
    """Every quota in the answer, wherever it stands."""
    if isinstance(data, list):
        for one in data[:20]:
            yield from _counts(one)
    elif isinstance(data, Mapping):
        numbers = [_number(data.get(name)) for name in ("remain", "total")]
        if numbers[0] is not None and numbers[1] is not None:
            yield numbers[0], numbers[1]


def _number(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None


def _reached(heard: Heard) -> Finding:
    if heard.status == 0 or heard.status >= 500:
        told = heard.trouble or f"HTTP {heard.status}"
        return mend(
            "zalo_oa_quota", f"không hỏi được Zalo ({told})", "xem máy này có ra được mạng tới openapi.zalo.me và oauth.zaloapp.com"
        )
    return unsure("zalo_oa_quota", "chưa có quyền gửi tin nên chưa hỏi được hạn mức", AUTHORISE)


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
