"""mhtml, mht: a page saved as one mail message; its first html part is the page."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import Message

from extractors.document import ReadError

_SAVE_AGAIN = "请用浏览器打开后另存为“网页，仅 HTML”，再放入"


def page_of(data: bytes) -> tuple[bytes, str | None]:
    """The bytes of the page and the encoding that the message tells. Raises `ReadError` when there is no page."""
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
    return payload, _parameter(page, "charset")


def _parameter(message: Message, name: str) -> str | None:
    found = message.get_param(name)
    return found.strip() if isinstance(found, str) else None
