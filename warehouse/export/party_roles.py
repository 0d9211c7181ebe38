"""Who does a task, in Chinese: the part of the party that a list is for, and the other parties."""

from __future__ import annotations

from typing import Final

from warehouse.export.task_query import Task

LEAD: Final = "牵头"
SUPPORT: Final = "配合"


def describe_role(task: Task, party: str | None) -> str:
    """Return the part of `party` in a task; empty for a list without party."""
    own_roles = {item.role for item in task.parties if item.party == party}
    return LEAD if "lead" in own_roles else SUPPORT if own_roles else ""


def describe_others(task: Task, role: str) -> list[str]:
    """Return the other parties, a line each: for a lead the supports, for a support the leads, else both."""
    lead_names = "" if role == LEAD else "、".join(task.party_names("lead"))
    support_names = "" if role == SUPPORT else "、".join(task.party_names("support"))
    return [f"{head}：{names}" for head, names in ((LEAD, lead_names), (SUPPORT, support_names)) if names]
