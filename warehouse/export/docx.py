"""Task list of one party as a printable form (任务交办单), filled from a docx template that an office can replace."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docxtpl import DocxTemplate  # type: ignore[import-untyped]
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree
from markupsafe import Markup, escape

from warehouse.errors import ExportError
from warehouse.export.columns import LEADER, PERSONS, POINTS, select_columns
from warehouse.export.office_files import copy_without_timestamps, make_printable
from warehouse.export.party_roles import LEAD, SUPPORT, describe_others, describe_role
from warehouse.export.task_lists import DOUBTFUL_TASK, TaskList
from warehouse.export.task_query import Deadline
from warehouse.formatting import format_value

if TYPE_CHECKING:
    from docx.document import Document

DEFAULT_TEMPLATE: Final = "warehouse/export/templates/任务交办单.docx"
BLANK_LINE: Final = "＿" * 10
"""Placeholder for an unknown issuer, to be filled in by hand."""
SEE_TASKS: Final = "见各条出处"
"""Source of a list that several notices are the source of."""
SAME_SCORE: Final = "同上"
"""Score of a task that shares the score cell of the task above."""
KEPT_ROWS: Final = 2
"""Last rows of the table of tasks that stay on one page: the last task and what stands below it."""
TASKS_NAME: Final = "任务"
"""Name of the list of tasks in a template."""


class _TaskContext(dict[str, object]):
    """Template values of a task; an unknown name raises an error that lists the available ones."""

    def __missing__(self, name: str) -> object:
        raise _unknown_names([name], self)


class _Environment(ImmutableSandboxedEnvironment):
    """Sandboxed Jinja environment that caches compiled templates, since one template is filled for many parties."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._compiled: dict[str, Template] = {}

    def from_string(self, source: Any, *_: Any, **__: Any) -> Template:
        if source not in self._compiled:
            self._compiled[source] = super().from_string(source)
        return self._compiled[source]


class _StrictTemplate(DocxTemplate):  # type: ignore[misc]
    """DocxTemplate that rejects XML that is not well-formed; docxtpl would silently drop parts of it."""

    def fix_tables(self, xml: str) -> Any:
        etree.fromstring(xml.encode())
        return super().fix_tables(xml)

    def render_properties(self, context: Mapping[str, object], jinja_env: object = None) -> None:
        # Properties are plain text, so values must not be escaped.
        super().render_properties(context, _environment(markup=False))


def write_docx(task_list: TaskList, target: Path, template: Path | None = None) -> None:
    """Write the form of a list; identical input gives identical bytes.

    Args:
        task_list: The list of one party.
        target: File to write.
        template: An office's own template; None for the default one. `templates/README.md` lists the available names.

    Raises:
        ExportError: The template cannot be read, has faulty tags, or uses an unknown name.
        OSError: `target` cannot be written.
    """
    source = _read_default_template() if template is None else _read_template(template)
    label = template.name if template else "自带模板"
    context = build_context(task_list)
    rendered = io.BytesIO()
    try:
        _check_template(source, frozenset(context))
        document = _StrictTemplate(io.BytesIO(source))
        document.render(context, _environment(markup=True), autoescape=True)
        keep_ending_together(document.docx)
        document.save(rendered)
    except ExportError as error:
        raise ExportError(f"模板 {label}：{error}") from error
    except (TemplateSyntaxError, UndefinedError) as error:
        raise ExportError(
            f"模板 {label} 的标记有误（程序提示：{error.message}）。请对照自带模板 {DEFAULT_TEMPLATE}，"
            "检查 {{ }}、{% %} 是否成对，for 与 endfor、if 与 endif 是否齐全。"
        ) from error
    except Exception as error:
        # A template is a program and can raise any exception.
        raise ExportError(
            f"模板 {label} 无法填写（程序提示：{error}）。请对照自带模板 {DEFAULT_TEMPLATE} 检查标记的位置。"
        ) from error
    with target.open("wb") as handle:
        copy_without_timestamps(rendered, handle)


def keep_ending_together(document: Document) -> None:
    """Keep what follows the tasks on the page of the last task, so that no page holds the signatures alone.

    The tasks are the last table whose header is repeated; what follows is its last row, or what stands below it.
    """
    from docx.oxml.ns import qn
    from docx.text.paragraph import Paragraph

    tables = [table for table in document.tables if table._tbl.find(f".//{qn('w:tblHeader')}") is not None]
    if not tables:
        return
    last = tables[-1]._tbl
    below = [block for block in last.itersiblings() if block.tag != qn("w:sectPr")]
    for block in (*last.findall(qn("w:tr"))[-KEPT_ROWS:], *below[:-1]):
        for paragraph in block.iter(qn("w:p")):
            Paragraph(paragraph, document).paragraph_format.keep_with_next = True  # type: ignore[arg-type]


def build_context(task_list: TaskList) -> dict[str, object]:
    """Return the template values: name -> text, number or bool, and `TASKS_NAME` -> the tasks."""
    roles = [describe_role(row.task, task_list.party) for row in task_list.rows]
    leads, supports = roles.count(LEAD), roles.count(SUPPORT)
    summary = f"任务 {len(roles)} 条"
    if task_list.party:
        summary = f"由{task_list.party}{_count_roles(leads, supports)}"
    elif not task_list.is_whole:
        summary = f"未写明责任单位的任务 {len(roles)} 条"
    return {
        "交办单位": task_list.notice.unit or BLANK_LINE,
        "通知": _quote_title(task_list.notice.title or task_list.notice.label),
        "年份": format_value(task_list.notice.year),
        "来源文件": task_list.notice.source_path or SEE_TASKS,
        "责任单位": task_list.party or (task_list.unit if task_list.is_whole else BLANK_LINE),
        "主送": task_list.party or ("各责任单位" if task_list.is_whole else "各有关单位"),
        "任务概况": f"{summary}（{task_list.caveat}）" if task_list.caveat else summary,
        "任务数": len(roles),
        "牵头数": leads,
        "配合数": supports,
        "列人名": task_list.shows_persons,
        TASKS_NAME: list(_task_contexts(task_list, roles)),
    }


def _count_roles(leads: int, supports: int) -> str:
    if not supports:
        return f"{LEAD}的任务 {leads} 条"
    if not leads:
        return f"{SUPPORT}的任务 {supports} 条"
    return f"承担的任务 {leads + supports} 条（{LEAD} {leads} 条，{SUPPORT} {supports} 条）"


def _task_contexts(task_list: TaskList, roles: Sequence[str]) -> Iterator[_TaskContext]:
    """Yield the values of each task: the standard columns as text and the values specific to the form."""
    shared = {row for first, last in task_list.merges for row in range(first + 1, last + 1)}
    previous_standard = ""
    for index, (row, role) in enumerate(zip(task_list.rows, roles, strict=True)):
        task = row.task
        standard = _join_lines(("评价标准：", task.criteria), ("评分标准：", task.scoring))
        texts = {column.header: format_value(row.cells.get(column.header)) for column in select_columns()}
        extra = {
            POINTS: SAME_SCORE if index in shared else texts[POINTS],
            "角色": role,
            "同办单位": "\n".join(describe_others(task, role)),
            "起止": "\n".join(dict.fromkeys(filter(None, map(_format_period, task.deadlines)))),
            "责任人员": "\n".join(filter(None, (texts[LEADER], texts[PERSONS]))),
            "标准": standard if standard != previous_standard else "",
            "附注": _join_lines(
                ("加分项", "" if task.bonus else None),
                ("原文备注：", task.remark),
                (DOUBTFUL_TASK, "" if task.is_doubtful else None),
                # The list of several notices has no other place that says which ones ask for a task.
                ("出处：", None if task_list.notice.source_path else task.locator),
            ),
            "出处": f"出处：{task.locator}",
        }
        yield _TaskContext(texts | extra)
        previous_standard = standard


def _format_period(deadline: Deadline) -> str:
    """Return the dates of a deadline in Chinese; empty if it has none or recurs."""
    first, last = deadline.starts_on, deadline.ends_on
    if last is None or deadline.recurrence:
        return ""
    if deadline.kind == "by" or first is None:
        return f"截至 {last.isoformat()}"
    return last.isoformat() if first == last else f"{first.isoformat()} 至 {last.isoformat()}"


def _join_lines(*fields: tuple[str, str | None]) -> str:
    return "\n".join(f"{head}{text}" for head, text in fields if text is not None)


def _quote_title(title: str) -> str:
    """Return the title in 《》; inner title marks become 〈〉."""
    return f"《{title.replace('《', '〈').replace('》', '〉')}》"


@lru_cache(maxsize=4)
def _check_template(source: bytes, available: frozenset[str]) -> None:
    """Check that a template can be read and uses available names only, also in branches that are not rendered."""
    try:
        document = _StrictTemplate(io.BytesIO(source))
        document.init_docx()
    except Exception as error:
        # Each library involved raises its own exceptions for a file that is not a docx.
        raise ExportError("不是可用的 docx 文件。请用 Word 或 WPS 打开后另存为 docx，再试。") from error
    names = document.get_undeclared_template_variables(_environment(markup=True))
    if not names:
        # Most likely a form that was filled in before; every party would get the tasks of that one.
        raise ExportError(f"没有 {{{{ }}}} 标记，填不进内容。请从自带模板 {DEFAULT_TEMPLATE} 改起。")
    if names - available:
        raise _unknown_names(sorted(names - available), available)


def _unknown_names(names: Iterable[str], available: Iterable[str]) -> ExportError:
    return ExportError(f"不认识名称 {'、'.join(names)}。此处可用的名称有：{'、'.join(sorted(available))}。")


@cache
def _environment(*, markup: bool) -> _Environment:
    return _Environment(undefined=StrictUndefined, autoescape=markup, finalize=_escape_value if markup else None)


def _escape_value(value: object) -> Markup:
    """Return a value as XML text; `_` is escaped because docxtpl treats {_{ as a tag."""
    text = "" if value is None else make_printable(str(value))
    return Markup(str(escape(text)).replace("_", "&#95;"))


def _read_default_template() -> bytes:
    return (resources.files("warehouse") / "export" / "templates" / "任务交办单.docx").read_bytes()


def _read_template(template: Path) -> bytes:
    try:
        return template.read_bytes()
    except OSError as error:
        raise ExportError(f"无法读取模板 {template}（{error.strerror}）。请检查路径。") from error
