"""What a file of evidence is: kind, pixels, words, days; broken and hostile ones cost nothing."""

from __future__ import annotations

import io
import zipfile
import zlib
from datetime import date
from pathlib import Path

import docx
import pytest
from PIL import Image

from assets.evidence_check.inspect_file import (
    ARCHIVE,
    DOCUMENT,
    FILM,
    OTHER,
    PICTURE,
    SLIDES,
    EvidenceFile,
    count_words,
    find_days,
    inspect_file,
)
from extractors.limits import Limits
from tests.pipelines.sample_notices import entity_bomb, package

EXIF_BLOCK, TAKEN = 0x8769, 0x9003


def picture(size: tuple[int, int] = (800, 600), taken: str | None = None, form: str = "JPEG") -> bytes:
    """A picture of one colour, with the day of its exposure."""
    buffer = io.BytesIO()
    exif = Image.Exif()
    if taken:
        exif.get_ifd(EXIF_BLOCK)[TAKEN] = taken
    Image.new("RGB", size, (10, 20, 30)).save(buffer, form, exif=exif)
    return buffer.getvalue()


def word(*paragraphs: str, image: bytes | None = None) -> bytes:
    """A Word file with these paragraphs."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if image:
        document.add_picture(io.BytesIO(image))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def huge_png() -> bytes:
    """The head of a picture of 60,000 by 60,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = (60_000).to_bytes(4, "big") * 2 + bytes((8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


def inspect(folder: Path, name: str, data: bytes, limits: Limits | None = None) -> EvidenceFile:
    path = folder / name
    path.write_bytes(data)
    return inspect_file(str(path), name, limits or Limits())


def test_a_picture_has_pixels_and_the_day_of_its_exposure(tmp_path: Path) -> None:
    found = inspect(tmp_path, "食堂.jpg", picture((1200, 900), "2022:04:18 09:30:00"))
    assert (found.kind, found.pixels, found.taken_on) == (PICTURE, (1200, 900), date(2022, 4, 18))
    assert found.problem is None
    assert found.is_usable


def test_words_of_a_document_leave_out_those_in_its_pictures(tmp_path: Path) -> None:
    found = inspect(tmp_path, "小结.docx", word("节水周小结", "共 3 场 ABC", image=picture((900, 500))))
    assert (found.kind, found.words, found.pictures_inside) == (DOCUMENT, 5 + 4, 1)
    assert found.text.startswith("节水周小结")


@pytest.mark.parametrize(
    ("name", "data", "kind", "words"),
    [
        ("空.docx", b"", OTHER, "空文件"),
        ("坏.jpg", picture()[:40], PICTURE, None),
        ("大.png", huge_png(), PICTURE, "像素过多"),
        ("包.zip", package("<a/>"), DOCUMENT, None),
    ],
)
def test_what_cannot_be_handed_in_is_told(tmp_path: Path, name: str, data: bytes, kind: str, words: str | None) -> None:
    found = inspect(tmp_path, name, data)
    assert found.problem
    assert words is None or words in found.problem
    assert found.kind == kind
    assert found.is_usable is (kind == DOCUMENT)


def test_an_archive_is_not_opened(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("一.jpg", picture())
    found = inspect(tmp_path, "照片.zip", buffer.getvalue())
    assert (found.kind, found.is_usable) == (ARCHIVE, False)
    assert "没有打开" in (found.problem or "")


def test_a_bomb_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    assert inspect(tmp_path, "报告.docx", entity_bomb()).problem


def test_a_file_beyond_the_limit_is_not_opened(tmp_path: Path) -> None:
    found = inspect(tmp_path, "宣传片.mp4", b"\0" * 3000, Limits(max_bytes=2000))
    assert (found.kind, found.sha256) == (FILM, None)
    assert "没有打开" in (found.problem or "")


def test_words_are_counted_as_office_programs_do() -> None:
    assert count_words("开展“光盘行动”3次，WPS 2019版。") == 15


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2022年4月18日慰问", [date(2022, 4, 18)]),
        ("20220418-慰问", [date(2022, 4, 18)]),
        ("2022-04-18 和 2022.5.1", [date(2022, 4, 18), date(2022, 5, 1)]),
        ("2022年2月30日", []),
        ("编号120220418123", []),
        ("2022年4月", []),
    ],
)
def test_days_of_a_text(text: str, days: list[date]) -> None:
    assert list(find_days(text)) == days


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    found = inspect_file(str(tmp_path / "没有.docx"), "没有.docx", Limits())
    assert (found.size, found.is_usable, found.problem) == (0, False, "文件无法打开（No such file or directory）")
    (tmp_path / "其实是文件夹.docx").mkdir()
    found = inspect_file(str(tmp_path / "其实是文件夹.docx"), "其实是文件夹.docx", Limits())
    assert (found.sha256, found.problem) == (None, "文件无法打开（Is a directory）")


def test_films_and_slides_are_known_and_not_read(tmp_path: Path) -> None:
    film = inspect(tmp_path, "宣传片.MP4", b"\0" * 300)
    assert (film.kind, film.problem, film.is_usable, len(film.sha256 or "")) == (FILM, None, True, 64)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("ppt/presentation.xml", "<p/>")
    slides = inspect(tmp_path, "汇报.pptx", buffer.getvalue())
    assert (slides.kind, slides.problem, slides.words) == (SLIDES, None, None)


def test_a_scan_has_no_words_to_count(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (800, 1100), (250, 250, 250)).save(buffer, "PDF")
    found = inspect(tmp_path, "扫描.pdf", buffer.getvalue())
    assert (found.kind, found.is_scan, found.words, found.problem) == (DOCUMENT, True, None, None)


def test_bytes_of_no_known_form_are_another_file(tmp_path: Path) -> None:
    found = inspect(tmp_path, "程序.docx", b"\x00\x01\x02\x03" * 50)
    assert (found.kind, found.words, found.problem) == (OTHER, None, None)
