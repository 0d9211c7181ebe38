"""Options of the store, which a command sets before anything imports the store and with it DuckDB."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

LOG: Final = logging.getLogger("wenming")
DEFAULT_SNAPSHOTS: Final = 5
"""Number of snapshots that are kept by default."""
DEFAULT_WAIT: Final = 30.0
"""Default seconds to wait for another program that has the warehouse file open for writing."""


@dataclass(slots=True)
class LockWait:
    """How long this process waits for a lock, and the callback that reports the waiting in Chinese."""

    seconds: float = DEFAULT_WAIT
    report: Callable[[str], None] = LOG.warning


LOCK_WAIT: Final = LockWait()
"""The one value of this process; changed by `set_lock_wait`."""


def set_lock_wait(seconds: float, report: Callable[[str], None] = LOG.warning) -> None:
    """Set how long this process waits for a lock (seconds), and the callback that reports the waiting."""
    LOCK_WAIT.seconds, LOCK_WAIT.report = seconds, report
