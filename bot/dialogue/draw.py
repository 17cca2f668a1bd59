"""A guide as a picture: Mermaid text, which many editors show, so that it can be seen without running anything."""

from .conditions import written
from .guide import ANY, Ask, Call, Check, Do, End, Finish, GoTo, HandOver, Leave, Question, SayThen, Step, Target, ToPerson, Topic, Visit

KINDS = {Question.NUMBER: "một số", Question.DATE: "một ngày", Question.PLACE: "một xã", Question.TEXT: "lời bà con"}
END = 'finish(["hết"])'


def mermaid(topic: Topic) -> str:
    """The whole topic as a Mermaid flow chart."""
    lines = ["flowchart TD", f'  title["{_safe(topic.title)}"]']
    if topic.steps:
        lines.append(f"  title --> {_id(topic.steps[0].name)}")
    before = "title"
    for block in topic.answer:
        lines.append(f'  {before} --> {_id(block)}["{block}"]')
        before = _id(block)
    lines += [f"  {before} -.-> {_topic(other)}" for other in topic.offer]
    for place, step in enumerate(topic.steps):
        lines.append(f"  {_shape(step)}")
        after = _id(topic.steps[place + 1].name) if place + 1 < len(topic.steps) else END
        lines += [f"  {_id(step.name)} -->{label} {node}" for label, node in _arrows(step, after)]
    return "\n".join(lines)


def _shape(step: Step) -> str:
    node = _id(step.name)
    match step:
        case Ask(name):
            return f'{node}{{"{name} ?"}}'
        case Do(name):
            return f'{node}[["{name}"]]'
        case Check(name):
            return f'{node}{{{{"{name}"}}}}'
        case Call(_, topic):
            return f'{node}[/"{topic}"/]'
        case HandOver(name):
            return f'{node}(["{name}: gặp người"])'
        case End(name):
            return f'{node}(["{name}"])'
    return f'{node}["{step.name}"]'


def _arrows(step: Step, after: str) -> list[tuple[str, str]]:
    match step:
        case Ask():
            answers = [(_label(choice.label), _node(step.next.get(choice.id), after)) for choice in step.choices]
            return [*(answers or [(_label(KINDS[step.kind]), _node(step.next.get(ANY), after))]), *_skipped(step, after)]
        case Do():
            stuck = [(_label(trouble.label), _node(trouble.then, _id(step.name))) for trouble in step.stuck]
            return [(_label("Xong"), after), *stuck, *_skipped(step, after)]
        case Check():
            when = [(_label(written(branch)), _node(branch.then, after)) for branch in step.when]
            return [*when, (_label("còn lại"), _node(step.otherwise, after))]
        case End() | HandOver():
            return []
    return [("", after)]


def _skipped(step: Ask | Do, after: str) -> list[tuple[str, str]]:
    return [] if step.skip is None else [(_label("Bỏ qua"), _node(step.skip, after))]


def _node(target: Target | None, after: str) -> str:
    match target:
        case GoTo(step):
            return _id(step)
        case Leave(topic) | Visit(topic):
            return _topic(topic)
        case SayThen(_, then):
            return _node(then, after)
        case ToPerson():
            return 'to_person(["gặp người"])'
        case Finish():
            return END
    return after


def _id(name: str) -> str:
    """A step's node; Mermaid keeps words such as "end" for itself."""
    return f"s_{name}"


def _topic(topic: str) -> str:
    return f't_{topic}[/"{topic}"/]'


def _label(text: str) -> str:
    return f'|"{_safe(text)}"|'


def _safe(text: str) -> str:
    return text.replace('"', "'")
