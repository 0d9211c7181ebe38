"""Contact data reaches no record, wherever it stands. The numbers are made here: none stands in the repository."""

from __future__ import annotations

import pytest

from extractors.document import Document, Paragraph, ReadNote
from extractors.notice import build_extraction
from tests.extractors.notice.build import drawn, notice

LOCAL = "8" * 7
MOBILE = "138" + "0" * 8
MAIL = "a_b" + "@" + "example.com"
A = "健全领导机构，明确专人负责，定期研究部署工作。"


@pytest.mark.parametrize(
    "text",
    [
        f"联系人：崔克辉、{MOBILE}",
        f"联系人：崔克辉 {MOBILE}",
        f"联系人：崔克辉，电话{LOCAL}",
        f"咨询电话：{LOCAL}转801",
        f"联系人：崔克辉，{MOBILE}",
        f"联系人：崔克辉,{MOBILE}",
        f"联系人：崔克辉，0731-{LOCAL}",
        f"联系方式：{LOCAL}",
        f"电话号码：{LOCAL}",
        f"请报送至 {MAIL}",
        f"附件1 联系电话0731-{LOCAL}",
        "电话：" + "".join(chr(0xFF10 + int(d)) for d in MOBILE),
    ],
)
def test_in_running_text(text: str) -> None:
    output = repr(notice(text, "一、要求", f"1.按时报送（{text}）。"))
    assert LOCAL not in output
    assert MOBILE not in output
    assert MAIL not in output
    assert "１３８" not in output
    assert "〔已隐去〕" in output


@pytest.mark.parametrize("role", ["主要任务", "责任单位", "完成时限", "备注", "佐证材料", "某某"])
def test_in_any_cell_of_a_task_table(role: str) -> None:
    header = ["测评标准", "责任科室", role]
    output = repr(notice("清单", drawn(header, [A, "办公室", f"联系电话：{LOCAL}，{MAIL}"], [A, "人事科", MOBILE])))
    assert not [secret for secret in (LOCAL, MOBILE, MAIL) if secret in output]


def test_in_the_title_and_the_header_of_a_table() -> None:
    output = repr(notice(f"清单（联系电话：{LOCAL}）", drawn(["测评标准", f"报送至{MAIL}"], [A, "办公室"])))
    assert not [secret for secret in (LOCAL, MAIL) if secret in output]


@pytest.mark.parametrize(
    ("header", "secret"),
    [
        ("手机", MOBILE),
        ("邮箱", MAIL),
        ("联系电话", LOCAL),
        ("QQ号", "1" * 9),
    ],
)
def test_in_a_roster(header: str, secret: str) -> None:
    rows = [["县教育局", "崔克辉", secret], ["县公安局", "迟庆峰", secret]]
    assert secret not in repr(notice("联系人名单", drawn(["单位", "姓名", header], *rows)))


@pytest.mark.parametrize(
    ("cell", "parts"),
    [
        (f"联系人{MOBILE[:3]}\n{MOBILE[3:]}", [MOBILE, MOBILE[3:]]),
        (MAIL[:8] + "\n" + MAIL[8:], [MAIL[8:]]),
        (f"联系电话：\n{LOCAL}", [LOCAL]),
    ],
)
def test_broken_over_two_lines_of_a_cell(cell: str, parts: list[str]) -> None:
    output = repr(notice("清单", drawn(["测评标准", "责任科室", "备注"], [A, "办公室", cell])))
    assert not [part for part in parts if part in output]


def test_reader_notes() -> None:
    document = Document("docx", (Paragraph("关于印发方案的通知", "第1段"),), (ReadNote("picture", MOBILE, "第2段"),))
    assert MOBILE not in repr(build_extraction(document, b"x"))


@pytest.mark.parametrize("number", ["12345", "2023年", "20230101", "1380万元", "第13800号", "95%"])
def test_other_numbers_stay(number: str) -> None:
    found = notice(
        "清单", drawn(["测评标准", "责任科室"], [f"办理{number}事项，明确专人负责。", "办公室"], [A, "办公室"])
    )
    assert number in (found.tasks[0].requirement or "")


def test_the_mark_below_a_mixed_header_is_nobody() -> None:
    header = ["测评标准", "责任单位", "责任人（联系电话）"]
    found = notice(
        "清单", drawn(header, [A, "办公室", f"崔克辉 {LOCAL}"], [A[:-1] + "一次。", "人事科", f"（{MOBILE}）"])
    )
    assert LOCAL not in repr(found)
    assert "隐" not in repr(found.task_parties)
    assert not [task for task in found.tasks if "隐" in (task.requirement or "")]


def test_sums_below_a_header_stay() -> None:
    output = repr(
        notice("清单", drawn(["测评标准", "责任单位", "金额（元）"], [A, "办公室", MOBILE], [A, "人事科", MOBILE]))
    )
    assert MOBILE in output


def test_in_the_places_and_the_name_of_a_sheet() -> None:
    document = Document("xlsx", (Paragraph("关于印发方案的通知", f"“{MOBILE}”第1段"),))
    assert MOBILE not in repr(build_extraction(document, b"x"))


def test_around_the_article_of_a_page() -> None:
    around = (
        Paragraph(f"索引号：1/2024-7 联系电话：{LOCAL}", "网页标题区"),
        Paragraph(f"来源：市文明办{MOBILE}", "网页标题区"),
    )
    page = Document("html", (Paragraph("关于测评的通知", "第1段"), Paragraph("各单位：", "第2段")), page=around)
    output = repr(build_extraction(page, b""))
    assert "1/2024-7" in output
    assert LOCAL not in output
    assert MOBILE not in output
