"""The webhooks' doors from outside: closed to strangers, open to the platform, and nothing comes in by our knocking."""

from urllib.parse import urlsplit

from ..channels import telegram_webhook, zalo_bot_webhook, zalo_oa_webhook
from .asking import Heard, ask
from .finding import Finding, mend, unsure, well
from .public import OUTSIDE

SECRET = {telegram_webhook.PATH: telegram_webhook.SECRET_HEADER, zalo_bot_webhook.PATH: zalo_bot_webhook.SECRET_HEADER}
NO_UPDATE = b"[]"
"""Whoever knows the secret is told 400 for it, others 403; nothing is taken."""
RESTART = "khởi động lại danloi serve với đúng các biến như khi chạy danloi doctor"
FORGED = b'{"event_name":"danloi_doctor","timestamp":"1"}'


async def with_secret(check: str, public: str, path: str, secret: str, runs: bool) -> list[Finding]:
    """Telegram's and Zalo Bot's. The secret is shown only where a stranger was turned away just as we do it."""
    stranger = await ask("POST", f"{public}{path}", content=NO_UPDATE)
    if stranger.status != 403:
        return [_elsewhere(check, public, path, stranger, runs)]
    known = await ask("POST", f"{public}{path}", content=NO_UPDATE, headers={SECRET[path]: secret})
    if known.status == 400:
        return [well(check, "cửa nhận tin mở cho nền tảng, đóng với người lạ")]
    if known.status == 403:
        return [mend(check, "trợ lý đang chạy giữ mã bí mật khác với mã ở đây: tin của nền tảng bị từ chối", RESTART)]
    return [_elsewhere(check, public, path, known, runs)]


async def of_zalo_oa(public: str, runs: bool) -> list[Finding]:
    """Zalo's own unsigned look is let in, what is forged is not. Whether the OA's secret is right only Zalo can show."""
    check, url = "zalo_oa_door", f"{public}{zalo_oa_webhook.PATH}"
    look = await ask("POST", url, content=b"{}")
    if look.status != 200:
        return [_elsewhere(check, public, zalo_oa_webhook.PATH, look, runs)]
    forged = await ask("POST", url, content=FORGED, headers={zalo_oa_webhook.SIGNATURE: "mac=" + "0" * 64})
    if forged.status != 403:
        return [mend(check, f"cửa nhận tin trả {forged.trouble or forged.status} cho tin giả, lẽ ra 403", OUTSIDE)]
    return [well(check, "cửa nhận tin mở cho lần dò của Zalo, đóng với tin giả")]


async def domain_proof(public: str, code: str | None, runs: bool) -> list[Finding]:
    """The page by which Zalo's console sees that the domain is ours."""
    check = "zalo_oa_domain"
    if code is None:
        return [
            unsure(
                check, "không đặt ZALO_SITE_CODE", "chỉ cần cho lần Xác thực domain ở developers.zalo.me; xem README, Zalo Official Account"
            )
        ]
    path = f"/zalo_verifier{code}.html"
    page = await ask("GET", f"{public}{path}")
    if page.status == 200 and f'content="{code}"' in page.text:
        return [well(check, "trang xác thực domain mở được")]
    return [_elsewhere(check, public, path, page, runs)]


def _elsewhere(check: str, public: str, path: str, heard: Heard, runs: bool) -> Finding:
    told = heard.trouble or f"HTTP {heard.status}"
    where = f"{urlsplit(public).netloc}{path}"
    if not runs:
        return unsure(check, f"{where} chưa trả lời như trợ lý ({told}), mà trợ lý cũng chưa chạy", "danloi serve, rồi soát lại")
    return mend(check, f"{where} không trả lời như trợ lý ({told})", OUTSIDE)
