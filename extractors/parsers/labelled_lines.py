"""Labels of fields in a text: 责任科室（单位）：, 完成时限：."""

from __future__ import annotations

import re
from typing import Final

LABEL_PATTERN: Final = r"[\u4e00-\u9fff]{2,8}(?:[（(][\u4e00-\u9fff]{1,6}[）)])?[:：]"
LABEL: Final = re.compile(LABEL_PATTERN)
FIELD_LABEL: Final = re.compile(rf"(?:^|(?<=[；;。，,\s]))(?P<label>{LABEL_PATTERN})")
"""A label at the beginning of a field: at the start of the text, behind a mark or in a new line."""

INNER_LABEL: Final = re.compile(rf"(?:^|(?<=[（(【\[〔；;。，,\s]))(?P<label>{LABEL_PATTERN})")
"""The same, and at the beginning of a bracket: 完成自查。（责任单位：县城管局）."""


def split_labelled(text: str) -> list[tuple[str, str]]:
    """Return label and value of each field of a text that says nothing else: 责任科室：办公室　分管领导：某某."""
    text = text.strip()
    labels = list(FIELD_LABEL.finditer(text))
    if not labels or labels[0].start() > 0:
        return []
    ends = [label.start() for label in labels[1:]] + [len(text)]
    values = (text[label.end() : end].strip(" \u3000\t；;，,。") for label, end in zip(labels, ends, strict=True))
    return [(label["label"].rstrip("：:"), value) for label, value in zip(labels, values, strict=True)]
