"""Body and annex held against each other: what the annex lost is taken from the clause of the same number."""

from __future__ import annotations

from collections import Counter

import pytest

from extractors.body.provisions import Clause
from extractors.normalize import count_bigrams
from extractors.notice.alignment import (
    NumberedClauses,
    align_rows,
    collect_numbered_clauses,
    comparison_key,
    dice_similarity,
    is_garbled,
    longest_numbered_run,
    split_at_awards,
)
from extractors.records import Extraction
from tests.extractors.notice.build import drawn, notice, points, rules, values

CLAUSES = [
    "健全领导机构，明确专人负责，定期研究部署创建工作。",
    "广泛开展宣传教育活动，营造浓厚的创建氛围。",
    "组织志愿服务活动，参与率达到百分之八十以上。",
    "加强诚信建设，开展诚信主题实践活动。",
    "推进移风易俗，倡导文明健康生活方式。",
    "落实结对帮扶措施，建立帮扶工作台账。",
]


def reading(**instead: str) -> Extraction:
    """The notice whose annex repeats the clauses of the body, but for the rows given as r1=…"""
    body = [f"{i}.{text}" for i, text in enumerate(CLAUSES, 1)]
    rows = [
        [instead.get(f"r{i}", f"{i}.{text}"), "2", "办公室" if i % 2 else "宣传科"] for i, text in enumerate(CLAUSES, 1)
    ]
    table = drawn(["测评标准", "分值", "责任科室"], *rows)
    return notice("一、主要任务", *body, "附件1", "测评细则", table)


class TestMending:
    def test_nothing_to_mend(self) -> None:
        found = reading()
        assert values(found, "repaired") == [[]] * 6
        assert "repaired" not in rules(found)

    @pytest.mark.parametrize("debris", ["W175 PT hjk", "Elisable rid 23.0", ""])
    def test_debris_and_blanks_are_replaced_and_reported(self, debris: str) -> None:
        found = reading(r3=debris)
        assert values(found, "requirement") == CLAUSES
        assert values(found, "label") == ["1.", "2.", "3.", "4.", "5.", "6."]
        assert {"requirement", "label"} <= set(found.tasks[2].repaired)
        (finding,) = [f for f in found.findings if f.rule == "repaired"]
        assert finding.severity == "warning"
        assert finding.task_id == found.tasks[2].task_id
        assert (debris or "空白") in finding.message
        assert "第 3 条" in finding.message
        assert points(found) == ["2"] * 6

    def test_a_row_whose_sentence_stands_in_the_body_is_no_doubt_of_its_table(self) -> None:
        (found,), (lost,) = reading().tables, reading(r3="").tables
        assert lost.reading == found.reading
        assert lost.confidence is not None
        assert found.confidence is not None
        assert lost.confidence >= found.confidence - 0.01

    def test_a_mark_in_place_of_a_word_is_taken_from_the_body(self) -> None:
        found = reading(r3="W175 PT hjk", r5="5.推进移风■俗，倡导文明健康生活方式。")
        assert found.tasks[4].requirement == CLAUSES[4]
        assert found.tasks[4].repaired == ["requirement"]

    @pytest.mark.parametrize(
        "garbled", ["5.推进移风9俗，倡导文明健康生活方式。", "5.推进移风易俗，倡导文明健l生活方式。"]
    )
    def test_a_digit_or_letter_inside_a_word_is_taken_from_the_body(self, garbled: str) -> None:
        found = reading(r3="W175 PT hjk", r5=garbled)
        assert found.tasks[4].requirement == CLAUSES[4]
        assert found.tasks[4].repaired == ["requirement"]

    @pytest.mark.parametrize(
        "clean", ["5.推进移风，倡导文明健康生活方式。", "5.推进移风易俗，倡导2种文明健康生活方式。", "5.举办道德讲堂"]
    )
    def test_clean_words_stay_beside_debris(self, clean: str) -> None:
        found = reading(r3="W175 PT hjk", r5=clean)
        assert found.tasks[4].requirement == clean.removeprefix("5.")
        assert found.tasks[4].repaired == []
        assert found.tasks[2].requirement == CLAUSES[2]

    @pytest.mark.parametrize("blank", ["", "E-mail"])
    def test_short_cells_are_like_no_clause(self, blank: str) -> None:
        words = ["道德讲堂", "志愿服务", "诚信建设", "文明餐桌", "礼仪培训", blank]
        table = drawn(["序号", "工作任务", "责任单位"], *([str(i), w, "办公室"] for i, w in enumerate(words, 1)))
        found = notice("一、主要任务", *(f"{i}.{text}" for i, text in enumerate(CLAUSES, 1)), "附件1", "责任表", table)
        assert values(found, "requirement") == [*words[:5], blank or None]
        assert not {"repaired", "body_differs"} & set(rules(found))

    def test_the_finding_says_how_similar_the_texts_are(self) -> None:
        (beside,) = [f for f in reading(r3="W175 PT hjk").findings if f.rule == "repaired"]
        assert beside.message.endswith("已按正文第 3 条补正：前后各行与正文相似度不低于 1.00（满分 1，下限 0.60）")
        own = [f for f in reading(r3="", r5="5.推进移风■俗，倡导文明健康生活方式。").findings if f.rule == "repaired"]
        assert "已按正文第 5 条补正：与正文相似度为 0." in own[1].message
        assert own[1].message.endswith("（满分 1，下限 0.80）")

    def test_rows_that_only_speak_of_similar_things_prove_no_place(self) -> None:
        near = {
            "r2": "2.广泛组织宣传教育，营造良好的创建氛围。",
            "r4": "4.加强诚信建设，举办诚信主题讲座。",
        }
        similar = [dice_similarity(*map(count_bigrams, pair)) for pair in ((near["r4"][2:], CLAUSES[3]),)]
        assert 0.5 < similar[0] < 0.6
        found = reading(r3="W175 PT hjk", **near)
        assert found.tasks[2].repaired == []
        assert "repaired" not in rules(found)

    @pytest.mark.parametrize("code", ["Ⅱ-{}", "II—{}", "1.{}", "A1-{}"])
    def test_codes_are_no_debris(self, code: str) -> None:
        found = reading(r3=code.format(3), r5=code.format(5))
        assert "repaired" not in rules(found)

    def test_a_table_without_tasks_is_not_repaired(self) -> None:
        table = drawn(
            ["时间", "内容"], ["8:30", "签到"], ["9:00", "开幕"], ["9:30", ""], ["10:00", "讨论"], ["11:00", "总结"]
        )
        found = notice("一、主要任务", *(f"{i}.{text}" for i, text in enumerate(CLAUSES, 1)), "附件1", "日程表", table)
        assert "repaired" not in rules(found)

    def test_a_number_put_right_is_marked_and_reported_only_beside_words(self) -> None:
        found = reading(r3="W175 PT hjk", r5=f"9.{CLAUSES[4]}")
        assert values(found, "label") == ["1.", "2.", "3.", "4.", "5.", "6."]
        assert found.tasks[4].repaired == ["label"]
        assert [row.task_id for row in found.findings if row.rule == "repaired"] == [found.tasks[2].task_id]

    def test_without_debris_the_annex_is_left_as_it_is(self) -> None:
        found = reading(r5="5.推进移风，倡导文明健康生活方式。")
        assert found.tasks[4].requirement == "推进移风，倡导文明健康生活方式。"
        assert found.tasks[4].repaired == []

    def test_the_table_as_printed_is_kept(self) -> None:
        found = reading(r3="W175 PT hjk")
        assert "W175 PT hjk" in [c.text for c in found.cells]

    def test_another_body_repairs_nothing(self) -> None:
        other = [["甲乙丙丁戊己庚辛" + str(i), "2", "办公室"] for i in range(5)]
        table = drawn(["测评标准", "分值", "责任科室"], *other, ["W175 PT hjk", "2", "办公室"])
        body = [f"{i}.{text}" for i, text in enumerate(CLAUSES, 1)]
        found = notice("一、主要任务", *body, "附件1", "测评细则", table)
        assert "repaired" not in rules(found)
        assert found.tasks[-1].repaired == []


class TestAlignment:
    def test_debris(self) -> None:
        assert is_garbled("W175 PT")
        assert not is_garbled("提供PDF文件")
        assert not is_garbled("")

    def test_likeness(self) -> None:
        assert dice_similarity(count_bigrams("组织领导"), count_bigrams("组织领导")) == 1
        assert dice_similarity(count_bigrams("组织领导"), count_bigrams("志愿服务")) == 0
        assert dice_similarity(Counter(), Counter()) == 0

    def test_plain(self) -> None:
        assert comparison_key("“ＡＢ” 12") == comparison_key('"AB"12') == "AB12"


def test_rows_find_their_clause_in_order() -> None:
    duties = collect_numbered_clauses(_clauses(CLAUSES))
    assert [c.number for c in duties.run] == [1, 2, 3, 4, 5, 6]
    texts = [CLAUSES[0], "甲乙丙丁戊己庚辛", CLAUSES[2], "", CLAUSES[4]]
    assert align_rows(texts, duties) == [0, None, 2, 3, 4]


def test_another_table_is_not_aligned_with_the_body() -> None:
    texts = [CLAUSES[0], "甲乙丙丁戊己庚辛", "子丑寅卯辰巳午未", "金木水火土日月"]
    assert align_rows(texts, collect_numbered_clauses(_clauses(CLAUSES))) == [None] * 4


@pytest.mark.parametrize("texts", [["", "", CLAUSES[3], CLAUSES[4], CLAUSES[5]], [*CLAUSES, ""]])
def test_blank_rows_that_do_not_fill_a_gap_are_left_blank(texts: list[str]) -> None:
    found = align_rows(texts, collect_numbered_clauses(_clauses(CLAUSES)))
    assert [k for k, text in zip(found, texts, strict=True) if not text] == [None] * texts.count("")


def test_more_garbled_than_legible_rows_are_not_aligned() -> None:
    assert align_rows([CLAUSES[0], CLAUSES[1], CLAUSES[2], "", "", ""], collect_numbered_clauses(_clauses(CLAUSES)))[
        3:
    ] == [3, 4, 5]
    assert (
        align_rows([CLAUSES[0], CLAUSES[1], "", "", "", ""], collect_numbered_clauses(_clauses(CLAUSES))) == [None] * 6
    )


def test_every_piece_is_as_alike_as_it_is_alone() -> None:
    texts = [*CLAUSES, "定期研究，定期部署，定期研究创建工作", "的", ""]
    pieces = split_at_awards(_clauses([*CLAUSES, "定期研究，定期检查", "甲"]))
    for text in texts:
        alone = [
            dice_similarity(count_bigrams(comparison_key(text)), count_bigrams(comparison_key(p.text))) for p in pieces
        ]
        assert NumberedClauses([], pieces).similarities(text) == alone


def test_a_clause_with_two_awards_is_two_pieces() -> None:
    pieces = split_at_awards(_clauses(["开展学习（2分）；做好记录（1分）。", "组织宣讲。"]))
    assert [(p.text, p.first) for p in pieces] == [
        ("开展学习（2分）；", True),
        ("做好记录（1分）。", False),
        ("组织宣讲。", True),
    ]


def test_short_and_broken_runs_are_none() -> None:
    assert longest_numbered_run(_clauses(CLAUSES[:4])) == []
    assert longest_numbered_run(_clauses(CLAUSES, first=2)) == []


def _clauses(texts: list[str], first: int = 1) -> list[Clause]:
    return [Clause("一、任务", f"{i}.", text, [], i, f"第{i}段") for i, text in enumerate(texts, first)]


@pytest.mark.parametrize(
    ("labels", "run"),
    [
        ("1. 2. 3. 4. 5.", [1, 2, 3, 4, 5]),
        ("1. 2. 3. 4.", []),
        ("2. 3. 4. 5. 6. 7.", []),
        ("（1） （2） （3） （4） （5）", [1, 2, 3, 4, 5]),
        ("一、 1. 2. （二） 3. 4. 5.", [1, 2, 3, 4, 5]),
        ("1. 2. （一） 3. 4. 5.", [1, 2, 3, 4, 5]),
        ("1. 2. 3. 4. 9. 5.", [1, 2, 3, 4, 5]),
        ("1. 2. 3. 4. 5. 9. 9. 10.", [1, 2, 3, 4, 5]),
        ("1. 2. 1. 2. 3. 4. 5.", [1, 2, 3, 4, 5]),
        ("1. 2. 3. 4. 5. 6. 1. 2. 3. 4. 5.", [1, 2, 3, 4, 5, 6]),
        ("1. 一、 二、 三、 2. 3. 4.", []),
    ],
)
def test_the_longest_run_of_numbers_from_one_is_taken(labels: str, run: list[int]) -> None:
    numbers = dict(zip("一二三", (1, 2, 3), strict=True))
    clauses = []
    for at, label in enumerate(labels.split()):
        mark = label.strip("（）.、")
        clauses.append(Clause("", label, "内容", [], numbers.get(mark) or int(mark), f"第{at}段"))
    assert [one.number for one in longest_numbered_run(clauses)] == run
