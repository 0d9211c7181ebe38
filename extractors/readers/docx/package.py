"""The package of a docx: its XML parts, its pictures, and the element names of WordprocessingML.

Element names and helpers follow ECMA-376 part 1. Parts are found through the relationships of the package and parsed
without entities.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from extractors.document import ReadError, ReadNote
from extractors.limits import Limits
from extractors.readers.remedies import DOCUMENT
from extractors.readers.zip_guard import Package, resolve

Element = etree._Element
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_V = "{urn:schemas-microsoft-com:vml}"


def w(name: str) -> str:
    """Return the qualified name of an element or attribute of the main namespace."""
    return _W + name


BODY, P, R, T, TBL, TR, TC = (w(n) for n in ("body", "p", "r", "t", "tbl", "tr", "tc"))
PPR, RPR, TBLGRID, GRIDCOL = (w(n) for n in ("pPr", "rPr", "tblGrid", "gridCol"))
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
"""Wrappers whose content is read as if they were absent; w:del and w:moveFrom are left out on purpose."""
_INTEGER = re.compile(r"[+-]?\d{1,12}")
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_OVERRIDE = "{http://schemas.openxmlformats.org/package/2006/content-types}Override"
_CONTENT_TYPES = "[Content_Types].xml"
_STRICT_NAMESPACE = re.compile(rb'"http://purl\.oclc\.org/ooxml/(\w+)/')
_COSMETIC_PROPERTIES = re.compile(
    rb"(?:<w:(?:rFonts|b|bCs|i|iCs|color|spacing|w|kern|position|sz|szCs|highlight|u|shd|em|lang|snapToGrid)"
    rb'(?: w:\w+="[^"<&]*")*/>)*'
)
_SYMBOL_FONTS = (b"Wingdings", b"Symbol")
_WIDE_STARTS = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
ON_VALUES: Final = ("1", "true", "on")
OFF_VALUES: Final = ("0", "false", "off")
_LATENT_END: Final = b"</w:latentStyles>"
_SHORTEST_ELEMENT: Final = len(b"<a/>")
_NOT_DOCX: Final = "文件内没有 Word 正文部件"
_SAVE_AGAIN: Final = "请用 WPS/Word 打开后另存为新的 docx，再放入"
_DTD_DECLARED: Final = "含有 DTD 或实体声明，疑似 XML 炸弹或外部实体攻击"
_VERIFY_SOURCE: Final = "未展开任何实体；请核实来源，确属正常文件的，用 WPS/Word 打开后另存为 docx 再放入"


@dataclass(frozen=True, slots=True)
class DocxParts:
    """Root elements of the parts that are read; None if the file has no such part."""

    body: Element
    styles: Element | None
    numbering: Element | None
    settings: Element | None
    footnotes: Element | None
    endnotes: Element | None
    may_hide: bool
    """Whether hidden text can occur at all (saves checking every run)."""
    may_use_symbol_fonts: bool
    media: Mapping[str, str]
    """Members that hold the pictures of the main part, by relationship id."""
    lost: tuple[ReadNote, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class _Relationship:
    """A relationship to a member of the package; `kind` is the last segment of its type."""

    id: str
    kind: str
    member: str


class _RelatedParts:
    """The parts and pictures related to the main part."""

    def __init__(self, package: Package, main: str, limits: Limits) -> None:
        self._package = package
        self._limits = limits
        relations = _read_relationships(package, main, limits)
        self._targets = _first_of_kind(relations)
        self.media = {relation.id: relation.member for relation in relations if relation.kind == "image"}
        self.lost: list[ReadNote] = []

    def part(self, kind: str) -> tuple[bytes, Element | None]:
        """Return raw bytes and root of a related part; empty and None if there is none."""
        target = self._targets.get(kind)
        if target is None:
            return b"", None
        if target not in self._package:
            self.lost.append(ReadNote("lost_part", f"文件内缺少部件 {target[:60]}，其内容未读取", "整个文件"))
            return b"", None
        raw = self._package.read(target)
        if kind == "styles":
            raw = _strip_unused_styles(raw)
        return raw, parse_part(raw, target[:60], self._limits)


class Media:
    """Pictures of one docx, read on demand; `members` maps relationship ids to package members."""

    def __init__(self, data: bytes, members: Mapping[str, str], limits: Limits) -> None:
        self._data = data
        self._members = members
        self._limits = limits

    def read(self, picture: Element) -> bytes | None:
        """Return the bytes of an a:blip or v:imagedata, or None if they cannot be read."""
        if picture.getroottree().getroot().tag != w("document"):
            return None  # notes have relations of their own
        member = self._members.get(picture.get(R_EMBED) or picture.get(R_ID) or "")
        if member is None:
            return None
        try:
            with Package(self._data, self._limits) as package:
                return package.read(member)
        except ReadError:
            return None


def iter_unwrapped(parent: Element, wanted: frozenset[str]) -> Iterator[Element]:
    """Yield the nearest `wanted` descendants of `parent` in order, through transparent wrappers only.

    Iterative, so that deeply nested wrappers cost no stack. Of alternate content one branch is read.
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
                branch = select_branch(child)
                if branch is not None:
                    stack.append(iter(branch))
                    break
        else:
            stack.pop()


def select_branch(element: Element) -> Element | None:
    """Return the branch of mc:AlternateContent to read: the first choice, or the fallback if only that has text."""
    choice, fallback = element.find(CHOICE), element.find(FALLBACK)
    if choice is None or fallback is None:
        return fallback if choice is None else choice
    return fallback if not _has_text(choice) and _has_text(fallback) else choice


def child_value(parent: Element | None, name: str) -> str | None:
    """Return the w:val of the child `name`, or None."""
    child = None if parent is None else parent.find(name)
    return None if child is None else child.get(VAL)


def parse_int(text: str | None, default: int = 0) -> int:
    """Return an integer as the format writes it; `default` for anything else."""
    return int(text) if text is not None and _INTEGER.fullmatch(text) else default


def toggle_value(parent: Element | None, name: str) -> bool | None:
    """Return whether `parent` switches the toggle `name` (w:vanish) on or off; None if it is not set."""
    child = None if parent is None else parent.find(name)
    return None if child is None else child.get(VAL, "1") not in OFF_VALUES


def is_on(parent: Element | None, name: str) -> bool:
    """Return whether the toggle `name` (w:vanish, w:tblHeader …) is switched on in `parent`."""
    return toggle_value(parent, name) is True


def open_parts(data: bytes, limits: Limits) -> DocxParts:
    """Open the package and parse its text parts.

    Raises:
        ReadError: the package is damaged or hostile.
    """
    with Package(data, limits) as package:
        main = _main_part(package, limits)
        raw = _strip_cosmetic_formatting(package.read(main))
        document = parse_part(raw, main, limits)
        body = document.find(BODY)
        if document.tag != w("document") or body is None:
            raise ReadError(_NOT_DOCX, _SAVE_AGAIN)
        related = _RelatedParts(package, main, limits)
        styles_raw, styles = related.part("styles")
        has_footnotes, has_endnotes = _may_contain(raw, b"footnoteReference"), _may_contain(raw, b"endnoteReference")
        numbered = _may_contain(raw, b"numPr") or _may_contain(styles_raw, b"numPr")
        return DocxParts(
            body=body,
            styles=styles,
            numbering=related.part("numbering")[1] if numbered else None,
            settings=related.part("settings")[1] if has_footnotes or has_endnotes else None,
            footnotes=related.part("footnotes")[1] if has_footnotes else None,
            endnotes=related.part("endnotes")[1] if has_endnotes else None,
            may_hide=_may_contain(raw, b"vanish") or _may_contain(styles_raw, b"vanish"),
            may_use_symbol_fonts=_may_contain(raw, *_SYMBOL_FONTS),
            media=related.media,
            lost=tuple(related.lost),
        )


def parse_part(raw: bytes, name: str, limits: Limits) -> Element:
    """Parse one XML part and return its root, in the transitional namespaces.

    Broken XML is refused, not recovered: a recovering parser drops what it cannot place, and a rubric with silently
    missing rows is worse than none (Word refuses such files as well).
    """
    # A DTD is never allowed in these parts; checking before parsing means no entity is ever declared.
    if _declares_dtd(raw):
        raise ReadError(f"部件 {name} {_DTD_DECLARED}", _VERIFY_SOURCE)
    may_be_many = len(raw) >= _SHORTEST_ELEMENT * limits.max_nodes
    if may_be_many and raw.count(b"<") - raw.count(b"</") > limits.max_nodes:
        raise ReadError(f"部件 {name} 的元素超过上限 {limits.max_nodes} 个", "请拆分为较小的文件后放入")
    root = _parse_xml(raw, name)
    if any(uri.startswith("http://purl.oclc.org/ooxml/") for uri in root.nsmap.values()):
        serialized = etree.tostring(root, encoding="utf-8")
        root = _parse_xml(_STRICT_NAMESPACE.sub(rb'"http://schemas.openxmlformats.org/\1/2006/', serialized), name)
    return root


def _has_text(element: Element) -> bool:
    return next(element.iter(T, A_T), None) is not None


def _parse_xml(raw: bytes, name: str) -> Element:
    has_comments = raw.startswith(_WIDE_STARTS) or b"!--" in raw or raw.count(b"?>") > 1
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        collect_ids=False,
        remove_comments=has_comments,  # a comment inside w:t would hide the text after it
        remove_pis=has_comments,
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.LxmlError, ValueError, LookupError) as error:
        if "depth" in str(error):
            raise ReadError(f"部件 {name} 嵌套过深", _SAVE_AGAIN) from error
        raise ReadError(f"部件 {name} 的 XML 已损坏，无法解析", DOCUMENT.damaged) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise ReadError(f"部件 {name} {_DTD_DECLARED}", _VERIFY_SOURCE)
    return root


def _main_part(package: Package, limits: Limits) -> str:
    main = _first_of_kind(_read_relationships(package, "", limits)).get("officeDocument")
    if main is None and _CONTENT_TYPES in package:
        types = parse_part(package.read(_CONTENT_TYPES), _CONTENT_TYPES, limits)
        parts = [o.get("PartName", "") for o in types.iter(_OVERRIDE) if ".main+xml" in o.get("ContentType", "")]
        main = parts[0].lstrip("/") if parts else None
    if main is None or main not in package:
        raise ReadError(_NOT_DOCX, _SAVE_AGAIN)
    return main


def _read_relationships(package: Package, source: str, limits: Limits) -> list[_Relationship]:
    """Return the relationships of a part to members of the package, without external ones."""
    folder, _, base = source.rpartition("/")
    relationships = f"{folder}/_rels/{base}.rels".lstrip("/")
    if relationships not in package:
        return []
    return [
        _Relationship(
            item.get("Id", ""), item.get("Type", "").rsplit("/", 1)[-1], resolve(source, item.get("Target", ""))
        )
        for item in parse_part(package.read(relationships), relationships[:60], limits).iter(_RELATIONSHIP)
        if item.get("TargetMode") != "External"
    ]


def _first_of_kind(relations: Sequence[_Relationship]) -> dict[str, str]:
    """Return the member name of the first relation of each kind (`styles`, `numbering` …)."""
    return {relation.kind: relation.member for relation in reversed(relations)}


def _strip_unused_styles(raw: bytes) -> bytes:
    """Remove what says nothing of a text from the style sheet: table styles, and built-in styles not in use.

    They are nine tenths of its bytes.
    """
    latent, end_of_latent = raw.find(b"<w:latentStyles"), raw.find(_LATENT_END)
    if 0 <= latent < end_of_latent:
        raw = raw[:latent] + raw[end_of_latent + len(_LATENT_END) :]
    parts_left: list[bytes] = []
    last = 0
    while (found := raw.find(b'w:type="table"', last)) >= 0:
        start, stop = raw.rfind(b"<w:style ", last, found), raw.find(b"</w:style>", found)
        is_style = start >= 0 and stop >= 0 and raw.find(b">", start, found) < 0
        end = found + 1 if not is_style else stop + len(b"</w:style>")
        parts_left.append(raw[last : start if is_style else end])
        last = end
    return b"".join([*parts_left, raw[last:]])


def _strip_cosmetic_formatting(raw: bytes) -> bytes:
    """Remove run properties that do not affect the text from the main part: two fifths of its bytes.

    Properties that matter (a symbol font) are kept, and so is everything in a part with CDATA, which may hold anything.
    """
    if b"<![CDATA[" in raw:
        return raw
    first, *rest = raw.split(b"<w:rPr>")
    parts_left = [first]
    is_cosmetic: dict[bytes, bool] = {}  # a file uses few distinct formats
    for piece in rest:
        properties, end, text = piece.partition(b"</w:rPr>")
        if properties not in is_cosmetic:
            is_cosmetic[properties] = _COSMETIC_PROPERTIES.fullmatch(properties) is not None and not _may_contain(
                properties, *_SYMBOL_FONTS
            )
        if end and is_cosmetic[properties]:
            parts_left.append(text)
        else:
            parts_left += (b"<w:rPr>", piece)
    return b"".join(parts_left)


def _may_contain(raw: bytes, *words: bytes) -> bool:
    """Return whether one of `words` may occur in a part; True for encodings other than UTF-8."""
    return raw.startswith(_WIDE_STARTS) or any(word in raw for word in words)


def _declares_dtd(raw: bytes) -> bool:
    encodings = ("utf-16-le", "utf-16-be") if raw.startswith(_WIDE_STARTS) else ("ascii",)
    return any("!DOCTYPE".encode(encoding) in raw for encoding in encodings)
