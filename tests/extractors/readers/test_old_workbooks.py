"""Workbooks that LibreOffice makes into xlsx, and those under the password that nobody is asked for."""

from __future__ import annotations

import io
import os
import struct
from random import Random

import msoffcrypto
import pytest

from extractors.attachments import read
from extractors.document import ReadError
from extractors.readers.office import find_soffice
from extractors.readers.sniff import Carrier, sniff
from tests.extractors.readers.build import members, pack, para
from tests.extractors.readers.build_sheets import only_table, workbook
from tests.extractors.readers.build_xls import compound, record

needs_office = pytest.mark.skipif(
    find_soffice.soffice() is None and not os.environ.get("CI"), reason="LibreOffice is not installed"
)
HEADS = ("序号", "测评标准", "责任单位")
ROWS = (HEADS, ("1", "开展道德讲堂活动", "宣传科"), ("2", "组织志愿服务活动", "机关党委"))
_DEFAULT = "VelvetSweatshop"


def _excel_95() -> bytes:
    """A workbook with cells of bytes in GBK ([MS-XLS] before version 8)."""
    name = "附件".encode("gbk")
    opened = record(0x0809, struct.pack("<HHHH", 0x0500, 5, 0, 0)) + record(0x0042, struct.pack("<H", 936))
    cells = b""
    for row, texts in enumerate(ROWS):
        for column, text in enumerate(texts):
            raw = text.encode("gbk")
            cells += record(0x0204, struct.pack("<HHHH", row, column, 0, len(raw)) + raw)
    at = len(opened) + 4 + 7 + len(name) + 4
    sheet = record(0x0085, struct.pack("<IHB", at, 0, len(name)) + name)
    body = record(0x0809, struct.pack("<HHHH", 0x0500, 0x10, 0, 0)) + cells + record(0x000A)
    return compound(opened + sheet + record(0x000A) + body, "Book")


@needs_office
@pytest.mark.parametrize("name", ["附件.xls", "附件.et"])
def test_a_workbook_of_excel_95_is_read(name: str) -> None:
    found = read(_excel_95(), name)
    assert (found.format, found.notes) == ("xls", ())
    assert [cell.text for cell in only_table(found).cells] == [text for texts in ROWS for text in texts]


@pytest.mark.parametrize("data", [_excel_95()])
def test_without_libreoffice_a_workbook_is_to_be_saved_as_one(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find_soffice, "soffice", lambda: None)
    with pytest.raises(ReadError, match="需要 LibreOffice") as caught:
        read(data, "附件.xls")
    assert "libreoffice-calc-nogui" in caught.value.remedy
    assert "WPS/Excel 打开后另存为 xlsx" in caught.value.remedy
    assert "docx" not in caught.value.remedy


def test_a_workbook_that_only_claims_to_be_binary_is_refused() -> None:
    kind = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    types = f'<Types><Override PartName="/xl/workbook.xml" ContentType="{kind}"/></Types>'
    data = pack({"[Content_Types].xml": types, "xl/workbook.xml": "<workbook/>"})
    assert sniff(data) is Carrier.XLSB
    with pytest.raises(ReadError, match="xlsb") as caught:
        read(data, "附件.xlsb")
    assert "xlsx" in caught.value.remedy
    assert "docx" not in caught.value.remedy


@pytest.mark.parametrize("name", ["清单.xlsx", "清单.xlsm", "清单.xlsb", "清单.xls", "清单.et", "清单.ods"])
@pytest.mark.parametrize("how", ["cut", "noise"])
def test_a_damaged_workbook_is_to_be_saved_as_a_workbook(name: str, how: str) -> None:
    data = _workbook()[:300] if how == "cut" and not name.endswith((".xls", ".et")) else bytes(range(256)) * 40
    with pytest.raises(ReadError) as caught:
        read(data, name)
    assert "docx" not in caught.value.remedy
    assert "xlsx" in caught.value.remedy


def test_a_damaged_presentation_or_archive_is_not_to_be_saved_as_a_document() -> None:
    for name in ("培训.pptx", "培训.dps", "附件.zip", "附件.7z", "扫描.png"):
        with pytest.raises(ReadError) as caught:
            read(bytes(range(256)) * 40, name)
        assert "WPS/Word" not in caught.value.remedy, name


def _workbook() -> bytes:
    return workbook(ROWS)


def _locked(data: bytes, password: str) -> bytes:
    out = io.BytesIO()
    msoffcrypto.OfficeFile(io.BytesIO(data)).encrypt(password, out)
    return out.getvalue()


def test_a_workbook_under_the_default_password_is_read() -> None:
    data = _locked(_workbook(), _DEFAULT)
    assert sniff(data) is Carrier.ENCRYPTED
    found = read(data, "清单.xlsx")
    assert (found.format, found.notes) == ("xlsx", ())
    assert "开展道德讲堂活动" in [cell.text for cell in only_table(found).cells]
    assert [note.rule for note in read(data, "清单.xls").notes] == ["extension_mismatch"]


def test_a_document_under_the_default_password_is_read() -> None:
    found = read(
        _locked(pack(members(para("关于印发方案的通知")) | {"noise.bin": Random(1).randbytes(9_000)}), _DEFAULT),
        "通知.docx",
    )
    assert [block.text for block in found.paragraphs()] == ["关于印发方案的通知"]


def test_a_password_of_somebodys_own_is_never_guessed() -> None:
    for name in ("清单.xlsx", "通知.docx"):
        with pytest.raises(ReadError, match="设了打开密码") as caught:
            read(_locked(_workbook(), "临江2024"), name)
        assert "取消密码" in caught.value.remedy


def test_a_hash_of_endless_rounds_is_refused() -> None:
    data = _locked(_workbook(), _DEFAULT)
    stated, endless = b'spinCount="100000"', b'spinCount="9999999"'
    assert data.count(stated + b" ") == 1
    with pytest.raises(ReadError, match="设了打开密码"):
        read(data.replace(stated + b" ", endless), "清单.xlsx")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_locked_workbook_cut_off_is_refused(share: float) -> None:
    data = _locked(_workbook(), _DEFAULT)
    with pytest.raises(ReadError) as caught:
        read(data[: int(len(data) * share)], "清单.xlsx")
    assert caught.value.remedy
