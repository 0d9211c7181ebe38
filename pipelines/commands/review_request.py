"""What `wenming review` was asked to do: whether its options go together, and the decision that they ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipelines.commands.review import (
    OpenFinding,
    make_correction,
    make_dismissal,
    read_place,
    record_decision,
    settle_layout,
)
from pipelines.commands.review_common import ReviewError
from pipelines.commands.review_layout import LayoutChoice
from pipelines.commands.review_ownership import settle_ownership
from pipelines.commands.review_unit import settle_unit
from pipelines.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRequest:
    """The options of `wenming review`, as its help page describes them; None or "" where not given."""

    which: str | None
    dismiss: bool
    field: str | None
    value: str | None
    layout: LayoutChoice
    unit: str | None
    function: str
    ownership: str | None
    reason: str
    who: str
    today: date

    @property
    def is_general(self) -> bool:
        """Whether the decision is about a unit or an issuer and not about a finding."""
        return self.unit is not None or self.ownership is not None

    @property
    def decisions(self) -> int:
        """Number of decisions about a finding that the options ask for."""
        return self.dismiss + (self.field is not None) + self.layout.is_given

    def check(self) -> None:
        """Raise ReviewError where options contradict each other, or one lacks another."""
        about_finding = bool(self.which or self.decisions or self.value is not None)
        if (self.unit is None and self.function) or (self.unit is not None and about_finding):
            raise ReviewError(
                "认定单位写作 wenming review --unit 打印名=规范名，不带问题编号；--function 与 --unit 同用"
            )
        if self.ownership is not None and (about_finding or self.unit is not None):
            raise ReviewError("认定归属写作 wenming review --ownership 发文机关或通知=本级，不带问题编号")
        if self.decisions > 1:
            raise ReviewError("--dismiss、--field 和认定版式（--column、--row、--accept）只能用一种")
        if self.value is not None and self.field is None:
            raise ReviewError("写了新值（--value）的，还须用 --field 写明更正哪个字段")
        if self.decisions and self.which is None:
            raise ReviewError("请写明处理哪一条问题：wenming review 编号，编号用 wenming review 查看")


def settle_general(settings: Settings, request: ReviewRequest) -> str:
    """Record the decision about a unit or an issuer; return in Chinese what happens next. Raises ReviewError."""
    if request.unit is not None:
        return settle_unit(
            settings,
            request.unit,
            function=request.function,
            reason=request.reason,
            who=request.who,
            today=request.today,
        )
    return settle_ownership(
        settings, request.ownership or "", reason=request.reason, who=request.who, today=request.today
    )


def settle_finding(settings: Settings, finding: OpenFinding, request: ReviewRequest) -> str:
    """Record the decision about a finding; return in Chinese what happens next. Raises ReviewError."""
    reason, who, today = request.reason, request.who, request.today
    if request.layout.is_given:
        return settle_layout(settings, finding, request.layout, reason=reason, who=who, today=today)
    if request.field is None:
        decision = make_dismissal(finding, reason, who, today)
    else:
        place = read_place(settings.warehouse, finding)
        decision = make_correction(place, request.field, request.value or "", reason=reason, who=who, today=today)
    path = record_decision(settings.corrections, finding, decision)
    return f"已记入 {path}，下次运行 wenming build 时生效"
