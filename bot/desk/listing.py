"""Cases as text, for a coordinator at a terminal; the web console comes to show the same."""

import json
from dataclasses import asdict
from typing import Any

from ..model.case import Case, CaseReason, CaseStatus
from ..model.clock import VIETNAM
from ..model.errors import DanLoiError
from ..store import cases
from ..store.database import Database

REASONS = {
    CaseReason.ASKED: "xin gặp người",
    CaseReason.FAILURES: "nhiều lần chưa xong một bước",
    CaseReason.UNCLEAR: "trợ lý không hiểu",
    CaseReason.URGENT: "khẩn cấp",
    CaseReason.STUCK: "bị vướng",
    CaseReason.NLU_AWAY: "mô hình ngôn ngữ không trả lời",
    CaseReason.BOT_ERROR: "trợ lý bị lỗi",
    CaseReason.PAUSED: "trợ lý đang tạm nghỉ",
}
STATES = {CaseStatus.OPEN: "đang chờ", CaseStatus.TAKEN: "có người nhận", CaseStatus.CLOSED: "đã xong"}


async def listing(database: Database, everything: bool, as_json: bool) -> str:
    """Cases, urgent ones first."""
    found = await database.read(cases.listing)
    wanted = [case for case in found if everything or case.status is not CaseStatus.CLOSED]
    if as_json:
        return "\n".join(_json(case) for case in wanted)
    return "\n".join(map(_line, wanted)) if wanted else "Không có ca nào đang chờ."


async def show(database: Database, number: int, as_json: bool) -> str:
    """One case with its handoff note. Raises DanLoiError where there is no such case."""
    case = await database.read(lambda tx: cases.get(tx, number))
    if case is None:
        raise DanLoiError(f"Không có ca số {number}: xem các ca bằng `danloi case list`.")
    return _json(case) if as_json else _page(case)


def _line(case: Case) -> str:
    mark = "GẤP " if case.urgent else ""
    return f"#{case.id:<5} {_when(case)}  {mark}{REASONS[case.reason]} · {case.topic or 'chưa rõ chủ đề'} · {STATES[case.status]}"


def _page(case: Case) -> str:
    note = case.note
    rows = {
        "Ca": f"#{case.id}{' GẤP' if case.urgent else ''} ({STATES[case.status]}), kênh {case.channel.partition(':')[0]}",
        "Mở lúc": _when(case),
        "Vì": REASONS[case.reason],
        "Chủ đề": case.topic,
        "Lời bà con": note.wish.replace("\n", "\n  "),
        "Đang ở": f"{note.flow} › {note.step} ({note.progress})" if note.flow else None,
        "Nơi ở": note.place,
        "Đã trả lời": ", ".join(f"{step}: {choice}" for step, choice in note.answers.items()),
        "Đã nói": ", ".join(note.tried),
        "Ghi chú": note.why,
        "Không bao giờ hỏi": ", ".join(note.never_ask),
    }
    return "\n".join(f"{name}: {value}" for name, value in rows.items() if value)


def _when(case: Case) -> str:
    return case.opened_at.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")


def _json(case: Case) -> str:
    plain: dict[str, Any] = asdict(case) | {"opened_at": case.opened_at.isoformat()}
    return json.dumps(plain, ensure_ascii=False)
