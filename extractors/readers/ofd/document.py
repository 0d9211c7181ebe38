"""The documents of an OFD package and their pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from extractors.document import ReadError, ReadNote
from extractors.layout import Page
from extractors.layout.coordinates import Frame
from extractors.layout.glyph_runs import Run, words_of
from extractors.layout.model import Box
from extractors.layout.page_quality import PageFacts
from extractors.layout.pictures import PlacedPicture, find_pictures
from extractors.limits import Limits
from extractors.readers import scan
from extractors.readers.ofd.page import POINTS, Content, PageReader
from extractors.readers.ofd.parts import SAVE_AGAIN, Element, Parts, box, child, children, content, local
from extractors.readers.ofd.resources import Resources, read_resources

if TYPE_CHECKING:
    from extractors.readers.scan.rasterize import Sheet

_A4 = (0.0, 0.0, 210.0, 297.0)
_DRAWN_ON = frozenset({"Stamp", "Link", "Watermark"})
_MOST_NOTES = 50


@dataclass(frozen=True, slots=True)
class OfdPage:
    """One page as geometry wants it, and what its text is worth; `page` is None when its part is missing."""

    number: int
    page: Page | None
    facts: PageFacts
    recognised: bool = False
    """Whether its words come from its pictures."""
    drawn: bool = False
    """Whether its text is there as drawings or codes only, which no picture shows."""
    pictures: tuple[PlacedPicture, ...] = ()
    """Pictures among its text that may hold more of it."""


@dataclass(frozen=True, slots=True)
class OfdDocument:
    """One document of a package. `first` counts the pages of the documents before it."""

    main: str
    root: Element
    resources: Resources
    entries: tuple[Element, ...]
    first: int


def documents(parts: Parts, limits: Limits, notes: list[ReadNote]) -> list[OfdDocument]:
    """The documents in their order; parts named in vain go into `notes`.

    Raises `ReadError` when there is no document, none of them has a page, or all together have too many.
    """
    entry = parts.locate("OFD.xml")
    top = parts.tree(entry) if entry is not None else None
    if entry is None or top is None or local(top) != "OFD":
        raise ReadError("文件内没有 OFD 文档入口（OFD.xml）", SAVE_AGAIN)
    out: list[OfdDocument] = []
    total = 0
    for body in children(top, "DocBody"):
        where = content(child(body, "DocRoot"))
        main = parts.locate(where, entry)
        if main is None:
            notes.append(_lost(where))
            continue
        root = parts.tree(main)
        entries = tuple(page for pages in children(root, "Pages") for page in children(pages, "Page"))
        resources, lost = read_resources(parts, main, child(root, "CommonData"))
        notes += [_lost(name) for name in lost[:_MOST_NOTES]]
        out.append(OfdDocument(main, root, resources, entries, total))
        total += len(entries)
        if total > limits.max_pages:
            raise ReadError(f"OFD 超过上限 {limits.max_pages} 页", "请拆分后放入")
    if not out:
        raise ReadError("OFD 内没有可读取的文档（缺少文档根部件）", SAVE_AGAIN)
    if not total:
        raise ReadError("OFD 没有页面", SAVE_AGAIN)
    return out


class PageSource:
    """The pages of the documents of one package, one at a time, under one budget of marks."""

    def __init__(self, parts: Parts, limits: Limits, *, recognise: bool = False) -> None:
        self._parts = parts
        self._recognise = recognise
        self._budget = scan.Budget()
        self._limits = limits
        self._left = limits.max_nodes

    def pages(self, document: OfdDocument) -> Iterator[OfdPage]:
        """Pages as they come; raises `ReadError` for one whose size or marks exceed the limits."""
        usual = _area(child(document.root, "CommonData", "PageArea")) or _A4
        trees: dict[str, Element] = {}
        for number, entry in enumerate(document.entries, document.first + 1):
            name = self._parts.locate(entry.get("BaseLoc", ""), document.main)
            if name is None:
                yield OfdPage(number, None, PageFacts(number, 0, 0, 0, 0.0))
                continue
            yield self._page(number, self._parts.tree(name), document.resources, usual, trees)

    def _page(
        self,
        number: int,
        root: Element,
        resources: Resources,
        usual: tuple[float, float, float, float],
        trees: dict[str, Element],
    ) -> OfdPage:
        templates = self._templates(root, resources, trees)
        x, y, width, height = _area(child(root, "Area")) or usual
        if max(width, height) * POINTS > self._limits.max_page_side:
            raise ReadError(
                f"第 {number} 页边长 {max(width, height) / 10:.0f} 厘米，超过上限",
                "请核实文件；属图纸、展板的，请只放入通知文本",
            )
        most = min(self._limits.max_page_marks, self._left)
        reader = PageReader(number, resources, most)
        for tree in (*templates, root):
            reader.layers(tree)
        self._left -= most - reader.left
        found = reader.out
        turn = found.glyphs.direction()
        frame = Frame(x * POINTS, -(y + height) * POINTS, (x + width) * POINTS, -y * POINTS, turn)
        good, bad, hidden = found.glyphs.counts()
        covered = 1.0 if found.drawn_text else found.drawing.covered(frame)
        across, down = frame.size
        words = words_of(found.glyphs, frame, _shown)
        page = Page(number, across, down, words, found.drawing.rules(frame))
        facts = PageFacts(number, good, bad, hidden, covered)
        pictures = () if facts.needs_ocr else find_pictures(found.drawing, frame, words)
        drawn = facts.needs_ocr and (found.drawn_text or bad > 0 or not found.images)
        if self._recognise and facts.needs_ocr and not drawn:
            page = next(scan.read_pages([self._sheet(number, found, frame, resources)], self._limits))
            return OfdPage(number, page, facts, recognised=True)
        if self._recognise and pictures:
            draw = partial(self._sheet, number, found, frame, resources)
            page, pictures = scan.join(draw, page, pictures, self._budget, self._limits)
        return OfdPage(number, page, facts, drawn=drawn, pictures=pictures)

    def _sheet(self, number: int, found: Content, frame: Frame, resources: Resources) -> Sheet:
        """The pictures of a page at their places, the page held upright."""
        from extractors.readers.scan.rasterize import Placement, compose, turned

        flat = replace(frame, turn=0)
        laid: list[Placement] = []
        for resource, corners, quarters in found.images:
            location, short, part = resources.media.get(resource, ("", "", ""))
            name = self._parts.locate(location, part) or self._parts.locate(short, part)
            if name is not None:
                laid.append(Placement(self._parts.raw(name), Box(*flat.box(*corners)), quarters))
        return turned(compose(number, *flat.size, laid), -frame.turn)

    def _templates(self, root: Element, resources: Resources, trees: dict[str, Element]) -> list[Element]:
        """The template pages beneath or above a page, and those that they name themselves, each once."""
        out: list[Element] = []
        waiting, taken = [root], set[str]()
        while waiting:
            for use in children(waiting.pop(), "Template"):
                name = resources.templates.get(use.get("TemplateID", ""))
                if name is None or name in taken:
                    continue
                taken.add(name)
                if name not in trees:
                    trees[name] = self._parts.tree(name)
                out.append(trees[name])
                waiting.append(trees[name])
        return out


def left_out(parts: Parts, document: OfdDocument) -> list[ReadNote]:
    """Notes on what belongs to a document and is not read: attached files, and text written onto its pages."""
    notes: list[ReadNote] = []
    attachments = parts.locate(content(child(document.root, "Attachments")), document.main)
    if attachments is not None:
        for item in children(parts.tree(attachments), "Attachment"):
            name = item.get("Name") or content(child(item, "FileLoc")) or "（无名）"
            message = f"OFD 内嵌附件“{name[:60]}”未读取；属通知附件的，请导出后放入"
            notes.append(ReadNote("embedded_file", message, f"内嵌附件{len(notes) + 1}"))
    index = parts.locate(content(child(document.root, "Annotations")), document.main)
    if index is not None:
        numbers = {entry.get("ID", ""): n for n, entry in enumerate(document.entries, document.first + 1)}
        for use in children(parts.tree(index), "Page"):
            drawn = parts.locate(content(child(use, "FileLoc")), index, document.main)
            place = f"第{numbers[use.get('PageID', '')]}页" if use.get("PageID", "") in numbers else "整个文件"
            if drawn is not None and _says_something(parts.tree(drawn)):
                notes.append(ReadNote("annotation", f"{place}的批注中有文字，未读取", place))
    return notes[:_MOST_NOTES]


def _says_something(root: Element) -> bool:
    """Whether an annotation other than a seal, link or watermark draws text."""
    return any(
        local(part) == "TextCode" and content(part)
        for item in children(root, "Annot")
        if item.get("Type") not in _DRAWN_ON
        for part in item.iter()
    )


def _area(area: Element | None) -> tuple[float, float, float, float] | None:
    """The physical page in millimetres; None where none is stated or it has no area."""
    found = box(content(child(area, "PhysicalBox")))
    return found if found is not None and found[2] > 0 and found[3] > 0 else None


def _lost(where: str) -> ReadNote:
    return ReadNote("lost_part", f"文件内缺少部件 {where[:60]}，其内容未读取", "整个文件")


def _shown(run: Run) -> bool:
    return run.visible
