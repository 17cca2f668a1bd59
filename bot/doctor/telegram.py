"""Telegram: does it know the token, and does it bring updates where they are expected."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ..channels.telegram_webhook import PATH
from ..settings import TelegramSettings
from . import doors
from .asking import Heard, ask, host, words
from .finding import Finding, mend, unsure, well

MANY = 100
"""Updates that wait: more than a running assistant leaves."""
LATELY = timedelta(hours=1)
TOKEN = "hỏi lại @BotFather (/mybots, API Token), đặt TELEGRAM_TOKEN hay tệp var/telegram_token đúng cả dòng"  # noqa: S105
NET = "xem máy này có ra được mạng tới api.telegram.org (tường lửa, DNS, TELEGRAM_API)"
START = "khởi động lại danloi serve: nó tự đăng ký với Telegram; còn nguyên thì một chương trình khác đang dùng cùng token"


async def telegram(settings: TelegramSettings, public: str | None, runs: bool, now: datetime) -> tuple[list[Finding], datetime | None]:
    """What is found, and Telegram's time. Asks only what changes nothing: never for updates, which would be taken from the assistant."""
    me = await ask("POST", f"{settings.api}/bot{settings.token}/getMe")
    if me.object.get("ok") is not True:
        return [_unknown(me)], me.date
    result = me.object.get("result")
    name = words(result.get("username")) if isinstance(result, dict) else ""
    found = [well("telegram", f"Telegram nhận token, bot @{name}")]
    told = (await ask("POST", f"{settings.api}/bot{settings.token}/getWebhookInfo")).object.get("result")
    if not isinstance(told, dict):
        return [*found, unsure("telegram_webhook", "Telegram không nói webhook đang thế nào", "soát lại sau ít phút")], me.date
    if settings.secret is None:
        return [*found, _polled(told)], me.date
    assert public is not None, "the settings see to it"
    found.extend(_hooked(told, f"{public}{PATH}", now, runs))
    found.extend(await doors.with_secret("telegram_door", public, PATH, settings.secret, runs))
    return found, me.date


def _unknown(heard: Heard) -> Finding:
    if heard.status in (401, 404):
        return mend("telegram", "Telegram không nhận token", TOKEN)
    said = words(heard.object.get("description")) or heard.trouble or f"HTTP {heard.status}"
    return mend("telegram", f"không hỏi được Telegram ({said})", NET)


def _polled(told: Mapping[str, Any]) -> Finding:
    hooked = str(told.get("url") or "")
    if hooked:
        what = f"ở đây hỏi tin (polling), mà Telegram đang giao tin tới {host(hooked)}"
        return mend("telegram_webhook", what, START)
    return well("telegram_webhook", f"hỏi tin (polling), không có webhook nào; {_waiting(told)} tin đang chờ")


def _hooked(told: Mapping[str, Any], address: str, now: datetime, runs: bool) -> list[Finding]:
    hooked, waiting = str(told.get("url") or ""), _waiting(told)
    if hooked != address:
        what = f"Telegram giao tin tới {host(hooked)}" if hooked else "Telegram chưa được báo webhook"
        return [mend("telegram_webhook", f"{what}, không tới PUBLIC_URL ({host(address)})", START)]
    failed = told.get("last_error_date")
    at = datetime.fromtimestamp(failed, UTC) if isinstance(failed, int) and 0 < failed < 2**33 else None
    if at is not None and (now - at < LATELY or waiting > MANY):
        what = f"lúc {at:%Y-%m-%d %H:%M} UTC Telegram không giao được tin: {words(told.get('last_error_message'))}; {waiting} tin đang chờ"
        return [mend("telegram_webhook", what, "xem mục PUBLIC_URL, chứng chỉ và cửa nhận tin; sửa xong Telegram tự giao lại trong 24 giờ")]
    if waiting > MANY:
        remedy = "xem log của danloi serve" if runs else "chạy danloi serve: tin chờ quá 24 giờ thì Telegram bỏ"
        return [mend("telegram_webhook", f"{waiting} tin đang chờ mà chưa được nhận", remedy)]
    return [well("telegram_webhook", f"Telegram giao tin tới PUBLIC_URL; {waiting} tin đang chờ")]


def _waiting(told: Mapping[str, Any]) -> int:
    count = told.get("pending_update_count")
    return count if isinstance(count, int) else 0
