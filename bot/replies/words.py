"""Words for what the dialogue wants said: content/*/*.md.j2, one block a message; a name that is not defined is an error."""

import traceback
from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

from ..model.dialogue import Say
from ..model.errors import Fault, WrittenError
from ..model.message import Reply
from ..model.place import Place
from ..model.speaker import Speaker
from .facts import Facts
from .offices import Offices
from .variants import Block, blocks

NOTHING: Mapping[str, Any] = {}
NOBODY_YET = Speaker()
"""A citizen who has shown nothing of themselves."""
MISTAKES = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError)
"""What a template can raise that a writer is to mend."""


class Words:
    """`constants`: names that every block may use, such as keep_days."""

    def __init__(self, folder: Path, facts: Facts, constants: Mapping[str, Any], offices: Offices | None = None) -> None:
        """Reads and compiles every template. Raises WrittenError with all faults."""
        self._facts = facts
        self._offices = offices or Offices({})
        self._constants = dict(constants)
        environment = SandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        environment.filters["capital"] = _capital
        self._templates: dict[str, Template] = {}
        self._environment = environment
        self._sources: dict[str, str] = {}
        self._files: dict[str, str] = {}
        faults: list[Fault] = []
        for path in sorted(folder.glob("*/*.md.j2")):
            name, shown = path.name.removesuffix(".md.j2"), f"content/{path.parent.name}/{path.name}"
            if name in self._files:
                faults.append(Fault(shown, None, f"đã có {self._files[name]} cùng tên", "đổi tên một tệp"))
            self._files[name] = shown
            try:
                self._sources[name] = path.read_text(encoding="utf-8")
                self._templates[name] = environment.from_string(self._sources[name])
            except TemplateSyntaxError as error:
                faults.append(
                    Fault(shown, error.lineno, f"khối lời viết sai: {error.message}", "xem lại {% block … %} và {{ … }} ở dòng này")
                )
            except (OSError, UnicodeDecodeError) as error:
                faults.append(Fault(shown, None, f"không đọc được: {error}", "lưu tệp dạng UTF-8"))
        if faults:
            raise WrittenError(faults)

    def blocks(self, topic: str) -> frozenset[str]:
        """The blocks that a topic's words have."""
        return frozenset(self._templates[topic].blocks) if topic in self._templates else frozenset()

    def written(self, topic: str) -> Mapping[str, Block]:
        """A topic's blocks as they are written, for who proofreads."""
        return blocks(self._environment, self._sources[topic]) if topic in self._sources else {}

    def file(self, topic: str) -> str:
        """Where a topic's words stand."""
        return self._files.get(topic, f"content/…/{topic}.md.j2")

    def has(self, topic: str, block: str) -> bool:
        return block in self.blocks(topic)

    @property
    def topics(self) -> frozenset[str]:
        return frozenset(self._templates)

    def reply(self, say: Say, today: date, speaker: Speaker = NOBODY_YET, commune: Place | None = None) -> Reply:
        """One message to that citizen. Raises WrittenError where its block is missing, or uses a name that it was not given."""
        text = self.text(say.block, today, say.values, speaker, commune)
        progress = say.values.get("progress")
        if progress:
            text = f"**Bước {progress}.** {text}"
        return Reply(say.block, text, say.buttons, say.critical)

    def text(
        self,
        block: str,
        today: date,
        values: Mapping[str, Any] = NOTHING,
        speaker: Speaker = NOBODY_YET,
        commune: Place | None = None,
    ) -> str:
        """The words of a block, `topic.block`, as they are on that day for that citizen, in that commune."""
        topic, _, name = block.partition(".")
        template = self._templates.get(topic)
        if template is None or name not in template.blocks:
            raise self._missing(topic, name)
        names = {**_persons(speaker), **self._lookups(today, commune)}
        try:
            given = {**names, **self._constants, **values, "answers": _Answers(values.get("answers", {}))}
            context = template.new_context(given)
            return _tidy("".join(template.blocks[name](context)))
        except MISTAKES as error:
            remedy = f"sửa khối «{name}»: xem lại tên, dữ kiện, phép tính trong {{{{ … }}}} và {{% … %}}"
            raise WrittenError([Fault(self._files[topic], _line(template, error), f"khối «{name}»: {error}", remedy)]) from error

    def _fact(self, today: date, name: str) -> str:
        try:
            return self._facts.said(name, today)
        except KeyError as error:
            raise LookupError(f"không có dữ kiện «{name}» trong content/facts/") from error

    def _lookups(self, today: date, commune: Place | None) -> dict[str, Any]:
        """What the words may look up: facts and their sources, the offices of the citizen's commune."""
        return {
            "fact": partial(self._fact, today),
            "source": self._source,
            "source_of": self._source_of,
            "office": partial(self._offices.name, commune=commune),
            "contact": partial(self._offices.contact, commune=commune, today=today),
            "commune": "" if commune is None else commune.title,
        }

    def _source(self, name: str) -> str:
        try:
            return self._facts.sources[name].named
        except KeyError as error:
            raise LookupError(f"không có nguồn «{name}» trong content/facts/sources.yml") from error

    def _source_of(self, fact: str) -> str:
        try:
            return self._source(self._facts.facts[fact].source)
        except KeyError as error:
            raise LookupError(f"không có dữ kiện «{fact}» trong content/facts/") from error

    def _missing(self, topic: str, block: str) -> WrittenError:
        return WrittenError([Fault(self.file(topic), None, f"thiếu lời «{topic}.{block}»", f"thêm {{% block {block} %}}…{{% endblock %}}")])


def _persons(speaker: Speaker) -> dict[str, Any]:
    """The words for the citizen, the assistant, and the one it is for."""
    words = {"you": speaker.addressed, "me": speaker.assistant, "whom": speaker.whom}
    return {**words, **{_capital(name): _capital(word) for name, word in words.items()}, "helping": speaker.helps is not None}


class _Answers(dict[str, str]):
    """What was answered, step by step; a question not asked on the way is just not answered, and no error."""

    def __missing__(self, step: str) -> str:
        return ""


def _tidy(text: str) -> str:
    """Without the white space that comes from how templates are laid out: at most one empty line, no blanks at the ends of lines."""
    lines = [line.strip() for line in text.strip().splitlines()]
    kept = [line for place, line in enumerate(lines) if line or (place and lines[place - 1])]
    return "\n".join(kept)


def _line(template: Template, error: BaseException) -> int | None:
    """The line of the template at which it broke."""
    lines = [
        template.get_corresponding_lineno(number)
        for frame, number in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == (template.filename or "<template>")
    ]
    return lines[-1] if lines else None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
