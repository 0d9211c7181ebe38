"""`ops.*`: what the build must remember from one run to the next."""

from __future__ import annotations

from typing import Final

from schemas.columns import big_integer, integer, text
from schemas.core_files import SHA256_PATTERN
from schemas.tables import TableSpec

SOURCES: Final = TableSpec(
    schema="ops",
    name="sources",
    label="文件状态",
    comment="上次构建时每个原始文件的大小、修改时间和指纹，用来判断哪些文件需要重新读取。",
    key=("source_path",),
    columns=(
        text("source_path", "文件路径", "相对于 raw 目录的路径，用 / 分隔", required=True),
        big_integer("bytes", "文件大小", "文件大小", required=True, unit="字节"),
        big_integer("mtime_ns", "修改时间", "文件修改时间（自 1970 年起）", required=True, unit="纳秒"),
        text("sha256", "内容指纹", "文件内容的 SHA-256；文件打不开时为空", pattern=SHA256_PATTERN),
        text("extractor_version", "读取程序版本", "读取时的程序版本", required=True),
        text("corrections", "更正记录指纹", "读取时所用人工更正的指纹；没有更正时为空，变化后重新读取"),
    ),
)

RELATIONS: Final = {
    "equal": "内容大体相同",
    "subset": "甲的内容包含在乙中",
    "superset": "甲的内容包含乙",
    "overlap": "部分相同",
    "unrelated": "无关",
}

COUNTERPART_REVIEWS: Final = TableSpec(
    schema="ops",
    name="counterpart_reviews",
    label="对应关系认定",
    comment="对应关系认定。每行是人工认定的两条任务之间的关系，取自 warehouse/corrections 中的 对应关系.csv。",
    key=("line",),
    columns=(
        integer("line", "行号", "在 对应关系.csv 中的行号", required=True, minimum=1),
        text("file_a", "甲文件", "甲任务所在文件（相对于 raw）", required=True),
        text("locator_a", "甲位置", "甲任务的位置，同 core.tasks.locator", required=True),
        text("file_b", "乙文件", "乙任务所在文件", required=True),
        text("locator_b", "乙位置", "乙任务的位置", required=True),
        text("relation", "关系", "甲对乙的关系", required=True, values=RELATIONS),
        text("reason", "理由", "认定的理由", required=True),
        text("who", "经办人", "谁认定的", required=True),
        text("when", "日期", "认定的日期", required=True),
    ),
)

CHECKS: Final = TableSpec(
    schema="ops",
    name="checks",
    label="汇总核对",
    comment="汇总核对。每行是发布时对一张汇总表的一项核对；不通过时数字不可直接引用。",
    key=("mart", "rule"),
    columns=(
        text("mart", "汇总表", "被核对的表", required=True),
        text("rule", "核对项", "核对项的代码", required=True),
        text("description", "说明", "核对什么", required=True),
        big_integer("breaches", "不符数", "不符合的行数或处数，0 为通过", required=True),
        text("example", "例子", "不符合的一例"),
    ),
)

META: Final = TableSpec(
    schema="ops",
    name="meta",
    label="仓库信息",
    comment="仓库自身的信息，如表结构指纹；结构变化后仓库会自动重建。",
    key=("key",),
    columns=(
        text("key", "名称", "信息的名称", required=True),
        text("value", "内容", "信息的内容", required=True),
    ),
)
