"""Tables below the same header are read together."""

from __future__ import annotations

from typing import ClassVar

from extractors.tables.equal_headers import settle_equal_headers
from extractors.tables.grid import build_grid
from extractors.tables.role_assignment import ColumnReading, read_columns
from tests.extractors.tables.build import Row, table

HEADER = ("序号", "工作内容", "提交成果", "提交日期", "分值", "协作科室")
MANY: list[Row] = [
    ["1", "调整创建工作领导小组，明确联络员。", "红头文件1份", "2月29日", "3", ""],
    ["2", "每半年报送创建工作小结。", "小结2份", "6月25日", "3", "各科室"],
    ["3", "主动公开政府信息不少于80条。", "截图", "12月10日", "4", "信息中心"],
    ["4", "更新宣传栏，张贴公益广告。", "照片", "3月5日", "4", "机关服务中心"],
]
FEW: list[Row] = [
    ["1", "开展收购专项检查，公示检查结果。", "检查通报", "6月30日", "5", "储备科"],
    ["2", "建立企业信用档案，评定信用等级。", "评定结果", "8月15日", "4", "储备科"],
    ["3", "开展安全生产大检查每季度1次。", "检查记录4份", "每季度末", "5", "各科室"],
]


def read(rows: list[Row], header: tuple[str, ...] = HEADER) -> ColumnReading:
    return read_columns(header, build_grid(table(*rows)))


def last_roles(readings: list[ColumnReading]) -> list[str]:
    return [reading.roles.names[-1] for reading in readings]


def test_columns_below_equal_headers_mean_the_same() -> None:
    alone = [read(MANY), read(FEW)]
    assert last_roles(alone) == ["support", "party"]
    together = settle_equal_headers(alone)
    assert last_roles(together) == ["support", "support"]
    assert together[1].rows.roles == together[1].roles
    margins = [one.assignments[0].score - one.assignments[1].score for one in (alone[1], together[1])]
    assert margins[1] > margins[0]


def test_other_headers_are_read_alone() -> None:
    alone = [read(MANY), read(FEW, (*HEADER[:-1], "协作股室"))]
    assert settle_equal_headers(alone) == alone
    assert (
        settle_equal_headers([read(MANY, ("",) * 6), read(FEW, ("",) * 6)])[1].assignments
        == read(FEW, ("",) * 6).assignments
    )


class TestColumnsOfOneName:
    MANY: ClassVar[list[Row]] = [
        ["党建引领", "全体人员参加每月集中学习，笔记齐全。", "5", "看记录", "每月"],
        ["党建引领", "党员佩戴党徽上岗，亮身份。", "5", "看现场", "3月起"],
        ["环境秩序", "办公桌面整洁，下班断电关窗。", "8", "看现场", "长期"],
        ["环境秩序", "垃圾按四类投放，室内禁烟。", "6", "看现场", "长期"],
        ["服务群众", "首问负责，办事一次告知。", "6", "看系统", "每季度"],
    ]
    FEW: ClassVar[list[Row]] = [
        ["牵头整理创建档案，按类别归盒。", "15", "看资料", "11月20日前"],
        ["刊发创建信息12条以上。", "15", "看资料", "12月10日前"],
        ["学校食堂明厨亮灶覆盖率100%。", "15", "看系统", "5月底前"],
    ]

    def test_mean_the_same_in_every_table(self) -> None:
        many = read(self.MANY, ("类别", "共同事项", "满分值", "检验方式", "落实时间"))
        few = read(self.FEW, ("专属事项", "满分值", "检验方式", "落实时间"))
        assert (many.roles.names[3], few.roles.names[2]) == ("method", "evidence")
        settled = settle_equal_headers([many, few])
        assert (settled[0], settled[1].roles.names[2]) == (many, "method")
        # What the table itself would rather say stays the alternative.
        assert settled[1].assignments[1].roles[2] == "evidence"

    def test_without_another_table_or_a_name_decide_nothing(self) -> None:
        many = read(self.MANY, ("类别", "共同事项", "满分值", "查验途径", "落实时间"))
        few = read(self.FEW, ("专属事项", "满分值", "检验方式", "落实时间"))
        assert settle_equal_headers([many, few])[1] == few
