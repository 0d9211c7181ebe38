"""Notations that mean the same as a plainer one, written as that before they are read; each keeps its place."""

from __future__ import annotations

import re

from extractors.parsers.deadlines.lexer import Flat

_UNITS = "月|季度|季|年|周|半年"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # 自3月1日起至10月31日: the 起 is no limit of its own.
    (re.compile(r"(?<!即日)(?<!之日)起(?=[至到]|[-~—–])"), ""),
    (re.compile(r"[”\"’](?=之?前|以前|期间|当[天日])"), ""),
    (re.compile(r"前[三3]个?季度"), "1月至9月"),
    (re.compile(r"前[两二2]个?季度"), "1月至6月"),
    (re.compile(r"(?<![上下每])半年[末底]"), "每半年"),
    (re.compile(rf"(?:[\d一二两三四五六]{{1,4}}次)?/({_UNITS})(?![\u4e00-\u9fff])"), r"每\1"),
    (re.compile(r"(?<![A-Za-z])[Qq]([1-4])(?!\d)"), r"第\1季度"),
    (re.compile(r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)"), r"\1-\2-\3"),
)
_ANY = re.compile(r"起|”|\"|’|/|Q|q|前[三3两二2]|半年|20\d{6}")
"""None of the rules finds anything in a text without one of these. Each begins with a letter of its own, no class of
them: such a pattern is searched for several times as quickly."""
_UNSAID = re.compile(
    r"(?:时间|时限|日期)?(?:待定|另定|另行通知|另行确定|按[时期](?:完成|报送|上报)?|如期完成|(?:当月|每?次月)?(?:底|\d{1,2}[日号])前)[。；]?"
)


def respelled(flat: Flat) -> Flat:
    """The text with these notations written plainly."""
    if not _ANY.search(flat.text):
        return flat
    for pattern, plain in _RULES:
        flat = _replaced(flat, pattern, plain)
    return flat


def leaves_open(text: str) -> bool:
    """True for a text that names no day at all: 待定, 按时完成, 25日前 of whatever month."""
    return _UNSAID.fullmatch(text) is not None


def _replaced(flat: Flat, pattern: re.Pattern[str], plain: str) -> Flat:
    text: list[str] = []
    places: list[int] = []
    at = 0
    for found in pattern.finditer(flat.text):
        text.append(flat.text[at : found.start()])
        places += flat.places[at : found.start()]
        piece = found.expand(plain)
        if piece:
            text.append(piece)
            first, last = flat.places[found.start()], flat.places[found.end() - 1]
            places += [first] * (len(piece) - 1) + [last]
        at = found.end()
    if not at:
        return flat
    text.append(flat.text[at:])
    places += flat.places[at:]
    return Flat(flat.source, "".join(text), tuple(places))
