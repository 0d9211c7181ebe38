"""What the columns of a table say together: how much speaks against an assignment of roles as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from extractors.parsers.points import inline_points
from extractors.parsers.responsible_units import is_collective
from extractors.tables.column_features import WORDY, ColumnFeatures
from extractors.tables.column_roles import ColumnRole, header_word_of
from extractors.tables.table_demands import lists_hours, lists_pages, weigh_demands

_UNITS: Final = (ColumnRole.PARTY, ColumnRole.LEAD, ColumnRole.SUPPORT)
_FEW_UNITS: Final = 0.2
"""Share of names of units in a column that is none of units; some places and persons end like units."""
_FULLER: Final = 0.1
"""Cells with text per row that one of two columns of units has more than the other."""
_FIGURES: Final = 0.8
"""2024-6-30, 待定, 5月1日, …: at least so much of a column of dates and numbers is one."""
_SPANNING: Final = 1.5
"""Mean rows of a cell: headings span several rows, items one."""
_ITEMS: Final = 0.7
"""So many cells of a column of items are numbered and state their points; some do neither."""
_NO_HEADINGS: Final = 0.7
"""Share of sentences, methods or offices in a column without headings; some headings end like a unit."""
_AMOUNT: Final = re.compile(r"\d{1,6}(?:\.\d{1,2})?[\u4e00-\u9fff]{1,2}")
"""4处, 12个: how many there are of what the row names."""
_MIN_LISTS: Final = 2
"""One list may repeat a heading by chance."""
_SENTENCES: Final = 0.5
"""Share of sentences in a column of them, and of numbers in one of items."""
_DATED: Final = 0.5
_LEADING_TIME: Final = re.compile(
    r"(?:(?:\d{1,4}|[一二三四五六七八九十]{1,3})[年月日号]|[-—－~～至到、上中下旬底末初前份]|\d|每?[年季月周]度?|季度|全年|长期)+[:：]?"
)
"""3月：, 4月至6月, 10-11月：, 5月底前, 全年."""
_NOT_HAN: Final = re.compile(r"[^\u4e00-\u9fff]")
_DUTY_LENGTH: Final = 5
"""完成师德承诺 behind 5月底前; 完成, 报送 or 坚持 say nothing more than the time."""
_PER_CENT: Final = re.compile(r"(?P<share>\d{1,3}(?:\.\d{1,2})?)[%％]")
_ALL_PER_CENT: Final = 100
_FIGURE: Final = re.compile(r"[\d\-—./:：年月日时分号%％]+")
"""2024-6-30, 13900000000, 5月1日, 90%"""


@dataclass(frozen=True, slots=True)
class StructureWeights:
    """Log-odds of what a whole table seldom has; each field is followed by an example."""

    no_requirement: float = -6.0
    """序号 | 责任单位 | 完成时限: a table of tasks names what is to be done."""
    second_requirement: float = -15.0
    """考核内容 | 考核标准: one of two columns of sentences is the requirement."""
    requirement_of_figures: float = -10.0
    """手机号 | 开户日期 | 余额: dates and numbers ask for nothing, whatever else is missing."""
    mostly_figures: float = -6.0
    """项目名称 | 数量 | 单价 | 金额: names of things beside figures are no tasks."""
    demands_nothing: float = -10.0
    """编号 | 缺陷描述 | 状态 | 处理人: neither a header nor a cell asks something of somebody."""
    lists_pages: float = -10.0
    """名称 | 页码 over 一、加强组织领导 and 3: what is to be done stands on those pages."""
    lists_hours: float = -10.0
    """时间 | 议题 over 14:30—14:45: a meeting is held in a quarter of an hour, no task is done in one."""
    stands_twice: float = -4.0
    """科目 | 金额 | 科目 | 金额: ledgers are printed in two halves."""
    second_points: float = -4.0
    """分值 | 得分: one column holds the points."""
    progress_as_points: float = -10.0
    """90%, 70%, 100%: shares of the whole add up to 100, how far each task is does not."""
    scoring_header: float = -1.5
    """评分标准 as the requirement although no other column says how points are given: the header is against it."""
    scoring_beside_requirement: float = -6.0
    """考核内容 | 评分标准: the headers say which one is to be done, however short it is."""
    requirement_over_items: float = -6.0
    """组织建设（12分） beside 1.按期换届（4分） and 2.党员大会（4分）: what spans numbered items is their heading."""
    criteria_of_names: float = -3.0
    """班子带头 | 主要负责人每年听取汇报不少于3次。: a name is no requirement beside the sentence it names."""
    deadline_of_duties: float = -9.0
    """3月：制定年度方案, 5月底前完成承诺: a day ahead of what is to be done is no column of days."""
    second_scoring: float = -2.0
    """评分标准 | 扣分说明: where another column says how points are taken away, this one is the requirement."""
    level_of_no_headings: float = -4.0
    """工作扎实，群众满意。, 材料审核, 4, 县教育局 or 各部门 below a header that nobody knows: they head nothing."""
    level_of_amounts: float = -8.0
    """点位数 over 4处, 12个: how many there are heads nothing."""
    level_behind_requirement: float = -2.0
    """考评标准 | 减分情形: a heading stands before what it heads."""
    serial_behind_requirement: float = -3.0
    """任务 | 份量 over 2, 3, 4: numbers of rows stand before what they number."""
    lead_alone: float = -2.5
    """某某 over 县水务局、县林业局: units lead only where a header or a column beside them says so."""
    second_party: float = -3.0
    """谁挑头 | 谁搭手 over units: of two columns of units one leads or supports."""
    units_without_names: float = -5.0
    """看秤办法 over 翻本子, 看现场: no cell ends like the name of a unit, whatever the header resembles."""
    second_person: float = -2.5
    """掌舵的 | 跑腿的 over names of persons: of two columns of persons one leads the other."""
    leader_finer: float = -5.0
    """One leader answers for many tasks; the column with more names is that of those who do them."""
    units_in_header: float = 4.0
    """领衔科室 over names of units: they are no headings, however many rows each spans."""
    lead_behind_support: float = -1.0
    """谁搭手 | 谁挑头, both in every row: the units that lead stand first unless a header says something else."""
    party_beside_support: float = -2.0
    """某某 | 配合单位: the units beside those that support lead, all of them."""
    support_fuller: float = -3.0
    """Somebody leads every duty; not every duty has somebody who supports."""
    support_alone: float = -6.0
    """配合单位 without a column of leading or responsible units."""


STRUCTURE: Final = StructureWeights()


@dataclass(frozen=True)
class TableStructure:
    """The columns of a table with what an assignment of their roles is judged by, computed once for all of them.

    Attributes:
        columns: the header text of each column.
        features: the features of each column.
    """

    columns: Sequence[str]
    features: Sequence[ColumnFeatures]

    def added(self, before: Sequence[ColumnRole], role: ColumnRole) -> float:
        """Return the log-odds, at most 0, that one more column of this role adds to the roles of those before it.

        Only what no further column can mend. The weights are halves of whole numbers, so that sums of them are exact in
        any order, and the beam need not judge all columns again at each of its steps.
        """
        c = len(before)
        if role in _UNITS:
            return self._added_unit(before, role)
        if role in (ColumnRole.PERSON, ColumnRole.LEADER):
            return self._score_persons([*before, role]) - self._score_persons(before)
        if role is ColumnRole.LEVEL:
            return (
                STRUCTURE.level_behind_requirement * (ColumnRole.REQUIREMENT in before)
                + STRUCTURE.level_of_no_headings * _is_first(self._no_headings, before, role)
                + STRUCTURE.level_of_amounts * _is_first(self._amounts, before, role)
            )
        if role is ColumnRole.SERIAL:
            return STRUCTURE.serial_behind_requirement * (ColumnRole.REQUIREMENT in before)
        if role is ColumnRole.SCORING:
            return STRUCTURE.second_scoring * (role in before)
        if role is ColumnRole.DEADLINE:
            return STRUCTURE.deadline_of_duties * _is_first(self._dated_duties, before, role)
        if role is ColumnRole.POINTS:
            is_second = self.features[c].texts and any(self.features[i].texts for i in _columns_of(role, before))
            score = STRUCTURE.second_points if is_second else 0.0
            return score + STRUCTURE.progress_as_points * _is_first(self._progress, before, role)
        if role is ColumnRole.CRITERIA and ColumnRole.REQUIREMENT in before:
            names = before.index(ColumnRole.REQUIREMENT)
            is_known = any(self._is_named_by(i, names) for i in _columns_of(role, before))
            return STRUCTURE.criteria_of_names * (not is_known and self._is_named_by(c, names))
        return self._added_requirement(before) if role is ColumnRole.REQUIREMENT else 0.0

    def _added_unit(self, before: Sequence[ColumnRole], role: ColumnRole) -> float:
        """Return the log-odds of one more column of units."""
        score = STRUCTURE.units_without_names * _is_first(self._nameless, before, *_UNITS)
        if role is ColumnRole.PARTY:
            score += STRUCTURE.second_party * (role in before)
        if ColumnRole.SUPPORT in before:
            support = before.index(ColumnRole.SUPPORT)
            return score + self._score_units([*before, role], support) - self._score_units(before, support)
        return score + (self._score_units(before, len(before)) if role is ColumnRole.SUPPORT else 0.0)

    def _added_requirement(self, before: Sequence[ColumnRole]) -> float:
        """Return the log-odds of a requirement behind these columns."""
        if ColumnRole.REQUIREMENT in before:
            return STRUCTURE.second_requirement
        c = len(before)
        spans_items = self.features[c].span >= _SPANNING and any(self._items[c + 1 :])
        is_named = any(self._is_named_by(i, c) for i in _columns_of(ColumnRole.CRITERIA, before))
        return (
            STRUCTURE.requirement_of_figures * self._figures[c]
            + STRUCTURE.requirement_over_items * spans_items
            + STRUCTURE.criteria_of_names * is_named
        )

    def score(self, roles: Sequence[ColumnRole], added: float | None = None) -> float:
        """Return the log-odds of the roles of all columns.

        Args:
            roles: the role of each column.
            added: the sum of what `added` says of each, worked out if it is not given.
        """
        score = sum(self.added(roles[:c], role) for c, role in enumerate(roles)) if added is None else added
        if ColumnRole.REQUIREMENT not in roles:
            score += STRUCTURE.no_requirement
        elif self._words[roles.index(ColumnRole.REQUIREMENT)] == ColumnRole.SCORING and ColumnRole.SCORING not in roles:
            score += STRUCTURE.scoring_beside_requirement if self._asks_elsewhere else STRUCTURE.scoring_header
        if ColumnRole.LEAD in roles and ColumnRole.SUPPORT not in roles:
            is_known = self._words[roles.index(ColumnRole.LEAD)] == ColumnRole.LEAD
            score += 0.0 if is_known else STRUCTURE.lead_alone
        if ColumnRole.SUPPORT in roles and not {ColumnRole.LEAD, ColumnRole.PARTY}.intersection(roles):
            score += STRUCTURE.support_alone
        return score

    def _score_units(self, roles: Sequence[ColumnRole], support: int) -> float:
        """Return the log-odds of units that lead beside the column of those that support."""
        leads = [c for c, role in enumerate(roles) if role in (ColumnRole.LEAD, ColumnRole.PARTY)]
        score = 0.0
        if any(roles[c] is ColumnRole.PARTY and not self._known[c] for c in leads):
            score += STRUCTURE.party_beside_support
        more = max((self._covered[support] - self._covered[c] for c in leads), default=0.0)
        if more > _FULLER:
            score += STRUCTURE.support_fuller
        elif more > -_FULLER and any(c > support for c in leads):
            score += STRUCTURE.lead_behind_support
        return score

    def _score_persons(self, roles: Sequence[ColumnRole]) -> float:
        """Return the log-odds of several columns of persons."""
        score = sum(
            STRUCTURE.second_person * max(roles.count(role) - 1, 0) for role in (ColumnRole.PERSON, ColumnRole.LEADER)
        )
        if ColumnRole.LEADER not in roles or ColumnRole.PERSON not in roles:
            return score
        leader, person = roles.index(ColumnRole.LEADER), roles.index(ColumnRole.PERSON)
        is_settled = self._known[leader] or self._known[person]
        is_finer = len(self.features[leader].texts) > len(self.features[person].texts)
        return score + (STRUCTURE.leader_finer if is_finer and not is_settled else 0.0)

    def score_tasks(self, roles: Sequence[ColumnRole]) -> float:
        """Return the log-odds that the table lists tasks, of what its columns hold together."""
        score = STRUCTURE.stands_twice if _stands_twice(self.columns) else 0.0
        score += STRUCTURE.lists_pages if lists_pages(self.columns, self.features) else 0.0
        score += STRUCTURE.lists_hours if lists_hours(self.features) else 0.0
        if weigh_demands(self.columns, self.features, roles).are_none:
            score += STRUCTURE.demands_nothing
        return score + (STRUCTURE.mostly_figures if self._lists_figures(roles) else 0.0)

    def _lists_figures(self, roles: Sequence[ColumnRole]) -> bool:
        """Return whether most columns hold dates or numbers, and the requirement no sentences."""
        filled = [c for c, f in enumerate(self.features) if f.texts and roles[c] is not ColumnRole.SERIAL]
        if sum(self._figures[c] for c in filled) * 2 <= len(filled) or ColumnRole.REQUIREMENT not in roles:
            return False
        return self.features[roles.index(ColumnRole.REQUIREMENT)].sentence < WORDY

    @cached_property
    def _covered(self) -> list[float]:
        """The share of rows that the texts of each column stand beside."""
        return [min(f.filled * f.span, 1.0) for f in self.features]

    def _is_named_by(self, sentences: int, names: int) -> bool:
        """Return whether a column holds a sentence for each short name of another one; numbered items are no names."""
        f, g = self.features[sentences], self.features[names]
        if f.span >= _SPANNING or g.labelled > _SENTENCES:
            return False
        return f.sentence > _SENTENCES and g.sentence < WORDY and len(g.texts) < 2 * len(f.texts)

    @cached_property
    def _no_headings(self) -> frozenset[int]:
        """The columns of unknown headers that hold sentences, methods, numbers, offices or all units of a kind."""
        return frozenset(
            c for c, f in enumerate(self.features) if not self._known[c] and (_recombines(f) or _holds_no_headings(f))
        )

    @cached_property
    def _amounts(self) -> frozenset[int]:
        """The columns of unknown headers that say how many there are."""
        return frozenset(
            c for c, f in enumerate(self.features) if not self._known[c] and f.share(_AMOUNT.fullmatch) > _NO_HEADINGS
        )

    @cached_property
    def _dated_duties(self) -> frozenset[int]:
        """The columns whose cells begin with a time and go on with a duty."""
        return frozenset(c for c, f in enumerate(self.features) if f.date > _DATED and f.share(_leads_duty) > _DATED)

    @cached_property
    def _words(self) -> list[str | None]:
        """The role that the header of each column settles."""
        return [header_word_of(column).role for column in self.columns]

    @cached_property
    def _known(self) -> list[bool]:
        return [header_word_of(column).known for column in self.columns]

    @cached_property
    def _nameless(self) -> frozenset[int]:
        """The columns of unknown headers with hardly a cell that ends like the name of a unit."""
        return frozenset(
            c for c, f in enumerate(self.features) if f.texts and not self._known[c] and f.party < _FEW_UNITS
        )

    @cached_property
    def _figures(self) -> list[bool]:
        """Whether nearly all cells of each column are dates or numbers."""
        return [f.share(_FIGURE.fullmatch) > _FIGURES for f in self.features]

    @cached_property
    def _items(self) -> list[bool]:
        """Whether the cells of each column are numbered items of their own row that state their points (（4分）)."""
        return [f.span < _SPANNING and f.labelled > _ITEMS and f.share(inline_points) > _ITEMS for f in self.features]

    @cached_property
    def _progress(self) -> frozenset[int]:
        """The columns of unknown headers whose per cent are no shares of 100, nor of 100 for each of several parts."""
        return frozenset(c for c, f in enumerate(self.features) if not self._known[c] and _shows_progress(f))

    @cached_property
    def _asks_elsewhere(self) -> bool:
        """Whether a header is rather a word for what is to be done (考核内容) than for a heading (考核项目)."""
        weights = [header_word_of(column).weights for column in self.columns]
        return any(
            w.get(ColumnRole.REQUIREMENT, 0.0) > w.get(ColumnRole.LEVEL, 0.0) and f.span < _SPANNING
            for w, f in zip(weights, self.features, strict=True)
        )


def _columns_of(role: ColumnRole, roles: Sequence[ColumnRole]) -> Iterator[int]:
    return (c for c, one in enumerate(roles) if one is role)


def _is_first(columns: Set[int], before: Sequence[ColumnRole], *roles: ColumnRole) -> bool:
    """Return whether the column behind those of `before` is the first of `columns` that has one of these roles."""
    c = len(before)
    return c in columns and not any(before[i] in roles for i in columns if i < c)


def _holds_no_headings(f: ColumnFeatures) -> bool:
    return max(f.ended, f.method, f.office, f.number, f.share(is_collective)) > _NO_HEADINGS


def _recombines(f: ColumnFeatures) -> bool:
    """Return whether cells list what stands alone in other cells: 看现场, 问群众, 看现场、问群众."""
    lists = [text.split("、") for text in f.texts if "、" in text]
    return sum(any(piece in f.texts for piece in pieces) for pieces in lists) >= _MIN_LISTS


def _leads_duty(text: str) -> bool:
    match = _LEADING_TIME.match(text)
    return match is not None and len(_NOT_HAN.sub("", text[match.end() :])) >= _DUTY_LENGTH


def _shows_progress(f: ColumnFeatures) -> bool:
    shares = [(_PER_CENT.fullmatch(text), n) for text, n in f.texts.items()]
    found = [Decimal(match["share"]) * n for match, n in shares if match]
    return bool(found) and len(found) == len(shares) and sum(found) % _ALL_PER_CENT != 0


def _stands_twice(columns: Sequence[str]) -> bool:
    """Return whether a header is printed twice side by side (科目 | 金额 | 科目 | 金额), as ledgers are."""
    half = len(columns) // 2
    return half > 1 and any(columns[:half]) and tuple(columns[:half]) == tuple(columns[half : 2 * half])
