"""A small library of made-up guides, and a citizen who talks to it: the real loader, engine and router; no model, no database.

Between any two turns the state goes through JSON, as the database would keep it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from bot.dialogue.load import load_topics
from bot.dialogue.router import route
from bot.dialogue.state import State
from bot.dialogue.versions import Library, Thresholds
from bot.model.catalogue import Section
from bot.model.clock import today
from bot.model.dialogue import Move
from bot.model.meaning import Heard, Meaning, Reading
from bot.model.message import Kind, Tap
from bot.settings import ROOT
from bot.understanding.places import Places
from bot.understanding.reader import Reader
from bot.understanding.text import fold
from bot.written import read_catalogue

HEAD = "title: {title}\nfor: Mọi người\nreviewed: 2026-11-23\nsources: [luat]\n"
CATALOGUE = read_catalogue(ROOT)
PLACES = Places.load(ROOT)

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
TODAY = today(NOW)

CARD = """
steps:
  - say: intro
  - ask: card
    choices:
      valid: {label: Có và còn hạn, words: [còn hạn]}
      old: {label: Hết hạn hoặc loại cũ, words: [hết hạn rồi, thẻ cũ]}
      none: {label: Chưa có, words: [chưa làm thẻ, chưa có thẻ]}
    next: {valid: sim, none: {say: no_card, then: sim}}
  - say: old_card
  - ask: sim
    kind: yes_no
    next: {no: {call: eid_phone_number}}
  - do: go
    stuck:
      far: {label: Công an ở xa, words: [xa quá]}
      refused: {label: Cán bộ chưa nhận, words: [không nhận], then: hand_over}
  - check: which
    when: [{if: {card: valid}, then: done}]
    else: wait
  - do: wait
  - end: done
"""
PHONE = "steps:\n  - ask: has_old_sim\n    kind: yes_no\n  - end: done\n"
ABOUT = "answer: [main, more]\noffer: [eid_level_2]\n"
LOGIN = "steps:\n  - do: open\n  - do: log_in\n"
VICTIM = "answer: [first, second, third]\nurgent: true\n"
SUSPECTED = "answer: [main]\noffer_person: true\n"
TOPICS = {
    "account/eid_level_2": ("Định danh mức 2", CARD),
    "account/eid_phone_number": ("Đổi số điện thoại", PHONE),
    "account/eid_about": ("VNeID là gì", ABOUT),
    "account/eid_login": ("Đăng nhập", LOGIN),
    "safety/scam_victim": ("Đã bị lừa", VICTIM),
    "safety/scam_suspected": ("Nghi bị lừa", SUSPECTED),
}
WORDS = {
    "eid_level_2": {"card__example", "card__why", "fee"},
    "eid_about": {"time"},
    "scam_victim": {"where", "fee"},
    "scam_suspected": {"where", "fee"},
}

MENU = (
    Section("vneid", "Tài khoản VNeID", ("eid_level_2", "eid_login", "eid_about", "eid_phone_number", "merger_changes")),
    Section("safety", "An toàn", ("scam_suspected", "scam_victim")),
)


def library(folder: Path, more: Mapping[str, tuple[str, str]] | None = None) -> Library:
    """The village's guides, and more: file -> title and body; a file of the same name replaces it."""
    for name, (title, body) in {**TOPICS, **(more or {})}.items():
        path = folder / "flows" / f"{name}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEAD.format(title=title) + body, encoding="utf-8")
    topics = load_topics(folder / "flows", CATALOGUE, fold)
    return Library(
        topics,
        Thresholds(0.5, 0.2),
        MENU,
        frozenset(CATALOGUE.acts),
        words=lambda topic, block: block in WORDS.get(topic, ()),
        aspects={"fee": "Phí và lệ phí", "time": "Bao lâu có kết quả"},
        unwritten={"merger_changes": "Sáp nhập tỉnh, xã"},
        places=PLACES.gazetteer,
        fold=fold,
    )


@dataclass
class Citizen:
    """Says and taps; `blocks` are what was answered last."""

    library: Library
    state: State = field(default_factory=State)
    turn: int = 0
    waiting_for_person: bool = False
    move: Move = field(default_factory=lambda: Move({}))
    reader: Reader = field(default_factory=lambda: Reader(None, CATALOGUE.intents, PLACES, lambda: NOW))
    shown_in: dict[str, int] = field(default_factory=dict)
    """The turn in which each button was shown last."""

    def says(
        self, text: str, intent: str | None = None, confidence: float = 0.9, aspect: str | None = None, away: str | None = None
    ) -> list[str]:
        """`intent`: what the model makes of it, if it is asked at all."""
        heard = self.reader.glance(Kind.TEXT, text)
        ranking = (Reading(intent, confidence), Reading("eid_login", 0.15)) if intent else ()
        return self.hears(heard.understood(Meaning(ranking, aspect, away=away)))

    def taps(self, label: str, turn: int | None = None) -> list[str]:
        value = next(button.value for button in self.state.offered if button.label == label)
        return self.taps_value(value, self.turn if turn is None else turn)

    def taps_value(self, value: str, turn: int) -> list[str]:
        return self.hears(Heard(Kind.TAP, tap=Tap(value, turn)))

    def hears(self, heard: Heard, unsure: bool = False) -> list[str]:
        self.move = route(self.library, self.state, heard, TODAY, self.waiting_for_person, unsure)
        self.state = State.from_dict(json.loads(json.dumps(self.move.state)))
        self.turn += 1
        self.waiting_for_person = self.waiting_for_person or self.move.hand_over is not None
        return self.blocks

    @property
    def blocks(self) -> list[str]:
        return [say.block for say in self.move.says]

    @property
    def labels(self) -> list[str]:
        return [button.label for say in self.move.says for button in say.buttons]

    @property
    def step(self) -> str | None:
        return self.move.step

    def standing_at(self, *answers: str) -> "Citizen":
        """Inside eid_level_2, with these answers given."""
        self.says("làm định danh mức 2", intent="eid_level_2")
        for answer in answers:
            self.says(answer)
        return self

    def again(self) -> "Citizen":
        """The same citizen in the same place, for a second way to go on."""
        return replace(self, state=State.from_dict(json.loads(json.dumps(self.state.to_dict()))))
