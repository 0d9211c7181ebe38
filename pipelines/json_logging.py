"""Structured logs: with `WENMING_LOG=json`, one line of JSON on standard error for each thing that happened.

The rooms speak to the logger `wenming` of the standard library and know nothing of this; without the variable nobody
listens.
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
    """Write the events of this process as JSON where the environment asks for it; asked again, it looks again."""
    logger = logging.getLogger(LOGGER)
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    asked = os.environ.get(LOG_VARIABLE, "").lower() == JSON
    logger.propagate = not asked
    if not asked:
        # Without a listener of its own, Python would print what is an error.
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
