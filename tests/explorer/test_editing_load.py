"""Fifty readers and one editor at once: no error, no torn page, no lost correction."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from assets.ingest.decisions import read_register
from tests.explorer.editing_site import NOTICE, EditingSite, editing

pytestmark = pytest.mark.browser

READERS = 50
ROUNDS = 3
PLACES = "甲乙丙丁戊己"


def test_fifty_readers_and_one_editor(tmp_path: Path) -> None:
    site = EditingSite.create(tmp_path, {f"{place}.md": NOTICE.replace("甲州", f"{place}州") for place in PLACES})
    rows = site.ask("SELECT notice_id, table_id, task_id, locator FROM core.tasks WHERE points = 6 ORDER BY task_id")
    assert len(rows) == len(PLACES)
    is_over = threading.Event()
    wrong: list[str] = []

    def read(address: str, number: int) -> int:
        pages = 0
        with httpx.Client(base_url=address, timeout=60, trust_env=False) as web:
            while not is_over.is_set():
                notice, table, task, _ = rows[(number + pages) % len(rows)]
                paths = ("/", "/inbox", f"/notice/{notice}", f"/notice/{notice}/table/{table}?task={task}", "/files")
                path = paths[(number + pages) % len(paths)]
                answer = web.get(path)
                pages += 1
                # A task has its old points or its new ones, and the page has its end.
                if answer.status_code != 200 or not answer.text.rstrip().endswith("</html>"):
                    wrong.append(f"{path}: {answer.status_code}")
        return pages

    with editing(site) as visitor:
        address = str(visitor.web.base_url)
        with ThreadPoolExecutor(READERS) as pool:
            readers = [pool.submit(read, address, number) for number in range(READERS)]
            try:
                seal = visitor.seal()
                answers = []
                for points in range(7, 7 + ROUNDS):
                    for notice, _, task, locator in rows:
                        fields = {"notice": notice, "locator": locator, "task": task}
                        fields |= {"seen.tasks.points": str(points - 1), "field.tasks.points": str(points)}
                        answers.append(visitor.send("/settle/row", fields, seal=seal))
                assert {answer.status_code for answer in answers} == {303}
                visitor.finish(answers[-1])
            finally:
                is_over.set()
        assert all(reader.result() > 0 for reader in readers)
    assert wrong == []
    entries = read_register(site.settings.corrections).entries
    assert len(entries) == ROUNDS * len(PLACES)
    task_ids = [row[2] for row in rows]
    assert site.ask("SELECT DISTINCT points FROM core.tasks WHERE list_contains(?, task_id)", task_ids) == [
        (6 + ROUNDS,)
    ]
    assert site.ask("SELECT count(*) FROM core.findings WHERE rule = 'correction_stale'") == [(0,)]
