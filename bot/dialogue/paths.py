"""Where steps may lead, looked at without walking them: what nobody reaches, what goes in circles, which words are needed."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from .guide import (
    AGAIN,
    Ask,
    Call,
    Check,
    Do,
    End,
    Finish,
    GoTo,
    HandOver,
    Leave,
    OnNext,
    Say,
    SayThen,
    Step,
    Target,
    ToPerson,
    Topic,
    Visit,
)


def targets_of(step: Step) -> list[Target]:
    """Where a step may lead by name."""
    match step:
        case Ask():
            return [*step.next.values(), *_given(step.skip)]
        case Do():
            return [*(trouble.then for trouble in step.stuck if trouble.then is not None), *_given(step.skip)]
        case Check():
            return [*(branch.then for branch in step.when), *_given(step.otherwise)]
    return []


def follows(topic: Topic, place: int) -> set[str]:
    """The names of the steps that may come right after the one at that place."""
    step = topic.steps[place]
    ends = [_last(target) for target in targets_of(step)]
    names = {end.step for end in ends if isinstance(end, GoTo)}
    comes_back = any(isinstance(end, Visit | OnNext) for end in ends)
    if (comes_back or _falls_through(step)) and place + 1 < len(topic.steps):
        names.add(topic.steps[place + 1].name)
    return names


def reachable(topic: Topic) -> set[str]:
    """The names of the steps that somebody can come to."""
    if not topic.steps:
        return set()
    first = topic.steps[0].name
    return {first, *_onward(first, lambda name: _after(topic, name))}


def without_exit(topic: Topic) -> list[str]:
    """Steps from which no way leads to the guide's end, to another guide or to a person: whoever comes there goes round for ever."""
    ends = {step.name for step in topic.steps if isinstance(step, End | HandOver) or _leaves(topic, step)}
    stuck = [step.name for step in topic.steps if step.name not in ends]
    return [name for name in stuck if not ends & set(_onward(name, lambda at: _after(topic, at)))]


def _leaves(topic: Topic, step: Step) -> bool:
    """Whether the guide may be over after that step: a choice ends it or leaves it, or it is the last and goes on."""
    ends = [_last(target) for target in (_given(step.skip) if isinstance(step, Do) else targets_of(step))]
    last = step is topic.steps[-1] and (_falls_through(step) or any(isinstance(end, Visit | OnNext) for end in ends))
    return last or any(isinstance(end, Finish | Leave | ToPerson) for end in ends)


def silent_circle(topic: Topic) -> list[str]:
    """Steps that lead to one another without ever waiting for the citizen; empty where there are none."""
    silent = [step.name for step in topic.steps if isinstance(step, Say | Check)]
    return circle(silent, lambda name: _after(topic, name).intersection(silent))


def calling_circle(topic: Topic, topics: Mapping[str, Topic]) -> list[str]:
    """Guides that call one another and so would never come back; empty where this one calls none such."""
    return circle([topic.id], lambda name: calls(topics[name]) & topics.keys())


def ahead(topic: Topic, name: str) -> tuple[int, int]:
    """How many waiting steps stand between that step and the guide's end, itself included: at least and at most.

    Troubles are left out, and ways that leave for another guide or a person: they are not what the citizen came for.
    """
    if name not in topic.known_lengths:
        place = topic.position(name)
        topic.known_lengths[name] = (0, 0) if place is None else _lengths(topic, place, frozenset(), {}) or (1, 1)
    return topic.known_lengths[name]


def circle(starts: Iterable[str], after: Callable[[str], Iterable[str]]) -> list[str]:
    """The way from one of the starts back to itself; empty where there is none."""
    for start in starts:
        paths = [[start]]
        seen: set[str] = set()
        while paths:
            path = paths.pop()
            for name in sorted(after(path[-1])):
                if name == start:
                    return [*path, name]
                if name not in seen:
                    seen.add(name)
                    paths.append([*path, name])
    return []


def needed_blocks(topic: Topic) -> Iterator[str]:
    """The blocks that the routing says; examples, reasons and aspects are welcome but not needed."""
    yield from topic.answer
    if topic.urgent:
        yield AGAIN
    for step in topic.steps:
        if isinstance(step, Say | Ask | Do | HandOver | End):
            yield step.name
        if isinstance(step, Do):
            yield from (trouble.block for trouble in step.stuck)
        for target in targets_of(step):
            while isinstance(target, SayThen):
                yield target.block
                target = target.then


Lengths = tuple[int, int] | None
"""The fewest and the most waiting steps from a place to the end; None where no way from there ends the guide."""


def _lengths(topic: Topic, place: int, passed: frozenset[int], known: dict[int, Lengths]) -> Lengths:
    if place >= len(topic.steps):
        return 0, 0
    if place not in known and place not in passed:
        step, ways = topic.steps[place], _ways(topic, place)
        ends = [(0, 0)] if isinstance(step, End) or None in ways else []
        ends += [found for way in ways if way is not None and (found := _lengths(topic, way, passed | {place}, known))]
        own = int(isinstance(step, Ask | Do))
        known[place] = (own + min(low for low, _ in ends), own + max(high for _, high in ends)) if ends else None
    return known.get(place)


def _ways(topic: Topic, place: int) -> set[int | None]:
    """Where the step at that place may lead within its guide; None is the guide's end."""
    step = topic.steps[place]
    ends = [_last(target) for target in (_given(step.skip) if isinstance(step, Do) else targets_of(step))]
    ways: set[int | None] = {topic.position(end.step) for end in ends if isinstance(end, GoTo)}
    if any(isinstance(end, Finish) for end in ends):
        ways.add(None)
    if _falls_through(step) or any(isinstance(end, Visit | OnNext) for end in ends):
        ways.add(place + 1)
    return ways


def _after(topic: Topic, name: str) -> set[str]:
    place = topic.position(name)
    return set() if place is None else follows(topic, place)


def _onward(start: str, after: Callable[[str], Iterable[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        new = set(after(waiting.pop())) - seen
        seen |= new
        waiting += new
    return seen


def calls(topic: Topic) -> set[str]:
    """The guides that it runs and comes back from."""
    visited = {end.topic for step in topic.steps for target in targets_of(step) if isinstance(end := _last(target), Visit)}
    return visited | {step.topic for step in topic.steps if isinstance(step, Call)}


def _falls_through(step: Step) -> bool:
    match step:
        case Ask():
            return len(step.next) < len(step.choices) if step.kind.has_choices else not step.next
        case Check():
            return step.otherwise is None
        case End() | HandOver():
            return False
    return True


def _given(target: Target | None) -> list[Target]:
    return [] if target is None else [target]


def _last(target: Target) -> Target:
    """Where it leads once everything is said."""
    while isinstance(target, SayThen):
        target = target.then
    return target
