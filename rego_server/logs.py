"""Logs as one JSON object a line on stderr, or in a form for people when debugging."""

from __future__ import annotations

import logging
import sys

import structlog


def configure(*, debug: bool) -> None:
    """Set up structlog for this process. Secrets are never logged: only named fields are."""
    renderer = structlog.dev.ConsoleRenderer(colors=False) if debug else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if debug else logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
