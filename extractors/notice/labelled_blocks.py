"""Items of the running text with a line for each of their fields, read as a table is: what the labels of a list mean.

（一）道德讲堂 above 测评内容：…, 责任科室：…, 时间要求：… is a row, its labels are the header.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from extractors.body.outline import OutlineItem
from extractors.body.scored_items import MIN_SHARE
from extractors.normalize import clean, is_placeholder
from extractors.notice.prose_fields import (
    DUTY_ROLES,
    FIELD_MARKS,
    FIELD_ROLES,
    Field,
    FoundFields,
    names_office,
    says_when,
)
from extractors.parsers.column_headers import header_word
from extractors.parsers.labelled_lines import LABEL, LABEL_PATTERN
from extractors.parsers.responsible_units import looks_like_party
from extractors.tables.column_roles import ColumnRole
from extractors.tables.confidence import MAX_LOG_ODDS, posterior
from extractors.tables.grid import Grid, GridCell
from extractors.tables.header import Header
from extractors.tables.labelled_texts import common_labels, take_labelled
from extractors.tables.role_assignment import read_columns
from extractors.tables.task_tables import LEAST_TASK_LOG_ODDS

_LEAST_BLOCKS: Final = 2
_UNREAD: Final = (ColumnRole.LEVEL, ColumnRole.OTHER, ColumnRole.SERIAL, ColumnRole.SCOREBOX, ColumnRole.UNIT)
"""Roles that say nothing of an item outside a table: its line stays as a remark."""
_MIN_REPEATED = 2
"""Items under whose label units stand before the label means units; one text may end like a unit by chance."""
_MIN_MODELLED: Final = 3
"""Items below whose label the texts say what it means, where no vocabulary does."""
_FIGURE = re.compile(r"\d")
_INNER_LABEL = re.compile(rf"(?<=[。；;])[^\S\n]*(?P<label>{LABEL_PATTERN})")
_OF_TASKS: Final = (*DUTY_ROLES, ColumnRole.POINTS)
"""Fields of which the items of a list of tasks have one at least."""
_SINGLE_VALUES: Final = (*DUTY_ROLES, ColumnRole.SUPPORT, ColumnRole.PERSON, ColumnRole.DEADLINE)
_BLOCK_ROLES: Final = (*FIELD_ROLES, ColumnRole.METHOD, ColumnRole.SCORING, ColumnRole.POINTS)


@dataclass(frozen=True, slots=True)
class Block:
    """An item with a line for each of its fields: its text before them, and (label, text) of each line."""

    text: str
    lines: tuple[tuple[str, str], ...]


class LabelledItem(NamedTuple):
    """An item of a list of labelled lines: its text and fields, and the names that stand above what is to be done.

    `is_named` says whether the first of them is the line above the labels.
    """

    found: FoundFields
    names: tuple[str, ...]
    is_named: bool


class LabelledItems(NamedTuple):
    """A list of items in labelled lines; how sure the roles of the labels are, and what they are, as (label, role)."""

    items: Sequence[LabelledItem]
    confidence: float
    roles: Sequence[tuple[str, ColumnRole]]


def read_labelled_items(texts: Sequence[str]) -> LabelledItems | None:
    """Return the items of a list whose texts are names above labelled lines; None if they are not.

    Args:
        texts: the text of each item of the list, a line for each paragraph.
    """
    blocks = _unify_labels([read_block("\n" + text if LABEL.match(text) else text) for text in texts])
    lines = ["\n".join(label + text for label, text in block.lines) for block in blocks]
    labels = common_labels(lines)
    if len(texts) < _LEAST_BLOCKS or not labels or not all(lines):
        return None
    # 督查单位：区委督查室 of one item alone is no more of the unit in the line above it.
    known = ["\n".join(label + text for label, text in block.lines if _name(label) in labels) for block in blocks]
    rows = [[block.text, *take_labelled(below, labels)[1:]] for block, below in zip(blocks, known, strict=True)]
    columns = ("", *labels)
    grid = _make_grid(rows)
    read = read_columns(columns, grid)
    roles = read.roles.names
    content = read.roles.requirement
    if content and header_word(columns[content]).role not in (None, ColumnRole.REQUIREMENT):
        # 时间：每周一至周五 is no requirement, whatever else the items say.
        return None
    if content is None or read.task_log_odds < LEAST_TASK_LOG_ODDS or not any(role in _OF_TASKS for role in roles):
        return None
    meant = list(zip(labels, roles[1:], strict=True))
    is_known = all(header_word(label).role == role for label, role in meant)
    sure = 1.0 if is_known else posterior(Header(0, 0, columns, MAX_LOG_ODDS), read, ())
    items = [_labelled_item(row, columns, roles, content) for row in rows]
    others = [[label + text for label, text in block.lines if _name(label) not in labels] for block in blocks]
    return LabelledItems([_with_remarks(*pair) for pair in zip(items, others, strict=True)], sure, meant)


def _name(label: str) -> str:
    return label.rstrip(":：")


def _with_remarks(item: LabelledItem, texts: Iterable[str]) -> LabelledItem:
    fields = (*item.found.fields, *((ColumnRole.REMARK, text) for text in texts))
    return item._replace(found=FoundFields(item.found.text, fields))


def _unify_labels(blocks: Sequence[Block]) -> list[Block]:
    """Return blocks with one label for each role; 责任处室 in one of them is the 责任处室（年级） of the others."""
    counts = Counter(label for block in blocks for label, _ in block.lines)
    usual: dict[str, str] = {}
    for label, _ in counts.most_common():
        role = header_word(_name(label)).role
        if role in FIELD_ROLES:
            usual.setdefault(role, label)
    alone = (label for label, count in counts.items() if count == 1)
    same = {label: label for label in counts} | {
        label: usual.get(header_word(_name(label)).role or "", label) for label in alone
    }
    return [Block(block.text, tuple((same[label], text) for label, text in block.lines)) for block in blocks]


def read_block(text: str) -> Block:
    """Split an item into its first lines and the labelled lines below them; a line without label continues the last."""
    first, *others = text.split("\n")
    head, lines = [first], list[tuple[str, str]]()
    for line in others:
        label = LABEL.match(line)
        if label:
            lines.append((label.group(), line[label.end() :].strip()))
        elif lines:
            lines[-1] = (lines[-1][0], f"{lines[-1][1]}\n{line}")
        else:
            head.append(line)
    return Block("\n".join(head), tuple(lines))


def separate_labels(texts: Sequence[str]) -> list[str]:
    """Return texts with a line for each of their labels, where most have the same label behind another in one line.

    打分办法：现场走访。扣分情形：缺1名扣0.5分。 below each item is two fields.
    """
    found = [{match["label"] for match in _INNER_LABEL.finditer(text)} for text in texts]
    counts = Counter(label for labels in found for label in labels)
    common = {label for label, count in counts.items() if count >= max(_LEAST_BLOCKS, MIN_SHARE * len(texts))}
    if not common:
        return list(texts)
    return [
        _INNER_LABEL.sub(lambda match: f"\n{match['label']}" if match["label"] in common else match.group(), text)
        for text in texts
    ]


class ReadLabels(NamedTuple):
    """The labels of a list: its first item, the number of its items, what each label was read as, and how surely."""

    item: OutlineItem
    n_items: int
    roles: Sequence[tuple[str, ColumnRole]]
    confidence: float


class LabelRoles(NamedTuple):
    """What the labels of blocks mean, and those that no vocabulary knows, which the model read."""

    roles: Mapping[str, ColumnRole]
    modelled: Sequence[tuple[str, ColumnRole]] = ()


def read_label_roles(blocks: Sequence[Block]) -> LabelRoles:
    """Return what the labels of blocks mean: by the vocabulary, by units that stand behind them alone, else by model.

    The model reads the blocks as the rows of a table whose header are the labels.
    """
    texts: dict[str, list[str]] = {}
    for block in blocks:
        for label, text in block.lines:
            texts.setdefault(label, []).append(text.strip(FIELD_MARKS))
    roles: dict[str, ColumnRole] = {}
    for label, values in texts.items():
        role = header_word(label.rstrip(":：")).role
        are_units = all(map(looks_like_party, values)) and any(map(names_office, values))
        if role in (None, ColumnRole.METHOD) and len(values) >= _MIN_REPEATED and are_units:
            roles[label] = ColumnRole.PARTY
        elif role in _BLOCK_ROLES:
            roles[label] = ColumnRole(role)
    unknown = [label for label, values in texts.items() if label not in roles and len(values) >= _MIN_MODELLED]
    return _add_roles_by_model(roles, blocks, list(texts), unknown) if unknown else LabelRoles(roles)


def _add_roles_by_model(
    roles: Mapping[str, ColumnRole], blocks: Sequence[Block], labels: Sequence[str], unknown: Sequence[str]
) -> LabelRoles:
    rows = [[block.text, *(dict(block.lines).get(label, "") for label in labels)] for block in blocks]
    columns = ("", *(label.rstrip(":：") for label in labels))
    read = read_columns(columns, _make_grid(rows))
    modelled: list[tuple[str, ColumnRole]] = []
    for number, (label, role) in enumerate(zip(labels, read.roles.names[1:], strict=True), 1):
        # 打分办法：现场走访 says how the facts are found: how many points has figures.
        has_figures = any(_FIGURE.search(row[number]) for row in rows)
        meant = ColumnRole.METHOD if role is ColumnRole.SCORING and not has_figures else role
        if label in unknown and meant in _BLOCK_ROLES:
            modelled.append((label, meant))
    return LabelRoles({**roles, **dict(modelled)}, [(label.rstrip(":："), role) for label, role in modelled])


def take_block_fields(block: Block, roles: Mapping[str, ColumnRole]) -> FoundFields:
    """Return the fields of a block; a line whose label means nothing known stays in the text."""
    rest = [f"{label}{text}" for label, text in block.lines if label not in roles]
    fields = [(roles[label], text.strip(FIELD_MARKS)) for label, text in block.lines if label in roles and text]
    return FoundFields("\n".join([block.text, *rest]), tuple(fields))


def _make_grid(rows: Iterable[Sequence[str]]) -> Grid:
    cells = [[GridCell(r, c, text, clean(text), "") for c, text in enumerate(row)] for r, row in enumerate(rows)]
    return Grid(cells, len(cells[0]), spans_known=True)


def _labelled_item(
    row: Sequence[str], columns: Sequence[str], roles: Sequence[ColumnRole], content: int
) -> LabelledItem:
    fields, names, sentences = list[Field](), list[str](), list[str]()
    for c, (label, text) in enumerate(zip(columns, row, strict=True)):
        if c in (0, content) or not text or is_placeholder(text):
            continue
        if roles[c] is ColumnRole.LEVEL and row[content]:
            names.append(text)
        elif roles[c] in _UNREAD or (roles[c] is ColumnRole.REMARK and header_word(label).role is None):
            fields.append((ColumnRole.REMARK, f"{label}：{text}"))
        else:
            value, sentence = _split_sentence(roles[c], text)
            fields.append((roles[c], value.strip(FIELD_MARKS)))
            sentences += [sentence] if sentence else []
    is_named = bool(content and row[content] and row[0])
    names = [row[0], *names] if is_named else names
    text = "\n".join([row[content] or row[0], *sentences])
    return LabelledItem(FoundFields(text, tuple(fields)), tuple(names), is_named)


def _split_sentence(role: ColumnRole, text: str) -> tuple[str, str]:
    """Return a value and the sentence in a new line behind it that is none (6月底前。 above 区文明办将督促检查。)."""
    value, line_break, sentence = text.partition("。\n")
    if not line_break or role not in _SINGLE_VALUES:
        return text, ""
    goes_on = says_when(sentence) if role is ColumnRole.DEADLINE else looks_like_party(sentence)
    return (text, "") if goes_on else (value, sentence)


def place_below_names(item: OutlineItem, one: LabelledItem) -> OutlineItem:
    """Return an item with the names of its lines as headings above it; its label is that of the first."""
    first, *others = (*one.names, "")
    names = ((item.label or "") + first, *others) if one.is_named else one.names
    return replace(item, label=None if one.is_named else item.label, path=(*item.path, *filter(None, names)))
