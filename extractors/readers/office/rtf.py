"""What has to be known of an RTF file before LibreOffice gets it."""

from __future__ import annotations

import re
from itertools import accumulate

from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers.remedies import DOCUMENT

_ROW = re.compile(rb"\\row(?![a-z0-9-])")
_ESCAPED = re.compile(rb"\\[{}\\]")
_NOT_BRACES = bytes(byte for byte in range(256) if byte not in b"{}")
_MAX_GROUP_DEPTH = 1_000
_STEP = 128 * 1024


def check(data: bytes, limits: Limits) -> int:
    """How many table rows the file has, nested ones aside. Raises `ReadError` when it is cut off or nested absurdly."""
    depth = deepest = 0
    braces = _ESCAPED.sub(b"", data).translate(None, _NOT_BRACES)
    for at in range(0, len(braces), _STEP):
        steps = list(accumulate((1 if byte == 0x7B else -1 for byte in braces[at : at + _STEP]), initial=depth))
        depth, deepest = steps[-1], max(deepest, *steps)
        if deepest > _MAX_GROUP_DEPTH:
            raise ReadError(f"RTF 内部嵌套超过 {_MAX_GROUP_DEPTH} 层", DOCUMENT.again)
    if depth > 0:
        raise ReadError("RTF 文件不完整（结尾缺失）", DOCUMENT.again)
    rows = len(_ROW.findall(data))
    if rows > limits.max_cells:
        raise ReadError(f"表格有 {rows} 行，超过上限", "请核实文件；确属正常的，请拆分为较小的表格后放入")
    return rows
