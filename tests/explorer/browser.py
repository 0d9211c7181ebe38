"""A real Chromium for the browser tests and the pictures."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, ViewportSize, sync_playwright

GIVEN_UP = "net::ERR_ABORTED"
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


@contextmanager
def watched_page(browser: Browser, address: str, viewport: ViewportSize) -> Iterator[Page]:
    """A page that fails its test on a console message, a script error or a request that leaves the machine."""
    context = browser.new_context(base_url=address, viewport=viewport, accept_downloads=True, locale="zh-CN")
    opened = context.new_page()
    wrong: list[str] = []

    def console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            wrong.append(f"console: {message.text}")

    def request(sent: Request) -> None:
        if urlsplit(sent.url).hostname != "127.0.0.1":
            wrong.append(f"request: {sent.url}")

    opened.on("console", console)
    opened.on("pageerror", lambda error: wrong.append(f"script: {error}"))
    context.on("request", request)
    # What was under way when the page was left, or became a download, is given up and has not failed.
    context.on("requestfailed", lambda sent: wrong.append(f"failed: {sent.url}") if sent.failure != GIVEN_UP else None)
    yield opened
    context.close()
    assert wrong == []


def artefacts(fallback: Path) -> Path:
    """Where screenshots are kept: the folder that `WENMING_ARTEFACTS` names, else `fallback`."""
    folder = Path(os.environ.get("WENMING_ARTEFACTS") or fallback)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
