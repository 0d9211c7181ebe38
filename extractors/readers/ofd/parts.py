"""The parts of an OFD package: found by their locations, parsed safely, all of them within one budget."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from lxml import etree

from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers.zip_guard import Package, resolve

Element = etree._Element
Matrix = tuple[float, float, float, float, float, float]

SAVE_AGAIN = "请用 OFD 阅读器打开核实；能打开的，转换为 docx 或 PDF 后重新放入"
_VERIFY = "未展开任何实体；请核实来源，确属正常文件的，用 OFD 阅读器转换为 docx 或 PDF 后再放入"
_LOCKS = frozenset({"encryptions.xml", "encryption.xml", "encryptioninfo.xml", "decryptseed.dat", "entriesmap.dat"})
"""Members of packages encrypted by GM/T 0099 or before it."""
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_FARTHEST = 1e7
_SHOWN = 60


class Parts:
    """Reads the parts of one package.

    Raises `ReadError` for a package that is damaged, encrypted or hostile, and once all parsed parts together exceed
    `limits.max_expanded_bytes` (the same part may be named by any number of pages).
    """

    def __init__(self, package: Package, limits: Limits) -> None:
        self._package = package
        self._limits = limits
        self._left = limits.max_expanded_bytes
        if any(name.replace("\\", "/").rsplit("/", 1)[-1].lower() in _LOCKS for name in package.names):
            raise ReadError("OFD 文件已加密，无法读取", "请用 OFD 阅读器打开，解除加密后另存（或转换为 docx）再放入")

    def locate(self, target: str, *bases: str) -> str | None:
        """The member that a location means, seen from the first of the parts `bases` where there is one.

        The standard counts from the part itself; some writers count from the document or from the package.
        """
        target = target.strip()
        if not target:
            return None
        found = (resolve(base, target) for base in (*bases, ""))
        return next((name for name in found if name in self._package), None)

    def tree(self, name: str) -> Element:
        """The root of one part."""
        return parse(self.raw(name), name[-_SHOWN:], self._limits)

    def raw(self, name: str) -> bytes:
        """The bytes of one part."""
        try:
            raw = self._package.read(name)
        except ReadError as error:
            raise ReadError(error.reason, SAVE_AGAIN) from error
        self._left -= len(raw)
        if self._left < 0:
            raise ReadError(f"OFD 各部件展开后共超过上限 {self._limits.max_expanded_bytes >> 20} MB", SAVE_AGAIN)
        return raw


def parse(raw: bytes, name: str, limits: Limits) -> Element:
    """The root of one XML part; a document type is refused before it can declare an entity."""
    wide = raw.startswith((b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<"))
    if b"!DOCTYPE" in (raw.replace(b"\0", b"") if wide else raw):
        raise ReadError(f"部件 {name} 含有 DTD 或实体声明，疑似 XML 炸弹或外部实体攻击", _VERIFY)
    if raw.count(b"<") - raw.count(b"</") > limits.max_nodes:
        raise ReadError(f"部件 {name} 的元素超过上限 {limits.max_nodes} 个", "请拆分为较小的文件后放入")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        collect_ids=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.LxmlError, ValueError, LookupError) as error:
        if "depth" in str(error):
            raise ReadError(f"部件 {name} 嵌套过深", SAVE_AGAIN) from error
        raise ReadError(f"部件 {name} 的 XML 已损坏，无法解析", SAVE_AGAIN) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise ReadError(f"部件 {name} 含有 DTD 或实体声明，疑似 XML 炸弹或外部实体攻击", _VERIFY)
    return root


def local(element: Element) -> str:
    """The name of an element; namespaces differ between editions of the standard and say nothing more."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element, name: str) -> Iterator[Element]:
    """The children of one name."""
    return (child for child in element if local(child) == name)


def child(element: Element | None, *path: str) -> Element | None:
    """The first descendant along a path of names; None where there is none."""
    for name in path:
        if element is None:
            return None
        element = next(children(element, name), None)
    return element


def content(element: Element | None) -> str:
    """The text of an element without the blanks around it."""
    return (element.text or "").strip() if element is not None else ""


def number(text: str) -> float:
    """A number kept within what a page can hold; what is no number counts 0."""
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return max(-_FARTHEST, min(value, _FARTHEST)) if math.isfinite(value) else 0.0


def numbers(text: str | None, most: int) -> list[float]:
    """The first `most` numbers of a list set apart by blanks or commas."""
    out: list[float] = []
    for found in _NUMBER.finditer(text or ""):
        if len(out) == most:
            break
        out.append(number(found.group()))
    return out


def box(text: str | None) -> tuple[float, float, float, float] | None:
    """x, y, width and height in millimetres; None for anything else."""
    found = numbers(text, 4)
    return (found[0], found[1], found[2], found[3]) if len(found) == 4 else None


def flag(element: Element, name: str, default: bool) -> bool:
    """A truth value of an element."""
    value = element.get(name)
    return default if value is None else value.strip().lower() in ("true", "1")


def placed(element: Element, outer: Matrix) -> Matrix:
    """The matrix from the coordinates of a graphic object to those outside of it."""
    shift = numbers(element.get("Boundary"), 2)
    x, y = (shift[0], shift[1]) if len(shift) == 2 else (0.0, 0.0)
    own = numbers(element.get("CTM"), 6)
    a, b, c, d, e, f = own if len(own) == 6 else (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    p, q, r, s, t, u = outer
    e, f = e + x, f + y
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """A point through a matrix."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
