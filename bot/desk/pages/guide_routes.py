"""The guides as they are walked now: how many people stand where, when they were published, how they go, and every word they say."""

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any

from litestar import Controller, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from ...dialogue.guide import Ask, Do, Topic
from ...dialogue.picture import svg
from ...model.clock import today
from ...model.people import Power
from ...replies.preview import Message
from ...script import asked_at, every_message
from ...store import editions
from ..headcount import Headcount
from .access import AnyRequest, asks
from .answers import page, parts_of
from .parts import Parts


class GuideRoutes(Controller):
    path = "/guides"

    @get("/", opt=asks(Power.HELP))
    async def listed(self, request: AnyRequest) -> Response[Any]:
        parts = parts_of(request)
        library = parts.script.library
        by_section = [(section.title, [library.topics[one] for one in section.topics if library.has(one)]) for section in library.menu]
        guides = [(title, [topic for topic in topics if topic.is_guide]) for title, topics in by_section]
        return page(request, "guides.html", heads=await parts.heads(), sections=[(title, some) for title, some in guides if some])

    @get("/{name:str}", opt=asks(Power.HELP))
    async def show(self, request: AnyRequest, name: FromPath[str]) -> Response[Any]:
        parts, heads = parts_of(request), await parts_of(request).heads()
        guide = _guide(parts, name)
        dates = await parts.database.read(lambda tx: editions.published_at(tx, guide.id))
        steps, now = list(_steps(guide, heads)), today(parts.clock())
        return page(
            request,
            "guide.html",
            guide=guide,
            heads=heads,
            published=dates.get(guide.version),
            steps=steps,
            said={step: asked_at(parts.script.words, guide, step, now) for step, *_ in steps},
            older=[] if heads is None else [{**one, "at": dates.get(one["version"])} for one in _older(guide, heads)],
            picture=svg(guide, {step: there for step, _, there, _ in steps}),
        )

    @get("/{name:str}/words", opt=asks(Power.HELP))
    async def words(self, request: AnyRequest, name: FromPath[str]) -> Response[Any]:
        parts = parts_of(request)
        guide = _guide(parts, name)
        said = await asyncio.to_thread(every_message, parts.script.words, guide, today(parts.clock()))
        return page(request, "guide_words.html", guide=guide, messages=list(_messages(said)))


def _guide(parts: Parts, name: str) -> Topic:
    library = parts.script.library
    if not library.has(name) or not library.current(name).is_guide:
        raise NotFoundException("Không có hướng dẫn này.")
    return library.current(name)


def _steps(guide: Topic, heads: Headcount | None) -> Iterator[tuple[str, str, int, int]]:
    """The steps where people wait: name, kind, how many stand there, how many left it for later."""
    for step in guide.steps:
        if isinstance(step, Ask | Do):
            there = None if heads is None else heads.at_step(guide.id, guide.version, step.name)
            yield step.name, "hỏi" if isinstance(step, Ask) else "làm", there.now if there else 0, there.aside if there else 0


def _older(guide: Topic, heads: Headcount) -> Iterator[dict[str, Any]]:
    """Other versions in which people still stand."""
    for version, steps in sorted(heads.versions(guide.id).items()):
        if version != guide.version:
            now, aside = (sum(getattr(one, kind) for one in steps.values()) for kind in ("now", "aside"))
            yield {"version": version, "now": now, "aside": aside, "steps": sorted(steps.items())}


def _messages(said: Iterable[Message]) -> Iterator[dict[str, Any]]:
    """Each with whether it is the first of its block: what links lead to."""
    seen: set[str] = set()
    for one in said:
        name = one.block.partition(".")[2]
        yield {"name": name, "when": one.when, "web": one.web, "taps": one.taps, "first": name not in seen}
        seen.add(name)
