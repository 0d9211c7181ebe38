"""What a document is, and why: by its tasks, its form as a letter, and what else it holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors import extract
from extractors.document import Block, Document, Paragraph, ReadNote
from extractors.layouts import ConfirmedLayout
from extractors.notice import build_extraction
from extractors.records import Extraction
from tests.extractors.notice.build import drawn, notice
from tests.extractors.tables.build import Row

TASKS = drawn(
    ["工作任务", "责任科室", "完成时限"],
    ["开展志愿服务活动，每季度不少于1次", "团委", "全年"],
    ["制作公益广告宣传栏", "办公室", "6月底前"],
)
SCORED = drawn(
    ["测评内容", "分值", "责任科室"],
    ["建立学习制度，每月集中学习1次", "5", "机关党委"],
    ["设立学雷锋志愿服务岗", "4", "团委"],
)
SUMS = drawn(["科目", "金额（元）", "日期"], ["印刷费", "1,200.00", "3月5日"], ["场地租赁", "800.00", "4月2日"])
PEOPLE = drawn(["姓名", "职务", "单位"], ["王芳", "组长", "办公室"], ["李强", "成员", "宣传科"])
BOXES = drawn(["姓名", "", "性别", ""], ["单位", "", "职务", ""], ["主要事迹", "", "", ""], ["推荐意见", "", "", ""])
STAGES = (
    "三、实施步骤",
    "（一）动员部署阶段（2022年3月）。召开动员会议，部署各项工作。",
    "（二）组织实施阶段（2022年4月至10月）。按照分工推进各项任务。",
)


def page(*blocks: Block | str, notes: tuple[ReadNote, ...] = ()) -> Extraction:
    """The reading of a page without any letter head."""
    made = tuple(Paragraph(b, f"第{i}段") if isinstance(b, str) else b for i, b in enumerate(blocks, 1))
    return build_extraction(Document("docx", made, notes), repr(blocks).encode(), name="页.docx")


def kind(found: Extraction) -> str:
    """The kind of the document; each has a reason."""
    assert found.notice.kind_reason
    return found.notice.kind


class TestKinds:
    def test_tasks_with_points_make_a_rubric(self) -> None:
        found = notice("测评细则", SCORED)
        assert (kind(found), found.notice.kind_reason) == ("rubric", "读出 2 项任务，其中 2 项写明分值或评分办法")

    def test_tasks_without_points_make_a_list(self) -> None:
        found = page("工作任务分解表", TASKS)
        assert (kind(found), found.notice.kind_reason) == ("task_list", "读出 2 项任务，没有分值")

    def test_a_plan_has_its_title_and_stages(self) -> None:
        found = notice("2022年文明单位创建工作方案", "一、指导思想", "坚持以人民为中心。", *STAGES, "任务分解表", TASKS)
        assert kind(found) == "plan"
        assert "2 个阶段" in (found.notice.kind_reason or "")

    def test_a_letter_without_tasks_is_a_notice(self) -> None:
        found = notice("请于3月底前将本科室联络员报办公室。", head=(*LETTER, "各科室："))
        assert kind(found) == "notice"

    def test_a_letter_stays_a_notice_whatever_is_attached(self) -> None:
        assert kind(notice("附件：经费安排", SUMS, head=(*LETTER, "各科室："))) == "notice"

    def test_a_list_of_a_groups_people_is_a_roster(self) -> None:
        assert kind(page("文明创建工作领导小组成员名单", PEOPLE)) == "roster"

    def test_a_form_is_blank(self) -> None:
        assert kind(page("文明家庭推荐表", BOXES)) == "form"

    def test_items_that_ask_for_something_are_no_other_text(self) -> None:
        items = ["一、建立健全学习制度", "二、定期开展志愿服务", "三、不得在楼道堆放杂物", "四、窗口人员须佩戴工牌"]
        assert kind(page(*items)) == "notice"


LETTER = ("甲州市乙局文件", "甲乙发〔2022〕3号", "关于做好联络员报送工作的通知")


class TestOther:
    def test_sums_and_days_ask_for_nothing(self) -> None:
        found = page("活动经费明细", SUMS)
        assert kind(found) == "other"
        assert found.notice.kind_reason == "没有对谁提出要求：表1“活动经费明细”各列是金额、日期"
        assert (found.tasks, found.indicators, found.review_reason) == ([], [], None)
        assert [(f.severity, f.rule) for f in found.findings if f.rule == "not_a_notice"] == [("info", "not_a_notice")]
        assert not [f for f in found.findings if f.severity != "info"]

    def test_short_texts_without_a_header_may_be_an_unknown_layout_where_a_campaign_is_named(self) -> None:
        rows = [[f"{name}{n}" for name in ("点位", "长效", "专干", "周检")] for n in range(1, 5)]
        found = page("2022年文明单位创建一览", drawn(*rows))
        assert kind(found) == "notice"
        assert [f.severity for f in found.findings if f.rule == "layout_doubt"] == ["warning"]
        assert found.review_reason

    @pytest.mark.parametrize(
        ("title", "rows"),
        [
            ("一览", [["点位1", "长效1", "专干1", "周检1"]] * 4),
            ("2022年文明单位创建一览", [["点位1", "长效1", "专干1", "周检1"]] * 2),
            (
                "2022年文明家庭推荐表",
                [["姓名", "", "性别", ""], ["单位", "", "职务", ""], *[["事迹", "", "", ""]] * 10],
            ),
        ],
        ids=["no campaign", "few texts", "a form"],
    )
    def test_other_tables_without_a_header_are_no_doubt(self, title: str, rows: list[Row]) -> None:
        assert not [f for f in page(title, drawn(*rows)).findings if f.rule == "layout_doubt"]

    def test_tales_ask_for_nothing(self) -> None:
        found = page("第一章", "老周推开门，院里落了一地槐花。", "他没有说话，只是笑了笑。")
        assert kind(found) == "other"
        assert "3 段" in (found.notice.kind_reason or "")

    def test_the_reason_names_only_what_is_missing(self) -> None:
        found = page("甲州市文明办文件", "老周推开门，院里落了一地槐花。")
        assert found.notice.issuer
        assert (found.notice.kind_reason or "").startswith("没有文号和主送单位，")

    def test_what_was_not_read_may_be_the_notice(self) -> None:
        note = ReadNote("picture", "第1段有图片，图中文字没有读取", "第1段")
        assert kind(page("附图", notes=(note,))) == "notice"
        assert kind(page("附图")) == "other"

    def test_a_list_that_may_be_tasks_keeps_the_doubt(self) -> None:
        found = page("一、考核", "1.日常考核（40分）", "2.年终考核（60分）", "3.公布结果", "4.及时整改", "5.总结提高")
        assert {f.rule for f in found.findings} == {"prose_doubt"}
        assert kind(found) == "notice"


ASKING = ["一、建立健全学习制度", "二、定期开展志愿服务", "三、不得在楼道堆放杂物"]
TELLING = ["四、槐花落了一地。", "五、院门开着没有人。", "六、天色渐渐暗下来。"]


class TestBounds:
    @pytest.mark.parametrize(
        ("items", "wanted"),
        [
            (ASKING, "notice"),
            (ASKING[:2], "other"),
            (ASKING + TELLING[:2], "notice"),
            (ASKING + TELLING, "other"),
            (["一、须佩戴好工牌", "二、须清理好楼道", "三、须打扫好庭院"], "notice"),
            (["一、须佩戴好工牌", "二、须清理好楼道", "三、须打扫庭院"], "other"),
        ],
        ids=["three ask", "two ask", "more than half", "half", "eight characters", "seven characters"],
    )
    def test_how_many_items_ask_for_something(self, items: list[str], wanted: str) -> None:
        assert kind(page(*items)) == wanted

    @pytest.mark.parametrize(
        ("head", "wanted"),
        [
            (("关于做好联络员报送工作的通知",), "other"),
            (("关于做好联络员报送工作的通知", "甲乙发〔2022〕3号"), "notice"),
        ],
    )
    def test_a_title_and_one_more_sign_make_a_letter(self, head: tuple[str, ...], wanted: str) -> None:
        assert kind(notice("关门", head=head)) == wanted

    @pytest.mark.parametrize(("n_stages", "wanted"), [(1, "task_list"), (2, "plan")])
    def test_a_plan_with_tasks_has_two_stages(self, n_stages: int, wanted: str) -> None:
        found = notice("2022年文明单位创建工作方案", *STAGES[: 1 + n_stages], "任务分解表", TASKS)
        assert kind(found) == wanted

    @pytest.mark.parametrize(
        ("blocks", "reason"),
        [
            (("一、指导思想", "坚持以人民为中心。", *STAGES), "题为“2022年文明单位创建工作方案”，分 2 个阶段实施"),
            (STAGES[1:], "题为“2022年文明单位创建工作方案”，分 2 个阶段实施"),
            (STAGES[:2], "题为“2022年文明单位创建工作方案”，正文有 0 条"),
            ((*STAGES, "任务分解表", TASKS), "题为“2022年文明单位创建工作方案”，分 2 个阶段，读出 2 项任务"),
        ],
        ids=["headings and stages", "stages alone", "one stage", "tasks"],
    )
    def test_why_it_is_a_plan(self, blocks: tuple[Block | str, ...], reason: str) -> None:
        found = page("2022年文明单位创建工作方案", *blocks)
        assert (kind(found), found.notice.kind_reason) == ("plan", reason)

    @pytest.mark.parametrize(("n_more", "wanted"), [(2, "rubric"), (3, "task_list")])
    def test_half_of_the_tasks_of_a_rubric_have_points(self, n_more: int, wanted: str) -> None:
        more = [[f"整治{place}环境卫生", "办公室", "全年"] for place in ("街巷", "河道", "楼院")[:n_more]]
        plain = drawn(["工作任务", "责任科室", "完成时限"], *more)
        assert kind(page("测评细则", SCORED, "任务分解表", plain)) == wanted

    def test_a_title_alone_makes_no_plan_no_roster_and_no_form(self) -> None:
        assert kind(page("2022年文明单位创建工作方案", "老周推开门。")) == "other"
        assert kind(page("文明创建工作领导小组成员名单", "王芳")) == "other"
        assert kind(page("文明家庭推荐表", SUMS)) == "other"

    def test_without_such_a_title_there_is_no_form_and_no_roster(self) -> None:
        assert kind(page("老周的一天", BOXES)) == "other"
        assert kind(page("今年的情况", PEOPLE)) == "other"

    @pytest.mark.parametrize(("n_amounts", "is_told"), [(3, False), (4, True)])
    def test_a_column_is_named_by_what_most_of_its_cells_hold(self, n_amounts: int, is_told: bool) -> None:
        rows = [[f"{n}日事项", f"{1000 + n}.00" if n < n_amounts else "待定"] for n in range(5)]
        reason = page("明细", drawn(["名目", "额度"], *rows)).notice.kind_reason or ""
        assert ("金额" in reason) is is_told

    def test_names_of_places_look_like_those_of_persons(self) -> None:
        rows = (["王芳", "11.00"], ["李强", "12.00"], ["赵敏", "13.00"])
        persons, places = (page("近况", drawn([header, "额度"], *rows)) for header in ("经手人", "地名"))
        assert persons.notice.kind_reason == "没有对谁提出要求：表1“近况”各列是人名、金额"
        assert places.notice.kind_reason == "没有对谁提出要求：表1“近况”各列是金额"

    def test_a_table_of_phrases_without_a_header(self) -> None:
        rows = (["槐花", "院门"], ["一地", "开着"], ["满树", "关着"], ["半开", "虚掩"])
        assert page("近况", drawn(*rows)).notice.kind_reason == ("没有对谁提出要求：表1“近况”没有表头，各格是短语")


class TestDecisionsOfPeople:
    def decided(self, code: str, *blocks: Block | str) -> Extraction:
        made = tuple(Paragraph(b, f"第{i}段") if isinstance(b, str) else b for i, b in enumerate(blocks, 1))
        layout = ConfirmedLayout("页.docx", None, (), None, document_kind=code)
        return build_extraction(Document("docx", made), repr(blocks).encode(), (), [layout], "页.docx")

    def test_a_person_may_say_that_it_is_no_notice(self) -> None:
        found = self.decided("other", "工作任务分解表", TASKS, "1.县教育局：开展活动。", "2.县民政局：走访慰问。")
        assert (found.tasks, found.indicators, kind(found)) == ([], [], "other")
        assert found.notice.kind_reason == "人工认定为其他（版式.csv）"
        assert not any("版式.csv 中写一行" in f.message for f in found.findings)

    def test_a_person_may_say_that_it_is_one(self) -> None:
        faults = drawn(
            ["点位", "发现问题", "检查人"],
            ["东门停车场", "停车线模糊，夜间照明不足。", "王芳"],
            ["二号楼三层", "走廊灯不亮，台阶有破损。", "李强"],
            ["食堂后厨", "垃圾桶外溢，地面油污较多。", "赵敏"],
        )
        doubtful = page("巡查记录", faults)
        assert (doubtful.notice.kind_reason, doubtful.tasks) == ("表1可能提出了要求，但没有读出任务，请核对", [])
        found = self.decided("task_list", "巡查记录", faults)
        assert kind(found) == "task_list"
        assert [t.kind for t in found.tables] == ["task_list"]
        assert len(found.tasks) == 3
        assert not any(f.rule == "not_a_notice" for f in found.findings)

    def test_it_confirms_no_table_and_is_never_stale(self) -> None:
        found = self.decided("rubric", "测评细则", SCORED)
        assert found.tables[0].confidence != 1.0
        assert not any(f.rule == "correction_stale" for f in found.findings)


@pytest.mark.parametrize("path", sorted(Path("tests/notices").glob("*/*.[dhmtx]*")), ids=lambda path: path.name)
def test_no_published_notice_is_taken_for_something_else(path: Path) -> None:
    if path.suffix in (".docx", ".html", ".md", ".txt", ".xlsx"):
        assert extract(path.read_bytes(), path.name).notice.kind in ("rubric", "task_list", "plan")


@pytest.mark.parametrize(
    "title",
    [
        "文明城市考察点位标准",
        "创建文明城区任务分解表（试行）",
        "文明校园测评细则",
        "创建目标责任书",
        "创文迎检倒排任务",
        "志愿服务活动安排表",
    ],
)
def test_a_title_of_a_task_list_without_tasks_is_told(title: str) -> None:
    found = notice("一、公益宣传", "每条道路有公益广告。", "二、经营秩序", "秩序良好。", head=(title,))
    assert found.tasks == []
    assert [(f.rule, f.severity) for f in found.findings] == [("no_tasks", "warning")]
    assert (found.notice.kind, title in (found.notice.kind_reason or "")) == ("notice", True)


@pytest.mark.parametrize(
    "title",
    ["文明城市测评得分统计表", "重点工作完成情况一览表", "文明单位申报表", "值班安排表", "先进事迹材料", "任务"],
)
def test_a_title_of_results_or_forms_promises_no_tasks(title: str) -> None:
    found = notice("一、公益宣传", "每条道路有公益广告。", "二、经营秩序", "秩序良好。", head=(title,))
    assert "no_tasks" not in [finding.rule for finding in found.findings]


def test_a_form_of_blanks_promises_no_tasks() -> None:
    found = notice("村名：", "考核人：____  日期：", "得分：", head=("文明村考核评分表",))
    assert [finding.severity for finding in found.findings] == ["info"]
