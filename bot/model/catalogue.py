"""Everything the assistant can be asked: topics (each a guide or an answer), acts, aspects. Read from content/catalogue.yml."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .errors import Fault, WrittenError

FILE = "content/catalogue.yml"


class TopicKind(StrEnum):
    GUIDE = "guide"
    ANSWER = "answer"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class Group:
    """A shelf of topics, and the folder they live in: flows/<id>/, content/<id>/."""

    id: str
    letter: str
    title: str


@dataclass(frozen=True, slots=True)
class Topic:
    id: str
    group: str
    kind: TopicKind
    title: str


@dataclass(frozen=True, slots=True)
class Named:
    """An act or an aspect: its id and what it is called before people."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Section:
    """One button of the menu, and the topics behind it, the most asked first."""

    id: str
    title: str
    topics: tuple[str, ...]


MOST_TOPICS = 10
"""In one section of the menu, and sections in it: with the way back and a person, twelve buttons at most."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    groups: Mapping[str, Group]
    topics: Mapping[str, Topic]
    acts: Mapping[str, Named]
    aspects: Mapping[str, Named]
    menu: tuple[Section, ...]

    @property
    def intents(self) -> frozenset[str]:
        """The only names a language model may answer with."""
        return frozenset(self.topics) | frozenset(self.acts)

    def title(self, intent: str) -> str:
        """What an intent is called before people. Raises KeyError for one that is none."""
        return self.topics[intent].title if intent in self.topics else self.acts[intent].title


def catalogue(parsed: Mapping[str, Any], file: str = FILE) -> Catalogue:
    """The catalogue of a parsed file. Raises WrittenError with every fault found in it."""
    faults: list[Fault] = []
    try:
        made = Catalogue(
            groups={name: Group(id=name, **entry) for name, entry in parsed["groups"].items()},
            topics={entry["id"]: Topic(**{**entry, "kind": TopicKind(entry["kind"])}) for entry in parsed["topics"]},
            acts={entry["id"]: Named(**entry) for entry in parsed["acts"]},
            aspects={entry["id"]: Named(**entry) for entry in parsed["aspects"]},
            menu=tuple(Section(**{**entry, "topics": tuple(entry["topics"])}) for entry in parsed["menu"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise WrittenError(
            [Fault(file, None, f"không đọc được: {error}", "mỗi mục phải có đúng các khóa như những mục bên cạnh")]
        ) from error
    for section in ("topics", "acts", "aspects", "menu"):
        ids = [entry["id"] for entry in parsed[section]]
        faults += [
            Fault(file, None, f"«{id}» có hai lần trong {section}", "bỏ bớt một") for id in sorted({i for i in ids if ids.count(i) > 1})
        ]
    faults += [
        Fault(file, None, f"«{topic.id}» thuộc nhóm lạ «{topic.group}»", "dùng một nhóm trong groups")
        for topic in made.topics.values()
        if topic.group not in made.groups
    ]
    faults += _of_menu(made, file)
    faults += [Fault(file, None, f"«{id}» vừa là chủ đề vừa là hành động", "đổi tên mục mới hơn") for id in made.topics if id in made.acts]
    if faults:
        raise WrittenError(faults)
    return made


def _of_menu(made: Catalogue, file: str) -> list[Fault]:
    """Every topic is in exactly one section, and a section fits on a small phone."""
    shown = [topic for section in made.menu for topic in section.topics]
    wrong = [(topic, "không có trong menu", "thêm vào một mục của menu") for topic in made.topics if topic not in shown]
    wrong += [(topic, "có trong menu mà không phải chủ đề", "sửa tên, hoặc thêm chủ đề") for topic in shown if topic not in made.topics]
    wrong += [(topic, "ở hai mục của menu", "để ở một mục thôi") for topic in sorted({one for one in shown if shown.count(one) > 1})]
    lists = [("menu", len(made.menu)), *((section.id, len(section.topics)) for section in made.menu)]
    wrong += [(name, f"có {length} nút, quá {MOST_TOPICS}", "chia nhỏ ra") for name, length in lists if length > MOST_TOPICS]
    return [Fault(file, None, f"«{name}» {what}", remedy) for name, what, remedy in wrong]
