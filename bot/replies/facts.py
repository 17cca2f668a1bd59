"""Dated facts: amounts, deadlines, numbers, each with its source, its time of validity and how sure it is.

Past its time, or where it is uncertain, a fact is not said: its safe form is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from ..model.errors import Fault, WrittenError

M = TypeVar("M", bound=BaseModel)
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Confidence(StrEnum):
    """How a fact is known."""

    LAW = "law"
    PUBLISHED = "published"
    SECOND_HAND = "second_hand"
    GENERAL = "general"
    UNCERTAIN = "uncertain"


class Fact(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)

    value: Text
    safe: Text
    """What is said instead where the value must not be."""
    valid_from: date
    valid_until: date | None = None
    """The last day on which the value holds."""
    source: Text
    confidence: Confidence
    reviewed: date

    def said(self, today: date) -> str:
        holds = self.valid_from <= today and (self.valid_until is None or today <= self.valid_until)
        return self.value if holds and self.confidence is not Confidence.UNCERTAIN else self.safe


class Source(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Text
    since: date | None = Field(alias="date")
    """When it came into force or was published; None where that is not known."""
    url: str | None = None


@dataclass(frozen=True)
class Facts:
    facts: Mapping[str, Fact]
    sources: Mapping[str, Source]

    @classmethod
    def load(cls, folder: Path) -> "Facts":
        """Every file of a folder. Raises WrittenError with all faults."""
        faults: list[Fault] = []
        sources = _read(folder / "sources.yml", Source, faults)
        facts: dict[str, Fact] = {}
        for path in sorted(folder.glob("*.yml")):
            if path.name == "sources.yml":
                continue
            for name, fact in _read(path, Fact, faults).items():
                if name in facts:
                    faults.append(Fault(_shown(path), None, f"dữ kiện «{name}» có hai lần", "bỏ bớt một"))
                if fact.source not in sources:
                    faults.append(
                        Fault(_shown(path), None, f"«{name}» dẫn nguồn lạ «{fact.source}»", "thêm nguồn vào content/facts/sources.yml")
                    )
                facts[name] = fact
        if faults:
            raise WrittenError(faults)
        return cls(facts, sources)

    def said(self, name: str, today: date) -> str:
        """What may be said of a fact on that day. Raises KeyError for a fact that is none."""
        return self.facts[name].said(today)


def _read(path: Path, shape: type[M], faults: list[Fault]) -> dict[str, M]:
    try:
        written: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        faults.append(Fault(_shown(path), line, f"không đúng YAML: {error.problem}", "xem lại thụt dòng, dấu hai chấm, dấu ngoặc"))
        return {}
    except (OSError, UnicodeDecodeError) as error:
        faults.append(Fault(_shown(path), None, f"không đọc được: {error}", "lưu tệp dạng UTF-8 ở đúng chỗ"))
        return {}
    if not isinstance(written, dict):
        faults.append(Fault(_shown(path), 1, "tệp phải gồm các mục «mã: {…}»", "xem các tệp bên cạnh"))
        return {}
    return {name: entry for name, fields in written.items() if (entry := _entry(path, str(name), fields, shape, faults)) is not None}


def _entry(path: Path, name: str, fields: Any, shape: type[M], faults: list[Fault]) -> M | None:
    try:
        return shape.model_validate(fields)
    except ValidationError as error:
        for problem in error.errors():
            where = ".".join(map(str, problem["loc"])) or "mục này"
            faults.append(
                Fault(_shown(path), _line(path, name), f"«{name}»: {where}: {problem['msg']}", "sửa mục ấy theo content/README.md")
            )
        return None


def _line(path: Path, name: str) -> int | None:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.startswith(f"{name}:")), None)


def _shown(path: Path) -> str:
    return f"content/facts/{path.name}"
