"""Archives: every format is opened, names are decoded as written, hostile ones are refused."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import nullcontext, suppress

import py7zr
import pytest

from extractors.attachments import read
from extractors.document import ReadError
from extractors.limits import Limits
from extractors.readers.archive import is_archive, natural_key, read_members, safe_path
from extractors.readers.sniff import FileFormat, detect_format

FILES = {"通知.txt": "甲".encode(), "附件/附件1.txt": b"one", "附件/附件2.txt": b"two", "附件/附件10.txt": b"ten"}
Files = dict[str, bytes]


def zip_of(files: Files) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return target.getvalue()


def zip_in_gbk(files: Files) -> bytes:
    """As Windows writes it: names in GBK, no flag that says so."""
    plain = {name: f"{n}".ljust(len(name.encode("gbk")), "x") for n, name in enumerate(files)}
    data = zip_of({plain[name]: content for name, content in files.items()})
    for name, placeholder in plain.items():
        data = data.replace(placeholder.encode(), name.encode("gbk"))
    return data


def seven_of(files: Files, password: str | None = None) -> bytes:
    target = io.BytesIO()
    with py7zr.SevenZipFile(target, "w", password=password) as archive:
        for name, data in files.items():
            archive.writestr(data, name)
    return target.getvalue()


def tar_of(files: Files) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


WRITERS: dict[str, tuple[Callable[[Files], bytes], FileFormat]] = {
    "zip": (zip_of, FileFormat.ZIP),
    "7z": (seven_of, FileFormat.SEVEN_ZIP),
    "tar": (tar_of, FileFormat.TAR),
    "tgz": (lambda files: gzip.compress(tar_of(files)), FileFormat.GZIP),
    "tbz": (lambda files: bz2.compress(tar_of(files)), FileFormat.BZIP2),
    "txz": (lambda files: lzma.compress(tar_of(files)), FileFormat.XZ),
}


def opened(data: bytes, limits: Limits | None = None) -> Files:
    return {member.name: member.data for member in read_members(data, "包", limits or Limits())}


@pytest.mark.parametrize("kind", WRITERS)
def test_every_kind_gives_its_files_in_natural_order(kind: str) -> None:
    write, file_format = WRITERS[kind]
    data = write(FILES)
    assert detect_format(data, "包") is file_format
    assert is_archive(data, "包")
    result = opened(data)
    assert result == FILES
    assert list(result)[:3] == ["通知.txt", "附件/附件1.txt", "附件/附件2.txt"]


def test_names_in_gbk_are_read() -> None:
    result = opened(zip_in_gbk({"关于印发测评细则的通知.txt": b"1", "附件：责任清单.txt": b"2"}))
    assert set(result) == {"关于印发测评细则的通知.txt", "附件：责任清单.txt"}


def test_a_short_name_in_gbk_is_no_utf8() -> None:
    assert set(opened(zip_in_gbk({"通知.txt": b"1", "附件.txt": b"2"}))) == {"通知.txt", "附件.txt"}
    plain = zip_of({"xxxxxx.txt": b"1"}).replace(b"xxxxxx", "通知".encode())
    assert set(opened(plain)) == {"通知.txt"}


def test_a_damaged_member_costs_itself_only() -> None:
    data = zip_of({"坏.txt": random.Random(1).randbytes(500), "好.txt": b"1"})
    at = data.index(b"PK", 0) + 60
    broken = data[:at] + bytes(b ^ 255 for b in data[at : at + 40]) + data[at + 40 :]
    result = {m.name: m.error is None for m in read_members(broken, "包", Limits())}
    assert result == {"坏.txt": False, "好.txt": True}


def test_a_sparse_member_is_not_expanded() -> None:
    info = tarfile.TarInfo("a.txt")
    info.size = 512
    head = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    head[156:157] = b"S"
    head[386:398] = head[398:410] = b"00000000000\x00"
    head[483:495] = b"77777777777\x00"
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\x00 " % sum(head)
    with suppress(ReadError):
        assert all(len(data) < 1 << 20 for data in opened(bytes(head) + bytes(512 + 1024)).values())


def test_what_systems_leave_behind_is_left_out() -> None:
    junk = {"__MACOSX/._通知.txt": b"", ".DS_Store": b"", "a/Thumbs.db": b"", "~$通知.docx": b"", "desktop.ini": b""}
    assert opened(zip_of({**junk, "通知.txt": b"1"})) == {"通知.txt": b"1"}


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/公文/通知.txt", "公文/通知.txt"),
        ("C:\\公文\\通知.txt", "公文/通知.txt"),
        ("a/./b//c.txt", "a/b/c.txt"),
        ("..", None),
        ("通\x00知.txt", "通知.txt"),
    ],
)
def test_no_name_climbs_out(written: str, path: str | None) -> None:
    assert safe_path(written) == path


def test_two_files_of_one_name_are_distinguished() -> None:
    result = opened(tar_of({"a/通知.txt": b"1", "./a/通知.txt": b"2"}))
    assert result == {"a/通知.txt": b"1", "a/通知（2）.txt": b"2"}


def test_links_and_devices_are_no_files() -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, kind in (("link", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("pipe", tarfile.FIFOTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    with pytest.raises(ReadError, match="没有文件"):
        opened(target.getvalue())


@pytest.mark.parametrize(("depth", "opened"), [(0, False), (1, True)])
def test_without_depth_no_archive_is_opened(depth: int, opened: bool) -> None:
    limits = Limits(max_archive_depth=depth)
    for data, name in ((zip_of(FILES), "甲.zip"), (gzip.compress(b"one"), "甲.txt.gz")):
        with nullcontext() if opened else pytest.raises(ReadError, match="设置为不打开压缩包"):
            read_members(data, name, limits)


def test_one_level_opens_an_archive_and_none_in_it() -> None:
    nested = zip_of({"甲.txt": b"one", "内.zip": zip_of({"乙.txt": b"two"})})
    found = read_members(nested, "外.zip", Limits(max_archive_depth=1))
    assert [(member.name, member.error is None) for member in found] == [("内.zip", False), ("甲.txt", True)]


def test_archives_in_archives_are_opened_to_a_depth() -> None:
    inner = zip_of({"通知.txt": b"1"})
    assert opened(zip_of({"里.zip": inner})) == {"里.zip/通知.txt": b"1"}
    with pytest.raises(ReadError, match="嵌套超过 2 层"):
        opened(zip_of({"外.zip": zip_of({"里.zip": inner})}))
    whole = read_members(zip_of({"外.zip": zip_of({"里.zip": inner}), "通知.txt": b"1"}), "包", Limits())
    assert [(m.name, m.error is None) for m in whole] == [("外.zip/里.zip", False), ("通知.txt", True)]


def test_a_file_that_was_only_squeezed_is_an_archive_of_one() -> None:
    assert opened(gzip.compress(b"<html>")) == {"包": b"<html>"}


@pytest.mark.parametrize(
    ("made", "limits", "texts"),
    [
        (lambda: seven_of({"a.txt": b"1"}, password="x"), Limits(), "密码"),
        (lambda: zip_of({f"{n}.txt": b"1" for n in range(9)}), Limits(max_archive_files=8), "过多"),
        (lambda: zip_of({"a.txt": bytes(20 << 20)}), Limits(), "压缩比"),
        (lambda: gzip.compress(tar_of({"a.txt": bytes(20 << 20)})), Limits(), "展开后"),
        (lambda: tar_of({"a.txt": bytes(3 << 20)}), Limits(max_part_bytes=1 << 20), "超过上限"),
        (
            lambda: zip_of({f"{n}.zip": zip_of({"a": bytes(4 << 20)}) for n in range(4)}),
            Limits(max_expanded_bytes=9 << 20),
            "过大",
        ),
        (lambda: seven_of({"a.txt": bytes(40 << 20)}), Limits(), "上限"),
        (lambda: zip_of({}), Limits(), "没有文件"),
        (lambda: tar_of(FILES)[:600], Limits(), "损坏"),
        (lambda: gzip.compress(tar_of(FILES))[:80], Limits(), "损坏"),
        (lambda: seven_of(FILES)[:60], Limits(), "损坏"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_opened_is_reported(made: Callable[[], bytes], limits: Limits, texts: str) -> None:
    with pytest.raises(ReadError, match=texts) as caught:
        opened(made(), limits)
    assert caught.value.remedy


@pytest.mark.parametrize("kind", WRITERS)
def test_damage_is_a_read_error_or_nothing(kind: str) -> None:
    chance = random.Random(kind)
    whole = WRITERS[kind][0](FILES)
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 3, 12))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if is_archive(bytes(data), "包"):
            with suppress(ReadError):
                assert opened(bytes(data)) is not None


def test_numbers_sort_as_numbers() -> None:
    names = ["附件10", "附件2", "附件1", "通知"]
    assert sorted(names, key=natural_key) == ["通知", "附件1", "附件2", "附件10"]


SQUEEZERS: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


@pytest.mark.parametrize("kind", SQUEEZERS)
@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("通知.txt.{}", "通知.txt"),
        ("raw/某市/通知.csv.{}", "通知.csv"),
        ("通知.html.{}", "通知.html"),
        ("通知.md.{}", "通知.md"),
        ("通知.{}", "通知.txt"),
        ("通知.docx", "通知.docx"),
        (".{}", "内容.txt"),
    ],
)
def test_a_file_squeezed_on_its_own_is_named_after_its_archive(kind: str, name: str, inside: str) -> None:
    squeezed = SQUEEZERS[kind]("关于印发方案的通知\n各单位：\n".encode())
    for written in (name.format(kind), name.format(kind.upper())):
        assert [m.name for m in read_members(squeezed, written, Limits())] == [inside]


def test_squeezed_text_pages_and_tables_are_read() -> None:
    text = "关于印发《实施方案》的通知\n各单位：\n现将方案印发给你们。"
    assert read(gzip.compress(text.encode()), "通知.txt.gz").paragraphs()
    assert [b.text for b in read(bz2.compress(text.encode("gb18030")), "通知.bz2").paragraphs()] == text.split("\n")
    page = f"<html><body><p>{text}</p></body></html>"
    assert "现将方案" in next(iter(read(lzma.compress(page.encode()), "通知.html.xz").paragraphs())).text
    (table,) = read(gzip.compress("序号,测评标准,分值\n1,成立机构,5\n".encode()), "清单.csv.gz").tables()
    assert table.cells[1].text == "测评标准"


def test_squeezed_twice_and_inside_of_a_zip() -> None:
    twice = bz2.compress(gzip.compress("甲".encode()))
    assert [m.name for m in read_members(twice, "通知.txt.gz.bz2", Limits())] == ["通知.txt.gz/通知.txt"]
    packed = zip_of({"附件.txt.gz": gzip.compress("乙".encode()), "通知.txt": "甲".encode()})
    assert [m.name for m in read_members(packed, "包.zip", Limits())] == ["通知.txt", "附件.txt.gz/附件.txt"]


def test_a_tar_that_breaks_off_is_damaged_and_no_file_of_its_own() -> None:
    whole = tar_of({"a.txt": b"a", "b.txt": b"x" * 5000})
    with pytest.raises(ReadError, match="损坏"):
        read_members(gzip.compress(whole[:2500]), "包.tar.gz", Limits())


def test_squeezed_text_is_inflated_within_bounds() -> None:
    limits = Limits(ratio_grace_bytes=1 << 20)
    with pytest.raises(ReadError, match="超过上限") as caught:
        read_members(gzip.compress(b" " * (8 << 20)), "通知.txt.gz", limits)
    assert "解压" in caught.value.remedy
    assert "docx" not in caught.value.remedy


def test_names_in_gbk_under_the_flag_of_utf8_are_read() -> None:
    data = bytearray(zip_in_gbk({"通知.txt": b"1", "附件.txt": b"2"}))
    for mark, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = data.find(mark)
        while at >= 0:
            data[at + flags + 1] |= 0x08
            at = data.find(mark, at + 4)
    assert opened(bytes(data)) == {"通知.txt": b"1", "附件.txt": b"2"}


def test_a_lone_surrogate_in_a_name_is_made_storable() -> None:
    shown = safe_path("通\udc80知.txt")
    assert shown is not None
    assert shown == "通\ufffd知.txt"
    assert shown.encode()


@pytest.mark.parametrize(
    ("data", "limits"),
    [
        (zip_of({"a.txt": b"12", "b.zip": zip_of({"c.txt": b"345"})}), {"max_archive_files": 3}),
        (tar_of({"a.txt": b"12", "b.txt": b"345"}), {"max_members": 2}),
        (tar_of({"a.txt": b"12", "b.txt": b"345"}), {"max_expanded_bytes": 5}),
        (gzip.compress(tar_of({"a.txt": b"12"})), {"max_expanded_bytes": 10240}),
        (gzip.compress(tar_of({"a.txt": b"12"})), {"ratio_grace_bytes": 10240, "max_ratio": 0.5}),
        (seven_of({"a.txt": b"12", "b.txt": b"345"}), {"max_members": 2}),
        (seven_of({"a.txt": b"12", "b.txt": b"345"}), {"max_expanded_bytes": 5}),
        (seven_of({"a.txt": bytes(900)}), {"ratio_grace_bytes": 900, "max_ratio": 0.5}),
    ],
    ids=["files", "members", "bytes", "squeezed", "ratio", "7z members", "7z bytes", "7z ratio"],
)
def test_an_archive_up_to_a_limit_is_opened_and_none_beyond(data: bytes, limits: dict[str, int]) -> None:
    name = next(iter(limits))
    assert opened(data, Limits(**limits))
    with pytest.raises(ReadError):
        opened(data, Limits(**limits | {name: limits[name] - 1}))


def test_a_large_member_costs_itself_only() -> None:
    found = read_members(tar_of({"a.txt": b"1234", "b.txt": b"12345"}), "包", Limits(max_part_bytes=4))
    assert [(one.name, one.data, one.error is None) for one in found] == [
        ("a.txt", b"1234", True),
        ("b.txt", b"", False),
    ]


def test_the_field_of_a_name_counts_where_it_belongs_to_the_name() -> None:
    def named(extra: bytes) -> list[str]:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            info = zipfile.ZipInfo("abc.txt")
            info.extra = extra
            archive.writestr(info, b"1")
        return list(opened(target.getvalue()))

    def field(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    belongs = b"\1" + struct.pack("<I", zlib.crc32(b"abc.txt")) + "通知.txt".encode()
    other = b"\1" + struct.pack("<I", zlib.crc32(b"abd.txt")) + "附件.txt".encode()
    assert named(field(0x7075, belongs)) == ["通知.txt"]
    assert named(field(0x7075, other)) == ["abc.txt"]
    assert named(field(0x7075, other) + field(0x1234, b"xx") + field(0x7075, belongs)) == ["通知.txt"]
    assert named(field(0x7076, belongs)) == ["abc.txt"]
    assert named(field(0x7075, belongs[:5])) == ["abc.txt"]
    assert named(field(0x1234, b"")) == ["abc.txt"]


def test_folders_and_links_of_a_zip_are_no_files() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.mkdir("甲")
        for name, mode in (("甲/链接.txt", 0o120777), ("甲/通知.txt", 0o100644)):
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, b"1")
    assert opened(target.getvalue()) == {"甲/通知.txt": b"1"}


def test_a_damaged_archive_in_an_archive_costs_itself_only() -> None:
    found = read_members(zip_of({"坏.tar": tar_of(FILES)[:700], "好.txt": b"1", "空.zip": zip_of({})}), "包", Limits())
    assert [(one.name, one.data, one.error is None) for one in found] == [
        ("坏.tar", b"", False),
        ("好.txt", b"1", True),
    ]


def test_three_of_one_name_are_numbered() -> None:
    assert list(opened(tar_of({"a": b"1", "./a": b"2", "/a": b"3", "a（2）": b"4"}))) == [
        "a",
        "a（2）",
        "a（2）（2）",
        "a（3）",
    ]
