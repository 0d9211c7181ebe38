"""`wenming mcp`: the warehouse for programs that speak the Model Context Protocol."""

from __future__ import annotations

from importlib.util import find_spec

from pipelines.cli_common import PROGRAM, SOME_FAILED, Warehouse, load_ready_settings
from pipelines.errors import UserError
from warehouse.extras import install_command


def serve_programs(warehouse: Warehouse = None) -> None:
    """Run `wenming mcp`: answer on standard output until standard input ends."""
    if find_spec("mcp") is None:
        raise UserError(f"缺少 mcp 组件。请先安装：{install_command('mcp')}", SOME_FAILED)
    settings = load_ready_settings(warehouse=warehouse)
    from importlib.metadata import version

    from warehouse.mcp.server import create_server
    from warehouse.mcp.tools import WarehouseTools

    tools = WarehouseTools(settings.warehouse.resolve())
    create_server(tools, f"{PROGRAM} {version('wenming-warehouse')}").run("stdio")
