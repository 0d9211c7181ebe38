"""XML parts of spreadsheet packages, read as a stream so that a sheet of a million cells fits into memory."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

from extractors.document import ReadError
from extractors.limits import MIB
from extractors.readers.remedies import WORKBOOK
from extractors.readers.zip_guard import Package, resolve

Element = etree._Element

_WIDE_STARTS = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_SMALL = 8 * MIB
"""Up to here a part is parsed as a whole, which is faster and takes about ten times its size in memory."""
_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part points at: the last word of the relationship type, and the member name."""

    kind: str
    target: str


def local(element: Element) -> str:
    """The tag without its namespace: transitional and strict files differ in nothing else."""
    return str(element.tag).rpartition("}")[2]


def stream(raw: bytes, name: str, *tags: str) -> Iterator[Element]:
    """The elements of these local names in order; of a large part each is freed before the next.

    Broken XML and document types are refused (`ReadError`).
    """
    encodings = ("utf-16-le", "utf-16-be") if raw.startswith(_WIDE_STARTS) else ("ascii",)
    if any("<!DOCTYPE".encode(encoding) in raw for encoding in encodings):
        raise ReadError(f"部件 {name} 含有文档类型声明，正常的文件不会有", "请核实文件来源，" + WORKBOOK.save)
    wanted = [f"{{*}}{tag}" for tag in tags]
    try:
        if len(raw) <= _SMALL:
            root = etree.fromstring(raw, etree.XMLParser(**_SAFE))
            yield from (element for _, element in etree.iterwalk(root, events=("end",), tag=wanted))
        else:
            yield from _freed(etree.iterparse(io.BytesIO(raw), events=("end",), tag=wanted, **_SAFE))
    except (etree.LxmlError, ValueError, LookupError) as error:
        if "depth" in str(error):
            raise ReadError(f"部件 {name} 嵌套过深", WORKBOOK.save) from error
        raise ReadError(f"部件 {name} 的 XML 已损坏，无法解析", WORKBOOK.again) from error


def _freed(events: Iterator[tuple[str, Element]]) -> Iterator[Element]:
    for _, element in events:
        yield element
        element.clear()
        parent = element.getparent()
        if parent is not None and parent[0] is not element:
            del parent[: parent.index(element)]


def relations(package: Package, source: str) -> dict[str, Relation]:
    """Relationship id → what it means, seen from the part `source` (empty = the package)."""
    folder, _, base = source.rpartition("/")
    member = f"{folder}/_rels/{base}.rels".lstrip("/")
    if member not in package:
        return {}
    return {
        item.get("Id", ""): Relation(item.get("Type", "").rsplit("/", 1)[-1], resolve(source, item.get("Target", "")))
        for item in stream(package.read(member), member[:60], "Relationship")
        if item.get("TargetMode") != "External"
    }


def rich_text(element: Element) -> str:
    """The text of a string item: all runs, without the phonetic guides."""
    texts: list[str] = []
    for child in element:
        tag = child.tag
        if tag.endswith("}t"):
            texts.append(child.text or "")
        elif tag.endswith("}r"):
            texts += [t.text or "" for t in child if local(t) == "t"]
    return unescape("".join(texts))


def unescape(text: str) -> str:
    """The characters that XML cannot hold are written `_x000D_`; line ends become line feeds."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
