"""What one file of evidence is: kind, size, pixels, words, days; read in a worker process within limits."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from assets.ingest.discover_files import hash_file
from extractors.document import Document, ReadError, Table
from extractors.limits import MIB, Limits
from extractors.readers import FORMATS, read
from extractors.readers.sniff import FileFormat, detect_format

PICTURE, DOCUMENT, SHEET, SLIDES, FILM, ARCHIVE, OTHER = (
    "picture",
    "document",
    "sheet",
    "slides",
    "film",
    "archive",
    "other",
)
FILE_KINDS: Final = {
    PICTURE: "图片",
    DOCUMENT: "文档",
    SHEET: "表格",
    SLIDES: "演示文稿",
    FILM: "视频",
    ARCHIVE: "压缩包",
    OTHER: "其他文件",
}
MAX_TEXT: Final = 400_000
"""Characters of a document that are searched; a report of a unit has some thousand."""
_KINDS: Final = {
    PICTURE: {"PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP"},
    SHEET: {"XLSX", "XLSB", "XLS", "CSV", "ODS"},
    SLIDES: {"PPTX", "PPT"},
    ARCHIVE: {"ZIP", "SEVEN_ZIP", "RAR", "GZIP", "BZIP2", "XZ", "TAR"},
    DOCUMENT: {"DOCX", "DOC", "WPS", "PDF", "OFD", "RTF", "ODT", "TEXT", "HTML", "MHTML", "WORD_XML"},
}
_KIND_BY_EXTENSION: Final = {
    **dict.fromkeys(("mp4", "mov", "avi", "wmv", "mkv", "flv", "m4v", "mpg", "mpeg", "3gp", "webm"), FILM),
    **dict.fromkeys(("heic", "heif", "avif"), PICTURE),
}
"""Of files whose bytes no reader knows."""
_PICTURE_FORMATS: Final = ("PNG", "JPEG", "BMP", "TIFF", "GIF", "WEBP")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.'%-]*|[^\sA-Za-z0-9]")
_DATE = re.compile(r"(?<!\d)(20\d\d)([年./-])(\d{1,2})[月./-](\d{1,2})(?!\d)|(?<!\d)(20\d\d)(\d\d)(\d\d)(?!\d)")
_EXIF_BLOCK, _TAKEN = 0x8769, 0x9003
"""Tags of the block of a camera and of its time of exposure."""
_NEEDS_RECOGNITION: Final = "OCR"
"""In the remedy for a document without a layer of text."""


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """One file of the folder.

    Attributes:
        path: The path below the folder, with `/`.
        size: Bytes.
        sha256: Digest of the bytes; None where they were not read.
        kind: One of `FILE_KINDS`.
        pixels: (width, height) of a picture.
        taken_on: The day of exposure that a camera noted.
        words: Number of words as office programs count them; None where there is no text to count.
        text: The text of a document.
        pictures_inside: Pictures within a document.
        is_scan: Whether a document has pages without a layer of text, so that its words cannot be counted.
        is_usable: Whether the file can be handed in: empty, broken and packed ones cannot.
        problem: Why the file could not be read (Chinese).
    """

    path: str
    size: int
    sha256: str | None = None
    kind: str = OTHER
    pixels: tuple[int, int] | None = None
    taken_on: date | None = None
    words: int | None = None
    text: str = ""
    pictures_inside: int = 0
    is_scan: bool = False
    is_usable: bool = True
    problem: str | None = None

    @property
    def extension(self) -> str:
        """The extension of the name in lower case, without dot."""
        return self.path.rpartition("/")[2].rpartition(".")[2].lower() if "." in self.path else ""


def inspect_file(path: str, relative: str, limits: Limits) -> EvidenceFile:
    """Return what the file is; whatever cannot be read is told in `problem`."""
    try:
        size = Path(path).stat().st_size
    except OSError as error:
        return EvidenceFile(relative, 0, is_usable=False, problem=f"文件无法打开（{error.strerror}）")
    found = EvidenceFile(relative, size)
    found = replace(found, kind=_KIND_BY_EXTENSION.get(found.extension, OTHER))
    if size > limits.max_bytes:
        return replace(
            found, problem=f"文件大小 {size / MIB:.0f} MB，超过上限 {limits.max_bytes / MIB:.0f} MB，没有打开"
        )
    try:
        found = replace(found, sha256=hash_file(Path(path)))
        if found.kind == FILM:
            return found
        return _inspect_bytes(found, Path(path).read_bytes(), limits)
    except OSError as error:
        return replace(found, problem=f"文件无法打开（{error.strerror}）")


def find_days(text: str) -> Iterator[date]:
    """Yield the days that a text writes with year, month and day: 2023年5月4日, 2023-05-04, 20230504."""
    for match in _DATE.finditer(text):
        year, month, day = (match[1], match[3], match[4]) if match[1] else (match[5], match[6], match[7])
        try:
            yield date(int(year), int(month), int(day))
        except ValueError:
            continue


def count_words(text: str) -> int:
    """Return the number of words as office programs count them: Han characters and marks one by one, Latin by word."""
    return sum(1 for _ in _WORD.finditer(text))


def _inspect_bytes(found: EvidenceFile, data: bytes, limits: Limits) -> EvidenceFile:
    try:
        file_format = detect_format(data, found.path)
    except ReadError as error:
        return replace(found, is_usable=False, problem=error.reason)
    kind = next((kind for kind, names in _KINDS.items() if file_format.name in names), found.kind)
    found = replace(found, kind=kind)
    if file_format is FileFormat.EMPTY:
        return replace(found, is_usable=False, problem="空文件，没有内容")
    if kind == ARCHIVE:
        return replace(found, is_usable=False, problem="压缩包没有打开，请解压后再核对")
    if kind == PICTURE:
        return _inspect_picture(found, data)
    if kind in (DOCUMENT, SHEET) and FORMATS[file_format].reader is not None:
        return _inspect_document(found, data, limits)
    return found


def _inspect_picture(found: EvidenceFile, data: bytes) -> EvidenceFile:
    """Read size and day from the header of a picture; its pixels are never decoded."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=_PICTURE_FORMATS) as image:
                noted = image.getexif().get_ifd(_EXIF_BLOCK).get(_TAKEN)
                return replace(found, pixels=image.size, taken_on=_parse_exposure(noted))
        except Image.DecompressionBombError:
            return replace(found, is_usable=False, problem="图片像素过多，超过上限，没有打开")
        except (OSError, SyntaxError, ValueError, KeyError, TypeError, IndexError, EOFError, OverflowError):
            # What Pillow raises on broken data depends on the format's decoder.
            return replace(found, is_usable=False, problem="图片损坏或格式无法识别")


def _parse_exposure(noted: object) -> date | None:
    """Return the day of `2023:05:04 10:00:00`."""
    return next(find_days(str(noted)[:10].replace(":", "-")), None) if noted else None


def _inspect_document(found: EvidenceFile, data: bytes, limits: Limits) -> EvidenceFile:
    """Read the text; pictures in it are counted and not recognised, for their words are none of the document."""
    try:
        document = read(data, found.path, replace(limits, max_recognised_pictures=0))
    except ReadError as error:
        if _NEEDS_RECOGNITION in error.remedy:
            return replace(found, is_scan=True)
        return replace(found, problem=error.reason)
    text = "\n".join(_texts(document))[:MAX_TEXT]
    pictures = sum(1 for note in document.notes if note.rule == "picture")
    return replace(found, text=text, words=count_words(text), pictures_inside=pictures)


def _texts(document: Document) -> Iterator[str]:
    for block in document.blocks:
        if isinstance(block, Table):
            yield from (cell.text for cell in block.cells)
        else:
            yield block.text
