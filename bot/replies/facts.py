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
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from ..model.errors import Fault, WrittenError
from ..yaml_loader import LOADER, load

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

    @model_validator(mode="after")
    def _in_order(self) -> "Fact":
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise PydanticCustomError("order", "hết hạn (valid_until) trước khi bắt đầu (valid_from)")
        return self

    def holds(self, today: date) -> bool:
        """Whether the value may be said on that day."""
        in_time = self.valid_from <= today and (self.valid_until is None or today <= self.valid_until)
        return in_time and self.confidence is not Confidence.UNCERTAIN

    def said(self, today: date) -> str:
        return self.value if self.holds(today) else self.safe


class Source(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Text
    since: date | None = Field(alias="date")
    """When it came into force or was published; None where that is not known."""
    url: str | None = None

    @property
    def named(self) -> str:
        """What a citizen is told who asks what it rests on."""
        return self.title if self.since is None else f"{self.title} ({self.since.strftime('%d/%m/%Y')})"


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

    def may_be_said(self, name: str, today: date) -> bool:
        """Whether a fact's value holds on that day; False for a fact that is none."""
        return name in self.facts and self.facts[name].holds(today)

    def said(self, name: str, today: date) -> str:
        """What may be said of a fact on that day. Raises KeyError for a fact that is none."""
        return self.facts[name].said(today)


def _read(path: Path, shape: type[M], faults: list[Fault]) -> dict[str, M]:
    """The entries of one file; each that cannot be used is a fault."""
    try:
        node = yaml.compose(text := path.read_text(encoding="utf-8"), Loader=LOADER)
        written: Any = load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        faults.append(Fault(_shown(path), line, f"không đúng YAML: {error.problem}", "xem lại thụt dòng, dấu hai chấm, dấu ngoặc"))
        return {}
    except (OSError, ValueError, yaml.YAMLError) as error:
        faults.append(Fault(_shown(path), None, f"không đọc được: {error}", "lưu tệp dạng UTF-8 ở đúng chỗ, ngày viết như 2026-11-23"))
        return {}
    if not isinstance(node, yaml.MappingNode):
        faults.append(Fault(_shown(path), 1, "tệp phải gồm các mục «mã: {…}»", "xem các tệp bên cạnh"))
        return {}
    lines: dict[str, int] = {}
    for key, _ in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if name in lines:
            faults.append(Fault(_shown(path), line, f"«{name}» đã có ở dòng {lines[name]}", "bỏ bớt một"))
        lines[name] = line
    found = {str(name): _entry(path, lines.get(str(name)), str(name), fields, shape, faults) for name, fields in written.items()}
    return {name: entry for name, entry in found.items() if entry is not None}


def _entry(path: Path, line: int | None, name: str, fields: Any, shape: type[M], faults: list[Fault]) -> M | None:
    try:
        return shape.model_validate(fields)
    except ValidationError as error:
        for problem in error.errors():
            where = ".".join(map(str, problem["loc"])) or "mục này"
            faults.append(Fault(_shown(path), line, f"«{name}»: {where}: {_said(problem)}", "sửa mục ấy theo content/README.md"))
        return None


def _said(problem: ErrorDetails) -> str:
    """What is wrong, in the writers' language."""
    match problem["type"]:
        case "missing":
            return "thiếu mục này"
        case "extra_forbidden":
            return "không có mục này"
        case "string_type" | "string_too_short":
            return "phải là chữ, không để trống; con số thì đặt trong ngoặc kép"
        case "enum":
            return f"chỉ nhận một trong {problem.get('ctx', {}).get('expected')}"
        case kind if kind.startswith("date"):
            return "ngày viết như 2026-11-23"
        case "model_type":
            return "phải gồm các mục «tên: giá trị»"
    return problem["msg"]


def _shown(path: Path) -> str:
    return f"content/facts/{path.name}"
