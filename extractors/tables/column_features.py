"""What the cells of a column look like: the evidence on which its role is decided."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from extractors.normalize import is_placeholder, strip_whitespace
from extractors.parsers.item_labels import has_code, split_label
from extractors.parsers.methods import method_share
from extractors.parsers.points import cell_points
from extractors.parsers.responsible_units import looks_like_party
from extractors.parsers.row_patterns import is_total
from extractors.tables.grid import Spot

_SERIAL = re.compile(r"[（(]?[\d一二三四五六七八九十]{1,3}[）)]?[.、．]?|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ①-⑳]")
_DOTTED = re.compile(r"\d{1,2}(?:[.．]\d{1,2})+")
_DATE = re.compile(r"\d月|[上中下]旬|季度|每月|年底|月底|全年|长期|适时|[前后]$|随时|同步|每年|常年|\d日")
_MARK = re.compile(r"[√✓✔★☆●○◎▲△☑■□]|牵头|配合|主办|协办")
_EVIDENCE = re.compile(r"图片|照片|报告|文件|截图|记录|资料|材料|复印件|方案|总结|名单|清单|台账|视频|通知|签到|说明")
_SENTENCE = re.compile(r"[，,。；;]")
_DATE_LONGEST = 40
_MOSTLY = 0.6


def is_serial(text: str) -> bool:
    """True for a serial number: 3, 3., 十二、, （一）, Ⅱ, ④."""
    return bool(_SERIAL.fullmatch(strip_whitespace(text)))


def is_number(text: str) -> bool:
    """True for what tells an item's place and nothing else: a serial number, digits, 1.1, 2.3.1."""
    solid = strip_whitespace(text)
    return is_serial(solid) or solid.isdigit() or bool(_DOTTED.fullmatch(solid))


@dataclass(frozen=True)
class Features:
    """Shares are of the non-blank cells, 0 to 1; `filled` is non-blank cells per row; `length` their mean length.

    A share is worked out when it is asked for: most columns are settled by their header and a few of them.
    """

    filled: float
    length: float
    texts: Counter[str]
    """The non-blank cells without blanks, with how often each is written."""

    def _share(self, holds: Callable[[str], object]) -> float:
        return sum([n for text, n in self.texts.items() if holds(text)]) / max(self.texts.total(), 1)

    @cached_property
    def labelled(self) -> float:
        return self._share(lambda t: split_label(t).label is not None)

    @cached_property
    def coded(self) -> float:
        return self._share(has_code)

    @cached_property
    def number(self) -> float:
        return self._share(lambda t: cell_points(t) is not None)

    @cached_property
    def serial(self) -> float:
        return self._share(is_serial)

    @cached_property
    def dotted(self) -> float:
        """Share that is a number of parts (1.1, 2.3.1): an item's place, or points with a decimal."""
        return self._share(_DOTTED.fullmatch)

    @cached_property
    def date(self) -> float:
        return self._share(lambda t: len(t) < _DATE_LONGEST and _DATE.search(t) is not None)

    @cached_property
    def party(self) -> float:
        return self._share(looks_like_party)

    @cached_property
    def method(self) -> float:
        return self._share(lambda t: method_share(t) > _MOSTLY)

    @cached_property
    def mark(self) -> float:
        return self._share(_MARK.fullmatch)

    @cached_property
    def evidence(self) -> float:
        return self._share(_EVIDENCE.search)

    @cached_property
    def sentence(self) -> float:
        return self._share(_SENTENCE.search)

    @cached_property
    def ended(self) -> float:
        """Share that ends like a sentence (。 ；), which headings do not."""
        return self._share(lambda t: t[-1] in "。；;")


def features(cells: Sequence[Spot], n_rows: int) -> Features:
    """Features of the cells of one column (blank ones included) of a body of `n_rows` rows."""
    texts: Counter[str] = Counter()
    # Columns of parties or methods say the same again and again.
    for text, times in Counter([s.text for s in cells if s.text]).items():
        if not is_placeholder(text) and not is_total(text):
            solid = strip_whitespace(text)
            texts[solid] = texts.get(solid, 0) + times
    filled = texts.total()
    return Features(filled / max(n_rows, 1), sum([len(text) * n for text, n in texts.items()]) / max(filled, 1), texts)
