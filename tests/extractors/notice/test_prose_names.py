"""Lists of the running text that name places, winners, contacts or results beside their units, and duties like them."""

from __future__ import annotations

import pytest

from extractors.records import Extraction
from tests.extractors.notice.build import notice, parties, paths, values


def plan(*lines: str) -> Extraction:
    return notice(*lines, head=("丙山区2023年文明创建工作方案",))


def doubts(found: Extraction) -> list[tuple[str, str]]:
    return [(finding.severity, finding.message) for finding in found.findings if finding.rule == "prose_doubt"]


class TestUnitsInBrackets:
    def test_places_are_told_and_give_no_tasks(self) -> None:
        places = ("1.湖滨公园（区城管局）", "2.和平医院（区卫健局）", "3.客运站（区交通局）", "4.光明小学（区教育局）")
        found = plan("一、测评点位", *places)
        assert found.tasks == []
        ((severity, message),) = doubts(found)
        assert (severity, "4 条是名称和所属单位，没有写要做什么，不作任务" in message) == ("info", True)

    @pytest.mark.parametrize(
        "lines",
        [
            ("1.周明（区教育局）", "2.郑红（区卫健局）", "3.吴刚（区城管局）"),
            ("1.《春风》（区文旅局）", "2.《邻里》（区民政局）", "3.《灯火》（区妇联）"),
            ("1.区教育局（区委教育工委）", "2.区文旅局（区文物局）", "3.区委宣传部（区文明办）"),
        ],
    )
    def test_so_are_winners_persons_and_bodies(self, lines: tuple[str, ...]) -> None:
        found = plan("一、名单", *lines)
        assert (found.tasks, [severity for severity, _ in doubts(found)]) == ([], ["info"])

    def test_few_names_are_left_to_a_person(self) -> None:
        found = plan("一、观摩", "1.湖滨公园（区城管局）", "2.和平医院（区卫健局）")
        assert found.tasks == []
        ((severity, message),) = doubts(found)
        assert (severity, "看不出是不是责任单位" in message) == ("warning", True)

    def test_names_among_duties_are_read_with_a_note(self) -> None:
        found = plan("一、整治", "1.湖滨公园（区城管局）", "2.清理河道垃圾（区水利局）", "3.开展夜间巡查（区公安分局）")
        assert values(found, "requirement") == ["湖滨公园", "清理河道垃圾", "开展夜间巡查"]
        ((severity, message),) = doubts(found)
        assert (severity, "1 条写有单位，看不出要做什么，现读作任务" in message) == ("info", True)

    def test_duties_that_end_like_a_unit_and_nominal_ones_are_tasks(self) -> None:
        duties = ("1.建设志愿服务站（区民政局）", "2.建成口袋公园，方便群众（区住建局）", "3.健康教育（区卫健局）")
        found = plan("一、任务", *duties)
        assert parties(found) == ["区民政局", "区住建局", "区卫健局"]
        assert doubts(found) == []


class TestUnitsFirst:
    @pytest.mark.parametrize(
        "values_of",
        [
            ("周明，电话：0000-1234567", "郑红，电话：0000-1234568", "吴刚，电话：0000-1234569"),
            ("办公室副主任周明，联系电话：0000-1234567", "宣传科郑红 手机：13900001234", "吴刚，电话：0000-1234569"),
            ("一等奖", "二等奖", "三等奖"),
            ("95.5分", "93分", "90分"),
            ("________", "________", "________"),
        ],
    )
    def test_contacts_results_and_blanks_are_no_duties(self, values_of: tuple[str, ...]) -> None:
        units = ("区教育局", "区卫健局", "区城管局")
        items = [f"{n}.{unit}：{value}" for n, (unit, value) in enumerate(zip(units, values_of, strict=True), 1)]
        found = plan("一、各单位情况", *items)
        assert (values(found, "requirement"), doubts(found)) == ([], [])

    def test_a_duty_with_a_contact_is_one(self) -> None:
        found = plan(
            "一、分工",
            "1.区教育局：开展校园创建，组织师生参加。联系人：周明，电话：0000-1234567",
            "2.区卫健局：落实公共场所禁烟。联系人：郑红，电话：0000-1234568",
        )
        assert values(found, "requirement") == ["开展校园创建，组织师生参加。", "落实公共场所禁烟。"]
        assert values(found, "persons") == [["周明"], ["郑红"]]

    def test_hidden_numbers_are_no_unread_text(self) -> None:
        found = plan(
            "一、分工",
            "1.区教育局：开展校园创建（联系人：周明，0000-1234567）",
            "2.区卫健局：开展义诊（联系人：郑红，0000-1234568）",
        )
        assert parties(found) == ["区教育局", "区卫健局"]
        assert "unread_text" not in [finding.rule for finding in found.findings]

    def test_statements_are_read_with_a_note(self) -> None:
        found = plan("一、情况", "1.区教育局：校门口摊点较多。", "2.区卫健局：控烟标识不足。")
        assert parties(found) == ["区教育局", "区卫健局"]
        ((severity, message),) = doubts(found)
        assert (severity, "2 条写有单位，看不出要做什么" in message) == ("info", True)

    def test_an_office_in_a_sentence_of_its_own(self) -> None:
        found = plan("一、分工", "（一）区文明办。负责统筹协调。", "（二）区城管局。负责市容整治。")
        assert parties(found) == ["区文明办", "区城管局"]
        assert values(found, "requirement") == ["负责统筹协调。", "负责市容整治。"]

    def test_the_word_before_an_office_is_no_part_of_its_name(self) -> None:
        found = plan("一、分工", "1.由区教育局负责校园创建。", "2.由区城管局负责整治市容。")
        assert parties(found) == ["区教育局", "区城管局"]

    def test_a_title_that_asks_for_an_office_is_none(self) -> None:
        found = plan("一、要求", "（一）成立工作专班办公室。人员到位。", "（二）组建创建办公室。经费到位。")
        assert (found.tasks, doubts(found)) == ([], [])


class TestLabels:
    def test_a_label_behind_a_comma(self) -> None:
        found = plan("一、任务", "1.清理占道经营，责任单位：区城管局；", "2.查处闯红灯，责任单位：区公安分局。")
        assert values(found, "requirement") == ["清理占道经营", "查处闯红灯"]
        assert parties(found) == ["区城管局", "区公安分局"]

    def test_a_time_limit_behind_a_comma(self) -> None:
        found = plan("一、宣传部", "1.更新海报，完成时限：6月底前。", "二、城管局", "1.清理垃圾，完成时限：7月底前。")
        assert values(found, "requirement") == ["更新海报", "清理垃圾"]
        assert values(found, "deadline") == ["6月底前", "7月底前"]

    def test_blanks_behind_labels_are_no_fields(self) -> None:
        blanks = "责任单位：____；整改时限：____年__月__日"
        found = plan("一、清单", "1.路面破损。" + blanks, "2.楼道堆物。" + blanks, "3.飞线充电。" + blanks)
        assert (found.tasks, doubts(found)) == ([], [])

    def test_the_points_of_a_line_are_read(self) -> None:
        block = ("定义：所占比例。", "资料来源：区城管局", "分值：5分")
        found = plan("1.广告覆盖率", *block, "2.志愿者注册率", *block)
        assert "unread_text" not in [finding.rule for finding in found.findings]


def test_offices_without_a_label_at_the_end_are_reported() -> None:
    found = plan("一、任务", "1.清理占道经营。区城管局、各街道", "2.查处闯红灯。区公安分局", "3.更新海报。区委宣传部")
    ((severity, message),) = doubts(found)
    assert (severity, "3 条在末尾写有单位，没有读作任务" in message) == ("warning", True)


def test_paragraphs_of_units_with_a_colon_are_tasks() -> None:
    lines = ("区文明办：负责统筹协调。", "各村（社区）：每月清理楼道1次，6月底前完成。", "区城管局：负责市容整治。")
    found = plan("二、职责分工", *lines)
    assert values(found, "requirement") == ["负责统筹协调。", "每月清理楼道1次，6月底前完成。", "负责市容整治。"]
    assert parties(found) == ["区文明办", "各村（社区）", "区城管局"]
    assert (paths(found), values(found, "label")) == ([["二 职责分工"]] * 3, [None] * 3)


def test_short_duties_of_offices_and_an_office_with_a_colon_above_a_list() -> None:
    found = plan("宣传部：更新广告。", "城管局：疏导摊点。", "公安局：整治交通。")
    assert parties(found) == ["宣传部", "城管局", "公安局"]
    found = plan("县委宣传部：", "1.更新广告。", "2.组织宣讲。", "县城管局：", "1.疏导摊点。")
    assert parties(found) == ["县委宣传部", "县委宣传部", "县城管局"]


@pytest.mark.parametrize(
    "lines",
    [
        ("区教育局：李明，崔克辉。", "区城管局：王强，孙丽丽。", "区文明办：赵大海。"),
        ("区教育局：已更新公益广告。", "区城管局：已清理小广告。", "区文明办：成效明显，位列第一。"),
        ("区教育局：开展宣讲活动。", "区城管局：清理占道经营。"),
        ("区教育局：完成率100%。", "区城管局：完成率90%。", "区文明办：完成率80%。"),
    ],
)
def test_other_paragraphs_with_units_are_no_tasks(lines: tuple[str, ...]) -> None:
    assert plan("二、有关情况", *lines).tasks == []


def test_paragraphs_that_count_in_words_are_items() -> None:
    found = plan(
        "会议明确以下任务：", "一是整治背街小巷，由区城管局牵头，各街道配合；", "二是规范经营秩序，由市场监管局牵头；",
        "三是清理飞线充电，由区住建局牵头。", "会议强调：", "一要提高认识；二要压实责任。",
    )  # fmt: skip
    assert values(found, "requirement")[-1] == "清理飞线充电，由区住建局牵头。"
    assert values(found, "label") == ["一是", "二是", "三是"]
    assert parties(found) == ["区城管局|各街道", "市场监管局", "区住建局"]


def test_what_counts_in_words_below_an_item_is_a_part_of_it() -> None:
    found = plan(
        "一、任务", "1.整治市容（区城管局牵头）：", "一是清理占道经营；", "二是清理小广告；", "三是清理垃圾。",
        "2.办好宣讲（区委宣传部）。",
    )  # fmt: skip
    assert values(found, "label") == ["1.", "2."]
    assert parties(found) == ["区城管局", "区委宣传部"]


def test_paragraphs_of_a_division_of_labour_are_reported() -> None:
    lines = ("区文明办要统筹协调。", "区教育局负责校园创建。", "区城管局要整治市容。")
    ((severity, message),) = doubts(plan("二、职责分工", *lines))
    assert (severity, "3 处写明某个单位要做什么" in message) == ("warning", True)


def test_a_deadline_with_its_year() -> None:
    found = plan(
        "一、安排", "1.2023年5月10日前：更新海报。", "2.2023年6月底前：修缮路面。", "3.2023年9月底前：开展评选。"
    )
    assert values(found, "deadline") == ["2023年5月10日前", "2023年6月底前", "2023年9月底前"]


def test_what_was_done_in_a_month_of_a_year_is_no_duty() -> None:
    assert (
        plan("一、大事记", "1.2022年3月：召开大会。", "2.2022年5月：通过复核。", "3.2022年9月：获评先进。").tasks == []
    )


def test_paragraphs_that_label_their_units_are_tasks_below_their_month() -> None:
    found = plan(
        "九月·起航", "讲好开学第一课，各校于9月5日前上报视频1部，并在校园网展播。（牵头：教体局；参与：各中小学）",
        "评选礼仪标兵每班2名。（牵头：德育处）", "十月·家国", "参观烈士陵园。（牵头：团县委；参与：退役军人局）",
        "十一月·科学", "举办科技节。（牵头：县科协）",
    )  # fmt: skip
    assert parties(found) == ["教体局|各中小学", "德育处", "团县委|退役军人局", "县科协"]
    assert [path[0][:2] for path in paths(found)] == ["九月", "九月", "十月", "十一"]


def test_two_paragraphs_that_label_units_may_be_of_the_whole_text() -> None:
    assert plan("加强领导。（责任单位：区文明办）", "强化督导。（责任单位：区文明办）").tasks == []


def test_an_office_before_the_bracket_of_those_that_support_it() -> None:
    found = plan("一、任务", "1.开展党日活动。组织处（宣传处、各党支部）", "2.更新文化墙。宣传处（服务中心）")
    assert parties(found) == ["组织处|宣传处/各党支部", "宣传处|服务中心"]
    assert values(found, "requirement") == ["开展党日活动。", "更新文化墙。"]
