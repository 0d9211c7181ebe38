"""A real Chromium for the browser tests and the pictures."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The program, None where none is installed. `WENMING_CHROMIUM` names another one."""
    named = os.environ.get("WENMING_CHROMIUM")
    return named or next((result for name in NAMES if (result := shutil.which(name))), None)


@contextmanager
def browsing(program: str) -> Iterator[Browser]:
    """The browser, headless. Its own sandbox needs rights that a container's root does not have."""
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*arguments, "--disable-dev-shm-usage"])
        try:
            yield browser
        finally:
            browser.close()


def artefacts(fallback: Path) -> Path:
    """Where screenshots are kept: the folder that `WENMING_ARTEFACTS` names, else `fallback`."""
    folder = Path(os.environ.get("WENMING_ARTEFACTS") or fallback)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
