"""Whether notices can be compared, and the sentence of a comparison of notices that are of different kinds.

Points and duties of a campaign for units say little about those of a campaign for cities, and an award of a county
asks for less than one of the nation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from warehouse.errors import QueryError

if TYPE_CHECKING:
    import duckdb

KINDS_SQL: Final = """
SELECT l.notice_id, l.campaign, l.award_level, s.issuer_kind
FROM mart.notice_labels AS l JOIN mart.notice_scope AS s USING (notice_id)
"""
COMPARING_QUESTIONS: Final = frozenset({1, 2, 3, 4, 5, 10, 12, 16, 22, 23, 24})
"""Numbers of the questions that set notices against each other."""
BY_OPTION: Final = ("加 --campaign ", "加 --level ")
"""How users of the command line ask for one campaign and one level."""
BY_FIELD: Final = ("在“创建类别”选", "在“荣誉级别”选")
"""How readers of pages do."""
NOT_STATED: Final = "未写明"


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """What a notice is about: its campaign, the level of the award, the kind of its issuer; None where unknown."""

    campaign: str | None
    award_level: str | None
    issuer_kind: str | None = None

    @property
    def filtered(self) -> tuple[str | None, str | None]:
        """What a reader can filter by: campaign and level."""
        return self.campaign, self.award_level


@dataclass(frozen=True, slots=True)
class Comparability:
    """The kinds of the notices of a warehouse by id."""

    kinds: Mapping[str, NoticeKind]

    def describe(self, notice_ids: Collection[str], filters: tuple[str, str] | None = BY_OPTION) -> str | None:
        """Return in Chinese how these notices differ in kind, with the filter that parts them; None if they do not.

        Args:
            notice_ids: The notices that are compared.
            filters: How the reader asks for one campaign and for one level; None where there is no filter.
        """
        return describe_mixture([self.kinds[name] for name in dict.fromkeys(notice_ids) if name in self.kinds], filters)

    def describe_question(self, number: int, parameters: Mapping[str, Any], filters: tuple[str, str]) -> str | None:
        """Return `describe` of the notices that a question was asked about; None for one that compares none.

        Args:
            number: Number of the question.
            parameters: Its parameters; `notice` and `other` are ids.
            filters: How the reader asks for one campaign and for one level.
        """
        if number not in COMPARING_QUESTIONS:
            return None
        return self.describe([*parameters.get("notice", ()), *parameters.get("other", ())], filters)

    def select(self, notice_ids: Sequence[str], campaign: str | None, level: str | None) -> list[str]:
        """Return the notices of this campaign and level; None restricts nothing.

        Raises:
            QueryError: There is none.
        """
        wanted = (campaign, level)
        of_kind = [
            name
            for name in notice_ids
            if all(value in (None, own) for value, own in zip(wanted, self.kinds[name].filtered, strict=True))
        ]
        if notice_ids and not of_kind:
            found = dict.fromkeys(value for name in notice_ids for value in self.kinds[name].filtered if value)
            raise QueryError(
                f"所选通知中没有“{'、'.join(value for value in wanted if value)}”的，"
                f"写明的有：{'、'.join(found) or '没有'}。"
            )
        return of_kind


def read_comparability(connection: duckdb.DuckDBPyConnection) -> Comparability:
    """Read the kinds of all notices of a warehouse."""
    return Comparability({row[0]: NoticeKind(*row[1:]) for row in connection.execute(KINDS_SQL).fetchall()})


def describe_mixture(kinds: Iterable[NoticeKind], filters: tuple[str, str] | None = BY_OPTION) -> str | None:
    """Return in Chinese how notices of these kinds differ, None where they are of one kind.

    A value that a notice does not state differs from none.
    """
    listed = list(kinds)
    by_campaign = Counter(kind.campaign for kind in listed)
    by_level = Counter(kind.award_level for kind in listed)
    differences, remedies = [], []
    for name, counts, option in zip(
        ("创建类别", "荣誉级别"), (by_campaign, by_level), filters or ("", ""), strict=True
    ):
        if len(counts.keys() - {None}) > 1:
            differences.append(f"{name}不同（{_list_counts(counts)}）")
            commonest = max((value for value in counts if value), key=lambda value: counts[value])
            remedies.append(f"{option}{commonest}")
    sentences = [f"所比的通知{'，'.join(differences)}，分值和任务不宜直接相比"] if differences else []
    units = sum(kind.issuer_kind == "unit" for kind in listed)
    if units and any(kind.issuer_kind in ("office", "government") for kind in listed):
        sentences.append(f"所比的通知中有 {units} 份是部门、单位自己的，不能代表当地")
    if remedies and filters:
        sentences.append(f"只比同一类的请{'、'.join(remedies)}")
    return "；".join(sentences) or None


def _list_counts(counts: Counter[str | None]) -> str:
    known = [f"{value} {counts[value]} 份" for value in counts if value]
    unknown = [f"{NOT_STATED} {counts[None]} 份"] if counts[None] else []
    return "、".join(known + unknown)
