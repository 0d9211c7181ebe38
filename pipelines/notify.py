"""Notify people of failures: always a line in the log, and a message to a group robot if a webhook is set.

企业微信 and 钉钉 accept the same JSON for a plain text. Notifying never disturbs the run: no exception is raised,
and it takes `TIME_LIMIT` seconds at most. The URL of the webhook is a secret and is never printed.
"""

from __future__ import annotations

import json
import logging
import platform
import re
import threading
from collections.abc import Iterator
from typing import Any, Final

from pydantic import SecretStr

from pipelines.json_logging import LOGGER

TIME_LIMIT: Final = 10.0
"""Seconds for the whole request."""
MAX_TEXT_BYTES: Final = 2000
"""企业微信 rejects texts of more than 2048 bytes."""
MAX_ANSWER_BYTES: Final = 65536
LOG: Final = logging.getLogger(LOGGER)
_CLASS_NAME: Final = re.compile(r"^[\w.]+(?:Error|Exception|Interrupt|Exit|Failure): ")
_CHINESE_CHARACTER: Final = re.compile(r"[\u4e00-\u9fff]")


def failure_text(what: str, reason: str, remedy: str, moment: str) -> str:
    """Return the message about a failure; `moment` is a time in China."""
    return _compose(f"{what}失败", (f"原因：{reason}", f"处理：{remedy}"), moment)


def recovery_text(what: str, result: str, moment: str) -> str:
    """Return the message about a task that succeeded after a failure."""
    return _compose(f"{what}已恢复正常", (result,), moment)


def reason_of(error: BaseException) -> str:
    """Return why it failed: the Chinese text of the innermost error that has one."""
    return _choose_message(
        (str(inner), type(inner).__name__)
        for inner in _iter_chain(error, lambda inner: inner.__cause__ or inner.__context__)
    )


def reason_of_run(error: Any) -> str:
    """Return the same for an error as stored by Dagster (`SerializableErrorInfo` or None)."""
    chain = _iter_chain(error, lambda inner: inner.cause or inner.context)
    return _choose_message((_CLASS_NAME.sub("", inner.message.strip()), inner.cls_name or "") for inner in chain)


def notify(webhook: SecretStr | None, text: str, *, limit: float = TIME_LIMIT) -> bool:
    """Write `text` to the log and send it to the webhook; return whether the robot accepted it."""
    LOG.error("notice", extra={"text": text})
    if webhook is None:
        return False
    taken: list[bool] = []
    sending = threading.Thread(target=lambda: taken.append(_send(webhook, text, limit)), daemon=True)
    sending.start()
    sending.join(limit)
    if sending.is_alive():
        LOG.warning("webhook_failed", extra={"reason": f"{limit:g} 秒内没有回音"})
    return taken == [True]


def _send(webhook: SecretStr, text: str, limit: float) -> bool:
    import httpx

    # At level INFO this logger would print the URL, which is a secret.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    body = {"msgtype": "text", "text": {"content": _truncate(text)}}
    try:
        with (
            httpx.Client(timeout=limit, follow_redirects=False) as client,
            client.stream("POST", webhook.get_secret_value(), json=body) as answer,
        ):
            received = b""
            for block in answer.iter_bytes():
                received += block
                if len(received) > MAX_ANSWER_BYTES:
                    break
            return _accepted(answer.status_code, received)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        LOG.warning("webhook_failed", extra={"reason": type(error).__name__})
        return False


def _accepted(status: int, answer: bytes) -> bool:
    """Return whether the robot accepted the message; it reports errors in `errcode`, with status 200."""
    if status // 100 != 2:
        LOG.warning("webhook_failed", extra={"reason": f"HTTP {status}"})
        return False
    try:
        response = json.loads(answer)
    except ValueError:
        return True
    code = response.get("errcode", 0) if isinstance(response, dict) else 0
    if code:
        LOG.warning("webhook_failed", extra={"reason": f"errcode {code} {str(response.get('errmsg', ''))[:200]}"})
    return not code


def _compose(title: str, lines: tuple[str, ...], moment: str) -> str:
    return "\n".join((f"【文明创建资料库】{title}", f"时间：{moment}", f"电脑：{platform.node()}", *lines))


def _truncate(text: str) -> str:
    encoded = text.encode()
    return text if len(encoded) <= MAX_TEXT_BYTES else encoded[: MAX_TEXT_BYTES - 3].decode("utf-8", "ignore") + "…"


def _iter_chain(error: Any, inner: Any) -> Iterator[Any]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = inner(error)


def _choose_message(chain: Iterator[tuple[str, str]]) -> str:
    """Return the Chinese text of the innermost error that has one, else the text of the innermost error."""
    messages = [(" ".join(message.split())[:500], name) for message, name in chain]
    for message, _ in reversed(messages):
        if _CHINESE_CHARACTER.search(message):
            return message
    message, name = messages[-1] if messages else ("", "")
    return f"程序内部出错（{name}：{message}）" if name else "没有留下原因"
