"""What decisions at the terminal and in the browser share: reason and person, `名称=含义`, the errors of writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from assets.ingest.csv_input import NotAppendedError, NotRemovedError

_EQUALS: Final = ("=", "＝")


class ReviewError(Exception):
    """A decision cannot be recorded; the text is Chinese and names the remedy."""


def require_reason(reason: str, who: str) -> None:
    """Raise ReviewError where the reason or the person of a decision is missing."""
    if not reason.strip() or not who.strip():
        raise ReviewError("请写明理由（--reason）和经办人（--who），以便日后核对")


def split_choice(text: str, example: str) -> tuple[str, str]:
    """Return both sides of `名称=含义`; the name may hold an equals sign itself.

    Args:
        text: What the user wrote.
        example: How it is written, for the message.

    Raises:
        ReviewError: A side is missing.
    """
    place = max(text.rfind(mark) for mark in _EQUALS)
    name, value = text[:place].strip(), text[place + 1 :].strip()
    if place < 0 or not name or not value:
        raise ReviewError(f"“{text}”写法有误，应为 {example}")
    return name, value


@contextmanager
def explain_unwritten(path: Path) -> Iterator[None]:
    """Turn the errors of changing a file of decisions into ReviewError."""
    try:
        yield
    except NotAppendedError as error:
        raise ReviewError(f"{path} 不能接着写：{error}。原有内容没有改动") from error
    except NotRemovedError as error:
        raise ReviewError(f"{path} 不能改写：{error}。原有内容没有改动") from error
    except OSError as error:
        raise ReviewError(
            f"无法写入 {path}（{error.strerror or error}）。请检查文件夹的写入权限，"
            "并关闭正在打开它的程序；原有内容没有改动"
        ) from error
