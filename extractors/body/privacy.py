"""Personal contact data out of a text: it never reaches the warehouse."""

from __future__ import annotations

import re
from functools import lru_cache

HIDDEN = "〔已隐去〕"

_MASK = r"[\d*＊xX×]"
_NOT_IN_NUMBER = r"(?<![\d.*＊])(?<!\d[,，])"
_ENDS = r"(?![\d*＊]|\.\d)"
_LABEL = r"(?:电\s*话(?:号码)?|联系方式|手\s*机(?:号码?)?|传\s*真|座\s*机|热线|[Tt]el|TEL)"

_MAIL = re.compile(r"[A-Za-z0-9_.+*＊-]{2,64}\s{0,3}[@＠]\s*[A-Za-z0-9-]+(?:\s*[.．]\s*[A-Za-z0-9-]+)+")
_IDENTITY = re.compile(
    rf"{_NOT_IN_NUMBER}[1-9]\d{{5}}(?:(?:19|20)\d{{2}}|\*{{4}})(?:\d{{2}}|\*{{2}}){{2}}[\d*]{{3}}[\dXx*]{_ENDS}"
)
_MOBILE = re.compile(
    rf"{_NOT_IN_NUMBER}(?:\+?86[- ]?)?1[3-9]\d(?:{_MASK}{{8}}|[- ]{_MASK}{{4}}[- ]{_MASK}{{4}}){_ENDS}"
)
_LANDLINE = re.compile(
    rf"{_NOT_IN_NUMBER}(?:0\d{{2,3}}\s*[-—–－]\s*|[（(]0\d{{2,3}}[）)]\s*)[1-9*0]{_MASK}{{6,7}}(?:\s*[-转]\s*\d{{1,5}})?{_ENDS}"
)
_SERVICE = re.compile(rf"{_NOT_IN_NUMBER}[48]00[- ]\d{{3,4}}[- ]\d{{3,4}}{_ENDS}")
_LABELLED_PHONE = re.compile(
    rf"(?P<label>{_LABEL}\s*(?:[（(][^（）()\d]{{0,8}}[）)])?\s*[:：为是]?\s*)(?P<value>[+（(]?[\d*＊][\d*＊\s\-—–－()（）]{{4,18}}[\d*＊](?:\s*[、/，,]\s*[\d*＊][\d*＊\-—]{{5,13}})*)"
)
_ACCOUNT = re.compile(
    r"(?P<label>(?:QQ|qq|Qq|微\s*信|weixin|WeChat|wechat)\s*(?:群|邮箱|号码?|账号|帐号|公众号)*\s*(?:[（(](?=[\d*]))?\s*(?:号码?)?\s*[:：为]?\s*)(?P<value>[A-Za-z][\w*＊-]{5,19}(?![\u4e00-\u9fff\w])|[\d*＊]{5,13}(?![\d*＊年月日条次个张份人%]))"
)
_LABELLED_MAIL = re.compile(
    r"(?P<label>(?:电子)?(?:邮\s*箱|邮\s*件|信\s*箱|E-?mail|e-?mail)\s*(?:地址|号)?\s*[:：为]\s*)(?P<value>[\w*＊.@＠+-]{4,})"
)
_DIGITS = re.compile(r"\d\d\d")
_NAMED = re.compile(
    r"电\s*话|联系方式|手\s*机|传\s*真|座\s*机|热线|Tel|tel|TEL|QQ|Qq|qq|微\s*信|weixin|WeChat|wechat|邮\s*[箱件]|信\s*箱|mail"
)
"""What every number, and every label of contact data, holds: most texts hold neither."""


@lru_cache(maxsize=2048)
def redact(text: str) -> str:
    """`text` with telephone numbers, mailboxes, identity numbers and chat accounts replaced by 〔已隐去〕.

    Masked ones (156********) count too. Dates, document numbers, percentages, sums and years stay.
    """
    if "@" in text or "＠" in text:
        text = _MAIL.sub(HIDDEN, text)
    if _DIGITS.search(text):
        for pattern in (_IDENTITY, _MOBILE, _LANDLINE, _SERVICE):
            text = pattern.sub(HIDDEN, text)
    if _NAMED.search(text):
        for pattern in (_LABELLED_MAIL, _ACCOUNT, _LABELLED_PHONE):
            text = pattern.sub(lambda found: found["label"] + HIDDEN, text)
    return text
