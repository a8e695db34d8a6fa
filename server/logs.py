"""Log lines: one event, its values, and the id of the request or job it belongs to."""

from __future__ import annotations

import logging
import re
import sys
from typing import Literal

import structlog

_PERSON = re.compile(r"^(/api/v1)?/people/[^/]+")
# However it was written: a second slash or a capital makes no link of it, and its secret is still good.
_ONE_TIME_LINK = re.compile(r"/welcome/.+", re.IGNORECASE | re.DOTALL)
_FEED = re.compile(r"/feeds/(?!public/)[^/]+", re.IGNORECASE)
_LONGEST_PATH = 200


def configure(log_format: Literal["text", "json"]) -> None:
    """Send everything, our lines and the libraries', to stderr in one form."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[structlog.types.Processor] = (
        [
            # Without local variables: they are passwords and tokens, and half a megabyte per error.
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
        if log_format == "json"
        else [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                exception_formatter=structlog.dev.plain_traceback,  # the rich one prints local variables
            )
        ]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    # These speak at INFO of every request, every upload's HEAD and every poll.
    for noisy in ("uvicorn.access", "tuspyserver", "httpx", "dbos", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def told_path(path: str) -> str:
    """Return a request's path as the log may know it.

    A one-time link is a key until it is used, the link to feeds as long as its person keeps it; a person's id
    leads back to them from the token of whoever was erased, long after. A line stays one line, whatever
    somebody asks for.
    """
    told = _PERSON.sub(r"\1/people/…", _FEED.sub("/feeds/…", _ONE_TIME_LINK.sub("/welcome/…", path)))
    if len(told) > _LONGEST_PATH:
        told = f"{told[:_LONGEST_PATH]}…"
    return "".join(letter if letter.isprintable() else f"\\x{ord(letter):02x}" for letter in told)
