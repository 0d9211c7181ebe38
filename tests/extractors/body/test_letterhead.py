"""Titles of several lines, numbers in every bracket, covers, joint issuers."""

from __future__ import annotations

import pytest

from extractors.body.letterhead import Letterhead, read_letterhead
from extractors.body.line_joining import read_lines
from extractors.document import Document, Paragraph
from tests.extractors.body.letters import letter


def head(text: str) -> Letterhead:
    return read_letterhead(read_lines(letter(text)))


@pytest.mark.parametrize(
    "number",
    [
        "甲文明办〔2021〕7号",
        "甲文明办[2021]7号",
        "甲文明办【2021】07号",
        "甲文明办（2021）7号",
        "甲文明办(2021)第7号",
        "甲文明办［2021］7号",
        "甲文明办﹝2021﹞7号",
        "甲文明办｛2021｝7号",
        "甲文明办〈2021〉7号",
        "甲文明办〔2021年〕7号",
    ],
)
def test_a_number_in_any_bracket(number: str) -> None:
    assert head(f"{number}\n关于开展测评的通知\n各单位：").doc_number == number
    agency = head(f"甲州市精神文明建设指导委员会办公室　{number}\n关于开展测评的通知\n各单位：")
    assert agency.doc_number == number
    own = number.replace("甲文明办", "创城指挥部办发")
    assert head(f"{own}\n关于开展测评的通知\n各单位：").doc_number == own
    found = head(f"2021年创建重点工作任务（{number}）\n各单位：\n请落实。")
    assert (found.title, found.doc_number) == ("2021年创建重点工作任务", number)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "山西省晋中市榆次区\n创建全国文明城市（2021—2023年）\n三年行动任务分工方案\n一、目标",
            "山西省晋中市榆次区创建全国文明城市（2021—2023年）三年行动任务分工方案",
        ),
        ("榆次区文明网\n关于开展测评的通知\n各单位：", "关于开展测评的通知"),
        ("榆次区\n通知公告栏\n2021年测评方案\n一、目标", "2021年测评方案"),
        ("联系人：王某\n申报表\n各单位：", "申报表"),
        ("2022年创建重点工作\n各单位：\n请落实。", "2022年创建重点工作"),
        ("2022年创建目标管理责任书\n甲方：市文明办", "2022年创建目标管理责任书"),
        ("XX县清洁家园行动\n考核细则\n（试行）\n一、内容", "XX县清洁家园行动考核细则（试行）"),
        ("某县\n2024\n年清\n洁\n家园行动方案\n一、目标", "某县2024年清洁家园行动方案"),
        ("图片\n新闻\n清洁家园行动方案\n一、目标", "清洁家园行动方案"),
        ("榆次区评分标准\n（10分）\n1、有公示栏。", "榆次区评分标准"),
        (
            "中共榆次区委员会\n榆次区人民政府\n关于印发方案的通知\n各单位：",
            "中共榆次区委员会榆次区人民政府关于印发方案的通知",
        ),
    ],
)
def test_a_title_begins_where_its_place_or_its_issuers_do(text: str, title: str) -> None:
    assert head(text).title == title


@pytest.mark.parametrize(
    ("cover", "issuers", "year"),
    [
        ("榆次区创建指挥部办公室\n2022年3月", ("榆次区创建指挥部办公室",), 2022),
        ("榆次区创建指挥部办公室\n榆次区文明办\n二〇二二年三月", ("榆次区创建指挥部办公室", "榆次区文明办"), 2022),
        ("榆次区文明办、榆次区教育局\n2022年", ("榆次区文明办", "榆次区教育局"), 2022),
        ("2022.03\n榆次区文明办", ("榆次区文明办",), 2022),
        ("（2022年3月）", (), 2022),
        ("榆次区文明办\n2022年3月5日", ("榆次区文明办",), None),
        ("榆次区文明办", (), None),
        ("榆次区文明办编印\n二○二三年五月", ("榆次区文明办",), 2023),
        ("内部资料 注意保存\n榆次区文明办\n2022年3月", ("榆次区文明办",), 2022),
    ],
)
def test_a_cover_names_issuer_and_month(cover: str, issuers: tuple[str, ...], year: int | None) -> None:
    found = head(f"创建全国文明城市责任分解表\n{cover}\n说 明\n一、依据体系编制。")
    assert found.title == "创建全国文明城市责任分解表"
    assert (found.signatures, found.cover_year) == (issuers, year)


def test_a_day_of_publication_below_the_title_is_no_day_of_issue() -> None:
    assert head("关于测评的通知\n2022年3月5日发布\n各单位：").signed_on is None
    assert str(head("关于测评的通知\n2022年3月5日\n各单位：").signed_on) == "2022-03-05"


def test_two_issuers_of_a_title_are_kept_apart() -> None:
    found = head("榆次区指挥部文件\n榆指〔2022〕1号\n榆次区指挥部\n榆次区文明办\n关于印发方案的通知\n各单位：")
    assert found.title_issuers == ("榆次区指挥部", "榆次区文明办")


@pytest.mark.parametrize("line", ["根据某文明办〔2021〕7号要求，制定方案。", "按某文明办〔2021〕7号执行；另行通知"])
def test_a_number_in_running_text_is_quoted(line: str) -> None:
    assert head(f"测评方案\n{line}\n一、目标").doc_number is None


@pytest.mark.parametrize("addressees", ["各股室、各分局：", "各街道:"])
def test_the_addressees_of_a_letter_without_a_title_are_none(addressees: str) -> None:
    found = head(f"{addressees}\n为迎接有关单位复查，现安排如下：\n一、自查")
    assert (found.title, found.addressees) == (None, addressees[:-1])


def test_the_title_right_above_the_addressees_is_that_of_the_letter() -> None:
    found = head("清洁家园行动方案\n榆清发20217\n关于印发《清洁家园行动方案》的通知\n各社区：\n请落实。")
    assert (found.title, found.addressees) == ("关于印发《清洁家园行动方案》的通知", "各社区")


def test_the_names_of_columns_are_no_title() -> None:
    assert head("考核内容\n考核指标\n序号\n分值\n一、环境").title is None
    assert head("考核指标\n一、环境").title == "考核指标"


def test_the_name_of_a_body_above_the_addressees_is_no_title() -> None:
    assert head("榆次区文明办\n各单位：\n请落实。").title is None


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("关于公布2023年清渠护堤“十件事”", "关于公布2023年清渠护堤“十件事”"),
        ("护堤十件事", "护堤十件事"),
        ("一、总体要求", None),
        ("榆次区精神文明建设委员会办公室", None),
        ("榆次区文明网", None),
    ],
)
def test_the_only_heading_of_the_first_level_is_the_title(heading: str, title: str | None) -> None:
    lines = (
        Paragraph(heading, "第1行", level=1),
        Paragraph("甲渠发〔2023〕5号", "第2行"),
        Paragraph("各渠段：", "第3行"),
    )
    assert read_letterhead(read_lines(Document("text", lines))).title == title
    again = (*lines[:1], Paragraph("信息公开", "第2行", level=1), *lines[1:])
    assert read_letterhead(read_lines(Document("text", again))).title is None


@pytest.mark.parametrize("text", ["学院各单位：", "公司各部门、各项目部所属单位：", "全校各部门、各二级学院："])
def test_a_letter_without_a_title_addresses_the_units_of_one_body(text: str) -> None:
    assert head(f"{text}\n现将迎检要求通知如下：\n1.请自查。").addressees == text.rstrip("：")


@pytest.mark.parametrize("text", ["创建工作中各部门职责：", "请各单位于3月5日前完成：", "学院各单位"])
def test_no_addressees_of_a_letter_without_a_title(text: str) -> None:
    assert head(f"{text}\n1.请自查。").addressees is None
