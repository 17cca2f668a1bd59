"""The page's own files: read once, each named by its content, so that a phone on a poor network fetches a version once."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path

FOLDER = Path(__file__).parent / "webchat_page"
TYPES = {"chat.js": "text/javascript", "pictures.js": "text/javascript", "chat.css": "text/css", "widget.js": "text/javascript"}
_NAME = re.compile(r"\{\{(\w+)\}\}")

Words = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Asset:
    text: str
    media_type: str
    version: str


class Files:
    def __init__(self, words: Words, to_html: Callable[[str], str]) -> None:
        """`words`: the words of a block of content/common/web.md.j2, small Markdown; `to_html` renders it."""
        self._words = words
        self._to_html = to_html
        self._page = _read("index.html")
        self._assets = {name: _asset(name) for name in TYPES}

    def page(self) -> str:
        return _NAME.sub(lambda match: self._filled(match[1]), self._page)

    def asset(self, name: str) -> Asset:
        return self._assets[name]

    def _filled(self, name: str) -> str:
        """What stands in the page for `{{name}}`: words are HTML where there is room for it, else text that is safe in an attribute too."""
        match name:
            case "chat_js" | "chat_css" | "pictures_js":
                return self._assets[name.replace("_", ".")].version
            case "consent_version":
                return _digest(self._words("consent_title") + self._words("consent_text") + self._words("consent_agree"))
            case "consent_text":
                return self._to_html(self._words(name))
            case _:
                return escape(self._words(name))


def _asset(name: str) -> Asset:
    text = _read(name)
    return Asset(text, TYPES[name], _digest(text))


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
