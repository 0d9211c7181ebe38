"""What an import of filled task lists says of its result, for the command and for the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from schemas.ops import IMPORT_PROBLEMS

if TYPE_CHECKING:
    from assets.progress_import.import_workbooks import ImportResult

MAX_LISTED: Final = 50
"""Maximum number of rejected rows shown; all are in ops.progress_issues."""
ISSUE_HEADERS: Final = ("文件", "工作表", "行", "原因", "说明")
REST: Final = "全部内容见 ops.progress_issues；改正后重新导入即可，已采用的不会重复"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The result of an import in Chinese.

    Attributes:
        summary: How many rows were accepted and how many not.
        repeated: Files that were sent twice.
        refused: Name -> why the file is none of our lists.
        issues: Rejected rows by the columns of `ISSUE_HEADERS`.
    """

    summary: str
    repeated: Sequence[str]
    refused: Sequence[tuple[str, str]]
    issues: Sequence[tuple[str, str, str, str, str]]

    @property
    def lines(self) -> list[str]:
        """The report as plain lines."""
        issues = [
            f"{file} {sheet} 第 {row} 行：{reason}，{message}" for file, sheet, row, reason, message in self.issues
        ]
        refused = [f"{name}：{why}" for name, why in self.refused]
        return [self.summary, *self.repeated, *refused, *issues, *([REST] if issues else [])]


def describe_import(done: ImportResult) -> ImportReport:
    """Return the report of an import."""
    validation = done.validation
    return ImportReport(
        summary=(
            f"导入 {len(done.files)} 个文件：采用 {len(validation.reports)} 条，与已有相同 {validation.same} 条，"
            f"没有填写 {validation.untouched} 条，未采用 {len(validation.issues)} 条"
        ),
        repeated=[f"{name} 与 {same} 内容完全相同，只导入一次" for name, same in done.repeated_files],
        refused=list(done.refused_files.items()),
        issues=[
            (issue.row.file, issue.row.sheet, str(issue.row.row), IMPORT_PROBLEMS[issue.kind], issue.message)
            for issue in validation.issues[:MAX_LISTED]
        ],
    )
