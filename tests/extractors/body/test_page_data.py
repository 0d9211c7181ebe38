"""The data of the page around a letter: found by what it is, told in a note, and never text of the letter."""

from __future__ import annotations

import pytest

from extractors.body.page_data import PageData, set_aside_page_data
from extractors.document import Cell, Document, Paragraph, Table
from extractors.records import Rule
from tests.extractors.body.letters import letter

LETTER = "关于开展文明社区测评的通知\n各镇街：\n现将有关事项通知如下。\n一、时间\n6月底前完成。"


def grid(*rows: list[str]) -> Table:
    cells = tuple(Cell(r, c, text, "表1") for r, row in enumerate(rows) for c, text in enumerate(row))
    return Table(cells, len(rows), max(map(len, rows)), "表1")


def document(*blocks: str | Table, page: tuple[str | Table, ...] = ()) -> Document:
    inside, around = (
        tuple(Paragraph(block, "段") if isinstance(block, str) else block for block in of) for of in (blocks, page)
    )
    return Document("html", inside, page=around)


def left(text: str) -> list[str]:
    _, rest = set_aside_page_data(letter(text))
    return [block.text for block in rest.paragraphs()]


@pytest.mark.parametrize(
    "head",
    [
        "索引号：12340/2021-0007\n发布机构：市文明办\n文号：甲文明办〔2021〕7号",
        "索引号 12340/2021-0007\n发布机构 市文明办\n发布文号 甲文明办〔2021〕7号",
        "索 引 号：12340/2021-0007\n公开类别：主动公开\n标    题：关于开展文明社区测评的通知",
        "【索引号】12340/2021-0007　【发布日期】2021-05-06",
        "索引号\n12340/2021-0007\n公文种类\n通知\n主题词\n文明社区;测评",
        "索引号12340/2021-0007\n发布机构市文明办",
        "信息来源：市文明办 发布时间：2021-05-06 10:20浏览次数：12",
        "来源：市文明办 | 时间：2021-05-06 10:20:33 | 字号：[大 中 小]",
        "首页 > 信息公开 > 通知公告",
        "当前位置：首页 » 政务公开 » 正文",
        "您的位置：网站首页",
        "2021-05-06 10:20",
        "【打印本页】 【关闭窗口】\n分享到：微信 微博",
        "索 引 号： 1/2021-7 成文日期： 2021年5月6日 标　　题： 关于测评的通知 文 号： 无 主 题 词：",
        "信息公开目录\n索引号：1/2021-7\n名称：关于开展文明社区\n测评的通知\n文号：无",
        "> 来源：某某日报 | 发布时间：2021-05-06 | 阅读：1,204",
        "档案编码：12340/2021-0007\n拟稿处室：创建科\n落款：2021-05-06",
        "欢迎光临 甲县图书馆网站\n当前位置：首页 > 通知",
        "社区测评_第1页\n已阅读2页，还剩6页未读 继续免费阅读\n下载本文档\n版权说明：本文档由用户上传\n文档简介",
        "社区测评.docx\n![图](/a.gif)\n上传人：li** 文档编号：77 页数：8\n《社区测评.docx》由会员分享，可在线阅读。",
    ],
)
def test_what_stands_above_a_letter_and_is_of_the_page_is_set_aside(head: str) -> None:
    assert left(f"{head}\n{LETTER}") == LETTER.split("\n")


@pytest.mark.parametrize(
    "line",
    [
        "来源：市文明办 发布时间：2021-05-06",
        "作者：张某 来源：市文明办 阅读：20",
        "2021-05-06 10:20 来源：市文明办 浏览量：18",
        "甲县人民政府 2021-05-06 10:20",
        "甲县文明办 2021年5月6日 10:20",
        "[2021-05-06]",
        "【字体：大 中 小】【打印】【关闭】",
    ],
)
def test_a_line_of_the_page_between_title_and_addressees_is_set_aside(line: str) -> None:
    title, rest = LETTER.split("\n", 1)
    assert left(f"{title}\n{line}\n{rest}") == LETTER.split("\n")


@pytest.mark.parametrize("tail", ["责任编辑：张某", "上一篇：无\n下一篇：关于环境整治的通知", "【打印】【关闭】"])
def test_what_stands_below_a_letter_and_is_of_the_page_is_set_aside(tail: str) -> None:
    assert left(f"{LETTER}\n{tail}") == LETTER.split("\n")


@pytest.mark.parametrize(
    "text",
    [
        "关于成立领导小组的通知\n组长：张三\n副组长：李四\n成员：王五",
        "签发人：张三\n甲文明办〔2021〕7号\n关于开展测评的通知",
        "关于开展志愿服务的通知\n时间：2021年11月13日\n地点：人民广场",
        "申报单位：市税务局\n申报类别：文明单位\n填报日期：2022-03-05\n文明单位申报表",
        "关于测评的通知\n一、报送\n来源：各单位\n发布时间：每月5日\n二、要求\n要重视。",
        "关于测评的通知\n请抓好落实。\n主题词：精神文明 通知",
        "关于测评的通知\n甲县文明办 2021年5月6日\n各单位：\n请落实。",
        "测评任务清单\n2021.5.6\n各单位：",
        "甲县文明网\n关于测评的通知\n各单位：\n请落实。",
        "牵头单位：市文明办\n配合单位：市教育局\n完成时限：6月底前",
    ],
)
def test_labels_of_the_letter_stay(text: str) -> None:
    assert left(text) == text.split("\n")


@pytest.mark.parametrize(
    "table",
    [
        grid(["索引号", "12340/2021-0007", "主题分类", "其他"], ["发文机关", "市文明办", "成文日期", "2021年5月6日"]),
        grid(["索引号：", "12340/2021-0007"], ["发布日期：", "2021-05-06"], ["有效性：", "有效"]),
        grid(["索引号：12340/2021-0007", "发布机构：市文明办"], ["名称：关于开展文明社区测评的通知", ""]),
        grid(["档案编码", "12340/2021-0007", "拟稿", "创建科"], ["落款", "2021-05-06", "类目", "通知"]),
        grid(["索引号", "12340/2021-0007", "", ""], ["发文机关", "市文明办", "成文日期", "2021年5月6日"]),
    ],
)
def test_a_catalogue_in_a_table_is_no_table_of_the_notice(table: Table) -> None:
    _, rest = set_aside_page_data(document(table, *LETTER.split("\n")))
    assert not list(rest.tables())
    assert [block.text for block in rest.paragraphs()] == LETTER.split("\n")


@pytest.mark.parametrize(
    "table",
    [
        grid(["项目", "分值", "项目", "分值"], ["组织领导", "12", "环境卫生", "15"]),
        grid(["任务", "发布时间", "来源", "责任单位"], ["发布公益广告", "2021-03-01", "县融媒体中心", "县委宣传部"]),
        grid(["单位名称", "市税务局", "填报日期", "2022-03-05"], ["联系人", "王某", "类别", "文明单位"]),
        grid(["责任单位", "市教育局"], ["完成时限", "2022-03-05"], ["任务", "组织学习。"]),
    ],
)
def test_a_table_of_the_notice_stays(table: Table) -> None:
    found = document(table, *LETTER.split("\n"))
    assert set_aside_page_data(found) == (PageData(), found)


@pytest.mark.parametrize(
    "table",
    [
        grid(["编号", "A01-2023-001", "完成时限", "2023-06-30"], ["任务", "开展活动", "责任单位", "团委"]),
        grid(["档案编码", "12340/2021-0007", "拟稿", "创建科"], ["落款", "2021-05-06", "类目", "通知"]),
    ],
    ids=["a card of a task", "no title below"],
)
def test_a_table_with_unknown_labels_needs_a_title_below_it_and_no_labels_of_columns(table: Table) -> None:
    below = ["2021年任务清单"] if table.cells[0].text == "编号" else ["以上为机关存档资料"]
    found = document(table, *below)
    assert set_aside_page_data(found) == (PageData(), found)


def test_the_page_says_number_issuer_day_and_title() -> None:
    table = grid(
        ["索引号", "12340/2021-0007", "发文机关", "甲县文明办"],
        ["发文字号", "甲文明办［2021］第7号", "成文日期", "2021年5月6日"],
        ["信息名称", "甲县文明社区测评标准", "发布日期", "2021-05-08"],
    )
    page, rest = set_aside_page_data(document(table, *LETTER.split("\n")))
    assert (page.title, page.doc_number, page.issuer, str(page.issued_on)) == (
        "甲县文明社区测评标准",
        "甲文明办［2021］第7号",
        "甲县文明办",
        "2021-05-06",
    )
    (note,) = rest.notes
    assert note.rule == Rule.PUBLICATION
    assert "索引号 12340/2021-0007" in note.message


@pytest.mark.parametrize("label", ["发布日期", "公开时间", "发布时间", "更新日期", "生成日期"])
def test_the_day_of_publication_is_not_that_of_issue(label: str) -> None:
    page, _ = set_aside_page_data(letter(f"索引号：1/2021-1\n{label}：2021-05-06\n{LETTER}"))
    assert page.issued_on is None


def test_a_day_with_a_clock_time_is_that_of_the_page_whatever_its_label() -> None:
    page, _ = set_aside_page_data(letter(f"索引号：1/2021-1\n发文日期：2021-05-06 10:20\n{LETTER}"))
    assert page.issued_on is None


def test_a_field_without_a_value_takes_none_from_the_title_below() -> None:
    page, rest = set_aside_page_data(letter(f"索引号：1/2021-1\n文号：\n主题词：\n{LETTER}"))
    assert page.doc_number is None
    assert [block.text for block in rest.paragraphs()] == LETTER.split("\n")


def test_a_title_on_two_lines_of_a_catalogue_is_one() -> None:
    page, _ = set_aside_page_data(
        letter("索引号：1/2021-7\n名称：关于开展文明社区\n测评的通知\n文号：无\n各镇街：\n请落实。")
    )
    assert page.title == "关于开展文明社区测评的通知"


@pytest.mark.parametrize("label", ["文号", "公文号", "发文字号", "发布文号", "文件编号", "信息文号", "公文编号"])
def test_a_number_by_any_of_its_labels(label: str) -> None:
    page, rest = set_aside_page_data(letter(f"索引号：1/2021-7\n{label}：甲文明办〔2021〕7号\n{LETTER}"))
    assert page.doc_number == "甲文明办〔2021〕7号"
    assert [block.text for block in rest.paragraphs()] == LETTER.split("\n")


@pytest.mark.parametrize(
    "line",
    [
        "社区楼道评分细则.docx",
        "社区楼道 评分细则.docVIP",
        "社区楼道评分细则_第1页",
        "社区楼道评分细则（共6页）.doc_第1页",
        "《社区楼道评分细则》由会员上传分享，免费在线阅读，更多相关内容请搜索。",
        "《社区楼道评分细则（共6页）.doc》由网友分享，可在线阅读。",
    ],
)
def test_the_name_of_a_file_on_a_page_that_shares_it_is_the_title(line: str) -> None:
    page, rest = set_aside_page_data(letter(f"{line}\n一、楼道整洁\n1.无杂物。"))
    assert page.title == "社区楼道评分细则"
    assert [block.text for block in rest.paragraphs()] == ["一、楼道整洁", "1.无杂物。"]


@pytest.mark.parametrize(
    "line",
    [
        "附件1：评分细则.docx",
        "1.楼道评分细则.docx",
        "《楼道公约》由居民代表提供样本",
        "欢迎大家参加，" + "共建家园" * 40,
    ],
)
def test_a_line_of_the_letter_is_none_of_a_page_that_shares_it(line: str) -> None:
    assert line in left(f"关于评选文明楼道的通知\n{line}\n各社区：\n请按时报名。")


def test_who_shared_a_document_is_not_told() -> None:
    _, rest = set_aside_page_data(letter("上传人：li** 文档编号：77 页数：8\n一、楼道整洁"))
    assert [note.message for note in rest.notes if "li**" in note.message] == []


def test_names_of_editors_are_not_told() -> None:
    _, rest = set_aside_page_data(letter(f"来源：市文明办 作者：张某 阅读：20\n{LETTER}\n责任编辑：李某"))
    assert "张某" not in rest.notes[0].message
    assert "李某" not in rest.notes[0].message


def test_a_catalogue_outside_of_the_article_counts_and_menus_there_do_not() -> None:
    catalogue = grid(["索引号", "1/2021-1"], ["文号", "甲文明办〔2021〕7号"], ["成文日期", "2021-05-06"])
    page, rest = set_aside_page_data(
        document(*LETTER.split("\n"), page=("政务公开", "领导之窗", "首页 > 通知", catalogue, "版权所有：甲县"))
    )
    assert (page.doc_number, str(page.issued_on)) == ("甲文明办〔2021〕7号", "2021-05-06")
    assert [block.text for block in rest.paragraphs()] == LETTER.split("\n")
    assert "领导之窗" not in rest.notes[0].message


def test_the_number_of_the_letter_is_no_value_of_another_label_above_it() -> None:
    number = "甲文明办〔2021〕7号"
    assert left(f"作者： 发布日期：2021-05-06 点击率：\n{number}\n{LETTER}") == [number, *LETTER.split("\n")]
