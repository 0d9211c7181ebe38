"""Lists of the running text whose items name units, deadlines or questions in one form, and letters that do not."""

from __future__ import annotations

import pytest

from extractors.notice.unit_sentences import take_closing_sentence
from extractors.records import Extraction
from tests.extractors.notice.build import notice, parties, paths, values


def plan(*lines: str) -> Extraction:
    return notice(*lines, head=("丙山区2023年文明创建工作方案",))


def rules(found: Extraction) -> list[str]:
    return [finding.rule for finding in found.findings if finding.rule != "topic_other"]


class TestUnits:
    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("教务处：开好主题班会。", "总务处：维护校园设施。"),
            ("教务处——开好主题班会。", "总务处——维护校园设施。"),
            ("教务处负责开好主题班会。", "总务处负责维护校园设施。"),
            ("开好主题班会。（教务处）", "维护校园设施。（总务处）"),
            ("开好主题班会。（由教务处负责）", "维护校园设施。（总务处牵头）"),
        ],
    )
    def test_at_the_beginning_or_the_end(self, first: str, second: str) -> None:
        found = plan("一、任务", "（一）学风", "1." + first, "（二）环境", "1." + second)
        assert values(found, "requirement") == ["开好主题班会。", "维护校园设施。"]
        assert parties(found) == ["教务处", "总务处"]
        assert paths(found) == [["一 任务", "（一） 学风"], ["一 任务", "（二） 环境"]]
        assert rules(found) == []

    def test_several_units_and_a_labelled_tail(self) -> None:
        found = plan("一、任务", "1.区教育局、团区委：办好夏令营。（完成时限：8月底前）", "2.各社区：张贴公约。")
        assert parties(found) == ["区教育局|团区委", "各社区"]
        assert values(found, "deadline") == ["8月底前", None]

    def test_roles_in_a_bracket(self) -> None:
        found = plan("一、任务", "1.开好班会。（教务处牵头，团委配合）", "2.维护设施。（总务处、保卫处）")
        assert parties(found) == ["教务处|团委", "总务处|保卫处"]
        assert rules(found) == []

    def test_units_and_a_deadline_in_a_bracket(self) -> None:
        found = plan(
            "一、任务", "1.开好班会（教务处牵头，团委、总务处配合，5月底前完成）。", "2.维护设施（总务处牵头，全年）。"
        )
        assert parties(found) == ["教务处|团委/总务处", "总务处"]
        assert values(found, "deadline") == ["5月底前完成", "全年"]
        assert values(found, "requirement") == ["开好班会。", "维护设施。"]

    def test_words_for_no_end_are_a_deadline(self) -> None:
        found = plan("一、任务", "1.开好班会（教务处，团委，持续推进）。", "2.维护设施（总务处，立行立改）。")
        assert parties(found) == ["教务处|团委", "总务处"]
        assert values(found, "deadline") == ["持续推进", "立行立改"]

    def test_a_bracket_of_units_a_semicolon_and_a_time(self) -> None:
        found = plan(
            "一、任务",
            "1.开好班会。（教务处牵头，团委、总务处配合；5月底前完成）",
            "2.维护设施。（总务处负责；每学期初）",
            "3.办好托管班。（团委牵头，各年级组配合；寒暑假）",
            "4.办好书屋。（工会牵头，团委配合，重点）",
        )
        assert parties(found) == ["教务处|团委/总务处", "总务处", "团委|各年级组", "工会|团委"]
        assert values(found, "deadline") == ["5月底前完成", "每学期初", "寒暑假", None]
        assert values(found, "remark") == [None, None, None, "重点"]
        assert rules(found) == []

    def test_a_section_of_one_item_is_read_as_the_others_are(self) -> None:
        found = plan(
            "一、学风",
            "1.开好主题班会。（教务处、团委）",
            "2.办好书屋。（图书馆）",
            "二、环境",
            "3.维护校园设施。（总务处）",
        )
        assert parties(found) == ["教务处|团委", "图书馆", "总务处"]
        assert rules(found) == []

    def test_places_and_notes_beside_a_list_of_duties_are_none(self) -> None:
        found = plan(
            "一、学风",
            "1.开好主题班会。（教务处、团委）",
            "2.办好书屋。（图书馆）",
            "二、点位",
            "1.人民公园（区城管局）",
            "2.和平公园（区园林局）",
            "3.东街医院（区卫健局）",
            "三、样板",
            "1.湖滨公园（区园林局）",
            "注：",
            "1.任务自行分解（教务处）",
            "2.材料每月报送（教务处）",
        )
        assert values(found, "requirement") == ["开好主题班会。", "办好书屋。"]
        assert [f.message for f in found.findings if f.rule == "prose_doubt"] == [
            "“1.人民公园（区城管局）”等 3 条是名称和所属单位，没有写要做什么，不作任务"
        ]

    def test_brackets_beside_labelled_units_are_units(self) -> None:
        found = plan(
            "一、学风",
            "1.开好主题班会。（责任单位：教务处）",
            "2.办好书屋。（责任单位：图书馆，团委）",
            "二、环境",
            "3.维护校园设施。（总务处）",
            "4.设置两处饮水点。（食堂、操场）",
        )
        assert values(found, "requirement") == ["开好主题班会。", "办好书屋。", "维护校园设施。"]
        assert parties(found)[2] == "总务处"

    def test_a_heading_says_who_leads_in_its_items(self) -> None:
        found = plan(
            "一、学风（教务处牵头）",
            "1.开好主题班会。（团委）",
            "2.办好书屋。（教务处、图书馆）",
            "二、环境（牵头单位：总务处）",
            "3.维护校园设施。（保卫处）",
            "4.种好花草。（工会牵头）",
        )
        assert parties(found) == ["教务处|团委", "教务处|图书馆", "总务处|保卫处", "工会"]
        assert paths(found)[::3] == [["一 学风"], ["二 环境"]]

    def test_a_division_of_labour(self) -> None:
        found = plan(
            "一、任务",
            "（一）改造雨污管网。（县住建局牵头，县财政局、城关街道参加）",
            "（二）清理卫生死角。（县城管局、县农业农村局、各乡镇（街道）按职责分工负责）",
            "（三）整治闯红灯行为。（县公安局负责）",
            "（四）建好志愿服务平台，活动线上发布、线下开展，服务对象可以评价。（团县委牵头，各乡镇（街道）参加）",
            "各责任单位要制定具体措施，按时报送进展。",
        )
        assert parties(found) == [
            "县住建局|县财政局/城关街道",
            "县城管局|县农业农村局/各乡镇（街道）",
            "县公安局",
            "团县委|各乡镇（街道）",
        ]
        assert values(found, "requirement")[-1] == "建好志愿服务平台，活动线上发布、线下开展，服务对象可以评价。"
        assert rules(found) == []

    def test_a_second_paragraph_of_an_item_stays_in_it(self) -> None:
        others = ("2.办好书屋。（县文旅局负责）", "3.办好食堂。（县民政局负责）")
        found = plan("一、任务", "1.办好讲堂。（县教育局负责）", "每季度不少于一期。", *others)
        assert values(found, "requirement") == ["办好讲堂。\n每季度不少于一期。", "办好书屋。", "办好食堂。"]
        assert parties(found) == ["县教育局", "县文旅局", "县民政局"]

    def test_units_in_brackets_of_another_form_are_reported(self) -> None:
        items = (
            "1.开展宣讲。（市委宣传部：3月起；共12场）",
            "2.张贴海报。（市城管局：4月）",
            "3.播放短片。（市文旅局：3处）",
        )
        found = plan("一、任务", *items)
        assert values(found, "requirement") == []
        (doubt,) = [finding for finding in found.findings if finding.rule == "prose_doubt"]
        assert "3 条在末尾写有单位，没有读作任务" in doubt.message

    def test_paragraphs_that_say_what_an_office_has_to_do_are_reported(self) -> None:
        lines = ("一月", "区妇联要办好家风宣讲3场。", "区教育局要开展志愿服务。", "二月", "区文旅局须组织灯谜会。")
        (doubt,) = [finding for finding in plan(*lines).findings if finding.rule == "prose_doubt"]
        assert (doubt.severity, doubt.locator) == ("warning", "第3段")
        assert "3 处写明某个单位要做什么，没有读作任务" in doubt.message

    @pytest.mark.parametrize(
        "lines",
        [
            ("区妇联要办好家风宣讲。", "区教育局要开展志愿服务。"),
            ("各单位要高度重视。", "各县区要落实责任。", "全体干部要积极参与。"),
            (
                "1.区妇联：办好宣讲。",
                "2.区教育局：开展服务。",
                "区妇联要带头。",
                "区教育局要配合。",
                "区文旅局要参加。",
            ),
        ],
    )
    def test_few_of_them_all_units_and_those_beside_tasks_are_not(self, lines: tuple[str, ...]) -> None:
        assert "prose_doubt" not in rules(plan("一、任务", *lines))

    def test_documents_and_places_in_brackets_are_no_duties(self) -> None:
        items = ("1.高度重视（市委文件已明确）。", "2.成立专班（附件1）。", "3.查看点位（医院、社区，各1处）。")
        found = plan("一、要求", *items)
        assert (values(found, "requirement"), rules(found)) == ([], [])

    def test_all_units_of_a_kind_in_brackets(self) -> None:
        found = plan("一、任务", "1.清理楼道杂物（各社区）", "2.设置公益广告（各学校）", "3.开展志愿服务（各单位）")
        assert parties(found) == ["各社区", "各学校", "各单位"]

    def test_a_title_before_the_unit(self) -> None:
        found = plan("一、任务", "1.建设书香校园。教务处：办好读书节。", "2.建设平安校园。保卫处：排查隐患。")
        assert values(found, "requirement") == ["建设书香校园。办好读书节。", "建设平安校园。排查隐患。"]
        assert parties(found) == ["教务处", "保卫处"]

    def test_sentences_that_put_units_in_charge(self) -> None:
        found = plan(
            "一、任务",
            "（一）整治市容。由区城管局牵头，各街道配合，清理主次干道。",
            "（二）整治交通。由公安分局负责，设置引导员。",
            "（三）加强宣传。由区委宣传部牵头，更新公益广告。",
        )
        assert parties(found) == ["区城管局|各街道", "公安分局", "区委宣传部"]
        assert values(found, "requirement")[1] == "整治交通。由公安分局负责，设置引导员。"

    def test_who_answers_for_the_unit(self) -> None:
        found = plan("一、任务", "1.教务处——责任人：周明。开好主题班会。", "2.总务处——责任人：郑红。维护设施。")
        assert values(found, "persons") == [["周明"], ["郑红"]]
        assert values(found, "requirement") == ["开好主题班会。", "维护设施。"]

    def test_a_heading_beside_headings_of_units_that_is_no_unit_is_told(self) -> None:
        found = plan(
            "一、分工",
            "（一）区教育局",
            "1.整治校园周边秩序。",
            "（二）区民政局",
            "1.办好长者食堂。",
            "（三）各镇街",
            "1.整治背街小巷。",
            "（四）其他事项",
            "1.按时报送材料。",
        )
        assert parties(found) == ["区教育局", "区民政局", "各镇街"]
        (doubt,) = [f.message for f in found.findings if f.rule == "prose_doubt"]
        assert doubt == "“1.按时报送材料”所在的条目中有 1 条的上级标题不是单位名称，没有读作任务，请对照原文"

    @pytest.mark.parametrize("mark", ["", "——责任人：周明"])
    def test_headings(self, mark: str) -> None:
        found = plan("一、分工", "（一）教务处" + mark, "1.开好班会。", "2.办好橱窗。", "（二）总务处", "1.维护设施。")
        assert parties(found) == ["教务处", "教务处", "总务处"]
        assert [i.name for i in found.indicators] == ["分工", "教务处", "总务处"]
        assert values(found, "persons")[0] == (["周明"] if mark else [])

    def test_headings_that_ask_units_to_do_the_items_below(self) -> None:
        found = plan(
            "一、请区教育局抓好下列事项",
            "1.制作校园公约（4月10日前）。",
            "2.开展主题实践（每季度）。",
            "二、请区住建局抓好下列事项",
            "1.粉刷老旧楼道（8月底前）。",
            "三、请区公安局、区城管局共同抓好下列事项",
            "1.整治乱停乱放（长期坚持）。",
            "以上事项请于每月25日前反馈我办。特此函达。",
        )
        assert parties(found) == ["区教育局", "区教育局", "区住建局", "区公安局|区城管局"]
        assert values(found, "deadline") == ["4月10日前", "每季度", "8月底前", "长期坚持"]
        assert values(found, "requirement")[-1] == "整治乱停乱放。"
        assert "unread_text" not in rules(found)

    def test_the_year_of_what_an_item_names_is_no_deadline(self) -> None:
        found = plan("一、任务", "1.教务处：落实《评选标准》（2023年）。", "2.总务处：维护校园设施（6月底前）。")
        assert values(found, "deadline") == [None, "6月底前"]

    def test_labels_with_a_bracket(self) -> None:
        found = plan("一、任务", "1.整治厕所", "工作目标：每日保洁", "责任股室（单位）：基建股、各医院")
        assert values(found, "requirement") == ["整治厕所\n工作目标：每日保洁"]
        assert parties(found) == ["基建股|各医院"]

    def test_items_that_are_written_otherwise_are_told(self) -> None:
        found = plan(
            "一、任务", "1.教务处：开好班会。", "2.总务处：维护设施。", "3.团委：组织志愿服务。", "4.争创一流。"
        )
        assert len(found.tasks) == 3
        assert rules(found) == ["prose_doubt"]

    def test_an_item_that_is_written_otherwise_is_told_once_in_several_sections(self) -> None:
        first = ("（一）学风", "1.教务处：开好班会。", "2.团委：办好讲座。", "3.加强领导。")
        found = plan("一、任务", *first, "（二）环境", "1.总务处：维护设施。", "2.保卫处：排查隐患。")
        assert (parties(found), rules(found)) == (["教务处", "团委", "总务处", "保卫处"], ["prose_doubt"])

    def test_an_item_without_the_units_of_the_others_is_told(self) -> None:
        found = plan("一、任务", "1.开好班会。（责任处室：教务处）", "2.维护设施。（责任处室：总务处）", "3.争创一流。")
        assert (len(found.tasks), rules(found)) == (2, ["prose_doubt"])

    def test_an_item_that_counts_on_from_labelled_ones_without_units_is_told(self) -> None:
        lines = ("1、开展检查评比。\n责任科室：办公室", "2、建立工作台账。\n责任科室：总务科")
        first = ("（一）组织管理", *(part for line in lines for part in line.split("\n")))
        found = notice("一、重点工作", *first, "（二）文明服务", "3、加强职业道德教育，规范窗口服务。")
        assert len(found.tasks) == 2
        (doubt,) = [finding for finding in found.findings if finding.rule == "prose_doubt"]
        assert "连续编号" in doubt.message
        assert "职业道德教育" in doubt.message
        found = notice("一、重点工作", *first, "（二）文明服务", "1、加强职业道德教育，规范窗口服务。")
        assert not [finding for finding in found.findings if finding.rule == "prose_doubt"]

    def test_items_without_units_between_those_with_a_line_below_are_told(self) -> None:
        found = notice(
            "一、任务",
            "1.刊播公益广告。",
            "2.举办道德讲堂。",
            "牵头单位：宣传科",
            "3.选树模范。",
            "4.组织志愿服务。",
            "牵头单位：团委",
        )
        assert (len(found.tasks), [f.rule for f in found.findings if f.severity == "warning"]) == (2, ["prose_doubt"])

    def test_a_time_limit_above_or_below_who_leads_below_a_list(self) -> None:
        items = ("1.刊播公益广告。", "2.举办道德讲堂。")
        for lines in (("完成时限：6月底", "牵头单位：宣传科"), ("牵头单位：宣传科", "完成时限：6月底")):
            found = notice("一、任务", *items, *lines)
            assert (parties(found), values(found, "deadline")) == (["宣传科"] * 2, ["6月底"] * 2)
        own = ("1.刊播公益广告。", "牵头单位：宣传科", "2.举办道德讲堂。", "牵头单位：团委", "完成时限：6月底")
        assert values(notice("一、任务", *own), "deadline") == [None, "6月底"]

    def test_the_name_of_an_office_on_a_line_of_its_own(self) -> None:
        duties = ("负责学校的创建工作。", "负责组织志愿服务活动。", "负责家庭教育和文明家庭评选。")
        lines = zip(("（一）县教育局", "（二）团县委", "（三）县妇联"), duties, strict=True)
        found = notice("成员单位工作职责", *(part for line in lines for part in line))
        assert parties(found) == ["县教育局", "团县委", "县妇联"]
        assert values(found, "requirement") == list(duties)
        found = notice(
            "工作职责", "（一）县教育局", duties[0], "（二）团县委", "县妇联", duties[1], "（三）县文明办", duties[2]
        )
        assert parties(found) == ["县教育局", "团县委|县妇联", "县文明办"]
        found = notice(
            "工作职责",
            "1.县教育局",
            "（1）" + duties[0],
            "（2）办好家长学校。",
            "2.县妇联",
            duties[2],
            "3.县公安局",
            "（1）维护交通秩序。",
            "（2）治安巡逻。",
        )
        assert parties(found) == ["县教育局", "县教育局", "县妇联", "县公安局", "县公安局"]

    def test_words_that_end_alike_are_no_units_in_a_frame(self) -> None:
        items = ("1、时长达到50小时的，授予一星级；", "2、时长达到100小时的，授予二星级；")
        found = notice("一、奖励办法", *items, "二、处罚办法", "1、三次无故缺席的，注销身份；", "2、侮辱他人的，除名。")
        assert found.tasks == []


class TestOtherForms:
    def test_months(self) -> None:
        found = plan("一、全年任务", "1.3月：学雷锋。", "2.4月至6月：办好读书节。", "3.10月中旬，慰问老人。")
        assert values(found, "deadline") == ["3月", "4月至6月", "10月中旬"]
        assert [str(d.ends_on) for d in found.task_deadlines] == ["2023-03-31", "2023-06-30", "2023-10-20"]
        assert values(found, "requirement") == ["学雷锋。", "办好读书节。", "慰问老人。"]

    def test_labelled_deadlines(self) -> None:
        found = plan("一、任务", "1.更新橱窗。（完成时限：5月底前）", "2.修缮道路。（完成时限：9月底前）")
        assert values(found, "deadline") == ["5月底前", "9月底前"]

    def test_times_in_brackets_at_the_end(self) -> None:
        first, second, third = "完成公益广告更新", "修缮破损的道路", "开展文明交通劝导"
        found = plan("一、任务", f"1.{first}（5月底前）。", f"2.{second}（9月底前）。", f"3.{third}（每周）。")
        assert values(found, "deadline") == ["5月底前", "9月底前", "每周"]
        assert values(found, "requirement") == [first + "。", second + "。", third + "。"]

    def test_amounts_in_brackets_are_no_times(self) -> None:
        lines = ("1.完成公益广告更新（3处）。", "2.修缮破损的道路（2条）。", "3.开展文明交通劝导（市级）。")
        assert plan("一、任务", *lines).tasks == []

    def test_events_and_awards_with_a_day_in_brackets_are_no_tasks(self) -> None:
        assert (
            plan("一、议程", "1.开幕仪式（5月4日）。", "2.经验交流（5月5日）。", "3.现场观摩（5月6日）。").tasks == []
        )

    def test_questions_of_a_survey_check_nothing(self) -> None:
        assert plan("一、问卷", "1.您是否本市居民？", "2.您是否满意绿化？", "3.你是否常去图书馆？").tasks == []

    def test_questions(self) -> None:
        found = plan("一、自查", "1.是否成立小组？", "2.是否制定计划？", "3.有无专人负责？")
        assert values(found, "requirement") == ["是否成立小组？", "是否制定计划？", "有无专人负责？"]


class TestHeadingsThatGiveNoTask:
    LINES = ("甲、街面秩序（市城管局、市交警支队领办，各街道跟进）", "〔1〕取缔马路市场。", "〔2〕规范停车。")
    OTHERS = ("乙、窗口服务（领办单位：市行政审批局）", "〔1〕公开承诺事项。", "〔2〕设置便民窗口。")

    def test_offices_at_the_ends_of_headings_are_reported(self) -> None:
        found = plan(*self.LINES, *self.OTHERS)
        (doubt,) = [f for f in found.findings if f.rule == "prose_doubt"]
        assert (found.tasks, doubt.severity) == ([], "warning")
        assert "有 2 个标题在末尾写有单位" in doubt.message
        assert "prose_doubt" not in rules(plan(*self.LINES))

    def test_who_leads_and_who_supports_in_the_bracket_of_a_heading_do_its_items(self) -> None:
        first, *items = self.LINES
        found = plan(
            first.replace("领办", "牵头").replace("跟进", "配合"),
            *items,
            "乙、窗口服务（市行政审批局牵头）",
            self.OTHERS[1],
        )
        roles = [(row.party, row.role) for row in found.task_parties]
        assert roles[:3] == [("市城管局", "lead"), ("市交警支队", "lead"), ("各街道", "support")]
        assert roles[6:] == [("市行政审批局", "lead")]
        assert [path[0] for path in paths(found)] == ["甲 街面秩序"] * 2 + ["乙 窗口服务"]

    def test_offices_alone_in_the_brackets_of_several_headings_do_their_items(self) -> None:
        found = plan(
            "一、市容环境（市城管局、各街道）", "1.清理占道经营。", "2.规范停车泊位。（责任单位：交警支队）",
            "二、校园周边（市教育局）（20分）", "1.整治小摊贩。", "三、楼道（各社区）", "1.清理杂物。",
            "四、宣传（贯穿全年）", "1.更新公益广告。",
        )  # fmt: skip
        assert parties(found) == ["市城管局|各街道", "交警支队", "市教育局", "各社区"]
        assert [path[0] for path in paths(found)] == ["一 市容环境"] * 2 + ["二 校园周边", "三 楼道"]
        assert [indicator.points for indicator in found.indicators] == [None, 20, None]

    def test_an_office_in_the_bracket_of_one_heading_alone_may_be_its_name(self) -> None:
        found = plan("一、服务窗口（市政务局）", "1.公开承诺。", "二、环境", "1.清理垃圾。")
        assert found.tasks == []

    def test_stems_and_square_brackets_number_items(self) -> None:
        lines = [line.replace("领办", "牵头").replace("跟进", "配合") for line in (*self.LINES, *self.OTHERS)]
        found = plan(*lines)
        assert values(found, "label") == ["〔1〕", "〔2〕"] * 2
        assert [path[0].split()[0] for path in paths(found)] == ["甲", "甲", "乙", "乙"]


class TestDemandsThatGiveNoTask:
    LINES = (
        "一、工作安排",
        "1.组织志愿服务活动，每月不少于2次。",
        "2.开展文明交通劝导，每周不少于3天。",
        "3.完成公益广告更新，覆盖率达到95%以上。",
        "4.开展宣讲活动，全年不少于8场。",
    )

    def test_several_with_an_amount_are_reported(self) -> None:
        found = plan(*self.LINES)
        (doubt,) = [f for f in found.findings if f.rule == "prose_doubt"]
        assert (found.tasks, doubt.severity) == ([], "warning")
        assert "有 4 条提出了有数量或频次的要求，没有读作任务" in doubt.message

    def test_points_of_a_rubric_that_lost_its_lines_are_reported(self) -> None:
        lost = "1厕所整洁随机走访。有一户不能使用扣2分。10 2村庄清洁未按时评比的扣5分。5 3垃圾清运有露天垃圾的扣1分。10"
        found = notice(lost)
        (doubt,) = [f for f in found.findings if f.rule == "prose_doubt"]
        assert (found.tasks, doubt.severity) == ([], "warning")
        assert "有 3 处写有分值或扣分" in doubt.message
        examination = "选择题答对得30分，填空题（20分），作文（50分），请在答题卡上作答。"
        assert "prose_doubt" not in rules(notice(examination, head=("期末试卷",)))

    def test_a_few_in_a_letter_are_not(self) -> None:
        assert "prose_doubt" not in rules(plan(*self.LINES[:-1]))


class TestWhatIsNone:
    def test_places_to_look_at_are_no_units(self) -> None:
        found = plan("一、点位", "1.医院：设有志愿服务站。", "2.公园：设施完好。", "3.社区：楼道整洁。")
        assert (found.tasks, rules(found)) == ([], ["prose_doubt"])

    @pytest.mark.parametrize(
        "lines",
        [
            ("一、高度重视。各单位要加强领导。", "二、加强宣传。", "三、严格督查。各部门要按月通报。"),
            ("一、要求", "1.各单位：要按时报送材料。", "2.各科室：要指定专人。"),
            (
                "一、参会人员",
                "1.区委宣传部：全体干部。",
                "2.区教育局：分管领导、科室负责人。",
                "3.区法院：政治部主任。",
            ),
            ("一、机构", "1.综合协调组：王丽、赵强", "2.宣传报道组：陈晨、刘洋"),
            ("一、领导小组", "1.组长：王丽", "二、参加单位", "1.区教育局、区民政局", "2.区法院"),
            ("一、申报程序", "1.单位申报：填写申报表。", "2.组织考核：实地查看。", "3.社会公示：公示七天。"),
            ("一、问答", "1.什么是文明单位？", "2.怎样申报？"),
            ("一、实施步骤", "1.3月：动员部署。", "2.4月：组织实施。", "3.9月：总结提高。"),
            ("一、区教育局", "1.办好学校。", "二、有关要求", "1.提高认识。", "2.加强协作。"),
            (
                "一、任务",
                *("（一）区教育局", "1.办好学校。", "（二）区民政局", "1.建好养老驿站。"),
                *("（三）环境整治", "1.清理河道。", "（四）文化惠民", "1.举办展览。"),
            ),
            ("一、附则", "1.本办法由区文明办负责解释。", "2.本办法自印发之日起施行。", "3.原办法废止。"),
            ("一、汇报", "1.东城街道：已更新公益广告。", "2.西城街道：均已完成整改。"),
            ("一、形势", "1.成绩来之不易。得分92分。", "2.问题不容忽视。", "3.任务十分艰巨。"),
        ],
    )
    def test_letters_rosters_and_speeches(self, lines: tuple[str, ...]) -> None:
        found = plan(*lines)
        assert values(found, "requirement") == []


class TestClosingSentences:
    def test_who_does_what_is_above_and_when(self) -> None:
        found = plan(
            "一、重点任务",
            "（一）组织合规知识测试2次。由合规部牵头，人力部、各支行配合，9月底前完成。",
            "（二）整治网点环境，更换破损标牌。由安保部负责，每月末完成。",
            "（三）开展家访活动。由工会牵头。",
        )
        assert values(found, "requirement") == [
            "组织合规知识测试2次。", "整治网点环境，更换破损标牌。", "开展家访活动。",
        ]  # fmt: skip
        assert parties(found) == ["合规部|人力部/各支行", "安保部", "工会"]
        assert values(found, "deadline") == ["9月底前", "每月末", None]
        assert rules(found) == []

    def test_a_sentence_that_closes_one_item_and_goes_on_in_another(self) -> None:
        found = plan(
            "一、营造氛围",
            "1.更新电子屏内容。由区教育局牵头，全年完成。",
            "2.布置诚信专区。由区发改局负责，6月底前完成。",
            "二、优化服务",
            "1.梳理高频事项80项。由区大数据局牵头，6月20日前完成。",
            "2.开展满意度回访。由热线办负责，做好台账。",
        )
        assert values(found, "requirement") == [
            "更新电子屏内容。", "布置诚信专区。", "梳理高频事项80项。", "开展满意度回访。由热线办负责，做好台账。",
        ]  # fmt: skip
        assert parties(found) == ["区教育局", "区发改局", "区大数据局", "热线办"]
        assert values(found, "deadline") == ["全年", "6月底前", "6月20日前", None]

    def test_another_last_sentence_stays(self) -> None:
        found = plan(
            "一、重点任务",
            "（一）组织合规知识测试2次。由专人负责，建立台账。（区教育局）",
            "（二）整治网点环境。由区总工会负责，做好前期准备。（区公安分局）",
        )
        assert values(found, "requirement") == [
            "组织合规知识测试2次。由专人负责，建立台账。", "整治网点环境。由区总工会负责，做好前期准备。",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("closing", "time"),
        [("9月底前完成", "9月底前"), ("5月和9月完成", "5月和9月"), ("长期坚持", "长期坚持"), ("做好前期准备", None)],
    )
    def test_a_time_and_what_else_is_to_be_done(self, closing: str, time: str | None) -> None:
        found = take_closing_sentence(f"整治网点环境。由区总工会牵头，{closing}。")
        assert (found.fields[-1][1] if found else None) == time


class TestItemsByNumber:
    def test_what_a_section_says_of_each_of_its_items(self) -> None:
        found = plan(
            "一、网络宣传",
            "1.开设理论专栏，更新稿件200篇。", "2.举办网络宣讲20场。", "3.推出短视频作品。", "4.制作海报。",
            "责任分工：第1项由区委宣传部牵头，区融媒体中心配合；第2至3项由区委网信办牵头；第4项区文联负责。",
            "完成时限：第1、4项6月底前；第2项全年；第3项10月底前。",
        )  # fmt: skip
        assert parties(found) == ["区委宣传部|区融媒体中心", "区委网信办", "区委网信办", "区文联"]
        assert values(found, "deadline") == ["6月底前", "全年", "10月底前", "6月底前"]


class TestRequests:
    @pytest.mark.parametrize(
        "asked",
        [
            "请办公室、团委、各院系于3月31日前将总结报区委宣传部。",
            "请于6月10日前报送广告清单。",
            "请各单位高度重视，于6月10日前将总结报送至区文明办。",
        ],
    )
    def test_who_is_asked_to_hand_something_in_by_a_day(self, asked: str) -> None:
        found = plan("各单位开展了丰富活动。", asked)
        ((severity, message),) = [(f.severity, f.message) for f in found.findings if f.rule == "prose_doubt"]
        assert (severity, "1 段请有关单位限期报送" in message) == ("warning", True)

    def test_units_that_are_asked_in_one_sentence(self) -> None:
        found = plan("一、分工", "区城管局牵头负责整治，区住建局负责物业监管，区公安局组织疏导车辆。")
        assert ["3 处写明某个单位要做什么" in f.message for f in found.findings if f.severity == "warning"] == [True]

    def test_departments_of_a_kind_above_their_duties(self) -> None:
        found = plan("一、分工", "（一）文化部门职责、任务", "1.取缔网吧", "（二）卫生部门职责、任务", "1.监管食堂")
        assert parties(found) == ["文化部门", "卫生部门"]


class TestUnitsInSentences:
    @pytest.mark.parametrize(
        ("sentence", "units"),
        [
            ("整治市场秩序，由市场监管局牵头，各街道配合。", "市场监管局|各街道"),
            ("整治市场秩序，市场监管局牵头，各街道、环卫所参加。", "市场监管局|各街道/环卫所"),
            ("整治市场秩序，市场监管局负责，商务局协同。", "市场监管局|商务局"),
            ("由教育局、公安分局分别牵头，各村（社区）协办，整治校园周边。", "教育局+公安分局|各村（社区）"),
            ("由教育局总牵头，整治校园周边。", "教育局"),
            ("巡查机制。由城管办牵头，各村（社区）每日巡查2次，24小时内整改。", "城管办|各村（社区）"),
        ],
    )
    def test_that_lead_and_that_support(self, sentence: str, units: str) -> None:
        found = plan("一、任务", f"1.{sentence}", "2.由团委牵头，办好夏令营。")
        assert parties(found) == [units, "团委"]
        assert values(found, "requirement")[0] == sentence

    @pytest.mark.parametrize(
        "sentence", ["各级干部负责，落实到位。", "牵头单位负责，群众参与。", "各项工作由点到面推进。"]
    )
    def test_without_an_office_nobody_is_in_charge(self, sentence: str) -> None:
        assert plan("一、要求", f"1.{sentence}", f"2.{sentence}", f"3.{sentence}").tasks == []


class TestMonths:
    def test_a_month_alone_is_the_heading_of_what_stands_below(self) -> None:
        found = plan("三月", "1.签订责任书", "2.开展植树活动", "四月", "1.祭扫烈士墓", "五月", "1.慰问环卫工人")
        assert paths(found) == [["三月"], ["三月"], ["四月"], ["五月"]]
        assert [d.starts_on.month for d in found.task_deadlines if d.starts_on] == [3, 3, 4, 5]

    def test_a_plan_by_months_without_numbers(self) -> None:
        found = plan(
            "1月份：走访慰问困难群众30户（责任人：崔克辉；配合单位：民政办）",
            "2月份：举办元宵灯谜会，发放纪念品100份，邀请辖区内企业和学校的代表参加活动",
            "3月份：组织学雷锋志愿服务5次。5月底前总结（责任单位：团区委；完成时限：4月底前）",
            "4月份：",
            "1.祭扫烈士墓1次",
            "2.开好母亲节座谈会（责任单位：区妇联）",
        )
        assert values(found, "requirement") == [
            "走访慰问困难群众30户", "举办元宵灯谜会，发放纪念品100份，邀请辖区内企业和学校的代表参加活动",
            "组织学雷锋志愿服务5次。5月底前总结", "祭扫烈士墓1次", "开好母亲节座谈会",
        ]  # fmt: skip
        assert values(found, "deadline") == ["1月份", "2月份", "4月底前", None, None]
        assert [(d.raw, d.basis) for d in found.task_deadlines][-1] == ("4月份", "header")
        assert paths(found)[-1] == ["4月份"]

    @pytest.mark.parametrize(
        ("marks", "deadlines"),
        [
            (("9月", "11月", "12月", "1月", "3月"), ["9月", "11月", "12月", "1月", "3月"]),
            (("2025年9月", "2025年12月", "2026年1月"), ["2025年9月", "2025年12月", "2026年1月"]),
            (("1月", "2月", "2月", "12月"), ["1月", "2月", "2月", "12月"]),
            (("3月上旬", "4月5日前", "5月—6月", "7、8月"), ["3月上旬", "4月5日前", "5月—6月", "7、8月"]),
        ],
    )
    def test_months_of_a_school_year_parts_of_months_and_several(
        self, marks: tuple[str, ...], deadlines: list[str]
    ) -> None:
        found = plan(*(f"{mark}：组织宣讲活动，由团委牵头，各班参加。" for mark in marks), "请各单位结合实际组织实施。")
        assert values(found, "deadline") == deadlines
        assert set(values(found, "requirement")) == {"组织宣讲活动，由团委牵头，各班参加。"}
        assert set(parties(found)) == {"团委|各班"}

    def test_a_report_tells_what_was_done_in_each_month(self) -> None:
        lines = ("3月：组织志愿者清理环境。", "5月：组织送戏下乡。", "8月：组织暑期课堂。")
        assert len(notice(*lines, head=("某镇2024年文明单位申报工作计划",)).tasks) == 3
        assert notice(*lines, head=("某镇2024年工作回顾",)).tasks == []

    @pytest.mark.parametrize(
        "lines",
        [
            ("3月：学雷锋活动月。", "4月：祭扫烈士墓。"),
            ("1月：城管局台账不全，扣2分。", "2月：教育局缺席，扣3分。", "3月：公安局迟报，扣1分。"),
            ("1月：王芳、李强", "2月：张伟、赵敏", "3月：孙丽、周杰"),
            ("3月：开展了学雷锋活动。", "4月：举办了朗诵会。", "5月：慰问环卫工人，已发放物资。"),
            ("3月：学雷锋活动月。", "5月：慰问环卫工人。", "4月：祭扫烈士墓。"),
        ],
    )
    def test_few_months_or_in_no_order_are_no_plan(self, lines: tuple[str, ...]) -> None:
        assert plan("一、活动", "（一）安排", *lines).tasks == []


class TestLabelsWithLetters:
    def test_items_below_headings_in_brackets(self) -> None:
        found = plan(
            "【班子建设】", "A1 研究创建工作，每学期2次。（党办）", "A2 落实责任制。（宣传部）",
            "【文化建设】", "B1 建设文化墙。（宣传部、后勤处）", "B2.举办艺术节1届。（团委）",
        )  # fmt: skip
        assert [task.label for task in found.tasks] == ["A1", "A2", "B1", "B2."]
        assert parties(found) == ["党办", "宣传部", "宣传部|后勤处", "团委"]
        assert paths(found) == [["班子建设"], ["班子建设"], ["文化建设"], ["文化建设"]]

    def test_a_size_of_paper_is_no_label(self) -> None:
        found = plan("一、要求", "1.编印手册（宣传部）", "2.张贴海报（团委）", "A4纸打印，双面。", "A3 纸张贴。")
        assert [task.label for task in found.tasks] == ["1.", "2."]
