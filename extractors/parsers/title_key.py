"""What stays the same in the titles of two editions of one notice."""

from __future__ import annotations

import re

from extractors.normalize import squeeze

_QUOTED = re.compile(r"《(?P<inner>[^《》]{4,})》")
_YEARS = re.compile(
    r"(?:19|20)\d\d年?(?:度)?(?:\s*[-—－–~～至、]+\s*(?:(?:19|20)\d\d|\d\d)年?(?:度)?)?|[一二三四五六七八九〇○零]{4}年(?:度)?"
)
_EDITION = re.compile(
    r"[（(\[【][^（）()\[\]【】]*(?:试行|暂行|修订|修改|征求意见|讨论稿|草案|版|稿)[^（）()\[\]【】]*[）)\]】]|第[一二三四五六七八九十\d]+[届版轮次批]|试行|暂行|(?:新|最新)?修订版?"
)
_SENDING = re.compile(
    r"^(?:[^《》]{0,40}?)关于(?:印发|下发|发布|公布|转发|修订|组织|开展|进一步|做好)*|的(?:通知|公告)$"
)
_MARKS = re.compile(r"[^\u3400-\u9fffA-Za-z0-9]")


def subject(title: str | None) -> str | None:
    """The title without year, edition and the formula of sending; None where nothing telling stays.

    Two notices of one issuer with equal subjects are editions of one another:
    关于印发《甲市2023年度文明单位测评细则（试行）》的通知 → 甲市文明单位测评细则.
    """
    text = squeeze(title or "")
    quoted = _QUOTED.search(text)
    text = quoted["inner"] if quoted else _SENDING.sub("", text)
    text = _MARKS.sub("", _EDITION.sub("", _YEARS.sub("", text)))
    return text if len(text) >= 4 else None
