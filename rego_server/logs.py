"""Logs as one JSON object a line on stderr, or in a form for people when debugging.

Every line that is written while a request is served has that request's id. Secrets are never logged: only named fields are.
"""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog

from rego.wire.errors import InvalidInput

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

_SHARED: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def configure(*, level: str = "warning", debug: bool = False, stream: TextIO = sys.stderr) -> None:
    """Set up the logs of this process, those of libraries included. Raises `InvalidInput` for a level that is none.

    `info` has a line for each request. `debug` logs everything, in a form for people.
    """
    if level not in LEVELS:
        raise InvalidInput(f"REGO_LOG_LEVEL must be one of {', '.join(LEVELS)}.", field="log_level")
    least = logging.DEBUG if debug else LEVELS[level]
    renderer = structlog.dev.ConsoleRenderer(colors=False) if debug else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*_SHARED, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    _adopt_libraries(renderer, stream)


def _adopt_libraries(renderer: structlog.types.Processor, stream: TextIO) -> None:
    """What libraries log has the same form; of theirs only warnings are of interest to whoever runs a server."""
    handler = logging.StreamHandler(stream)
    strip = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_SHARED, processors=[strip, renderer]))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
