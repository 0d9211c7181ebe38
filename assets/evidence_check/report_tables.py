"""The outcome of a check as tables: what the list asks, the files, those that fit nothing, those that are the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from assets.evidence_check.check_folder import CheckedFile, CheckedMaterial, FolderCheck
from assets.evidence_check.demands import TaskDemand
from assets.evidence_check.inspect_file import FILE_KINDS, EvidenceFile
from warehouse.heading import Heading
from warehouse.xlsx import Sheet

MATERIAL_COLUMNS: Final = (
    "通知", "序号", "任务要求", "材料", "应有", "已有", "其中推测", "缺", "结果", "格式要求", "文件", "文件的问题",
    "材料应在的时间", "出处",
)  # fmt: skip
FILE_COLUMNS: Final = (
    "文件", "类型", "大小（KB）", "像素", "字数", "文档内图片", "拍摄日期", "对应任务", "对应材料", "把握", "依据",
    "问题", "建议文件名",
)  # fmt: skip
NOTES: Final = (
    "核对只在本机进行，材料目录中没有改动任何文件；建议文件名只是建议。",
    "“确定”指序号、编号与文字相符，或名称中的文字只见于一条任务；“推测”须由人核实，计入“已有”时另列“其中推测”。",
    "序号是 wenming export tasks 写出的清单中的序号；文件夹或文件名以“序号-”开头最容易对上。",
    "字数按办公软件的算法：汉字和标点一个算一个，外文一词算一个；文档里图片中的字不算，扫描件的字数请自查。",
    "内容完全相同指逐字节相同；另存、压缩、裁剪过的同一张照片看不出来。",
    "日期只看名称、相机记下的拍摄日期和正文；正文写明的日期全都在任务时间之外才列出。",
)


def build_sheets(check: FolderCheck) -> list[Sheet]:
    """Return the sheets of the workbook."""
    tables: tuple[tuple[str, Sequence[str], list[tuple[Any, ...]]], ...] = (
        ("对照清单", MATERIAL_COLUMNS, [_material_row(item) for item in check.materials]),
        ("文件", FILE_COLUMNS, [_file_row(file) for file in check.files]),
        ("对不上的文件", ("文件", "原因"), [(f.match.file.path, f.match.reason) for f in check.unmatched]),
        ("相同的文件", ("组", "文件", "大小（KB）"), list(_same_rows(check.same_files))),
        ("说明", ("说明",), [(note,) for note in NOTES]),
    )
    return [Sheet(name, columns, rows, Heading(f"佐证材料核对　{name}")) for name, columns, rows in tables]


def name_task(demand: TaskDemand) -> str:
    """Return serial and short name of a task."""
    return f"{demand.serial} {demand.short_name}"


def _material_row(item: CheckedMaterial) -> tuple[Any, ...]:
    demand, material, files = item.demand, item.material, (*item.sure, *item.presumed)
    wanted = f"{material.min_count}{material.unit}" if material else None
    return (
        demand.notice.label,
        demand.serial,
        demand.task.requirement,
        material.raw if material else ("与前面的任务共用" if demand.is_shared else "（原文没有写明）"),
        wanted,
        len(files),
        len(item.presumed) or None,
        item.missing or None,
        item.state,
        (material.form_text or None) if material else None,
        "\n".join(file.match.file.path for file in files) or None,
        "\n".join(f"{file.match.file.path}：{'；'.join(file.problems)}" for file in files if file.problems) or None,
        f"{demand.first_day or ''}至{demand.last_day or ''}" if demand.first_day or demand.last_day else None,
        f"{demand.notice.source_path} {demand.task.locator}",
    )


def _file_row(file: CheckedFile) -> tuple[Any, ...]:
    found, match = file.match.file, file.match
    return (
        found.path,
        FILE_KINDS[found.kind],
        round(found.size / 1024, 1),
        f"{found.pixels[0]}×{found.pixels[1]}" if found.pixels else None,
        found.words,
        found.pictures_inside or None,
        found.taken_on,
        name_task(match.demand) if match.demand else None,
        match.material.raw if match.material else None,
        match.certainty or "对不上",
        match.reason,
        "\n".join(file.problems) or None,
        file.suggested,
    )


def _same_rows(groups: Sequence[Sequence[EvidenceFile]]) -> list[tuple[Any, ...]]:
    return [
        (number, file.path, round(file.size / 1024, 1))
        for number, group in enumerate(groups, start=1)
        for file in group
    ]
