"""The small Markdown of our words (bold, lists, paragraphs) as each channel shows it, and long texts cut where a reader would pause."""

import html
import re
from collections.abc import Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ..model.message import Button

_UNUSED = "link image autolink reference heading lheading code fence hr html_block backticks blockquote entity"
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(_UNUSED.split())
for _mark in ("em_open", "em_close"):
    _MARKDOWN.add_render_rule(_mark, lambda _renderer, tokens, place, _options, _env: str(tokens[place].markup))  # "5*3*2" is no emphasis
_LINKS = re.compile(r"(?:https?://[A-Za-z0-9.:-]+)?/chat/copy/[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])|https://(?:t|zalo)\.me/[A-Za-z0-9_?=-]+")
"""The addresses that a page makes links of: a citizen's own copy on our own page, and our own accounts elsewhere."""
_PAUSES = ("\n\n", "\n", ". ", "! ", "? ", "; ", ", ", " ")


@lru_cache(maxsize=1024)
def render(markup: str, text: str) -> str:
    """The text in a channel's markup: "plain", "html" or "telegram_html"."""
    match markup:
        case "html":
            return _LINKS.sub(_linked, str(_MARKDOWN.render(text)).strip())
        case "telegram_html":
            return _flat(text, bold=("<b>", "</b>"), escape=True)
        case "plain":
            return _flat(text, bold=("", ""), escape=False)
    raise ValueError(f"unknown markup {markup!r}")


def _linked(found: re.Match[str]) -> str:
    how = "download" if "/chat/copy/" in found[0] else 'target="_blank" rel="noopener noreferrer"'
    return f'<a href="{found[0]}" {how}>{found[0]}</a>'


def numbered(text: str, buttons: Sequence[Button]) -> str:
    """Taps for a channel that has none: numbered lines below the text."""
    lines = [f"{number}. {button.label}" for number, button in enumerate(buttons, 1)]
    return "\n".join([text, "", *lines]) if lines else text


def named(text: str, buttons: Sequence[Button]) -> str:
    """Taps for a channel that has none, where a number would mean another question's: the words to write instead."""
    *most, last = [f"«{button.label}»" for button in buttons]
    return f"{text}\n\nNhắn {', '.join(most)} hoặc {last}." if most else f"{text}\n\nNhắn {last}."


def pieces(text: str, most: int) -> list[str]:
    """The text in parts of at most `most` characters, cut at paragraphs, else lines, else sentences, else words."""
    parts = []
    rest = text.strip()
    while len(rest) > most:
        end = _pause(rest, most)
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*parts, rest] if rest or not parts else parts


def _pause(text: str, most: int) -> int:
    for pause in _PAUSES:
        place = text.rfind(pause, most // 2, most)
        if place > 0:
            return place + len(pause.rstrip())
    return most


def _flat(text: str, bold: tuple[str, str], escape: bool) -> str:
    """Lists as lines, paragraphs apart, bold as told; everything else as plain text."""
    lines: list[str] = []
    numbers: list[int | None] = []
    mark = ""
    for token in _MARKDOWN.parse(text):
        match token.type:
            case "bullet_list_open":
                numbers.append(None)
            case "ordered_list_open":
                numbers.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                numbers.pop()
                lines += [""] if not numbers else []
            case "list_item_open":
                mark = "- " if numbers[-1] is None else f"{numbers[-1]}. "
                if numbers[-1] is not None:
                    numbers[-1] += 1
            case "inline":
                lines.append(mark + _inline(token, bold, escape))
                mark = ""
            case "paragraph_close" if not numbers:
                lines.append("")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _inline(token: Token, bold: tuple[str, str], escape: bool) -> str:
    marks = {"strong_open": bold[0], "strong_close": bold[1], "softbreak": "\n", "hardbreak": "\n"}
    shown = [marks.get(child.type, _text(child, escape)) for child in token.children or ()]
    return "".join(shown)


def _text(token: Token, escape: bool) -> str:
    """What stands there, the marks that mean nothing to us included."""
    text = token.content or token.markup
    return html.escape(text, quote=False) if escape else text
