"""The units of a whole notice with their spellings, what gives them their names, and what in their cells is none."""

from __future__ import annotations

from extractors.document import Block, Document, Paragraph
from extractors.notice import build_extraction
from extractors.records import Extraction, UnitRow
from extractors.unit_decisions import UnitDecision
from tests.extractors.notice.build import HEAD, drawn, notice, parties, rules

HEADER = ["序号", "工作任务", "责任单位"]
DUTIES = (
    "疏浚城区排水沟渠，清理淤泥，定期巡查。",
    "整治乱搭乱建，拆除违章棚屋，恢复原貌。",
    "修复河堤步道，补种护坡绿植，专人养护。",
    "更换破损路灯，检修供电线路，保障照明。",
    "规范停车秩序，施划停车泊位，劝导行人。",
    "清洗公共座椅，粉刷斑驳墙面，美化街区。",
)


def found_in(*cells: str, below: tuple[Block | str, ...] = (), above: tuple[str, ...] = ()) -> Extraction:
    """A notice with one task for each cell of units."""
    rows = [[str(n), duty, cell] for n, (duty, cell) in enumerate(zip(DUTIES, cells, strict=False), 1)]
    return notice(*above, "任务分解表", drawn(HEADER, *rows), *below)


def units(found: Extraction) -> list[tuple[str | None, list[str]]]:
    """Name and spellings of every unit."""
    return [(unit.name, unit.printed) for unit in found.parties]


def basis(found: Extraction) -> list[tuple[str | None, str | None]]:
    """What gives each unit its name, and where."""
    return [(unit.defined_at, unit.defined_locator) for unit in found.parties]


def doubts(found: Extraction) -> list[str]:
    """The rules of the findings that are about units."""
    return [rule for rule in rules(found) if rule != "topic_other"]


def test_a_unit_has_one_row_whatever_it_is_called() -> None:
    found = found_in("水保科、办公室", "水保", "办公室、水保科（牵头）")
    assert units(found) == [("水保科", ["水保科", "水保"]), ("办公室", ["办公室"])]
    assert [(u.ordinal, u.kind, u.locator) for u in found.parties] == [
        (1, "department", "第2行第3列"),
        (2, "department", "第2行第3列"),
    ]
    assert {row.party: row.party_id for row in found.task_parties} == {u.name: u.party_id for u in found.parties}
    assert basis(found) == [("cell", "第2行第3列"), (None, None)]


class TestWhereANameIsDefined:
    def test_in_the_body(self) -> None:
        found = found_in("水保科", "办公室", above=("由水土保持科（以下简称水保科）汇总上报。",))
        assert units(found) == [("水土保持科", ["水保科"]), ("办公室", ["办公室"])]
        assert basis(found)[0] == ("bracket", "第5段")

    def test_in_a_note(self) -> None:
        found = found_in("水保科", "办公室", below=("注：水保科即水土保持科。",))
        assert units(found) == [("水土保持科", ["水保科"]), ("办公室", ["办公室"])]
        assert basis(found)[0] == ("note", "第7段")

    def test_in_a_cell(self) -> None:
        found = found_in("水土保持科（简称水保科）", "水保科")
        assert units(found) == [("水土保持科", ["水土保持科", "水保科"])]
        assert basis(found) == [("bracket", "第2行第3列")]
        assert doubts(found) == []

    def test_a_longer_name_in_the_body(self) -> None:
        found = found_in("纪委", "办公室", above=("由机关纪委检查落实情况。",))
        assert units(found)[0] == ("机关纪委", ["纪委"])
        assert basis(found)[0] == ("body", "第5段")


def test_a_collective_is_never_lengthened() -> None:
    found = found_in("各股室", "水保股", above=("请机关各股室抓好落实。",))
    assert [(u.name, u.kind) for u in found.parties] == [("各股室", "collective"), ("水保股", "department")]


def test_the_unit_above_is_one_of_the_notice() -> None:
    found = found_in("县水务局河道大队", "县水务局", "创城工作专班")
    assert [(u.kind, u.parent_id) for u in found.parties] == [
        ("unit", found.parties[1].party_id),
        ("unit", None),
        ("group", None),
    ]


class TestDebris:
    def test_a_neighbour_is_repaired_with_a_finding(self) -> None:
        found = found_in("水保科", "水保科", "水保科", "水保制")
        assert parties(found) == ["水保科"] * 4
        assert units(found) == [("水保科", ["水保科", "水保制"])]
        assert basis(found) == [("repair", "第2行第3列")]
        assert doubts(found) == ["repaired"]
        assert "“水保制”与“水保科”只差一字" in found.findings[0].message

    def test_the_rest_is_no_unit_and_a_finding(self) -> None:
        found = found_in("水保科", "KX刁刘", "20310044", "水保科")
        assert parties(found) == ["水保科", "", "", "水保科"]
        assert [(u.name, u.kind, u.printed, u.illegible) for u in found.parties] == [
            ("水保科", "department", ["水保科"], None),
            (None, None, ["KX刁刘"], "汉字中夹有字母或符号，是乱码"),
            (None, None, ["20310044"], "没有可辨认的汉字"),
        ]
        assert [u.locator for u in found.parties[1:]] == ["第3行第3列", "第4行第3列"]
        assert doubts(found) == ["unread_text", "debris"]

    def test_rows_that_ran_into_one_another(self) -> None:
        found = found_in("团委 工会", "办公室", "办公室", "人事科", "团委 工会 小公室 团委 工会 有祭")
        assert parties(found)[-1] == "团委|工会/办公室"
        assert units(found)[-1] == (None, ["有祭"])
        assert {"repaired", "unread_text"} <= set(rules(found))


NO_UNIT = UnitDecision("联络人", (), None, "是人不是单位", "乙", "2026-11-03")


class TestDecisions:
    ROWS = drawn(HEADER, ["1", DUTIES[0], "水保"], ["2", DUTIES[1], "KX刁刘"], ["3", DUTIES[2], "联络人"])

    def extract(self, *decisions: UnitDecision) -> Extraction:
        head = tuple(Paragraph(text, f"第{n}段") for n, text in enumerate(HEAD, 1))
        return build_extraction(Document("docx", (*head, self.ROWS)), b"bytes", units=decisions)

    def read(self, *decisions: UnitDecision) -> list[UnitRow]:
        return self.extract(*decisions).parties

    def test_what_people_settled_is_not_asked_again(self) -> None:
        assert doubts(self.extract(NO_UNIT)) == doubts(self.extract()) == ["unread_text"]

    def test_only_the_whole_text_is_settled(self) -> None:
        other = UnitDecision("联络", (), None, "不是单位", "乙", "2026-11-03")
        assert doubts(self.extract(NO_UNIT, other)) == ["unread_text"]
        debris = UnitDecision("KX", (), None, "不是单位", "乙", "2026-11-03")
        assert doubts(self.extract(NO_UNIT, debris)) == ["unread_text"]

    def test_what_people_decided_holds_before_what_the_notice_says(self) -> None:
        decided = UnitDecision("水保", ("水土保持科",), "水土保持", "三定方案", "甲", "2026-11-01")
        debris = UnitDecision("KX刁刘", ("办公室",), None, "印发件", "甲", "2026-11-02")
        rows = self.read(decided, debris, NO_UNIT)
        assert [(u.name, u.printed, u.defined_at, u.defined_locator, u.function) for u in rows] == [
            ("水土保持科", ["水保"], "decision", "三定方案（甲，2026-11-01）", "水土保持"),
            ("办公室", ["KX刁刘"], "decision", "印发件（甲，2026-11-02）", None),
            (None, ["联络人"], None, None, None),
        ]
        assert rows[2].illegible == "经人工认定，这不是单位：是人不是单位（乙，2026-11-03）"

    def test_without_them_all_is_as_printed(self) -> None:
        assert [(u.name, u.printed) for u in self.read()] == [
            ("水保", ["水保"]),
            ("联络人", ["联络人"]),
            (None, ["KX刁刘"]),
        ]


def test_who_gives_the_points_has_no_part_in_the_duty() -> None:
    head = ["序号", "工作任务", "责任单位", "评分部门"]
    rows = (["1", DUTIES[0], "县水务局", "县督查室"], ["2", DUTIES[1], "县住建局", "县督查室、县水务局"])
    found = notice("任务分解表", drawn(head, *rows))
    assert parties(found) == ["县水务局", "县住建局"]
    assert [(u.name, u.kind, u.locator) for u in found.parties] == [
        ("县水务局", "unit", "第2行第3列"),
        ("县住建局", "unit", "第3行第3列"),
        ("县督查室", "assessor", "第2行第4列"),
    ]
    assert [task.remark for task in found.tasks] == ["县督查室", "县督查室、县水务局"]


def test_who_only_assesses_is_an_assessor() -> None:
    found = notice(
        "一、公共环境（20分）",
        "1.街道整洁（10分）。由县创建办负责考核。",
        "2.绿化完好（10分）。由县创建办负责考核。",
        "二、公共秩序（10分）",
        "1.行人守法（10分）。由县创建办负责考核。",
    )
    assert [(u.name, u.kind) for u in found.parties] == [("县创建办", "assessor")]
