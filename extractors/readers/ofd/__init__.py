"""Reader for OFD (GB/T 33190): zip and XML straight to characters and lines, laid out by `extractors.layout`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from extractors.document import Block, Document, ReadError, ReadNote
from extractors.layout import Page, lay_out
from extractors.layout.model import Box, PageFrame
from extractors.layout.page_content import PageQuality, PlacedPicture, find_pictures, needs_ocr, runs_to_words
from extractors.limits import DEFAULT_LIMITS, Limits
from extractors.readers import scan
from extractors.readers.ofd.package import (
    SAVE_AGAIN,
    Element,
    Parts,
    Resources,
    find_child,
    find_children,
    local_name,
    parse_box,
    read_resources,
    text_of,
)
from extractors.readers.ofd.page_objects import POINTS_PER_MM, PageObjectReader, PageObjects
from extractors.readers.zip_guard import Package
from extractors.table_words import NO_WORDS, TableWords

if TYPE_CHECKING:
    from extractors.readers.scan.rasterize import PageImage

_CONVERT: Final = "请用 OFD 阅读器转换为 PDF 后放入（须安装识别组件 wenming[ocr]），或录入为 docx 后放入"
_A4: Final = (0.0, 0.0, 210.0, 297.0)
"""Millimetres."""
_DECORATIVE_KINDS: Final = frozenset({"Stamp", "Link", "Watermark"})
_MAX_NOTES: Final = 50
"""Notes of one kind on one document."""
_MAX_QUOTE: Final = 60
"""Characters of a name quoted in a note."""


@dataclass(frozen=True, slots=True)
class OfdPage:
    """One page for the layout, and the quality of its text; `content` is None if its part is missing."""

    number: int
    content: Page | None
    quality: PageQuality
    is_recognised: bool = False
    """Whether its words come from its pictures."""
    has_drawn_text: bool = False
    """Whether its text is there as drawings or codes only, which no picture shows."""
    pictures: tuple[PlacedPicture, ...] = ()
    """Pictures among its text that may contain more of it."""


@dataclass(frozen=True, slots=True)
class OfdDocument:
    """One document of a package; `first_page` counts the pages of the documents before it."""

    main: str
    root: Element
    resources: Resources
    page_entries: tuple[Element, ...]
    first_page: int


def read(data: bytes, name: str = "", limits: Limits = DEFAULT_LIMITS, words: TableWords = NO_WORDS) -> Document:
    """Return the documents in an OFD package as one; locators name page and bounding box in points.

    Pages that are pictures are recognised. Without the extra `[ocr]`, or where characters are drawn or have no code,
    they are noted, and a file that consists mostly of them is refused. Seals and links are left out; embedded files
    and annotations with text are noted.

    Args:
        data: The content of the file.
        name: Its name, unused.
        limits: Bounds on pages, page size, marks and bytes.
        words: Tells headers, totals and notes of tables.

    Raises:
        ReadError: If the package is damaged, encrypted, hostile or oversized.
    """
    pages: list[OfdPage] = []
    notes: list[ReadNote] = []
    blocks: list[Block] = []
    confidence_notes: list[ReadNote] = []
    lost_chars = 0
    with _open_package(data, limits) as package:
        parts = Parts(package, limits)
        reader = _PageReader(parts, limits, recognise=scan.can_recognise(limits))
        for document in _read_documents(parts, limits, notes):
            layout = lay_out(_usable_pages(reader.read_pages(document), pages, notes), limits, words)
            blocks += layout.blocks
            lost_chars += layout.lost_chars
            confidence_notes += [*layout.notes, *scan.low_confidence_notes(layout)]
            notes += _note_unread_parts(parts, document)
    quality = [page.quality for page in pages]
    is_scan = needs_ocr(quality)
    if is_scan and not any(page.is_recognised for page in pages):
        has_drawn_text = any(page.has_drawn_text for page in pages)
        raise ReadError(_reason_for_ocr(quality), f"需要识别（OCR）：{_CONVERT if has_drawn_text else scan.INSTALL}")
    if not blocks and is_scan:
        raise ReadError(f"{_reason_for_ocr(quality)}，也没有识别出文字", _CONVERT)
    if not blocks and any(page.pictures for page in pages) and not scan.can_recognise(limits):
        raise ReadError("OFD 只有图像，没有文字", f"需要识别（OCR）：{scan.INSTALL}")
    if not blocks:
        is_missing = any(note.rule == "lost_page" for note in notes)
        raise ReadError("OFD 缺少页面内容" if is_missing else "OFD 各页都没有内容", SAVE_AGAIN)
    return Document("ofd", tuple(blocks), (*notes, *confidence_notes), lost_chars=lost_chars)


def _open_package(data: bytes, limits: Limits) -> Package:
    try:
        return Package(data, limits)
    except ReadError as error:
        raise ReadError(error.reason, SAVE_AGAIN) from error


def _usable_pages(pages: Iterator[OfdPage], seen: list[OfdPage], notes: list[ReadNote]) -> Iterator[Page]:
    """Yield the pages that have text; add every page to `seen`, and notes on what is left out."""
    for page in pages:
        seen.append(page)
        place = f"第{page.number}页"
        if page.content is None:
            notes.append(ReadNote("lost_page", f"{place}的内容部件缺失，未读取", place))
        elif page.quality.needs_ocr and not page.is_recognised:
            remedy = _CONVERT if page.has_drawn_text else scan.INSTALL
            message = f"{place}只有图像或无法还原的文字，未读取，需要识别（OCR）；{remedy}"
            notes.append(ReadNote("page_without_text", message, place))
        else:
            if page.is_recognised and not page.content.words:
                notes.append(ReadNote("page_without_text", f"{place}只有图像，没有识别出文字；{_CONVERT}", place))
            notes += scan.picture_notes(page.number, page.pictures)
            yield page.content


def _reason_for_ocr(quality: Sequence[PageQuality]) -> str:
    if any(page.n_unmapped for page in quality):
        return "OFD 的文字没有字符编码，取出的是乱码"
    return "OFD 只有图像或图形，没有文字"


def _read_documents(parts: Parts, limits: Limits, notes: list[ReadNote]) -> list[OfdDocument]:
    """Return the documents in their order; a note is added for every location that names no part.

    Raises:
        ReadError: If there is no document, none of them has a page, or all together have too many.
    """
    entry = parts.locate("OFD.xml")
    top = parts.read_tree(entry) if entry is not None else None
    if entry is None or top is None or local_name(top) != "OFD":
        raise ReadError("文件内没有 OFD 文档入口（OFD.xml）", SAVE_AGAIN)
    documents: list[OfdDocument] = []
    n_pages = 0
    for body in find_children(top, "DocBody"):
        location = text_of(find_child(body, "DocRoot"))
        main = parts.locate(location, entry)
        if main is None:
            notes.append(_missing_part_note(location))
            continue
        root = parts.read_tree(main)
        page_entries = tuple(page for pages in find_children(root, "Pages") for page in find_children(pages, "Page"))
        resources, missing = read_resources(parts, main, find_child(root, "CommonData"))
        notes += [_missing_part_note(name) for name in missing[:_MAX_NOTES]]
        documents.append(OfdDocument(main, root, resources, page_entries, n_pages))
        n_pages += len(page_entries)
        if n_pages > limits.max_pages:
            raise ReadError(f"OFD 超过上限 {limits.max_pages} 页", "请拆分后放入")
    if not documents:
        raise ReadError("OFD 内没有可读取的文档（缺少文档根部件）", SAVE_AGAIN)
    if not n_pages:
        raise ReadError("OFD 没有页面", SAVE_AGAIN)
    return documents


class _PageReader:
    """Reads the pages of the documents of one package, one at a time, under one budget of marks."""

    def __init__(self, parts: Parts, limits: Limits, *, recognise: bool = False) -> None:
        self._parts = parts
        self._recognise = recognise
        self._budget = scan.PictureBudget(limits.max_recognised_pictures)
        self._limits = limits
        self._marks_left = limits.max_nodes

    def read_pages(self, document: OfdDocument) -> Iterator[OfdPage]:
        """Yield the pages of a document.

        Raises:
            ReadError: If the size or the marks of a page exceed the limits.
        """
        default_area = _parse_area(find_child(document.root, "CommonData", "PageArea")) or _A4
        template_trees: dict[str, Element] = {}
        for number, entry in enumerate(document.page_entries, document.first_page + 1):
            name = self._parts.locate(entry.get("BaseLoc", ""), document.main)
            if name is None:
                yield OfdPage(number, None, PageQuality(number, 0, 0, 0, 0.0))
                continue
            yield self._read_page(number, self._parts.read_tree(name), document.resources, default_area, template_trees)

    def _read_page(
        self,
        number: int,
        root: Element,
        resources: Resources,
        default_area: tuple[float, float, float, float],
        template_trees: dict[str, Element],
    ) -> OfdPage:
        templates = self._read_templates(root, resources, template_trees)
        x, y, width, height = _parse_area(find_child(root, "Area")) or default_area
        if max(width, height) * POINTS_PER_MM > self._limits.max_page_side:
            raise ReadError(
                f"第 {number} 页边长 {max(width, height) / 10:.0f} 厘米，超过上限",
                "请核实文件；属图纸、展板的，请只放入通知文本",
            )
        max_marks = min(self._limits.max_page_marks, self._marks_left)
        reader = PageObjectReader(number, resources, max_marks)
        for tree in (*templates, root):
            reader.add_page(tree)
        self._marks_left -= max_marks - reader.marks_left
        objects = reader.objects
        frame = PageFrame(
            x * POINTS_PER_MM,
            -(y + height) * POINTS_PER_MM,
            (x + width) * POINTS_PER_MM,
            -y * POINTS_PER_MM,
            objects.glyphs.main_direction(),
        )
        mapped, unmapped, hidden = objects.glyphs.count_characters()
        picture_share = 1.0 if objects.has_drawn_text else objects.drawing.picture_share(frame)
        page_width, page_height = frame.size
        words = runs_to_words(objects.glyphs, frame)
        content = Page(number, page_width, page_height, words, objects.drawing.rulings(frame))
        quality = PageQuality(number, mapped, unmapped, hidden, picture_share)
        pictures = () if quality.needs_ocr else find_pictures(objects.drawing, frame, words)
        has_drawn_text = quality.needs_ocr and (objects.has_drawn_text or unmapped > 0 or not objects.pictures)
        if self._recognise and quality.needs_ocr and not has_drawn_text:
            image = self._compose_image(number, objects, frame, resources)
            content = next(scan.recognise_images([image], self._limits))
            return OfdPage(number, content, quality, is_recognised=True)
        if self._recognise and pictures:
            render = partial(self._compose_image, number, objects, frame, resources)
            content, pictures = scan.recognise_pictures(render, content, pictures, self._budget, self._limits)
        return OfdPage(number, content, quality, has_drawn_text=has_drawn_text, pictures=pictures)

    def _compose_image(self, number: int, objects: PageObjects, frame: PageFrame, resources: Resources) -> PageImage:
        """Return the pictures of a page at their places, the page upright."""
        from extractors.readers.scan.rasterize import PlacedImage, compose_page, rotate_image

        stored_frame = replace(frame, quarter_turns=0)
        images: list[PlacedImage] = []
        for resource, corners, quarter_turns in objects.pictures:
            location, without_base, part = resources.media.get(resource, ("", "", ""))
            name = self._parts.locate(location, part) or self._parts.locate(without_base, part)
            if name is not None:
                box = Box(*stored_frame.to_page_box(*corners))
                images.append(PlacedImage(self._parts.read_bytes(name), box, quarter_turns))
        return rotate_image(compose_page(number, *stored_frame.size, images), -frame.quarter_turns)

    def _read_templates(self, root: Element, resources: Resources, trees: dict[str, Element]) -> list[Element]:
        """Return the template pages of a page, and those that they use themselves, each once."""
        templates: list[Element] = []
        waiting, taken = [root], set[str]()
        while waiting:
            for use in find_children(waiting.pop(), "Template"):
                name = resources.templates.get(use.get("TemplateID", ""))
                if name is None or name in taken:
                    continue
                taken.add(name)
                if name not in trees:
                    trees[name] = self._parts.read_tree(name)
                templates.append(trees[name])
                waiting.append(trees[name])
        return templates


def _note_unread_parts(parts: Parts, document: OfdDocument) -> list[ReadNote]:
    """Return notes on what belongs to a document and is not read: attached files, and annotations with text."""
    notes: list[ReadNote] = []
    attachments = parts.locate(text_of(find_child(document.root, "Attachments")), document.main)
    if attachments is not None:
        for item in find_children(parts.read_tree(attachments), "Attachment"):
            name = item.get("Name") or text_of(find_child(item, "FileLoc")) or "（无名）"
            message = f"OFD 内嵌附件“{name[:_MAX_QUOTE]}”未读取；属通知附件的，请导出后放入"
            notes.append(ReadNote("embedded_file", message, f"内嵌附件{len(notes) + 1}"))
    index = parts.locate(text_of(find_child(document.root, "Annotations")), document.main)
    if index is not None:
        numbers = {entry.get("ID", ""): n for n, entry in enumerate(document.page_entries, document.first_page + 1)}
        for use in find_children(parts.read_tree(index), "Page"):
            annotations = parts.locate(text_of(find_child(use, "FileLoc")), index, document.main)
            place = f"第{numbers[use.get('PageID', '')]}页" if use.get("PageID", "") in numbers else "整个文件"
            if annotations is not None and _has_annotation_text(parts.read_tree(annotations)):
                notes.append(ReadNote("annotation", f"{place}的批注中有文字，未读取", place))
    return notes[:_MAX_NOTES]


def _has_annotation_text(root: Element) -> bool:
    """Return whether an annotation other than a seal, link or watermark draws text."""
    return any(
        local_name(part) == "TextCode" and text_of(part)
        for item in find_children(root, "Annot")
        if item.get("Type") not in _DECORATIVE_KINDS
        for part in item.iter()
    )


def _parse_area(area: Element | None) -> tuple[float, float, float, float] | None:
    """Return the physical page in millimetres, or None if none is stated or it has no area."""
    box = parse_box(text_of(find_child(area, "PhysicalBox")))
    return box if box is not None and box[2] > 0 and box[3] > 0 else None


def _missing_part_note(location: str) -> ReadNote:
    return ReadNote("lost_part", f"文件内缺少部件 {location[:_MAX_QUOTE]}，其内容未读取", "整个文件")
