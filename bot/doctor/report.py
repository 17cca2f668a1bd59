"""What was found, for a person and for a script; whatever is secret is taken out once more before it is shown."""

import json
from collections.abc import Iterable, Sequence

from .finding import Finding, State

MARKS = {State.WELL: "✓", State.UNSURE: "?", State.MEND: "✗"}
HIDDEN = "[giấu]"
TITLES = {
    "settings": "Cài đặt",
    "folder": "Thư mục riêng",
    "secrets": "Khóa bí mật",
    "disk": "Đĩa",
    "database": "Cơ sở dữ liệu",
    "database_writable": "Ghi dữ liệu",
    "database_key": "Đọc dữ liệu",
    "model": "Mô hình ngôn ngữ",
    "nlu": "Hỏi mô hình",
    "written": "Hướng dẫn và lời",
    "published": "Đã xuất bản",
    "clock": "Đồng hồ",
    "serve": "Trợ lý",
    "serve_channel": "Kênh của trợ lý",
    "public_url": "Địa chỉ công khai",
    "certificate": "Chứng chỉ",
    "telegram": "Telegram",
    "telegram_webhook": "Telegram: giao tin",
    "telegram_door": "Telegram: cửa nhận tin",
    "zalo_bot": "Zalo Bot",
    "zalo_bot_webhook": "Zalo Bot: giao tin",
    "zalo_bot_door": "Zalo Bot: cửa nhận tin",
    "zalo_oa": "Zalo OA",
    "zalo_oa_values": "Zalo OA: bốn giá trị",
    "zalo_oa_token": "Zalo OA: quyền gửi tin",
    "zalo_oa_quota": "Zalo OA: hạn mức",
    "zalo_oa_door": "Zalo OA: cửa nhận tin",
    "zalo_oa_domain": "Zalo OA: tên miền",
}


def to_mend(findings: Iterable[Finding]) -> int:
    return sum(finding.state is State.MEND for finding in findings)


def text(findings: Sequence[Finding], secrets: Iterable[str]) -> str:
    lines = []
    for finding in findings:
        lines.append(f"{MARKS[finding.state]} {TITLES[finding.check]}: {finding.what}")
        if finding.remedy:
            lines.append(f"    → {finding.remedy}")
    count, unclear = to_mend(findings), sum(finding.state is State.UNSURE for finding in findings)
    aside = f" ({unclear} điều chưa rõ, ghi dấu ?)" if unclear else ""
    lines.append(f"\n{f'Có {count} điều cần sửa, ghi dấu ✗.' if count else 'Không có gì cần sửa.'}{aside}")
    return hidden("\n".join(lines), secrets)


def as_json(findings: Sequence[Finding], secrets: Iterable[str]) -> str:
    rows = [
        {"check": one.check, "title": TITLES[one.check], "state": one.state.value, "what": one.what, "remedy": one.remedy}
        for one in findings
    ]
    return hidden(json.dumps({"well": not to_mend(findings), "checks": rows}, ensure_ascii=False), secrets)


def hidden(shown: str, secrets: Iterable[str]) -> str:
    """The checks name no secret; what a platform or a driver says might repeat one. The longest first: one may lie in another."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        shown = shown.replace(secret, HIDDEN)
    return shown
