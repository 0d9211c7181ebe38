"""What a user can do about a file that cannot be read: which program to save it with, and in which format."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remedies:
    """The remedies for one kind of file, each a sentence in Chinese."""

    save: str
    """For a complete file in a format that cannot be read."""
    damaged: str
    """For a damaged file."""
    bomb: str
    """For a file that expands beyond the limits."""


def _save_with(programs: str, suffix: str) -> Remedies:
    return Remedies(
        f"请用 {programs} 打开后另存为 {suffix}，再放入",
        f"请重新下载或复制该文件；能用 {programs} 打开的，另存为新的 {suffix} 后重新放入",
        f"疑似压缩炸弹，未展开；请核实来源，确属正常文件的，用 {programs} 打开后另存为 {suffix} 再放入",
    )


DOCUMENT = _save_with("WPS/Word", "docx")
WORKBOOK = _save_with("WPS/Excel", "xlsx")
PRESENTATION = _save_with("WPS/PowerPoint", "pdf")
ARCHIVE = Remedies(
    "请解压后把其中的通知逐个放入",
    "请重新下载或复制该压缩包；能解压的，解压后把其中的通知逐个放入",
    "疑似压缩炸弹，未展开；请核实来源，确属正常文件的，解压后只放入需要的通知",
)
PICTURE = Remedies(
    "请用看图软件打开后另存为 PNG，或识别（OCR）、录入为 docx 后放入",
    "请重新获取该图片；能打开的，另存为 PNG，或识别（OCR）、录入为 docx 后放入",
    "请核实来源；确属正常图片的，缩小后另存为 PNG 再放入",
)
UNKNOWN = Remedies(
    "请用生成该文件的程序打开后另存再放入：文字材料存为 docx，表格存为 xlsx",
    "请重新下载或复制该文件；能打开的，另存后再放入：文字材料存为 docx，表格存为 xlsx",
    "请核实来源，确属正常文件的，打开后另存再放入：文字材料存为 docx，表格存为 xlsx",
)
