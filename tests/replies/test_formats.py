"""The small Markdown as each channel shows it; nothing a citizen or a writer types can become markup of another kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model.message import Button
from bot.replies.formats import numbered, pieces, render

TEXT = "**Bước 1.** Mở «VNeID» & bấm <Đăng ký>:\n\n- một\n- **hai**\n\n1. ba\n2. bốn\n\nXong\nrồi."


def test_plain() -> None:
    assert render("plain", TEXT) == "Bước 1. Mở «VNeID» & bấm <Đăng ký>:\n\n- một\n- hai\n\n1. ba\n2. bốn\n\nXong\nrồi."


def test_telegram_html() -> None:
    shown = render("telegram_html", TEXT)
    assert shown.startswith("<b>Bước 1.</b> Mở «VNeID» &amp; bấm &lt;Đăng ký&gt;:")
    assert "- <b>hai</b>" in shown


def test_html() -> None:
    shown = render("html", TEXT)
    assert "<strong>Bước 1.</strong> Mở «VNeID» &amp; bấm &lt;Đăng ký&gt;:" in shown
    assert "<ul>" in shown
    assert "<ol>" in shown


@pytest.mark.parametrize(
    "text", ["[x](javascript:alert(1))", "![x](http://y/z.png)", "<script>x</script>", "<http://x.y>", "# lớn", "```\nx\n```"]
)
def test_what_is_not_in_the_small_markdown_stays_text(text: str) -> None:
    shown = render("html", text)
    assert not any(tag in shown for tag in ("<a", "<img", "<script", "<h1", "<pre", "<code"))


@pytest.mark.parametrize(
    "text",
    ["5*3*2", "a_b_ c", "Lưu ý\n---", "Lưu ý\n===", "[x]: vneid.gov.vn", "&lt;b&gt;", "- một\n- hai\n- ba", "**dở dang"],
)
def test_plain_shows_whatever_is_no_bold_as_it_was_written(text: str) -> None:
    assert render("plain", text) == text


def test_emphasis_is_shown_as_it_was_written_everywhere() -> None:
    assert render("html", "5*3*2") == "<p>5*3*2</p>"
    assert render("telegram_html", "5*3*2 < **4**") == "5*3*2 &lt; <b>4</b>"


def test_a_list_within_a_list_stays_together() -> None:
    assert render("plain", "- một\n  - hai\n- ba") == "- một\n- hai\n- ba"


def test_an_unknown_markup_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown markup"):
        render("rtf", "x")


def test_taps_for_a_channel_without_any() -> None:
    assert numbered("Chọn gì?", (Button("Có", "a:b"), Button("Không", "a:c"))) == "Chọn gì?\n\n1. Có\n2. Không"
    assert numbered("Chào.", ()) == "Chào."


@given(st.text(), st.integers(10, 200))
def test_pieces_fit_and_lose_no_word(text: str, most: int) -> None:
    parts = pieces(text, most)
    assert all(len(part) <= most for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(st.text(max_size=200))
def test_rendering_never_breaks(text: str) -> None:
    for markup in ("plain", "html", "telegram_html"):
        render(markup, text)
