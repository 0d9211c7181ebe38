"""Items of the running text with a line for each field: what the labels mean, and what stands above and below them."""

from __future__ import annotations

import pytest

from extractors.notice.labelled_blocks import read_labelled_items
from extractors.records import Extraction
from extractors.tables.column_roles import ColumnRole
from tests.extractors.notice.build import notice, parties, paths, values

DUTIES = (
    ("道德讲堂", "每季度举办一期并留存讲稿", "宣传科、工会", "每季度末"),
    ("职工书屋", "购置图书并建立借阅制度", "工会", "5月20日前"),
    ("无烟机关", "张贴禁烟标识，设立劝导员", "后勤科、办公室", "6月底前"),
)


def plan(*lines: str) -> Extraction:
    return notice(*lines, head=("丙山区2023年文明创建工作方案",))


def blocks(*labels: str, first: str = "{n}.{name}") -> list[str]:
    """Return the lines of the duties: a line with the name, and one for each label."""
    return cards(
        *(f"{label}：{{{fact}}}" for label, fact in zip(labels, ("what", "who", "when"), strict=True)), first=first
    )


def cards(*lines: str, first: str = "{n}.{name}") -> list[str]:
    """Return the lines of the duties in this form."""
    duties = [
        {"n": n, "name": name, "what": what, "who": who, "when": when}
        for n, (name, what, who, when) in enumerate(DUTIES, 1)
    ]
    return [line.format(**duty) for duty in duties for line in (first, *lines)]


def rules(found: Extraction) -> list[str]:
    return [finding.rule for finding in found.findings if finding.severity != "info"]


class TestItems:
    def test_of_a_rubric_stand_without_numbers(self) -> None:
        card = ("考评项目：{}", "考评内容：{}。", "分值：{}分", "考评方法：查阅资料")
        facts = (("组织领导", "成立领导小组", 10), ("环境卫生", "楼道整洁", 20), ("志愿服务", "每月开展活动1次", 15))
        found = plan(*(line.format(fact) for of in facts for line, fact in zip(card, (*of, ""), strict=True)))
        assert values(found, "requirement") == ["成立领导小组。", "楼道整洁。", "每月开展活动1次。"]
        assert [task.points for task in found.tasks] == [10, 20, 15]
        assert paths(found) == [["组织领导"], ["环境卫生"], ["志愿服务"]]

    def test_a_label_of_one_item_alone_means_what_its_word_says(self) -> None:
        lines = blocks("工作内容", "责任科室（支部）", "完成时限")
        alone = [line.replace("责任科室（支部）：后勤科", "责任科室：后勤科") for line in lines]
        assert parties(plan("一、重点任务", *alone)) == parties(plan("一、重点任务", *lines)) != [""] * 3
        other = [line.replace("责任科室（支部）：后勤科、办公室", "责任人：林栖梧") for line in lines]
        assert values(plan("一、重点任务", *other), "persons") == [[], [], ["林栖梧"]]
        added = [line + "\n督查单位：区委督查室" if "后勤科" in line else line for line in lines]
        found = plan("一、重点任务", *(part for line in added for part in line.split("\n")))
        assert parties(found) == parties(plan("一、重点任务", *lines))
        assert values(found, "remark") == [None, None, "督查单位：区委督查室"]

    @pytest.mark.parametrize(
        "labels",
        [
            ("工作内容", "责任科室", "完成时限"),
            ("任务内容", "承办科室", "完成时间"),
            ("干些什么", "谁来牵头", "啥时办完"),
        ],
    )
    def test_the_labels_are_the_header_of_a_table(self, labels: tuple[str, ...]) -> None:
        found = plan("一、重点任务", *blocks(*labels))
        assert values(found, "requirement") == [what for _, what, *_ in DUTIES]
        assert values(found, "deadline") == [when for *_, when in DUTIES]
        assert [who.replace("/", "、").replace("|", "、") for who in parties(found)] == [who for *_, who, _ in DUTIES]
        assert paths(found) == [["一 重点任务", f"{n} {name}"] for n, (name, *_) in enumerate(DUTIES, 1)]
        assert values(found, "label") == [None] * 3
        assert "unread_text" not in rules(found)

    def test_what_labels_nobody_knows_may_mean_is_said(self) -> None:
        lines = cards("干什么：{what}", "谁牵头：{who}", "谁帮忙：{who}", "啥时候完成：{when}", "交什么：照片")
        found = plan("一、重点任务", *lines)
        (doubt,) = [finding for finding in found.findings if finding.rule == "prose_doubt"]
        assert (doubt.severity, doubt.locator) == ("warning", "第3段")
        assert doubt.message.startswith("“1.道德讲堂”等 3 条按行首标签读作任务，现读作：“干什么”为任务要求，“谁牵头”为")

    def test_the_name_is_what_is_to_be_done_where_no_line_says_it(self) -> None:
        lines = [f"{n}.{what}\n责任科室：{who}\n完成时限：{when}" for n, (_, what, who, when) in enumerate(DUTIES, 1)]
        found = plan("一、重点任务", *"\n".join(lines).split("\n"))
        assert values(found, "requirement") == [what for _, what, *_ in DUTIES]
        assert values(found, "label") == ["1.", "2.", "3."]
        assert rules(found) == []

    def test_cards_without_numbers_begin_with_the_same_label(self) -> None:
        found = plan("一、重点任务", *blocks("工作内容", "责任科室", "完成时限", first="任务名称：{name}"))
        assert values(found, "requirement") == [what for _, what, *_ in DUTIES]
        assert [path[-1] for path in paths(found)] == [name for name, *_ in DUTIES]
        assert values(found, "locator") == ["第3段", "第7段", "第11段"]

    def test_points_and_deductions_on_lines_of_their_own(self) -> None:
        lines = cards("分值：{n}分", "标准：{what}", "扣分办法：缺一项扣1分", "负责科室：{who}")
        found = plan("一、测评内容（6分）", *lines)
        assert values(found, "requirement") == [what for _, what, *_ in DUTIES]
        assert [str(task.points) for task in found.tasks] == ["1", "2", "3"]
        assert values(found, "scoring") == ["缺一项扣1分"] * 3

    def test_a_line_that_means_nothing_known_stays_as_a_remark(self) -> None:
        found = plan("一、重点任务", *cards("工作内容：{what}", "责任科室：{who}", "完成时限：{when}", "颜色：第{n}种"))
        assert [task.remark for task in found.tasks] == ["颜色：第1种", "颜色：第2种", "颜色：第3种"]

    @pytest.mark.parametrize(
        "lines",
        [
            cards("地址：中山路{n}号", "电话：见网站", "联系人：李明", first="{n}.{who}"),
            cards("定义：{what}所占的比例", "计算方法：{what}除以总数", "资料来源：第{n}本年报"),
        ],
    )
    def test_addresses_and_definitions_are_no_duties(self, lines: list[str]) -> None:
        assert values(plan("一、说明", *lines), "requirement") == []

    def test_two_texts_in_lines_of_their_own_are_enough(self) -> None:
        texts = [f"{name}\n工作内容：{what}\n责任科室：{who}\n完成时限：{when}" for name, what, who, when in DUTIES]
        assert read_labelled_items(texts[:1]) is None
        read = read_labelled_items(texts[:2])
        assert read is not None
        assert read.roles[1:] == [("责任科室", ColumnRole.PARTY), ("完成时限", ColumnRole.DEADLINE)]
        assert [one.names for one in read.items] == [("道德讲堂",), ("职工书屋",)]


class TestItemsBelow:
    def test_share_the_units_of_their_heading(self) -> None:
        found = plan(
            "一、重点任务",
            "（一）道德讲堂（责任单位：宣传科）", "1.每季度举办一期。", "2.留存讲稿。",
            "（二）职工书屋（责任单位：工会）", "1.购置图书。", "2.建立制度。（责任单位：办公室）",
        )  # fmt: skip
        assert values(found, "requirement") == ["每季度举办一期。", "留存讲稿。", "购置图书。", "建立制度。"]
        assert parties(found) == ["宣传科", "宣传科", "工会", "办公室"]
        assert paths(found)[0] == ["一 重点任务", "（一） 道德讲堂"]

    def test_have_from_their_heading_what_they_do_not_say_themselves(self) -> None:
        found = plan(
            "一、重点任务",
            "（一）讲堂（责任单位：宣传科；完成时限：6月底前）", "1.每季度一期。（完成时限：每季度末）", "2.留存讲稿。",
            "（二）书屋（责任单位：工会；完成时限：3月底前）", "1.购置图书。（责任单位：办公室）", "2.建立制度。",
        )  # fmt: skip
        assert parties(found) == ["宣传科", "宣传科", "办公室", "工会"]
        assert values(found, "deadline") == ["每季度末", "6月底前", "3月底前", "3月底前"]

    def test_share_the_materials_of_their_heading(self) -> None:
        found = plan(
            "一、重点任务",
            "（一）道德讲堂", "1.每季度举办一期。", "2.留存讲稿。", "责任单位：宣传科", "佐证材料：照片4张",
            "（二）职工书屋", "1.购置图书。", "2.建立制度。", "责任单位：工会", "佐证材料：照片2张",
        )  # fmt: skip
        pictures = [(row.min_count, row.shared_rows, row.is_repeated) for row in found.task_evidence]
        assert pictures == [(4, 2, False), (4, 2, True), (2, 2, False), (2, 2, True)]

    def test_share_the_lines_below_the_last_of_them(self) -> None:
        found = plan(
            "一、重点任务",
            "（一）道德讲堂", "措施：", "1.每季度举办一期。", "2.留存讲稿。", "责任单位：宣传科", "完成时限：6月底前",
            "（二）职工书屋", "措施：", "1.购置图书。", "2.建立制度。", "责任单位：工会", "完成时限：3月底前",
        )  # fmt: skip
        assert values(found, "requirement") == ["每季度举办一期。", "留存讲稿。", "购置图书。", "建立制度。"]
        assert parties(found) == ["宣传科", "宣传科", "工会", "工会"]
        assert values(found, "deadline") == ["6月底前", "6月底前", "3月底前", "3月底前"]
        assert paths(found)[-1] == ["一 重点任务", "（二） 职工书屋"]

    def test_have_their_own_where_each_has(self) -> None:
        found = plan("一、重点任务", "（一）讲堂", "1.办好讲堂。", "责任单位：宣传科", "2.留存讲稿。", "责任单位：工会")
        assert parties(found) == ["宣传科", "工会"]

    def test_are_parts_of_a_sentence_with_a_colon(self) -> None:
        found = plan(
            "一、重点任务",
            "1.建立两项制度：（责任单位：办公室）", "(1)学习制度；", "(2)例会制度。",
            "2.开展两类活动：（责任单位：工会）", "(1)读书活动；", "(2)文体活动。",
        )  # fmt: skip
        assert values(found, "requirement") == [
            "建立两项制度：\n(1)学习制度；\n(2)例会制度。",
            "开展两类活动：\n(1)读书活动；\n(2)文体活动。",
        ]
        assert parties(found) == ["办公室", "工会"]

    def test_stand_below_a_sentence_that_says_more_than_its_title(self) -> None:
        found = plan(
            "一、重点任务",
            "（一）办好讲堂。坚持常年开放。（责任单位：宣传科）", "1.每季度一期。", "2.留存讲稿。",
            "（二）办好书屋。坚持按时开放。（责任单位：工会）", "1.购置图书。", "2.建立制度。",
        )  # fmt: skip
        assert values(found, "criteria") == ["坚持常年开放", "坚持常年开放", "坚持按时开放", "坚持按时开放"]
        assert paths(found)[0] == ["一 重点任务", "（一） 办好讲堂"]
