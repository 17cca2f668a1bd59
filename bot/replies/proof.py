"""Proofreading: what a machine can tell of words before a person reads them aloud.

Faults must be mended: they say what must not be said, name facts that are none, or fit no channel. Advice is for the writer to weigh.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from .. import yaml_loader
from ..model.errors import Fault, WrittenError
from .facts import Facts
from .variants import Block
from .words import Words

RISKS, STYLE = "content/risks.yml", "content/style.yml"
MOST_SENTENCES = 4
"""In a message; three are better, a warning may need one more."""
LONGEST_SENTENCE = 34
"""Syllables: about what is said in one breath and a half."""
LONGEST = 420
"""Characters that a phone shows at once."""
MOST_ON_A_CHANNEL = 2000
"""Characters that every channel takes in one message (Zalo's limit)."""
MOST_BUTTON_NAMES = 2
"""Buttons of somebody else's screen in one message: more is more than one action."""
STALE = timedelta(days=180)
_SENTENCE = re.compile(r"[^.!?…:\n]+(?:[.!?…:]+(?=\s|$)|$)")
_BUTTON = re.compile(r"«([^»]+)»")
_OURS = frozenset({"Xong", "Bị vướng", "Gặp người hỗ trợ", "Dừng lại", "Nói lại", "Bỏ qua"})
ASPECTS = ("fee", "time", "documents", "where", "who", "online")


class Risk(BaseModel):
    """Something that must not be said: how a machine finds it, what a person must look at, what to say instead."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    never: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    """A fact that reads so must have an end."""
    person: str | None = None
    instead: str
    only_written: bool = False
    """Not where a fact is filled in: facts carry their own dates."""


@dataclass(frozen=True, slots=True)
class Rules:
    risks: tuple[Risk, ...]
    officialese: Mapping[str, str]

    @classmethod
    def load(cls, root: Path) -> "Rules":
        """Raises WrittenError."""
        try:
            risks = tuple(Risk.model_validate(entry) for entry in yaml_loader.load((root / RISKS).read_text(encoding="utf-8")))
            for pattern in (pattern for risk in risks for pattern in (*risk.never, *risk.facts)):
                re.compile(pattern)
        except (OSError, yaml.YAMLError, ValidationError, TypeError, re.error) as error:
            raise WrittenError([Fault(RISKS, None, f"không đọc được: {error}", "xem các mục bên cạnh")]) from error
        try:
            style = yaml_loader.load((root / STYLE).read_text(encoding="utf-8"))["officialese"]
            return cls(risks, {str(word): str(plain) for word, plain in style.items()})
        except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
            raise WrittenError([Fault(STYLE, None, f"không đọc được: {error}", "viết như: officialese: {tiến hành: làm}")]) from error


@dataclass(frozen=True, slots=True)
class Known:
    """What the words are measured against."""

    needed: Callable[[str], frozenset[str]]
    """The blocks that a topic's routing says."""
    reviewed: Mapping[str, date]
    """When each topic was looked over last."""
    optional: Callable[[str], frozenset[str]]
    """Blocks that may be there besides: examples and reasons of its steps."""


class Proof:
    """One proofreading, on one day. `sample`: what a block may mention outside a conversation."""

    def __init__(self, words: Words, facts: Facts, rules: Rules, known: Known, today: date, sample: Mapping[str, Any]) -> None:
        self._words = words
        self._facts = facts
        self._rules = rules
        self._known = known
        self._today = today
        self._sample = sample

    def faults(self) -> Iterator[Fault]:
        """What must be mended."""
        for topic, block in self._blocks():
            yield from self._facts_named(topic, block)
            texts = self._texts(topic, block)
            yield from self._unsayable(topic, block, texts)
            for text in texts:
                if len(text) > MOST_ON_A_CHANNEL:
                    yield self._at(topic, block, f"dài {len(text)} chữ", f"viết gọn trong {MOST_ON_A_CHANNEL} chữ")
                    break
        yield from self._unending_facts()
        yield from self._missing_aspects()

    def advice(self) -> Iterator[Fault]:
        """What a writer should weigh."""
        for topic, block in self._blocks():
            yield from self._unused(topic, block)
            if topic != "web":
                for text in self._texts(topic, block)[:1]:
                    yield from self._hard_to_hear(topic, block, text)
        yield from self._stale()

    def for_a_person(self) -> list[str]:
        """What no machine can tell: the list a person goes through."""
        return [f"[{risk.id}] {risk.person} → {risk.instead}" for risk in self._rules.risks if risk.person]

    # --- each look

    def _facts_named(self, topic: str, block: Block) -> Iterator[Fault]:
        for name in block.facts:
            if name not in self._facts.facts:
                yield self._at(topic, block, f"dẫn dữ kiện «{name}», nhưng không có", "thêm dữ kiện vào content/facts/, hoặc sửa mã")

    def _unsayable(self, topic: str, block: Block, texts: Iterable[str]) -> Iterator[Fault]:
        said = [text.lower() for text in texts]
        for risk in self._rules.risks:
            for pattern in risk.never:
                found = next(
                    (match for text in ([block.text.lower()] if risk.only_written else said) if (match := re.search(pattern, text))), None
                )
                if found:
                    yield self._at(topic, block, f"nói «{found[0].strip()}» ({risk.id})", risk.instead)

    def _unending_facts(self) -> Iterator[Fault]:
        for name, fact in self._facts.facts.items():
            for risk in self._rules.risks:
                if fact.valid_until is None and any(re.search(pattern, fact.value.lower()) for pattern in risk.facts):
                    yield Fault("content/facts/", None, f"dữ kiện «{name}» không có ngày hết hạn ({risk.id})", risk.instead)

    def _missing_aspects(self) -> Iterator[Fault]:
        for topic in sorted(self._known.reviewed):
            for aspect in ASPECTS:
                if not self._words.has(topic, aspect):
                    yield Fault(
                        self._words.file(topic),
                        None,
                        f"thiếu lời cho khía cạnh «{aspect}»",
                        "viết khối ấy; chưa có dữ kiện thì nói ai biết",
                    )

    def _unused(self, topic: str, block: Block) -> Iterator[Fault]:
        if topic not in self._known.reviewed:
            return
        if block.name not in self._known.needed(topic) | self._known.optional(topic) | frozenset(ASPECTS):
            yield self._at(topic, block, "không hướng dẫn nào nói tới khối này", "bỏ đi, hoặc thêm bước dùng nó")

    def _hard_to_hear(self, topic: str, block: Block, text: str) -> Iterator[Fault]:
        sentences = [one.strip() for one in _SENTENCE.findall(text) if one.strip(' *-"')]
        if len(sentences) > MOST_SENTENCES and "\n" not in text:
            yield self._at(topic, block, f"có {len(sentences)} câu", "chia làm hai tin, hoặc bỏ bớt")
        for sentence in sentences:
            if len(sentence.split()) > LONGEST_SENTENCE:
                yield self._at(topic, block, f"câu dài {len(sentence.split())} tiếng: «{sentence[:40]}…»", "chia thành hai câu")
        if len(text) > LONGEST:
            yield self._at(topic, block, f"dài {len(text)} chữ", f"viết gọn trong {LONGEST} chữ")
        names = {name for name in _BUTTON.findall(text) if name not in _OURS}
        if len(names) > MOST_BUTTON_NAMES:
            yield self._at(topic, block, f"kể {len(names)} nút một lúc", "mỗi tin một việc: chia làm hai bước")
        for word, plain in self._rules.officialese.items():
            if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", _BUTTON.sub("", text.lower())):
                yield self._at(topic, block, f"chữ công văn «{word}»", f"nói «{plain}»")

    def _stale(self) -> Iterator[Fault]:
        for topic, reviewed in self._known.reviewed.items():
            if self._today - reviewed > STALE:
                yield Fault(self._words.file(topic), None, f"soát lần cuối {reviewed}, quá {STALE.days} ngày", "soát lại rồi đổi ngày")
        for name, fact in self._facts.facts.items():
            if self._today - fact.reviewed > STALE:
                yield Fault(
                    "content/facts/",
                    None,
                    f"dữ kiện «{name}» soát lần cuối {fact.reviewed}, quá {STALE.days} ngày",
                    "soát lại nguồn rồi đổi ngày",
                )
            if fact.valid_until is not None and fact.valid_until < self._today:
                yield Fault(
                    "content/facts/", None, f"dữ kiện «{name}» hết hạn ngày {fact.valid_until}: máy chỉ nói lời safe", "tìm quy định mới"
                )

    # ---

    def _blocks(self) -> Iterator[tuple[str, Block]]:
        for topic in sorted(self._words.topics):
            for block in self._words.written(topic).values():
                yield topic, block

    def _texts(self, topic: str, block: Block) -> list[str]:
        """The block in all its variants, as it reads today."""
        if any(fact not in self._facts.facts for fact in block.facts):
            return []
        ways = [{**self._sample, "answers": answers} for answers in block.variants()]
        return list(dict.fromkeys(self._words.text(f"{topic}.{block.name}", self._today, way) for way in ways))

    def _at(self, topic: str, block: Block, what: str, remedy: str) -> Fault:
        return Fault(self._words.file(topic), block.line, f"«{block.name}»: {what}", remedy)
