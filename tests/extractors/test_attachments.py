"""A letter and its attachments are one notice; files without a letter are notices of their own."""

from __future__ import annotations

from typing import Any

import pytest

from extractors import attachments, extract
from extractors.attachments import SeveralNoticesError
from extractors.document import Document, ReadError
from extractors.limits import DEFAULT_LIMITS
from extractors.parsers.table_words import VOCABULARY_WORDS
from extractors.readers import read as read_file
from extractors.readers.archive import Member
from tests.extractors.readers import build
from tests.extractors.readers.test_archive import zip_of

LETTER = """关于印发《甲州市文明单位测评细则》的通知

各有关单位：

现将有关文件印发给你们，请遵照执行。

附件：1.甲州市文明单位测评细则
2.甲州市创建任务清单

甲州市精神文明建设指导委员会办公室
2023年3月1日
"""
RUBRIC = """| 测评项目 | 测评标准 | 分值 |
|---|---|---|
| 组织领导（5分） | 制定年度创建工作方案，定期研究部署。 | 2 |
|  | 组织开展志愿服务活动，做好活动记录。 | 3 |
"""
TASKS = """| 序号 | 任务 | 责任科室 | 完成时限 |
|---|---|---|---|
| 1 | 开展“我们的节日”主题活动并报送总结。 | 宣传科 | 10月底前 |
"""


def packed(files: dict[str, str | bytes]) -> bytes:
    return zip_of({name: text.encode() if isinstance(text, str) else text for name, text in files.items()})


def test_a_letter_with_its_attachments_is_one_notice_in_the_order_of_its_list() -> None:
    data = packed({"创建任务清单.md": TASKS, "甲州市文明单位测评细则.md": RUBRIC, "通知.txt": LETTER})
    found = extract(data, "包.zip")
    whole = extract(f"{LETTER}\n附件1\n\n{RUBRIC}\n附件2\n\n{TASKS}".encode(), "通知.md")
    assert found.format == "zip"
    assert [t.title for t in found.tables] == [t.title for t in whole.tables]
    assert [t.requirement for t in found.tasks] == [t.requirement for t in whole.tasks]
    assert [(p.party, p.role) for p in found.task_parties] == [(p.party, p.role) for p in whole.task_parties]
    assert (found.notice.title, found.notice.issued_on) == (whole.notice.title, whole.notice.issued_on)
    assert found.tasks[0].locator.startswith("甲州市文明单位测评细则.md：")


def test_numbers_in_the_names_decide_where_the_list_does_not() -> None:
    data = packed({"通知.txt": LETTER, "附件2.md": TASKS, "附件1.md": RUBRIC})
    assert [t.kind for t in extract(data, "包.zip").tables] == ["rubric", "task_list"]


def test_an_attachment_that_cannot_be_read_is_reported_and_the_rest_is_read() -> None:
    data = packed({"通知.txt": LETTER, "附件1.md": RUBRIC, "附件2.docx": b"PK\x03\x04broken"})
    found = extract(data, "包.zip")
    assert len(found.tasks) == 2
    [finding] = [f for f in found.findings if f.rule == "lost_part"]
    assert "附件2.docx" in finding.message


def test_notices_without_a_common_letter_are_separate() -> None:
    other = LETTER.replace("甲州", "乙州")
    files: dict[str, str | bytes] = {"甲.txt": LETTER + RUBRIC, "乙.txt": other + RUBRIC}
    with pytest.raises(SeveralNoticesError, match="2 份独立的文件") as raised:
        extract(packed(files), "包.zip")
    assert [part.member.name for part in raised.value.parts] == sorted(files)
    with pytest.raises(SeveralNoticesError, match=r"扩展名为“\.docx”，内容实为zip 压缩包；压缩包内有 2 份") as raised:
        extract(packed({"一.md": RUBRIC, "二.md": TASKS}), "包.docx")
    assert len(raised.value.parts) == 2


def test_an_archive_of_one_file_is_that_file() -> None:
    assert len(extract(packed({"甲/通知.md": LETTER + RUBRIC}), "包.zip").tasks) == 2


def test_an_archive_without_readable_members_gives_the_reason() -> None:
    with pytest.raises(ReadError, match="2 个文件都无法读取"):
        extract(packed({"a.xyz": b"\x00\x01\x02\x03" * 99, "b.docx": b"PK\x03\x04"}), "包.zip")


def test_equal_members_are_read_once_and_each_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = read_file

    def counted(data: bytes, name: str, *how: Any) -> Document:
        read.append(name)
        return real(data, name, *how)

    monkeypatch.setattr(attachments, "read_file", counted)
    files: dict[str, str | bytes] = {f"{n}.md": LETTER + RUBRIC for n in range(1, 10)}
    with pytest.raises(SeveralNoticesError) as raised:
        extract(packed(files | {"另.md": TASKS, "同.doc": LETTER + RUBRIC}), "包.zip")
    # bare text under another ending is refused, so it is another file
    assert sorted(read) == ["1.md", "包.zip", "另.md", "同.doc"]
    assert [(part.member.name, part.document is None) for part in raised.value.parts] == [
        *((name, False) for name in files),
        ("另.md", False),
        ("同.doc", True),
    ]


def test_members_that_cannot_be_unpacked_stand_beside_those_that_can() -> None:
    bad = Member("坏.docx", b"", ReadError("文件已损坏", "请重新下载"))
    good = Member("a.md", RUBRIC.encode())
    members = [bad, good, Member("b.md", good.data), Member("b.txt", good.data)]
    parts = attachments._read_members(members, DEFAULT_LIMITS, VOCABULARY_WORDS)
    assert [(part.member.name, part.document is None, part.error) for part in parts] == [
        ("坏.docx", True, bad.error), ("a.md", False, None), ("b.md", False, None), ("b.txt", False, None),
    ]  # fmt: skip
    assert parts[2].document is parts[1].document
    assert parts[3].document is not parts[1].document


PAGE = (
    "<html><body><div class='TRS_Editor'><p>关于印发任务清单的通知</p><p>各单位：</p><p>现将任务清单印发给你们。</p>"
    "<p>附件：1.任务清单</p><p>某市文明办</p><p>2022年3月1日</p>"
    "<p><a href='./P0201.docx?x=1'>附件1.任务清单</a></p></div></body></html>"
).encode()
LIST = build.docx(
    build.tbl(
        build.row("工作任务", "责任单位"), build.row("修补路面。", "县城管局"), build.row("清理河道。", "县水务局")
    )
)
NAMES = ("P0201.docx", "附件1.任务清单", "附件1.任务清单.docx")
PLACES = [f"{folder}{name}" for name in NAMES for folder in ("", "通知_files/", "通知.files/")]


class TestFilesBesideAPage:
    @pytest.mark.parametrize("path", PLACES)
    def test_a_linked_file_is_read_from_where_browsers_store_it(self, path: str) -> None:
        found = extract(PAGE, "通知.html", read_sibling={path: LIST}.get)
        assert (found.attached, len(found.tasks)) == ([path], 2)
        assert not [finding for finding in found.findings if finding.rule == "attachment_link"]

    def test_the_first_of_these_places_counts(self) -> None:
        asked: list[str] = []

        def read_none(path: str) -> None:
            asked.append(path)

        extract(PAGE, "通知.html", read_sibling=read_none)
        assert asked == PLACES
        found = extract(PAGE, "通知.html", read_sibling=dict.fromkeys(PLACES, LIST).get)
        assert found.attached == PLACES[:1]

    def test_a_page_without_the_file_says_so(self) -> None:
        for found in (extract(PAGE, "通知.html"), extract(PAGE, "通知.html", read_sibling=lambda _: None)):
            assert (found.attached, found.tasks) == ([], [])
            assert [finding.rule for finding in found.findings].count("attachment_link") == 1
