"""The console's pages: Jinja2 templates that escape everything, and what they may say of times, people and topics."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ...model.case import Case, Outcome, Rung
from ...model.clock import VIETNAM, Clock
from ...model.people import Role
from ...replies.formats import render
from ..copies import KINDS
from ..hours import told
from ..languages import LANGUAGES
from ..listing import REASONS
from ..shifts import brief
from ..teams import LEVELS

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
TYPES = {".js": "text/javascript", ".css": "text/css"}
ROLES = {
    Role.VOLUNTEER: "tình nguyện viên",
    Role.COACH: "người kèm",
    Role.COORDINATOR: "điều phối",
    Role.ADMIN: "quản trị",
}
OUTCOMES = {
    Outcome.SOLVED: "Xong việc",
    Outcome.PARTLY: "Xong một phần",
    Outcome.TO_OFFICE: "Đã chỉ ra Công an xã, Trung tâm",
    Outcome.VISIT: "Tổ hẹn đến tận nơi",
    Outcome.NO_ANSWER: "Bà con không nhắn nữa",
    Outcome.NOT_OURS: "Việc ngoài phạm vi",
    Outcome.ABUSE: "Quấy phá",
    Outcome.BACK_TO_BOT: "Trả về trợ lý",
}
RUNGS = {Rung.COMMUNE: "tổ của xã", Rung.NEIGHBOURS: "các xã lân cận", Rung.PROVINCE: "bàn trực tỉnh"}
SENT = {
    "queued": "đang gửi",
    "sending": "đang gửi",
    "sent": "đã gửi",
    "words_only": "đã gửi lời, ảnh không gửi được",
    "unknown": "không rõ đã tới",
    "failed": "chưa gửi được",
    "stale": "không gửi",
    "waiting": "",
    "handled": "",
    "dead": "",
}


class Pages:
    def __init__(self, clock: Clock, topics: Mapping[str, str], place: Callable[[str], str]) -> None:
        """`topics`: titles by id. `place`: what a place is called."""
        self._clock = clock
        loader = FileSystemLoader(FOLDER / "templates")
        self._environment = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False
        )
        self.assets = {path.name: Asset(path) for path in sorted(STATIC.iterdir()) if path.suffix in TYPES}
        self._environment.globals.update(
            asset=lambda name: f"/desk/static/{name}?v={self.assets[name].version}",
            topic=lambda name: topics.get(name, name) if name else "chưa rõ chủ đề",
            topics=topics,
            place=lambda name: place(name) if name else "",
            reasons=REASONS,
            request_kinds=KINDS,
            roles=ROLES,
            outcomes=OUTCOMES,
            rungs=RUNGS,
            sent=SENT,
            levels=LEVELS,
            languages=LANGUAGES,
        )
        self._environment.filters.update(
            clock=self.clock, ago=self.ago, day=_day, shown=_shown, drawn=Markup, initials=initials, wait=self.wait, plan=brief
        )

    def page(self, name: str, **values: Any) -> str:
        return self._environment.get_template(name).render(**values)

    def clock(self, moment: datetime | None) -> str:
        """A moment as one says it."""
        return "" if moment is None else told(moment, self._clock())

    def ago(self, moment: datetime | None) -> str:
        """How long ago: "vừa xong", "5 phút", "3 giờ", "2 ngày"."""
        if moment is None:
            return ""
        minutes = int((self._clock() - moment).total_seconds() // 60)
        if minutes < 1:
            return "vừa xong"
        if minutes < 60:
            return f"{minutes} phút"
        return f"{minutes // 60} giờ" if minutes < 48 * 60 else f"{minutes // 1440} ngày"

    def wait(self, case: Case) -> str:
        """How urgent an answer is: "late", "soon" or ""."""
        due = case.lease_until if case.lease_until is not None and case.waiting_since is not None else case.promised_at
        if case.closed_at is not None or due is None or (case.lease_until is not None and case.waiting_since is None):
            return ""
        left = (due - self._clock()).total_seconds()
        return "late" if left < 0 or case.breached else "soon" if left < 300 else ""


class Asset:
    """A file of the page, named by its content so that a phone on a poor network fetches a version once."""

    def __init__(self, path: Path) -> None:
        self.body = path.read_bytes()
        self.media_type = TYPES[path.suffix]
        self.version = hashlib.sha256(self.body).hexdigest()[:12]


def initials(name: str | None) -> str:
    """A name for who must not know it whole: "S. T. Mỷ"; of a single word, which may be all of somebody's name on a channel, "M."."""
    words = (name or "").split()
    kept = words[1:] and words[-1:]
    return " ".join([*(f"{word[0]}." for word in words[: len(words) - len(kept)]), *kept])


def _day(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(VIETNAM).strftime("%d/%m %H:%M")


def _shown(text: str) -> Markup:
    """Our small Markdown, as the citizen's page shows it; whatever else stands there is escaped."""
    return Markup(render("html", text))  # noqa: S704  (made from tokens of our own renderer, which escapes)
