"""Files in and out without a terminal: notices are uploaded and read, lists exported, filled ones imported."""

from __future__ import annotations

import errno
import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from assets.ingest.change_log import read_changes
from pipelines.cli import run
from pipelines.editing import uploads
from pipelines.settings import Settings
from tests.explorer.editing_site import NOTICE, EditingSite, Visitor, editing, refusal
from tests.explorer.sample_site import PROSE
from tests.progress.conftest import fill
from warehouse.explorer.editing import UploadedFile
from warehouse.export.columns import STATUS

pytestmark = pytest.mark.browser
"""Every change is followed by a build in a process of its own."""

OTHER = NOTICE.replace("甲", "丙")


@pytest.fixture
def site(tmp_path: Path) -> EditingSite:
    return EditingSite.create(tmp_path, {"甲.md": NOTICE, "乙.md": NOTICE.replace("甲", "乙")})


@pytest.fixture
def visitor(site: EditingSite) -> Iterator[Visitor]:
    with editing(site) as one:
        yield one


def upload(visitor: Visitor, *files: tuple[str, str | bytes], **fields: str) -> Any:
    parts = [("files", (name, text.encode() if isinstance(text, str) else text)) for name, text in files]
    return visitor.send("/files/notices", {"reason": ""} | fields, files=parts)


def test_notices_are_uploaded_and_read(site: EditingSite, visitor: Visitor) -> None:
    (site.settings.raw / "370300-淄博市").mkdir()
    assert '<option value="370300-淄博市">' in visitor.page("/files")
    answer = upload(visitor, (r"C:\文件\丙 州.MD", OTHER), ("说明.bin", b"\x00\x01\x02"), folder="370300-淄博市")
    lines = visitor.finish(answer)
    assert lines[0].startswith("已生效：重新读取 2 个文件")
    assert "370300-淄博市/丙 州.md：已入库（关于印发《丙州市文明单位测评体系》的通知），任务 2 条，待核对 1 条" in lines
    [refused] = [line for line in lines if "说明.bin" in line]
    assert "无法读取" in refused
    assert (site.settings.raw / "370300-淄博市" / "丙 州.md").read_text("utf-8") == OTHER
    assert site.ask("SELECT count(*) FROM core.notices") == [(3,)]
    [change] = read_changes(site.settings.corrections)
    assert (change.action, change.who, change.reason) == ("上传通知", "经办甲", "收到新印发的通知")
    assert not list(site.settings.raw.rglob(".*"))


def test_a_copy_of_a_known_notice_is_not_taken_again(site: EditingSite, visitor: Visitor) -> None:
    """It could take the place of the file that the corrections name."""
    answer = upload(visitor, ("丙.md", OTHER), ("又一份.md", NOTICE))
    assert "又一份.md 与已有的 甲.md 内容相同，没有上传任何文件" in refusal(answer)
    assert not (site.settings.raw / "上传").exists()
    (site.settings.raw / "甲.md").unlink()
    assert upload(visitor, ("又一份.md", NOTICE)).status_code == 303


def test_a_file_of_the_same_name_is_replaced_only_if_told_so(site: EditingSite, visitor: Visitor) -> None:
    visitor.finish(upload(visitor, ("丙.md", OTHER)))
    assert upload(visitor, ("丙.md", OTHER)).status_code == 303
    changed = OTHER.replace("| 6 |", "| 5 |")
    answer = upload(visitor, ("丁.md", PROSE), ("丙.md", changed))
    assert "已有内容不同的同名文件 丙.md，没有上传任何文件" in refusal(answer)
    assert not (site.settings.raw / "上传" / "丁.md").exists()
    visitor.finish(upload(visitor, ("丙.md", changed), replace="yes"))
    assert (site.settings.raw / "上传" / "丙.md").read_text("utf-8") == changed


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("空.md", b"", "空.md 是空文件"),
        ("~$甲.docx", b"x", "不是通知文件"),
        (".隐藏.md", b"x", "不是通知文件"),
        ("manifest.csv", b"x", "不是通知文件"),
        ("README.md", b"x", "不是通知文件"),
        ("大.md", b"x" * 3_000_000, "合计不得超过"),
    ],
)
def test_what_is_no_notice_is_refused(site: EditingSite, name: str, content: bytes, message: str) -> None:
    small = EditingSite(site.settings.model_copy(update={"max_mb": 1.0}))
    with editing(small) as visitor:
        answer = upload(visitor, (name, content))
    assert answer.status_code in (400, 422)
    assert message in refusal(answer)
    assert not (site.settings.raw / "上传").exists()


def test_no_name_leaves_the_folder(site: EditingSite, visitor: Visitor) -> None:
    names = ("../../外.md", "..\\外2.md", "/etc/外3.md", "a/../外4.md")
    visitor.finish(upload(visitor, *((name, OTHER + name) for name in names), folder="../../别处"))
    inside = [path.relative_to(site.settings.raw).as_posix() for path in site.settings.raw.rglob("*.md")]
    assert len(inside) == 2 + len(names)
    assert not list(site.settings.raw.parent.glob("*.md"))
    assert not (site.settings.raw.parent / "别处").exists()


@pytest.mark.parametrize(
    ("sent", "saved"),
    [
        ("丙.b\x00c", "丙.bc"),
        ("丙.md:别名", "丙.md_别名"),
        ("丙." + "x" * 300, "丙." + "x" * 78),
        ("通知第1.2稿", "通知第1.2稿"),
        ("丙.md\u202e", "丙.md"),
        ("CON.md", "CON_.md"),
        ("丙.md .", "丙.md"),
        ("\U00020000" * 90 + ".md", "\U00020000" * 61 + ".md"),
    ],
)
def test_a_name_that_no_system_takes_becomes_one_that_all_take(
    site: EditingSite, tmp_path: Path, sent: str, saved: str
) -> None:
    path = tmp_path / "file0"
    path.write_text(OTHER, "utf-8")
    rules = uploads.UploadRules(site.settings.max_bytes, False, {})
    placement = uploads.plan_notices(site.settings.raw, [UploadedFile(sent, path)], "", rules)
    assert placement.names == [f"上传/{saved}"]
    uploads.move_notices(placement)
    assert [one.name for one in (site.settings.raw / "上传").iterdir()] == [saved]


@pytest.mark.parametrize("sent", ["..", "\u200breadme.md", "x/\u200b.隐藏.md", "manifest.csv\u200b", " thumbs.db"])
def test_no_file_is_taken_that_a_build_passes_over(site: EditingSite, visitor: Visitor, sent: str) -> None:
    assert "不是通知文件" in refusal(upload(visitor, (sent, OTHER)))


@pytest.mark.parametrize("name", ["一. 通知", "丙州  两个空格", "丙" * 81])
def test_a_folder_that_is_there_is_used_whatever_its_name(site: EditingSite, visitor: Visitor, name: str) -> None:
    (site.settings.raw / name).mkdir()
    offered = " ".join(name.split())
    assert f'<option value="{offered}">' in visitor.page("/files")
    visitor.finish(upload(visitor, ("丙.md", OTHER), folder=offered))
    assert [path.name for path in site.settings.raw.iterdir() if path.is_dir()] == [name]
    assert site.ask("SELECT status FROM core.files WHERE source_path = ?", f"{name}/丙.md") == [("loaded",)]


def test_a_folder_named_on_another_system_keeps_nobody_from_the_page(site: EditingSite, visitor: Visitor) -> None:
    folder = os.fsencode(site.settings.raw) + b"/" + "通知".encode("gbk")
    Path(os.fsdecode(folder)).mkdir()
    assert '<option value="通知">' in visitor.page("/files")
    lines = visitor.finish(upload(visitor, ("丙.md", OTHER), folder="通知"))
    assert lines[1].startswith("通知/丙.md：已入库")
    assert os.listdir(folder) == ["丙.md".encode()]  # noqa: PTH208  names as bytes
    answer = upload(visitor, ("丙.md", OTHER + "改"), folder="通知")
    assert refusal(answer).startswith("通知 中已有内容不同的同名文件 丙.md")


@pytest.mark.parametrize("name", ["说明", "文件", "README 资料", "旧稿.tmp"])
def test_nothing_is_put_where_no_build_looks(site: EditingSite, visitor: Visitor, tmp_path: Path, name: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (site.settings.raw / "说明").symlink_to(elsewhere)
    (site.settings.raw / "文件").write_text(OTHER, "utf-8")
    assert f'<option value="{name}">' not in visitor.page("/files")
    answer = upload(visitor, ("丙.md", OTHER), folder=name)
    assert (answer.status_code, refusal(answer)[:3]) == (422, "放入“")
    assert not list(elsewhere.iterdir())
    assert not list(site.settings.raw.rglob("丙*"))


def test_all_files_of_an_upload_or_none(site: EditingSite, visitor: Visitor) -> None:
    """A folder of the same name stands in the way of the second file."""
    (site.settings.raw / "上传" / "丁.md").mkdir(parents=True)
    answer = upload(visitor, ("丙.md", OTHER), ("丁.md", PROSE))
    assert (answer.status_code, "已有名为 丁.md 的文件夹" in refusal(answer)) == (422, True)
    assert [one.name for one in (site.settings.raw / "上传").iterdir()] == ["丁.md"]


def test_a_list_is_known_by_what_can_be_seen_of_its_name(visitor: Visitor) -> None:
    files = [("files", (name, b"x")) for name in ("清单.XLSX\u202e", "a/清单.xlsx")]
    lines = visitor.finish(visitor.send("/files/progress", {}, files=files))
    assert [line.partition("：")[0] for line in lines[1:3]] == ["清单.xlsx", "清单（2）.xlsx"]


def test_a_full_disk_ends_an_import_with_words(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pipelines.editing.uploads.shutil.move", full)
    answer = visitor.send("/files/progress", {}, files=[("files", ("清单.xlsx", b"x"))])
    assert (answer.status_code, "没有导入任何文件" in refusal(answer)) == (422, True)


def test_nothing_chosen_is_told(visitor: Visitor) -> None:
    for path in ("/files/notices", "/files/progress"):
        assert "没有选定文件" in refusal(visitor.send(path, {}, files=[("files", ("", b""))]))


def test_a_first_notice_makes_the_warehouse(tmp_path: Path) -> None:
    settings = Settings(
        raw=tmp_path / "raw",
        warehouse=tmp_path / "wenming.duckdb",
        corrections=tmp_path / "corrections",
        progress=tmp_path / "progress",
        workers=1,
    )
    site = EditingSite(settings)
    with editing(site) as visitor:
        assert visitor.web.get("/").status_code == 503
        assert "上传通知" in visitor.page("/files")
        lines = visitor.finish(upload(visitor, ("甲.md", NOTICE)))
        assert "任务 2 条" in lines[1]
        assert "仓库现有通知 1 份" in visitor.page("/")


def exported(visitor: Visitor, notice: str, **more: str) -> Any:
    return visitor.web.get("/files/lists", params={"notice": notice, "format": "xlsx"} | more)


def test_a_list_goes_out_comes_back_and_is_seen_in_the_progress(
    site: EditingSite, visitor: Visitor, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    [(notice,)] = site.ask(
        "SELECT notice_id FROM core.notices JOIN core.files USING (file_id) WHERE source_path = '甲.md'"
    )
    answer = exported(visitor, notice, party="办公室")
    assert answer.status_code == 200
    path = tmp_path / "办公室.xlsx"
    path.write_bytes(answer.content)
    fill(path, {0: {STATUS: "已完成"}})
    wrong = tmp_path / "不是清单.xlsx"
    wrong.write_bytes(b"no workbook")
    files = [("files", (one.name, one.read_bytes())) for one in (path, wrong)]
    lines = visitor.finish(visitor.send("/files/progress", {"reason": ""}, files=files))
    assert lines[0] == "导入 1 个文件：采用 1 条，与已有相同 0 条，没有填写 0 条，未采用 0 条"
    assert site.ask("SELECT status FROM ops.progress WHERE task_id IS NOT NULL") == [("done",)]
    assert "已完成" in visitor.page(f"/progress?notice={notice}&whose=all")
    # The command says the same of the same files.
    where = ("--warehouse", str(site.settings.warehouse))
    assert run(["progress", "import", str(wrong), *where]) == 1
    assert next(line for line in lines if line.startswith("不是清单.xlsx：")) in capfd.readouterr().out
    assert [change.action for change in read_changes(site.settings.corrections)] == ["导入填报"]


def test_an_import_keeps_the_other_decisions(site: EditingSite, visitor: Visitor, tmp_path: Path) -> None:
    """A build after an import must still miss a decision that is lost."""
    visitor.settle("/settle/unit", {"printed": "综公室", "name": "办公室"})
    [(notice,), *_] = site.ask("SELECT notice_id FROM core.notices")
    path = tmp_path / "清单.xlsx"
    path.write_bytes(exported(visitor, notice, party="办公室").content)
    fill(path, {0: {STATUS: "已完成"}})
    visitor.finish(visitor.send("/files/progress", {}, files=[("files", (path.name, path.read_bytes()))]))
    (site.settings.corrections / "单位.csv").unlink()
    answer = upload(visitor, ("丙.md", OTHER))
    assert answer.status_code == 303
    with pytest.raises(AssertionError, match="会丢掉已发布的人工决定"):
        visitor.finish(answer)


def test_a_file_that_is_no_workbook_is_not_imported(visitor: Visitor) -> None:
    answer = visitor.send("/files/progress", {}, files=[("files", ("清单.docx", b"x"))])
    assert "清单.docx 不是表格文件" in refusal(answer)


def test_lists_of_all_units_are_an_archive(site: EditingSite, visitor: Visitor) -> None:
    [(notice,), *_] = site.ask("SELECT notice_id FROM core.notices")
    for form in ("xlsx", "docx"):
        answer = exported(visitor, notice, format=form)
        assert answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert sorted(archive.namelist()) == [f"办公室.{form}", f"综公室.{form}"]
    sheet = load_workbook(io.BytesIO(exported(visitor, notice, party="办公室", no_persons="yes").content)).worksheets[0]
    assert "责任领导" not in {cell.value for row in sheet.iter_rows() for cell in row}


@pytest.mark.parametrize(
    ("fields", "status", "message"),
    [
        ({"format": "exe"}, 400, "请选择文件的格式"),
        ({"notice": "x"}, 404, "没有这份通知"),
        ({"party": "公室"}, 400, "相近的有：办公室、综公室"),
        ({"party": "天气"}, 400, "请从列表中选择"),
        ({"format": "ics"}, 400, "没有可写的任务"),
    ],
)
def test_a_list_that_cannot_be_made_is_told(
    site: EditingSite, visitor: Visitor, fields: dict[str, str], status: int, message: str
) -> None:
    [(notice,), *_] = site.ask("SELECT notice_id FROM core.notices")
    answer = visitor.web.get("/files/lists", params={"notice": notice, "format": "xlsx"} | fields)
    assert (answer.status_code, message in refusal(answer)) == (status, True)
