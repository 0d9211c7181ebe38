"""Names of files in whatever encoding they come."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assets.ingest.discover_files import RENAME_REQUEST, add_rename_request, decode_name, find_file


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"a.doc", "a.doc"),
        ("通知.doc".encode(), "通知.doc"),
        ("通知.doc".encode("gbk"), "通知.doc"),
        ("页.doc".encode("gbk"), "页.doc"),
        ("é.doc".encode(), "é.doc"),
        ("ɏ.doc".encode(), "ɏ.doc"),
        ("ɐ.doc".encode(), "ɐ.doc"),
        ("ж.doc".encode(), "ж.doc".encode().decode("gb2312")),
        (b"\xdf\xbf.doc", "呖.doc"),
        ("ࠀ.doc".encode(), "ࠀ.doc"),
        ("e\u0301.doc".encode(), "é.doc"),
        (b"\xff\xfe.doc", "%FF%FE.doc"),
        (b"a\x80b.doc", "a%80b.doc"),
        ("通".encode() + b"\xff", "通%FF"),
    ],
)
def test_a_name_is_decoded(raw: bytes, name: str) -> None:
    assert decode_name(os.fsdecode(raw)) == name


def test_a_file_is_found_by_its_decoded_path(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode("市局".encode("gbk"))
    folder.mkdir()
    (folder / os.fsdecode("通知.doc".encode("gbk"))).write_bytes(b"x")
    (tmp_path / "e\u0301.doc").write_bytes(b"y")
    found = find_file(tmp_path, "市局/通知.doc")
    assert found is not None
    assert found.read_bytes() == b"x"
    named = find_file(tmp_path, "é.doc")
    assert named is not None
    assert named.read_bytes() == b"y"
    assert [find_file(tmp_path, path) for path in ("市局", "市局/别的.doc", "没有/通知.doc")] == [None] * 3


def test_a_name_with_a_telephone_number_is_asked_to_be_changed() -> None:
    assert add_rename_request("请重新放入", "a/通知.doc") == "请重新放入"
    assert add_rename_request("请重新放入", "a/张三13812345678.doc") == f"请重新放入；{RENAME_REQUEST}"
