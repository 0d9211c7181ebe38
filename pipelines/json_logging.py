"""Structured logs: with `WENMING_LOG=json`, one line of JSON on standard error for each event.

All packages log to the logger `wenming` of the standard library; without the variable its events are discarded.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import Final

LOG_VARIABLE: Final = "WENMING_LOG"
JSON: Final = "json"
LOGGER: Final = "wenming"


def configure_logging() -> None:
    """Configure the logger `wenming` by the environment; can be called repeatedly."""
    logger = logging.getLogger(LOGGER)
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    wants_json = os.environ.get(LOG_VARIABLE, "").lower() == JSON
    logger.propagate = not wants_json
    if not wants_json:
        # Without a handler, Python would print errors.
        logger.addHandler(logging.NullHandler())
        return
    import structlog

    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True),
            ],
        )
    )
    logger.addHandler(stream)
    logger.setLevel(logging.INFO)
