"""Frame, tree and table surroundings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from extractors.body import line_joining as body_lines
from extractors.body.line_joining import iter_lines, read_lines
from extractors.body.outline import read_outline, table_titles
from extractors.document import Document, Paragraph, Table
from tests.extractors.body.letters import COMPANY, DISTRICT, DRAFT, JOINT, WEB, WRAPPED, letter
from tests.extractors.notice.build import drawn
from tests.extractors.published import document_of


def lines(text: str) -> list[str]:
    return [b.text for b in read_lines(letter(text)) if not isinstance(b, Table)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("按照《实施方\n案》。", ["按照《实施方案》。"]),
        (
            "一、指导思想\n以习近平新时代中国特色社会主义思想为指导。",
            ["一、指导思想", "以习近平新时代中国特色社会主义思想为指导。"],
        ),
        ("广泛开展保护环境、社区服务、植绿护绿、\n无偿献血。", ["广泛开展保护环境、社区服务、植绿护绿、无偿献血。"]),
        ("上网行为习惯(2\n分)。", ["上网行为习惯(2分)。"]),
        ("- 2.广泛运用平台 载体(2分)。\n│3. 提供照片。", ["2.广泛运用平台载体(2分)。", "3.提供照片。"]),
        ("正文结束。\n— 3 —\n第3页\n4", ["正文结束。"]),
        ("组长：甲\n副组长：乙", ["组长：甲", "副组长：乙"]),
        (
            "◆ 机动车道无积尘，人行道无破损，沿街立面无各类小广告\n◆ 绿地无垃圾",
            ["机动车道无积尘，人行道无破损，沿街立面无各类小广告", "绿地无垃圾"],
        ),
    ],
)
def test_lines_are_joined_where_they_were_cut_and_nowhere_else(text: str, expected: list[str]) -> None:
    assert lines(text) == expected


def test_the_work_of_joining_grows_with_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = 0

    def counting(real: Callable[[str], Any]) -> Callable[[str], Any]:
        def counted(text: str) -> Any:
            nonlocal looked_at
            looked_at += len(text)
            return real(text)

        return counted

    names = ("clean", "is_unbalanced", "collapse_whitespace", "strip_whitespace", "_bracket_balance", "ends_like_title")
    for name in names:
        monkeypatch.setattr(body_lines, name, counting(getattr(body_lines, name)))
    parts = [f"第{n}个社区开展（志愿 服务活动、read book" for n in range(600)]
    document = Document("text", tuple(Paragraph(part, f"第{n}段") for n, part in enumerate(parts, 1)))
    [line] = iter_lines(read_lines(document))
    assert line.text == "".join(part.replace("愿 服", "愿服") for part in parts)
    assert line.raw == "".join(parts)
    assert looked_at < 12 * len(line.text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("见（read\nbook）。", "见（read book）。"),
        ("（志愿服务\n（志愿服务\n活动）", "（志愿服务活动）"),
        ("（志愿服务\n、（志愿服务\n（志愿服务、（志愿服务\n活动））", "（志愿服务、（志愿服务活动））"),
    ],
    ids=["a blank between Latin words", "a repeated line", "a repeat of what was joined"],
)
def test_a_seam_is_cleaned_as_the_whole_would_be(text: str, expected: str) -> None:
    document = Document("text", tuple(Paragraph(part, "") for part in text.split("\n")))
    assert [line.text for line in iter_lines(read_lines(document))] == [expected]


def test_a_text_wrapped_by_hand_reads_as_paragraphs() -> None:
    outline = read_outline(letter(WRAPPED))
    assert outline.letterhead.title == "关于印发全市卫生健康系统精神文明创建工作实施方案的通知"
    assert outline.letterhead.addressees == "各县（市、区）卫生健康局，市直各医疗卫生单位"
    assert outline.items[0].text.split("\n")[1].endswith("到2024年底全部达标。")


def test_the_frame_of_a_district_letter() -> None:
    head = read_outline(letter(DISTRICT)).letterhead
    assert head.banner == ("上海市浦东新区精神文明建设委员会办公室",)
    assert head.doc_number == "浦文明办〔2023〕15号"
    assert head.title == "关于开展2023年度浦东新区文明单位创建测评工作的通知"
    assert head.attachments == ("浦东新区文明单位测评细则",)
    assert head.signatures == ("上海市浦东新区精神文明建设委员会办公室",)
    assert str(head.signed_on) == "2023-08-21"


def test_two_bodies_sign_on_one_line() -> None:
    assert read_outline(letter(JOINT)).letterhead.signatures == ("中共长泰县委宣传部", "长泰县教育局")


@pytest.mark.parametrize(
    ("text", "title", "notes"),
    [
        (
            DISTRICT,
            "浦东新区文明单位测评细则（2023年版）",
            ["注：1.本细则由区文明办负责解释。", "2.加分项不超过10分。"],
        ),
        (DRAFT, "鄂尔多斯市东胜区2022年度文明社区测评体系（征求意见稿）", ["备注：各社区对照执行"]),
        (WEB, "2024年鼓楼区创建全国文明典范城市重点任务分解表", []),
    ],
)
def test_title_and_notes_of_a_table(text: str, title: str, notes: list[str]) -> None:
    outline = read_outline(letter(text))
    assert table_titles(outline) == [title]
    assert [[line.text for line in table.notes] for table in outline.tables] == [notes]


def test_a_contact_line_below_the_date_is_no_part_of_the_last_item() -> None:
    assert "联系人" not in read_outline(letter(DISTRICT)).items[-1].text


def test_items_nest_by_their_marks_whatever_the_order() -> None:
    outline = read_outline(letter("1.总则\n一、甲\n（一）乙\n1.丙。\n2.丁。\n（二）戊\n二、己\n（1）庚。"))
    assert [(i.label, i.path) for i in outline.walk()] == [
        ("1.", ()),
        ("一、", ()),
        ("（一）", ("一、甲",)),
        ("1.", ("一、甲", "（一）乙")),
        ("2.", ("一、甲", "（一）乙")),
        ("（二）", ("一、甲",)),
        ("二、", ()),
        ("（1）", ("二、己",)),
    ]


def test_numbers_of_several_parts_are_labels_and_quantities_are_none() -> None:
    outline = read_outline(
        letter("2.1家风建设（6分）\n2.1.1 有家训。\n投入达到\n1.5万元以上。\n2.1.2 有家谱。\n2.2邻里关系\n")
    )
    first, second = outline.items
    assert (first.label, [c.label for c in first.children], second.label) == ("2.1", ["2.1.1", "2.1.2"], "2.2")
    assert [c.number for c in first.children] == [1, 2]
    assert first.children[0].text.endswith("1.5万元以上。")


def test_a_day_before_a_title_is_no_label() -> None:
    outline = read_outline(letter("4.23读书日活动方案\n为倡导阅读，制定本方案。\n一、时间\n4月23日。\n"))
    assert outline.letterhead.title == "4.23读书日活动方案"


def test_a_number_before_a_month_is_a_label() -> None:
    outline = read_outline(letter("1.3月底前制定计划。\n2.10月中旬开展自查。\n"))
    assert [(i.label, i.text[:3]) for i in outline.items] == [("1.", "3月底"), ("2.", "10月")]


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("1.藏书（分值：3分）\n解释：人均2册。", "藏书（分值：3分）"),
        ("1.健全制度（责任单位：办公室）。", "健全制度（责任单位"),
    ],
)
def test_a_colon_in_a_bracket_of_points_ends_no_heading(text: str, heading: str) -> None:
    assert read_outline(letter(text)).items[0].heading == heading


def test_bare_headings_whose_number_was_lost_are_sections() -> None:
    outline = read_outline(
        letter("指导思想\n坚持以人民为中心的发展思想。\n创建步骤\n（一）动员（3月）：开会。\n五、有关要求\n要重视。")
    )
    assert [(i.label, i.heading) for i in outline.items] == [
        (None, "指导思想"),
        (None, "创建步骤"),
        ("五、", "有关要求"),
    ]
    assert outline.items[1].children[0].label == "（一）"


def tree(text: str) -> list[tuple[tuple[str, ...], str]]:
    return [(item.path, item.text) for item in read_outline(letter(text)).walk()]


def test_headings_without_numbers_above_lists_that_begin_anew() -> None:
    text = "一、任务\n宣传教育方面\n1.更新公益广告。\n2.开展道德讲堂。\n环境整治方面\n1.清理楼道杂物。"
    assert tree(text) == [
        ((), "任务"),
        (("一、任务",), "宣传教育方面"),
        (("一、任务", "宣传教育方面"), "更新公益广告。"),
        (("一、任务", "宣传教育方面"), "开展道德讲堂。"),
        (("一、任务",), "环境整治方面"),
        (("一、任务", "环境整治方面"), "清理楼道杂物。"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        # one only, a sentence, a list that counts on
        "1.更新公益广告。\n2.开展道德讲堂。\n环境整治\n1.清理楼道杂物。",
        "工作任务\n1.更新公益广告。\n现提出要求，请抓好落实\n1.清理楼道杂物。",
        "工作任务\n1.更新公益广告。\n环境整治\n2.清理楼道杂物。",
    ],
)
def test_lines_that_are_no_headings_of_lists(text: str) -> None:
    assert {path for path, _ in tree(text)} == {()}


def test_labelled_lines_that_begin_anew_are_items_without_headings() -> None:
    card = "项目：{}\n内容：{}。"
    items = [card.format("组织领导", "成立领导小组"), card.format("环境卫生", "楼道整洁")]
    assert tree("\n".join(["考评细则", *items])) == [((), item) for item in items]
    assert tree("考评细则\n联系人：李明\n电话：123\n地址：新村路") == []


def test_what_is_said_of_all_items_is_no_part_of_the_last_one() -> None:
    text = "（1）挂牌上岗，得5分。\n（2）窗口整洁，得5分。\n以上各项，扣完为止。"
    assert [own for _, own in tree(text)] == ["挂牌上岗，得5分。", "窗口整洁，得5分。"]
    single = "一、检查\n（1）挂牌上岗。\n上述要求须于每日执行。"
    assert [own for _, own in tree(single)] == ["检查\n上述要求须于每日执行。", "挂牌上岗。"]


def test_a_plan_without_letter_still_has_title_and_sections() -> None:
    outline = read_outline(letter(COMPANY))
    assert outline.letterhead.title == "国网江苏省电力有限公司泰州供电分公司2023年文明单位创建工作计划"
    assert [i.heading for i in outline.items] == ["目标任务", "时间安排"]


def test_untitled_table_takes_its_name_from_the_list_of_attachments() -> None:
    outline = read_outline(
        letter("附件：1.甲清单\n2.乙清单\n3.丙清单\n某某市教育局 2024年1月5日\n#T\n乙清单\n#T\n丙清单\n#T")
    )
    assert table_titles(outline) == ["甲清单", "乙清单", "丙清单"]


def test_an_empty_document_has_an_empty_outline() -> None:
    outline = read_outline(Document("text", ()))
    assert outline.items == ()
    assert outline.tables == ()
    assert outline.letterhead.title is None


def test_a_footnote_of_the_file_is_no_paragraph_of_the_body() -> None:
    blocks = (Paragraph("一、任务", "第1段"), Paragraph("①指市直部门。", "脚注1", note=True))
    assert read_outline(Document("docx", blocks)).items[0].text == "任务"


SLUGS = ["zibo-2023", "huarong-2021", "shanwei-2016", "tongchuan", "yiyang-2021", "hb-xiaogan-2022", "sd-mixed-2024"]


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("file_format", ["text", "docx"])
def test_table_titles_of_published_notices(notices: Path, gold: Path, slug: str, file_format: str) -> None:
    path = next((notices / file_format).glob(f"{slug}.*"))
    outline = table_titles(read_outline(document_of(path)))
    expected = [t["title"] for t in json.loads((gold / slug / "grid.json").read_text("utf-8"))["tables"]]
    # a table cut at page edges comes in pieces: the same title again, or none
    whole = [t for i, t in enumerate(outline) if t is not None and t not in outline[:i]]
    assert whole == expected


def test_letterhead_and_number_right_above_a_table_are_no_part_of_its_title() -> None:
    table = drawn(("序号", "测评内容"), ["1", "组织学习。"])
    above = ["甲县精神文明建设办公室文件", "甲文明办〔2024〕3号", "2024年文明单位测评责任清单"]
    document = Document("xlsx", (*(Paragraph(text, "") for text in above), table))
    assert table_titles(read_outline(document)) == ["2024年文明单位测评责任清单"]


def test_lines_of_a_page_above_the_title_of_the_letter_are_no_part_of_the_title_of_its_table() -> None:
    assert table_titles(read_outline(letter("政务公开\n走进某地\n2024年文明单位测评责任清单\n#T"))) == [
        "2024年文明单位测评责任清单"
    ]
