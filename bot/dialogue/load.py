"""Reads flows/: every file into a `Topic`, every fault with its file, its line and its remedy, all faults at once."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from ..model.catalogue import Catalogue
from ..model.errors import Fault, WrittenError
from ..model.publication import Edition
from .guide import Step, Topic
from .load_steps import Fold, Steps
from .source import Node, Source

HEAD = ("title", "for", "reviewed", "sources")
KEYS = (*HEAD, "aspects", "steps", "answer", "offer", "urgent", "offer_person")


def load_topics(folder: Path, known: Catalogue, fold: Fold) -> dict[str, Topic]:
    """Every topic under a folder `flows/`. Raises WrittenError with all faults."""
    topics: dict[str, Topic] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*/*.yml")):
        source = Source.file(path, f"{folder.name}/{path.parent.name}/{path.name}")
        topic = _Reading(source, known, fold).topic(path.stem, path.parent.name)
        faults += source.faults
        topics[topic.id] = topic
    if not topics:
        faults.append(Fault(folder.name, None, "không có hướng dẫn nào", "thêm tệp flows/<nhóm>/<chủ đề>.yml"))
    if faults:
        raise WrittenError(faults)
    return topics


def load_edition(edition: Edition, known: Catalogue, fold: Fold) -> Topic:
    """A topic as it was published. Raises WrittenError where this program can no longer read it."""
    group = known.topics[edition.topic].group if edition.topic in known.topics else "?"
    source = Source(lambda: edition.body, f"flows/{group}/{edition.topic}.yml@{edition.version}")
    topic = _Reading(source, known, fold).topic(edition.topic, group)
    if source.faults:
        raise WrittenError(source.faults)
    return topic


class _Reading:
    """One file being read."""

    def __init__(self, source: Source, known: Catalogue, fold: Fold) -> None:
        self._source = source
        self._known = known
        self._fold = fold

    def topic(self, name: str, group: str) -> Topic:
        source = self._source
        entries = source.mapping(source.root, KEYS, HEAD) if not source.faults else {}
        self._belongs(name, group)
        self._kind(entries)
        steps = Steps(source, self._fold)
        read_steps = steps.read(entries["steps"]) if "steps" in entries else ()
        self._keep_apart(read_steps, steps.lines)
        lines = {f"{key}:": node.start_mark.line + 1 for key, node in entries.items()} | steps.lines
        read = {key: source.texts(entries[key]) if key in entries else () for key in ("sources", "answer", "offer")}
        return Topic(
            id=name,
            group=group,
            title=source.text(entries["title"]) if "title" in entries else name,
            whom=source.text(entries["for"]) if "for" in entries else "",
            reviewed=self._date(entries.get("reviewed")),
            sources=read["sources"],
            steps=read_steps,
            answer=read["answer"],
            offer=read["offer"],
            urgent=source.flag(entries, "urgent"),
            offer_person=source.flag(entries, "offer_person"),
            aspects=self._aspects(entries.get("aspects")),
            written=_spelling(source.data),
            version=hashlib.sha256(_spelling(source.data.get("steps") or []).encode()).hexdigest()[:12],
            lines=lines,
        )

    def _kind(self, entries: dict[str, Node]) -> None:
        """A guide or an answer, and with nothing that belongs to the other."""
        source = self._source
        if entries and ("steps" in entries) == ("answer" in entries):
            source.fault(source.root, "cần đúng một trong «steps» (hướng dẫn) và «answer» (trả lời)", "giữ lại một, bỏ một")
        for key in ("steps", "answer"):
            if key in entries and isinstance(entries[key], yaml.SequenceNode) and not entries[key].value:
                source.fault(entries[key], f"«{key}» không có mục nào", "thêm ít nhất một mục")
        for key in ("offer", "offer_person", "urgent"):
            if key in entries and "steps" in entries:
                source.fault(entries[key], f"«{key}» chỉ dùng cho chủ đề trả lời (answer)", f"bỏ «{key}», hoặc thêm bước vào steps")

    def _keep_apart(self, steps: tuple[Step, ...], lines: dict[str, int]) -> None:
        """Steps and aspects share one file of words, so their names must differ."""
        for name in sorted({step.name for step in steps} & set(self._known.aspects)):
            what = f"«{name}» là tên một khía cạnh, không đặt làm tên bước"
            self._source.faults.append(Fault(self._source.shown, lines.get(name), what, f"đổi tên, ví dụ {name}_step"))

    def _belongs(self, name: str, group: str) -> None:
        topic = self._known.topics.get(name)
        if topic is None:
            self._source.fault(None, f"không có chủ đề «{name}» trong content/catalogue.yml", "đặt tên tệp đúng mã một chủ đề")
        elif topic.group != group:
            self._source.fault(None, f"«{name}» thuộc nhóm {topic.group}, không phải {group}", f"chuyển tệp vào flows/{topic.group}/")

    def _date(self, node: Node | None) -> date:
        if node is not None:
            try:
                return date.fromisoformat(self._source.text(node))
            except ValueError:
                self._source.fault(node, "ngày không đúng", "viết như 2026-11-23")
        return date.min

    def _aspects(self, node: Node | None) -> dict[str, tuple[str, ...]]:
        if node is None:
            return {}
        return {name: self._source.texts(facts) for name, facts in self._source.mapping(node, tuple(self._known.aspects)).items()}


def _spelling(data: Any) -> str:
    """One way to write what a file says, whatever its layout and comments."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str)
