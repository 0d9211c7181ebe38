"""The pictures of the pages: answer, search, comparison and source of the explorer, and a figure of a notebook.

    python -m tests.explorer.pictures notebooks/pictures [WAREHOUSE]

Without a warehouse, one is built from the published notices of the tests.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import closing
from pathlib import Path

from PIL import Image
from playwright.sync_api import ViewportSize

from pipelines.commands.notebook import pictures as figures
from pipelines.commands.notebook import render_png
from tests.explorer.browser import browsing, chromium
from tests.explorer.sample_site import build, serving
from warehouse import store
from warehouse.explorer import create_app

SIZE: ViewportSize = {"width": 1180, "height": 760}
WORDS = "志愿服务 报告"
COMPARED = 3
QUESTION = 11
ANSWERED = "淄博"
NOTEBOOK = "评分体系比较"
COLOURS = 128


def screenshots(out: Path, warehouse: Path | None = None) -> list[Path]:
    """Draw the pictures into `out` and return their paths. Raises RuntimeError where there is no Chromium."""
    program = chromium()
    if program is None:
        raise RuntimeError("找不到 Chromium。请先运行 bash .ci/browser")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        file = warehouse or build(Path(folder) / "site")
        with serving(create_app(file)) as address, browsing(program) as browser:
            page = browser.new_page(base_url=address, viewport=SIZE, device_scale_factor=1.5, locale="zh-CN")
            created = []
            for name, path in {
                "answer": f"/questions/{QUESTION}?{_notice(file)}",
                "explorer": f"/?q={WORDS}",
                "compare": _comparison(file),
                "source": _source(file),
            }.items():
                page.goto(path)
                created.append(out / f"{name}.png")
                page.screenshot(path=created[-1])
            return created


def figure(out: Path, warehouse: Path) -> Path:
    """Draw the first figure of a notebook into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    target = out / "notebook.png"
    target.write_bytes(render_png(figures(NOTEBOOK, warehouse)[0].spec))
    return target


def _shrink(picture: Path) -> None:
    """Few colours are enough for text on plain ground, and a fraction of the bytes."""
    with Image.open(picture) as image:
        image.convert("RGB").quantize(COLOURS).save(picture, optimize=True)


def _notice(warehouse: Path) -> str:
    """The notice of `ANSWERED` as a parameter of a question."""
    with closing(store.connect(warehouse)) as connection:
        found = connection.execute(
            "SELECT notice_id FROM mart.notice_labels WHERE contains(label, ?)", [ANSWERED]
        ).fetchall()
    return "&".join(f"notice={item}" for (item,) in found)


def _comparison(warehouse: Path) -> str:
    """The notices with the most topics that have points."""
    sql = (
        "SELECT notice_id FROM mart.topic_weights WHERE share IS NOT NULL AND notice_id IN "
        "(SELECT notice_id FROM core.notices WHERE is_current) GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ?"
    )
    with closing(store.connect(warehouse)) as connection:
        ids = connection.execute(sql, [COMPARED]).fetchall()
    return "/compare?sort=diff&" + "&".join(f"n={item}" for (item,) in ids)


def _source(warehouse: Path) -> str:
    """A task whose score cell covers several rows."""
    sql = (
        "SELECT notice_id, table_id, task_id FROM core.tasks JOIN core.task_parties USING (task_id) "
        "WHERE points_rows > 1 AND points IS NOT NULL AND len(repaired) = 0 ORDER BY notice_id DESC, task_id LIMIT 1"
    )
    with closing(store.connect(warehouse)) as connection:
        result = connection.execute(sql).fetchone()
    if result is None:
        return "/"
    return f"/notice/{result[0]}/table/{result[1]}?task={result[2]}&role=party#lit"


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as place:
        given = Path(sys.argv[2]) if len(sys.argv) > 2 else build(Path(place) / "site")
        for picture in (*screenshots(folder, given), figure(folder, given)):
            _shrink(picture)
            print(picture)
