"""Reads the steps of a guide: each is its verb and its name, and says where it leads."""

import re
from collections.abc import Callable

import yaml

from .conditions import HELPING, condition
from .guide import (
    ANY,
    Ask,
    Branch,
    Call,
    Check,
    Choice,
    Do,
    End,
    Era,
    Finish,
    GoTo,
    HandOver,
    Leave,
    OnNext,
    Question,
    Say,
    SayThen,
    Step,
    Target,
    ToPerson,
    Trouble,
    Visit,
)
from .source import Node, Source

Fold = Callable[[str], str]
STEP_KEYS = {
    "say": ("say",),
    "ask": ("ask", "kind", "choices", "next", "unit", "least", "most", "era", "once", "skip", "remind"),
    "do": ("do", "stuck", "skip", "remind"),
    "check": ("check", "when", "else"),
    "call": ("call", "with"),
    "hand_over": ("hand_over",),
    "end": ("end", "follow_up", "offer"),
}
ONLY_FOR = {
    "choices": (Question.CHOICE, Question.YES_NO),
    "unit": (Question.NUMBER, Question.CHOICE),
    "least": (Question.NUMBER,),
    "most": (Question.NUMBER,),
    "era": (Question.DATE,),
    "once": (Question.PLACE,),
}
"""Entries of a question that mean something for some kinds alone."""
LONGEST_WAIT = 60
"""Days: messages are kept no longer than ninety."""
ENDS: dict[str, Target] = {"hand_over": ToPerson(), "end": Finish(), "next": OnNext()}
YES_NO = {"yes": "Có", "no": "Không"}
NAME = re.compile(r"[a-z][a-z0-9_]*")


class Steps:
    """The steps of one file. Faults go to its `Source`."""

    def __init__(self, source: Source, fold: Fold) -> None:
        self._source = source
        self._fold = fold
        self.lines: dict[str, int] = {}
        """Where each step stands, by its name."""

    def read(self, node: Node) -> tuple[Step, ...]:
        """Every step of a guide."""
        return tuple(step for item in self._source.items(node) if (step := self._placed(item)))

    def _placed(self, node: Node) -> Step | None:
        """A step, its name looked at, and its line kept."""
        step = self._step(node)
        if step is not None:
            self.lines[step.name] = node.start_mark.line + 1
            if step.name in (*ENDS, HELPING):
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
                return Do(name, self._troubles(name, entries.get("stuck")), self._skip(entries), self._days(entries, "remind"))
            case "check":
                return self._check(node, name, entries)
            case "call":
                return Call(f"call_{name}", name, self._given(entries.get("with")))
            case "hand_over":
                return HandOver(name)
        return End(name, self._days(entries, "follow_up"), source.texts(entries["offer"]) if "offer" in entries else ())

    def _given(self, node: Node | None) -> dict[str, str]:
        """The called guide's questions that are answered already."""
        return {} if node is None else {name: self._source.text(value) for name, value in self._source.mapping(node, None).items()}

    def _ask(self, node: Node, name: str, entries: dict[str, Node]) -> Ask:
        source = self._source
        kind = self._question(entries)
        for entry, kinds in ONLY_FOR.items():
            if entry in entries and kind not in kinds:
                source.fault(entries[entry], f"«{entry}» không dùng cho câu hỏi loại {kind}", f"bỏ «{entry}», hoặc đổi kind")
        choices = self._choices(node, name, kind, entries)
        least, most = self._number(entries, "least"), self._number(entries, "most")
        if least is not None and most is not None and least > most:
            source.fault(entries["least"], f"least {least} lớn hơn most {most}", "đổi lại cho đúng")
        era = source.text(entries["era"]) if "era" in entries else None
        if era is not None and era not in tuple(Era):
            source.fault(entries["era"], f"không có «{era}»", "dùng past (đã qua) hoặc future (sắp tới)")
            era = None
        return Ask(
            name,
            choices,
            self._next(entries, kind, choices),
            kind,
            unit=source.text(entries["unit"]) if "unit" in entries else None,
            least=least,
            most=most,
            era=Era(era) if era else None,
            once=source.flag(entries, "once"),
            skip=self._skip(entries),
            remind=self._days(entries, "remind"),
        )

    def _question(self, entries: dict[str, Node]) -> Question:
        written = self._source.text(entries["kind"]) if "kind" in entries else Question.CHOICE
        if written not in tuple(Question):
            self._source.fault(entries["kind"], f"không có loại câu hỏi «{written}»", f"dùng một trong: {', '.join(Question)}")
            return Question.CHOICE
        return Question(written)

    def _choices(self, node: Node, name: str, kind: Question, entries: dict[str, Node]) -> tuple[Choice, ...]:
        source = self._source
        if not kind.has_choices:
            return ()
        if "choices" in entries:
            choices = tuple(self._choice(key, value) for key, value in source.mapping(entries["choices"], None).items())
        else:
            choices = tuple(Choice(key, label, self._fold(label)) for key, label in YES_NO.items()) if kind is Question.YES_NO else ()
        if not 2 <= len(choices) <= 6:
            source.fault(node, f"câu hỏi «{name}» có {len(choices)} lựa chọn", "cho từ 2 đến 6 lựa chọn trong «choices»")
        if kind is Question.YES_NO and {choice.id for choice in choices} != {"yes", "no"}:
            source.fault(node, f"câu hỏi có/không «{name}» phải có đúng hai lựa chọn yes và no", "đặt mã lựa chọn là yes và no")
        return choices

    def _next(self, entries: dict[str, Node], kind: Question, choices: tuple[Choice, ...]) -> dict[str, Target]:
        """A target for each choice; one for every answer, where there are no choices."""
        if "next" not in entries:
            return {}
        if not kind.has_choices:
            return {ANY: self._target(entries["next"])}
        targets = self._source.mapping(entries["next"], tuple(choice.id for choice in choices))
        return {choice: self._target(target) for choice, target in targets.items()}

    def _skip(self, entries: dict[str, Node]) -> Target | None:
        return self._target(entries["skip"]) if "skip" in entries else None

    def _number(self, entries: dict[str, Node], name: str) -> int | None:
        if name not in entries:
            return None
        written = self._source.text(entries[name])
        if not written.isdecimal() or len(written) > 9:
            self._source.fault(entries[name], f"«{name}» phải là một số", "viết một số không âm, như 14")
            return None
        return int(written)

    def _days(self, entries: dict[str, Node], name: str) -> int | None:
        days = self._number(entries, name)
        if days is not None and not 1 <= days <= LONGEST_WAIT:
            self._source.fault(entries[name], f"«{name}» là {days} ngày", f"cho từ 1 đến {LONGEST_WAIT} ngày")
        return days

    def _choice(self, key: str, node: Node) -> Choice:
        self._named(node, key)
        label, words = self._labelled(node, ("least", "most"))
        bounds = {} if isinstance(node, yaml.ScalarNode) else self._source.mapping(node, None)
        return Choice(key, label, self._fold(label), words, self._number(bounds, "least"), self._number(bounds, "most"))

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
        when = tuple(self._branch(item) for item in source.items(entries["when"])) if "when" in entries else ()
        return Check(name, when, self._target(entries["else"]) if "else" in entries else None)

    def _branch(self, node: Node) -> Branch:
        source = self._source
        entries = source.mapping(node, ("if", "fact", "then"), ("then",))
        if "if" not in entries and "fact" not in entries:
            source.fault(node, "nhánh này không có điều kiện", "thêm if: {câu_hỏi: lựa_chọn} hoặc fact: mã dữ kiện")
        asked = source.mapping(entries["if"], None) if "if" in entries else {}
        conditions = tuple(condition(name, source.text(value)) for name, value in asked.items())
        fact = source.text(entries["fact"]) if "fact" in entries else None
        return Branch(conditions, self._target(entries["then"]) if "then" in entries else Finish(), fact)

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
        source.fault(
            node, "không hiểu nơi đi tiếp này", "viết tên bước, {guide: …}, {call: …}, {say: …, then: …}, next, hand_over hoặc end"
        )
        return Finish()
