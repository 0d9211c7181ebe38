"""mhtml, mht: a page saved as one mail message; its first html part is the page, others are its pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import Message

from extractors.document import ReadError

_SAVE_AGAIN = "请用浏览器打开后另存为“网页，仅 HTML”，再放入"


@dataclass(frozen=True, slots=True)
class Parts:
    """Pictures saved with a page by their address (`cid:…` or where they were), and the address of the page."""

    pictures: Mapping[str, bytes] = field(default_factory=dict)
    base: str = ""


def page_of(data: bytes) -> tuple[bytes, str | None, Parts]:
    """The bytes of the page, the encoding that the message tells, and what was saved with it.

    Raises `ReadError` when there is no page.
    """
    message = message_from_bytes(data, policy=policy.compat32)
    start = _parameter(message, "start")
    pages = [part for part in message.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    if not pages:
        raise ReadError("单文件网页里没有网页正文", _SAVE_AGAIN)
    named = [part for part in pages if start and str(part.get("Content-ID", "")).strip() == start]
    page = (named or pages)[0]
    payload = page.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload.strip():
        raise ReadError("单文件网页的正文为空", _SAVE_AGAIN)
    return payload, _parameter(page, "charset"), Parts(_pictures(message), _location(page))


def _pictures(message: Message) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for part in message.walk():
        if part.get_content_maintype() != "image":
            continue
        payload = part.get_payload(decode=True)
        names = [_location(part), f"cid:{str(part.get('Content-ID', '')).strip().strip('<>')}"]
        for name in names:
            if isinstance(payload, bytes) and name not in ("", "cid:"):
                found.setdefault(name, payload)
    return found


def _location(part: Message) -> str:
    return "".join(str(part.get("Content-Location", "")).split())


def _parameter(message: Message, name: str) -> str | None:
    found = message.get_param(name)
    return found.strip() if isinstance(found, str) else None
