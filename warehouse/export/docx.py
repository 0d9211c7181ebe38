"""A task list as a paper form (任务交办单) for one party, from a template that an office can replace."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

from docxtpl import DocxTemplate  # type: ignore[import-untyped]
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree
from markupsafe import Markup, escape

from warehouse.errors import ExportError
from warehouse.export.columns import LEADER, PERSONS, POINTS, columns
from warehouse.export.deterministic_zip import restamp
from warehouse.export.sanitize import printable
from warehouse.export.task_lists import TaskList
from warehouse.export.task_query import Deadline, Task
from warehouse.formatting import format_value

OWN: Final = "warehouse/export/templates/任务交办单.docx"
TO_SIGN: Final = "＿" * 10
"""Where the notice does not say who issued it."""
SAME: Final = "同上"
"""The score of a duty that shares the cell of the one above."""
LEAD: Final = "牵头"
SUPPORT: Final = "配合"
DUTIES: Final = "任务"
"""The name of the list of duties in a template."""


class _Names(dict[str, object]):
    """The values of a duty by name; asking for another name says which there are."""

    def __missing__(self, name: str) -> object:
        raise _unknown([name], self)


class _Environment(ImmutableSandboxedEnvironment):
    """Templates may compute, but reach nothing beyond their values; one serves many parties and is compiled once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._compiled: dict[str, Template] = {}

    def from_string(self, source: Any, *_: Any, **__: Any) -> Template:
        if source not in self._compiled:
            self._compiled[source] = super().from_string(source)
        return self._compiled[source]


class _Form(DocxTemplate):  # type: ignore[misc]
    """docxtpl, but nothing gets lost: it would mend XML that is not well-formed by leaving out what does not fit."""

    def fix_tables(self, xml: str) -> Any:
        etree.fromstring(xml.encode())
        return super().fix_tables(xml)

    def render_properties(self, context: Mapping[str, object], jinja_env: object = None) -> None:
        # Properties are plain text, where an escaped & would stay &amp;.
        super().render_properties(context, _environment(markup=False))


def write_docx(one: TaskList, target: Path, template: Path | None = None) -> None:
    """Write the form of a list, on an office's own `template` or on ours; the same input gives the same bytes.

    The names that a template may use are listed in `templates/README.md`. Raises ExportError for a template that
    cannot be read, has faulty marks, or asks for a name that there is none of; OSError.
    """
    source = _own() if template is None else _read(template)
    label = template.name if template else "自带模板"
    context = values(one)
    made = io.BytesIO()
    try:
        _check(source, frozenset(context))
        form = _Form(io.BytesIO(source))
        form.render(context, _environment(markup=True), autoescape=True)
        form.save(made)
    except ExportError as error:
        raise ExportError(f"模板 {label}：{error}") from error
    except (TemplateSyntaxError, UndefinedError) as error:
        raise ExportError(
            f"模板 {label} 的标记有误（程序提示：{error.message}）。请对照自带模板 {OWN}，"
            "检查 {{ }}、{% %} 是否成对，for 与 endfor、if 与 endif 是否齐全。"
        ) from error
    except Exception as error:
        # What stands in a template is a program: it can fail in any way.
        raise ExportError(
            f"模板 {label} 无法填写（程序提示：{error}）。请对照自带模板 {OWN} 检查标记的位置。"
        ) from error
    with target.open("wb") as handle:
        restamp(made, handle)


def values(one: TaskList) -> dict[str, object]:
    """What a template may ask for: name -> text, number or yes and no, and under 任务 the duties."""
    roles = [_role(row.task, one.party) for row in one.rows]
    leads, supports = roles.count(LEAD), roles.count(SUPPORT)
    counted = f"任务 {len(roles)} 条"
    if one.party:
        counted = f"由{one.party}{_parts(leads, supports)}"
    elif not one.whole:
        counted = f"未写明责任单位的任务 {len(roles)} 条"
    return {
        "交办单位": one.notice.unit or TO_SIGN,
        "通知": _quoted(one.notice.title or one.notice.label),
        "年份": format_value(one.notice.year),
        "来源文件": one.notice.source_path,
        "责任单位": one.party or (one.unit if one.whole else TO_SIGN),
        "主送": one.party or ("各责任单位" if one.whole else "各有关单位"),
        "任务概况": counted,
        "任务数": len(roles),
        "牵头数": leads,
        "配合数": supports,
        "列人名": one.persons,
        DUTIES: list(_duties(one, roles)),
    }


def _parts(leads: int, supports: int) -> str:
    if not supports:
        return f"{LEAD}的任务 {leads} 条"
    if not leads:
        return f"{SUPPORT}的任务 {supports} 条"
    return f"承担的任务 {leads + supports} 条（{LEAD} {leads} 条，{SUPPORT} {supports} 条）"


def _duties(one: TaskList, roles: Sequence[str]) -> Iterator[_Names]:
    """The duties: the standard columns as text, and what a form says otherwise than a table."""
    shared = {row for first, last in one.merges for row in range(first + 1, last + 1)}
    above = ""
    for index, (row, role) in enumerate(zip(one.rows, roles, strict=True)):
        task = row.task
        standard = _lines(("评价标准：", task.criteria), ("评分标准：", task.scoring))
        texts = {column.header: format_value(row.cells.get(column.header)) for column in columns()}
        own = {
            POINTS: SAME if index in shared else texts[POINTS],
            "角色": role,
            "同办单位": _others(task, role),
            "起止": "\n".join(dict.fromkeys(filter(None, map(_period, task.deadlines)))),
            "责任人员": "\n".join(filter(None, (texts[LEADER], texts[PERSONS]))),
            "标准": standard if standard != above else "",
            "附注": _lines(("加分项", "" if task.bonus else None), ("原文备注：", task.remark)),
            "出处": f"出处：{task.locator}",
        }
        yield _Names(texts | own)
        above = standard


def _role(task: Task, party: str | None) -> str:
    """What `party` is to a task; nothing where the list is of no party."""
    mine = {one.role for one in task.parties if one.party == party}
    return LEAD if "lead" in mine else SUPPORT if mine else ""


def _others(task: Task, role: str) -> str:
    """Who else is at it: for a lead the supports, for a support the leads, in a list of no party both."""
    leads = "" if role == LEAD else "、".join(task.named("lead"))
    supports = "" if role == SUPPORT else "、".join(task.named("support"))
    return _lines((f"{LEAD}：", leads or None), (f"{SUPPORT}：", supports or None))


def _period(deadline: Deadline) -> str:
    """The days that were read from a deadline; nothing where its words are all there is."""
    first, last = deadline.starts_on, deadline.ends_on
    if last is None or deadline.recurrence:
        return ""
    if deadline.kind == "by" or first is None:
        return f"截至 {last.isoformat()}"
    return last.isoformat() if first == last else f"{first.isoformat()} 至 {last.isoformat()}"


def _lines(*said: tuple[str, str | None]) -> str:
    return "\n".join(f"{head}{text}" for head, text in said if text is not None)


def _quoted(title: str) -> str:
    """The title in the quotation marks of titles; those inside become the inner ones."""
    return f"《{title.replace('《', '〈').replace('》', '〉')}》"


@lru_cache(maxsize=4)
def _check(source: bytes, known: frozenset[str]) -> None:
    """See that a template can be read and asks for known names alone, also where this list would not come by."""
    try:
        form = _Form(io.BytesIO(source))
        form.init_docx()
    except Exception as error:
        # Of a file that is no docx, each library on the way says so in its own manner.
        raise ExportError("不是可用的 docx 文件。请用 Word 或 WPS 打开后另存为 docx，再试。") from error
    asked = form.get_undeclared_template_variables(_environment(markup=True))
    if not asked:
        # Most likely a form that was filled in before: each party would get the duties of another.
        raise ExportError(f"没有 {{{{ }}}} 标记，填不进内容。请从自带模板 {OWN} 改起。")
    if asked - known:
        raise _unknown(sorted(asked - known), known)


def _unknown(names: Iterable[str], known: Iterable[str]) -> ExportError:
    return ExportError(f"不认识名称 {'、'.join(names)}。此处可用的名称有：{'、'.join(sorted(known))}。")


@cache
def _environment(*, markup: bool) -> _Environment:
    return _Environment(undefined=StrictUndefined, autoescape=markup, finalize=_verbatim if markup else None)


def _verbatim(value: object) -> Markup:
    """A value as XML that says just this; docxtpl would take {_{ in it for a mark of its own."""
    text = "" if value is None else printable(str(value))
    return Markup(str(escape(text)).replace("_", "&#95;"))


def _own() -> bytes:
    return (resources.files("warehouse") / "export" / "templates" / "任务交办单.docx").read_bytes()


def _read(template: Path) -> bytes:
    try:
        return template.read_bytes()
    except OSError as error:
        raise ExportError(f"无法读取模板 {template}（{error.strerror}）。请检查路径。") from error
