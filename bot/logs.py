"""Structured logs: one line an event, conversation and message ids in, personal data out.

Never log a text, a name or an address; `drop_private` is the last net under that rule, not a licence.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

PRIVATE = frozenset({"text", "texts", "name", "address", "answers", "payload", "body", "note", "url"})


def set_up(level: str) -> None:
    """Log to stderr: coloured lines on a terminal, JSON elsewhere."""
    terminal = sys.stderr.isatty()
    last: Any = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            drop_private,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(getattr(logging, level), logging.WARNING), stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs whole URLs at INFO, tokens included


def drop_private(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in PRIVATE & event.keys():
        event[name] = "[left out]"
    return event
