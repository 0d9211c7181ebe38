"""Items that lost their line ends, and sentences that only hold numbers."""

from __future__ import annotations

import pytest

from extractors.body.joined_items import part_joined_items
from extractors.body.line_joining import Line
from tests.extractors.notice.build import notice, paths, points, values

HEADED = (
    "一、组织领导（15分）1.成立机构。（5分）2.落实经费。（10分）"
    "二、宣传氛围（12分）1.张贴海报。（4分）2.刊播广告。（8分）"
)


def parts(text: str) -> list[str]:
    return [line.text for line in part_joined_items(Line(text, text, "第1行"))]


def test_scored_items_below_headings_stand_on_lines_of_their_own() -> None:
    found = notice("文明科室考核细则", HEADED)
    assert values(found, "requirement") == [
        "成立机构。（5分）",
        "落实经费。（10分）",
        "张贴海报。（4分）",
        "刊播广告。（8分）",
    ]
    assert [float(p or 0) for p in points(found)] == [5, 10, 4, 8]
    assert paths(found) == [["一 组织领导"]] * 2 + [["二 宣传氛围"]] * 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "3.成立工作机构，明确专人。（5分）4.落实工作经费。（10分）",
            ["3.成立工作机构，明确专人。（5分）", "4.落实工作经费。（10分）"],
        ),
        (
            "1.清理摊点。责任单位：城管局。2.张贴海报。责任单位：宣传科。",
            ["1.清理摊点。责任单位：城管局。", "2.张贴海报。责任单位：宣传科。"],
        ),
        (
            "一、宣传教育1.刊播公益广告。责任单位：县委宣传部2.开展道德讲堂。责任单位：县文明办",
            ["一、宣传教育", "1.刊播公益广告。责任单位：县委宣传部", "2.开展道德讲堂。责任单位：县文明办"],
        ),
        (
            "1.刊播公益广告（宣传科）2.举办道德讲堂（团委、工会）3.评选模范（工会）",
            ["1.刊播公益广告（宣传科）", "2.举办道德讲堂（团委、工会）", "3.评选模范（工会）"],
        ),
        (
            "2.1礼仪规范2.1.1尊敬老人（10分）2.1.2邻里和睦（10分）2.2环境整洁2.2.1院落干净（5分）",
            ["2.1礼仪规范", "2.1.1尊敬老人（10分）", "2.1.2邻里和睦（10分）", "2.2环境整洁2.2.1院落干净（5分）"],
        ),
        (
            "宣传氛围（9分）1.设有公益广告（4分）2.展板更新及时（5分）环境卫生（6分）3.垃圾清运及时（6分）",
            [
                "宣传氛围（9分）",
                "1.设有公益广告（4分）",
                "2.展板更新及时（5分）",
                "环境卫生（6分）",
                "3.垃圾清运及时（6分）",
            ],
        ),
        (
            "一、机制15分1、有制度（5分）审核材料2、有队伍（5分）审核材料3、有阵地（5分）审核材料",
            ["一、机制15分", "1、有制度（5分）审核材料", "2、有队伍（5分）审核材料", "3、有阵地（5分）审核材料"],
        ),
    ],
)
def test_a_line_is_parted_before_numbers_that_count_on(text: str, found: list[str]) -> None:
    assert parts(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "有下列情形之一的不得申报：（1）发生严重违纪的；（2）发生安全事故的；（3）有失信行为的。",
        "1.成立机构，明确专人，每年召开2次以上专题会议。（10分）",
        "5.得分2.5分以上为合格，得分3.5分以上为良好，得分4.5分以上为优秀。",
        "考核由三部分组成，由1.材料审核（40分）2.实地考察（40分）3.问卷调查（20分）合计。",
        "如某单位被发现：1.无公益广告，扣2分；2.环境脏乱，扣3分；3.无志愿服务，扣5分，则得90分。",
        "组织领导（30分）。主要考核：1.领导小组情况，得10分；2.制度建设情况，得10分；3.经费情况，得10分。",
        "完成第1、2项任务得5分，完成第3、4项任务得10分，全部完成得20分。",
    ],
)
def test_numbers_in_a_sentence_part_nothing(text: str) -> None:
    assert parts(text) == [text]
