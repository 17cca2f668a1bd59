"""A guide as a picture: Mermaid text, which many editors show, so that it can be seen without running anything."""

from .guide import Ask, Call, Check, Do, End, Finish, GoTo, HandOver, Leave, SayThen, Step, Target, ToPerson, Topic, Visit


def mermaid(topic: Topic) -> str:
    """The whole guide as a Mermaid flow chart."""
    lines = ["flowchart TD", f'  title["{_safe(topic.title)}"]']
    if topic.steps:
        lines.append(f"  title --> {topic.steps[0].name}")
    lines += [f'  title --> {block}["{block}"]' for block in topic.answer]
    for place, step in enumerate(topic.steps):
        lines.append(f"  {_shape(step)}")
        after = topic.steps[place + 1].name if place + 1 < len(topic.steps) else "end_"
        lines += [f"  {step.name} -->{label} {node}" for label, node in _arrows(step, after)]
    return "\n".join(lines)


def _shape(step: Step) -> str:
    match step:
        case Ask(name):
            return f'{name}{{"{name} ?"}}'
        case Do(name):
            return f'{name}[["{name}"]]'
        case Check(name):
            return f'{name}{{{{"{name}"}}}}'
        case Call(name, topic):
            return f'{name}[/"{topic}"/]'
        case HandOver(name):
            return f'{name}(["{name}: gặp người"])'
        case End(name):
            return f'{name}(["{name}"])'
    return f'{step.name}["{step.name}"]'


def _arrows(step: Step, after: str) -> list[tuple[str, str]]:
    match step:
        case Ask():
            return [(_label(choice.label), _node(step.next.get(choice.id), after)) for choice in step.choices]
        case Do():
            stuck = [(_label(trouble.label), _node(trouble.then, step.name)) for trouble in step.stuck]
            return [(_label("Xong"), after), *stuck]
        case Check():
            when = [(_label(", ".join(f"{q}: {c}" for q, c in condition.items())), _node(target, after)) for condition, target in step.when]
            return [*when, (_label("còn lại"), _node(step.otherwise, after))]
        case End() | HandOver():
            return []
    return [("", after)]


def _node(target: Target | None, after: str) -> str:
    match target:
        case GoTo(step):
            return step
        case Leave(topic) | Visit(topic):
            return f"{topic}[/{topic}/]"
        case SayThen(_, then):
            return _node(then, after)
        case ToPerson():
            return "person([gặp người])"
        case Finish():
            return "end_([hết])"
    return after


def _label(text: str) -> str:
    return f'|"{_safe(text)}"|'


def _safe(text: str) -> str:
    return text.replace('"', "'")
