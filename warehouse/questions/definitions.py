"""What a question is: one SQL file of this folder, whose head says how it is found, asked and shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final, Literal

from warehouse.errors import QueryError

DEFAULT_DAYS: Final = 30
"""Default of the parameter `days`."""
GROUPS: Final = ("权重", "责任", "时限", "材料", "核对")
"""The groups of questions, in the order of the lists."""
NEEDS: Final = ("任务", "现行版", "分值", "责任单位", "时限", "材料", "测评方法", "量化指标", "上一版")
"""What a question can need of a notice, without which the notice is left out."""
ROW_COUNT: Final = "行数"
"""Measure of a cross-table that counts rows."""
_PARAMETER: Final = re.compile(r"\$(\w+)")
_KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "标题": "title",
        "问题": "question",
        "分组": "group",
        "词语": "words",
        "参数": "parameters",
        "需要": "needs",
        "说明": "explanation",
        "无结果": "empty",
        "未列": "left_out",
        "交叉": "crosstab",
        "图": "chart",
    }
)
_OPTIONAL_KEYS: Final = frozenset({"crosstab", "chart"})
_OPTIONS: Final = frozenset({"只取", "不取", "空为", "次序"})

Picker = Literal["notices", "topic", "party", "date", "number", "scope"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that questions share.

    Attributes:
        name: Its name in the SQL and in forms.
        label: Its name in Chinese.
        hint: What holds where it is not given (Chinese).
        picker: How a page lets it be picked.
        option: Its option at the command line.
    """

    name: str
    label: str
    hint: str
    picker: Picker
    option: str


PARAMETERS: Final[Mapping[str, Parameter]] = MappingProxyType(
    {
        one.name: one
        for one in (
            Parameter("notice", "通知", "默认全部现行通知", "notices", "--notice"),
            Parameter("other", "与哪些通知比", "默认全部现行通知", "notices", "--other"),
            Parameter("topic", "主题", "默认全部主题", "topic", "--topic"),
            Parameter("party", "责任单位", "名称的一部分，默认全部", "party", "--party"),
            Parameter("date", "起算日期", "默认今天", "date", "--date"),
            Parameter("days", "天数", f"默认 {DEFAULT_DAYS}", "number", "--days"),
            Parameter(
                "everything",
                "全部通知",
                "连参考通知、其他单位的和周期已结束的也列出，默认只列本级应办的",
                "scope",
                "--all",
            ),
        )
    }
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How rows are laid out as a cross-table (`columns` set) or a chart (`columns` None).

    Attributes:
        rows: Column whose values name the rows or bars.
        value: Column of the values, or `ROW_COUNT`.
        columns: Column whose values name the columns of a cross-table.
        only: Column and value of the rows to use.
        excluded: Column and value of the rows to skip.
        blank: Text of a cell without a row.
        is_sorted_by_name: Whether rows stand in the order of their names instead of their values.
    """

    rows: str
    value: str
    columns: str | None = None
    only: tuple[str, str] | None = None
    excluded: tuple[str, str] | None = None
    blank: str | None = None
    is_sorted_by_name: bool = False

    @property
    def title(self) -> str:
        """What is laid out: rows, columns and values."""
        return f"{self.rows} × {self.columns}：{self.value}"


@dataclass(frozen=True, slots=True)
class Question:
    """One question; all texts are Chinese.

    Attributes:
        number: Number of the file.
        title: Title.
        question: The question.
        group: One of `GROUPS`.
        words: Further words it is found by.
        parameters: Names of its parameters.
        needs: What a notice must have to take part (`NEEDS`).
        explanation: Method: how the rows come about and are to be read.
        empty: What an empty result means.
        left_out: Why a notice that has all that is needed has no row.
        crosstab: How the rows are laid out as a cross-table.
        chart: How they are drawn.
        sql: The query, with `$name` for parameters.
    """

    number: int
    title: str
    question: str
    group: str
    words: tuple[str, ...]
    parameters: tuple[str, ...]
    needs: tuple[str, ...]
    explanation: str
    empty: str
    left_out: str
    sql: str
    crosstab: Layout | None = None
    chart: Layout | None = None


@cache
def list_questions() -> tuple[Question, ...]:
    """Return all questions by number. Raises ValueError where a file lacks a part of its head comment."""
    folder = resources.files("warehouse") / "questions"
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".sql")), key=lambda item: item.name)
    return tuple(read_question(int(item.name.removesuffix(".sql")), item.read_text("utf-8")) for item in files)


def read_question(number: int, source: str) -> Question:
    """Parse one file.

    The head comment has a line `-- key：value` for each key: 标题, 问题, 分组 (one of `GROUPS`), 词语, 参数 (names),
    需要 (of `NEEDS`), 说明, 无结果, 未列, and where they serve 交叉 (`行 × 列 = 值`) and 图 (`值 按 行`), with options
    `，只取 列 值`, `，不取 列 值`, `，空为 值`, `，次序 行名`. Lists are separated by 、. The SQL follows.

    Raises:
        ValueError: A line is missing or malformed, or the parameters are not those of the SQL.
    """
    lines = source.strip().splitlines()
    body = next((index for index, line in enumerate(lines) if not line.startswith("--")), len(lines))
    head: dict[str, str] = {}
    for line in lines[:body]:
        key, _, value = line.removeprefix("--").strip().partition("：")
        if key in _KEYS:
            head[_KEYS[key]] = value
    sql = "\n".join(lines[body:])
    missing = [chinese for chinese, key in _KEYS.items() if key not in _OPTIONAL_KEYS and not head.get(key)]
    if missing or not sql:
        raise ValueError(f"question {number}: wants a query and a head with {'、'.join(missing)}")
    lists = {key: tuple(head.pop(key).split("、")) for key in ("words", "parameters", "needs")}
    if set(_PARAMETER.findall(sql)) != set(lists["parameters"]) or not PARAMETERS.keys() >= set(lists["parameters"]):
        raise ValueError(f"question {number}: the parameters are not those of its query")
    if head["group"] not in GROUPS or not set(NEEDS) >= set(lists["needs"]):
        raise ValueError(f"question {number}: unknown group or need")
    layouts = {key: _read_layout(head.pop(key)) for key in ("crosstab", "chart") if key in head}
    return Question(number=number, sql=sql, **head, **lists, **layouts)  # type: ignore[arg-type]


def _read_layout(text: str) -> Layout:
    """Parse `行 × 列 = 值` or `值 按 行`, with options. Raises ValueError where the text is neither."""
    main, *options = text.split("，")
    frame, is_crosstab, value = main.partition(" = ")
    if is_crosstab:
        rows, mark, columns = frame.partition(" × ")
    else:
        value, mark, rows = main.partition(" 按 ")
        columns = ""
    if not mark or not rows or not value or bool(columns) != bool(is_crosstab):
        raise ValueError(f"no layout: {text}")
    chosen: dict[str, tuple[str, str]] = {}
    for option in options:
        kind, _, rest = option.partition(" ")
        column, _, wanted = rest.partition(" ")
        if kind not in _OPTIONS or bool(wanted) != (kind in ("只取", "不取")) or not column:
            raise ValueError(f"no option of a layout: {option}")
        chosen[kind] = column, wanted
    blank = chosen["空为"][0] if "空为" in chosen else None
    only, excluded = chosen.get("只取"), chosen.get("不取")
    return Layout(rows, value, columns or None, only, excluded, blank, "次序" in chosen)


def get_question(number: int) -> Question:
    """Return the question with this number. Raises QueryError where there is none."""
    for question in list_questions():
        if question.number == number:
            return question
    raise QueryError(f"没有第 {number} 题。题号为 1 到 {len(list_questions())}，用 wenming ask 查看全部题目。")


def find_questions(text: str) -> tuple[Question, ...]:
    """Return the questions in which all words of a text (separated by blanks) occur.

    Titles count before the other texts: where a title holds all words, only such questions are returned.
    """
    words = text.replace("，", " ").replace("、", " ").split()
    if not words:
        return ()
    titled = [one for one in list_questions() if all(word in one.title for word in words)]
    return tuple(titled or [one for one in list_questions() if all(word in _searched_text(one) for word in words)])


def suggest_questions(text: str, limit: int = 3) -> Sequence[Question]:
    """Return the questions that share most pairs of neighbouring characters with a text, at least one."""
    wanted = _pairs(text)
    scored = [(len(wanted & _pairs(_searched_text(one))), one) for one in list_questions()]
    return [one for score, one in sorted(scored, key=lambda pair: (-pair[0], pair[1].number)) if score][:limit]


def _searched_text(question: Question) -> str:
    return "\n".join((question.title, question.question, question.group, *question.words))


def _pairs(text: str) -> set[str]:
    return {text[index : index + 2] for index in range(len(text) - 1) if not set(text[index : index + 2]) & set(" \n")}
