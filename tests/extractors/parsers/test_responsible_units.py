"""Responsible units: cells as notices write them."""

from __future__ import annotations

import pytest

from extractors.parsers.responsible_units import looks_like_party, split_parties
from extractors.parsers.unit_lexicon import collect_parties
from extractors.parsers.unit_roles import matrix_role

CELLS = [
    "法宣科",
    "综合科",
    "人事科",
    "办公室",
    "市局基政科",
    "市局办公室",
    "机关党委 纪委 工会 办公室",
    "法宣科\n综合科",
    "投资一股",
    "局属各\n单位市\n局基政\n科",
    "院感科\n后勤保障科",
]
BODY = "由机关纪委和人事科检查。注：表中“政工”指政治工作科。"


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("法宣科", ["法宣科"]),
        ("机关党\n委", ["机关党委"]),
        ("信息\n化科", ["信息化科"]),
        ("综合\n法宣", ["综合科", "法宣科"]),
        ("法宣科\n、基地", ["法宣科", "基地"]),
        ("法宣科综合科", ["法宣科", "综合科"]),
        ("办公室\n投资一\n股", ["办公室", "投资一股"]),
        ("局属各单位市局办公室市局基政科", ["局属各单位", "市局办公室", "市局基政科"]),
        ("市低保\n局市救\n助站", ["市低保局", "市救助站"]),
        ("局属各\n单位市\n局办公\n室机关\n各科室", ["局属各单位", "市局办公室", "机关各科室"]),
        ("机关党委纪委工会办公室", ["机关党委", "机关纪委", "工会", "办公室"]),
        ("院感科后勤保障科", ["院感科", "后勤保障科"]),
        ("各科室（单位）", ["各科室（单位）"]),
        ("各镇（街、区）、县直各部门单位", ["各镇（街、区）", "县直各部门单位"]),
        ("局属各单位党组织", ["局属各单位党组织"]),
        ("人事科提报", ["人事科"]),
        ("区城管局、各街道分别负责落实", ["区城管局", "各街道"]),
        ("政工", ["政治工作科"]),
        ("宣传科；教务科/保卫科", ["宣传科", "教务科", "保卫科"]),
        ("【提供材料部门：财务科】", ["财务科"]),
        ("牵头部门：办公室 配合单位：各股室（队、所）", ["办公室", "各股室（队、所）"]),
        ("----", []),
        ("W175 PT", []),
        ("勿'公至", []),
    ],
)
def test_names(cell: str, names: list[str]) -> None:
    assert [p.name for p in split_parties(cell, collect_parties([*CELLS, cell], BODY))] == names


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("县水务局、各镇人民政府按职责分工分别负责", ["县水务局", "各镇人民政府"]),
        ("县水务局牵头，县林业局、县城管局等按照各自职责抓好落实", ["县水务局", "县林业局", "县城管局"]),
        ("县水务局根据职能配合", ["县水务局"]),
        ("县职责管理局", ["县职责管理局"]),
        ("县退役军人事务局牵头，团县委配合", ["县退役军人事务局", "团县委"]),
    ],
)
def test_how_a_duty_is_shared_is_no_part_of_a_name(cell: str, found: list[str]) -> None:
    assert [p.name for p in split_parties(cell, collect_parties([cell], ""))] == found


def test_roles_and_scopes() -> None:
    lexicon = collect_parties(CELLS, BODY)
    scoped = split_parties("①法宣②机关党委", lexicon)
    assert [(p.name, p.raw, p.role, p.scope) for p in scoped] == [
        ("法宣科", "法宣", "lead", "①"),
        ("机关党委", "机关党委", "support", "②"),
    ]
    labelled = split_parties("牵头单位：人事科；配合单位：办公室、法宣科", lexicon)
    assert [(p.name, p.role) for p in labelled] == [("人事科", "lead"), ("办公室", "support"), ("法宣科", "support")]
    assert [p.role for p in split_parties("办公室、人事科", lexicon, "support")] == ["support", "support"]


def test_looks_like_party() -> None:
    assert looks_like_party("县教育局、团县委")
    assert not looks_like_party("材料审核")
    assert all(map(looks_like_party, ["人民银行", "市农商行", "县支行", "信用社"]))
    assert not any(map(looks_like_party, ["文明出行", "道路通行", "参照执行"]))
    assert not looks_like_party("建立健全各项制度，落实到科")


@pytest.mark.parametrize(("mark", "role"), [("★", "lead"), ("√", "support"), ("", None), ("—", None), ("牵头", "lead")])
def test_matrix_role(mark: str, role: str | None) -> None:
    assert matrix_role(mark) == role


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("各县市区、各有关单位", ["各县市区", "各有关单位"]),
        ("教体局,公安局；民政局", ["教体局", "公安局", "民政局"]),
        ("县农业农村局 县住建局 县城管局", ["县农业农村局", "县住建局", "县城管局"]),
        ("市委宣传部\n\n市文明办", ["市委宣传部", "市文明办"]),
        ("工会、团委、妇联", ["工会", "团委", "妇联"]),
        ("机关党委（人事科）", ["机关党委（人事科）"]),
        ("由县商务局牵头，县城管局配合", ["县商务局", "县城管局"]),
        ("县文明办和团县委牵头", ["县文明办", "团县委"]),
        ("县教育局联合团县委", ["县教育局", "团县委"]),
        ("县工商业联合会", ["县工商业联合会"]),
        ("县文明办、共青团县委、县妇联", ["县文明办", "共青团县委", "县妇联"]),
        ("县教育局等", ["县教育局"]),
        ("办公室牵头，各科室配合", ["办公室", "各科室"]),
        ("人事科、人事科", ["人事科"]),
        ("领导班子成员", ["领导班子成员"]),
        ("——", []),
        ("无", []),
        ("", []),
    ],
)
def test_more_names(cell: str, names: list[str]) -> None:
    assert [p.name for p in split_parties(cell, collect_parties([cell], ""))] == names


def test_a_short_form_is_expanded_by_the_notice_only() -> None:
    assert [p.name for p in split_parties("法宣", collect_parties(["法宣"], ""))] == ["法宣"]
    assert [p.name for p in split_parties("纪委", collect_parties(["纪委"], ""))] == ["纪委"]
    assert [p.name for p in split_parties("法宣", collect_parties(["法宣", "法宣处"], ""))] == ["法宣处"]


def test_a_role_in_brackets() -> None:
    cell = "县教育局（牵头）、县公安局（配合）"
    found = [(p.name, p.role) for p in split_parties(cell, collect_parties([cell], ""))]
    assert found == [("县教育局", "lead"), ("县公安局", "support")]


@pytest.mark.parametrize(
    ("cell", "roles"),
    [
        ("县公安局、县城管局牵头，城关镇配合", ["lead", "lead", "support"]),
        ("县公安局牵头，县城管局、城关镇配合", ["lead", "support", "support"]),
        ("县公安局、县城管局（牵头）", ["support", "lead"]),
        ("县公安局牵头；县城管局、城关镇", ["lead", "support", "support"]),
        ("县公安局、县城管局配合", ["lead", "support"]),
        ("县公安局；县城管局牵头", ["support", "lead"]),
        ("牵头单位：县公安局，县城管局、城关镇配合", ["lead", "support", "support"]),
        ("县公安局、县城管局共同牵头，城关镇配合", ["lead", "lead", "support"]),
        ("县公安局、县城管局，县城管局牵头", ["support", "lead"]),
        ("县公安局牵头，县城管局、城关镇具体负责", ["lead", "support", "support"]),
        ("县公安局（牵头单位）、县城管局（配合单位）", ["lead", "support"]),
        ("县公安局牵头\n县城管局配合\n城关镇配合", ["lead", "support", "support"]),
        ("县公安局（县城管局、城关镇配合）", ["lead", "support", "support"]),
        ("县公安局牵头，会同县城管局", ["lead", "support"]),
    ],
)
def test_a_verb_behind_a_list_is_that_of_all_its_units(cell: str, roles: list[str]) -> None:
    assert [p.role for p in split_parties(cell, collect_parties([cell], ""))] == roles


def test_a_verb_says_more_than_the_column_of_leaders() -> None:
    cell = "县公安局，县城管局、城关镇配合"
    found = split_parties(cell, collect_parties([cell], ""), "lead")
    assert [(p.role, p.stated) for p in found] == [("lead", True), ("support", True), ("support", True)]


@pytest.mark.parametrize("labels", [("牵头单位", "责任单位"), ("主办处室", "责任处室"), ("承办股室", "参与股室")])
def test_responsible_units_after_a_lead_support_it(labels: tuple[str, str]) -> None:
    cell = "{}：县教育局\n{}：县公安局、各镇".format(*labels)
    found = [(p.name, p.role) for p in split_parties(cell, collect_parties([cell], ""))]
    assert found == [("县教育局", "lead"), ("县公安局", "support"), ("各镇", "support")]


def test_a_labelled_person_is_no_department() -> None:
    cell = "责任科室：办公室；责任人：崔克辉"
    assert [p.name for p in split_parties(cell, collect_parties([cell], ""))] == ["办公室"]


def test_a_star_before_or_after_a_name_marks_the_lead() -> None:
    found = split_parties("县民政局、★县教育局", collect_parties(["县民政局、★县教育局"], ""))
    assert [(p.name, p.role) for p in found] == [("县民政局", "support"), ("县教育局", "lead")]
    assert [p.name for p in split_parties("县教育局★", collect_parties([], ""))] == ["县教育局"]


class TestLinesOfUnits:
    """A line may end with a unit or at the margin of its column: the lengths of all lines tell."""

    UNITS = ("市生态环境局\n各区", "市教育局\n人行城北中心支行", "县妇联\n县卫健局\n琴溪镇")

    def test_lines_that_end_with_units(self) -> None:
        lexicon = collect_parties(self.UNITS, "")
        assert [[p.name for p in split_parties(cell, lexicon)] for cell in self.UNITS] == [
            ["市生态环境局", "各区"],
            ["市教育局", "人行城北中心支行"],
            ["县妇联", "县卫健局", "琴溪镇"],
        ]

    def test_lines_that_end_at_the_margin(self) -> None:
        cells = ["市局办\n公室", "市局基\n政科", "局属各\n单位"]
        lexicon = collect_parties(cells, "")
        assert [[p.name for p in split_parties(cell, lexicon)] for cell in cells] == [
            ["市局办公室"], ["市局基政科"], ["局属各单位"],
        ]  # fmt: skip


class TestRepeatedNames:
    SEPARATED = ("党委宣传部", "图书馆、党委宣传部", "教务处、人事处")

    def test_a_name_that_is_never_separated_is_one(self) -> None:
        lexicon = collect_parties(self.SEPARATED, "")
        assert [p.name for p in split_parties("党委宣传部", lexicon)] == ["党委宣传部"]

    def test_one_behind_a_body_is_one_where_it_is_written_once(self) -> None:
        cells = ("党委宣传部、图书馆", "党委教师工作部")
        lexicon = collect_parties(cells, "")
        assert [[p.name for p in split_parties(cell, lexicon)] for cell in cells] == [
            ["党委宣传部", "图书馆"], ["党委教师工作部"],
        ]  # fmt: skip

    @pytest.mark.parametrize("cell", ["党委组织部宣传部", "党委办公室人事处", "团委学生处"])
    def test_offices_that_follow_each_other_are_several(self, cell: str) -> None:
        lexicon = collect_parties((cell, "图书馆、教务处"), "")
        assert len(split_parties(cell, lexicon)) > 1

    def test_a_body_is_not_short_for_its_office(self) -> None:
        lexicon = collect_parties(("县委、县政府", "县政府办公室"), "")
        assert [p.name for p in split_parties("县委、县政府", lexicon)] == ["县委", "县政府"]

    def test_unless_a_part_of_it_stands_alone(self) -> None:
        lexicon = collect_parties((*self.SEPARATED, "党委"), "")
        assert [p.name for p in split_parties("党委宣传部", lexicon)] == ["党委", "宣传部"]

    @pytest.mark.parametrize("cell", ["党委宣传部", "纪委监察室", "党委政法委"])
    def test_an_office_of_a_body_is_one_where_no_units_are_separated(self, cell: str) -> None:
        lexicon = collect_parties((cell, "后勤处"), "")
        assert [p.name for p in split_parties(cell, lexicon)] == [cell]

    def test_an_office_of_a_body_before_another(self) -> None:
        lexicon = collect_parties(("党委组织部人事处", "后勤处"), "")
        assert [p.name for p in split_parties("党委组织部人事处", lexicon)] == ["党委组织部", "人事处"]


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("1.市委宣传部\n2.市融媒体中心", [("1.", "市委宣传部"), ("2.", "市融媒体中心")]),
        ("1、办公室；2、工会", [("1、", "办公室"), ("2、", "工会")]),
        ("1、区公安分局 2、区城管局", [("1、", "区公安分局"), ("2、", "区城管局")]),
        ("区城管局\n各街道", [(None, "区城管局"), (None, "各街道")]),
        ("各社区\n各学校", [(None, "各社区"), (None, "各学校")]),
        ("民事审判一庭\n民事审判二庭", [(None, "民事审判一庭"), (None, "民事审判二庭")]),
        ("市教育局会同团市委、市妇联", [(None, "市教育局"), (None, "团市委"), (None, "市妇联")]),
        ("妇联和教育局", [(None, "妇联"), (None, "教育局")]),
        ("文旅局+公安局", [(None, "文旅局"), (None, "公安局")]),
        ("党委和政府办公室、平安法治办", [(None, "党委和政府办公室"), (None, "平安法治办")]),
        ("党委及政府办", [(None, "党委及政府办")]),
        ("县委和县政府办公室", [(None, "县委"), (None, "县政府办公室")]),
        ("团委和妇联办公室", [(None, "团委"), (None, "妇联办公室")]),
        ("县委宣传部和县文明办", [(None, "县委宣传部"), (None, "县文明办")]),
        ("人力资源和社会保障局、发展和改革局", [(None, "人力资源和社会保障局"), (None, "发展和改革局")]),
        ("城管局公安局", [(None, "城管局"), (None, "公安局")]),
        ("文明办各镇街", [(None, "文明办"), (None, "各镇街")]),
        ("各镇（街道）各部门", [(None, "各镇（街道）"), (None, "各部门")]),
        ("市税务局稽查局", [(None, "市税务局稽查局")]),
        ("市公安局森林分局", [(None, "市公安局森林分局")]),
        ("县气象局各下属单位", [(None, "县气象局各下属单位")]),
        ("局机关各股室", [(None, "局机关各股室")]),
        # a name that goes on in the next line
        ("市直\n各单位", [(None, "市直各单位")]),
    ],
)
def test_units_without_a_mark_between_them(cell: str, names: list[tuple[str | None, str]]) -> None:
    found = split_parties(cell, collect_parties([cell, "县教育局", "县公安局和县城管局"], ""))
    assert [(party.scope, party.name) for party in found] == names


def test_a_body_that_stands_alone_elsewhere_is_no_part_of_an_office_of_two() -> None:
    lexicon = collect_parties(["党委", "党委和政府办公室"], "")
    assert [p.name for p in split_parties("党委和政府办公室", lexicon)] == ["党委", "政府办公室"]


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (["纪委办公室", "办公室、各供电所"], ["纪委办公室"]),
        (["纪委办公室", "办公室、各供电所", "纪委"], ["纪委", "办公室"]),
    ],
)
def test_the_office_of_a_body_that_does_not_stand_alone(cells: list[str], names: list[str]) -> None:
    assert [p.name for p in split_parties("纪委办公室", collect_parties(cells, ""))] == names


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("市直工委 市妇联 团市委", ["市直工委", "市妇联", "团市委"]),
        ("县教育局团县委县妇联", ["县教育局", "团县委", "县妇联"]),
        ("市文联市妇联团市委", ["市文联", "市妇联", "团市委"]),
        ("区妇联共青团区委", ["区妇联", "共青团区委"]),
        ("县农业农村局县商务局", ["县农业农村局", "县商务局"]),
        ("县农业农村局（县畜牧局）", ["县农业农村局（县畜牧局）"]),
        ("市纪委市监委市委组织部", ["市纪委", "市监委", "市委组织部"]),
        ("桥西社区居委会", ["桥西社区居委会"]),
        ("各社区区教育局", ["各社区", "区教育局"]),
        ("桥西村局机关", ["桥西村", "局机关"]),
    ],
)
def test_no_name_is_cut_inside_a_word(cell: str, names: list[str]) -> None:
    assert [p.name for p in split_parties(cell, collect_parties([cell, "市体育局"], ""))] == names


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("住建局市政处", ["住建局市政处"]),
        ("文旅局市场科", ["文旅局市场科"]),
        ("住建局村镇办", ["住建局村镇办"]),
        ("农业农村局乡村建设科", ["农业农村局乡村建设科"]),
        ("住建局市政管理处", ["住建局", "市政管理处"]),
        ("绿化处市政处", ["绿化处", "市政处"]),
        ("市公安局市场监管局", ["市公安局", "市场监管局"]),
        ("市财政局市政府办", ["市财政局", "市政府办"]),
        ("中国联通市分公司", ["中国联通市分公司"]),
        ("工商银行县支行 农业银行县支行", ["工商银行县支行", "农业银行县支行"]),
    ],
)
def test_a_department_or_branch_belongs_to_the_unit_before_it(cell: str, names: list[str]) -> None:
    assert [p.name for p in split_parties(cell, collect_parties([cell, "市体育局"], ""))] == names


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("县教体局、各中、小学校", ["县教体局", "各中、小学校"]),
        ("各大、中、小学校", ["各大、中、小学校"]),
        ("市科协，各区、县（市）科协", ["市科协", "各区、县（市）科协"]),
        ("各县（市）、区，市直各单位", ["各县（市）、区", "市直各单位"]),
        ("各科、室、所", ["各科、室、所"]),
        ("各乡、镇、街道", ["各乡、镇、街道"]),
        ("各镇、县水利局", ["各镇", "县水利局"]),
        ("各区、区直各部门", ["各区", "区直各部门"]),
        ("各村、中心学校", ["各村", "中心学校"]),
    ],
)
def test_many_units_of_several_kinds_are_one_collective(cell: str, names: list[str]) -> None:
    assert [p.name for p in split_parties(cell, collect_parties([cell], ""))] == names


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("县水利局牵头 县林业局配合", [("县水利局", "lead"), ("县林业局", "support")]),
        ("县水利局牵头县林业局、各镇配合", [("县水利局", "lead"), ("县林业局", "support"), ("各镇", "support")]),
        ("县水利局为主，县林业局为辅", [("县水利局", "lead"), ("县林业局", "support")]),
        ("以县水利局为主，县林业局配合", [("县水利局", "lead"), ("县林业局", "support")]),
        ("县水利局牵头，县林业局、各镇等配合", [("县水利局", "lead"), ("县林业局", "support"), ("各镇", "support")]),
        ("县水利局牵头，县林业局等部门配合", [("县水利局", "lead"), ("县林业局", "support")]),
    ],
)
def test_the_part_that_each_unit_of_a_line_has(cell: str, found: list[tuple[str, str]]) -> None:
    parties = split_parties(cell, collect_parties([cell], ""))
    assert [(p.name, p.role) for p in parties] == found
    assert all(p.stated for p in parties)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("县水利局会县林业局", ["县水利局", "县林业局"]),
        ("桥西居委会县民政局", ["桥西居委会", "县民政局"]),
        ("县工商联会计科", ["县工商联会计科"]),
        ("县水利局、县林业局等8个部门", ["县水利局", "县林业局"]),
        ("县水利局、团县委等有关单位", ["县水利局", "团县委"]),
        ("待定", []),
        ("另行确定", []),
    ],
)
def test_words_that_are_no_part_of_a_name(cell: str, names: list[str]) -> None:
    assert [p.name for p in split_parties(cell, collect_parties([cell], ""))] == names


def test_a_verb_before_another_word_is_part_of_what_it_says() -> None:
    assert [p.name for p in split_parties("县水利局主办单位", collect_parties([], ""))] == ["县水利局主办单位"]
