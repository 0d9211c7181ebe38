"""Labels of fields in a text: 责任科室（单位）：, 完成时限：."""

from __future__ import annotations

import re
from typing import Final

LABEL_PATTERN: Final = r"[\u4e00-\u9fff]{2,8}(?:[（(][\u4e00-\u9fff]{1,6}[）)])?[:：]"
LABEL: Final = re.compile(LABEL_PATTERN)
FIELD_LABEL: Final = re.compile(rf"(?:^|(?<=[；;。，,\s]))(?P<label>{LABEL_PATTERN})")
"""A label at the beginning of a field: at the start of the text, behind a mark or in a new line."""
