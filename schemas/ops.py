"""`ops.*`: what the build must remember from one run to the next."""

from __future__ import annotations

from typing import Final

from schemas.columns import big_integer, text
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
