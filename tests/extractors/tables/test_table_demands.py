"""Whether a table asks something of somebody, or states sums, states, faults and pages."""

from __future__ import annotations

import pytest

from extractors.tables.clean_table import TableKind
from extractors.tables.column_features import column_features
from extractors.tables.column_roles import ColumnRole
from extractors.tables.confidence import OPEN_CONFIDENCE
from extractors.tables.grid import GridCell
from extractors.tables.table_demands import weigh_demands
from tests.extractors.tables.build import cleaned

Rows = list[list[str]]

STATES = ["已完成", "进行中", "未开始", "进行中", "已完成", "进行中"]
MODULES = ["登录页面开发", "订单接口联调", "报表导出功能", "权限管理重构", "支付回调修复", "压力测试"]


def _tracker(*names: str) -> Rows:
    states = zip(names, STATES, strict=False)
    return [
        ["编号", "任务名称", "状态", "优先级"],
        *[[f"T-{i}", name, state, "高中低"[i % 3]] for i, (name, state) in enumerate(states, 1)],
    ]


FAULTS: Rows = [
    ["序号", "地点", "发现问题", "检查时间", "检查人"],
    ["1", "东门停车场", "停车线模糊", "3月5日", "王芳"],
    ["2", "二号楼三层", "走廊灯不亮", "3月5日", "王芳"],
    ["3", "公交站台", "宣传栏玻璃破损", "3月6日", "李强"],
    ["4", "食堂后厨", "垃圾桶外溢", "3月6日", "李强"],
]
BUDGET: Rows = [
    ["科目", "金额（万元）", "责任部门", "拨付时间"],
    ["宣传制作", "12.5", "综合科", "3月"],
    ["场地租赁", "3.2", "后勤科", "4月"],
    ["培训师资费", "8.0", "人事科", "6月"],
]
CONTENTS: Rows = [
    ["序号", "名称", "页码"],
    ["1", "加强组织领导，健全工作机制", "3"],
    ["2", "开展志愿服务，弘扬时代新风", "9"],
    ["3", "整治市容环境，提升城市形象", "15"],
]
PARAMETERS: Rows = [
    ["参数", "类型", "必填", "描述"],
    ["order_id", "String(32)", "是", "商户订单号，同一商户下唯一"],
    ["amount", "Int", "是", "金额，单位为元，保留两位小数"],
    ["notify_url", "String(64)", "否", "异步通知地址，由商户提供"],
    ["sign_type", "String(8)", "否", "签名方式，默认MD5"],
]


AGENDA: Rows = [
    ["时间", "议题", "汇报人", "列席单位"],
    ["14:30—14:45", "传达全省精神文明建设工作会议精神", "创建科科长", "——"],
    ["14:45—15:10", "听取上半年实地点位抽查情况汇报", "调研科科长", "市统计局"],
    ["15:10—15:30", "讨论志愿服务条例草案（征求意见稿）", "未成年人科科长", "市司法局、团市委"],
]
DAYS: Rows = [[row[0] if not i else f"{2 * i}月{i}日前", *row[1:]] for i, row in enumerate(AGENDA)]


def test_what_takes_a_quarter_of_an_hour_is_no_task() -> None:
    assert cleaned(*AGENDA).task_rows() == []
    assert cleaned(*DAYS).task_rows() == [0, 1, 2]


@pytest.mark.parametrize(
    "rows",
    [FAULTS, BUDGET, CONTENTS, _tracker(*MODULES)],
    ids=["faults", "budget", "contents", "tracker"],
)
def test_what_asks_nothing_of_anybody_lists_no_tasks(rows: Rows) -> None:
    table = cleaned(*rows)
    assert table.kind is TableKind.OTHER
    assert table.task_rows() == []
    assert (table.confidence or 0) > 0.9


STARS: Rows = [
    ["星名", "好样子", "颗数"],
    ["孝星", "老人衣食无忧，子女常回家。", "20"],
    ["净星", "院里院外清爽，柴草堆得齐。", "30"],
    ["和星", "邻里不红脸，红白事不铺张。", "30"],
    ["学星", "孩子不辍学，家里有书看。", "20"],
]
GRADES: Rows = [
    ["方面", "优", "良"],
    ["仪表", "着装统一，佩戴工牌", "着装基本统一"],
    ["语言", "文明用语，声音适中", "用语基本文明"],
    ["效率", "办件不过夜，一次讲清", "办件两日内"],
    ["环境", "台面整洁，物品归位", "台面较整洁"],
]


@pytest.mark.parametrize("rows", [PARAMETERS, STARS, GRADES], ids=["parameters", "stars", "grades"])
def test_what_nothing_is_said_of_is_a_doubt(rows: Rows) -> None:
    """No list of words knows what the next city calls its demands."""
    assert cleaned(*rows).confidence == OPEN_CONFIDENCE


UPLOADS: Rows = [
    ["栏目", "所填事项", "所传", "科室", "关网"],
    ["一", "填写队伍情况。", "队伍名单1份、照片4张", "团委", "7月5日17:00"],
    ["二", "填写学习情况。", "说明报告1份", "党办", "7月5日17:00"],
    ["三", "填写帮扶情况。", "帮扶协议1份、照片2张", "医务科", "7月8日17:00"],
    ["四", "填写公示情况。", "公示照片2张", "财务科", "7月8日17:00"],
]


def test_units_beside_what_they_hand_in_are_tasks_in_whatever_words() -> None:
    assert len(cleaned(*UPLOADS).task_rows()) == len(UPLOADS) - 1


SPRINT: Rows = [
    ["冲刺目标", "担责部门", "倒排日期"],
    ["1.1核心价值观标语上墙", "宣传办", "6月28日"],
    ["1.2禁烟标识", "校医院", "6月20日"],
    ["2.1操场围栏和破损路面", "总务处、体育部", "7月5日"],
    ["2.2四色桶全覆盖", "总务处", "6月30日"],
]


def test_items_of_an_outline_beside_units_are_tasks_although_each_has_a_day() -> None:
    assert len(cleaned(*SPRINT).task_rows()) == len(SPRINT) - 1
    amounts: Rows = [SPRINT[0], *[[f"{n}.5万元采购", *row[1:]] for n, row in enumerate(SPRINT[1:], 1)]]
    assert not cleaned(*amounts).task_rows()


MENDED: Rows = [
    ["序号", "地点", "发现问题", "责任单位", "整改时限"],
    *[
        [*row[:3], unit, "4月底前"]
        for row, unit in zip(FAULTS[1:], ["公安局", "物业科", "城管局", "食堂"], strict=True)
    ],
]
FUNDED: Rows = [
    ["序号", "工作任务", "预算（元）", "责任科室"],
    ["1", "制作公益广告宣传展板20块", "8000", "办公室"],
    ["2", "开展志愿者培训两期", "12000", "人事科"],
    ["3", "更新道德讲堂设施", "30000", "机关党委"],
]
NAMED: Rows = [
    ["工作任务", "责任单位", "完成时限"],
    ["公共文化设施", "文旅局", "6月底前"],
    ["背街小巷", "住建局", "9月底前"],
    ["农贸市场", "市场监管局", "全年"],
]
UNKNOWN: Rows = [
    ["怎么做才算好", "哪天前交", "由谁扛"],
    ["老旧小区物业提升", "10月底前", "住建局、民政局"],
    ["公筷公勺推广", "第二季度", "卫健局、文旅局"],
    ["建筑工地围挡", "9月底前", "住建局、城管局"],
]
PHONED: Rows = [
    ["序号", "测评内容", "分值", "责任人", "联系电话"],
    ["1", "建立学习制度，每月集中学习1次", "5", "王芳", "8123001"],
    ["2", "设立学雷锋志愿服务岗", "4", "李强", "8123002"],
    ["3", "制作核心价值观宣传展板", "3", "赵敏", "8123003"],
]


@pytest.mark.parametrize(
    "rows",
    [MENDED, FUNDED, NAMED, UNKNOWN, PHONED, _tracker("开展文明餐桌行动", "组织志愿服务活动", "建设道德讲堂阵地")],
    ids=["faults to mend", "tasks with sums", "names with units", "unknown headers", "phones", "tracker of duties"],
)
def test_what_asks_something_lists_tasks_whatever_stands_beside_it(rows: Rows) -> None:
    table = cleaned(*rows)
    assert table.kind in (TableKind.TASK_LIST, TableKind.RUBRIC)
    assert len(table.task_rows()) == len(rows) - 1


def test_points_with_decimals_are_no_days() -> None:
    points, days = (
        column_features([GridCell(r, 0, t, t, "") for r, t in enumerate(texts)], 3)
        for texts in (
            ("0.6", "1.1", "0.5"),
            ("2023.3.5", "3月6日", "2023-03-07"),
        )
    )
    names = ["分量", "日子"]
    assert weigh_demands(names[:1], [points], (ColumnRole.POINTS,)).stating == 0
    assert weigh_demands(names[1:], [days], (ColumnRole.DEADLINE,)).stating == 1


def test_names_of_persons_that_stand_again_and_again_are_no_states() -> None:
    names = column_features(
        [GridCell(r, 0, t, t, "") for r, t in enumerate(["李明", "王芳", "李明", "王芳", "李明", "王芳"])], 6
    )
    assert weigh_demands(["谁跑腿"], [names], (ColumnRole.PERSON,)).stating == 0
    assert weigh_demands(["近况"], [names], (ColumnRole.REMARK,)).stating == 1
