"""Reads flows/: every file into a `Topic`, every fault with its file, its line and its remedy, all faults at once."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import yaml

from ..model.catalogue import Catalogue
from ..model.errors import Fault, WrittenError
from .guide import (
    Ask,
    Call,
    Check,
    Choice,
    Do,
    End,
    Finish,
    GoTo,
    HandOver,
    Leave,
    Say,
    SayThen,
    Step,
    Target,
    ToPerson,
    Topic,
    Trouble,
    Visit,
)
from .source import Node, Source

Fold = Callable[[str], str]
HEAD = ("title", "for", "reviewed", "sources")
KEYS = (*HEAD, "aspects", "steps", "answer", "offer", "urgent", "offer_person")
STEP_KEYS = {
    "say": ("say",),
    "ask": ("ask", "kind", "choices", "next"),
    "do": ("do", "stuck"),
    "check": ("check", "when", "else"),
    "call": ("call",),
    "hand_over": ("hand_over",),
    "end": ("end",),
}
ENDS: dict[str, Target] = {"hand_over": ToPerson(), "end": Finish()}
YES_NO = {"yes": "Có", "no": "Không"}
NAME = re.compile(r"[a-z][a-z0-9_]*")


def load_topics(folder: Path, known: Catalogue, fold: Fold) -> dict[str, Topic]:
    """Every topic under a folder `flows/`. Raises WrittenError with all faults."""
    topics: dict[str, Topic] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*/*.yml")):
        source = Source(path, f"{folder.name}/{path.parent.name}/{path.name}")
        topic = _Reading(source, known, fold).topic(path.stem, path.parent.name)
        faults += source.faults
        topics[topic.id] = topic
    if not topics:
        faults.append(Fault(folder.name, None, "không có hướng dẫn nào", "thêm tệp flows/<nhóm>/<chủ đề>.yml"))
    if faults:
        raise WrittenError(faults)
    return topics


class _Reading:
    """One file being read."""

    def __init__(self, source: Source, known: Catalogue, fold: Fold) -> None:
        self._source = source
        self._known = known
        self._fold = fold
        self._lines: dict[str, int] = {}

    def topic(self, name: str, group: str) -> Topic:
        source = self._source
        entries = source.mapping(source.root, KEYS, HEAD) if not source.faults else {}
        self._belongs(name, group)
        self._kind(entries)
        self._lines = {f"{key}:": node.start_mark.line + 1 for key, node in entries.items()}
        read = {key: source.texts(entries[key]) if key in entries else () for key in ("sources", "answer", "offer")}
        return Topic(
            id=name,
            group=group,
            title=source.text(entries["title"]) if "title" in entries else name,
            whom=source.text(entries["for"]) if "for" in entries else "",
            reviewed=self._date(entries.get("reviewed")),
            sources=read["sources"],
            steps=tuple(step for node in source.items(entries["steps"]) if (step := self._placed(node))) if "steps" in entries else (),
            answer=read["answer"],
            offer=read["offer"],
            urgent=source.flag(entries, "urgent"),
            offer_person=source.flag(entries, "offer_person"),
            aspects=self._aspects(entries.get("aspects")),
            lines=self._lines,
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

    def _placed(self, node: Node) -> Step | None:
        """A step, its name looked at, and its line kept."""
        step = self._step(node)
        if step is not None:
            self._lines[step.name] = node.start_mark.line + 1
            if step.name in ENDS:
                self._source.fault(node, f"«{step.name}» là từ dành riêng, không đặt làm tên bước", f"đổi tên, ví dụ {step.name}_step")
            self._named(node, step.name)
        return step

    def _named(self, node: Node, name: str) -> None:
        """Names go into taps, which carry few bytes and plain letters alone."""
        if not NAME.fullmatch(name):
            self._source.fault(node, f"tên «{name}» không dùng được", "chỉ dùng chữ thường không dấu, chữ số và gạch dưới, như old_card")

    def _step(self, node: Node) -> Step | None:
        source = self._source
        entries = source.mapping(node, None)
        verbs = [verb for verb in STEP_KEYS if verb in entries]
        if len(verbs) != 1:
            source.fault(node, "mỗi bước cần đúng một động từ", f"bắt đầu bước bằng một trong: {', '.join(STEP_KEYS)}")
            return None
        verb = verbs[0]
        entries = source.mapping(node, STEP_KEYS[verb])
        name = source.text(entries[verb])
        match verb:
            case "say":
                return Say(name)
            case "ask":
                return self._ask(node, name, entries)
            case "do":
                return Do(name, self._troubles(name, entries.get("stuck")))
            case "check":
                return self._check(node, name, entries)
            case "call":
                return Call(f"call_{name}", name)
            case "hand_over":
                return HandOver(name)
        return End(name)

    def _ask(self, node: Node, name: str, entries: dict[str, Node]) -> Ask:
        source = self._source
        kind = source.text(entries["kind"]) if "kind" in entries else "choice"
        if kind not in ("choice", "yes_no"):
            source.fault(entries["kind"], f"không có loại câu hỏi «{kind}»", "dùng choice hoặc yes_no")
        if "choices" in entries:
            choices = tuple(self._choice(key, value) for key, value in source.mapping(entries["choices"], None).items())
        else:
            choices = tuple(Choice(key, label, self._fold(label)) for key, label in YES_NO.items()) if kind == "yes_no" else ()
        if not 2 <= len(choices) <= 6:
            source.fault(node, f"câu hỏi «{name}» có {len(choices)} lựa chọn", "cho từ 2 đến 6 lựa chọn trong «choices»")
        if kind == "yes_no" and {choice.id for choice in choices} != {"yes", "no"}:
            source.fault(node, f"câu hỏi có/không «{name}» phải có đúng hai lựa chọn yes và no", "đặt mã lựa chọn là yes và no")
        ids = tuple(choice.id for choice in choices)
        targets = source.mapping(entries["next"], ids) if "next" in entries else {}
        return Ask(name, choices, {choice: self._target(target) for choice, target in targets.items()}, kind == "yes_no")

    def _choice(self, key: str, node: Node) -> Choice:
        self._named(node, key)
        label, words = self._labelled(node, ())
        return Choice(key, label, self._fold(label), words)

    def _labelled(self, node: Node, more: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        """A bare label, or {label, words, …}: the label and the folded words."""
        source = self._source
        if isinstance(node, yaml.ScalarNode):
            return source.text(node), ()
        entries = source.mapping(node, ("label", "words", *more), ("label",))
        words = source.texts(entries["words"]) if "words" in entries else ()
        return (source.text(entries["label"]) if "label" in entries else "?"), tuple(self._fold(word) for word in words)

    def _troubles(self, step: str, node: Node | None) -> tuple[Trouble, ...]:
        if node is None:
            return ()
        return tuple(self._trouble(step, key, value) for key, value in self._source.mapping(node, None).items())

    def _trouble(self, step: str, key: str, node: Node) -> Trouble:
        self._named(node, key)
        label, words = self._labelled(node, ("say", "then"))
        entries = self._source.mapping(node, None) if isinstance(node, yaml.MappingNode) else {}
        block = self._source.text(entries["say"]) if "say" in entries else f"{step}__{key}"
        then = self._target(entries["then"]) if "then" in entries else None
        return Trouble(key, label, self._fold(label), block, words, then)

    def _check(self, node: Node, name: str, entries: dict[str, Node]) -> Check:
        source = self._source
        if "when" not in entries:
            source.fault(node, f"bước check «{name}» thiếu «when»", "thêm when: [{if: {câu_hỏi: lựa_chọn}, then: bước}]")
        branches = (
            [source.mapping(item, ("if", "then"), ("if", "then")) for item in source.items(entries["when"])] if "when" in entries else []
        )
        when = tuple(
            ({asked: source.text(choice) for asked, choice in source.mapping(branch["if"], None).items()}, self._target(branch["then"]))
            for branch in branches
            if branch.keys() == {"if", "then"}
        )
        return Check(name, when, self._target(entries["else"]) if "else" in entries else None)

    def _target(self, node: Node) -> Target:
        source = self._source
        if isinstance(node, yaml.ScalarNode):
            name = source.text(node)
            return ENDS.get(name) or GoTo(name)
        entries = source.mapping(node, ("guide", "call", "say", "then"))
        match tuple(sorted(entries)):
            case ("guide",):
                return Leave(source.text(entries["guide"]))
            case ("call",):
                return Visit(source.text(entries["call"]))
            case ("say", "then"):
                return SayThen(source.text(entries["say"]), self._target(entries["then"]))
        source.fault(node, "không hiểu nơi đi tiếp này", "viết tên bước, {guide: …}, {call: …}, {say: …, then: …}, hand_over hoặc end")
        return Finish()
