"""For those who write: `danloi check`, `draw` and `preview` show everything that is written without running the assistant."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from .dialogue.draw import mermaid
from .dialogue.guide import Ask, Do, Step, Topic
from .dialogue.paths import needed_blocks
from .dialogue.picture import svg
from .dialogue.schema import schema
from .dialogue.versions import Library
from .model import clock as clocks
from .model.errors import DanLoiError, Fault, WrittenError
from .replies.preview import Shown, page
from .replies.proof import Known, Proof, Rules
from .replies.sample import SAMPLE
from .script import every_message
from .settings import Settings
from .understanding import shortcuts
from .written import Written, read_catalogue, read_written


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look over everything written found."""

    topics: int
    guides: int
    blocks: int
    advice: list[Fault]
    for_a_person: list[str]

    def report(self, everything: bool) -> str:
        """`everything`: with the advice and the list for a person, line by line."""
        done = f"Không thấy lỗi: {self.topics} chủ đề ({self.guides} hướng dẫn), {self.blocks} khối lời."
        if everything:
            advice = [f"· {fault}" for fault in self.advice] or ["· không có"]
            person = [f"· {line}" for line in self.for_a_person]
            return "\n".join([done, "", "Nên xem lại:", *advice, "", "Người soát phải tự đọc:", *person])
        more = f"\n{len(self.advice)} điều nên xem lại: danloi check --all" if self.advice else ""
        return done + more


def check_all(settings: Settings, moment: datetime | None = None) -> Checked:
    """Look over everything written, and word every block in all its variants. Raises WrittenError with every fault."""
    return check_written(read_written(settings), settings, moment)


def check_written(written: Written, settings: Settings, moment: datetime | None = None) -> Checked:
    """The same of what was read already."""
    proof = proof_of(written, settings, clocks.today(moment or clocks.now()))
    faults = list(proof.faults())
    if faults:
        raise WrittenError(faults)
    topics = written.library.topics
    blocks = sum(len(written.words.blocks(topic)) for topic in written.words.topics)
    guides = sum(topic.is_guide for topic in topics.values())
    return Checked(len(topics), guides, blocks, [*clashes(written.library), *proof.advice()], proof.for_a_person())


def proof_of(written: Written, settings: Settings, today: date) -> Proof:
    """What proofreads these words."""
    topics = written.library.topics
    known = Known(
        needed=lambda name: frozenset(needed_blocks(topics[name])),
        reviewed={name: topic.reviewed for name, topic in topics.items()},
        optional=lambda name: frozenset(f"{step.name}__{why}" for step in topics[name].steps for why in ("example", "why")),
    )
    return Proof(written.words, written.facts, Rules.load(settings.root), known, today, SAMPLE)


NEEDED_EVERYWHERE = frozenset({"go_back", "stop", "menu", "talk_to_human", "repeat", "step_done", "skip", "wait"})
"""Commands that must mean the same at every step."""


def clashes(library: Library) -> Iterator[Fault]:
    """Words of a trouble that are a command as well, or of an answer that are a bare yes or no: nobody could tell which was meant."""
    for topic in library.topics.values():
        file = f"flows/{topic.group}/{topic.id}.yml"
        for step in topic.steps:
            for what in _clashes(step):
                yield Fault(
                    file, topic.lines.get(step.name), f"bước «{step.name}»: {what}", "bỏ chữ ấy khỏi words, hoặc viết thêm cho riêng"
                )


def _clashes(step: Step) -> Iterator[str]:
    match step:
        case Ask(choices=choices) if step.yes_no:
            words = [word for choice in choices for word in choice.words]
            yield from (f"«{word}» máy đã tự hiểu" for word in words if " " not in word and shortcuts.yes(word) is not None)
        case Do(stuck=stuck):
            words = [word for trouble in stuck for word in trouble.words]
            yield from (f"«{word}» cũng là lệnh {name}" for word in words if (name := shortcuts.act(word)) in NEEDED_EVERYWHERE)


TABLE = ("<!-- bảng do máy viết: danloi check --table -->", "<!-- hết bảng -->")
"""Between these the table stands in content/README.md."""
_CONFIDENCE = {"law": "luật", "published": "đã đăng", "second_hand": "nghe lại", "general": "chung", "uncertain": "chưa chắc"}


def table(settings: Settings) -> str:
    """Every topic that is written, as a Markdown table: kind, steps, facts by how they are known, day of the last look, sources."""
    written = read_written(settings)
    rows = ["| chủ đề | loại | bước | khối lời | dữ kiện | soát | nguồn |", "|---|---|---|---|---|---|---|"]
    for group in written.catalogue.groups.values():
        topics = [topic for topic in written.library.topics.values() if topic.group == group.id]
        rows += [f"| **{group.letter}. {group.title}** | | | | | | |"] if topics else []
        rows += [_row(written, topic) for topic in sorted(topics, key=lambda topic: list(written.catalogue.topics).index(topic.id))]
    return "\n".join(rows)


def _row(written: Written, topic: Topic) -> str:
    waiting = sum(isinstance(step, Ask | Do) for step in topic.steps)
    blocks = written.words.written(topic.id)
    named = {name for block in blocks.values() for name in block.facts} | {name for names in topic.aspects.values() for name in names}
    known = Counter(str(written.facts.facts[name].confidence) for name in named)
    facts = ", ".join(f"{known[name]} {told}" for name, told in _CONFIDENCE.items() if known[name]) or "–"
    kind = "hướng dẫn" if topic.is_guide else "việc gấp" if topic.urgent else "trả lời"
    cells = (f"{topic.title} (`{topic.id}`)", kind, waiting or "–", len(blocks), facts, topic.reviewed, len(topic.sources))
    return f"| {' | '.join(map(str, cells))} |"


def drawing(settings: Settings, guide: str, as_svg: bool = False) -> str:
    """A guide as a Mermaid flow chart, or as a picture. Raises DanLoiError where there is none of that name."""
    topic = _known(read_written(settings).library, guide).current(guide)
    return svg(topic) if as_svg else mermaid(topic)


def editor_schema(settings: Settings) -> str:
    """The guides' language as JSON Schema, for editors."""
    known = read_catalogue(settings.root)
    return json.dumps(schema(known.topics, known.aspects), ensure_ascii=False, indent=2) + "\n"


def previews(settings: Settings, topic: str) -> Iterator[str]:
    """Every message of a topic, as a phone without markup gets it."""
    written = read_written(settings)
    library = _known(written.library, topic)
    for message in _shown(written, library, topic, clocks.today(clocks.now())).messages:
        when = f" khi {message.when}" if message.when else ""
        yield f"━━ {message.block}{when} ({message.plain_length} chữ)\n{message.plain}\n"


def preview_page(settings: Settings, topic: str | None) -> str:
    """Every message of that topic, or of all that is written, on every channel: one HTML page. Raises DanLoiError."""
    written = read_written(settings)
    today = clocks.today(clocks.now())
    topics = list(written.library.topics) if topic is None else [topic]
    shown = [_shown(written, _known(written.library, name), name, today) for name in topics]
    return page("tất cả chủ đề" if topic is None else written.library.title(topic), shown, today)


def _shown(written: Written, library: Library, name: str, today: date) -> Shown:
    topic = library.current(name)
    return Shown(name, topic.title, svg(topic) if topic.is_guide else "", every_message(written.words, topic, today))


def _known(library: Library, topic: str) -> Library:
    if not library.has(topic):
        raise DanLoiError(f"Không có chủ đề «{topic}». Có: {', '.join(sorted(library.topics))}.")
    return library
