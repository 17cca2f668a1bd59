"""What volunteers write: looked over before it reaches a citizen, masked before it is kept among the desk."""

import re

from ..model.errors import DeskError, Unsafe
from ..replies.formats import pieces
from ..understanding.redact import redact
from ..understanding.safety import asks_secret
from ..understanding.text import clean, fold, normalise

MOST_TEXT = 4000
"""Characters of one saying or note."""
MARGIN = 40
"""Of a channel's message, left for the helper's name before the words."""
SECRETS = {"id_number": "số giấy tờ", "bank": "số tài khoản", "otp": "mã bí mật"}
"""What a volunteer must not write either; phone numbers of offices they may."""
_MARKS = re.compile(r"([\\*_\[\]<>#+\-.!`~|&])")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|info|vn|app|apk|xyz|top|me|ly|site)\b\S*", re.IGNORECASE)
_HOST = re.compile(r"(?:https?://)?([^/?#:\s]*)", re.IGNORECASE)


def checked(text: str, calls: str, most_text: int) -> tuple[str, ...]:
    """A volunteer's words as the citizen gets them: with the helper's name, in messages of that length. Small Markdown, marks escaped.

    Raises DeskError where there is nothing or far too much, Unsafe where a secret is asked for or told, or a link is no government's.
    """
    words = _tidy(text)
    if not words:
        raise DeskError("Tin đang trống. Viết vài chữ rồi gửi nhé.")
    if len(words) > MOST_TEXT:
        raise DeskError(f"Tin dài quá {MOST_TEXT} chữ. Bà con đọc trên điện thoại nhỏ, chia ra từng tin ngắn nhé.")
    if asks_secret(fold(normalise(words))):
        raise Unsafe("Không được hỏi mã OTP, mật khẩu, số giấy tờ hay ảnh thẻ. Bà con tự gõ trên máy mình; viết lại câu này nhé.")
    found = [SECRETS[kind] for kind in redact(words).kinds if kind in SECRETS]
    if found:
        raise Unsafe(f"Trong tin có {', '.join(found)}. Không gửi những thứ ấy qua đây; xóa đi rồi gửi lại nhé.")
    link = next((match for match in _LINK.finditer(words) if not _is_official(match[0])), None)
    if link is not None:
        raise Unsafe(f"Không gửi đường link «{link[0][:40]}». Chỉ nói tên ứng dụng trong kho chính thức, hoặc trang .gov.vn.")
    parts = pieces(words, most_text - MARGIN - words.count("\n"))
    return tuple(f"**{_plain(calls)}:** {_plain(part)}" for part in parts)


def checked_caption(text: str, calls: str, most_caption: int, most_text: int) -> tuple[str, tuple[str, ...]]:
    """Words beside a picture: what goes along, and what follows where they are too long for that. Raises as `checked` does."""
    if not _tidy(text):
        return f"**{_plain(calls)}** gửi một ảnh.", ()
    short = checked(text, calls, most_caption)
    if len(short) == 1:
        return short[0], ()
    return f"**{_plain(calls)}** gửi một ảnh, lời ở tin sau.", checked(text, calls, most_text)


def masked(text: str) -> str:
    """A note as it is kept. Raises DeskError where there is nothing, or far too much."""
    words = _tidy(text)
    if not words:
        raise DeskError("Ghi chú đang trống.")
    if len(words) > MOST_TEXT:
        raise DeskError(f"Ghi chú dài quá {MOST_TEXT} chữ. Viết gọn lại nhé.")
    return redact(words).text


def _tidy(text: str) -> str:
    """Without what cannot be seen, lines kept."""
    return "\n".join(clean(line).strip() for line in text.strip().splitlines()).strip()


def _is_official(link: str) -> bool:
    host = _HOST.match(link)
    return host is not None and host[1].lower().rstrip(".,;!)").endswith(".gov.vn")


def _plain(text: str) -> str:
    """Marks of Markdown stand for themselves."""
    return _MARKS.sub(r"\\\1", text)
