"""The SQL functions of the warehouse: an expression on which several queries must agree is written here alone.

They are stored in the file itself (schema `main`), so that views, exports, pages and people who query by hand use the
same one, also where the file is attached read-only or copied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class MacroSpec:
    """A scalar SQL function.

    Attributes:
        name: Name by which queries call it.
        parameters: Names of the parameters.
        expression: SQL of its value.
        comment: Chinese meaning.
    """

    name: str
    parameters: tuple[str, ...]
    expression: str
    comment: str

    @property
    def signature(self) -> str:
        """The name with the parameters: `china_time(moment)`."""
        return f"{self.name}({', '.join(self.parameters)})"


MACROS: Final = (
    MacroSpec(
        "china_time",
        ("moment",),
        "moment + INTERVAL 8 HOUR",
        "世界协调时（UTC）的时刻换成北京时间；仓库中的时刻都按世界协调时存放",
    ),
    MacroSpec(
        "wording_hash",
        ("requirement",),
        "left(md5(coalesce(requirement, '')), 12)",
        "任务要求的文字指纹：任务清单的每一行带着它，填报时与仓库中的任务要求对照，任务改写后旧的填报不再算数",
    ),
)
