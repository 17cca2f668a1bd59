"""Whether our own assistant runs on its port, and what it says of itself."""

import errno
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..settings import Settings
from .asking import ask, words
from .finding import Finding, mend, unsure, well

ANY = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  (what listens everywhere is asked here)


@dataclass(frozen=True, slots=True)
class Served:
    """What was found on the port."""

    runs: bool = False
    state: Mapping[str, Any] = field(default_factory=dict)
    """What /readyz says."""
    taken: str | None = None
    """Why nobody could listen there."""
    because: int = 0
    """The number of that error."""

    @property
    def nlu(self) -> bool:
        return self.state.get("nlu") == "ok"


async def look(settings: Settings, port: int) -> Served:
    """Ask /readyz; where nobody of ours answers, see whether the port could be had."""
    host = ANY.get(settings.host, settings.host)
    shown = f"[{host}]" if ":" in host else host
    state = (await ask("GET", f"http://{shown}:{port}/readyz")).object if port else {}
    if "store" in state and "nlu" in state:
        return Served(runs=True, state=state)
    try:
        with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.host, port))
    except OSError as error:
        return Served(taken=error.strerror or type(error).__name__, because=error.errno or 0)
    except (UnicodeError, ValueError) as error:
        return Served(taken=type(error).__name__)
    return Served()


def served(found: Served, port: int, accounts: Iterable[str]) -> list[Finding]:
    """`accounts`: of the channels that are configured here, which a running assistant should have, too."""
    if found.taken is not None:
        if found.because == errno.EACCES:
            return [mend("serve", f"không được phép mở cổng {port}", "dùng cổng từ 1024 (PORT=8000), và đặt máy chủ web phía trước")]
        if found.because == errno.EADDRINUSE:
            remedy = f"xem ai giữ cổng (ss -ltnp 'sport = :{port}') và dừng nó, hoặc đặt PORT khác"
            return [mend("serve", f"cổng {port} bị chương trình khác giữ", remedy)]
        return [mend("serve", f"không mở được cổng {port}: {found.taken}", "xem lại HOST và PORT")]
    if not found.runs:
        return [unsure("serve", f"trợ lý chưa chạy; cổng {port} còn trống", "danloi serve (hoặc make run) khi muốn chạy")]
    findings = [well("serve", f"trợ lý đang chạy ở cổng {port}")]
    if found.state["store"] != "ok":
        findings = [
            mend("serve", f"trợ lý đang chạy không dùng được cơ sở dữ liệu: {words(found.state['store'])}", "xem mục cơ sở dữ liệu")
        ]
    told = found.state.get("channels")
    channels = told if isinstance(told, dict) else {}
    for account in accounts:
        if account not in channels:
            what = f"trợ lý đang chạy không có kênh {account}: nó được khởi động với cài đặt khác"
            findings.append(mend("serve_channel", what, "khởi động lại danloi serve với đúng các biến như khi chạy danloi doctor"))
    for account, trouble in channels.items():
        if trouble != "ok":
            findings.append(mend("serve_channel", f"trợ lý đang chạy báo về {account}: {words(trouble)}", "xem các mục của kênh ấy"))
    return findings
