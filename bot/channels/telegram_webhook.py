"""Where Telegram brings updates, and what it must show."""

from litestar.handlers import HTTPRouteHandler

from .secret_webhook import Take, secret_webhook

PATH = "/channels/telegram"
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105
MOST_BODY = 1024 * 1024
"""An update with the message it replies to and all its entities; ordinary ones have a kilobyte."""


def webhook(take: Take, secret: str | None) -> HTTPRouteHandler:
    return secret_webhook(PATH, SECRET_HEADER, MOST_BODY, take, secret)
