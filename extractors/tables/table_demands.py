"""How much a table asks of somebody: what its headers and cells say for it, less what only states sums and states."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple

from extractors import vocabulary
from extractors.normalize import strip_whitespace
from extractors.parsers.demands import asks_something
from extractors.parsers.points import cell_points
from extractors.tables.column_features import WORDY, ColumnFeatures
from extractors.tables.column_roles import MARK_ROLES, ColumnRole

_LEAST_DEMAND: Final = 1
"""工作任务 alone asks; beside 已完成, 进行中 or beside sums of money one more sign is needed."""
_FEW_ROWS: Final = 3
"""In fewer rows the want of any sign says nothing."""
_ASKING: Final = 0.2
"""主次干道公益广告更新，占比不低于30%: in a table of tasks at least so many cells of a column ask for something."""
_TEXTS_ASK: Final = 2
_HOUR: Final = r"(?:[上下]午)?\d{1,2}[:：时]\d{0,2}分?"
_HOURS: Final = re.compile(rf"{_HOUR}[-—–－~～至到]{{1,2}}{_HOUR}")
"""14:30—14:45, 上午9时至11时"""
_SUMS: Final = re.compile(r"[¥￥]?-?\d{1,3}(?:[,，]\d{3})+(?:\.\d{1,2})?|[¥￥]?-?\d{1,9}\.\d\d")
"""12,800, 3400.00"""
_MOSTLY: Final = 0.5
_FEW_STATES: Final = 7
_STATE_LENGTH: Final = 4
"""未开始, 进行中, 高, 待验证"""
_LEAST_REPEATED: Final = 2.0
"""Each state stands in so many rows on average; names of things seldom repeat."""
_LEAST_ROWS: Final = 5
"""Below so many rows nothing says that words are states."""
_UNTIL: Final = re.compile(r"[前底旬]|季度|全年|常年|长期|每[年季月周日]")
"""6月底前, 第二季度, 全年: when something is to be done by; what was done has a day."""
_DAY: Final = re.compile(r"\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?|\d{1,2}[-/月]\d{1,2}[日号]?")
"""3月5日, 2024.3.5: the day of what was done, or of one duty; together with who was there a record. 0.6 is none."""
_SEVERAL_UNITS: Final = re.compile(
    r"牵头|配合|责任|(?:[局委办部科股室]|中心|街道)(?:[、，,；;/和及与]|[省市州县区旗](?:\S{1,8})[局委办部])"
)
"""县教育局、县公安局: several units of one row share the work."""
_OUTLINE: Final = re.compile(
    r"\d{1,2}[.．]\d{1,2}(?:[.．]\d{1,2})?[.．、]?(?=[\u4e00-\u9fff“《])(?![年月日元万亿分米吨人户台])"
)
"""1.1张贴标识, 2.3.1 设专栏; 3.5万元 is an amount."""
_OUTLINE_ASKS: Final = 2
_HUNDRED: Final = 100
_DIGITS: Final = re.compile(r"\d")
_UNITS: Final = (ColumnRole.PARTY, ColumnRole.LEAD, ColumnRole.SUPPORT)
_HEADINGS: Final = (ColumnRole.LEVEL, ColumnRole.METHOD, ColumnRole.PERSON, ColumnRole.LEADER, *_UNITS)
"""Columns in which few short words or names stand again and again without being states."""
_HEADING_LENGTH: Final = 8
"""组织领导, 建设规模: shorter texts that begin with a verb head something."""


def _heads_duty(text: str) -> bool:
    """Return whether a cell of headings asks for something: a column of duties may be taken for one."""
    return len(text) >= _HEADING_LENGTH and asks_something(text)


_ASKS: Final[Mapping[ColumnRole, Callable[[str], bool]]] = MappingProxyType(
    {
        ColumnRole.REQUIREMENT: asks_something,
        ColumnRole.CRITERIA: asks_something,
        ColumnRole.EVIDENCE: asks_something,
        ColumnRole.SCORING: asks_something,
        ColumnRole.LEVEL: _heads_duty,
    }
)
"""Whether a cell of a column of texts asks for something."""


class Demands(NamedTuple):
    """The signs that a table asks something of somebody, and those that it only states something."""

    asking: int
    stating: int
    rows: int
    has_sentences: bool

    @property
    def are_none(self) -> bool:
        """Whether it asks nothing of anybody; few rows have to state something as well."""
        return self.asking - self.stating < (_LEAST_DEMAND if self.rows >= _FEW_ROWS else 0)

    @property
    def are_open(self) -> bool:
        """Whether a table that seems to list no tasks may ask something: nothing says that it only states something."""
        return not self.stating and (self.asking > 0 or self.has_sentences)


def weigh_demands(columns: Sequence[str], features: Sequence[ColumnFeatures], roles: Sequence[ColumnRole]) -> Demands:
    """Return the signs that a table asks something of somebody, and those that it states sums, days and states.

    Args:
        columns: the header text of each column.
        features: the features of each column.
        roles: the role of each column.
    """
    headers = [strip_whitespace(column) for column in columns]
    spoken = [header for header in headers if not _holds("results", header)]
    signs = sum(any(_holds(kind, header) for header in spoken) for kind in ("assigning", "asking", "scoring"))
    signs += bool(set(MARK_ROLES).intersection(roles)) + ({ColumnRole.LEAD, ColumnRole.SUPPORT} <= set(roles))
    for kinds, pattern in ((_UNITS, _SEVERAL_UNITS), ((ColumnRole.DEADLINE,), _UNTIL)):
        signs += any(
            role in kinds and f.share(pattern.search) >= _ASKING for f, role in zip(features, roles, strict=True)
        )
    if any(f.share(_ASKS[role]) >= _ASKING for f, role in zip(features, roles, strict=True) if role in _ASKS):
        signs += _TEXTS_ASK
    signs += _shares_work(features) + _adds_up(features, roles)
    stating = int(any(map(_holds_sums, headers, features)))
    stating += lists_pages(columns, features) + any(_holds("attended", header) for header in headers)
    stating += any(f.share(_DAY.fullmatch) > _MOSTLY for f in features)
    stating += any(
        _holds("states", header) or (role not in _HEADINGS and _holds_states(f))
        for header, f, role in zip(headers, features, roles, strict=True)
    )
    rows = max((f.texts.total() for f in features), default=0)
    return Demands(signs, stating, rows, any(f.sentence > WORDY for f in features))


def _shares_work(features: Sequence[ColumnFeatures]) -> int:
    """Return the number of signs that units have to do something, by contents and in whatever words.

    填写队伍情况。 | 队伍名单1份、照片4张 | 团委: units beside what they hand in. 填写队伍情况。 | 团委 | 7月8日17:00:
    sentences beside units and times. 1.1张贴标识 | 校医院: items of an outline beside units, which no record has.
    """
    filled = [f for f in features if f.texts]
    if not any(f.party > _MOSTLY for f in filled):
        return 0
    has_sentences = any(f.ended > _MOSTLY for f in filled)
    return (
        any(f.evidence > _MOSTLY for f in filled)
        + (has_sentences and any(f.date > _MOSTLY for f in filled))
        + _OUTLINE_ASKS * any(f.share(_OUTLINE.match) > _MOSTLY for f in filled)
    )


def _adds_up(features: Sequence[ColumnFeatures], roles: Sequence[ColumnRole]) -> bool:
    """Return whether the points of a rubric are together a hundred, or several hundred; other numbers seldom are."""
    for f, role in zip(features, roles, strict=True):
        if role is ColumnRole.POINTS and f.number > _MOSTLY and f.texts.total() >= _FEW_ROWS:
            points = [(cell_points(text), n) for text, n in f.texts.items()]
            total = sum((p * n for p, n in points if p is not None), Decimal())
            if total > 0 and total % _HUNDRED == 0:
                return True
    return False


def lists_pages(columns: Sequence[str], features: Sequence[ColumnFeatures]) -> bool:
    """Return whether the last column gives the pages of what stands before it: a table of contents."""
    if not columns or not _holds("pages", strip_whitespace(columns[-1])):
        return False
    return features[-1].number > _MOSTLY


def lists_hours(features: Sequence[ColumnFeatures]) -> bool:
    """Return whether a column holds hours of a day from and to: the agenda of a meeting, shifts on duty."""
    return any(f.share(_HOURS.fullmatch) > _MOSTLY for f in features)


def _holds(kind: str, header: str) -> bool:
    return _words(kind).search(header) is not None


@cache
def _words(kind: str) -> re.Pattern[str]:
    return re.compile(vocabulary.alternation(vocabulary.load_toml("demands")[kind]))


def _holds_sums(header: str, f: ColumnFeatures) -> bool:
    return (f.number > _MOSTLY and _holds("money", header)) or f.share(_SUMS.fullmatch) > _MOSTLY


def _holds_states(f: ColumnFeatures) -> bool:
    """Return whether few short words stand again and again in a column."""
    rows = f.texts.total()
    if rows < _LEAST_ROWS or len(f.texts) > _FEW_STATES or rows < _LEAST_REPEATED * len(f.texts):
        return False
    return all(len(text) <= _STATE_LENGTH and not _DIGITS.search(text) for text in f.texts)
