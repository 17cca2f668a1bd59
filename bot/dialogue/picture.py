"""A guide as a picture that any browser shows: its steps from top to bottom, every way on beside them, jumps as curves on the left.

It says by attributes how it looks, so that it may stand in a page that takes no styles from anywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from .conditions import written
from .draw import KINDS
from .guide import ANY, Ask, Call, Check, Do, End, Finish, GoTo, HandOver, Leave, SayThen, Step, Target, ToPerson, Topic, Visit

LEFT, BOX, GAP, WAY, LINE, PAD = 90, 250, 30, 430, 24, 12
"""Pixels: the room for curves, a step's box, between boxes and ways on, a way on, a line of text, within and between boxes."""
COLOURS = {Ask: "#fff4d6", Do: "#dcefe3", Check: "#ece7f6", Call: "#dbe9f7", HandOver: "#fbe0dc", End: "#e6e6e6"}
SIGNS = {Ask: "?", Do: "☐", Check: "◇", Call: "↪", HandOver: "☎", End: "■"}


TITLE, SMALL, COUNT = (
    'font-weight="bold" font-size="18"',
    'font-size="12" fill="#555"',
    'font-weight="bold" fill="#fff" text-anchor="middle"',
)


@dataclass(frozen=True, slots=True)
class _Row:
    """One step, with what leads on from it, and where it stands."""

    step: Step
    ways: tuple[tuple[str, str, str | None], ...]
    """What is answered, where it leads in words, and to which step of this guide, if to one."""
    top: int

    @property
    def height(self) -> int:
        return max(LINE + PAD, LINE * len(self.ways) + PAD)

    @property
    def middle(self) -> int:
        return self.top + self.height // 2


def svg(topic: Topic, people: Mapping[str, int] | None = None) -> str:
    """The whole topic as an SVG document; with how many people stand on its steps."""
    rows: list[_Row] = []
    top = 3 * LINE
    for place, step in enumerate(topic.steps):
        after = topic.steps[place + 1].name if place + 1 < len(topic.steps) else None
        rows.append(_Row(step, tuple(_ways(step, after)), top))
        top += rows[-1].height + PAD
    shapes = [_text(LEFT, LINE + 4, topic.title, TITLE), _text(LEFT, 2 * LINE, topic.whom, SMALL)]
    shapes += [_answer(topic)] if not rows else []
    shapes += [shape for place, row in enumerate(rows) for shape in _row(row, rows, place)]
    shapes += [_people(row, people[row.step.name]) for row in rows if people and people.get(row.step.name)]
    width, height = LEFT + BOX + GAP + WAY, top + (LINE * len(topic.answer) if not rows else 0) + PAD
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
            ' font-family="sans-serif" font-size="14" fill="#222">',
            f"<title>{escape(topic.title)}</title>",
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
            '<path d="M0,0 8,4 0,8z" fill="#8a6d3b"/></marker></defs>',
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            *shapes,
            "</svg>",
        ]
    )


def _row(row: _Row, rows: list[_Row], place: int) -> list[str]:
    """The box, the ways on beside it, and the curves to steps that are not the next."""
    kind = type(row.step)
    colour, sign = COLOURS.get(kind, "#f4f4f4"), SIGNS.get(kind, "»")
    name = row.step.topic if isinstance(row.step, Call) else row.step.name
    shapes = [
        f'<rect stroke="#999" x="{LEFT}" y="{row.top}" width="{BOX}" height="{row.height}" rx="6" fill="{colour}"/>',
        _text(LEFT + PAD, row.middle + 5, f"{sign} {name}"),
    ]
    if place + 1 < len(rows) and _falls(row, rows[place + 1].step.name):
        foot, x = row.top + row.height, LEFT + BOX // 2
        shapes.append(f'<line stroke="#777" stroke-width="1.3" x1="{x}" y1="{foot}" x2="{x}" y2="{foot + PAD}" marker-end="url(#tip)"/>')
    for number, (answer, leads, _) in enumerate(row.ways):
        y = row.top + PAD // 2 + LINE * number + 17
        shapes.append(_text(LEFT + BOX + GAP, y, f"{answer} → {leads}" if answer else f"→ {leads}", SMALL))
    following = rows[place + 1].step.name if place + 1 < len(rows) else None
    jumps = dict.fromkeys(to for _, _, to in row.ways if to is not None and to != following)
    shapes += [_jump(row, other) for to in jumps for other in rows if other.step.name == to]
    return shapes


def _people(row: _Row, count: int) -> str:
    """A mark on the corner of the step's box."""
    x, y, wide = LEFT + BOX, row.top, 14 + 9 * len(str(count))
    mark = f'<rect x="{x - wide // 2}" y="{y - 10}" width="{wide}" height="20" rx="10" fill="#9f1239"/>'
    return f"<g><title>{count} người đang ở bước {escape(row.step.name)}</title>{mark}{_text(x, y + 5, str(count), COUNT)}</g>"


def _jump(row: _Row, other: _Row) -> str:
    bend = max(8, LEFT - 20 - abs(other.top - row.top) // 12)
    curve = f"M{LEFT},{row.middle} C{bend},{row.middle} {bend},{other.middle} {LEFT},{other.middle}"
    return f'<path fill="none" stroke="#8a6d3b" stroke-width="1.3" d="{curve}" marker-end="url(#tip)"/>'


def _falls(row: _Row, following: str) -> bool:
    return not isinstance(row.step, End | HandOver) and (not row.ways or any(to == following for _, _, to in row.ways))


def _ways(step: Step, after: str | None) -> list[tuple[str, str, str | None]]:
    match step:
        case Ask():
            answers = [(choice.label, step.next.get(choice.id)) for choice in step.choices] or [(KINDS[step.kind], step.next.get(ANY))]
            ways = [(label, *_leads(target, after)) for label, target in answers]
            return [*ways, *_skip(step, after)]
        case Do():
            stuck = [(trouble.label, *_leads(trouble.then, None, step.name)) for trouble in step.stuck]
            return [("Xong", *_leads(None, after)), *stuck, *_skip(step, after)]
        case Check():
            when = [(written(branch), *_leads(branch.then, after)) for branch in step.when]
            return [*when, ("còn lại", *_leads(step.otherwise, after))]
    return []


def _skip(step: Ask | Do, after: str | None) -> list[tuple[str, str, str | None]]:
    return [] if step.skip is None else [("Bỏ qua", *_leads(step.skip, after))]


def _leads(target: Target | None, after: str | None, back: str | None = None) -> tuple[str, str | None]:
    """Where it leads, in words, and to which step; without a target to the next step, or back to the same one."""
    match target:
        case GoTo(step):
            return step, step
        case Leave(topic):
            return f"sang {topic}", None
        case Visit(topic):
            return f"ghé {topic} rồi quay lại", after
        case SayThen(block, then):
            words, to = _leads(then, after)
            return f"nói {block}, {words}", to
        case ToPerson():
            return "gặp người", None
        case Finish():
            return "hết", None
    if back is not None:
        return "chỉ cách gỡ rồi hỏi lại", None
    return (after, after) if after is not None else ("hết", None)


def _answer(topic: Topic) -> str:
    return "\n".join(_text(LEFT, 4 * LINE + LINE * place, f"» {block}") for place, block in enumerate(topic.answer))


def _text(x: int, y: int, text: str, looks: str = "") -> str:
    return f'<text x="{x}" y="{y}"{f" {looks}" if looks else ""}>{escape(text)}</text>'
