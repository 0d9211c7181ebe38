"""Error isolation: an exception in a parser becomes a finding on one field; the rest of the notice is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from extractors.notice.findings import ERROR, Findings, quote

UNREADABLE = "field_unreadable"
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Guard:
    """Calls the parsers of one notice, one call per field."""

    findings: Findings

    def __call__(
        self,
        field: str,
        read: Callable[[], _T],
        empty: _T,
        *,
        text: str | None = None,
        locator: str | None = None,
        table_id: str | None = None,
        task_id: str | None = None,
    ) -> _T:
        """Return `read()`; if it raises, add an error finding with field, text and place and return `empty`.

        `field` is the Chinese name of the field. MemoryError is re-raised: it says nothing about the text.
        """
        try:
            return read()
        except MemoryError:
            raise
        except Exception:
            said = "：" + quote(" ".join(text.split())) if text else ""
            place = f"（{locator}）" if locator else ""
            self.findings.add(
                UNREADABLE,
                ERROR,
                f"“{field}”无法解析{said}{place}。此项留空，其余内容照常读入，请对照原文核实",
                table_id=table_id,
                task_id=task_id,
                locator=locator,
            )
            return empty
