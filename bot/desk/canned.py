"""Replies that are written already: a volunteer picks one and changes it before it is sent. Words like any other, so they are proofread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from .. import yaml_loader
from ..model.conversation import Conversation
from ..model.dialogue import Say
from ..model.errors import Fault, WrittenError
from ..replies.formats import render
from .voice import Voice

FILE = "content/canned.yml"


@dataclass(frozen=True, slots=True)
class Canned:
    id: str
    title: str
    text: str
    """As it would be sent to that citizen, without marks."""
    fits: bool
    """Written for the topic at hand."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    topics: tuple[str, ...] = ()


class CannedReplies:
    def __init__(self, entries: Sequence[_Entry], voice: Voice) -> None:
        self._entries = entries
        self._voice = voice

    @classmethod
    def load(cls, root: Path, voice: Voice) -> "CannedReplies":
        """Raises WrittenError."""
        try:
            listed = yaml_loader.load((root / FILE).read_text(encoding="utf-8"))["replies"]
            entries = [_Entry.model_validate(entry) for entry in listed]
        except (OSError, yaml.YAMLError, ValidationError, KeyError, TypeError) as error:
            raise WrittenError([Fault(FILE, None, f"không đọc được: {error}", "xem các mục bên cạnh")]) from error
        missing = [entry.id for entry in entries if not voice.script.words.has("canned", entry.id)]
        if missing:
            remedy = "thêm khối vào content/common/canned.md.j2"
            raise WrittenError([Fault(FILE, None, f"«{name}» không có lời", remedy) for name in missing])
        return cls(entries, voice)

    def all_for(self, conversation: Conversation, topic: str | None, now: datetime) -> list[Canned]:
        """For that citizen, addressed as they are: those of the topic first."""
        replies = [
            Canned(entry.id, entry.title, self._text(conversation, entry.id, now), topic in entry.topics)
            for entry in self._entries
            if not entry.topics or topic is None or topic in entry.topics
        ]
        return sorted(replies, key=lambda reply: not reply.fits)

    def _text(self, conversation: Conversation, name: str, now: datetime) -> str:
        return render("plain", self._voice.reply(conversation, Say(f"canned.{name}"), now).text)
