"""Element and attribute names of WordprocessingML (ECMA-376 part 1) and small helpers to walk them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

Element = etree._Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_V = "{urn:schemas-microsoft-com:vml}"


def w(name: str) -> str:
    """The full name of an element or attribute of the main namespace."""
    return _W + name


BODY, P, R, T, TBL, TR, TC = (w(n) for n in ("body", "p", "r", "t", "tbl", "tr", "tc"))
PPR, RPR, TRPR, TCPR, TBLGRID, GRIDCOL = (w(n) for n in ("pPr", "rPr", "trPr", "tcPr", "tblGrid", "gridCol"))
GRID_SPAN, GRID_BEFORE, V_MERGE, H_MERGE = (w(n) for n in ("gridSpan", "gridBefore", "vMerge", "hMerge"))
TBL_HEADER, HIDDEN, CELL_DEL, DEL, MOVE_FROM = (w(n) for n in ("tblHeader", "hidden", "cellDel", "del", "moveFrom"))
TAB, PTAB, BR, CR, NO_BREAK_HYPHEN, SYM = (w(n) for n in ("tab", "ptab", "br", "cr", "noBreakHyphen", "sym"))
DRAWING, PICT, OBJECT, TEXT_BOX, RUBY, RUBY_BASE = (
    w(n) for n in ("drawing", "pict", "object", "txbxContent", "ruby", "rubyBase")
)
FOOTNOTE_REF, ENDNOTE_REF, CUSTOM_MARK = (w(n) for n in ("footnoteReference", "endnoteReference", "customMarkFollows"))
FLD_CHAR, FLD_CHAR_TYPE, INSTR_TEXT, FF_DATA = (w(n) for n in ("fldChar", "fldCharType", "instrText", "ffData"))
VANISH, SECT_PR, R_STYLE, R_FONTS, P_STYLE, NUM_PR, ILVL, NUM_ID, OUTLINE = (
    w(n) for n in ("vanish", "sectPr", "rStyle", "rFonts", "pStyle", "numPr", "ilvl", "numId", "outlineLvl")
)
STYLE, STYLE_ID, TYPE, DEFAULT, NAME, BASED_ON = (
    w(n) for n in ("style", "styleId", "type", "default", "name", "basedOn")
)
ALT_CHUNK, SUB_DOC, VAL, ID = (w(n) for n in ("altChunk", "subDoc", "val", "id"))
ALTERNATE, CHOICE, FALLBACK = (_MC + n for n in ("AlternateContent", "Choice", "Fallback"))
O_MATH, O_MATH_PARA, M_T, M_DEN = (_M + n for n in ("oMath", "oMathPara", "t", "den"))
TEXT_PATH, IMAGE_DATA, A_BLIP, A_P, A_T = (_V + "textpath", _V + "imagedata", _A + "blip", _A + "p", _A + "t")
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
R_EMBED, R_ID = _REL + "embed", _REL + "id"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
SMART_ART = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"

TRANSPARENT = frozenset(
    w(n)
    for n in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "hyperlink", "fldSimple", "dir", "bdo")
)
"""Wrappers whose content stands on the page as if they were not there; w:del and w:moveFrom are absent on purpose."""

_INTEGER = re.compile(r"[+-]?\d{1,12}")


def through(parent: Element, wanted: frozenset[str]) -> Iterator[Element]:
    """The nearest `wanted` descendants of `parent` in order, looking through transparent wrappers only.

    Iterative, so that wrappers nested on purpose cost no stack. Of alternate content one branch is taken.
    """
    stack = [iter(parent)]
    while stack:
        for child in stack[-1]:
            tag = child.tag
            if tag in wanted:
                yield child
            elif tag in TRANSPARENT:
                stack.append(iter(child))
                break
            elif tag == ALTERNATE:
                branch = alternative(child)
                if branch is not None:
                    stack.append(iter(branch))
                    break
        else:
            stack.pop()


def alternative(element: Element) -> Element | None:
    """The branch of mc:AlternateContent to read: the first choice, or the fallback where only that one has text."""
    choice, fallback = element.find(CHOICE), element.find(FALLBACK)
    if choice is None or fallback is None:
        return fallback if choice is None else choice
    return fallback if not _has_text(choice) and _has_text(fallback) else choice


def value(parent: Element | None, name: str) -> str | None:
    """The w:val of the child `name`; None when there is no parent, no child or no value."""
    child = None if parent is None else parent.find(name)
    return None if child is None else child.get(VAL)


@lru_cache(maxsize=1024)
def integer(text: str | None, default: int = 0) -> int:
    """A whole number as the format writes it; `default` for anything else."""
    return int(text) if text is not None and _INTEGER.fullmatch(text) else default


def switched(parent: Element | None, name: str) -> bool | None:
    """Whether `parent` switches the toggle `name` (w:vanish) on or off; None where it does not say."""
    child = None if parent is None else parent.find(name)
    return None if child is None else child.get(VAL, "1") not in ("0", "false", "off")


def is_on(parent: Element | None, name: str) -> bool:
    """Whether the toggle `name` (w:vanish, w:tblHeader …) is switched on in `parent`."""
    return switched(parent, name) is True


def _has_text(element: Element) -> bool:
    return next(element.iter(T, A_T), None) is not None
