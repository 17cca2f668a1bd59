"""What the officer in charge of personal data does at a terminal: copies, requests with their days, breaches."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from ..model.clock import VIETNAM, Clock
from ..model.errors import DanLoiError
from ..model.privacy import ANSWER_WORKDAYS, REPORT_TO, Breach, DataRequest, RequestKind
from ..store import breaches, conversations, desk, forget, holdings, requests
from ..store.database import Database, Tx
from . import copies
from .hours import Hours

ACTOR = "officer"
NO_CASE = "Không có ca số {}: xem các ca bằng `danloi case list --all`."


async def export(database: Database, case: int, as_json: bool, now: datetime) -> str:
    """All that is kept of the person who opened that case, volunteers' notes included. Raises DanLoiError where there is no such case."""

    def read(tx: Tx) -> str:
        number = forget.of_case(tx, case)
        if number is None:
            raise DanLoiError(NO_CASE.format(case))
        whole = holdings.copy(tx, database.keyring, number, internal=True)
        desk.write_down(tx, ACTOR, "export_person", f"case:{case}", now)
        return json.dumps(whole, ensure_ascii=False, indent=2) if as_json else copies.text(whole) + _notes(whole)

    return await database.run(read)


def _notes(whole: dict[str, list[dict[str, list[dict[str, str]]]]]) -> str:
    """For the officer alone, who takes out what is of somebody else."""
    told = [f"{note['at']} {note['text']}" for case in whole["cases"] for note in case["notes"]]
    return "\n".join(["Ghi chú nội bộ (xem lại trước khi đưa):", *told, ""]) if told else ""


async def erase(database: Database, case: int, now: datetime) -> str:
    """Delete everything of the person whose case that is; that it was asked for and done stays. Raises DanLoiError."""

    def delete(tx: Tx) -> None:
        number = forget.of_case(tx, case)
        if number is None:
            raise DanLoiError(NO_CASE.format(case))
        one = conversations.get(tx, number)
        by, subject = Hours().after_workdays(now, ANSWER_WORKDAYS), database.keyring.subject_key(one.address)
        asked = requests.open_or_find(tx, RequestKind.DELETE, one.address.channel, now, by, subject=subject, conversation_id=number)
        requests.done(tx, asked, "đã xóa", ACTOR, now)
        requests.settle_all(tx, number, "đã xóa cùng mọi dữ liệu", ACTOR, now)
        desk.write_down(tx, ACTOR, "forget", f"case:{case}", now)
        forget.forget(tx, database.keyring, number, now)

    await database.run(delete)
    database.keyring.close()
    return f"Đã xóa hẳn cuộc trò chuyện của ca số {case}."


async def take_request(database: Database, kind: RequestKind, case: int | None, note: str, made: datetime, now: datetime) -> str:
    """A request that came by letter, by telephone, or over the counter."""

    def write(tx: Tx) -> int:
        number = None if case is None else forget.of_case(tx, case)
        if case is not None and number is None:
            raise DanLoiError(NO_CASE.format(case))
        channel = "giấy" if number is None else conversations.get(tx, number).address.channel
        by = Hours().after_workdays(made, ANSWER_WORKDAYS)
        made_ = requests.open_or_find(tx, kind, channel, made, by, conversation_id=number, note=note or None)
        desk.write_down(tx, ACTOR, "request", f"request:{made_}", now, kind)
        return made_

    number = await database.run(write)
    return f"Yêu cầu số {number}. Xem hạn bằng `danloi request list`."


async def list_requests(database: Database, everything: bool, now: datetime) -> str:
    found = await database.read(lambda tx: requests.listing(tx, everything))
    return "\n".join(_request(one, now) for one in found) if found else "Không có yêu cầu nào chờ."


def _request(one: DataRequest, now: datetime) -> str:
    if one.done_at is not None:
        return f"#{one.id:<5} {copies.KINDS[one.kind]}, {_day(one.made_at)}: xong {_day(one.done_at)}, {one.outcome}"
    late = "TRỄ HẠN " if one.is_late(now) else ""
    answer = "" if one.answered_at is not None else f", trả lời trước {_day(one.answer_by)}"
    case = "" if one.case_id is None else f", ca {one.case_id}"
    note = "" if one.note is None else f". {one.note}"
    return f"#{one.id:<5} {late}{copies.KINDS[one.kind]}, {_day(one.made_at)}{case}{answer}, xong trước {_day(one.due_at)}{note}"


async def answer_request(database: Database, number: int, now: datetime) -> str:
    """The person was told by when it is done. Raises DanLoiError."""
    await _settled(database, number, lambda tx: requests.answered(tx, number, now), "answer_request", now)
    return f"Đã ghi là đã trả lời yêu cầu số {number}."


async def end_request(database: Database, number: int, outcome: str, now: datetime) -> str:
    """Raises DanLoiError where there is no such request, or it is done."""
    await _settled(database, number, lambda tx: requests.done(tx, number, outcome, ACTOR, now), "end_request", now)
    return f"Yêu cầu số {number} đã xong."


async def _settled(database: Database, number: int, work: Callable[[Tx], bool], verb: str, now: datetime) -> None:
    def write(tx: Tx) -> bool:
        done = work(tx)
        if done:
            desk.write_down(tx, ACTOR, verb, f"request:{number}", now)
        return done

    if not await database.run(write):
        raise DanLoiError(f"Không có yêu cầu số {number} nào đang chờ: xem bằng `danloi request list`.")


async def add_breach(database: Database, what: str, noticed: datetime, people: int | None, done: str, now: datetime) -> str:
    def write(tx: Tx) -> int:
        number = breaches.add(tx, what, noticed, people, done, now)
        desk.write_down(tx, ACTOR, "breach", f"breach:{number}", now)
        return number

    number = await database.run(write)
    found = next(one for one in await database.read(breaches.listing) if one.id == number)
    return f"Sự cố số {number}. Nếu có thể gây hại thì báo {REPORT_TO} trước {_moment(found.report_by)}."


async def update_breach(database: Database, number: int, people: int | None, done: str | None, reported: datetime | None) -> str:
    """Raises DanLoiError where there is no such breach."""
    if not await database.run(lambda tx: breaches.change(tx, number, people, done, reported)):
        raise DanLoiError(f"Không có sự cố số {number}: xem bằng `danloi breach list`.")
    return f"Đã ghi vào sự cố số {number}."


async def list_breaches(database: Database, now: datetime) -> str:
    found = await database.read(breaches.listing)
    return "\n\n".join(_breach(one, now) for one in found) if found else "Chưa có sự cố nào được ghi."


def _breach(one: Breach, now: datetime) -> str:
    if one.reported_at is not None:
        told = f"đã báo {_moment(one.reported_at)}"
    else:
        told = f"{'QUÁ HẠN BÁO' if one.is_late(now) else 'báo trước'} {_moment(one.report_by)}, cho {REPORT_TO}"
    people = "chưa rõ bao nhiêu người" if one.people is None else f"{one.people} người"
    return f"#{one.id} biết lúc {_moment(one.noticed_at)}, {people}; {told}\n  {one.what}\n  Đã làm: {one.done or 'chưa ghi'}"


def moment(text: str | None, clock: Clock) -> datetime:
    """A moment as an officer types it, in Vietnam: "2026-11-26" or "2026-11-26 14:30"; now, where nothing is said. Raises DanLoiError."""
    now = clock()
    if not text:
        return now
    try:
        said = datetime.fromisoformat(text)
    except ValueError as error:
        raise DanLoiError(f"«{text}» không phải ngày giờ: viết như 2026-11-26 hoặc '2026-11-26 14:30'.") from error
    there = said if said.tzinfo is not None else said.replace(tzinfo=VIETNAM)
    if there > now + timedelta(minutes=5):
        raise DanLoiError(f"«{text}» còn ở phía trước: viết ngày giờ đã qua.")
    return there


def _day(one: datetime) -> str:
    return one.astimezone(VIETNAM).strftime("%d/%m/%Y")


def _moment(one: datetime) -> str:
    return one.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M")
