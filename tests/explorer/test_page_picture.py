"""The page of a pdf with the cell framed that a fact was read from, where the file is at hand."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from PIL import Image

from tests import asking
from tests.explorer.sample_site import publish, serving
from warehouse import page_picture
from warehouse.explorer import create_app
from warehouse.explorer.urls import page_picture as address_of

PDF = Path(__file__).resolve().parents[1] / "notices" / "pdf" / "tongchuan.pdf"
RED = (214, 40, 40)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "raw").mkdir()
    shutil.copyfile(PDF, folder / "raw" / PDF.name)
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def web(folder: Path) -> Iterator[httpx.Client]:
    with (
        serving(create_app(folder / "wenming.duckdb", raw=folder / "raw")) as address,
        httpx.Client(base_url=address, timeout=60, trust_env=False) as client,
    ):
        yield client


def task_page(folder: Path, client: httpx.Client) -> str:
    ((notice, table, task),) = asking.rows(
        folder / "wenming.duckdb", "SELECT notice_id, table_id, task_id FROM core.tasks ORDER BY ordinal LIMIT 1"
    )
    return client.get(f"/notice/{notice}/table/{table}?task={task}").text


def test_the_table_shows_the_page_itself(folder: Path, web: httpx.Client) -> None:
    page = task_page(folder, web)
    address = page.split('<img src="')[1].split('"')[0].replace("&amp;", "&")
    answer = web.get(address)
    assert answer.headers["content-type"] == "image/png"
    picture = Image.open(io.BytesIO(answer.content)).convert("RGB")
    assert picture.height > picture.width
    colors = {color: count for count, color in picture.getcolors(picture.width * picture.height) or ()}
    assert colors[RED] > 100


def test_without_the_files_there_is_no_picture(folder: Path) -> None:
    with (
        serving(create_app(folder / "wenming.duckdb")) as address,
        httpx.Client(base_url=address, timeout=60, trust_env=False) as client,
    ):
        assert "<img" not in task_page(folder, client)


@pytest.mark.parametrize("place", ["第1页", "第900页 (1,2,3,4)", "../../etc/passwd", ""])
def test_no_such_place_is_not_found(folder: Path, web: httpx.Client, place: str) -> None:
    ((notice,),) = asking.rows(folder / "wenming.duckdb", "SELECT notice_id FROM core.notices")
    assert web.get(address_of(notice, place)).status_code == 404
    assert web.get(address_of("n0", "第1页 (1,2,3,4)")).status_code == 404


def test_a_file_that_changed_is_not_shown(folder: Path, tmp_path: Path) -> None:
    (tmp_path / PDF.name).write_bytes(PDF.read_bytes() + b"\n")
    ((notice,),) = asking.rows(folder / "wenming.duckdb", "SELECT notice_id FROM core.notices")
    with (
        serving(create_app(folder / "wenming.duckdb", raw=tmp_path)) as address,
        httpx.Client(base_url=address, timeout=60, trust_env=False) as client,
    ):
        assert client.get(address_of(notice, "第1页 (60,100,200,200)")).status_code == 404


def test_a_broken_file_gives_no_picture(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 nothing")
    assert page_picture.draw_in_process(tmp_path / "a.pdf", 1, (1, 2, 3, 4)) is None
    assert page_picture.draw_in_process(tmp_path / "b.pdf", 1, (1, 2, 3, 4)) is None


@pytest.mark.parametrize(("code", "found"), [(0, b"png"), (1, None), (-9, None)])
def test_what_a_failed_process_has_written_is_no_picture(
    monkeypatch: pytest.MonkeyPatch, code: int, found: bytes | None
) -> None:
    monkeypatch.setattr(
        "warehouse.page_picture.subprocess.run", lambda *_, **__: SimpleNamespace(returncode=code, stdout=b"png")
    )
    assert page_picture.draw_in_process(PDF, 1, (0, 0, 9, 9)) == found


def test_places_are_those_of_locators() -> None:
    assert page_picture.parse_place("附件1.pdf：第12页 (72,100,520,180)") == (12, (72, 100, 520, 180))
    assert page_picture.parse_place("表2 第5行第3列") is None
