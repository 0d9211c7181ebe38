"""A clerk at LibreOffice: types into cells, has everything recalculated, saves as xlsx. A program of its own.

It is run by the Python that knows `uno`, with one JSON object on its input:

    {"soffice": path, "profile": folder, "books": [{"source": path, "target": path, "typed": [[row, column, text] …],
     "by": [range, column] or null}]}

Rows and columns count from 0. Text is typed, so that LibreOffice decides what it is (2026-03-05 becomes a day). To sort
a range that has a header, the clerk takes the protection off first. It prints a JSON list: of each workbook the number
of cells that kept their old content, being protected.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any


def main() -> None:
    requests = json.load(sys.stdin)
    pipe = f"wenming-clerk-{os.getpid()}"
    command = [requests["soffice"], "-env:UserInstallation=" + Path(requests["profile"]).as_uri()]
    command += ["--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck"]
    # A group of its own, since what is started here only starts the office itself.
    office = subprocess.Popen([*command, f"--accept=pipe,name={pipe};urp;"], start_new_session=True)
    try:
        desktop = connect(pipe)
        print(json.dumps([type_in(desktop, **book) for book in requests["books"]]))
        desktop.terminate()
        office.wait(20)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(office.pid, signal.SIGKILL)


def connect(pipe: str) -> Any:
    uno = importlib.import_module("uno")
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(300):
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except Exception:
            time.sleep(0.1)
    raise SystemExit("LibreOffice does not answer")


def type_in(
    desktop: Any, source: str, target: str, typed: list[tuple[int, int, str]], by: tuple[str, int] | None = None
) -> int:
    document = desktop.loadComponentFromURL(Path(source).as_uri(), "_blank", 0, (option("Hidden", True),))
    refused = 0
    sheet = document.Sheets.getByIndex(0)
    for row, column, text in typed:
        cell = sheet.getCellByPosition(column, row)
        if cell.CellProtection.IsLocked and sheet.isProtected():
            refused += 1
        else:
            cell.setFormula(text)
    if by is not None:
        sort(sheet, *by)
    document.calculateAll()
    document.storeToURL(Path(target).as_uri(), (option("FilterName", "Calc MS Excel 2007 XML"),))
    document.close(False)
    return refused


def sort(sheet: Any, name: str, column: int) -> None:
    sheet.unprotect("")
    rows = sheet.getCellRangeByName(name)
    uno = importlib.import_module("uno")
    field = uno.createUnoStruct("com.sun.star.table.TableSortField")
    field.Field, field.IsAscending = column, False
    fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
    order = (option("SortFields", fields), option("ContainsHeader", True))
    uno.invoke(rows, "sort", (uno.Any("[]com.sun.star.beans.PropertyValue", order),))


def option(name: str, value: object) -> Any:
    uno = importlib.import_module("uno")
    made = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
    made.Name, made.Value = name, value
    return made


if __name__ == "__main__":
    main()
