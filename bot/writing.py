"""For those who write: `danloi check`, `draw` and `preview` show everything that is written without running the assistant."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from .app import read_written
from .dialogue.draw import mermaid
from .dialogue.guide import Ask, Do
from .dialogue.taps import buttons_of
from .dialogue.versions import Library
from .model import clock as clocks
from .model.errors import DanLoiError
from .model.message import Button
from .replies.formats import numbered, render
from .settings import Settings

_PLACE = {"Place": "…", "name": "…", "district": "…", "now": ["…", "…"], "made_of": ["…", "…"]}
_LATER: dict[str, Any] = {"day": "…", "said": "…", "least": None, "most": None, "unit": "", "facts": [], "sources": [], "reviewed": "…"}
SAMPLE: dict[str, Any] = {"title": "…", "topic_title": "…", "label": "…", "masked": [], "words": False, "answers": {}, **_PLACE, **_LATER}
"""What a block may mention when it is looked at outside a conversation."""


def check_all(settings: Settings) -> str:
    """Look over everything written, and word every block once. Raises WrittenError with every fault."""
    written = read_written(settings)
    today = clocks.today(clocks.now())
    said = [
        written.words.text(f"{topic}.{block}", today, SAMPLE) for topic in written.words.topics for block in written.words.blocks(topic)
    ]
    guides = sum(topic.is_guide for topic in written.library.topics.values())
    return f"Không thấy lỗi: {len(written.library.topics)} chủ đề ({guides} hướng dẫn), {len(said)} khối lời."


def drawing(settings: Settings, guide: str) -> str:
    """A guide as a Mermaid flow chart. Raises DanLoiError where there is none of that name."""
    return mermaid(_known(read_written(settings).library, guide).current(guide))


def previews(settings: Settings, topic: str) -> Iterator[str]:
    """Every message of a topic, as a phone without markup and as the web page get it."""
    written = read_written(settings)
    library = _known(written.library, topic)
    today: date = clocks.today(clocks.now())
    taps = {step.name: buttons_of(topic, step) for step in library.current(topic).steps if isinstance(step, Ask | Do)}
    for block in sorted(written.words.blocks(topic)):
        text = written.words.text(f"{topic}.{block}", today, {**SAMPLE, "title": library.title(topic)})
        yield _page(f"{topic}.{block}", text, taps.get(block, ()))


def _page(name: str, text: str, buttons: tuple[Button, ...]) -> str:
    plain = numbered(render("plain", text), buttons)
    return f"━━ {name} ({len(plain)} chữ)\n{plain}\n┄┄ web\n{render('html', text)}\n"


def _known(library: Library, topic: str) -> Library:
    if not library.has(topic):
        raise DanLoiError(f"Không có chủ đề «{topic}». Có: {', '.join(sorted(library.topics))}.")
    return library
