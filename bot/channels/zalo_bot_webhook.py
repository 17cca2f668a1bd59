"""Where Zalo brings a bot's updates, and what it must show."""

from litestar.handlers import HTTPRouteHandler

from .secret_webhook import Take, secret_webhook

PATH = "/channels/zalo_bot"
SECRET_HEADER = "x-bot-api-secret-token"  # noqa: S105
MOST_BODY = 256 * 1024
"""An ordinary update has a kilobyte."""


def webhook(take: Take, secret: str | None) -> HTTPRouteHandler:
    return secret_webhook(PATH, SECRET_HEADER, MOST_BODY, take, secret)
