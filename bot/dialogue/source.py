"""YAML with line numbers: reads what writers wrote, and collects every fault with its file, its line and how to mend it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from ..model.errors import Fault
from ..yaml_loader import LOADER

Node = yaml.Node


class Source:
    """One file. Its methods answer with something usable even where there is a fault, so that all faults are found in one reading."""

    def __init__(self, read: Callable[[], str], shown: str) -> None:
        """`read` gets the text; `shown`: how faults name the file."""
        self.shown = shown
        self.faults: list[Fault] = []
        self.root = self._compose(read)
        self.data: dict[str, Any] = _plain(self.root)
        """The same as plain data: what the file says, whatever its layout."""

    def fault(self, node: Node | None, what: str, remedy: str) -> None:
        line = None if node is None else node.start_mark.line + 1
        self.faults.append(Fault(self.shown, line, what, remedy))

    def mapping(self, node: Node, allowed: tuple[str, ...] | None, needed: tuple[str, ...] = ()) -> dict[str, Node]:
        """The entries of a mapping; `allowed` None lets any key stand."""
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, "chỗ này phải là các mục «tên: giá trị»", "xem ví dụ trong flows/README.md")
            return {}
        entries: dict[str, Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in entries:
                self.fault(key, f"«{name}» viết hai lần", "bỏ bớt một")
            if allowed is not None and name not in allowed:
                self.fault(key, f"không có mục «{name}»", f"dùng một trong: {', '.join(allowed)}")
                continue
            entries[name] = value
        for name in needed:
            if name not in entries:
                self.fault(node, f"thiếu mục «{name}»", f"thêm «{name}: …»")
        return entries

    def text(self, node: Node) -> str:
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            self.fault(node, "chỗ này phải là một dòng chữ", "viết một dòng chữ, không để trống")
            return "?"
        return str(node.value).strip()

    def texts(self, node: Node) -> tuple[str, ...]:
        return tuple(self.text(item) for item in self.items(node))

    def items(self, node: Node) -> list[Node]:
        if not isinstance(node, yaml.SequenceNode):
            self.fault(node, "chỗ này phải là một danh sách", "viết [một, hai] hoặc mỗi mục một dòng bắt đầu bằng «- »")
            return []
        return list(node.value)

    def flag(self, entries: Mapping[str, Node], name: str) -> bool:
        if name not in entries:
            return False
        value = self.text(entries[name])
        if value not in ("true", "false"):
            self.fault(entries[name], f"«{name}» chỉ nhận true hoặc false", "sửa thành true hoặc false")
        return value == "true"

    @classmethod
    def file(cls, path: Path, shown: str) -> "Source":
        return cls(lambda: path.read_text(encoding="utf-8"), shown)

    def _compose(self, read: Callable[[], str]) -> Node:
        start = yaml.Mark(self.shown, 0, 0, 0, "", 0)
        empty = yaml.MappingNode("tag:yaml.org,2002:map", [], start, start)
        try:
            return yaml.compose(read(), Loader=LOADER) or empty
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            line = None if mark is None else mark.line + 1
            self.faults.append(Fault(self.shown, line, f"không đúng YAML: {error.problem}", "xem lại thụt dòng, dấu hai chấm, dấu ngoặc"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            self.faults.append(Fault(self.shown, None, f"không đọc được tệp: {error}", "lưu tệp dạng UTF-8, không có ký tự lạ"))
        return empty


def _plain(root: Node) -> dict[str, Any]:
    return {str(key.value): _value(value) for key, value in root.value} if isinstance(root, yaml.MappingNode) else {}


def _value(node: Node) -> Any:
    match node:
        case yaml.MappingNode():
            return _plain(node)
        case yaml.SequenceNode():
            return [_value(item) for item in node.value]
    return str(node.value).strip()
