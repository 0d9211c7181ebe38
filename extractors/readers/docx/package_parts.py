"""The XML parts of a docx that hold text, found through the package's relationships and parsed safely."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from extractors.document import ReadError, ReadNote
from extractors.limits import Limits
from extractors.readers.docx.xml_names import BODY, Element, w
from extractors.readers.remedies import DOCUMENT
from extractors.readers.zip_guard import Package, resolve

_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_OVERRIDE = "{http://schemas.openxmlformats.org/package/2006/content-types}Override"
_CONTENT_TYPES = "[Content_Types].xml"
_STRICT_NAMESPACE = re.compile(rb'"http://purl\.oclc\.org/ooxml/(\w+)/')
_LOOKS = re.compile(
    rb"(?:<w:(?:rFonts|b|bCs|i|iCs|color|spacing|w|kern|position|sz|szCs|highlight|u|shd|em|lang|snapToGrid)"
    rb'(?: w:\w+="[^"<&]*")*/>)*'
)
_SYMBOL_FONTS = (b"Wingdings", b"Symbol")
_WIDE_STARTS = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_SHORTEST_ELEMENT: Final = len(b"<a/>")
_NOT_DOCX: Final = "文件内没有 Word 正文部件"
_SAVE_AGAIN: Final = "请用 WPS/Word 打开后另存为新的 docx，再放入"
_TYPES_DECLARED: Final = "含有 DTD 或实体声明，疑似 XML 炸弹或外部实体攻击"
_VERIFY: Final = "未展开任何实体；请核实来源，确属正常文件的，用 WPS/Word 打开后另存为 docx 再放入"


@dataclass(frozen=True, slots=True)
class Parts:
    """The roots of the parts that are read; None where the file has no such part."""

    body: Element
    styles: Element | None
    numbering: Element | None
    settings: Element | None
    footnotes: Element | None
    endnotes: Element | None
    may_hide: bool
    """Whether hidden text can occur at all (saves looking at every run)."""
    may_use_symbol_fonts: bool
    media: Mapping[str, str]
    """Members that hold the pictures of the main part, by the name of the relation."""
    lost: tuple[ReadNote, ...] = field(default=())


def open_parts(data: bytes, limits: Limits) -> Parts:
    """Open the package and parse its text parts. Raises `ReadError` for anything damaged or hostile."""
    with Package(data, limits) as package:
        main = _main_part(package, limits)
        raw = _without_looks(package.read(main))
        document = parse(raw, main, limits)
        body = document.find(BODY)
        if document.tag != w("document") or body is None:
            raise ReadError(_NOT_DOCX, _SAVE_AGAIN)
        related = _Related(package, main, limits)
        styles_raw, styles = related.part("styles")
        has_footnotes, has_endnotes = _may_hold(raw, b"footnoteReference"), _may_hold(raw, b"endnoteReference")
        numbered = _may_hold(raw, b"numPr") or _may_hold(styles_raw, b"numPr")
        return Parts(
            body=body,
            styles=styles,
            numbering=related.part("numbering")[1] if numbered else None,
            settings=related.part("settings")[1] if has_footnotes or has_endnotes else None,
            footnotes=related.part("footnotes")[1] if has_footnotes else None,
            endnotes=related.part("endnotes")[1] if has_endnotes else None,
            may_hide=_may_hold(raw, b"vanish") or _may_hold(styles_raw, b"vanish"),
            may_use_symbol_fonts=_may_hold(raw, *_SYMBOL_FONTS),
            media=related.media,
            lost=tuple(related.lost),
        )


def parse(raw: bytes, name: str, limits: Limits) -> Element:
    """The root of one XML part, in the transitional namespaces.

    Broken XML is refused rather than recovered: a recovering parser drops what it cannot place, and a rubric with
    silently missing rows is worse than none (Word refuses such files as well).
    """
    # A document type is never allowed in these parts; looking before parsing means no entity is ever declared.
    if _declares_types(raw):
        raise ReadError(f"部件 {name} {_TYPES_DECLARED}", _VERIFY)
    may_be_many = len(raw) >= _SHORTEST_ELEMENT * limits.max_nodes
    if may_be_many and raw.count(b"<") - raw.count(b"</") > limits.max_nodes:
        raise ReadError(f"部件 {name} 的元素超过上限 {limits.max_nodes} 个", "请拆分为较小的文件后放入")
    root = _parse(raw, name)
    if any(uri.startswith("http://purl.oclc.org/ooxml/") for uri in root.nsmap.values()):
        plain = etree.tostring(root, encoding="utf-8")
        root = _parse(_STRICT_NAMESPACE.sub(rb'"http://schemas.openxmlformats.org/\1/2006/', plain), name)
    return root


def _parse(raw: bytes, name: str) -> Element:
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
        raise ReadError(f"部件 {name} 的 XML 已损坏，无法解析", DOCUMENT.again) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise ReadError(f"部件 {name} {_TYPES_DECLARED}", _VERIFY)
    return root


@dataclass(frozen=True, slots=True)
class _Relation:
    """A relation to a member of the package; `kind` is the last word of its type."""

    id: str
    kind: str
    member: str


class _Related:
    """The parts and pictures that the main part points at."""

    def __init__(self, package: Package, main: str, limits: Limits) -> None:
        self._package = package
        self._limits = limits
        relations = _relations(package, main, limits)
        self._targets = _first_of_kind(relations)
        self.media = {one.id: one.member for one in relations if one.kind == "image"}
        self.lost: list[ReadNote] = []

    def part(self, kind: str) -> tuple[bytes, Element | None]:
        """The raw bytes and the root of one related part; empty and None where there is none."""
        target = self._targets.get(kind)
        if target is None:
            return b"", None
        if target not in self._package:
            self.lost.append(ReadNote("lost_part", f"文件内缺少部件 {target[:60]}，其内容未读取", "整个文件"))
            return b"", None
        raw = self._package.read(target)
        if kind == "styles":
            raw = _without_table_styles(raw)
        return raw, parse(raw, target[:60], self._limits)


def _main_part(package: Package, limits: Limits) -> str:
    main = _first_of_kind(_relations(package, "", limits)).get("officeDocument")
    if main is None and _CONTENT_TYPES in package:
        types = parse(package.read(_CONTENT_TYPES), _CONTENT_TYPES, limits)
        parts = [o.get("PartName", "") for o in types.iter(_OVERRIDE) if ".main+xml" in o.get("ContentType", "")]
        main = parts[0].lstrip("/") if parts else None
    if main is None or main not in package:
        raise ReadError(_NOT_DOCX, _SAVE_AGAIN)
    return main


def _relations(package: Package, source: str, limits: Limits) -> list[_Relation]:
    """Return the relations of a part to members of the package; links to the outside are left out."""
    folder, _, base = source.rpartition("/")
    relationships = f"{folder}/_rels/{base}.rels".lstrip("/")
    if relationships not in package:
        return []
    return [
        _Relation(item.get("Id", ""), item.get("Type", "").rsplit("/", 1)[-1], resolve(source, item.get("Target", "")))
        for item in parse(package.read(relationships), relationships[:60], limits).iter(_RELATIONSHIP)
        if item.get("TargetMode") != "External"
    ]


def _first_of_kind(relations: Sequence[_Relation]) -> dict[str, str]:
    """Return the member name of the first relation of each kind (`styles`, `numbering` …)."""
    return {one.kind: one.member for one in reversed(relations)}


def _without_table_styles(raw: bytes) -> bytes:
    """The style sheet without its table styles: nine tenths of its bytes, and they say nothing about text."""
    first, *rest = raw.split(b"<w:style ")
    kept = [first]
    for piece in rest:
        if b'w:type="table"' in piece.partition(b">")[0]:
            kept.append(piece.partition(b"</w:style>")[2])
        else:
            kept.append(b"<w:style " + piece)
    return b"".join(kept)


def _without_looks(raw: bytes) -> bytes:
    """The main part without the run properties that only say how text looks: two fifths of its bytes.

    Those that bear on the text (a symbol font) stay, and all of them beside the rare CDATA, which may hold anything.
    """
    if b"<![CDATA[" in raw:
        return raw
    first, *rest = raw.split(b"<w:rPr>")
    kept = [first]
    idle: dict[bytes, bool] = {}  # a file uses a handful of looks
    for piece in rest:
        look, end, text = piece.partition(b"</w:rPr>")
        if look not in idle:
            idle[look] = _LOOKS.fullmatch(look) is not None and not _may_hold(look, *_SYMBOL_FONTS)
        if end and idle[look]:
            kept.append(text)
        else:
            kept += (b"<w:rPr>", piece)
    return b"".join(kept)


def _may_hold(raw: bytes, *words: bytes) -> bool:
    """Whether one of `words` may occur in a part; encodings other than UTF-8 are given the benefit of the doubt."""
    return raw.startswith(_WIDE_STARTS) or any(word in raw for word in words)


def _declares_types(raw: bytes) -> bool:
    encodings = ("utf-16-le", "utf-16-be") if raw.startswith(_WIDE_STARTS) else ("ascii",)
    return any("!DOCTYPE".encode(encoding) in raw for encoding in encodings)
