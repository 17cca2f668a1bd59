"""PUBLIC_URL: whether it leads to us, and whether its certificate lasts."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from .asking import ask
from .finding import Finding, mend, unsure, well

ENDS_SOON = timedelta(days=14)
RENEW = "gia hạn chứng chỉ (certbot renew, hoặc nhờ nơi cho thuê máy chủ), rồi nạp lại máy chủ web"
OUTSIDE = "mở địa chỉ ấy bằng điện thoại qua mạng di động; xem tên miền, tường lửa, và máy chủ web có chuyển tiếp về HOST:PORT"


async def reached(url: str | None, runs: bool) -> list[Finding]:
    """`runs`: an assistant runs on this machine. From within a network the outside may look otherwise."""
    if url is None:
        return [well("public_url", "không đặt PUBLIC_URL: chỉ cần khi trợ lý có địa chỉ công khai")]
    kind, here = urlsplit(url).scheme, urlsplit(url).hostname in ("127.0.0.1", "::1", "localhost")
    if not urlsplit(url).hostname or kind not in ("http", "https"):
        return [mend("public_url", "PUBLIC_URL không phải địa chỉ web", "đặt dạng https://ten-mien")]
    if kind == "http" and not here:
        return [
            mend(
                "public_url",
                "PUBLIC_URL không phải https: mật khẩu và lời bà con đi qua mạng không che",
                "lấy chứng chỉ, đặt PUBLIC_URL=https://…",
            )
        ]
    heard = await ask("GET", f"{url}/healthz")
    if (heard.status, heard.text) == (200, "ok"):
        return [well("public_url", "PUBLIC_URL dẫn tới trợ lý")]
    told = heard.trouble or f"HTTP {heard.status}"
    if not runs:
        return [unsure("public_url", f"chưa thấy trợ lý ở PUBLIC_URL ({told}), mà trợ lý cũng chưa chạy", "danloi serve, rồi soát lại")]
    if 300 <= heard.status < 400:
        return [
            mend("public_url", "PUBLIC_URL chuyển sang địa chỉ khác; các nền tảng không đi theo", "đặt PUBLIC_URL đúng địa chỉ cuối cùng")
        ]
    return [mend("public_url", f"PUBLIC_URL không dẫn tới trợ lý đang chạy ({told})", OUTSIDE)]


async def certificate(url: str | None, now: datetime, context: ssl.SSLContext | None = None) -> list[Finding]:
    """How long the certificate lasts. Nothing to say where there is none."""
    where = urlsplit(url or "")
    if where.scheme != "https" or where.hostname is None:
        return []
    try:
        ends = await _ends(where.hostname, where.port or 443, context or ssl.create_default_context())
    except ssl.SSLCertVerificationError as error:
        return [mend("certificate", f"chứng chỉ của PUBLIC_URL không được tin: {error.verify_message}", RENEW)]
    except (OSError, ssl.SSLError) as error:
        return [unsure("certificate", f"không xem được chứng chỉ ({type(error).__name__})", OUTSIDE)]
    left = ends - now
    if left < ENDS_SOON:
        return [mend("certificate", f"chứng chỉ của PUBLIC_URL hết hạn ngày {ends:%d/%m/%Y}, còn {left.days} ngày", RENEW)]
    return [well("certificate", f"chứng chỉ còn tới {ends:%d/%m/%Y}")]


async def _ends(host: str, port: int, context: ssl.SSLContext) -> datetime:
    _, writer = await asyncio.open_connection(host, port, ssl=context)
    try:
        told = writer.get_extra_info("peercert") or {}
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(told["notAfter"]), UTC)
    except KeyError:
        raise ssl.SSLError("no certificate was shown") from None
    finally:
        writer.close()
