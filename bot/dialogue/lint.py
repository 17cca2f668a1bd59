"""Looks over guides that could be read: what leads nowhere, what nobody reaches, what has no words, what is too long to tap."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ..model.errors import Fault
from ..model.message import MAX_VALUE_BYTES, Verb
from .answers import answer_value, choice_with_id
from .conditions import can_hold, spelt
from .guide import Ask, Call, Check, Do, End, GoTo, Leave, SayThen, Step, Target, Topic, Visit
from .paths import calling_circle, needed_blocks, reachable, silent_circle, targets_of, without_exit

LONGEST_LABEL = 40
"""Characters of a tap's label that a 360-pixel phone shows on two lines."""


@dataclass(frozen=True, slots=True)
class Around:
    """What the guides refer to, as the words and facts have it."""

    blocks: Callable[[str], frozenset[str]]
    """The blocks of a topic's words."""
    facts: frozenset[str]
    sources: frozenset[str]


def lint(topics: Mapping[str, Topic], around: Around) -> list[Fault]:
    """Every fault of every topic."""
    return [fault for topic in topics.values() for fault in _Look(topic, topics, around).faults()]


class _Look:
    def __init__(self, topic: Topic, topics: Mapping[str, Topic], around: Around) -> None:
        self._topic = topic
        self._topics = topics
        self._around = around
        self._file = f"flows/{topic.group}/{topic.id}.yml"
        self._words = f"content/{topic.group}/{topic.id}.md.j2"

    def faults(self) -> Iterator[Fault]:
        yield from self._names()
        yield from self._targets()
        yield from self._reach()
        yield from self._blocks()
        yield from self._taps()
        yield from self._alike()
        yield from self._references()

    def _fault(self, place: str, what: str, remedy: str) -> Fault:
        """`place`: the step, or the entry with its colon, to look at."""
        return Fault(self._file, self._topic.lines.get(place), what, remedy)

    def _names(self) -> Iterator[Fault]:
        names = [step.name for step in self._topic.steps]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield self._fault(name, f"hai bước cùng tên «{name}»", "đổi tên một bước")

    def _targets(self) -> Iterator[Fault]:
        for step in self._topic.steps:
            for target in targets_of(step):
                yield from self._target(step, target)
            if isinstance(step, Call):
                yield from self._target(step, Visit(step.topic))
                yield from self._given(step)
            if isinstance(step, Check):
                yield from self._conditions(step)

    def _target(self, step: Step, target: Target) -> Iterator[Fault]:
        match target:
            case GoTo(name) if self._topic.position(name) is None:
                yield self._fault(step.name, f"bước «{step.name}» đi tới «{name}», nhưng không có bước ấy", "sửa tên, hoặc thêm bước")
            case Leave(topic) | Visit(topic) if topic not in self._topics:
                yield self._fault(
                    step.name, f"bước «{step.name}» gọi chủ đề «{topic}», nhưng không có tệp ấy", "sửa tên, hoặc viết chủ đề ấy"
                )
            case SayThen(_, then):
                yield from self._target(step, then)

    def _given(self, call: Call) -> Iterator[Fault]:
        """What a call answers beforehand must be a question of that guide, and one of its choices."""
        asked = {step.name: step for step in self._topics[call.topic].steps if isinstance(step, Ask)} if call.topic in self._topics else {}
        for name, choice in call.given.items():
            if asked and (name not in asked or choice_with_id(asked[name], choice) is None):
                yield self._fault(
                    call.name,
                    f"«{call.topic}» không có câu hỏi «{name}» với lựa chọn «{choice}»",
                    "sửa mục «with» cho đúng câu hỏi và lựa chọn",
                )

    def _conditions(self, check: Check) -> Iterator[Fault]:
        asked = {step.name: step for step in self._topic.steps if isinstance(step, Ask)}
        for branch in check.when:
            if branch.fact is not None and branch.fact not in self._around.facts:
                yield self._fault(
                    check.name, f"bước «{check.name}» xét dữ kiện «{branch.fact}», nhưng không có", "thêm dữ kiện vào content/facts/"
                )
            for condition in branch.conditions:
                if not can_hold(condition, asked.get(condition.asked)):
                    yield self._fault(
                        check.name,
                        f"bước «{check.name}» xét {condition.asked}: {' '.join(spelt(condition))}, nhưng không ai trả lời thế được",
                        "sửa tên câu hỏi, lựa chọn hoặc phép so",
                    )

    def _reach(self) -> Iterator[Fault]:
        seen = reachable(self._topic)
        for step in self._topic.steps:
            if step.name not in seen:
                yield self._fault(step.name, f"không ai đi tới được bước «{step.name}»", "bỏ bước ấy, hoặc cho một lựa chọn dẫn tới")
        for name in without_exit(self._topic):
            yield self._fault(
                name, f"từ bước «{name}» không có lối nào tới hết hướng dẫn", "cho một lựa chọn dẫn tới end, chủ đề khác hoặc hand_over"
            )
        if silent := silent_circle(self._topic):
            yield self._fault(silent[0], f"đi vòng không dừng: {' → '.join(silent)}", "cho một bước ask hoặc do vào giữa")
        if calls := calling_circle(self._topic, self._topics):
            yield self._fault("steps:", f"các hướng dẫn gọi vòng nhau: {' → '.join(calls)}", "thay một chỗ call bằng guide hoặc bỏ đi")

    def _blocks(self) -> Iterator[Fault]:
        have = self._around.blocks(self._topic.id)
        for block in dict.fromkeys(needed_blocks(self._topic)):
            if block not in have:
                yield Fault(self._words, None, f"thiếu lời «{block}»", f"thêm {{% block {block} %}}…{{% endblock %}}")

    def _taps(self) -> Iterator[Fault]:
        for step in self._topic.steps:
            pairs = (
                [(choice.label, answer_value(self._topic.id, step.name, choice.id)) for choice in step.choices]
                if isinstance(step, Ask)
                else []
            )
            pairs += [(trouble.label, f"{Verb.TROUBLE}:{trouble.id}") for trouble in step.stuck] if isinstance(step, Do) else []
            for label, value in pairs:
                if len(label) > LONGEST_LABEL:
                    yield self._fault(step.name, f"nút «{label}» dài {len(label)} chữ", f"viết gọn trong {LONGEST_LABEL} chữ")
                if len(value.encode()) > MAX_VALUE_BYTES:
                    yield self._fault(step.name, f"mã «{value}» không gửi được qua mọi kênh", "đặt tên bước hoặc lựa chọn ngắn hơn")

    def _alike(self) -> Iterator[Fault]:
        """What two answers share is no answer: nobody could tell which was meant."""
        for step in self._topic.steps:
            answers = step.choices if isinstance(step, Ask) else step.stuck if isinstance(step, Do) else ()
            heard = [phrase for answer in answers for phrase in {answer.folded, *answer.words}]
            for phrase in sorted({phrase for phrase in heard if heard.count(phrase) > 1}):
                yield self._fault(step.name, f"«{phrase}» là lời của hai lựa chọn ở bước «{step.name}»", "để lời ấy ở một lựa chọn thôi")

    def _references(self) -> Iterator[Fault]:
        ends = [(step.name, other) for step in self._topic.steps if isinstance(step, End) for other in step.offer]
        for place, other in (*(("offer:", other) for other in self._topic.offer), *ends):
            if other not in self._topics:
                yield self._fault(place, f"«offer» mời chủ đề «{other}», nhưng không có tệp ấy", "sửa tên, hoặc viết chủ đề ấy")
        for source in self._topic.sources:
            if source not in self._around.sources:
                yield self._fault("sources:", f"không có nguồn «{source}»", "thêm nguồn vào content/facts/sources.yml")
        for aspect, facts in self._topic.aspects.items():
            for fact in facts:
                if fact not in self._around.facts:
                    yield self._fault(
                        "aspects:", f"khía cạnh {aspect} dẫn dữ kiện «{fact}», nhưng không có", "thêm dữ kiện vào content/facts/"
                    )
