"""The server: the tools of `tools.py` announced as read-only, over standard input and output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from warehouse.mcp.tools import WarehouseTools

INSTRUCTIONS: Final = (
    "文明创建测评通知数据仓库，只读。先用 list_notices、find_tasks 找到通知和任务，再用 get_task 取细节；"
    "常见的比较用 list_questions、ask_question；其余用 describe_tables、run_sql。"
    "引用任何数字时，请一并写出它的 file 和 locator；没有出处的数字不要引用。"
)
TOOLS: Final[Mapping[str, str]] = {
    "list_notices": "列出库中的通知：编号、名称、年度、任务数、分值和来源文件；contains 为名称或文件名中的几个字。",
    "find_tasks": "按意思找任务（说法不同也能找到）；notice 为通知名称中的几个字。每条都带文件和位置。",
    "get_task": "取一条任务的全部内容：分值、时限、材料、量化指标、计分规则，每一项都带文件和单元格位置。",
    "list_questions": "列出分析员常问的问题：题号、题目、可用的参数。",
    "ask_question": "回答一题；notice、other 为通知名称中的几个字。附各通知的来源文件和算出这些数字的语句。",
    "describe_tables": "列出各表及其中文说明；table 为表名（如 core.tasks）时列出它的各列。",
    "run_sql": "只读地运行一条查询语句（限时、限内存，不能访问文件和网络）；结果中有任务编号、通知编号的，附其出处。",
}
"""What each tool does, for the program that chooses one."""


def create_server(tools: WarehouseTools, version: str) -> Any:
    """Return the server of these tools; the SDK is an extra, so that it is imported here."""
    from mcp.server import MCPServer
    from mcp.types import ToolAnnotations

    server = MCPServer("wenming", instructions=INSTRUCTIONS, version=version, log_level="WARNING")
    annotations = ToolAnnotations(read_only_hint=True, destructive_hint=False, open_world_hint=False)
    for name, description in TOOLS.items():
        server.add_tool(getattr(tools, name), name=name, description=description, annotations=annotations)
    return server
