"""The package of an OFD file: parts found by location and parsed safely, and the resources that its pages share."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from extractors.document import ReadError
from extractors.layout.model import IDENTITY, Matrix, multiply_matrices
from extractors.layout.text_lines import is_wide
from extractors.limits import Limits
from extractors.readers.zip_guard import Package, resolve

Element = etree._Element

SAVE_AGAIN: Final = "请用 OFD 阅读器打开核实；能打开的，转换为 docx 或 PDF 后重新放入"
_VERIFY: Final = "未展开任何实体；请核实来源，确属正常文件的，用 OFD 阅读器转换为 docx 或 PDF 后再放入"
_ENCRYPTION_MEMBERS: Final = frozenset(
    {"encryptions.xml", "encryption.xml", "encryptioninfo.xml", "decryptseed.dat", "entriesmap.dat"}
)
"""Members of packages encrypted by GM/T 0099 or before it."""
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_MAX_COORDINATE: Final = 1e7
"""Millimetres: larger numbers are clipped."""
_MAX_NAME_CHARS: Final = 60
"""Characters of the name of a part quoted in a message."""
_MAX_PARAM_CHAIN: Final = 8
"""Draw parameters that refer to each other."""
_FIRST_IDEOGRAPH: Final = 0x2E80


class Parts:
    """Reads the parts of one package.

    `ReadError` is raised for a package that is damaged, encrypted or hostile, and once all parsed parts together
    exceed `limits.max_expanded_bytes` (the same part may be named by any number of pages).
    """

    def __init__(self, package: Package, limits: Limits) -> None:
        self._package = package
        self._limits = limits
        self._bytes_left = limits.max_expanded_bytes
        if any(name.replace("\\", "/").rsplit("/", 1)[-1].lower() in _ENCRYPTION_MEMBERS for name in package.names):
            raise ReadError("OFD 文件已加密，无法读取", "请用 OFD 阅读器打开，解除加密后另存（或转换为 docx）再放入")

    def locate(self, target: str, *bases: str) -> str | None:
        """Return the member that a location means, relative to the first of the parts `bases` where it exists.

        The standard resolves locations against the part itself; some writers against the document or the package.
        """
        target = target.strip()
        if not target:
            return None
        candidates = (resolve(base, target) for base in (*bases, ""))
        return next((name for name in candidates if name in self._package), None)

    def read_tree(self, name: str) -> Element:
        """Return the root of one part."""
        return parse_xml(self.read_bytes(name), name[-_MAX_NAME_CHARS:], self._limits)

    def read_bytes(self, name: str) -> bytes:
        """Return the content of one part."""
        try:
            data = self._package.read(name)
        except ReadError as error:
            raise ReadError(error.reason, SAVE_AGAIN) from error
        self._bytes_left -= len(data)
        if self._bytes_left < 0:
            raise ReadError(f"OFD 各部件展开后共超过上限 {self._limits.max_expanded_bytes >> 20} MB", SAVE_AGAIN)
        return data


class CharWidths:
    """Estimates how wide characters are, in type sizes, by the least advance seen after each.

    Fonts are not opened: most are not embedded, and every writer states the advances.
    """

    def __init__(self) -> None:
        self._min_advances: dict[tuple[str, str], float] = {}

    def estimate(self, font: str, char: str, advance: float | None = None) -> float:
        """Return the width of a character.

        Args:
            font: Id of the font.
            char: The character.
            advance: The distance to the next character, where stated.
        """
        if is_wide(char) or ord(char) > _FIRST_IDEOGRAPH:
            return 1.0
        usual, max_width = _narrow_width(char)
        key = (font, "0" if char.isdecimal() else char)
        known = self._min_advances.get(key, max_width)
        if advance is not None and 0 < advance <= known:
            self._min_advances[key] = known = advance
        return known if key in self._min_advances else usual


def _narrow_width(char: str) -> tuple[float, float]:
    """Return the usual and the greatest width, in type sizes, of a character that takes no full em."""
    if not char.isascii():
        return 1.0, 1.1
    if char in "mwMW%@":
        return 0.9, 1.05
    if char.isupper():
        return 0.7, 0.9
    return 0.5, 0.7


@dataclass(slots=True)
class Resources:
    """What the pages of a document share, by id: draw parameters, composite graphics, template pages, pictures."""

    draw_params: dict[str, Element] = field(default_factory=dict)
    composites: dict[str, Element] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)
    """Member names of template pages."""
    widths: CharWidths = field(default_factory=CharWidths)

    media: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """Files of pictures: their location below the base of their resource part, without the base, and that part."""

    def add_part(self, root: Element, part: str) -> None:
        """Add the contents of the resource part named `part`."""
        for group in root:
            if local_name(group) == "MultiMedias":
                base = root.get("BaseLoc", "").strip()
                for item in group:
                    location = text_of(find_child(item, "MediaFile"))
                    below_base = f"{base.rstrip('/')}/{location}" if base else location
                    self.media[item.get("ID", "")] = (below_base, location, part)
            by_id = {"DrawParams": self.draw_params, "CompositeGraphicUnits": self.composites}.get(local_name(group))
            if by_id is not None:
                by_id.update((item.get("ID", ""), item) for item in group)

    def find_color(self, item: Element, layer: str, name: str) -> Element | None:
        """Return `FillColor` or `StrokeColor` of an object: its own, that of its draw parameters, or of its layer's.

        Args:
            item: The graphic object.
            layer: Id of the draw parameters of its layer.
            name: Name of the color element.
        """
        own = find_child(item, name)
        if own is not None:
            return own
        param_id = item.get("DrawParam") or layer
        for _ in range(_MAX_PARAM_CHAIN):
            params = self.draw_params.get(param_id)
            if params is None:
                return None
            color = find_child(params, name)
            if color is not None:
                return color
            param_id = params.get("Relative", "")
        return None


def read_resources(parts: Parts, main: str, common: Element | None) -> tuple[Resources, list[str]]:
    """Read the resources of the document in part `main`.

    Args:
        parts: The parts of the package.
        main: Name of the main part of the document.
        common: Its `CommonData`.

    Returns:
        The resources, and the locations that name no part.
    """
    resources, missing = Resources(), list[str]()
    if common is None:
        return resources, missing
    for entry in common:
        if local_name(entry) in ("PublicRes", "DocumentRes"):
            name = parts.locate(text_of(entry), main)
            if name is None:
                missing.append(text_of(entry))
            else:
                resources.add_part(parts.read_tree(name), name)
    for entry in find_children(common, "TemplatePage"):
        name = parts.locate(entry.get("BaseLoc", ""), main)
        if name is None:
            missing.append(entry.get("BaseLoc", ""))
        else:
            resources.templates[entry.get("ID", "")] = name
    return resources, missing


def parse_xml(data: bytes, name: str, limits: Limits) -> Element:
    """Return the root of one XML part.

    Raises:
        ReadError: If it is damaged, too large or too deep, or has a document type, which could declare entities.
    """
    is_utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<"))
    if b"!DOCTYPE" in (data.replace(b"\0", b"") if is_utf16 else data):
        raise ReadError(f"部件 {name} 含有 DTD 或实体声明，疑似 XML 炸弹或外部实体攻击", _VERIFY)
    if data.count(b"<") - data.count(b"</") > limits.max_nodes:
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
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError, LookupError) as error:
        if "depth" in str(error):
            raise ReadError(f"部件 {name} 嵌套过深", SAVE_AGAIN) from error
        raise ReadError(f"部件 {name} 的 XML 已损坏，无法解析", SAVE_AGAIN) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise ReadError(f"部件 {name} 含有 DTD 或实体声明，疑似 XML 炸弹或外部实体攻击", _VERIFY)
    return root


def local_name(element: Element) -> str:
    """Return the name of an element; namespaces only differ between editions of the standard."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def find_children(element: Element, name: str) -> Iterator[Element]:
    """Return the children of one name."""
    return (child for child in element if local_name(child) == name)


def find_child(element: Element | None, *path: str) -> Element | None:
    """Return the first descendant along a path of names, or None if there is none."""
    for name in path:
        if element is None:
            return None
        element = next(find_children(element, name), None)
    return element


def text_of(element: Element | None) -> str:
    """Return the text of an element without the blanks around it."""
    return (element.text or "").strip() if element is not None else ""


def parse_number(text: str) -> float:
    """Return a number clipped to what a page can hold; 0 for anything else."""
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return max(-_MAX_COORDINATE, min(value, _MAX_COORDINATE)) if math.isfinite(value) else 0.0


def parse_numbers(text: str | None, max_count: int) -> list[float]:
    """Return the first `max_count` numbers of a list separated by blanks or commas."""
    values: list[float] = []
    for match in _NUMBER.finditer(text or ""):
        if len(values) == max_count:
            break
        values.append(parse_number(match.group()))
    return values


def parse_box(text: str | None) -> tuple[float, float, float, float] | None:
    """Return x, y, width and height in millimetres, or None for anything else."""
    values = parse_numbers(text, 4)
    return (values[0], values[1], values[2], values[3]) if len(values) == 4 else None


def parse_flag(element: Element, name: str, default: bool) -> bool:
    """Return a truth value of an element."""
    value = element.get(name)
    return default if value is None else value.strip().lower() in ("true", "1")


def to_outer_matrix(element: Element, outer: Matrix) -> Matrix:
    """Return the matrix from the coordinates of a graphic object to those outside of the enclosing `outer`."""
    shift = parse_numbers(element.get("Boundary"), 2)
    x, y = (shift[0], shift[1]) if len(shift) == 2 else (0.0, 0.0)
    own = parse_numbers(element.get("CTM"), 6)
    a, b, c, d, e, f = own if len(own) == 6 else IDENTITY
    return multiply_matrices((a, b, c, d, e + x, f + y), outer)
