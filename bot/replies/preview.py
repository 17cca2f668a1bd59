"""Every message of a topic on one page, as each channel shows it, in every variant: for who reads before citizens do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from ..model.message import Button
from .formats import numbered, render
from .words import Words

TEMPLATE = Path(__file__).with_name("preview.html.j2")


@dataclass(frozen=True, slots=True)
class Message:
    """One message as every channel shows it."""

    block: str
    when: str
    """In which case it reads so: "card: none"."""
    taps: tuple[str, ...]
    web: str
    telegram: str
    """Both as the channel's own markup."""
    plain: str

    @property
    def length(self) -> int:
        return len(self.telegram)

    @property
    def plain_length(self) -> int:
        return len(self.plain)


@dataclass(frozen=True, slots=True)
class Shown:
    """A topic with its messages."""

    id: str
    title: str
    picture: str
    """SVG; "" for an answer."""
    messages: tuple[Message, ...]


def messages(words: Words, topic: str, taps: Mapping[str, Sequence[Button]], today: date, sample: Mapping[str, Any]) -> tuple[Message, ...]:
    """Every message of a topic. `taps`: what stands under a block."""
    found: list[Message] = []
    for block in words.written(topic).values():
        said: set[str] = set()
        for answers in block.variants():
            text = words.text(f"{topic}.{block.name}", today, {**sample, "answers": answers})
            if text not in said:
                said.add(text)
                when = ", ".join(f"{question}: {answer}" for question, answer in answers.items() if answer)
                found.append(_message(f"{topic}.{block.name}", when, text, taps.get(block.name, ())))
    return tuple(found)


def page(title: str, topics: Iterable[Shown], today: date) -> str:
    """One HTML page that needs nothing beside itself."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(title=title, topics=list(topics), day=today.strftime("%d/%m/%Y"))


def _message(block: str, when: str, text: str, buttons: Sequence[Button]) -> Message:
    labels = tuple(button.label for button in buttons)
    web, telegram = render("html", text), render("telegram_html", text)
    return Message(block, when, labels, web, telegram, numbered(render("plain", text), buttons))
