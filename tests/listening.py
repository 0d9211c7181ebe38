"""What a process reaches that a test started, for `tests.reaching`: Python runs this if it is called `sitecustomize`.

No package is imported, for the process may run any Python.
"""

from __future__ import annotations

import builtins
import json
import os


def listen() -> None:
    """Note each place reached from now on, for the test or, where a fixture started the process, for its file."""
    folder, test = os.environ.get("MUTANTS_REACHED"), os.environ.get("PYTEST_CURRENT_TEST", "")
    if not folder or not test:
        return
    name = test.removesuffix(" (call)") if test.endswith(" (call)") else test.split("::", 1)[0]
    seen = set[int]()

    def reached(number: int) -> None:
        if number not in seen:
            seen.add(number)
            with open(f"{folder}/{os.getpid()}.lines", "a", encoding="utf-8") as out:  # noqa: PTH123
                print(json.dumps([name, number]), file=out)

    builtins._reached = reached  # type: ignore[attr-defined]


listen()
