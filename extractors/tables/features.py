"""What the cells of a column look like: the evidence on which its role is decided."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.phrases.labels import has_code, split_label
from extractors.phrases.methods import method_share
from extractors.phrases.parties import looks_like_party
from extractors.phrases.points import cell_points
from extractors.phrases.rowwords import is_total
from extractors.phrases.text import says_nobody, squeeze
from extractors.tables.grid import Spot

_SERIAL = re.compile(r"[（(]?[\d一二三四五六七八九十]{1,3}[）)]?[.、．]?|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ①-⑳]")
_DOTTED = re.compile(r"\d{1,2}(?:[.．]\d{1,2})+")
_DATE = re.compile(r"\d月|[上中下]旬|季度|每月|年底|月底|全年|长期|适时|[前后]$|随时|同步|每年|常年|\d日")
_MARK = re.compile(r"[√✓✔★☆●○◎▲△☑■□]|牵头|配合|主办|协办")
_EVIDENCE = re.compile(r"图片|照片|报告|文件|截图|记录|资料|材料|复印件|方案|总结|名单|清单|台账|视频|通知|签到|说明")


def is_serial(text: str) -> bool:
    """True for a serial number: 3, 3., 十二、, （一）, Ⅱ, ④."""
    return bool(_SERIAL.fullmatch(squeeze(text)))


def is_number(text: str) -> bool:
    """True for what tells an item's place and nothing else: a serial number, digits, 1.1, 2.3.1."""
    solid = squeeze(text)
    return is_serial(solid) or solid.isdigit() or bool(_DOTTED.fullmatch(solid))


@dataclass(frozen=True, slots=True)
class Features:
    """Shares are of the non-blank cells, 0 to 1; `filled` is non-blank cells per row; `length` their mean length."""

    filled: float
    length: float
    labelled: float
    coded: float
    number: float
    serial: float
    dotted: float
    """Share that is a number of parts (1.1, 2.3.1): an item's place, or points with a decimal."""
    date: float
    party: float
    method: float
    mark: float
    evidence: float
    sentence: float
    ended: float
    """Share that ends like a sentence (。 ；), which headings do not."""


def features(cells: Sequence[Spot], n_rows: int) -> Features:
    """Features of the cells of one column (blank ones included) of a body of `n_rows` rows."""
    texts = [squeeze(s.text) for s in cells if s.text and not says_nobody(s.text) and not is_total(s.text)]
    n = max(len(texts), 1)

    def share(found: Sequence[bool]) -> float:
        return sum(found) / n

    return Features(
        filled=len(texts) / max(n_rows, 1),
        length=sum(map(len, texts)) / n,
        labelled=share([split_label(t).label is not None for t in texts]),
        coded=share([has_code(t) for t in texts]),
        number=share([cell_points(t) is not None for t in texts]),
        serial=share([is_serial(t) for t in texts]),
        dotted=share([bool(_DOTTED.fullmatch(t)) for t in texts]),
        date=share([bool(_DATE.search(t)) and len(t) < 40 for t in texts]),
        party=share([looks_like_party(t) for t in texts]),
        method=share([method_share(t) > 0.6 for t in texts]),
        mark=share([bool(_MARK.fullmatch(t)) for t in texts]),
        evidence=share([bool(_EVIDENCE.search(t)) for t in texts]),
        sentence=share([bool(re.search(r"[，,。；;]", t)) for t in texts]),
        ended=share([t[-1] in "。；;" for t in texts]),
    )
