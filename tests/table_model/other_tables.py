"""Tables that list no tasks, as they stand beside those that do: rosters, statistics, budgets, forms, results."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from extractors.document import Cell, Table
from extractors.tables.grid import build_grid
from tests.table_model.samples import LabelledTable

SURNAMES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜"
GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英建国文辉志玲红"
UNITS: Final = (
    "办公室", "宣传科", "人事科", "财务科", "机关党委", "工会", "团委", "县教育局", "县财政局", "市公安局", "县水利局", "城关镇", "东风街道", "市第一中学",
    "县人民医院", "南山社区", "李家村", "市图书馆", "县供电公司", "市税务局",
)  # fmt: skip
THINGS: Final = (
    "公益广告", "志愿服务", "道德讲堂", "文明餐桌", "印刷费", "会议费", "培训费", "宣传栏", "电脑", "打印机", "办公桌", "复印纸", "短期贷款", "利息收入",
    "活期存款", "固定资产", "水电费", "差旅费", "图书", "横幅", "奖牌", "租赁费", "劳务费", "维修费",
)  # fmt: skip
POSTS: Final = ("组长", "副组长", "成员", "科长", "副科长", "主任", "科员", "局长", "书记", "干事")
PLACES: Final = ("三楼会议室", "市民广场", "学校礼堂", "机关食堂", "文化馆", "网络会议")
STATES: Final = ("未开始", "进行中", "已完成", "是", "否", "财政", "自筹", "合格", "优秀", "良好", "汉族", "党员", "男", "女")
TITLES: Final = ("文明单位", "文明校园", "先进个人", "优秀志愿者", "文明家庭", "最美家庭", "道德模范")

Draw = Callable[[random.Random, int], str]


def _person(rng: random.Random, _: int) -> str:
    return rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2))))


def _date(rng: random.Random, row: int) -> str:
    month, day = rng.randint(1, 12), row % 28 + 1
    return rng.choice((f"{month}月{day}日", f"2024-{month:02d}-{day:02d}", f"2024.{month}.{day}"))


def _number(rng: random.Random, _: int) -> str:
    return rng.choice((str(rng.randint(0, 99)), str(rng.randint(100, 99999)), f"{rng.uniform(0, 999):.2f}", f"{rng.randint(0, 100)}%"))


def _small(rng: random.Random, _: int) -> str:
    return str(rng.randint(0, 100))


def _phone(rng: random.Random, row: int) -> str:
    return rng.choice((f"1390000{row:04d}", f"0536-81{row:05d}", f"81{row:05d}"))


def _clock(rng: random.Random, _: int) -> str:
    return f"{rng.randint(7, 18):02d}:{rng.randint(0, 59):02d}"


def _one_of(words: Sequence[str]) -> Draw:
    return lambda rng, _: rng.choice(words)


def _serial(_: random.Random, row: int) -> str:
    return str(row + 1)


def _code(rng: random.Random, row: int) -> str:
    return rng.choice((f"A{500 + row}", f"{7100 + row}", f"{row + 1:02d}"))


def _blank(_: random.Random, __: int) -> str:
    return ""


COLUMNS: Final[dict[str, tuple[Draw, tuple[str, ...]]]] = {
    "serial": (_serial, ("序号", "编号", "行次", "No.")),
    "person": (_person, ("姓名", "人员", "联系人", "值班人员", "负责人", "参加人员", "学生姓名", "获奖者", "值班领导", "填报人")),
    "unit": (_one_of(UNITS), ("单位", "部门", "工作单位", "所在单位", "责任单位", "单位名称", "推荐单位", "科室", "乡镇")),
    "post": (_one_of(POSTS), ("职务", "单位职务", "组别", "岗位", "职称")),
    "date": (_date, ("日期", "时间", "活动时间", "开户日期", "出生年月", "完成时间", "值班日期")),
    "week": (_one_of("一二三四五六日"), ("星期", "周几")),
    "number": (_number, ("金额", "预算金额（元）", "数量", "合计", "余额", "工作时长", "人数", "参与人数", "上年数", "本年数", "增减", "单价")),
    "small": (_small, ("得分", "排名", "成绩", "名次", "票数", "分数", "总分", "测评得分")),
    "phone": (_phone, ("联系电话", "手机号", "电话", "联系方式", "办公电话")),
    "clock": (_clock, ("上班时间", "签到时间", "开始时间", "结束时间", "时间")),
    "thing": (_one_of(THINGS), ("项目", "项目名称", "品名", "科目", "名称", "内容", "指标", "支出内容", "规格")),
    "place": (_one_of(PLACES), ("地点", "活动地点", "会场", "地址")),
    "state": (_one_of(STATES), ("状态", "资金来源", "是否", "等次", "政治面貌", "性别", "班次", "签到方式", "民族")),
    "title": (_one_of(TITLES), ("称号", "荣誉", "类别", "奖项", "推荐类型")),
    "code": (_code, ("代码", "科目号", "编码", "账号")),
    "blank": (_blank, ("备注", "签字", "审核意见", "签名", "照片", "佐证材料", "说明")),
}
KINDS: Final[tuple[tuple[str, ...], ...]] = (
    ("serial", "person", "unit", "post", "phone", "blank"),
    ("person", "unit", "phone"),
    ("post", "person", "unit"),
    ("serial", "person", "unit", "blank"),
    ("date", "week", "person", "person", "phone"),
    ("serial", "person", "unit", "date", "week", "state", "clock", "clock", "number", "blank"),
    ("thing", "number", "state", "blank"),
    ("serial", "thing", "number", "number", "number"),
    ("code", "thing", "code", "number"),
    ("thing", "number", "number"),
    ("unit", "small", "small"),
    ("serial", "unit", "small", "small", "small", "blank"),
    ("serial", "unit", "title"),
    ("serial", "person", "state", "date", "unit", "title", "blank"),
    ("date", "clock", "place", "person"),
    ("serial", "thing", "date", "place", "number", "blank", "blank"),
    ("phone", "date", "number"),
    ("thing", "state", "number", "number", "unit"),
    ("unit", "number", "number", "number", "number"),
    ("serial", "thing", "unit", "person", "phone"),
)  # fmt: skip
MOST_ROWS: Final = 30
STRANGE_HEADER: Final = 0.2
"""Share of columns whose header word belongs to another column."""
SPARSE: Final = 0.15
"""Share of tables of which half of the cells is still to be filled in."""


def other_tables(slug: str, seed: int, count: int) -> Iterator[LabelledTable]:
    """Yield tables without tasks; the kind of each row is "other"."""
    for number in range(count):
        rng = random.Random(f"other/{seed}/{slug}/{number}")
        yield _compose(slug, rng)


def _compose(slug: str, rng: random.Random) -> LabelledTable:
    kind = [name for name in rng.choice(KINDS) if rng.random() < 0.9]
    while len(kind) < 2:
        kind.append(rng.choice(list(COLUMNS)))
    if rng.random() < 0.2:
        kind.insert(rng.randrange(len(kind)), rng.choice(list(COLUMNS)))
    rows = rng.randint(3, MOST_ROWS)
    headers = [
        rng.choice(COLUMNS[rng.choice(list(COLUMNS)) if rng.random() < STRANGE_HEADER else name][1]) for name in kind
    ]
    sparse = rng.random() < SPARSE
    cells = [Cell(0, c, text, f"第1行第{c + 1}列") for c, text in enumerate(headers)]
    for r in range(rows):
        for c, name in enumerate(kind):
            text = COLUMNS[name][0](rng, r)
            if sparse and name != "serial" and rng.random() < 0.6:
                text = ""
            cells.append(Cell(r + 1, c, text, f"第{r + 2}行第{c + 1}列"))
    marked = rng.choice((None, 1))
    table = Table(tuple(cells), rows + 1, len(kind), "第1个表格", rng.random() < 0.5, marked)
    return LabelledTable(slug, build_grid(table), marked, tuple(["other"] * len(kind)), ("header", *["other"] * rows))
