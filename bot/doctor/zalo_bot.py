"""The Zalo Bot Platform: does it know the token, and does it bring updates where they are expected."""

from datetime import datetime

from ..channels.zalo_bot_api import NOT_FOUND, UNAUTHORIZED
from ..channels.zalo_bot_webhook import PATH
from ..settings import ZaloBotSettings
from . import doors
from .asking import Heard, ask, host, words
from .finding import Finding, mend, unsure, well

TOKEN = "xem lại tin của Zalo Bot Manager, đặt ZALO_BOT_TOKEN hay tệp var/zalo_bot_token đúng cả dòng; xem ZALO_BOT_API"  # noqa: S105
NET = "xem máy này có ra được mạng tới địa chỉ trong ZALO_BOT_API"
START = "khởi động lại danloi serve: nó tự báo cho Zalo; còn nguyên thì một chương trình khác đang dùng cùng token"


async def zalo_bot(settings: ZaloBotSettings, public: str | None, runs: bool) -> tuple[list[Finding], datetime | None]:
    """What is found, and Zalo's time. Never asks for updates: Zalo tells each of them once."""
    base = f"{settings.api}/bot{settings.token}"
    me = await ask("POST", f"{base}/getMe", json={})
    if me.object.get("ok") is not True:
        return [_unknown(me)], me.date
    result = me.object.get("result")
    name = words(result.get("account_name")) if isinstance(result, dict) else ""
    found = [well("zalo_bot", f"Zalo nhận token, bot {name}")]
    info = await ask("POST", f"{base}/getWebhookInfo", json={})
    hooked = _hooked(info)
    if hooked is None:
        return [*found, unsure("zalo_bot_webhook", "Zalo không nói webhook đang thế nào", "soát lại sau ít phút")], me.date
    if settings.secret is None:
        return [*found, _polled(hooked)], me.date
    address = f"{public}{PATH}"
    if hooked == address:
        found.append(well("zalo_bot_webhook", "Zalo giao tin tới PUBLIC_URL"))
    else:
        what = f"Zalo giao tin tới {host(hooked)}" if hooked else "Zalo chưa được báo webhook"
        found.append(mend("zalo_bot_webhook", f"{what}, không tới PUBLIC_URL ({host(address)})", START))
    found.extend(await doors.with_secret("zalo_bot_door", str(public), PATH, settings.secret, runs))
    return found, me.date


def _unknown(heard: Heard) -> Finding:
    if _code(heard) in (UNAUTHORIZED, NOT_FOUND):
        return mend("zalo_bot", "Zalo không nhận token", TOKEN)
    said = words(heard.object.get("description")) or heard.trouble or f"HTTP {heard.status}"
    return mend("zalo_bot", f"không hỏi được Zalo ({said})", NET)


def _hooked(info: Heard) -> str | None:
    """Where Zalo brings updates; empty: nowhere, which one source has seen told by a 404. None: it does not say."""
    result = info.object.get("result")
    if info.object.get("ok") is True:
        return str(result.get("url") or "") if isinstance(result, dict) else ""
    return "" if _code(info) == NOT_FOUND else None


def _polled(hooked: str) -> Finding:
    if hooked:
        return mend("zalo_bot_webhook", f"ở đây hỏi tin (polling), mà Zalo đang giao tin tới {host(hooked)}", START)
    return well("zalo_bot_webhook", "hỏi tin (polling), không có webhook nào")


def _code(heard: Heard) -> int:
    """Of the refusal: in its words, else in its status."""
    told = heard.object.get("error_code")
    return told if isinstance(told, int) else heard.status
