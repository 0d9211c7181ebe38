"""Word files checked and written byte by byte: the compound file as described, the paragraph that is added."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from extractors.document import ReadError
from extractors.limits import DEFAULT_LIMITS
from extractors.readers import office
from extractors.readers.office import word97
from tests.extractors.readers.build import docx, para

FREE, END, FAT, DIFAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC


def words(data: bytes, start: int, count: int) -> list[int]:
    return list(struct.unpack_from(f"<{count}I", data, start))


def sector(data: bytes, number: int) -> bytes:
    return data[512 * (number + 1) : 512 * (number + 2)]


def fat_of(data: bytes) -> list[int]:
    """The allocation table, by the header and the sectors that go on from it."""
    n_fat, first_more, n_more = words(data, 0x2C, 1)[0], *words(data, 0x44, 2)
    listed = words(data, 0x4C, 109)
    for _ in range(n_more):
        more = words(sector(data, first_more), 0, 128)
        listed += more[:127]
        first_more = more[127]
    assert first_more == END
    assert all(one == FREE for one in listed[n_fat:])
    return [entry for number in listed[:n_fat] for entry in words(sector(data, number), 0, 128)]


def chain(data: bytes, fat: list[int], start: int) -> Iterator[bytes]:
    while start != END:
        yield sector(data, start)
        start = fat[start]


def entries_of(data: bytes) -> list[bytes]:
    directory = b"".join(chain(data, fat_of(data), words(data, 0x30, 1)[0]))
    return [directory[at : at + 128] for at in range(0, len(directory), 128)]


def streams_of(data: bytes) -> dict[str, bytes]:
    fat = fat_of(data)
    found = {}
    for entry in entries_of(data):
        size, kind = struct.unpack_from("<HB", entry, 64)
        if kind == 2:
            start, length = struct.unpack_from("<IQ", entry, 116)
            name = entry[: size - 2].decode("utf-16-le")
            found[name] = b"".join(chain(data, fat, start))[:length]
    return found


def test_the_header_says_what_the_file_is() -> None:
    data = word97.build_ole({"One": b"1" * 5000})
    assert data[:8] == bytes.fromhex("D0CF11E0A1B11AE1")
    assert struct.unpack_from("<5H", data, 24) == (0x3E, 3, 0xFFFE, 9, 6)
    assert data[8:24] == bytes(16)
    assert words(data, 0x28, 9) == [0, 1, 1, 0, 4096, END, 0, END, 0]
    assert len(data) % 512 == 0


def test_streams_are_found_by_the_table_and_short_ones_are_filled_up() -> None:
    given = {"WordDocument": bytes(range(256)) * 30, "1Table": b"t" * 100, "Data": b"d" * 4096, "Z": b"z" * 4097}
    found = streams_of(word97.build_ole(given))
    assert {name: found[name][: len(text)] for name, text in given.items()} == given
    assert {name: len(text) for name, text in found.items()} == {
        "WordDocument": 7680, "1Table": 4096, "Data": 4096, "Z": 4097,
    }  # fmt: skip
    assert found["1Table"][100:] == bytes(3996)


def test_the_directory_is_a_tree_ordered_by_length_and_name() -> None:
    names = ["bb", "Aa", "c", "ddd", "eeee"]
    root, *entries = entries_of(word97.build_ole(dict.fromkeys(names, b"x")))
    assert struct.unpack_from("<HBB3I", root, 64) == (22, 5, 1, FREE, FREE, 1)
    assert struct.unpack_from("<IQ", root, 116) == (END, 0)

    def in_order(number: int) -> list[str]:
        if number == FREE:
            return []
        entry = entries[number - 1]
        size, kind, color, left, right, child = struct.unpack_from("<HBB3I", entry, 64)
        assert (kind, color, child) == (2, 1, FREE)
        name = entry[: size - 2].decode("utf-16-le")
        return [*in_order(left), name, *in_order(right)]

    assert in_order(words(root, 76, 1)[0]) == ["c", "Aa", "bb", "ddd", "eeee"]


@pytest.mark.parametrize(("n_sectors", "n_fat", "n_more"), [(13842, 109, 0), (13843, 110, 1)])
def test_tables_that_the_header_cannot_list_have_a_sector_of_their_own(n_sectors: int, n_fat: int, n_more: int) -> None:
    """The header lists 109; each has 128 entries, of which the tables and the directory take some."""
    text = b"".join(struct.pack("<I", n) * 128 for n in range(n_sectors))
    data = word97.build_ole({"A": text})
    assert (words(data, 0x2C, 1)[0], words(data, 0x48, 1)[0]) == (n_fat, n_more)
    assert streams_of(data)["A"] == text
    marks = fat_of(data)[: n_fat + n_more]
    assert marks == [FAT] * n_fat + [DIFAT] * n_more


def word_file(
    text: str, *, magic: int = 0xA5EC, version: int = 0xC1, flags: int = 0x0200, n_pieces: int | None = None
) -> bytes:
    """A Word file of one piece of text, as far as it is looked at."""
    main = bytearray(0x600)
    struct.pack_into("<HH", main, 0, magic, version)
    struct.pack_into("<H", main, 0x0A, flags)
    encoded = text.encode("utf-16-le")
    main += encoded
    struct.pack_into("<I", main, 0x4C, len(text))
    plc = struct.pack("<II", 0, len(text)) + struct.pack("<HIH", 0, 0x600, 0)
    size = len(plc) if n_pieces is None else 4 + 12 * n_pieces
    clx = b"\x01\x02\x00ab" + b"\x02" + struct.pack("<I", size) + plc
    bins = struct.pack("<III", 0x600, len(main), 1)
    struct.pack_into("<II", main, 0x1A2, 0, len(clx))
    struct.pack_into("<II", main, 0x102, len(clx), len(bins))
    return word97.build_ole({"WordDocument": bytes(main), "1Table": clx + bins})


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"magic": 0xA5ED}, "没有 Word 正文"),
        ({"flags": 0x0300}, "已加密"),
        ({"flags": 0x8200}, "已加密"),
        ({"flags": 0x0000}, "损坏或不完整"),
        ({"n_pieces": 0}, "损坏或不完整"),
        ({"n_pieces": 2}, "损坏或不完整"),
    ],
)
def test_what_is_refused(given: dict[str, int], reason: str) -> None:
    with pytest.raises(ReadError, match=reason):
        word97.check_word(word_file("通知\r", **given))


def test_an_older_version_is_left_to_the_office() -> None:
    older = word_file("通知\r", version=0xC0)
    assert word97.check_word(older) == word97.WordFile(older, None)
    assert word97.check_word(word_file("通知\r")).n_cell_marks == 0
    older = word_file("通知\r", magic=0xA5DC, version=0x68)
    assert word97.check_word(older).n_cell_marks is None


@pytest.mark.parametrize(("text", "marks"), [("甲\x07乙\x07\x07\r", 3), ("甲\r", 0)])
def test_cells_are_counted_and_a_file_that_ends_in_text_stays(text: str, marks: int) -> None:
    given = word_file(text)
    assert word97.check_word(given) == word97.WordFile(given, marks)


def test_behind_a_last_table_a_paragraph_is_added() -> None:
    text = "甲\x07乙\x07\x07"
    checked = word97.check_word(word_file(text))
    assert checked.n_cell_marks == 3
    found = streams_of(checked.data)
    main, table = found["WordDocument"], found["1Table"]
    assert words(main, 0x4C, 1) == [len(text) + 1]
    start, length = words(main, 0x1A2, 2)
    clx = table[start : start + length]
    assert clx[:6] == b"\x01\x02\x00ab\x02"
    assert words(clx, 6, 4) == [28, 0, len(text), len(text) + 1]
    mark = struct.unpack_from("<I", clx, 10 + 12 + 8 + 2)[0]
    assert main[mark : mark + 2] == b"\r\0"
    assert mark == 4096
    start, length = words(main, 0x102, 2)
    assert words(table, start, length // 4) == [0x600, 0x600 + 2 * len(text), mark + 2, 1, 9]
    page = main[9 * 512 : 10 * 512]
    assert words(page, 0, 2) == [mark, mark + 2]
    assert (page[8], page[511]) == (100, 1)
    assert page[200:204] == b"\0\1\0\0"


@pytest.mark.parametrize(("version", "used"), [(0xC1, "MS Word 97"), (0xC0, "")])
def test_the_office_is_told_the_format_of_a_file_that_was_checked(
    version: int, used: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def convert(data: bytes, suffix: str, import_filter: str) -> bytes:
        asked.append((suffix, import_filter))
        return docx(para("通知"))

    monkeypatch.setattr(office, "convert", convert)
    assert office.read_doc(word_file("通知\r", version=version), "", DEFAULT_LIMITS).format == "doc"
    assert asked == [(".doc", used)]
