"""A copy of what is kept of somebody, as they can read it: plain Vietnamese lines, for a file or for the chat itself."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ..model.case import CaseReason, CaseStatus
from ..model.clock import VIETNAM
from ..model.privacy import Act, Purpose, RequestKind
from .listing import REASONS, STATES

AUTHORS = {"citizen": "Người nhắn", "bot": "Trợ lý máy", "person": "Người giúp"}
PURPOSES = {
    Purpose.CHAT: "trợ lý đọc và giữ tin nhắn",
    Purpose.PERSON: "tình nguyện viên đọc cuộc trò chuyện",
    Purpose.CALL_BACK: "giữ số điện thoại để gọi lại",
    Purpose.PICTURE: "ảnh, tiếng nói cho người đang giúp",
}
ACTS = {Act.GIVEN: "đồng ý", Act.TOLD: "được báo", Act.WITHDRAWN: "rút lại"}
KINDS = {
    RequestKind.SEE: "xem dữ liệu",
    RequestKind.CORRECT: "sửa dữ liệu",
    RequestKind.DELETE: "xóa dữ liệu",
    RequestKind.WITHDRAW: "rút lại đồng ý",
}


def text(whole: Mapping[str, Any]) -> str:
    """The whole copy as a file."""
    return "\n".join(["Dẫn Lối: mọi điều đang giữ về cuộc trò chuyện này", "", *lines(whole), ""])


def lines(whole: Mapping[str, Any]) -> Iterator[str]:
    """Line by line; messages last, for they are many."""
    yield f"Kênh: {whole['channel'].partition(':')[0]}. Bắt đầu: {_at(whole['begun'])}"
    if whole["name"]:
        yield f"Tên mà kênh cho biết: {whole['name']}"
    yield from _remembered(whole["remembered"])
    for one in whole["cases"]:
        yield from _case(one)
    for one in whole["not_understood"]:
        yield f"Câu trợ lý chưa hiểu, chờ người xem: {_line(one)}"
    for one in whole["consents"]:
        yield f"{_at(one['at'])} {ACTS[Act(one['act'])]}: {PURPOSES[Purpose(one['purpose'])]}"
    for one in whole["requests"]:
        yield f"{_at(one['made'])} yêu cầu {KINDS[RequestKind(one['kind'])]}: {one['outcome'] or 'chưa xong'}"
    for one in whole["messages"]:
        yield f"{_at(one['at'])} {AUTHORS.get(one['by'], one['by'])}: {_line(one['text']) or '(' + one['kind'] + ')'}"


def _remembered(state: Mapping[str, Any]) -> Iterator[str]:
    """Where they stand, what they answered, the place they named."""
    for frame in (*state.get("stack", ()), *state.get("paused", ())):
        answers = ", ".join(f"{step}: {answer}" for step, answer in (frame.get("answers") or {}).items())
        yield f"Việc đang làm: {frame.get('guide', '')}, bước {frame.get('step', '')}{'. Đã trả lời: ' + answers if answers else ''}"
    if state.get("place"):
        yield f"Nơi đã nhắc tới: {state['place']}"


def _case(one: Mapping[str, Any]) -> Iterator[str]:
    status, reason = STATES[CaseStatus(one["status"])], REASONS[CaseReason(one["reason"])]
    yield f"Ca số {one['number']} ({status}), mở {_at(one['opened'])}, vì {reason}. Điều đã ghi: {_line(one['note']['wish'])}"
    if one["phone"]:
        yield f"Số để gọi lại của ca {one['number']}: {one['phone']}"


def _line(text: str) -> str:
    return " ".join(text.split())


def _at(moment: str | None) -> str:
    return "" if moment is None else datetime.fromisoformat(moment).astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")
